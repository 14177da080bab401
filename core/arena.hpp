// core/arena.hpp — memory that a caller hands in, in place of operator new
//   alignas(line_bytes) std::byte memory[4096];   Arena arena(memory);   List<double> list(&arena);
// Pieces lie one behind the other, each at a multiple of its alignment. None is given back by itself: cut_back(used) takes
// back what came after a moment, and so does a Borrowed at its end.
// asking   An arena without memory counts: its pieces come from operator new, and most() is the number of bytes that a
//          caller's memory would need for them. There is no other bookkeeping: whoever wants to know a size does the thing
//          itself in such an arena.
// full     What does not fit comes from operator new as well, so that whoever handed in too little can be told how much it
//          would have been: fits() is false until it gives up. (A small machine has no text to tell it by: it fails at once.)
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/error.hpp"  // brings: Where

namespace costate {

class Arena {
public:
    Arena() : Arena(std::span<std::byte>()) {}
    explicit Arena(std::span<std::byte> memory);
    ~Arena();
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    void* take(std::size_t bytes, std::size_t alignment) { return take_(*this, bytes, alignment); }
    void cut_back(std::size_t used) { used_ = used; }

    std::size_t size() const { return memory_.size(); }
    std::size_t used() const { return used_; }  // bytes, from its beginning
    std::size_t most() const { return most_; }  // that were used at once
    bool fits() const { return !beside_; }
    void give_up(std::size_t used);  // cut_back, and what did not fit is gone, too
    bool begins_on_a_line() const;

    class Borrowed {  // for as long as it lives, and made before what is borrowed; null: nothing
    public:
        explicit Borrowed(Arena* from) : from_(from), used_(from ? from->used() : 0) {}
        ~Borrowed() {
            if (from_) from_->cut_back(used_);
        }
        Borrowed(const Borrowed&) = delete;

    private:
        Arena* from_;
        std::size_t used_;
    };

private:
    struct Beside {  // in front of a piece that did not fit
        Beside* before;
    };
    static void* take_here(Arena& arena, std::size_t bytes, std::size_t alignment);

    std::span<std::byte> memory_;
    std::size_t used_ = 0, most_ = 0;
    Beside* beside_ = nullptr;
    void* (*take_)(Arena&, std::size_t, std::size_t);  // not linked where nobody makes an arena
};

// So many bytes of an arena, or without one of operator new.
void* take_piece(Arena* arena, std::size_t bytes, std::size_t alignment);
void give_back_piece(Arena* arena, void* piece);

// Where a vector's entries lie.
template <class T>
struct InArena {
    using value_type = T;
    using propagate_on_container_copy_assignment = std::true_type;
    using propagate_on_container_move_assignment = std::true_type;
    using propagate_on_container_swap = std::true_type;

    InArena(Arena* in = nullptr) : arena(in) {}
    template <class Other>
    InArena(const InArena<Other>& other) : arena(other.arena) {}

    T* allocate(std::size_t count) { return static_cast<T*>(take_piece(arena, count * sizeof(T), alignof(T))); }
    void deallocate(T* piece, std::size_t) { give_back_piece(arena, piece); }
    bool operator==(const InArena&) const = default;

    Arena* arena;
};
template <class T>
using List = std::vector<T, InArena<T>>;

}  // namespace costate
