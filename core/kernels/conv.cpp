// core/kernels/conv.cpp — how is a convolution as fast as a matrix product?
//
//   It is one, if row (i, j) of A holds what the kernel sees at pixel (i, j). That matrix ("im2col") would be k² times as
//   large as the image and is never made: with the image in a frame of zeros, a row of A is k pieces of it, each of k C
//   numbers that lie side by side. So R pixels are R pointers, and a tile of R x V vectors of y lives in registers as in
//   core/kernels/gemm.cpp, while u, and then (v, c), run.
//
//        frame of zeros                     pixels of y     vectors of channels o
//       . . . . . . .                         a_0 ->          +------------+
//       . x x x x x .      a_r points here    a_1 ->          | tile of y  |      Σ over pieces, over entries of a piece:
//       . x x[x x x].  <-- a piece, u = 0     ...             |            |      y_r += a_r[entry] w[entry]
//       . x x[x x x].  <-- u = 1              a_R ->          +------------+
//
//   (b) is the same with other pieces: a pixel of x meets the taps u, v for which s divides m + p − u and n + p − v.
//       Pixels with the same remainders have the same taps, each a piece of O numbers: s² grids of pixels.
//   (c) is a product with A transposed: R channels in a row of one (u, ·), V vectors of o, and pixels as the sum's index.
// narrow   Fewer channels than lanes: weights and result go through rows padded to one vector.
// why      noinline through a table: as in core/kernels/gemm.cpp.
#include "core/kernels/conv.hpp"

#include <algorithm>  // brings: std::min, max, copy_n
#include <array>
#include <vector>

#include "core/kernels/register_tile.hpp"  // brings: max_rows, parts_of, each_vector
#include "core/kernels/scratch.hpp"        // brings: ScratchMemory
#include "core/kernels/simd.hpp"           // brings: Vector, load, store

