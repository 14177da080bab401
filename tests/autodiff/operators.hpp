// tests/autodiff/operators.hpp — the list of cases.hpp: functions of numbers, reductions and products
#pragma once
#include "tests/autodiff/cases.hpp"

namespace costate::test {

inline Var numbers(Vars x, const Tensor& t) { return x[0].tape().constant(t); }  // beside the operands
inline Shape batch_of(Vars x, Shape row) {                                       // [rows of x₀, the extents of a row]
    Shape shape{x[0].shape()[0]};
    for (int axis = 0; axis < row.rank(); ++axis) shape.append(row[axis]);
    return shape;
}

inline void add_unary(Cases& cases) {
    struct Function {
        const char* name;
        std::function<Var(Var)> f;
        Interval from = around_0;
    };
    const Function functions[] = {
        {"neg", [](Var x) { return -x; }},
        {"exp", exp},
        {"expm1", expm1},
        {"log", log, positive},
        {"log1p", log1p, probable},
        {"sqrt", sqrt, positive},
        {"square", square},
        {"reciprocal", reciprocal, positive},
        {"sin", sin},
        {"cos", cos},
        {"tan", tan, {-1.2, 1.1}},
        {"atan", atan},
        {"erf", erf},
        {"safe_sqrt", safe_sqrt, positive},
        {"safe_sqrt, of zeros too", [](Var x) { return safe_sqrt(where(less(x, 0.81), 0, x)); }, positive},
        {"tanh", tanh},
        {"sigmoid", sigmoid},
        {"softplus", softplus},
        {"silu", silu},
        {"relu", relu},
        {"leaky_relu", [](Var x) { return leaky_relu(x, 0.1); }},
        {"elu", [](Var x) { return elu(x, 0.7); }},
        {"abs", abs},
        {"clamp", [](Var x) { return clamp(x, -0.7, 0.61); }},
        {"affine", [](Var x) { return affine(x, -1.7, 0.3); }},
        {"pow(x, 3)", [](Var x) { return pow(x, 3); }, positive},
        {"pow(x, 2) at negative x", [](Var x) { return pow(x, 2); }, {-1.6, -0.4}},
        {"numbers", [](Var x) { return 2.0 / (3.0 + x) - (1.0 - x) * 0.5 + x / 4.0 - (x - 1.0) + 2.0 * x; }},
        {"tensors", [](Var x) { return x * Tensor({1}, {1.5}) + Tensor({1}, {2.5}) - x / Tensor({1}, {3}); }},
    };
    for (const Function& f : functions) {
        const auto build = [f = f.f](Vars x) { return f(x[0]); };
        cases.push_back({std::string(f.name) + " [5,3]", {{5, 3}}, build, f.from, 1});
        cases.push_back({std::string(f.name) + " []", {{}}, build, f.from});
        cases.push_back({std::string(f.name) + " [0,3]", {{0, 3}}, build, f.from});
        cases.push_back({std::string(f.name) + " [2,1,3,2]", {{2, 1, 3, 2}}, build, f.from, 1});
    }
}

inline void add_binary(Cases& cases) {
    struct Function {
        const char* name;
        std::function<Var(Var, Var)> f;
        Interval from = around_0;
    };
    const Function functions[] = {
        {"add", [](Var a, Var b) { return a + b; }},
        {"sub", [](Var a, Var b) { return a - b; }},
        {"mul", [](Var a, Var b) { return a * b; }},
        {"div", [](Var a, Var b) { return a / b; }, positive},
        {"pow", [](Var a, Var b) { return pow(a, b); }, positive},
        {"hypot", [](Var a, Var b) { return hypot(a, b); }},
        {"atan2", [](Var a, Var b) { return atan2(a, b); }, positive},
        {"atan2, on the left", [](Var a, Var b) { return atan2(a, b - 2); }},
        {"min", [](Var a, Var b) { return min(a, b); }},
        {"max", [](Var a, Var b) { return max(a, b); }},
        {"less", [](Var a, Var b) { return less(a, b); }},
        {"less_equal", less_equal},
        {"equal", equal},
        {"where", [](Var a, Var b) { return where(less(b, 0.08), sin(a) * b, exp(b)); }},
        {"detach", [](Var a, Var b) { return a * detach(less(b, 0.276)) + b; }},
        {"where greater", [](Var a, Var b) { return where(greater(a, 0.08), b, 0.5 * a); }},
    };
    struct Operands {
        Shape a, b;
        unsigned rows = 0, aligned = 0;
    };
    const Operands operands[] = {
        {{5, 3}, {5, 3}, 3},    {{5, 3}, {5, 3}, 1, 2}, {{5, 3}, {3}, 1}, {{5, 1}, {1, 3}, 1},
        {{5, 1}, {5, 3}, 1, 2}, {{5, 1}, {5, 3}, 3},    {{}, {5, 3}, 2},  {{2, 1, 3, 2}, {4, 1, 2}, 1},
        {{0, 3}, {3}},          {{1, 3}, {1, 1}},       {{}, {}},
    };
    for (const Function& f : functions)
        for (const Operands& o : operands)
            cases.push_back(
                {std::string(f.name) + " " + to_text(o.a) + " " + to_text(o.b) + " rows " + std::to_string(o.rows),
                 {o.a, o.b},
                 [f = f.f](Vars x) { return f(x[0], x[1]); },
                 f.from,
                 o.rows,
                 false,
                 o.aligned});
    cases.push_back({"where, its condition broadcast",
                     {{5, 1}, {5, 3}, {3}},
                     [](Vars x) { return where(greater(x[0], 0), x[1] * x[2], x[1]); },
                     around_0,
                     3});
    cases.push_back(
        {"sum_of", {{5, 3}, {5, 3}, {5, 3}}, [](Vars x) { return sum_of(x) * x[1]; }, around_0, 5, false, 2});
}

inline void add_reductions(Cases& cases) {
    using Over = std::span<const int>;
    struct Function {
        const char* name;
        std::function<Var(Var, Over, bool)> f;
        bool is_a_sum;
    };
    const Function functions[] = {
        {"sum", [](Var x, Over axes, bool keep) { return sum(x, axes, keep); }, true},
        {"mean", [](Var x, Over axes, bool keep) { return mean(x, axes, keep); }, true},
        {"max", [](Var x, Over axes, bool keep) { return max(x, axes, keep); }, false},
        {"logsumexp", [](Var x, Over axes, bool keep) { return logsumexp(x, axes, keep); }, false}};
    for (const Function& f : functions) {
        const auto add = [&](const char* text, Shape shape, std::vector<int> list, bool over_rows) {
            for (const bool keep : {false, true})
                cases.push_back(
                    {f.name + std::string(" of ") + to_text(shape) + " over " + text + (keep ? ", kept" : ""),
                     {shape},
                     [f = f.f, list, keep](Vars x) { return f(square(x[0]), list, keep); },
                     positive,
                     1u,
                     over_rows && !f.is_a_sum});
        };
        add("0", {5, 3}, {0}, true);
        add("1", {5, 3}, {1}, false);
        add("0 and 1", {5, 3}, {0, 1}, true);
        add("-1 and 1", {2, 3, 2, 2}, {-1, 1}, false);
        add("0 and 2", {3, 2, 4}, {0, 2}, true);
        if (f.is_a_sum)
            cases.push_back({f.name + std::string(" over nothing"), {{3, 0}}, [f = f.f](Vars x) {
                                 const int first = 0;
                                 return f(x[0], Over(&first, 1), false);
                             }});
    }
    cases.push_back({"sum of all", {{5, 3}}, [](Vars x) { return sum(square(x[0])); }, around_0, 1});
    cases.push_back({"sum of a scalar", {{}}, [](Vars x) { return sum(square(x[0])); }});
    cases.push_back({"mean of all", {{5, 3}}, [](Vars x) { return mean(square(x[0])); }, around_0, 1});
    cases.push_back({"max of all", {{5, 3}}, [](Vars x) { return max(square(x[0])); }, positive, 1, true});
    cases.push_back({"logsumexp of all", {{5, 3}}, [](Vars x) { return logsumexp(x[0]); }, around_0, 1, true});
}

inline void add_products(Cases& cases) {
    for (const bool ta : {false, true})
        for (const bool tb : {false, true}) {
            const auto build = [ta, tb](Vars x) { return matmul(x[0], x[1], ta, tb); };
            const std::string name = std::string("matmul ") + (ta ? "Aᵀ " : "A ") + (tb ? "Bᵀ " : "B ");
            const auto shape = [](bool turned, Index m, Index n) { return turned ? Shape{n, m} : Shape{m, n}; };
            const auto stack = [](bool turned, Index m, Index n) { return turned ? Shape{4, n, m} : Shape{4, m, n}; };
            cases.push_back({name + "5 3 4", {shape(ta, 5, 3), shape(tb, 3, 4)}, build, around_0, ta ? 0u : 1u});
            cases.push_back({name + "1 3 4", {shape(ta, 1, 3), shape(tb, 3, 4)}, build});
            cases.push_back({name + "0 3 4", {shape(ta, 0, 3), shape(tb, 3, 4)}, build});
            cases.push_back({name + "2 0 4", {shape(ta, 2, 0), shape(tb, 0, 4)}, build});
            cases.push_back({name + "a stack", {stack(ta, 2, 3), stack(tb, 3, 4)}, build, around_0, 3});
            cases.push_back({name + "a stack of rows times shared",
                             {stack(ta, 2, 3), stack(tb, 3, 4)},
                             build,
                             around_0,
                             1,
                             false,
                             2});
        }
    cases.push_back({"matmul summed over the rows",
                     {{5, 3}, {5, 4}},
                     [](Vars x) { return matmul(x[0], x[1], true); },
                     around_0,
                     3});
    cases.push_back(
        {"matmul of rank 4", {{2, 2, 3, 2}, {2, 2, 2, 3}}, [](Vars x) { return matmul(x[0], x[1]); }, around_0, 3});
    cases.push_back(
        {"matmul of a transpose", {{5, 3}, {4, 3}}, [](Vars x) { return matmul(x[0], transpose(x[1])); }, around_0, 1});
    cases.push_back({"matmul of a repeated row", {{1, 3}, {3, 4}}, [](Vars x) {
                         return matmul(broadcast_to(x[0], {5, 3}), x[1]);
                     }});
}

}  // namespace costate::test
