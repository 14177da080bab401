// optim/checkpoint.hpp — a run that may be killed at any moment, and goes on with the same bits
//   optim::Checkpoint run("out/run.costate", {{"field.", field}, {"adam.", adam}, {"batches.", batches}, {"rng.", rng}});
//   run.load();                                        // false: there is no file yet
//   while (adam.steps() < 1000) { ...; if (adam.steps() % 100 == 0) run.save(); }
// What is kept is everything that changes from one update to the next: parameters, the optimiser's means, the place within
// the epoch, generators of random numbers, numbers of one's own. It is looked at, not copied, and outlives its Checkpoint.
// A file is replaced as a whole (core/files/file.hpp): a process that is killed while it saves leaves the file before.
// errors   A file of another run. Some things are read by then: do not go on with them.
// see      optim/train.hpp, which does all of this
#pragma once
#include <concepts>
#include <functional>
#include <string>
#include <vector>

#include "core/files/tensor_file.hpp"  // brings: TensorFile
#include "core/random.hpp"             // brings: Rng

namespace costate::optim::inline COSTATE_PRECISION {

// What can be kept: whatever has write(file, prefix) and read(file, prefix); a generator; a count; a number.
template <class T>
concept Keepable = requires(T& what, TensorFile& file, const std::string& prefix, Where at) {
    what.write(file, prefix, at);
    what.read(file, prefix, at);
};

struct Kept {
    template <Keepable T>
    Kept(std::string name, T& what)
        : prefix(std::move(name)),
          write([&what](TensorFile& file, const std::string& p, Where at) { what.write(file, p, at); }),
          read([&what](const TensorFile& file, const std::string& p, Where at) { what.read(file, p, at); }) {}
    Kept(std::string name, Rng& rng);
    Kept(std::string name, std::uint64_t& count);
    Kept(std::string name, Number& number);

    std::string prefix;  // of its names in the file; of a number, its name
    std::function<void(TensorFile&, const std::string&, Where)> write;
    std::function<void(const TensorFile&, const std::string&, Where)> read;
};

class Checkpoint {
public:
    Checkpoint(std::string path, std::vector<Kept> what) : path_(std::move(path)), what_(std::move(what)) {}

    bool load(Where at = {});
    void save(Where at = {}) const;

private:
    std::string path_;
    std::vector<Kept> what_;
};

}  // namespace costate::optim
