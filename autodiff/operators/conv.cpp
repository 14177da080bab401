// autodiff/operators/conv.cpp — three bilinear operators (autodiff/operators/conv.hpp), whose rules name one another
// w̃ = transpose(w), [k,k,O,C], is what back_x reads: an operation of its own, so that a program which depends on the
// weights alone in it makes it once and not for every tile of images.
#include "autodiff/operators/conv.hpp"

#include <algorithm>
#include <cstdint>

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/printed.hpp"  // brings: require_one_range
#include "autodiff/operators/shaping.hpp"
#include "core/kernels/conv.hpp"
#include "core/rows.hpp"  // brings: range_length

namespace costate::inline COSTATE_PRECISION {

namespace {

// Pixel (m, n) of image b, channel c, as C; in a frame, whether it is there.
std::string pixel(const char* of, std::string_view m, std::string_view n, Index H, Index W, Index C, const char* c) {
    return spelled(of, "[((b_ * ", H, " + ", m, ") * ", W, " + ", n, ") * ", C, " + ", c, "]");
}
std::string inside(std::string_view m, std::string_view n, Index H, Index W) {
    return spelled("if (0 <= ", m, " && ", m, " < ", H, " && 0 <= ", n, " && ", n, " < ", W, ")");
}

struct Conv {
    std::int32_t stride, padding;

    static constexpr const char* name = "conv2d";
    static constexpr std::uint32_t number = number_of("conv2d");
    bool operator==(const Conv&) const = default;

    ConvShape sizes(const Shape& x, const Shape& w) const {
        return {.H = x[1], .W = x[2], .C = x[3], .k = w[0], .O = w[3], .stride = stride, .padding = padding};
    }
    Shape shape(const Shape& x, const Shape& w, Where at) const {
        const ConvShape s = sizes(x, w);
        return {{x[0], s.out_height(), s.out_width(), s.O}, at};
    }
    void eval(const View& x, const View& w, const MutableView& y) const {
        conv(sizes(x.shape, w.shape), x.shape[0], x.data, w.data, y.data);
    }
    // The sum's index runs through the kernel, (u, v, c): core/kernels/conv.cpp (a).
    void print(CCode& c) const {
        const ConvShape s = sizes(c.in[0], c.in[1]);
        c.each("b_", c.in[0][0], [&] {
            c.each("i", s.out_height(), [&] {
                c.each("j", s.out_width(), [&] {
                    c.each("o", s.O, [&] {
                        c.line("real sum = 0;");
                        print_taps(c, s, [&] {
                            c.line(spelled("const int m = i * ", stride, " + u - ", padding, ", n = j * ", stride,
                                           " + v - ", padding, ";"));
                            c.begin(inside("m", "n", s.H, s.W));
                            c.each("c", s.C, [&] {
                                c.line(spelled("sum = ", pixel("a", "m", "n", s.H, s.W, s.C, "c"), " * b[((u * ", s.k,
                                               " + v) * ", s.C, " + c) * ", s.O, " + o] + sum;"));
                            });
                            c.end();
                        });
                        c.line(pixel("y", "i", "j", s.out_height(), s.out_width(), s.O, "o") + " = sum;");
                    });
                });
            });
        });
    }
    template <class Body>
    static void print_taps(CCode& c, const ConvShape& s, Body&& body) {
        c.each("u", s.k, [&] { c.each("v", s.k, body); });
    }
    Var jvp(Var x, Var w, Var, Var dx, Var dw) const;
    std::array<Var, 2> vjp(Var x, Var w, Var, Var gy, Needs wanted) const;
    Rows rows(std::span<RowOperand> in, const Shape& y) const {
        return in[1].rows == Rows::row ? Rows::coupled : within_rows(in, y);
    }
    static Number flops_of(const Shape& y, Index weights) {  // two for each weight and pixel of y
        return 2 * static_cast<Number>(y[0] * y[1] * y[2]) * static_cast<Number>(weights);
    }
    Number flops(std::span<const View> in, const Shape& y) const { return flops_of(y, in[1].size()); }
};

// The image x of extents H and W, from g, which is shaped as y, and w̃.
struct ConvBackX {
    Conv conv;
    std::int32_t H, W;

    static constexpr const char* name = "conv2d_back_x";
    static constexpr std::uint32_t number = number_of("conv2d_back_x");
    bool operator==(const ConvBackX&) const = default;

