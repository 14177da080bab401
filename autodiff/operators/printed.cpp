#include "autodiff/operators/printed.hpp"

#include "core/error.hpp"                // brings: fail, spelled
#include "core/kernels/dots.hpp"         // brings: suits_dots
#include "core/kernels/fold_layout.hpp"  // brings: FoldLayout
#include "core/rows.hpp"                 // brings: range_length, sum_block

namespace costate::inline COSTATE_PRECISION {

namespace {

constexpr std::string_view dot_text =  // core/kernels/dots.hpp (a); LANES of them are 64 bytes
    R"(
static real LAW_dot(const real *a, int a_step, const real *b, int b_step, int n) {
    enum { lanes = 64 / sizeof(real) };
    real sum[lanes] = {0};
    int k, l, half;
    for (k = 0; k < n; k++) {
        real *s = sum + (k < n - n % lanes ? k % lanes : k - (n - lanes));
        *s = a[k * a_step] * b[k * b_step] + *s;
    }
    for (half = lanes / 2; half > 0; half /= 2)
        for (l = 0; l < half; l++) sum[l] += sum[l + half];
    return sum[0];
}
)";

// Sixteen neighbours side by side: core/kernels/reduce.cpp. START, JOIN(p, q) and TERM(x) are those of a sum, or of a maximum.
constexpr std::string_view line_text =
    R"(
static real LAW_NAME(const real *x, int nPARAMETER) {
    real lane[16], all = START;
    int i, l, half;
    if (n < 16) {
        for (i = 0; i < n; i++) all = JOIN(all, TERM(x[i]));
        return all;
    }
    for (l = 0; l < 16; l++) lane[l] = TERM(x[l]);
    for (i = 16; i < n; i += 16)
        for (l = 0; l < 16; l++) {
            const real next = i + 16 <= n ? TERM(x[i + l]) : l >= 16 - n % 16 ? TERM(x[n - 16 + l]) : START;
            lane[l] = JOIN(lane[l], next);
        }
    for (half = 8; half > 0; half /= 2)
        for (l = 0; l < half; l++) lane[l] = JOIN(lane[l], lane[l + half]);
    return lane[0];
}
)";

std::string times(std::string_view index, Index step) {
    return step == 1 ? std::string(index) : spelled(index, " * ", step);
}

}  // namespace

void require_one_range(const CCode& c, Index rows) {
    if (c.into == Into::assign && rows > range_length(rows))
        fail(c.where, {.what = "to_c: an operation that sums over many rows",
                       .got = spelled(rows, " rows"),
                       .expected = spelled("at most ", range_length(1),
                                           ", one range of rows: several have a sum each, which this operator "
                                           "does not write yet")});
}

void print_product(CCode& c, const GemmShape& s, bool with_row) {
    const bool dots = suits_dots<same_dot_lanes, same_dot_columns>(s);
    const Index a_row = s.transpose_a ? 1 : s.K, a_k = s.transpose_a ? s.M : 1;
    const bool by_columns = s.transpose_b && !s.packed_b;
    const Index b_column = by_columns ? s.K : 1, b_k = by_columns ? 1 : s.N;
    const std::string a = "a[" + times("i", a_row) + " + " + times("k", a_k) + "]",
                      b = "b[" + times("k", b_k) + " + " + times("j", b_column) + "]";
    c.each("i", s.M, [&] {
        c.each("j", s.N, [&] {
            const std::string y = "y[" + times("i", s.N) + " + j]", row = with_row ? " + c[j]" : "";
            if (dots) {
                const std::string sum = spelled(c.helper("dot", dot_text), "(a + ", times("i", a_row), ", ", a_k,
                                                ", b + ", times("j", b_column), ", ", b_k, ", ", s.K, ")");
                return c.line(y + (c.into == Into::assign ? " = " : " += ") + sum + row + ";");
            }
            c.line(c.into == Into::extend ? "real s = " + y + ";" : "real s = 0;");
            c.each("k", s.K, [&] { c.line("s = " + a + " * " + b + " + s;"); });
            c.line(y + " = " + (c.into == Into::add ? y + " + s" : "s") + row + ";");
        });
    });
}

