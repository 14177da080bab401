// tests/fuzz/recipe_field.cpp — a field as its recipe says, called on any tape (tests/fuzz/field_recipe.hpp)
#include <algorithm>

#include "tests/fuzz/field_recipe.hpp"

namespace costate::test {

namespace {

constexpr double branch_time = 0.3713, branch_value = 0.0917;

void add_steps(std::vector<Var>& values, const std::vector<FieldStep>& steps, Var t, std::span<const Var> shared);

Var solved_within(const Inner& inner, const std::vector<Var>& around, Var start, Var t, std::span<const Var> shared) {
    Tape& tape = start.tape();
    const ode::Field field = [&](Var tau, Var u) {
        std::vector<Var> values{u, tau + 0.0 * u};
        for (const Var& v : around) values.push_back(u.tape().bring(v));
        add_steps(values, inner.steps, tau, shared);
        return 0.7 * tanh(inner.steps.empty() ? u : values.back());
    };
    const auto z = [&]() -> Var {
        const double lists[][4] = {{0, 0.7}, {0.7, 0.1}, {0, 0.2, 0.7}, {0, 0, 0.5, 0.5}};
        constexpr std::size_t counts[] = {2, 2, 3, 4};
        if (inner.times < Inner::a_constant)
            return ode::solve(tape, field, start, std::span(lists[inner.times], counts[inner.times]), inner.options).z;
        const Var until = inner.times == Inner::until_t ? reshape(sigmoid(t), {1}) : tape.constant(Tensor({1}, {0.7}));
        return ode::solve(tape, field, start, concatenate({tape.constant(Tensor({1}, {0.0})), until}, 0), inner.options)
            .z;
    }();
    return reshape(slice(z, 0, z.shape()[0] - 1, 1), start.shape());
}

void add_steps(std::vector<Var>& values, const std::vector<FieldStep>& steps, Var t, std::span<const Var> shared) {
    const Var z = values[0];
    for (const FieldStep& step : steps) {
        const auto v = [&](std::size_t i) { return values[step.operands[i]]; };
        Var made;
        switch (step.kind) {
            case FieldStep::apply: {
                std::vector<Var> in;
                for (std::size_t i = 0; i < step.operands.size(); ++i) {
                    const bool has_rows = (step.op->rows | step.op->aligned) >> i & 1u;
                    in.push_back(fitted(v(i), shared[step.shared], step.op->shapes[i], has_rows, step.op->from));
                }
                const Var like = step.operands.empty() ? z : v(0);
                made = widened(step.op->build(in), makes_rows(*step.op), like);
                break;
            }
            case FieldStep::where_time:
                made = where(less(t, branch_time), v(0), v(0) + (t - branch_time) * v(1));
                break;
            case FieldStep::where_value:
                made = where(greater(v(0), branch_value), v(0), v(0) + (v(0) - branch_value) * v(1));
                break;
            case FieldStep::gradient: made = v(1) + grad(sum(square(v(0))), v(1)); break;
            case FieldStep::tangent: {  // as lists, which are not asked whether the direction stands in x's place
                const Var y = v(0), x = v(1), x_dot = v(2);
                made = x + jvp(Vars(&y, 1), Vars(&x, 1), Vars(&x_dot, 1))[0];
                break;
            }
            case FieldStep::solve: made = solved_within(*step.within, values, v(0), t, shared); break;
        }
        values.push_back(tanh(made));
    }
}

}  // namespace

Leaves leaves_on(Tape& tape, const FieldRecipe& r, const Numbers& n, const Parameter& p, const Parameter& q) {
    Leaves l;
    l.parameter = p;
    l.x = r.start == Start::constant ? tape.constant(n.x) : tape.variable(n.x);
    l.s = tape.variable(n.s);
    l.c = tape.constant(n.c);
    l.p = tape.use(p);
    l.q = tape.use(q);
    l.start = r.start == Start::of_parameter ? tanh(l.x * l.p) : l.x;
    l.derived = tanh(l.p * l.q + l.s);
    l.with_rows = reshape(l.x, {r.rows, r.width}) * l.p;
    const Tensor moments = Tensor::vector(n.moments);
    if (r.times == Times::leaf) l.at = l.times = tape.variable(moments);
    if (r.times == Times::of_shared) l.at = tape.constant(moments) * (1.0 + 0.1 * tanh(mean(l.s)));
    if (r.times == Times::constant) l.at = tape.constant(moments);
    return l;
}

ode::Field field_of(const FieldRecipe& r, const Numbers& n, const Leaves& l) {
    return [&r, &n, &l](Var t, Var z) {
        Tape& tape = z.tape();
        const Shape wide{r.rows, r.width};
        const auto as_wide = [&wide](Var v) { return v.shape() == wide ? v : reshape(v, wide); };
        const auto of = [&](Source source) -> Var {
            switch (source) {
                case Source::shared: return broadcast_to(tape.bring(l.s), wide);
                case Source::parameter: return broadcast_to(tape.use(l.parameter), wide);
                case Source::derived: return broadcast_to(tape.bring(l.derived), wide);
                case Source::constant: return broadcast_to(tape.bring(l.c), wide);
                case Source::number: return broadcast_to(tape.constant(n.number), wide);
                case Source::noise: return tape.constant(n.noise);
                case Source::start: return as_wide(tape.bring(l.start));
                case Source::rows: return tape.bring(l.with_rows);
                case Source::pulsed: return broadcast_to(tape.use(l.parameter) * sin(t), wide);
                case Source::time: break;
            }
            return broadcast_to(t, wide);
        };
        std::vector<Var> values{as_wide(z)};
        for (const Source source : r.sources) values.push_back(of(source));
        // tanh(p q + s) stays on the outer tape, where the field then computes with it, at every call
        const Var shared[] = {tape.bring(l.s), tape.use(l.parameter), l.derived, tape.bring(l.c)};
        add_steps(values, r.steps, t, shared);
        const Var rate = values[std::min(r.result, values.size() - 1)];
        const Var like_z = rate.shape() == z.shape() ? rate : reshape(rate, z.shape());
        return r.bare ? like_z : 0.7 * tanh(like_z);
    };
}

}  // namespace costate::test
