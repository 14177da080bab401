// core/files/save.cpp — the two formats in which a TensorFile is stored: ours, and NumPy's
#include <algorithm>
#include <cctype>

#include "core/files/file.hpp"         // brings: read_file, replace_file
#include "core/files/npz.hpp"          // brings: serialize_npz, parse_npz
#include "core/files/tensor_file.hpp"  // brings: save, load
#include "core/files/zip.hpp"          // brings: is_zip

namespace costate::inline COSTATE_PRECISION {

namespace {
bool ends_in(const std::string& path, const char* wanted) {  // or in its capitals
    std::string end = path.substr(path.size() - std::min<std::size_t>(path.size(), 4));
    for (char& c : end) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return end == wanted;
}
}  // namespace

void save(const std::string& path, const TensorFile& file, Where at) {
    if (ends_in(path, ".npy"))
        fail(at, {.what = text("save: '", path, "' would be a file of one tensor"),
                  .got = "tensors with names",
                  .expected = "a name that ends in .npz for NumPy, or in anything else for this library's own format",
                  .fix = "model.save(\"model.npz\"); one tensor: save_npy(path, tensor)"});
    replace_file(path, ends_in(path, ".npz") ? serialize_npz(file, at) : serialize(file), at);
}

TensorFile load(const std::string& path, Where at) {
    const std::vector<std::uint8_t> bytes = read_file(path, at);
    return is_zip(bytes) ? parse_npz(bytes, path, at) : parse(bytes, path, at);
}

}  // namespace costate
