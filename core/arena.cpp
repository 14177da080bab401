#include "core/arena.hpp"

#include <algorithm>
#include <cstdint>
#include <new>

namespace costate {

namespace {
constexpr std::align_val_t cache_line{line_bytes};
}

Arena::Arena(std::span<std::byte> memory) : memory_(memory), take_(take_here) {}

Arena::~Arena() { give_up(0); }

void Arena::give_up(std::size_t used) {
    used_ = most_ = used;
    while (beside_) ::operator delete(std::exchange(beside_, beside_->before), cache_line);
}

void* Arena::take_here(Arena& arena, std::size_t bytes, std::size_t alignment) {
    const std::size_t first = (arena.used_ + alignment - 1) / alignment * alignment;
    arena.used_ = first + bytes;
    arena.most_ = std::max(arena.most_, arena.used_);
    if (arena.used_ <= arena.size()) return arena.memory_.data() + first;
    if (small_machine && arena.size() > 0) fail({.what = "arena: it is full"}, Where::nowhere());
    void* const piece = ::operator new(line_bytes + bytes, cache_line);
    arena.beside_ = new (piece) Beside{arena.beside_};
    return static_cast<std::byte*>(piece) + line_bytes;
}

bool Arena::begins_on_a_line() const { return reinterpret_cast<std::uintptr_t>(memory_.data()) % line_bytes == 0; }

void* take_piece(Arena* arena, std::size_t bytes, std::size_t alignment) {
    return arena ? arena->take(bytes, alignment) : ::operator new(bytes);
}

void give_back_piece(Arena* arena, void* piece) {
    if (!arena) ::operator delete(piece);
}

}  // namespace costate