    Shape shape(const Shape& g, const Shape& turned, Where at) const { return {{g[0], H, W, turned[3]}, at}; }
    void eval(const View& g, const View& turned, const MutableView& x) const {
        conv_back_x(conv.sizes(x.shape, turned.shape.with(3, turned.shape[2])), g.shape[0], g.data, turned.data,
                    x.data);
    }
    // A pixel of x meets the taps for which the stride divides its distance: core/kernels/conv.cpp (b).
    void print(CCode& c) const {
        const ConvShape s = conv.sizes(c.out, c.in[1].with(3, c.in[1][2]));
        c.each("b_", c.in[0][0], [&] {
            c.each("m", s.H, [&] {
                c.each("n", s.W, [&] {
                    c.each("c", s.C, [&] {
                        c.line("real sum = 0;");
                        Conv::print_taps(c, s, [&] {
                            c.line(spelled("const int di = m + ", s.padding, " - u, dj = n + ", s.padding, " - v;"));
                            c.line(spelled("const int i = di / ", s.stride, ", j = dj / ", s.stride, ";"));
                            c.begin(spelled("if (di % ", s.stride, " == 0 && dj % ", s.stride, " == 0)"));
                            c.begin(inside("i", "j", s.out_height(), s.out_width()));
                            c.each("o", s.O, [&] {
                                c.line(spelled("sum = ", pixel("a", "i", "j", s.out_height(), s.out_width(), s.O, "o"),
                                               " * b[((u * ", s.k, " + v) * ", s.O, " + o) * ", s.C, " + c] + sum;"));
                            });
                            c.end();
                            c.end();
                        });
                        c.line(pixel("y", "m", "n", s.H, s.W, s.C, "c") + " = sum;");
                    });
                });
            });
        });
    }
    Var jvp(Var g, Var turned, Var, Var dg, Var dturned) const;
    std::array<Var, 2> vjp(Var g, Var turned, Var, Var gx, Needs wanted) const;
    Rows rows(std::span<RowOperand> in, const Shape& x) const { return conv.rows(in, x); }
    Number flops(std::span<const View> in, const Shape&) const { return Conv::flops_of(in[0].shape, in[1].size()); }
};

// The kernel w of extent k, summed over the images.
struct ConvBackW {
    Conv conv;
    std::int32_t k;

    static constexpr const char* name = "conv2d_back_w";
    static constexpr std::uint32_t number = number_of("conv2d_back_w");
    bool operator==(const ConvBackW&) const = default;

