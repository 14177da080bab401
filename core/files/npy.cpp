#include "core/files/npy.hpp"

#include <algorithm>
#include <utility>

#include "core/files/file.hpp"       // brings: read_file, replace_file
#include "core/files/npy_array.hpp"  // brings: NpyArray, ByteReader, ByteWriter
#include "core/kernels/permute.hpp"  // brings: permute

namespace costate::inline COSTATE_PRECISION {

namespace {

constexpr std::uint8_t npy_magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
constexpr Signature signature_of_npy{npy_magic, "an .npy file", "0x93 NUMPY",
                                     "check the path; several arrays in one file, .npz, are read by load_npz"};
constexpr std::size_t entries_alignment = 64;  // of the entries: the header is filled up to it

// Reads Python's way to write a dictionary of strings, truths and tuples of integers, one word after the other.
class HeaderText {
public:
    HeaderText(std::string text, const ByteReader& file) : text_(std::move(text)), file_(file) {}

    bool take(char wanted) {  // is this the next letter?
        skip_spaces();
        if (place_ == text_.size() || text_[place_] != wanted) return false;
        ++place_;
        return true;
    }
    void expect(char wanted) {
        if (!take(wanted)) unreadable();
    }
    std::string quoted() {
        const char mark = take('"') ? '"' : '\'';
        if (mark == '\'') expect('\'');
        const std::size_t end = text_.find(mark, place_);
        if (end == text_.npos) unreadable();
        const std::size_t begin = std::exchange(place_, end + 1);
        return text_.substr(begin, end - begin);
    }
    bool truth() {
        skip_spaces();
        for (const bool answer : {false, true}) {
            const std::string_view word = answer ? "True" : "False";
            if (!std::string_view(text_).substr(place_).starts_with(word)) continue;
            place_ += word.size();
            return answer;
        }
        unreadable();
    }
    std::uint64_t integer() {
        skip_spaces();
        const std::size_t begin = place_;
        std::uint64_t value = 0;
        for (; place_ < text_.size() && text_[place_] >= '0' && text_[place_] <= '9'; ++place_)
            value = std::min<std::uint64_t>(value * 10 + (text_[place_] - '0'), 1ull << 32);
        if (place_ == begin) unreadable();
        return value;
    }
    bool is_list() {  // of the fields of a structure
        if (!take('[')) return false;
        --place_;
        return true;
    }
    [[noreturn]] void unreadable() const {
        file_.corrupted(text("a header that cannot be read: ", text_.substr(0, 100)));
    }

private:
    void skip_spaces() {
        while (place_ < text_.size() && (text_[place_] == ' ' || text_[place_] == '\n')) ++place_;
    }

    std::string text_;
    const ByteReader& file_;
    std::size_t place_ = 0;
};

[[noreturn]] void no_numbers(const std::string& type, const ByteReader& file) {
    const bool pickled = type.find('O') != type.npos, structure = type.starts_with('[');
    fail(file.at(),
         {.what = text("load: '", file.origin(), "' holds no numbers", (pickled ? ", but pickled Python objects" : "")),
          .got = structure ? "a structure of several fields" : "entries of type '" + type + "'",
          .expected = "f4, f8, b1, i1 to i8 or u1 to u8",
          .likely = pickled ? "rows of unequal lengths: NumPy stores them as objects" : "",
          .fix = structure ? "save each field as an array of its own" : "numpy.save(path, x.astype('f8'))"});
}

void set_type(NpyArray& array, const std::string& type) {
    const std::string_view order = "<>|=", kinds = "fiub";
    const bool readable = type.size() == 3 && order.find(type[0]) != order.npos && kinds.find(type[1]) != kinds.npos &&
                          std::string_view("1248").find(type[2]) != std::string_view::npos;
    array.kind = readable ? type[1] : '?';
    array.width = readable ? type[2] - '0' : 0;
    if (!readable || (array.kind == 'f' && array.width < 4) || (array.kind == 'b' && array.width > 1))
        no_numbers(type, array.entries);
    array.last_byte_first = type[0] == '>';
}

void set_shape(NpyArray& array, HeaderText& header) {
    header.expect('(');
    while (!header.take(')')) {
        const std::uint64_t extent = header.integer();
        if (array.shape.rank() == Shape::max_rank)
            fail(array.entries.at(), {.what = text("load: '", array.entries.origin(), "' has too many axes"),
                                      .got = text(array.shape, " and one more"),
                                      .expected = text("at most ", Shape::max_rank, " axes"),
                                      .fix = "numpy.save(path, x.reshape(...)) with fewer axes"});
        if (!array.shape.can_append(extent))
            array.entries.corrupted(text("an extent of 2^32 or more, or an impossible one, after ", array.shape));
        array.shape.append(extent);
        if (!header.take(',')) {
            header.expect(')');
            break;
        }
    }
}

}  // namespace

NpyArray open_npy(std::span<const std::uint8_t> bytes, const std::string& origin, Where at) {
    signature_of_npy.require(bytes, origin, at);
    NpyArray array{'?', 0, false, false, {}, ByteReader(bytes, origin, at)};
    ByteReader& in = array.entries;
    if (bytes.size() < 12) in.truncated(bytes.size(), "at least 12 bytes");
    in.block(sizeof npy_magic);
    const auto version = in.integer<std::uint8_t>(), minor = in.integer<std::uint8_t>();
    if (version < 1 || version > 3 || minor != 0)
        fail(at, {.what = text("load: '", origin, "' has an unknown format"),
                  .got = text("version ", version, ".", minor),
                  .expected = "version 1.0, 2.0 or 3.0",
                  .fix = "write it anew: numpy.save chooses the oldest version that it can"});
    const std::uint64_t length = version == 1 ? in.integer<std::uint16_t>() : in.integer<std::uint32_t>();
    if (length > in.left()) in.truncated(bytes.size(), text("a header of ", length, " bytes"));
    HeaderText header(in.text(length), in);

    header.expect('{');
    bool has_type = false, has_order = false, has_shape = false;
    while (!header.take('}')) {
        const std::string key = header.quoted();
        header.expect(':');
        bool& seen = key == "descr" ? has_type : key == "fortran_order" ? has_order : has_shape;
        if (std::exchange(seen, true) || (&seen == &has_shape && key != "shape")) header.unreadable();
        if (&seen == &has_type) set_type(array, header.is_list() ? "[" : header.quoted());
        if (&seen == &has_order) array.column_by_column = header.truth();
        if (&seen == &has_shape) set_shape(array, header);
        if (!header.take(',')) {
            header.expect('}');
            break;
        }
    }
    if (!has_type || !has_order || !has_shape) header.unreadable();
    const std::uint64_t wanted = static_cast<std::uint64_t>(array.shape.size()) * array.width;
    if (in.left() < wanted) in.truncated(bytes.size(), text(wanted - in.left(), " more, for ", array.shape));
    if (in.left() > wanted) in.corrupted(text(in.left() - wanted, " bytes after the last entry"));
    return array;
}

std::uint64_t NpyArray::next_bits() {
    const auto bytes = entries.block(width);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) bits = bits << 8 | bytes[last_byte_first ? i : bytes.size() - 1 - i];
    const int missing = 64 - 8 * width;
    return kind == 'i' ? static_cast<std::int64_t>(bits << missing) >> missing : bits;
}

