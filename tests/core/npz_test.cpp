// tests/core/npz_test.cpp — named arrays that NumPy wrote are read, ours are an archive, models travel in it
#include "core/files/npz.hpp"

#include <doctest/doctest.h>
#include <cmath>

#include "core/files/file.hpp"
#include "core/files/zip.hpp"
#include "nn/mlp.hpp"
#include "optim/adam.hpp"
#include "tests/core/npy_files.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace costate;
using test::Bytes, test::data, test::ramp;
using test::contains;
using test::error_of;

namespace {

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }
TensorFile small_file() {
    TensorFile file;
    file.add("W", ramp());
    file.add_number("lr", 0.1);
    return file;
}
std::string refusal(const Bytes& bytes) {
    return error_of([&] { parse_npz(bytes, "x.npz"); });
}

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("crc32: the check value of the standard") {
    CHECK(crc32(bytes_of("123456789")) == 0xCBF43926);
    CHECK(crc32({}) == 0);
}

TEST_CASE("npz: what NumPy wrote is read: types, orders of bytes and of axes, no entries, no axes") {
    const TensorFile file = load_npz(data + "numpy.npz");
    REQUIRE(file.items().size() == 20);
    for (const char* name : {"f8", "f4", "f8_by_columns", "f8_big_endian"}) CHECK(file.tensor(name) == ramp());
    Tensor cube(Shape{2, 3, 4});
    for (Index i = 0; i < 24; ++i) cube[i] = static_cast<Real>(i);
    CHECK(file.tensor("f4_cube_by_columns") == cube);
    CHECK(file.tensor("i2_big_endian") == tensor({1, -2, 300}));
    CHECK(file.tensor("i1") == tensor({-128, 127}));
    CHECK(file.tensor("i4") == tensor({{-2147483648.0}, {2147483647.0}}));
    CHECK(file.tensor("i8") == tensor({-9007199254740992.0, 9007199254740992.0}));
    CHECK(file.tensor("u1") == tensor({0, 255}));
    CHECK(file.tensor("u8") == tensor({9223372036854775808.0}));
    CHECK(file.tensor("b1") == tensor({1, 0, 1}));
    CHECK(file.tensor("nothing").shape() == Shape{0, 3});
    const Tensor& special = file.tensor("special");
    CHECK(special[0] == std::numeric_limits<Real>::infinity());
    CHECK(special[1] == -std::numeric_limits<Real>::infinity());
    CHECK(std::isnan(special[2]));
    CHECK((special[3] == 0 && std::signbit(special[3])));
    CHECK(file.number("scalar_f8") == 0.1);
    CHECK(file.tensor("scalar_f8") == Tensor::scalar(0.1));
    CHECK(file.tensor("scalar_f4") == Tensor::scalar(0.25));
    CHECK(file.number("scalar_f4") == 0.25);
    CHECK(file.number("scalar_i8") == -7);
    CHECK(file.integer("scalar_u8") == 18446744073709551615u);
    CHECK(file.integer("scalar_b1") == 1);
    CHECK(file.tensor("größe") == tensor({1}));
    CHECK(file.rounded() == (sizeof(Real) == 4));
}

TEST_CASE("npz: the bytes of an array are NumPy's own") {
    const Bytes archive = read_file(data + "numpy.npz");
    int compared = 0;
    for (const ZipEntry& entry : unzip(archive, "numpy.npz")) {
        if (entry.name != (sizeof(Real) == 8 ? "f8.npy" : "f4.npy")) continue;
        CHECK(Bytes(entry.bytes.begin(), entry.bytes.end()) == serialize_npy(ramp()));
        ++compared;
    }
    CHECK(compared == 1);
}

TEST_CASE("npz: what was saved is loaded, integers and doubles to the last bit") {
    const TemporaryFolder folder;
    const std::string path = folder / "x.npz";
    TensorFile file = small_file();
    for (const char* name : {"X.NPZ", "x.Npz"}) {
        save(folder / name, file);
        CHECK(read_file(folder / name) == serialize_npz(file));
    }
    file.add_integer("seed", 0xFEDCBA9876543210);
    file.add("größe", Tensor::scalar(2));
    save(path, file);
    for (const TensorFile& copy : {load(path), load_npz(path)}) {
        REQUIRE(copy.items().size() == 4);
        for (std::size_t i = 0; i < 4; ++i) CHECK(copy.items()[i].name == file.items()[i].name);
        CHECK(copy.tensor("W") == ramp());
        CHECK(copy.number("lr") == 0.1);
        CHECK(copy.integer("seed") == 0xFEDCBA9876543210);
        CHECK(copy.tensor("größe") == Tensor::scalar(2));
        CHECK(serialize_npz(copy) == read_file(path));
    }
    const Tensor W = ramp();
    save_npz(path, {{"W", W}, {"first row", W.rows(0, 1)}});
    CHECK(load_npz(path).tensor("first row") == tensor({{-0.5, -0.25, 0}}));
    save_npz(path, {});
    CHECK(load(path).items().empty());
}

