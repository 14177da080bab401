#include "autodiff/operators/product_then.hpp"

#include "autodiff/operators/affine.hpp"  // brings: AffineNumbers
#include "autodiff/operators/binary.hpp"  // brings: map, bind_map

namespace costate::inline COSTATE_PRECISION {

namespace {

template <class Rule>
struct ProductThen : Rule {
    static constexpr std::uint32_t number = number_of(Rule::name);
    static constexpr bool compiled = true;
    static constexpr auto rows = elementwise_rows;
    bool operator==(const ProductThen&) const = default;

    Shape shape(const Shape& a, const Shape& b, const Shape& c, Where at) const {
        return broadcast_shapes(Rule::name, broadcast_shapes(Rule::name, a, b, at), c, at);
    }
    static auto function() {
        return [](Real a, Real b, Real c) -> Real { return Rule::value(a * b, c); };
    }
    void eval(const View& a, const View& b, const View& c, const MutableView& y) const { map(function(), y, a, b, c); }
    bool bind(const View& a, const View& b, const View& c, const MutableView& y, Kernel& kernel) const {
        return bind_map<ProductThen>(y, kernel, a, b, c);
    }
    void print(CCode& c) const { c.map(c.in_c(Rule::in_c(), {{"p", "(a * b)"}, {"c", "c"}})); }
    Number flops(std::span<const View>, const Shape& y) const { return 2.0 * static_cast<Number>(y.size()); }
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

struct ProductAffine : AffineNumbers {
    static constexpr const char* name = "product_affine";
    static constexpr std::uint32_t number = number_of("product_affine");
    static constexpr bool compiled = true;
    static constexpr auto rows = elementwise_rows;
    bool operator==(const ProductAffine&) const = default;

    Shape shape(const Shape& a, const Shape& b, Where at) const { return broadcast_shapes(name, a, b, at); }
    auto function() const {
        return [f = of_number()](Real a, Real b) -> Real { return f(a * b); };
    }
    void eval(const View& a, const View& b, const MutableView& y) const { map(function(), y, a, b); }
    bool bind(const View& a, const View& b, const MutableView& y, Kernel& kernel) const {
        return bind_map<ProductAffine>(y, kernel, a, b);
    }
    void print(CCode& c) const { c.map(in_c("(a * b)")); }
    Number flops(std::span<const View>, const Shape& y) const { return 3.0 * static_cast<Number>(y.size()); }
};

}  // namespace

std::optional<std::uint32_t> product_then(std::uint32_t op, bool product_first) {
    if (is_mul(op)) return operator_number<ProductThen<Times>>();
    if (is_add(op) || op == number_of("sum_of")) return operator_number<ProductThen<Plus>>();
    if (op != number_of("sub")) return {};
    return product_first ? operator_number<ProductThen<Minus>>() : operator_number<ProductThen<From>>();
}

std::optional<std::uint32_t> product_then(std::uint32_t op) {
    if (op != number_of("affine")) return {};
    return operator_number<ProductAffine>();
}

COSTATE_EVALUATOR(ProductAffine)
COSTATE_EVALUATOR(ProductThen<Times>)
COSTATE_EVALUATOR(ProductThen<Plus>)
COSTATE_EVALUATOR(ProductThen<Minus>)
COSTATE_EVALUATOR(ProductThen<From>)

}  // namespace costate
