// tests/core/own_heap_test.cpp — blocks that do not overlap, in memory that is handed in
#include "core/own_heap.hpp"

#include <doctest/doctest.h>
#include <cstring>
#include <vector>

#include "core/random.hpp"

using namespace costate;

namespace {

int times_full = 0, damaged = 0, crooked = 0;

struct Piece {
    unsigned char* at;
    std::size_t bytes;
    unsigned char mark;
    bool is_whole() const {
        for (std::size_t k = 0; k < bytes; ++k)
            if (at[k] != mark) return false;
        return true;
    }
};

// Some thousand pieces of all sizes and alignments, taken and given back in disorder: what most() is, or 0: it became full.
std::size_t disorder(std::span<std::byte> memory) {
    OwnHeap heap(memory, [] { ++times_full; });
    const int before = times_full;
    Rng rng(3);
    std::vector<Piece> held;
    for (int k = 0; k < 4000; ++k) {
        if (!held.empty() && rng.uniform() < (k < 3000 ? 0.48 : 0.6)) {
            const std::size_t which = static_cast<std::size_t>(rng.below(std::ssize(held)));
            damaged += !held[which].is_whole();
            heap.give_back(held[which].at);
            held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
            continue;
        }
        const std::size_t bytes = static_cast<std::size_t>(rng.below(rng.uniform() < 0.1 ? 2000 : 60));
        const std::size_t alignment = rng.uniform() < 0.2 ? 64 : alignof(std::max_align_t);
        auto* at = static_cast<unsigned char*>(heap.take(bytes, alignment));
        if (times_full > before) return 0;
        crooked += reinterpret_cast<std::uintptr_t>(at) % alignment != 0;
        const auto mark = static_cast<unsigned char>(k);
        if (bytes > 0) std::memset(at, mark, bytes);
        held.push_back({at, bytes, mark});
    }
    for (const Piece& piece : held) heap.give_back(piece.at);
    // All of it is one block again: nothing was lost.
    const std::size_t most = heap.most();
    CHECK(heap.take(most - 2 * sizeof(std::max_align_t)) != nullptr);
    CHECK(heap.most() == most);
    return most;
}

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("own_heap: pieces are whole and aligned, what is given back is found again, and a byte less is refused") {
    alignas(64) static std::byte memory[1 << 20];
    const std::size_t most = disorder(memory);
    CHECK(most > 0);
    CHECK(damaged == 0);
    CHECK(crooked == 0);
    CHECK(most < sizeof memory / 4);
    CHECK(disorder(std::span(memory).first(most)) == most);
    CHECK(times_full == 0);
    CHECK(disorder(std::span(memory).first(most - 1)) == 0);
    CHECK(times_full == 1);
}

TEST_CASE("own_heap: more than there is, none, and null") {
    alignas(std::max_align_t) std::byte memory[256];
    times_full = 0;
    OwnHeap heap(memory, [] { ++times_full; });
    heap.give_back(nullptr);
    CHECK(heap.most() == 0);
    CHECK(heap.take(256) == nullptr);  // its head has no room
    CHECK(times_full == 1);
    CHECK(heap.take(~std::size_t(0) - 100) == nullptr);
    CHECK(times_full == 2);
    void* const first = heap.take(1);
    void* const second = heap.take(0);
    CHECK(first != second);
    heap.give_back(first);
    CHECK(heap.take(1) == first);
}

TEST_SUITE_END();
