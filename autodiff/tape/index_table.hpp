// autodiff/tape/index_table.hpp — numbers found again by a hash: which operation is equal, which leaf is there already?
//   table.find(hash, [&](std::uint32_t n) { return equal to what is looked for; })  -> n, or none
// Open addressing with linear probing; at most half of the places are taken, so a search looks at a few places whatever
// their number. What is equal is the caller's business: only the hash is kept here. clear() keeps the memory.
#pragma once
#include <algorithm>
#include <cstdint>
#include <type_traits>  // brings: std::conditional_t
#include <vector>

#include "core/scrambled.hpp"  // brings: scrambled, golden_gamma
#include "core/small.hpp"      // brings: small_machine

namespace costate {

class IndexTable {
public:
    static constexpr std::uint32_t none = 0xffffffff;

    template <class Equal>
    std::uint32_t find(std::uint64_t hash, Equal equal) {
        if (places_.empty()) return none;
        for (std::size_t at = hash & (places_.size() - 1); places_[at].number != none;
             at = (at + 1) & (places_.size() - 1)) {
            ++looked_at_;
            if (places_[at].hash == static_cast<Kept>(hash) && equal(places_[at].number)) return places_[at].number;
        }
        return none;
    }
    void add(std::uint64_t hash, std::uint32_t number) {
        if (2 * (count_ + 1) > places_.size()) grow();
        put({static_cast<Kept>(hash), number});
        ++count_;
    }
    void clear() {
        if (count_ > 0) std::fill(places_.begin(), places_.end(), Place{});
        count_ = 0;
    }
    std::uint64_t looked_at() const { return looked_at_; }  // places, in all searches so far

    static std::uint64_t mixed(std::uint64_t hash, std::uint64_t next) {
        return scrambled((hash ^ next) + golden_gamma);
    }

private:
    // Of a hash: what it says of equality saves calls of `equal`, no more.
    using Kept = std::conditional_t<small_machine, std::uint32_t, std::uint64_t>;
    struct Place {
        Kept hash = 0;
        std::uint32_t number = none;
    };
    void put(Place place) {
        std::size_t at = place.hash & (places_.size() - 1);
        while (places_[at].number != none) at = (at + 1) & (places_.size() - 1);
        places_[at] = place;
    }
    void grow() {
        std::vector<Place> old(places_.empty() ? (small_machine ? 8 : 16) : 2 * places_.size());
        old.swap(places_);
        for (const Place& place : old)
            if (place.number != none) put(place);
    }

    std::vector<Place> places_;
    std::size_t count_ = 0;
    std::uint64_t looked_at_ = 0;
};

}  // namespace costate
