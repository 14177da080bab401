// tests/fuzz/files.cpp — the readers of files on mutated ones: a value or an Error, never a crash, and what is read is whole
// A valid file of tensors, of an optimiser's or of a batch's state (in our format or in NumPy's), a valid array or table is
// written, then bytes are changed, inserted, removed, repeated; mostly the length and the hash are set right again, and an
// archive is made of arrays that were changed before, or nothing behind the checksums would be seen.
// To be run under the sanitizers:  make fuzz ONLY=files SANITIZE=address,undefined
#include <algorithm>
#include <cmath>

#include "core/files/npz.hpp"
#include "core/files/zip.hpp"
#include "examples/support/csv.hpp"
#include "nn/batches.hpp"
#include "nn/mlp.hpp"
#include "optim/adam.hpp"
#include "optim/sgd.hpp"
#include "tests/fuzz/hunter.hpp"

namespace costate::test {

namespace {

using Bytes = std::vector<std::uint8_t>;

Shape some_shape(Choices& choices) {
    Shape shape;
    for (Index rank = choices.below(4); rank > 0; --rank) shape.append(choices.below(4));
    return shape;
}

Tensor some_tensor(Choices& choices, const Shape& shape) {
    Tensor x(shape);
    for (Real& entry : x.entries()) entry = static_cast<Real>(choices.real(-2, 2));
    return x;
}

struct Trainee {  // what a run consists of
    nn::MLP model{{1, 2, 1}, nn::tanh, Rng{1}};
    optim::Adam adam{model.parameters()};
    optim::SGD sgd{model.parameters(), {.momentum = 0.5}};
    nn::Batches batches{5, 2, Rng{2}};

