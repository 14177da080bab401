// core/files/tensor_file.hpp — named tensors, integers and numbers as one block of bytes: what a model is between two runs
//   offset 0   8 bytes   magic: 0x89 "COSTATE"
//          8   u32       version of the format: 1
//         12   u32       bytes of one tensor entry: 4 (float) or 8 (double)
//         16   u64       length of the whole file, so that a truncated one is told from a damaged one
//         24   u32       number of items; then each item in order:
//                u8 kind, u32 length of the name, the name's bytes; then by kind
//                0  tensor:  u8 rank, rank × u32 extents, the entries row by row (IEEE 754, 4 or 8 bytes each)
//                1  integer: u64          2  number: f64
//        end   u64       FNV-1a hash (64 bit) of every byte before it
// All integers and numbers lie least significant byte first, written byte by byte: every machine reads every file.
// mixing   A float file in a double build: exact. A double file in a float build: each tensor entry is rounded,
//          and rounded() says so; one too large for a float is an error, not an infinity. Numbers (kind 2) stay double.
// why      The hash finds accidents; it keeps no secret. Against malice, every length is compared with the bytes
//          that are there before memory is asked for: never more than a small multiple of the file's size.
// source   FNV-1a: Fowler, Noll & Vo. Each step is a bijection of the hash: one changed byte always changes the result.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.hpp"   // brings: Where
#include "core/tensor.hpp"  // brings: Tensor, View

namespace costate::inline COSTATE_PRECISION {

class TensorFile {
public:
    using Value = std::variant<Tensor, std::uint64_t, double>;  // the index of the alternative is the kind in the file
    struct Item {
        std::string name;
        Value value;
        Tensor scalar = {};  // an integer or a number once more, as a tensor of rank 0
    };

    // A name that is empty or taken is an error.
    void add(std::string name, View tensor, Where at = {});
    void add_integer(std::string name, std::uint64_t integer, Where at = {});
    void add_number(std::string name, double number, Where at = {});

    // The item of that name and kind; a missing name or another kind is an error that lists what is there. An integer or
    // a number is a tensor of rank 0, too, and each of the others is a number: NumPy's files know no kinds.
    const Tensor& tensor(std::string_view name, Where at = {}) const;
    std::uint64_t integer(std::string_view name, Where at = {}) const;
    double number(std::string_view name, Where at = {}) const;

    const Item* find(std::string_view name) const;             // null when there is none
    const std::vector<Item>& items() const { return items_; }  // in the order in which they were added
    bool rounded() const { return rounded_; }                  // parsed from a double file in a float build

private:
    friend TensorFile parse(std::span<const std::uint8_t>, const std::string&, Where);
    friend TensorFile parse_npz(std::span<const std::uint8_t>, const std::string&, Where);
    void add_item(Item item, Where at);
    [[noreturn]] void refuse(std::string_view name, const char* kind, Where at) const;

    std::vector<Item> items_;
    std::map<std::string, std::size_t, std::less<>> position_;  // name -> index into items_
    bool rounded_ = false;
};

// The tensor of that name, which must have this shape.
const Tensor& tensor_of_shape(const TensorFile& file, std::string_view name, const Shape& shape, Where at = {});

// On memory, for machines without files. `origin` is what error messages call the bytes.
std::vector<std::uint8_t> serialize(const TensorFile& file);
TensorFile parse(std::span<const std::uint8_t> bytes, const std::string& origin = "memory", Where at = {});

// On disk: serialize and replace_file (an older file survives every failure), read_file and parse. A path that ends in
// ".npz" means NumPy's format (core/files/npz.hpp), in which PyTorch's users exchange weights; load looks at the file itself.
void save(const std::string& path, const TensorFile& file, Where at = {});
TensorFile load(const std::string& path, Where at = {});

}  // namespace costate
