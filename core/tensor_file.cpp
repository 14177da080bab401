#include "core/tensor_file.hpp"

#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "core/file.hpp"  // brings: read_file, replace_file

namespace costate {
inline namespace COSTATE_PRECISION {

namespace {

constexpr std::uint8_t magic[8] = {0x89, 'C', 'O', 'S', 'T', 'A', 'T', 'E'};
constexpr std::uint32_t version = 1;
constexpr std::size_t header_size = 28, hash_size = 8;
constexpr std::uint64_t max_count = std::numeric_limits<Index>::max() / 8;  // entries whose bytes an Index can count
enum Kind : std::uint8_t { tensor_kind, integer_kind, number_kind };

template <class Float>
using BitsOf = std::conditional_t<sizeof(Float) == 4, std::uint32_t, std::uint64_t>;

std::uint64_t fnv1a(std::span<const std::uint8_t> bytes) {
    std::uint64_t hash = 0xCBF29CE484222325;
    for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3;
    return hash;
}

class Writer {
public:
    std::vector<std::uint8_t> bytes;

    template <class Unsigned>
    void integer(Unsigned value) {
        std::uint8_t little_endian[sizeof value];
        for (std::size_t i = 0; i < sizeof value; ++i) little_endian[i] = static_cast<std::uint8_t>(value >> (8 * i));
        block(little_endian);
    }
    template <class Float>
    void real(Float value) {
        integer(__builtin_bit_cast(BitsOf<Float>, value));
    }
    void block(std::span<const std::uint8_t> block) { bytes.insert(bytes.end(), block.begin(), block.end()); }
};

// Reads from the front. Every length is checked here, before anybody allocates by it.
class Reader {
public:
    Reader(std::span<const std::uint8_t> bytes, const std::string& origin, Where at)
        : rest_(bytes), origin_(origin), at_(at) {}

    std::span<const std::uint8_t> block(std::uint64_t count) {
        if (count > rest_.size())
            corrupted("a length of " + std::to_string(count) + " bytes where " + std::to_string(rest_.size()) +
                      " are left");
        const auto front = rest_.first(static_cast<std::size_t>(count));
        rest_ = rest_.subspan(front.size());
        return front;
    }
    template <class Unsigned>
    Unsigned integer() {
        Unsigned value = 0;
        const auto little_endian = block(sizeof value);
        for (std::size_t i = 0; i < sizeof value; ++i)
            value = static_cast<Unsigned>(value | static_cast<Unsigned>(Unsigned{little_endian[i]} << (8 * i)));
        return value;
    }
    template <class Float>
    Float real() {
        return __builtin_bit_cast(Float, integer<BitsOf<Float>>());
    }
    std::size_t left() const { return rest_.size(); }
    [[noreturn]] void corrupted(const std::string& finding) const {
        fail({.what = "load: '" + origin_ + "' is damaged",
              .got = finding,
              .expected = "the bytes that save wrote",
              .fix = "use a backup, or copy the file again in binary mode"},
             at_);
    }
    [[noreturn]] void too_large(double value) const {
        fail({.what = "load: '" + origin_ + "' holds a number that is too large for this build",
              .got = number_text(value),
              .expected =
                  "at most " + number_text(std::numeric_limits<float>::max()) + " in absolute value: REAL is float",
              .fix = "load it in a build with REAL=double"},
             at_);
    }

private:
    std::span<const std::uint8_t> rest_;
    const std::string& origin_;
    Where at_;
};

// The header answers, in this order: is it ours, can we read it, is all of it there, is it unharmed?
Reader checked_reader(std::span<const std::uint8_t> bytes, const std::string& origin, Where at) {
    for (std::size_t i = 0; i < std::min(bytes.size(), sizeof magic); ++i)
        if (bytes[i] != magic[i])
            fail({.what = "load: '" + origin + "' is not a costate file",
                  .got = "byte " + std::to_string(i) + " is " + std::to_string(bytes[i]),
                  .expected = std::to_string(magic[i]) + ": a file begins with 0x89 COSTATE",
                  .fix = "check the path: only what costate::save wrote can be loaded"},
                 at);
    const auto truncated = [&](const std::string& expected) {
        fail({.what = "load: '" + origin + "' is truncated",
              .got = std::to_string(bytes.size()) + " bytes",
              .expected = expected,
              .likely = "a copy or a download that stopped half-way",
              .fix = "copy the file again"},
             at);
    };
    if (bytes.size() < header_size + hash_size)
        truncated("at least " + std::to_string(header_size + hash_size) + " bytes");
    Reader header(bytes.subspan(sizeof magic), origin, at);
    const auto stored_version = header.integer<std::uint32_t>();
    if (stored_version > version)
        fail({.what = "load: '" + origin + "' was written by a newer costate",
              .got = "format version " + std::to_string(stored_version),
              .expected = "version " + std::to_string(version) + " or older",
              .fix = "update costate, or save the file again with the older one"},
             at);
    header.integer<std::uint32_t>();
    const auto length = header.integer<std::uint64_t>();
    if (bytes.size() < length) truncated(std::to_string(length) + " bytes, as the header says");
    if (bytes.size() > length)
        header.corrupted(std::to_string(bytes.size()) + " bytes where the header says " + std::to_string(length));
    if (stored_version == 0) header.corrupted("format version 0");
    const auto content = bytes.first(bytes.size() - hash_size);
    if (Reader(bytes.last(hash_size), origin, at).integer<std::uint64_t>() != fnv1a(content))
        header.corrupted("the checksum does not fit the contents");
    return Reader(content.subspan(sizeof magic), origin, at);
}

template <class Stored>
Real converted(Stored value, const Reader& reader) {
    if constexpr (sizeof(Stored) > sizeof(Real))
        if (std::isfinite(value) && std::fabs(value) > Stored{std::numeric_limits<Real>::max()})
            reader.too_large(value);
    return static_cast<Real>(value);
}

template <class Stored>
Tensor read_tensor(Reader& reader, const std::string& name) {
    const int rank = reader.integer<std::uint8_t>();
    if (rank > Shape::max_rank) reader.corrupted("rank " + std::to_string(rank) + " of '" + name + "'");
    Shape shape;
    bool empty = false;
    std::uint64_t count = 1;  // of the extents above 0, so that Shape::size cannot overflow either
    for (int axis = 0; axis < rank; ++axis) {
        const auto extent = reader.integer<std::uint32_t>();
        if (extent > 0x7fffffff || (extent > 0 && count > max_count / extent))
            reader.corrupted("extent " + std::to_string(extent) + " of '" + name + "'");
        shape.append(static_cast<Index>(extent));
        if (extent > 0)
            count *= extent;
        else
            empty = true;
    }
    Reader entries = Reader(reader.block(empty ? 0 : count * sizeof(Stored)), name, {});
    Tensor tensor(shape);
    for (Real& entry : tensor.entries()) entry = converted(entries.real<Stored>(), reader);
    return tensor;
}

}  // namespace

void TensorFile::add_item(Item item, Where at) {
    if (item.name.empty()) fail({.what = "TensorFile: a name is empty", .expected = "at least one character"}, at);
    if (!position_.emplace(item.name, items_.size()).second)
        fail({.what = "TensorFile: two items have the same name",
              .got = "'" + item.name + "' twice",
              .expected = "each name once",
              .fix = "put a prefix before it: encoder.weight, decoder.weight"},
             at);
    items_.push_back(std::move(item));
}

void TensorFile::add(std::string name, View tensor, Where at) { add_item({std::move(name), Tensor(tensor)}, at); }
void TensorFile::add_integer(std::string name, std::uint64_t integer, Where at) {
    add_item({std::move(name), integer}, at);
}
void TensorFile::add_number(std::string name, double number, Where at) { add_item({std::move(name), number}, at); }

const TensorFile::Item* TensorFile::find(std::string_view name) const {
    const auto found = position_.find(name);
    return found == position_.end() ? nullptr : &items_[found->second];
}

template <class T>
const T& TensorFile::get(std::string_view name, const char* kind, Where at) const {
    const Item* item = find(name);
    const T* value = item ? std::get_if<T>(&item->value) : nullptr;
    if (value) return *value;
    std::string present;
    for (const Item& other : items_) present.append(present.empty() ? "" : ", ").append(other.name);
    fail({.what = "TensorFile: there is no " + std::string(kind) + " named '" + std::string(name) + "'",
          .got = item ? "an item of that name, of another kind" : "the names: " + (present.empty() ? "none" : present),
          .expected = "a name that was added before the file was saved",
          .likely = item ? "" : "the file belongs to another model, or a layer was renamed"},
         at);
}

const Tensor& TensorFile::tensor(std::string_view name, Where at) const { return get<Tensor>(name, "tensor", at); }
std::uint64_t TensorFile::integer(std::string_view name, Where at) const {
    return get<std::uint64_t>(name, "integer", at);
}
double TensorFile::number(std::string_view name, Where at) const { return get<double>(name, "number", at); }

std::vector<std::uint8_t> serialize(const TensorFile& file) {
    std::uint64_t length = header_size + hash_size;
    for (const auto& [name, value] : file.items()) {
        length += 5 + name.size();
        const Tensor* tensor = std::get_if<Tensor>(&value);
        length +=
            tensor ? 1 + 4 * static_cast<std::uint64_t>(tensor->rank()) + sizeof(Real) * tensor->entries().size() : 8;
    }
    Writer out;
    out.bytes.reserve(static_cast<std::size_t>(length));
    out.block(magic);
    out.integer(version);
    out.integer(static_cast<std::uint32_t>(sizeof(Real)));
    out.integer(length);
    out.integer(static_cast<std::uint32_t>(file.items().size()));
    for (const auto& [name, value] : file.items()) {
        out.integer(static_cast<std::uint8_t>(value.index()));
        out.integer(static_cast<std::uint32_t>(name.size()));
        for (const char character : name) out.integer(static_cast<std::uint8_t>(character));
        if (const auto* integer = std::get_if<std::uint64_t>(&value)) out.integer(*integer);
        if (const auto* number = std::get_if<double>(&value)) out.real(*number);
        if (const auto* tensor = std::get_if<Tensor>(&value)) {
            out.integer(static_cast<std::uint8_t>(tensor->rank()));
            for (int axis = 0; axis < tensor->rank(); ++axis)
                out.integer(static_cast<std::uint32_t>(tensor->shape()[axis]));
            for (const Real entry : tensor->entries()) out.real(entry);
        }
    }
    out.integer(fnv1a(out.bytes));
    return std::move(out.bytes);
}

TensorFile parse(std::span<const std::uint8_t> bytes, const std::string& origin, Where at) {
    Reader reader = checked_reader(bytes, origin, at);
    reader.integer<std::uint32_t>();  // the version: checked
    const auto width = reader.integer<std::uint32_t>();
    if (width != 4 && width != 8) reader.corrupted("entries of " + std::to_string(width) + " bytes");
    reader.integer<std::uint64_t>();  // the length: checked
    TensorFile file;
    file.rounded_ = width > sizeof(Real);
    for (auto items = reader.integer<std::uint32_t>(); items > 0; --items) {
        const auto kind = reader.integer<std::uint8_t>();
        const auto raw_name = reader.block(reader.integer<std::uint32_t>());
        const std::string name(raw_name.begin(), raw_name.end());
        if (name.empty() || file.find(name)) reader.corrupted("the name '" + name + "', empty or for the second time");
        if (kind == tensor_kind)
            file.add(name, width == 4 ? read_tensor<float>(reader, name) : read_tensor<double>(reader, name));
        else if (kind == integer_kind)
            file.add_integer(name, reader.integer<std::uint64_t>());
        else if (kind == number_kind)
            file.add_number(name, reader.real<double>());
        else
            reader.corrupted("item '" + name + "' of the unknown kind " + std::to_string(kind));
    }
    if (reader.left() > 0) reader.corrupted(std::to_string(reader.left()) + " bytes after the last item");
    return file;
}

void save(const std::string& path, const TensorFile& file, Where at) { replace_file(path, serialize(file), at); }
TensorFile load(const std::string& path, Where at) { return parse(read_file(path, at), path, at); }

}  // namespace COSTATE_PRECISION
}  // namespace costate
