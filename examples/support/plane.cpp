#include "examples/support/plane.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace costate::support {

namespace {

double between(Range range, double share) { return range.low + share * (range.high - range.low); }

// The lines of one level as a graph: its nodes are the edges of the grid that the level crosses, and two nodes are
// joined by the piece of line within one cell. A node has a neighbour on either side, or, on the border, one.
class Level {
public:
    Level(Range x, Range y, View table, double level)
        : x_(x),
          y_(y),
          table_(table),
          level_(level),
          rows_(table.shape[0]),
          columns_(table.shape[1]),
          joined_(static_cast<std::size_t>(2 * rows_ * columns_), {none, none}) {
        for (Index i = 0; i + 1 < rows_; ++i)
            for (Index j = 0; j + 1 < columns_; ++j) cell(i, j);
    }

    Polyline lines() {
        Polyline out;
        for (const bool closed : {false, true})  // lines that end at the border first, then rings
            for (Index edge = 0; edge < 2 * rows_ * columns_; ++edge) {
                const auto& [one, other] = links(edge);
                if (one != none && (closed || other == none)) follow(edge, out);
            }
        return out;
    }

private:
    static constexpr Index none = -1;

    std::array<Index, 2>& links(Index edge) { return joined_[static_cast<std::size_t>(edge)]; }
    double height(Index i, Index j) const { return static_cast<double>(table_[i * columns_ + j]) - level_; }

    void cell(Index i, Index j) {
        const double corner[] = {height(i, j), height(i, j + 1), height(i + 1, j + 1), height(i + 1, j)};
        const Index here = 2 * (i * columns_ + j);
        const Index edge[] = {here, here + 3, here + 2 * columns_, here + 1};  // below, right, above, left
        std::array<Index, 4> crossed{};
        std::size_t count = 0;
        double sum = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            if (!std::isfinite(corner[k])) return;
            sum += corner[k];
            if ((corner[k] >= 0) != (corner[(k + 1) % 4] >= 0)) crossed[count++] = edge[k];
        }
        if (count == 2) join(crossed[0], crossed[1]);
        if (count < 4) return;
        // A saddle: the middle, taken as the mean, belongs to the first corner or is cut off from it.
        const std::size_t with = (sum >= 0) == (corner[0] >= 0) ? 1 : 3;
        join(crossed[0], crossed[with]);
        join(crossed[2], crossed[4 - with]);
    }

    void join(Index a, Index b) {
        links(a)[links(a)[0] == none ? 0 : 1] = b;
        links(b)[links(b)[0] == none ? 0 : 1] = a;
    }

    Index take_link(Index edge) {  // the neighbour that is left, which forgets this edge
        auto& [one, other] = links(edge);
        const Index next = one != none ? one : other;
        if (next == none) return none;
        (one != none ? one : other) = none;
        auto& back = links(next);
        (back[0] == edge ? back[0] : back[1]) = none;
        return next;
    }

    void follow(Index edge, Polyline& out) {
        for (; edge != none; edge = take_link(edge)) {
            const Index i = edge / 2 / columns_, j = edge / 2 % columns_, up = edge % 2, along = 1 - up;
            const double from = height(i, j), to = height(i + up, j + along), share = from / (from - to);
            out.x.push_back(between(
                x_, (static_cast<double>(j) + share * static_cast<double>(along)) / static_cast<double>(columns_ - 1)));
            out.y.push_back(between(
                y_, (static_cast<double>(i) + share * static_cast<double>(up)) / static_cast<double>(rows_ - 1)));
        }
        out.x.push_back(NAN);
        out.y.push_back(NAN);
    }

    Range x_, y_;
    View table_;
    double level_;
    Index rows_, columns_;
    std::vector<std::array<Index, 2>> joined_;
};

}  // namespace

std::vector<double> component(View path, Index j, Index row, Where at) {
    const Shape& shape = path.shape;
    const Index width = shape.rank() == 0 ? 0 : shape[shape.rank() - 1], rows = shape.rank() == 3 ? shape[1] : 1;
    if (shape.rank() < 2 || shape.rank() > 3 || j < 0 || j >= width || row < 0 || row >= rows)
        fail(at, {.what = "component: there is none",
                  .got = "component " + std::to_string(j) + " of row " + std::to_string(row) + " of " + to_text(shape),
                  .expected = "a path [T,D] or [T,B,D], j below D, row below B"});
    std::vector<double> out;
    for (Index i = row * width + j; i < path.size(); i += rows * width) out.push_back(static_cast<double>(path[i]));
    return out;
}

Tensor plane_points(Range x, Range y, Index columns, Index rows) {
    Tensor points({rows * columns, 2});
    const auto share = [](Index i, Index n) {
        return n > 1 ? static_cast<double>(i) / static_cast<double>(n - 1) : 0.5;
    };
    for (Index i = 0; i < rows * columns; ++i) {
        points(i, 0) = static_cast<Real>(between(x, share(i % columns, columns)));
        points(i, 1) = static_cast<Real>(between(y, share(i / columns, rows)));
    }
    return points;
}

Tensor tabulate(Range x, Range y, Index n, const std::function<Tensor(const Tensor&)>& f, Where at) {
    const Tensor numbers = f(plane_points(x, y, n, n));
    if (numbers.size() != n * n)
        fail(at, {.what = "tabulate: f gives another count of numbers than points",
                  .got = to_text(numbers.shape()) + " for " + std::to_string(n * n) + " points",
                  .expected = "[N] or [N,1] for the points [N,2]"});
    return numbers.reshaped({n, n});
}

Polyline ellipse(double xx, double xy, double yy, double sigmas) {
    const double a = std::sqrt(xx), b = xy / a, c = std::sqrt(yy - b * b);  // Cholesky's factor [a 0; b c] of a circle
    Polyline out;
    for (int i = 0; i <= 100; ++i) {
        const double angle = 2 * std::numbers::pi * i / 100;
        out.x.push_back(sigmas * a * std::cos(angle));
        out.y.push_back(sigmas * (b * std::cos(angle) + c * std::sin(angle)));
    }
    return out;
}

Polyline level_lines(Range x, Range y, View table, double level) { return Level(x, y, table, level).lines(); }

}  // namespace costate::support
