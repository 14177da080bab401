// core/own_heap.hpp — what `new` gives, from memory that the program hands in: where there is no heap, or none that ends
//   alignas(std::max_align_t) static std::byte memory[28'672];
//   static constinit OwnHeap heap(memory, [] { stop(); });       // what to do when it is full; it must not return
//   COSTATE_NEW_FROM(heap)                                       // in one file of the program, outside of all namespaces
// Tapes, solves and optimisers then live there. How much memory that is, most() says: run a training step in a large one, and
// hand in as much; a warm step asks for none (tests/optim/allocations_test.cpp).
// how      Blocks lie one behind another, each behind its size. The free ones are a list in the order of their places; a link
//          lies where a taken block has what was asked for. The first that is large enough is taken, what is left of it stays
//          free, and neighbours that are free become one.
// limits   For one thread. Pieces begin at multiples of alignof(std::max_align_t), of 8 on a small machine, or of more if that
//          is asked for.
// source   Kernighan & Ritchie, The C Programming Language, 2nd ed., 8.7: the storage allocator
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "core/small.hpp"  // brings: small_machine, line_bytes

namespace costate {

class OwnHeap {
public:
    constexpr OwnHeap(std::span<std::byte> memory, void (*full)()) : memory_(memory), full_(full) {}
    OwnHeap(const OwnHeap&) = delete;

    void* take(std::size_t bytes, std::size_t alignment = 1) {
        if (bytes > memory_.size()) return full_(), nullptr;
        bytes = (sizeof(std::size_t) + bytes + unit - 1) / unit * unit;
        if (used_ == 0) used_ = to_multiple(memory_.data(), unit);
        Block **place = &first_free_, **last = nullptr;
        while (*place && gap_before(*place, alignment) + bytes > (*place)->bytes) last = place, place = &(*place)->next;
        if (!*place) {
            if (last && (*last)->end() == end()) place = last;  // it goes on where the memory does
            if (!grow(place, bytes, alignment)) return full_(), nullptr;
        }
        if (const std::size_t gap = gap_before(*place, alignment)) place = &split(*place, gap)->next;
        Block* const block = *place;
        if (block->bytes > bytes) split(block, bytes);
        *place = block->next;
        return &block->next;
    }

    void give_back(void* taken) {
        if (!taken) return;
        insert(reinterpret_cast<Block*>(static_cast<std::byte*>(taken) - offsetof(Block, next)));
    }

    std::size_t most() const { return used_; }  // bytes from the memory's beginning that were ever part of a block

private:
    struct Block {
        std::size_t bytes;  // of all of it
        Block* next;        // of a free one: the next, further behind; of a taken one what was asked for begins here
        std::byte* end() { return reinterpret_cast<std::byte*>(this) + bytes; }
        void take_in_next() {
            if (end() != reinterpret_cast<std::byte*>(next)) return;
            bytes += next->bytes;
            next = next->next;
        }
    };

    static constexpr std::size_t unit = std::max(sizeof(Block), small_machine ? line_bytes : alignof(std::max_align_t));
    static_assert(offsetof(Block, next) == sizeof(std::size_t));

    // How much lies before the first block at or behind `at` whose piece lies at a multiple of the alignment?
    static std::size_t to_multiple(const void* at, std::size_t alignment) {
        const std::uintptr_t piece = reinterpret_cast<std::uintptr_t>(at) + sizeof(std::size_t);
        return (alignment - piece % alignment) % alignment;
    }
    static std::size_t gap_before(const Block* block, std::size_t alignment) {
        return alignment <= unit ? 0 : to_multiple(block, alignment);
    }
    // A free block becomes two, the first one of so many bytes.
    static Block* split(Block* block, std::size_t bytes) {
        block->next = ::new (reinterpret_cast<std::byte*>(block) + bytes) Block{block->bytes - bytes, block->next};
        block->bytes = bytes;
        return block;
    }
    // A free block at the end of what is in use, larger or new: large enough, whatever has to be passed over.
    bool grow(Block** place, std::size_t bytes, std::size_t alignment) {
        Block* const block = *place ? *place : reinterpret_cast<Block*>(end());
        const std::size_t had = *place ? block->bytes : 0, more = gap_before(block, alignment) + bytes - had;
        if (used_ > memory_.size() || more > memory_.size() - used_) return false;
        *place = ::new (block) Block{had + more, nullptr};
        used_ += more;
        return true;
    }
    std::byte* end() const { return memory_.data() + used_; }
    void insert(Block* block) {
        Block* before = nullptr;
        Block** place = &first_free_;
        while (*place && *place < block) before = *place, place = &before->next;
        block->next = *place;
        *place = block;
        block->take_in_next();
        if (before) before->take_in_next();
    }

    std::span<std::byte> memory_;
    void (*full_)();
    Block* first_free_ = nullptr;
    std::size_t used_ = 0;
};

}  // namespace costate

// The operators that a program may replace: those for arrays come to these. (malloc is another's, and stays as it is.)
#define COSTATE_NEW_FROM(heap)                                                                                 \
    void* operator new(std::size_t bytes) { return (heap).take(bytes); }                                       \
    void* operator new(std::size_t bytes, std::align_val_t to) { return (heap).take(bytes, std::size_t(to)); } \
    void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return (heap).take(bytes); }       \
    void operator delete(void* taken) noexcept { (heap).give_back(taken); }                                    \
    void operator delete(void* taken, std::size_t) noexcept { (heap).give_back(taken); }                       \
    void operator delete(void* taken, std::align_val_t) noexcept { (heap).give_back(taken); }                  \
    void operator delete(void* taken, std::size_t, std::align_val_t) noexcept { (heap).give_back(taken); }