TEST_CASE("npz: the ending decides what is written, the contents decide what is read") {
    const TemporaryFolder folder;
    save(folder / "ours", small_file());
    save(folder / "theirs.npz", small_file());
    CHECK(read_file(folder / "ours") == serialize(small_file()));
    CHECK(is_zip(read_file(folder / "theirs.npz")));
    replace_file(folder / "renamed.npz", serialize(small_file()));
    replace_file(folder / "renamed", serialize_npz(small_file()));
    CHECK(load(folder / "renamed.npz").tensor("W") == ramp());
    CHECK(load(folder / "renamed").tensor("W") == ramp());
}

TEST_CASE("npz: a model and its optimiser go on from there") {
    const TemporaryFolder folder;
    const std::string path = folder / "model.npz";
    const nn::MLP model({2, 3, 1}, nn::tanh, Rng{1});
    nn::MLP other({2, 3, 1}, nn::tanh, Rng{2}), wider({2, 4, 1}, nn::tanh, Rng{2});
    model.save(path);
    other.load(path);
    for (const std::string& name : model.names()) CHECK(other.parameter(name).value() == model.parameter(name).value());
    CHECK(load_npz(path).tensor("layer0.weight") == model.parameter("layer0.weight").value());
    CHECK(contains(error_of([&] { wider.load(path); }), "a tensor has another shape in the file"));

    optim::Adam adam(model.parameters(), {.lr = 0.01}), resumed(model.parameters());
    const Tensor ones(Shape{100}, 1);
    std::vector<View> gradients;
    for (const Parameter& p : model.parameters()) gradients.push_back({ones.data(), p.shape()});
    adam.step(std::span<const View>(gradients));
    TensorFile run, again;
    adam.write(run, "adam.");
    save(path, run);
    resumed.read(load(path), "adam.");
    resumed.write(again, "adam.");
    CHECK(serialize(again) == serialize(run));
}

TEST_CASE("npz: each kind of unreadable file has its own message") {
    const std::string foreign = refusal(serialize(small_file()));
    CHECK(contains(foreign, "load: 'x.npz' is not an .npz file"));
    CHECK(contains(refusal({}), "no bytes at all"));
    const std::string compressed = error_of([] { load_npz(data + "compressed.npz"); });
    CHECK(contains(compressed, "compressed.npz' is compressed\n  got       'f8.npy' by method 8"));
    CHECK(contains(compressed, "numpy.savez_compressed"));
    CHECK(contains(compressed, "npz_test.cpp:"));
    ZipWriter torch, twice, nested;
    torch.add("archive/data.pkl", bytes_of("x"));
    CHECK(contains(refusal(torch.finish()), "an archive, but not of arrays\n  got       'archive/data.pkl'"));
    const Bytes W = serialize_npy(ramp());
    twice.add("W.npy", W);
    twice.add("W.npy", W);
    CHECK(contains(refusal(twice.finish()), "each once"));
    nested.add("W.npy", bytes_of("no array at all"));
    CHECK(contains(refusal(nested.finish()), "load: 'x.npz: W' is not an .npy file"));
}

TEST_CASE("npz: every truncation is an error, and every changed bit that matters") {
    Bytes bytes = serialize_npz(small_file());
    int accepted = 0;
    for (std::size_t length = 0; length < bytes.size(); ++length)
        accepted += error_of([&] { parse_npz(std::span(bytes).first(length)); }).empty();
    CHECK(accepted == 0);
    // The headers hold dates and versions that mean nothing here; what comes out is right whatever they say.
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        const auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
        bytes[bit / 8] ^= mask;
        TensorFile read;
        const std::string error = error_of([&] { read = parse_npz(bytes); });
        if (error.empty() && !(read.items().size() == 2 && read.items()[1].name.size() == 2)) ++accepted;
        if (error.empty() && read.find("W") && !(read.tensor("W") == ramp())) ++accepted;
        bytes[bit / 8] ^= mask;
    }
    CHECK(accepted == 0);
}

TEST_CASE("npz: an archive whose names share their bytes does not grow beyond its size") {
    ZipWriter writer;
    writer.add("000.npy", serialize_npy(Tensor(Shape{1000})));
    const Bytes archive = writer.finish();
    const std::size_t entry = 46 + 7, end = archive.size() - 22, begin = end - entry;
    ByteWriter forged;
    forged.block(std::span(archive).first(begin));
    for (int i = 0; i < 100; ++i) {  // each of these names means the one array
        Bytes name = bytes_of(std::to_string(100 + i));
        forged.block(std::span(archive).subspan(begin, 46));
        forged.block(name);
        forged.block(std::span(archive).subspan(begin + 49, 4));
    }
    forged.block(std::span(archive).subspan(end, 8));
    for (int i = 0; i < 2; ++i) forged.integer(std::uint16_t{100});
    forged.integer(static_cast<std::uint32_t>(100 * entry));
    forged.block(std::span(archive).subspan(end + 16));
    CHECK(contains(refusal(forged.bytes), "npy' has a wrong length"));
}

TEST_SUITE_END();
