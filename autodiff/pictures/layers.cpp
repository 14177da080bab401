#include "autodiff/pictures/layers.hpp"

#include <algorithm>
#include <cmath>

namespace costate::inline COSTATE_PRECISION {
namespace pictures {

namespace {

constexpr double margin = 10, gap = 22, bend_width = 14;  // pixels; gap: between neighbours in a layer
constexpr double gap_along = 56, gap_down = 40;           // between layers, where arrows go to the right; downwards
constexpr std::size_t widest = 8;                         // layers side by side
constexpr int sweeps = 16;

struct Place {  // of a box, or of an arrow's bend
    std::size_t layer;
    double across, size;                     // its middle, its extent
    double wish, weight;                     // where it would be, and how much that counts
    std::vector<std::size_t> before, after;  // neighbours in the layers beside it, one for each arrow
};

class Layers {
public:
    Layers(const Graph& graph, const std::vector<double>& widths, double height)
        : graph_(graph), widths_(widths), height_(height) {
        put_in_layers();
        put_bends();
        put_in_order();
        for (int sweep = 0; sweep < 2 * sweeps; ++sweep) move_across();
    }
    Layout layout() const;

private:
    bool down() const { return rows_.size() > widest; }
    void put_in_layers();
    void put_bends();
    void put_in_order();
    void order_by(std::vector<std::size_t> Place::*neighbours, bool forwards);
    std::size_t crossings() const;
    void move_across();
    void settle(const std::vector<std::size_t>& row);
    double port(std::size_t place, std::size_t arrow, bool entry) const;