    Shape shape(const Shape& x, const Shape& g, Where at) const { return {{k, k, x[3], g[3]}, at}; }
    void eval(const View& x, const View& g, const MutableView& w) const {  // by ranges, as every sum over rows
        const ConvShape s = conv.sizes(x.shape, w.shape);
        const Index images = x.shape[0], length = range_length(images);
        for (Index first = 0; first == 0 || first < images; first += length)
            conv_back_w(s, std::min(length, images - first), x.data + first * s.x_size(), g.data + first * s.y_size(),
                        w.data, first == 0 ? Into::assign : Into::add);
    }
    void eval_sum(const View& x, const View& g, const MutableView& w, Into into, const Real* weights) const {
        conv_back_w(conv.sizes(x.shape, w.shape), x.shape[0], x.data, g.data, w.data, into, weights);
    }
    // The sum's index runs through the pixels of all images: core/kernels/conv.cpp (c).
    void print(CCode& c) const {
        const ConvShape s = conv.sizes(c.in[0], c.out);
        require_one_range(c, c.in[0][0]);
        Conv::print_taps(c, s, [&] {
            c.each("c", s.C, [&] {
                c.each("o", s.O, [&] {
                    const std::string w = spelled("y[((u * ", s.k, " + v) * ", s.C, " + c) * ", s.O, " + o]");
                    c.line("real sum = " + (c.into == Into::extend ? w : "0") + ";");
                    c.each("b_", c.in[0][0], [&] {
                        c.each("i", s.out_height(), [&] {
                            c.each("j", s.out_width(), [&] {
                                c.line(spelled("const int m = i * ", s.stride, " + u - ", s.padding, ", n = j * ",
                                               s.stride, " + v - ", s.padding, ";"));
                                c.line(inside("m", "n", s.H, s.W));
                                c.line(spelled("    sum = ", pixel("a", "m", "n", s.H, s.W, s.C, "c"), " * ",
                                               pixel("b", "i", "j", s.out_height(), s.out_width(), s.O, "o"),
                                               " + sum;"));
                            });
                        });
                    });
                    c.line(w + " = sum;");
                });
            });
        });
    }
    Var jvp(Var x, Var g, Var, Var dx, Var dg) const;
    std::array<Var, 2> vjp(Var x, Var g, Var, Var gw, Needs wanted) const;
    Rows rows(std::span<RowOperand> in, const Shape&) const {
        if (in[0].rows != Rows::row && in[1].rows != Rows::row) return Rows::shared;
        for (RowOperand& x : in) x.aligned = x.rows == Rows::shared;
        return Rows::row_sum;
    }
    Number flops(std::span<const View> in, const Shape& w) const { return Conv::flops_of(in[1].shape, w.size()); }
};

Var conv_of(Conv conv, Var x, Var w) { return x.is_zero() || w.is_zero() ? Var{} : record(conv, x, w); }
Var back_x(Conv conv, Index H, Index W, Var g, Var turned) {
    if (g.is_zero() || turned.is_zero()) return {};
    return record(ConvBackX{conv, static_cast<std::int32_t>(H), static_cast<std::int32_t>(W)}, g, turned);
}
Var back_w(Conv conv, Index k, Var x, Var g) {
    return x.is_zero() || g.is_zero() ? Var{} : record(ConvBackW{conv, static_cast<std::int32_t>(k)}, x, g);
}
Var turned_of(Var w) { return w.is_zero() ? w : transpose(w); }

Var Conv::jvp(Var x, Var w, Var, Var dx, Var dw) const { return conv_of(*this, dx, w) + conv_of(*this, x, dw); }
std::array<Var, 2> Conv::vjp(Var x, Var w, Var, Var gy, Needs wanted) const {
    const Shape of_x = x.shape();
    return {needs(wanted, 0) ? back_x(*this, of_x[1], of_x[2], gy, turned_of(w)) : Var{},
            needs(wanted, 1) ? back_w(*this, w.shape()[0], x, gy) : Var{}};
}

Var ConvBackX::jvp(Var g, Var turned, Var, Var dg, Var dturned) const {
    return back_x(conv, H, W, dg, turned) + back_x(conv, H, W, g, dturned);
}
std::array<Var, 2> ConvBackX::vjp(Var g, Var turned, Var, Var gx, Needs wanted) const {
    return {needs(wanted, 0) ? conv_of(conv, gx, turned_of(turned)) : Var{},
            needs(wanted, 1) ? turned_of(back_w(conv, turned.shape()[0], gx, g)) : Var{}};
}

Var ConvBackW::jvp(Var x, Var g, Var, Var dx, Var dg) const { return back_w(conv, k, dx, g) + back_w(conv, k, x, dg); }
std::array<Var, 2> ConvBackW::vjp(Var x, Var g, Var, Var gw, Needs wanted) const {
    const Shape of_x = x.shape();
    return {needs(wanted, 0) ? back_x(conv, of_x[1], of_x[2], g, turned_of(gw)) : Var{},
            needs(wanted, 1) ? conv_of(conv, x, gw) : Var{}};
}

void require_conv(const Shape& x, const Shape& w, ConvOptions options, Where at) {
    const auto wrong = [&](const char* what, const std::string& expected, const char* fix) {
        fail(at, {.what = text("conv2d: ", what),
                  .got = text("x ", x, ", w ", w, ", stride ", options.stride, ", padding ", options.padding),
                  .expected = expected,
                  .fix = fix});
    };
    constexpr const char* shapes = "images x [B,H,W,C] and a kernel w [k,k,C,O]: channels last";
    if (x.rank() != 4 || w.rank() != 4 || w[0] != w[1] || w[0] == 0)
        wrong("the operands are not images and a kernel", shapes,
              x.rank() == 3 ? "reshape(x, {1, H, W, C}) makes a batch of one image" : "");
    if (x[3] != w[2])
        wrong("the channels differ", text(shapes, ": C is ", x[3], " in x but ", w[2], " in w"),
              x[1] == w[2] ? "permute(x, {0, 2, 3, 1}), if its channels come first" : "");
    if (options.stride < 1 || options.padding < 0 || std::max(options.stride, options.padding) > Shape::max_extent / 4)
        wrong("no such stride or padding", "a stride from 1, a padding from 0", "");
    if (std::min(x[1], x[2]) + 2 * options.padding < w[0])
        wrong("the kernel is larger than the image", "k at most H + 2 padding and W + 2 padding", "more padding");
}

}  // namespace

Var conv2d(const Operand& x, const Operand& w, ConvOptions options) {
    if (x.is_zero() || w.is_zero()) return {};
    const Where at = x.at();
    const auto [images, kernels] = on_one_tape("conv2d", x, w);
    require_conv(images.shape(), kernels.shape(), options, at);
    const Conv conv{static_cast<std::int32_t>(options.stride), static_cast<std::int32_t>(options.padding)};
    return record(conv, Operand(images, at), Operand(kernels, at));
}

COSTATE_EVALUATOR(Conv)
COSTATE_EVALUATOR(ConvBackX)
COSTATE_EVALUATOR(ConvBackW)

}  // namespace costate