Real NpyArray::to_real(std::uint64_t bits) const {
    if (kind == 'f' && width == 4)
        return entries.converted(__builtin_bit_cast(float, static_cast<std::uint32_t>(bits)));
    if (kind == 'f') return entries.converted(__builtin_bit_cast(double, bits));
    if (kind == 'i') return static_cast<Real>(static_cast<std::int64_t>(bits));
    return static_cast<Real>(bits);
}

Tensor NpyArray::tensor() {
    const int rank = shape.rank();
    Shape lying = shape;  // as the entries lie: column by column is row by row of the axes in the opposite order
    for (int axis = 0; axis < rank && column_by_column; ++axis) lying.set(axis, shape[rank - 1 - axis]);
    Tensor read(lying, 0, entries.at());
    for (Real& entry : read.entries()) entry = to_real(next_bits());
    if (!column_by_column || rank < 2) return read;
    std::int8_t axes[Shape::max_rank];
    for (int axis = 0; axis < rank; ++axis) axes[axis] = static_cast<std::int8_t>(rank - 1 - axis);
    Tensor tensor(shape, 0, entries.at());
    permute(read, std::span(axes, rank), tensor.view());
    return tensor;
}

void write_npy_header(ByteWriter& out, std::string_view type, const Shape& shape) {
    std::string header = "{'descr': '";
    header.append(type).append("', 'fortran_order': False, 'shape': (");
    for (int axis = 0; axis < shape.rank(); ++axis)  // (), (3,), (2, 3)
        header.append(axis > 0 ? " " : "")
            .append(std::to_string(shape[axis]))
            .append(axis + 1 < shape.rank() || axis == 0 ? "," : "");
    header.append("), }");
    const std::size_t before = sizeof npy_magic + 4,
                      end = (before + header.size() + entries_alignment) / entries_alignment * entries_alignment;
    header.append(end - before - header.size() - 1, ' ').append("\n");
    out.block(npy_magic);
    out.integer(std::uint16_t{1});
    out.integer(static_cast<std::uint16_t>(header.size()));
    out.text(header);
}

std::vector<std::uint8_t> serialize_npy(View tensor) {
    ByteWriter out;
    write_npy_header(out, sizeof(Real) == 8 ? "<f8" : "<f4", tensor.shape);
    out.reals(tensor.entries());
    return std::move(out.bytes);
}

Tensor parse_npy(std::span<const std::uint8_t> bytes, const std::string& origin, Where at) {
    return open_npy(bytes, origin, at).tensor();
}

void save_npy(const std::string& path, View tensor, Where at) { replace_file(path, serialize_npy(tensor), at); }
Tensor load_npy(const std::string& path, Where at) { return parse_npy(read_file(path, at), path, at); }

}  // namespace costate
