// core/rows.hpp — the ranges in which a sum over the rows is made
//   rows 0..R-1 are cut into at most 8 ranges of L = max(32, ⌈R / 8⌉) rows; the last one may be shorter.
//   sum = ((p₀ + p₁) + p₂) + ...       p_g = ((0 + r_first) + r_next) + ...   over range g, in order   bits (1), (2)
// A chain of more than sum_block rows would lose digits (a float that counts tenths is off by 1 % after 10^6 of them), so
// a longer one is two: its first pairwise_head(n) rows, and the others from 0, joined at the end; and so on for each.
// why      Addition of floating-point numbers is not associative: the order decides the last bits. Fixed by R alone, it
//          is the same whether one thread takes all ranges or eight threads one each, and whether a range is visited
//          whole or in tiles, so neither changes a digit. Below 32 rows a second range would cost more than it brings.
#pragma once
#include "core/real.hpp"  // brings: Index

namespace costate {

inline constexpr int max_ranges = 8;

constexpr Index range_length(Index rows) {
    constexpr Index shortest = 32;
    const Index eighth = (rows + max_ranges - 1) / max_ranges;
    return eighth < shortest ? shortest : eighth;
}

constexpr Index ranges_in(Index rows, Index length) { return (rows + length - 1) / length; }

inline constexpr Index sum_block = 1024;

constexpr Index pairwise_head(Index n) {  // the largest sum_block · 2^k below n
    Index head = sum_block;
    while (head < n - head) head *= 2;
    return head;
}

}  // namespace costate
