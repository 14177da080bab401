#include "autodiff/operators/product_then.hpp"

#include "autodiff/operators/binary.hpp"  // brings: Shape, CCode, Kernel, mapping::map_line

namespace costate::inline COSTATE_PRECISION {

namespace {

template <class Rule>
struct ProductThen : Rule {
    static constexpr std::uint32_t number = number_of(Rule::name);
    static constexpr bool compiled = true;
    static constexpr auto rows = elementwise_rows;
    bool operator==(const ProductThen&) const = default;

    Shape shape(const Shape& a, const Shape&, const Shape&, Where) const { return a; }
    static void apply(const Real* a, const Real* b, const Real* c, Real* y, Index n) {
        using Entries = mapping::Operand<true>;
        mapping::map_line([](Real u, Real v, Real w) -> Real { return Rule::value(u * v, w); }, y, n, Entries{a, 0},
                          Entries{b, 0}, Entries{c, 0});
    }
    void eval(const View& a, const View& b, const View& c, const MutableView& y) const {
        apply(a.data, b.data, c.data, y.data, y.size());
    }
    bool bind(const View&, const View&, const View&, const MutableView& y, Kernel& kernel) const {
        kernel.set_rows(y.shape);
        kernel.run = [](const Kernel& k, const Places& at, Index first, Index count) {
            const Index from = first * k.width;
            apply(at.x[0] + from, at.x[1] + from, at.x[2] + from, at.y + from, count * k.width);
        };
        return true;
    }
    void print(CCode& c) const { c.map(c.in_c(Rule::in_c(), {{"p", "(a * b)"}, {"c", "c"}})); }
    double flops(std::span<const View>, const Shape& y) const { return 2.0 * static_cast<double>(y.size()); }
};

#define COSTATE_PRODUCT_THEN(Rule, name_, f)            \
    struct Rule {                                       \
        static constexpr const char* name = name_;      \
        bool operator==(const Rule&) const = default;   \
        static Real value(Real p, Real c) { return f; } \
        static std::string_view in_c() { return #f; }   \
    };
COSTATE_PRODUCT_THEN(Times, "product_times", p* c)
COSTATE_PRODUCT_THEN(Plus, "product_plus", p + c)
COSTATE_PRODUCT_THEN(Minus, "product_minus", p - c)
COSTATE_PRODUCT_THEN(From, "minus_product", c - p)
#undef COSTATE_PRODUCT_THEN

}  // namespace

std::optional<std::uint32_t> product_then(std::uint32_t op, bool product_first) {
    if (is_mul(op)) return operator_number<ProductThen<Times>>();
    if (is_add(op) || op == number_of("sum_of")) return operator_number<ProductThen<Plus>>();
    if (op != number_of("sub")) return {};
    return product_first ? operator_number<ProductThen<Minus>>() : operator_number<ProductThen<From>>();
}

COSTATE_EVALUATOR(ProductThen<Times>)
COSTATE_EVALUATOR(ProductThen<Plus>)
COSTATE_EVALUATOR(ProductThen<Minus>)
COSTATE_EVALUATOR(ProductThen<From>)

}  // namespace costate
