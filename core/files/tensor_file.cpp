#include "core/files/tensor_file.hpp"

#include <algorithm>
#include <utility>

#include "core/files/bytes.hpp"  // brings: ByteReader, ByteWriter

namespace costate::inline COSTATE_PRECISION {

namespace {

constexpr std::uint8_t magic[8] = {0x89, 'C', 'O', 'S', 'T', 'A', 'T', 'E'};
constexpr Signature signature{magic, "a costate file", "0x89 COSTATE",
                              "check the path: load reads what costate::save wrote, and .npz"};
constexpr std::uint32_t version = 1;
constexpr std::size_t length_at = 16, header_size = 28, hash_size = 8;
struct Header {  // behind the magic
    std::uint32_t format = version, width = sizeof(Real);
    std::uint64_t length = 0;  // of the whole file
    std::uint32_t items = 0;

    void fields(auto& stream) { stream.integers(format, width, length, items); }
};
enum Kind : std::uint8_t { tensor_kind, integer_kind, number_kind };

std::uint64_t fnv1a(std::span<const std::uint8_t> bytes) {
    std::uint64_t hash = 0xCBF29CE484222325;
    for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3;
    return hash;
}

// The header answers, in this order: is it ours, can we read it, is all of it there, is it unharmed? The reader stands
// behind it.
ByteReader checked_reader(Header& header, std::span<const std::uint8_t> bytes, const std::string& origin, Where at) {
    signature.require(bytes, origin, at);
    if (bytes.size() < header_size + hash_size)
        ByteReader(bytes, origin, at).truncated(bytes.size(), text("at least ", header_size + hash_size, " bytes"));
    const auto content = bytes.first(bytes.size() - hash_size);
    ByteReader reader(content.subspan(sizeof magic), origin, at);
    header.fields(reader);
    if (header.format > version)
        fail(at, {.what = text("load: '", origin, "' was written by a newer costate"),
                  .got = text("format version ", header.format),
                  .expected = text("version ", version, " or older"),
                  .fix = "update costate, or save the file again with the older one"});
    if (bytes.size() < header.length) reader.truncated(bytes.size(), text(header.length, " bytes, as the header says"));
    if (bytes.size() > header.length)
        reader.corrupted(text(bytes.size(), " bytes where the header says ", header.length));
    if (header.format == 0) reader.corrupted("format version 0");
    if (ByteReader(bytes.last(hash_size), origin, at).integer<std::uint64_t>() != fnv1a(content))
        reader.corrupted("the checksum does not fit the contents");
    return reader;
}

template <class Stored>
Tensor read_tensor(ByteReader& reader, const std::string& name) {
    Shape shape;
    for (int rank = reader.integer<std::uint8_t>(); rank > 0; --rank) {
        const auto extent = reader.integer<std::uint32_t>();
        if (!shape.can_append(extent)) reader.corrupted(text("extent ", extent, " of '", name, "', after ", shape));
        shape.append(extent);
    }
    ByteReader entries(reader.block(static_cast<std::uint64_t>(shape.size()) * sizeof(Stored)), name, {});
    Tensor tensor(shape);
    for (Real& entry : tensor.entries()) entry = reader.converted(entries.real<Stored>());
    return tensor;
}

}  // namespace

void TensorFile::add_item(Item item, Where at) {
    if (item.name.empty()) fail(at, {.what = "TensorFile: a name is empty", .expected = "at least one character"});
    if (!position_.emplace(item.name, items_.size()).second)
        fail(at, {.what = "TensorFile: two items have the same name",
                  .got = text("'", item.name, "' twice"),
                  .expected = "each name once",
                  .fix = "put a prefix before it: encoder.weight, decoder.weight"});
    if (const auto* integer = std::get_if<std::uint64_t>(&item.value))
        item.scalar = Tensor::scalar(static_cast<double>(*integer));
    if (const auto* number = std::get_if<double>(&item.value)) item.scalar = Tensor::scalar(*number);
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

void TensorFile::refuse(std::string_view name, const char* kind, Where at) const {
    std::string present;
    for (const Item& other : items_) present.append(present.empty() ? "" : ", ").append(other.name);
    const bool there = find(name) != nullptr;
    fail(at,
         {.what = text("TensorFile: there is no ", kind, " named '", name, "'"),
          .got = there ? "an item of that name, of another kind" : "the names: " + (present.empty() ? "none" : present),
          .expected = "a name that was added before the file was saved",
          .likely = there ? "" : "the file belongs to another model, or a layer was renamed"});
}

const Tensor& TensorFile::tensor(std::string_view name, Where at) const {
    const Item* item = find(name);
    if (!item) refuse(name, "tensor", at);
    if (const auto* tensor = std::get_if<Tensor>(&item->value)) return *tensor;
    const std::string origin(name);
    if (const auto* number = std::get_if<double>(&item->value)) ByteReader({}, origin, at).converted(*number);
    return item->scalar;
}

const Tensor& tensor_of_shape(const TensorFile& file, std::string_view name, const Shape& shape, Where at) {
    const Tensor& tensor = file.tensor(name, at);
    if (tensor.shape() != shape)
        fail(at, {.what = "load: a tensor has another shape in the file",
                  .got = text("\"", name, "\" ", tensor.shape()),
                  .expected = to_text(shape),
                  .fix = "build the model with the widths and options with which it was saved"});
    return tensor;
}

std::uint64_t TensorFile::integer(std::string_view name, Where at) const {
    const Item* item = find(name);
    if (const auto* integer = item ? std::get_if<std::uint64_t>(&item->value) : nullptr) return *integer;
    refuse(name, "integer", at);
}

double TensorFile::number(std::string_view name, Where at) const {
    const Item* item = find(name);
    if (!item) refuse(name, "number", at);
    if (const auto* number = std::get_if<double>(&item->value)) return *number;
    const Tensor& tensor = this->tensor(name, at);
    if (tensor.rank() > 0) refuse(name, "number", at);
    return static_cast<double>(tensor[0]);
}

std::vector<std::uint8_t> serialize(const TensorFile& file) {
    ByteWriter out;
    out.block(magic);
    Header{.items = static_cast<std::uint32_t>(file.items().size())}.fields(out);
    for (const auto& [name, value, scalar] : file.items()) {
        out.integers(static_cast<std::uint8_t>(value.index()), static_cast<std::uint32_t>(name.size()));
        out.text(name);
        if (const auto* integer = std::get_if<std::uint64_t>(&value)) out.integer(*integer);
        if (const auto* number = std::get_if<double>(&value)) out.real(*number);
        if (const auto* tensor = std::get_if<Tensor>(&value)) {
            out.integer(static_cast<std::uint8_t>(tensor->rank()));
            for (int axis = 0; axis < tensor->rank(); ++axis)
                out.integer(static_cast<std::uint32_t>(tensor->shape()[axis]));
            out.reals(tensor->entries());
        }
    }
    out.put(length_at, std::uint64_t{out.bytes.size() + hash_size});
    out.integer(fnv1a(out.bytes));
    return std::move(out.bytes);
}

TensorFile parse(std::span<const std::uint8_t> bytes, const std::string& origin, Where at) {
    Header header;
    ByteReader reader = checked_reader(header, bytes, origin, at);
    const auto width = header.width;
    if (width != 4 && width != 8) reader.corrupted(text("entries of ", width, " bytes"));
    TensorFile file;
    file.rounded_ = width > sizeof(Real);
    for (auto items = header.items; items > 0; --items) {
        const auto kind = reader.integer<std::uint8_t>();
        const std::string name = reader.text(reader.integer<std::uint32_t>());
        if (name.empty() || file.find(name))
            reader.corrupted(text("the name '", name, "', empty or for the second time"));
        if (kind == tensor_kind)
            file.add_item({name, width == 4 ? read_tensor<float>(reader, name) : read_tensor<double>(reader, name)},
                          at);
        else if (kind == integer_kind)
            file.add_integer(name, reader.integer<std::uint64_t>());
        else if (kind == number_kind)
            file.add_number(name, reader.real<double>());
        else
            reader.corrupted(text("item '", name, "' of the unknown kind ", kind));
    }
    if (reader.left() > 0) reader.corrupted(text(reader.left(), " bytes after the last item"));
    return file;
}

}  // namespace costate
