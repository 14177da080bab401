// tests/examples/plane_test.cpp — tables of the plane, their level lines, and images of them that others can read
#include "examples/support/plane.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "examples/support/png.hpp"
#include "examples/support/svg.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::support;
using test::contains;
using test::error_of;

namespace {

Tensor radius_squared(const Tensor& points) {
    Tensor out({points.shape()[0]});
    for (Index i = 0; i < out.size(); ++i) out[i] = points(i, 0) * points(i, 0) + points(i, 1) * points(i, 1);
    return out;
}

int pieces(const Polyline& lines) {
    int count = 0;
    for (const double x : lines.x) count += std::isnan(x);
    return count;
}

std::vector<std::uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("plane: a component of a path is one number a time") {
    const Tensor flat({3, 2}, {1, 2, 3, 4, 5, 6}), batch({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(component(flat, 1) == std::vector<double>{2, 4, 6});
    CHECK(component(batch, 0) == std::vector<double>{1, 5});
    CHECK(component(batch, 1, 1) == std::vector<double>{4, 8});
    CHECK(contains(error_of([&] { component(flat, 2); }), "component 2 of row 0 of [3,2]"));
    CHECK(contains(error_of([&] { component(batch, 0, 2); }), "[T,B,D], j below D, row below B"));
    CHECK(contains(error_of([&] { component(Tensor({3}), 0); }), "of [3]"));
}

TEST_CASE("plane: every point of an ellipse is as many deviations away; those of a circle, as far") {
    const double xx = 4, xy = -1.5, yy = 1, determinant = xx * yy - xy * xy;
    const Polyline curve = ellipse(xx, xy, yy, 3);
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
        const double x = curve.x[i], y = curve.y[i];  // xᵀ Cov⁻¹ x = 3²
        CHECK((yy * x * x - 2 * xy * x * y + xx * y * y) / determinant == doctest::Approx(9));
    }
    CHECK(curve.x.front() == doctest::Approx(curve.x.back()));
    CHECK(*std::max_element(curve.x.begin(), curve.x.end()) == doctest::Approx(6));
    const Polyline circle = ellipse(1, 0, 1, 2);
    for (std::size_t i = 0; i < circle.x.size(); ++i) CHECK(std::hypot(circle.x[i], circle.y[i]) == doctest::Approx(2));
}

TEST_CASE("plane: points run along x first, and both ends are there") {
    const Tensor points = plane_points({0, 2}, {-1, 1}, 3, 2);
    CHECK(points == Tensor({6, 2}, {0, -1, 1, -1, 2, -1, 0, 1, 1, 1, 2, 1}));
    const Tensor table = tabulate({0, 2}, {-1, 1}, 3, [](const Tensor& p) {
        Tensor out({p.shape()[0], 1});
        for (Index i = 0; i < out.size(); ++i) out[i] = p(i, 0) + 10 * p(i, 1);
        return out;
    });
    CHECK(table == Tensor({3, 3}, {-10, -9, -8, 0, 1, 2, 10, 11, 12}));
    CHECK(contains(error_of([] {
                       tabulate({0, 1}, {0, 1}, 3, [](const Tensor& p) { return p; });
                   }),
                   "[9,2] for 9 points"));
}

TEST_CASE("plane: the level line of x² + y² is a circle") {
    const Range side{-2, 2};
    const Tensor table = tabulate(side, side, 81, radius_squared);
    const Polyline ring = level_lines(side, side, table, 1);
    CHECK(pieces(ring) == 1);
    CHECK(ring.x.size() > 80);
    CHECK(ring.x.front() == ring.x[ring.x.size() - 2]);  // closed
    CHECK(ring.y.front() == ring.y[ring.y.size() - 2]);
    double length = 0;
    for (std::size_t i = 0; i + 1 < ring.x.size(); ++i) {
        // Linear interpolation over a cell of .05: the chord of a parabola is off by at most .05²/4.
        CHECK(std::hypot(ring.x[i], ring.y[i]) == doctest::Approx(1).epsilon(7e-4));
        if (i > 0) length += std::hypot(ring.x[i] - ring.x[i - 1], ring.y[i] - ring.y[i - 1]);
    }
    CHECK(length == doctest::Approx(2 * M_PI).epsilon(2e-3));
    CHECK(pieces(level_lines(side, side, table, 5)) == 4);  // it leaves the square: an arc in each corner
    CHECK(level_lines(side, side, table, -1).x.empty());
}

TEST_CASE("plane: a saddle is cut by its mean, and what is not finite has no line") {
    const Tensor saddle({2, 2}, {1, -1, -1, 1}), lower({2, 2}, {1, -2, -2, 1});
    CHECK(pieces(level_lines({0, 1}, {0, 1}, saddle, 0)) == 2);
    const Polyline cut = level_lines({0, 1}, {0, 1}, lower, 0);  // its mean is below: the corners above are cut off
    CHECK(pieces(cut) == 2);
    for (std::size_t i = 0; i < cut.x.size(); ++i)
        if (!std::isnan(cut.x[i])) CHECK(std::fabs(cut.x[i] + cut.y[i] - 1) == doctest::Approx(2.0 / 3));
    CHECK(level_lines({0, 1}, {0, 1}, Tensor({2, 2}, {1, -1, NAN, 1}), 0).x.empty());
}

TEST_CASE("plane: base64 is that of RFC 4648, section 10") {
    CHECK(base64(bytes("")) == "");
    CHECK(base64(bytes("f")) == "Zg==");
    CHECK(base64(bytes("fo")) == "Zm8=");
    CHECK(base64(bytes("foo")) == "Zm9v");
    CHECK(base64(bytes("foobar")) == "Zm9vYmFy");
}

// What Python's zlib and struct give for this image, byte for byte (compresslevel 0).
TEST_CASE("plane: an image is a PNG as other programs write it") {
    const std::vector<std::uint8_t> indices{0, 1, 1, 0, 1, 0};
    const Color colors[] = {{255, 0, 0}, {0, 0, 255}};
    CHECK(png_data_uri(indices, 3, 2, colors) ==
          "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAMAAACqqpYoAAAABlBMVEX/AA"
          "AAAP9sof2OAAAAE0lEQVR4AQEIAPf/AAABAQAAAQAAFQAE/3UngQAAAABJRU5ErkJggg==");
}

TEST_CASE("plane: a heat map is an image with its colour bar, and fills the panel") {
    const Range side{-1, 1};
    Plot plot;
    plot.heat(side, side, tabulate(side, side, 9, radius_squared), {.label = "r²"});
    CHECK(plot.x_range().low == -1);
    CHECK(plot.marks()[0].heat.high == doctest::Approx(2));
    const std::string svg = to_svg({plot});
    CHECK(contains(svg, "<image x="));
    CHECK(contains(svg, ">r²<"));
    CHECK(svg.find("<image", svg.find("<image") + 1) != svg.npos);
    CHECK_FALSE(contains(svg, "nan"));
    Plot plain;
    plain.heat(side, side, Tensor({2, 2}, {NAN, 1, 2, 3}), {.bar = false});
    CHECK(plain.marks()[0].heat.low == 1);
    CHECK(to_svg({plain}).find("<image") == to_svg({plain}).rfind("<image"));
    CHECK(contains(error_of([&] { plain.heat(side, side, Tensor({4})); }), "got       [4]"));
    CHECK(contains(error_of([&] { Plot({.log_x = true}).heat(side, side, Tensor({2, 2})); }), "logarithmic axis"));
    CHECK(contains(error_of([&] { plain.contour(side, side, Tensor({4}), {0}); }), "got       [4]"));
}

TEST_CASE("plane: a field is arrows at the points of a rectangle") {
    Plot plot;
    plot.field({0, 1}, {0, 2}, [](const Tensor& z) { return z; });
    CHECK(plot.marks()[0].x == plot.marks()[0].dx);
    CHECK(plot.marks()[0].y.back() == 2);
    CHECK(contains(error_of([&] { plot.field({0, 1}, {0, 1}, radius_squared); }), "dz/dt [N,2] for states z [N,2]"));
}

TEST_CASE("plane: colours begin and end where their map does") {
    CHECK(color_at(ColorMap::viridis, 0) == Color{0x44, 0x01, 0x54});
    CHECK(color_at(ColorMap::viridis, 2) == Color{0xfd, 0xe7, 0x25});
    CHECK(color_at(ColorMap::diverging, 0.5) == Color{0xf7, 0xf7, 0xf7});
    CHECK(color_at(ColorMap::pale, 0.25) == Color{0xe3, 0xef, 0xf8});
}

TEST_SUITE_END();