    const Graph& graph_;
    const std::vector<double>& widths_;
    double height_;
    std::vector<Place> places_;                   // of the nodes, then of the bends
    std::vector<std::vector<std::size_t>> ways_;  // of each arrow: the places that it passes, both ends included
    std::vector<std::vector<std::size_t>> rows_;  // of each layer: its places in order
};

void Layers::put_in_layers() {
    const std::size_t n = graph_.nodes.size();
    std::vector<std::size_t> layer(n, 0), first_use(n, n + 1);
    for (std::size_t v = 0; v < n; ++v)
        for (const std::size_t operand : graph_.nodes[v].operands) layer[v] = std::max(layer[v], layer[operand] + 1);
    for (const Graph::Arrow& a : graph_.arrows) first_use[a.from] = std::min(first_use[a.from], layer[a.to]);
    for (std::size_t v = 0; v < n; ++v) {
        if (graph_.nodes[v].operands.empty() && first_use[v] <= n) layer[v] = first_use[v] - 1;
        places_.push_back({layer[v], 0, 0, 0, 1, {}, {}});
        rows_.resize(std::max(rows_.size(), layer[v] + 1));
        rows_[layer[v]].push_back(v);
    }
    for (std::size_t v = 0; v < n; ++v) places_[v].size = down() ? widths_[v] : height_;
}

void Layers::put_bends() {
    for (const Graph::Arrow& a : graph_.arrows) {
        std::vector<std::size_t> way{a.from};
        for (std::size_t layer = places_[a.from].layer + 1; layer < places_[a.to].layer; ++layer) {
            way.push_back(places_.size());
            rows_[layer].push_back(places_.size());
            places_.push_back({layer, 0, bend_width, 0, 1, {}, {}});
        }
        way.push_back(a.to);
        for (std::size_t i = 1; i < way.size(); ++i) {
            places_[way[i - 1]].after.push_back(way[i]);
            places_[way[i]].before.push_back(way[i - 1]);
        }
        ways_.push_back(std::move(way));
    }
}

void Layers::put_in_order() {  // `across` counts the places of a layer here
    const auto number = [this] {
        for (const auto& row : rows_)
            for (std::size_t i = 0; i < row.size(); ++i) places_[row[i]].across = static_cast<double>(i);
    };
    number();
    std::vector<std::vector<std::size_t>> best = rows_;
    std::size_t fewest = crossings();
    for (int sweep = 0; sweep < 2 * sweeps && fewest > 0; ++sweep) {
        order_by(sweep % 2 ? &Place::after : &Place::before, sweep % 2 == 0);
        if (const std::size_t now = crossings(); now < fewest) fewest = now, best = rows_;
    }
    rows_ = best;
    for (const auto& row : rows_) {  // from there on pixels: beside one another, about 0
        double total = -gap, at = 0;
        for (const std::size_t p : row) total += places_[p].size + gap;
        for (const std::size_t p : row) {
            places_[p].across = at + places_[p].size / 2 - total / 2;
            at += places_[p].size + gap;
        }
    }
}

void Layers::order_by(std::vector<std::size_t> Place::*neighbours, bool forwards) {
    for (std::size_t k = 0; k < rows_.size(); ++k) {
        std::vector<std::size_t>& row = rows_[forwards ? k : rows_.size() - 1 - k];
        for (const std::size_t p : row) {
            double sum = 0;
            for (const std::size_t q : places_[p].*neighbours) sum += places_[q].across;
            const std::size_t n = (places_[p].*neighbours).size();
            places_[p].wish = n > 0 ? sum / static_cast<double>(n) : places_[p].across;
        }
        std::stable_sort(row.begin(), row.end(),
                         [this](std::size_t p, std::size_t q) { return places_[p].wish < places_[q].wish; });
        for (std::size_t i = 0; i < row.size(); ++i) places_[row[i]].across = static_cast<double>(i);
    }
}

std::size_t Layers::crossings() const {
    std::size_t count = 0;
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i)
            for (std::size_t j = i + 1; j < row.size(); ++j)
                for (const std::size_t p : places_[row[i]].after)
                    for (const std::size_t q : places_[row[j]].after)
                        count += places_[p].across > places_[q].across ? 1u : 0u;
    return count;
}

// Links between bends weigh more, so that long arrows are straight.
void Layers::move_across() {
    const auto is_bend = [this](std::size_t p) { return p >= graph_.nodes.size() ? 1 : 0; };
    for (std::size_t p = 0; p < places_.size(); ++p) {
        constexpr double weights[] = {1, 2, 8};
        double sum = 0, weight = 0;
        for (const auto* neighbours : {&places_[p].before, &places_[p].after})
            for (const std::size_t q : *neighbours) {
                const double w = weights[is_bend(p) + is_bend(q)];
                sum += w * places_[q].across;
                weight += w;
            }
        places_[p].wish = weight > 0 ? sum / weight : places_[p].across;
        places_[p].weight = std::max(1.0, weight);
    }
    for (const auto& row : rows_) settle(row);
}

// The places nearest to what is wished for, in order and with their gaps: those that would come too close to each other move
// as one block, to the mean of their wishes.
void Layers::settle(const std::vector<std::size_t>& row) {
    struct Block {
        double sum, weight;
        std::size_t count;
        double mean() const { return sum / weight; }
    };
    std::vector<Block> blocks;
    std::vector<double> offset;  // of each place, where all stand as close as they may
    for (const std::size_t p : row) {
        const double half = places_[p].size / 2;
        offset.push_back(offset.empty() ? 0 : offset.back() + places_[row[offset.size() - 1]].size / 2 + gap + half);
        blocks.push_back({places_[p].weight * (places_[p].wish - offset.back()), places_[p].weight, 1});
        while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
            const Block last = blocks.back();
            blocks.pop_back();
            blocks.back().sum += last.sum;
            blocks.back().weight += last.weight;
            blocks.back().count += last.count;
        }
    }
    std::size_t i = 0;
    for (const Block& block : blocks)
        for (std::size_t k = 0; k < block.count; ++k, ++i) places_[row[i]].across = block.mean() + offset[i];
}

// Where an arrow leaves or enters a box: its arrows in the order of where they come from, over the middle of its side.
double Layers::port(std::size_t place, std::size_t arrow, bool entry) const {
    const auto other = [&](std::size_t a) {
        const auto& way = ways_[a];
        return places_[entry ? way[way.size() - 2] : way[1]].across;
    };
    double rank = 0, count = 0;
    for (std::size_t a = 0; a < ways_.size(); ++a) {
        if ((entry ? ways_[a].back() : ways_[a].front()) != place) continue;
        ++count;
        if (other(a) < other(arrow) || (other(a) == other(arrow) && a < arrow)) ++rank;
    }
    return places_[place].across + places_[place].size * 0.7 * ((rank + 0.5) / count - 0.5);
}

Layout Layers::layout() const {
    Layout out;
    out.down = down();
    std::vector<double> from(rows_.size()), to(rows_.size());  // of each layer, along
    double along = margin, low = 0, high = 0;
    for (std::size_t k = 0; k < rows_.size(); ++k) {
        double deepest = 0;
        for (const std::size_t p : rows_[k]) {
            low = std::min(low, places_[p].across - places_[p].size / 2);
            high = std::max(high, places_[p].across + places_[p].size / 2);
            if (p < graph_.nodes.size()) deepest = std::max(deepest, out.down ? height_ : widths_[p]);
        }
        from[k] = along;
        to[k] = along + deepest;
        along = to[k] + (out.down ? gap_down : gap_along);
    }
    const double length = to.back() + margin, breadth = high - low + 2 * margin;
    const auto at = [&](double l, double across) {
        return out.down ? Point{across - low + margin, l} : Point{l, across - low + margin};
    };
    out.width = out.down ? breadth : length;
    out.height = out.down ? length : breadth;
    for (std::size_t v = 0; v < graph_.nodes.size(); ++v) {
        const Place& p = places_[v];
        const double own = out.down ? height_ : widths_[v], middle = (from[p.layer] + to[p.layer]) / 2;
        out.boxes.push_back({at(middle - own / 2, p.across - p.size / 2), widths_[v], height_});
    }
    for (std::size_t a = 0; a < ways_.size(); ++a) {
        const auto& way = ways_[a];
        const auto half = [&](std::size_t v) { return (out.down ? height_ : widths_[v]) / 2; };
        const auto middle = [&](std::size_t v) { return (from[places_[v].layer] + to[places_[v].layer]) / 2; };
        std::vector<Point> bends{at(middle(way.front()) + half(way.front()), port(way.front(), a, false))};
        for (std::size_t i = 1; i + 1 < way.size(); ++i) {
            bends.push_back(at(from[places_[way[i]].layer], places_[way[i]].across));
            bends.push_back(at(to[places_[way[i]].layer], places_[way[i]].across));
        }
        bends.push_back(at(middle(way.back()) - half(way.back()), port(way.back(), a, true)));
        out.bends.push_back(std::move(bends));
    }
    return out;
}

}  // namespace

Layout layered(const Graph& graph, const std::vector<double>& widths, double height) {
    return Layers(graph, widths, height).layout();
}

}  // namespace pictures
}  // namespace costate