    void write(TensorFile& file) const {
        model.write(file, "model.");
        adam.write(file, "adam.");
        sgd.write(file, "sgd.");
        batches.write(file, "batches.");
    }
    void read(const TensorFile& file, Index which) {
        if (which == 0) model.read(file, "model.");
        if (which == 1) adam.read(file, "adam.");
        if (which == 2) sgd.read(file, "sgd.");
        if (which == 3) batches.read(file, "batches.");
    }
    void go_on() {  // with what was read, whatever it was
        std::vector<Tensor> gradients;
        std::vector<View> views;
        for (const Parameter& p : model.parameters()) gradients.emplace_back(p.shape(), Real(0.5));
        for (const Tensor& g : gradients) views.push_back(g);
        adam.step(std::span<const View>(views));
        sgd.step(std::span<const View>(views));
        for (int i = 0; i < 4; ++i)
            for (const Index row : batches.next())
                if (row < 0 || row >= 5) fail({.what = "fuzz: a batch holds row " + std::to_string(row)});
    }
};

TensorFile valid_file(Choices& choices) {
    TensorFile file;
    if (choices.flip()) {
        Trainee().write(file);
    } else {
        for (Index n = choices.below(4); n > 0; --n) {
            const std::string name = "name" + std::to_string(n);
            switch (choices.below(3)) {
                case 0: file.add_integer(name, static_cast<std::uint64_t>(choices.below(1000))); break;
                case 1: file.add_number(name, choices.real(-1, 1)); break;
                default: file.add(name, some_tensor(choices, some_shape(choices)));
            }
        }
    }
    return file;
}

Bytes valid_table(Choices& choices) {
    std::string text = choices.flip() ? "# a comment\r\nt,\"x\",y\r\n" : "t,x,y\n";
    for (int row = 0; row < 4; ++row)
        text += std::to_string(row) + "," + std::to_string(choices.real(-9, 9)) + ",+1e-" + std::to_string(row) + "\n";
    return {text.begin(), text.end()};
}

void mutate(Choices& choices, Bytes& bytes) {
    static constexpr std::uint8_t telling[] = {0, 1, 2, 0x7f, 0x80, 0xff, '\n', ',', '+', '-', 'e', '.', '"', '9'};
    for (Index n = choices.below(6); n > 0 && !bytes.empty(); --n) {
        const auto at = bytes.begin() + choices.below(static_cast<Index>(bytes.size()));
        const Index length = std::min<Index>(1 + choices.below(9), bytes.end() - at);
        const Bytes part(at, at + length);
        switch (choices.below(6)) {
            case 0: *at = choices.pick(telling); break;
            case 1: *at = static_cast<std::uint8_t>(*at ^ (1 << choices.below(8))); break;
            case 2: bytes.erase(at, at + length); break;
            case 3: bytes.insert(at, part.begin(), part.end()); break;
            case 4: std::fill(at, at + length, choices.pick(telling)); break;
            default: bytes.resize(static_cast<std::size_t>(at - bytes.begin()));
        }
    }
}

Bytes mutated_archive(Choices& choices, const TensorFile& file) {
    const Bytes archive = serialize_npz(file);
    ZipWriter changed;
    for (const ZipEntry& entry : unzip(archive, "fuzz.npz")) {
        Bytes bytes(entry.bytes.begin(), entry.bytes.end());
        if (choices.flip()) mutate(choices, bytes);
        changed.add(entry.name, bytes);
    }
    Bytes bytes = changed.finish();
    if (choices.flip()) mutate(choices, bytes);
    return bytes;
}

void put(Bytes& bytes, std::size_t at, std::uint64_t value) {
    for (std::size_t i = 0; i < 8; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

void set_length_and_hash(Bytes& bytes) {  // of core/files/tensor_file.hpp's format
    if (bytes.size() < 36) return;
    put(bytes, 16, bytes.size());
    std::uint64_t hash = 0xCBF29CE484222325;
    for (std::size_t i = 0; i + 8 < bytes.size(); ++i) hash = (hash ^ bytes[i]) * 0x100000001B3;
    put(bytes, bytes.size() - 8, hash);
}

template <class Action>
bool ends_in_a_value(Action action) {
    try {
        action();
        return true;
    } catch (const Error&) {
        return false;
    }
}

std::string table_report(const Bytes& bytes) {
    support::Series s;
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!ends_in_a_value([&] { s = support::parse_csv(text, "fuzz.csv"); })) return "";
    const auto rows = static_cast<Index>(s.times.size()), columns = static_cast<Index>(s.names.size());
    bool whole = rows >= 3 && columns >= 1 && s.values.shape() == Shape{rows, columns};
    for (std::size_t i = 1; whole && i < s.times.size(); ++i) whole = s.times[i] > s.times[i - 1];
    for (const Real y : s.values.entries()) whole = whole && std::isfinite(y);
    return whole ? "" : "the table that was read is no table:\n" + std::string(text);
}

std::string array_report(const Bytes& bytes) {
    Tensor x, again;
    if (!ends_in_a_value([&] { x = parse_npy(bytes); })) return "";
    if (!ends_in_a_value([&] { again = parse_npy(serialize_npy(x)); }) || again.shape() != x.shape())
        return "what was read cannot be written and read again: " + to_text(x.shape());
    return "";
}

std::string file_report(Choices& choices, const Bytes& bytes) {
    const auto either = [](std::span<const std::uint8_t> b) { return is_zip(b) ? parse_npz(b) : parse(b); };
    TensorFile file;
    if (!ends_in_a_value([&] { file = either(bytes); })) return "";
    for (const Bytes& written : {serialize(file), serialize_npz(file)}) {
        TensorFile again;
        if (!ends_in_a_value([&] { again = either(written); }) || again.items().size() != file.items().size())
            return "what was read cannot be written and read again: " + std::to_string(file.items().size()) + " items";
    }
    Trainee trainee;
    const Index which = choices.below(4);
    const Trainee fresh;
    TensorFile before, after;
    fresh.write(before);
    if (!ends_in_a_value([&] { trainee.read(file, which); })) {
        trainee.write(after);
        if (serialize(before) != serialize(after) && which > 0)
            return "an Error of reader " + std::to_string(which) + " changed something";
        return "";
    }
    trainee.go_on();
    return "";
}

}  // namespace

std::string hunt_files(Choices& choices) {
    switch (choices.below(4)) {
        case 0: {
            Bytes bytes = valid_table(choices);
            mutate(choices, bytes);
            return table_report(bytes);
        }
        case 1: {
            Bytes bytes = serialize_npy(some_tensor(choices, some_shape(choices)));
            mutate(choices, bytes);
            return array_report(bytes);
        }
        case 2: return file_report(choices, mutated_archive(choices, valid_file(choices)));
        default: {
            Bytes bytes = serialize(valid_file(choices));
            mutate(choices, bytes);
            if (choices.below(8) != 7) set_length_and_hash(bytes);
            return file_report(choices, bytes);
        }
    }
}

}  // namespace costate::test