namespace {

// What a reduction is made of: the join of two partial results, and what becomes of an entry.
struct Rule {
    std::string name, start, parameter, argument;
    std::string term_before, term_after;
    bool is_max;
    std::string term(const std::string& x) const { return term_before + x + term_after; }
    std::string join(const std::string& p, const std::string& q) const {
        return is_max ? "((" + q + " > " + p + ") | (" + q + " != " + q + ")) ? " + q + " : " + p : p + " + " + q;
    }
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

// The text of a line's sum by this rule.
std::string line_helper(CCode& c, const Rule& rule) {
    std::string text(line_text);
    for (const std::string_view x : {"x[i + l]", "x[n - 16 + l]", "x[i]", "x[l]"})
        text = replaced(text, "TERM(" + std::string(x) + ")", rule.term(std::string(x)));
    text = replaced(text, "JOIN(all, " + rule.term("x[i]") + ")", rule.join("all", rule.term("x[i]")));
    text = replaced(text, "JOIN(lane[l], next)", rule.join("lane[l]", "next"));
    text = replaced(text, "JOIN(lane[l], lane[l + half])", rule.join("lane[l]", "lane[l + half]"));
    text = replaced(replaced(text, "START", rule.start), "PARAMETER", rule.parameter);
    return c.helper(rule.name, replaced(text, "NAME", rule.name));
}

// Loops of a nest around `body`, which is told where in x they are.
template <class Body>
void print_loops(CCode& c, const Nest& nest, int inner, const char* letters, std::string place, Body&& body) {
    const auto loop = [&](auto&& self, int d, const std::string& at) -> void {
        if (d < inner) return body(at);
        const std::string index(1, letters[nest.depth - 1 - d]);
        c.each(index, nest.loops[d].extent,
               [&] { self(self, d - 1, at + " + " + times(index, nest.loops[d].stride[0])); });
    };
    loop(loop, nest.depth - 1, place);
}

// One result: everything folded into `to`, rows outermost and in their order.
class FoldPrinter {
public:
    FoldPrinter(CCode& c, const Shape& x, unsigned axes) : c_(c), x_(x, axes) {
        if (x_.rows > sum_block || x_.line > sum_block || x_.iterations > sum_block)
            fail(c.where, {.what = "to_c: a sum of more terms than one chain has",
                           .got = spelled("along axes of ", x),
                           .expected = spelled("at most ", sum_block, " rows, and as many entries of a line")});
    }
    bool by_rows() const { return x_.by_rows; }
    Index rows() const { return x_.rows; }
    template <class Body>
    void each_result(Body&& body) {  // body(where its entries begin)
        print_loops(c_, x_.kept, 0, "ijkl", "x", body);
    }
    void fold(const Rule& rule, const std::string& at, const std::string& to, const std::string& first,
              const std::string& end) {
        if (!x_.by_rows) return fold_inner(rule, at, to);
        c_.begin("for (int row = " + first + "; row < " + end + "; row++)");
        c_.line("real part = " + rule.start + ";");
        fold_inner(rule, at + " + " + times("row", x_.row_size), "part");
        c_.line(to + " = " + rule.join(to, "part") + ";");
        c_.end();
    }

private:
    void fold_inner(const Rule& rule, const std::string& at, const std::string& to) {
        print_loops(c_, x_.folded, x_.strips, "mnop", at, [&](const std::string& place) {
            const std::string one = x_.line > 1
                                        ? spelled(line_helper(c_, rule), "(", place, ", ", x_.line, rule.argument, ")")
                                        : rule.term("*(" + place + ")");
            c_.begin();
            c_.line("const real term = " + one + ";");
            c_.line(to + " = " + rule.join(to, "term") + ";");
            c_.end();
        });
    }

    CCode& c_;
    FoldLayout x_;
};

}  // namespace

void print_fold(CCode& c, Fold fold, unsigned axes) {
    FoldPrinter printer(c, c.in[0], axes);
    const Rule sum{"sum", "0", "", "", "", "", false};
    const Rule max{"max", "(-1 / (real)0)", "", "", "", "", true};
    const Index length = fold == Fold::sum && c.into == Into::assign ? range_length(printer.rows()) : printer.rows();
    c.line("int result = 0;");
    printer.each_result([&](const std::string& at) {
        const std::string rows = CCode::number(printer.rows());
        if (fold == Fold::logsumexp) {
            const Rule terms{"sum_exp", "0", ", real shift", ", shift", c.elementary("exp") + "(", " - shift)", false};
            c.line("real shift = " + max.start + ", total = 0;");
            printer.fold(max, at, "shift", "0", rows);
            c.line("shift = shift - shift == 0 ? shift : 0;");
            printer.fold(terms, at, "total", "0", rows);
            return c.line("y[result++] = shift + " + c.elementary("log") + "(total);");
        }
        const Rule& rule = fold == Fold::max ? max : sum;
        if (c.into == Into::extend && printer.by_rows()) {
            c.line("real all = y[result];");
            printer.fold(rule, at, "all", "0", rows);
        } else {
            c.line("real all = " + rule.start + ";");
            printer.fold(rule, at, "all", "0", CCode::number(std::min(length, printer.rows())));
        }
        for (Index first = length; first < printer.rows(); first += length) {  // a range of rows, and its own chain
            c.begin();
            c.line("real range = 0;");
            printer.fold(rule, at, "range", CCode::number(first),
                         CCode::number(std::min(first + length, printer.rows())));
            c.line("all = all + range;");
            c.end();
        }
        const bool adds = c.into == Into::extend && !printer.by_rows();
        c.line(adds ? "y[result] = y[result] + all;" : "y[result] = all;");
        c.line("result++;");
    });
}

void print_blocks(CCode& c, const Blocks& b, std::string_view of) {
    if (b.outer == 1 && b.to == 0 && b.count == c.out.size() && of == "x") c.part_from = b.from;
    c.each("o", b.outer, [&] {
        c.each("i", b.count, [&] {
            const auto place = [](Index from, Index step) {
                return spelled(from > 0 ? spelled(from, " + ") : "", times("o", step), " + i");
            };
            c.line(spelled("y[", place(b.to, b.to_step), "] = ", of, "[", place(b.from, b.from_step), "];"));
        });
    });
}

void print_transposed(CCode& c, Index rows, Index columns) {
    c.each("i", rows, [&] {
        c.each("j", columns,
               [&] { c.line(spelled("y[", times("j", rows), " + i] = x[", times("i", columns), " + j];")); });
    });
}

void print_walk(CCode& c, const Nest& nest) {
    c.line("int next = 0;");
    print_loops(c, nest, 0, "ijklmnop", "x",
                [&](const std::string& place) { c.line("y[next++] = *(" + place + ");"); });
}

void print_fill(CCode& c, double value) {
    c.each("i", c.out.size(), [&] { c.line("y[i] = " + CCode::number(value) + ";"); });
}

}  // namespace costate