namespace costate::inline COSTATE_WIDTH {
namespace {

using simd::lanes;
using simd::max_rows;
using simd::Vector;

// One piece for each use and thread.
enum class Scratch { frame, weights, result, scaled, count };
Real* scratch(Scratch use, Index size) {
    static COSTATE_THREAD_LOCAL ScratchMemory pieces[static_cast<std::size_t>(Scratch::count)];
    return pieces[static_cast<std::size_t>(use)].of_size(size);
}

// ---- an image in a frame of zeros ----

class Frame {
public:
    Frame(Index height, Index width, Index channels, Index top, Index left, Index bottom, Index right)
        : height_(height), width_(width), channels_(channels), top_(top), left_(left), row_(left + width + right) {
        if (top + left + bottom + right == 0) return;
        data_ = scratch(Scratch::frame, (top + height + bottom) * row_ * channels);
        std::fill_n(data_, (top + height + bottom) * row_ * channels, Real(0));
    }
    Index row() const { return row_ * channels_; }  // numbers from one row of pixels to the next
    // Where the frame's corner would be; the image starts `top` rows and `left` pixels behind it.
    const Real* around(const Real* image) const {
        if (data_ == nullptr) return image;
        Real* to = data_ + top_ * row() + left_ * channels_;
        for (Index i = 0; i < height_; ++i)
            std::copy_n(image + i * width_ * channels_, width_ * channels_, to + i * row());
        return data_;
    }

private:
    Index height_, width_, channels_, top_, left_, row_;
    Real* data_ = nullptr;
};

// ---- (a) and (b): pixels times weights ----

struct Piece {
    Index a, b;  // where it begins: in the image, from where the pixel points; in the rows of the weights
};

struct PixelTile {
    const Piece* pieces;
    Index count, length;  // of the pieces, of each
    Index ldb;
    const Real* b = nullptr;
    Index last = 0;  // where the last vector begins
    const Real* a[max_rows] = {};
    Real* c[max_rows] = {};
};

template <int R, int V>
struct OfPixels {
    [[gnu::noinline]] static void run(const PixelTile& t) {
        Vector c[R][V], b_k[V];
        const auto column = [&](int v) { return v + 1 < V ? v * lanes : t.last; };
        simd::each_vector<R, V>([&](int r, int v) { c[r][v] = Vector{}; });
        for (const Piece* piece = t.pieces; piece != t.pieces + t.count; ++piece) {
            const Real* a[R];
            simd::each_vector<R, 1>([&](int r, int) { a[r] = t.a[r] + piece->a; });
            const Real* b = t.b + piece->b * t.ldb;
            for (Index k = 0; k < t.length; ++k, b += t.ldb) {
                simd::each_vector<1, V>([&](int, int v) { b_k[v] = simd::once(simd::load(b + column(v))); });
                simd::each_vector<R, V>(
                    [&](int r, int v) { c[r][v] = simd::multiply_add(simd::broadcast(a[r][k]), b_k[v], c[r][v]); });
            }
        }
        simd::each_vector<R, V>([&](int r, int v) { simd::store(t.c[r] + column(v), c[r][v]); });
    }
};

// Pixels (i, j): what is read begins at a + i a_row + j a_column, what is written at c + i c_row + j c_column.
struct Grid {
    Index rows, columns;
    const Real* a;
    Index a_row, a_column;
    Real* c;
    Index c_row, c_column;
};

// All pixels of a grid, N channels each, from rows of weights that are N wide.
void run_grid(const Grid& grid, const std::vector<Piece>& pieces, Index length, const Real* b, Index N) {
    PixelTile t{
        .pieces = pieces.data(), .count = std::ssize(pieces), .length = length, .ldb = std::max<Index>(N, lanes)};
    alignas(64) Real held[max_rows * lanes];  // narrow pixels
    Index j = 0;
    for (Index panels = simd::parts_of(simd::parts_of(N, lanes), simd::widest); panels > 0; --panels) {
        const Index V = simd::first_of(simd::parts_of(N - j, lanes), panels), n = std::min(V * lanes, N - j);
        t.b = b + j;
        t.last = std::max<Index>(n - lanes, 0);
        Index left = grid.rows * grid.columns, row = 0, column = 0;
        for (Index parts = simd::parts_of(left, max_rows); left > 0; --parts) {
            const Index R = simd::first_of(left, parts);
            Real* to[max_rows];
            for (Index r = 0; r < R; ++r) {
                t.a[r] = grid.a + row * grid.a_row + column * grid.a_column;
                to[r] = grid.c + row * grid.c_row + column * grid.c_column + j;
                t.c[r] = n < lanes ? held + r * lanes : to[r];
                if (++column == grid.columns) column = 0, ++row;
            }
            simd::run_tile<OfPixels>(t, R, V);
            if (n < lanes)
                for (Index r = 0; r < R; ++r) std::copy_n(t.c[r], n, to[r]);
            left -= R;
        }
        j += n;
    }
}

// Rows of N numbers, or, where that is less than a vector, of one vector, filled up with zeros.
const Real* widened(const Real* rows, Index count, Index N, Scratch use) {
    if (N >= lanes) return rows;
    Real* wide = scratch(use, count * lanes);
    std::fill_n(wide, count * lanes, Real(0));
    for (Index i = 0; i < count; ++i) std::copy_n(rows + i * N, N, wide + i * lanes);
    return wide;
}

std::vector<Piece>& no_pieces() {  // a list that keeps its memory
    static COSTATE_THREAD_LOCAL std::vector<Piece> pieces;
    pieces.clear();
    return pieces;
}

Frame frame_of_x(const ConvShape& s) { return {s.H, s.W, s.C, s.padding, s.padding, s.padding, s.padding}; }

// ---- (c): a sum over pixels ----

struct SumTile {
    Index rows, columns;
    Index a_row, a_column;
    const Real *a = nullptr, *b = nullptr;
    Real* c = nullptr;
    Index ld = 0, last = 0;  // ld: the width of the rows of b and c
};

template <int R, int V>
struct OverPixels {
    [[gnu::noinline]] static void run(const SumTile& t) {
        Vector c[R][V], b_k[V];
        const auto column = [&](int v) { return v + 1 < V ? v * lanes : t.last; };
        simd::each_vector<R, V>([&](int r, int v) { c[r][v] = simd::load(t.c + r * t.ld + column(v)); });
        const Real* b = t.b;
        for (Index i = 0; i < t.rows; ++i) {
            const Real* a = t.a + i * t.a_row;
            for (Index k = 0; k < t.columns; ++k, a += t.a_column, b += t.ld) {
                simd::each_vector<1, V>([&](int, int v) { b_k[v] = simd::once(simd::load(b + column(v))); });
                simd::each_vector<R, V>(
                    [&](int r, int v) { c[r][v] = simd::multiply_add(simd::repeat(a + r), b_k[v], c[r][v]); });
            }
        }
        simd::each_vector<R, V>([&](int r, int v) { simd::store(t.c + r * t.ld + column(v), c[r][v]); });
    }
};

// One image's part of w, whose rows are `width` wide, as are those of g.
void add_image(const ConvShape& s, SumTile t, const Real* x, Index frame_row, const Real* g, Real* w, Index width) {
    t.ld = width;
    const Index row = s.k * s.C;  // of w: those of one u
    Index j = 0;
    for (Index panels = simd::parts_of(simd::parts_of(width, lanes), simd::widest); panels > 0; --panels) {
        const Index V = simd::first_of(simd::parts_of(width - j, lanes), panels), n = std::min(V * lanes, width - j);
        t.b = g + j;
        t.last = n - lanes;
        for (Index u = 0; u < s.k; ++u)
            for (Index c = 0, parts = simd::parts_of(row, max_rows); c < row; --parts) {
                const Index R = simd::first_of(row - c, parts);
                t.a = x + u * frame_row + c;
                t.c = w + (u * row + c) * width + j;
                simd::run_tile<OverPixels>(t, R, V);
                c += R;
            }
        j += n;
    }
}

}  // namespace

void conv(const ConvShape& s, Index images, const Real* x, const Real* w, Real* y) {
    if (s.y_size() == 0) return;
    Frame frame = frame_of_x(s);
    w = widened(w, s.k * s.k * s.C, s.O, Scratch::weights);
    std::vector<Piece>& pieces = no_pieces();
    for (Index u = 0; u < s.k; ++u) pieces.push_back({u * frame.row(), u * s.k * s.C});
    for (Index b = 0; b < images; ++b, x += s.x_size(), y += s.y_size()) {
        const Index columns = s.out_width();
        run_grid(
            {s.out_height(), columns, frame.around(x), s.stride * frame.row(), s.stride * s.C, y, columns * s.O, s.O},
            pieces, s.k * s.C, w, s.O);
    }
}

void conv_back_x(const ConvShape& s, Index images, const Real* g, const Real* w_turned, Real* x) {
    if (s.x_size() == 0) return;
    const Index rows = s.out_height(), columns = s.out_width();
    // (m + p − u)/s lies between first − reach and last, m + p = s · (first ... last) + remainder
    const Index first = s.padding / s.stride, reach = (s.k - 1) / s.stride, before = std::max<Index>(reach - first, 0);
    const auto behind = [&](Index extent, Index out) {
        return std::max<Index>((extent - 1 + s.padding) / s.stride - (out - 1), 0);
    };
    Frame frame(rows, columns, s.O, before, before, behind(s.H, rows), behind(s.W, columns));
    w_turned = widened(w_turned, s.k * s.k * s.O, s.C, Scratch::weights);
    // The first pixel of x with the given remainder of (m + p)/s, and how many there are.
    const auto pixels = [&](Index remainder, Index extent) {
        const Index m = (s.stride + remainder - s.padding % s.stride) % s.stride;
        return std::array<Index, 2>{m, m < extent ? (extent - m + s.stride - 1) / s.stride : 0};
    };
    for (Index b = 0; b < images; ++b, g += s.y_size(), x += s.x_size()) {
        const Real* framed = frame.around(g);
        for (Index down = 0; down < s.stride; ++down)
            for (Index right = 0; right < s.stride; ++right) {
                std::vector<Piece>& pieces = no_pieces();
                for (Index u = down; u < s.k; u += s.stride)
                    for (Index v = right; v < s.k; v += s.stride)
                        pieces.push_back({-(u / s.stride) * frame.row() - (v / s.stride) * s.O, (u * s.k + v) * s.O});
                const auto [m, height] = pixels(down, s.H);
                const auto [n, width] = pixels(right, s.W);
                const Real* a = framed + ((m + s.padding) / s.stride + before) * frame.row() +
                                ((n + s.padding) / s.stride + before) * s.O;
                run_grid(
                    {height, width, a, frame.row(), s.O, x + (m * s.W + n) * s.C, s.stride * s.W * s.C, s.stride * s.C},
                    pieces, s.O, w_turned, s.C);
            }
    }
}

void conv_back_w(const ConvShape& s, Index images, const Real* x, const Real* g, Real* w, Into into,
                 const Real* weights) {
    if (s.w_size() == 0) return;
    const Index rows = s.w_size() / s.O, pixels = s.out_height() * s.out_width(), width = std::max<Index>(s.O, lanes);
    const bool held = into == Into::add || s.O < lanes;  // the chain, until it is complete
    Real* chain = held ? scratch(Scratch::result, rows * width) : w;
    if (into != Into::extend)
        std::fill_n(chain, rows * width, Real(0));
    else if (held)
        widened(w, rows, s.O, Scratch::result);
    Frame frame = frame_of_x(s);
    for (Index b = 0; b < images; ++b, x += s.x_size(), g += s.y_size()) {
        const Real* cotangents = g;
        if (weights != nullptr) {
            Real* scaled = scratch(Scratch::scaled, s.y_size());
            for (Index i = 0; i < s.y_size(); ++i) scaled[i] = weights[b] * g[i];
            cotangents = scaled;
        }
        add_image(s,
                  {.rows = s.out_height(),
                   .columns = s.out_width(),
                   .a_row = s.stride * frame.row(),
                   .a_column = s.stride * s.C},
                  frame.around(x), frame.row(), widened(cotangents, pixels, s.O, Scratch::weights), chain, width);
    }
    if (!held) return;
    for (Index i = 0; i < rows; ++i)
        for (Index o = 0; o < s.O; ++o) {
            Real& entry = w[i * s.O + o];
            entry = into == Into::add ? entry + chain[i * width + o] : chain[i * width + o];
        }
}

}  // namespace costate::inline COSTATE_WIDTH
