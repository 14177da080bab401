// autodiff/pictures/layers.hpp — where boxes stand and arrows run, so that a small graph can be read
//   1. A box's layer is one behind the last of its operands'; what has no operands stands just before its first use.
//   2. An arrow over several layers bends in each of them: it has a place there, as a box has.
//   3. Within a layer, places are ordered by the mean of their neighbours, forwards and backwards, while crossings get fewer.
//   4. Across, each place moves to the mean of its neighbours, as near as order and gaps allow (least squares).
// source   Sugiyama, Tagawa & Toda 1981; step 4: isotonic regression by pooling neighbours
#pragma once
#include <utility>
#include <vector>

#include "autodiff/pictures/graph.hpp"  // brings: Graph

namespace costate::inline COSTATE_PRECISION {
namespace pictures {

struct Point {
    double x, y;
};

struct Layout {
    struct Box {
        Point corner;  // upper left
        double width, height;
    };
    double width = 0, height = 0;
    bool down = false;                      // arrows go downwards: more layers than a page is wide
    std::vector<Box> boxes;                 // of each node
    std::vector<std::vector<Point>> bends;  // of each arrow: curve, straight, curve, ... from its start to its tip
};

// widths: of each node's box; they all have one height.
Layout layered(const Graph& graph, const std::vector<double>& widths, double height);

}  // namespace pictures
}  // namespace costate
