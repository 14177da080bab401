#include "core/files/npz.hpp"

#include "core/files/file.hpp"       // brings: read_file, replace_file
#include "core/files/npy_array.hpp"  // brings: NpyArray, open_npy, write_npy_header
#include "core/files/zip.hpp"        // brings: ZipWriter, unzip, is_zip

namespace costate::inline COSTATE_PRECISION {

namespace {

constexpr std::string_view ending = ".npy";

std::vector<std::uint8_t> serialize_scalar(std::string_view type, std::uint64_t bits) {
    ByteWriter out;
    write_npy_header(out, type, {});
    out.integer(bits);
    return std::move(out.bytes);
}

TensorFile::Value value_of(NpyArray array) {
    if (array.shape.rank() > 0) return array.tensor();
    const std::uint64_t bits = array.next_bits();
    if (array.kind == 'f' && array.width == 8) return __builtin_bit_cast(double, bits);
    if (array.kind == 'f') return Tensor(Shape{}, array.to_real(bits));
    const bool negative = array.kind == 'i' && bits >> 63 != 0;
    if (negative) return static_cast<double>(static_cast<std::int64_t>(bits));
    return bits;
}

}  // namespace

std::vector<std::uint8_t> serialize_npz(const TensorFile& file, Where at) {
    ZipWriter archive;
    for (const auto& [name, value, scalar] : file.items()) {
        std::vector<std::uint8_t> bytes;
        if (const auto* integer = std::get_if<std::uint64_t>(&value)) bytes = serialize_scalar("<u8", *integer);
        if (const auto* number = std::get_if<double>(&value))
            bytes = serialize_scalar("<f8", __builtin_bit_cast(std::uint64_t, *number));
        if (const auto* tensor = std::get_if<Tensor>(&value)) bytes = serialize_npy(*tensor);
        archive.add(name + std::string(ending), bytes, at);
    }
    return archive.finish();
}

TensorFile parse_npz(std::span<const std::uint8_t> bytes, const std::string& origin, Where at) {
    if (!is_zip(bytes))
        fail(at, {.what = text("load: '", origin, "' is not an .npz file"),
                  .got = bytes.empty() ? "no bytes at all" : "a file that does not begin with PK",
                  .expected = "a zip archive of .npy files, as numpy.savez writes it",
                  .fix = "check the path; a single array, .npy, is read by load_npy"});
    TensorFile file;
    for (const ZipEntry& entry : unzip(bytes, origin, at)) {
        std::string name = entry.name;
        name.resize(name.ends_with(ending) ? name.size() - ending.size() : 0);
        if (name.empty() || file.find(name))
            fail(at, {.what = text("load: '", origin, "' is an archive, but not of arrays"),
                      .got = text("'", entry.name, "' in it"),
                      .expected = "names that end in .npy, each once",
                      .likely = entry.name.ends_with(".pkl") ? "torch.save wrote it: pickled Python objects" : "",
                      .fix = "numpy.savez(path, **{k: v.numpy() for k, v in model.state_dict().items()})"});
        const std::string place = origin + ": " + name;
        const NpyArray array = open_npy(entry.bytes, place, at);
        file.rounded_ |= static_cast<std::size_t>(array.width) > sizeof(Real);
        file.add_item({name, value_of(array)}, at);
    }
    return file;
}

void save_npz(const std::string& path, std::initializer_list<NamedView> tensors, Where at) {
    TensorFile file;
    for (const auto& [name, tensor] : tensors) file.add(name, tensor, at);
    replace_file(path, serialize_npz(file, at), at);
}

TensorFile load_npz(const std::string& path, Where at) { return parse_npz(read_file(path, at), path, at); }

}  // namespace costate
