#include "optim/checkpoint.hpp"

#include "core/files/file.hpp"  // brings: file_exists
#include "nn/batches.hpp"       // brings: write, read_rng

namespace costate::optim::inline COSTATE_PRECISION {

Kept::Kept(std::string name, Rng& rng)
    : prefix(std::move(name)),
      write([&rng](TensorFile& file, const std::string& p, Where at) { nn::write(file, p, rng, at); }),
      read([&rng](const TensorFile& file, const std::string& p, Where at) { rng = nn::read_rng(file, p, at); }) {}

Kept::Kept(std::string name, std::uint64_t& count)
    : prefix(std::move(name)),
      write([&count](TensorFile& file, const std::string& p, Where at) { file.add_integer(p, count, at); }),
      read([&count](const TensorFile& file, const std::string& p, Where at) { count = file.integer(p, at); }) {}

Kept::Kept(std::string name, Number& number)
    : prefix(std::move(name)),
      write([&number](TensorFile& file, const std::string& p, Where at) { file.add_number(p, number, at); }),
      read([&number](const TensorFile& file, const std::string& p, Where at) { number = file.number(p, at); }) {}

bool Checkpoint::load(Where at) {
    if (!file_exists(path_)) return false;
    const TensorFile file = costate::load(path_, at);
    for (const Kept& kept : what_) kept.read(file, kept.prefix, at);
    return true;
}

void Checkpoint::save(Where at) const {
    TensorFile file;
    for (const Kept& kept : what_) kept.write(file, kept.prefix, at);
    costate::save(path_, file, at);
}

}  // namespace costate::optim
