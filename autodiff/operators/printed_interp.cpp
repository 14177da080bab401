// autodiff/operators/printed_interp.cpp — curves through tables as C99, as core/kernels/interpolate.cpp has them
#include "autodiff/operators/printed.hpp"
#include "core/error.hpp"  // brings: spelled

namespace costate::inline COSTATE_PRECISION {

namespace {

// The knots around t, and the weights of the table's entries there: how many, from which on. Of time, so in double.
constexpr std::string_view linear_text =
    R"(
static int LAW_linear(const real *x, int n, double t, int order, int *first, double *w) {
    int k = 0;
    double h, s;
    w[0] = t != t ? t : order > 0 ? 0 : 1;
    *first = t > x[n - 1] ? n - 1 : 0;
    if (!(t >= x[0] && t <= x[n - 1] && n > 1)) return 1;
    while (k + 2 < n && x[k + 1] <= t) k++;
    h = (double)x[k + 1] - x[k];
    s = (t - x[k]) / h;
    w[1] = order == 0 ? s : order == 1 ? 1 / h : 0;
    w[0] = order == 0 ? 1 - s : -w[1];
    *first = k;
    return 2;
}
)";

// Hermite's cubic, whose slopes at the knots are those of parabolas through three of them.
constexpr std::string_view cubic_text =
    R"(
static double LAW_cubic_at(const double *c, double s) { return c[0] + s * (c[1] + s * (c[2] + s * c[3])); }
static void LAW_parabola(const real *p, double x, double factor, double *w) {
    int i;
    for (i = 0; i < 3; i++) {
        const double pi = p[i], pj = p[(i + 1) % 3], pk = p[(i + 2) % 3];
        w[i] += factor * ((x - pj) + (x - pk)) / ((pi - pj) * (pi - pk));
    }
}
static int LAW_cubic(const real *x, int n, double t, int order, int *first, double *w) {
    static const double h00[4][4] = {{1, 0, -3, 2}, {0, -6, 6, 0}, {-6, 12, 0, 0}, {12, 0, 0, 0}};
    static const double h10[4][4] = {{0, 1, -2, 1}, {1, -4, 3, 0}, {-4, 6, 0, 0}, {6, 0, 0, 0}};
    static const double h11[4][4] = {{0, 0, -1, 1}, {0, -2, 3, 0}, {-2, 6, 0, 0}, {6, 0, 0, 0}};
    int k = 0, i, m0, m1;
    double left, h, s, by_h = 1, of_u, of_m;
    if (n == 2 || !(t >= x[0] && t <= x[n - 1] && n > 1)) return LAW_linear(x, n, t, order, first, w);
    while (k + 2 < n && x[k + 1] <= t) k++;
    left = x[k];
    h = x[k + 1] - left;
    s = (t - left) / h;
    m0 = k - 1 < 0 ? 0 : k - 1 > n - 3 ? n - 3 : k - 1;
    m1 = k < n - 3 ? k : n - 3;
    for (i = 0; i < 4; i++) w[i] = 0;
    for (i = 0; i < order; i++) by_h /= h;
    of_u = by_h * LAW_cubic_at(h00[order], s);
    of_m = by_h * h;
    w[k - m0] += of_u;
    w[k + 1 - m0] += order == 0 ? 1 - of_u : -of_u;
    LAW_parabola(x + m0, left, of_m * LAW_cubic_at(h10[order], s), w);
    LAW_parabola(x + m1, left + h, of_m * LAW_cubic_at(h11[order], s), w + (m1 - m0));
    *first = m0;
    return m1 - m0 + 3;
}
)";

}  // namespace

// Operands: a is t, b the knots, c the table, or g in its place; y is what is read from the table, or the table's sums.
void print_interp(CCode& c, const InterpInC& how) {
    const Shape &t = c.in[0], &knots = c.in[1];
    const Shape& by_row = how.transposed ? c.in[2] : c.out;
    const Index rows = how.each ? by_row.rows() : t.size(), inner = rows == 0 ? 0 : by_row.size() / rows;
    const Index count = knots[-1], next = how.each ? count * inner : 0;
    if (how.transposed && !how.each) require_one_range(c, rows);
    std::string stencil = c.helper("linear", linear_text);
    if (how.cubic) stencil = c.helper("cubic", cubic_text);
    if (!how.transposed || c.into == Into::assign) c.each("i", c.out.size(), [&] { c.line("y[i] = 0;"); });
    c.each("r", rows, [&] {
        c.line("double w[4];");
        c.line(spelled("int first, count = ", stencil, "(b", knots.rank() == 2 ? spelled(" + r * ", count) : "", ", ",
                       count, ", a[", t.size() == 1 ? "0" : "r", "], ", how.order, ", &first, w);"));
        c.begin("for (int j = 0; j < count; j++)");
        c.each("i", inner, [&] {
            const std::string row = spelled("[r * ", inner, " + i]"),
                              entry = spelled("[r * ", next, " + (first + j) * ", inner, " + i]");
            c.line(how.transposed ? "y" + entry + " += (real)w[j] * c" + row + ";"
                                  : "y" + row + " += (real)w[j] * c" + entry + ";");
        });
        c.end();
    });
}

}  // namespace costate
