#include "tests/fuzz/field_pass.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace costate::test {

namespace {

constexpr const char* leaf_names[] = {"dL/dx", "dL/ds", "dL/dc", "dL/dp", "dL/dq", "dL/dtimes"};

Var loss_of(const FieldRecipe& r, Var z, const Leaves& l) {
    Tape& tape = z.tape();
    if (r.loss == Loss::last) z = slice(z, 0, z.shape()[0] - 1, 1);
    if (r.loss == Loss::first) z = slice(z, 0, 0, std::max<Index>(1, z.shape()[0] - 1));
    const Var loss =
        sum(square(z) * tape.constant(direction(z.shape(), 5))) + sum(z * tape.constant(direction(z.shape(), 6)));
    return r.loss == Loss::with_parameter ? loss + sum(l.p * l.q) * loss : loss;
}

std::vector<Var> wanted_leaves(const FieldRecipe& r, const Leaves& l, std::vector<std::size_t>& which) {
    const Var all[] = {l.x, l.s, l.c, l.p, l.q, l.times};
    std::vector<Var> leaves;
    for (std::size_t i = 0; i < 6; ++i)
        if (!all[i].is_zero() && (r.wanted == 0 || r.wanted == i + 1)) {
            leaves.push_back(all[i]);
            which.push_back(i);
        }
    return leaves;
}

}  // namespace

Tensor direction(const Shape& shape, std::uint64_t seed) {
    Rng rng(20 + seed);
    return random_like(shape, rng);
}

bool moves_times(const FieldRecipe& r, std::size_t leaf) {
    return leaf == 5 || (leaf == 1 && r.times == Times::of_shared);
}

Pass pass_of(Trial& trial, const FieldRecipe& r, const Numbers& n, const ode::SolveOptions& options, Asked asked) {
    Tape& tape = trial.tape;
    tape.rewind();
    const std::size_t width = static_cast<std::size_t>(r.width);
    for (const auto& [parameter, numbers] : {std::pair(&trial.p[width], &n.p), std::pair(&trial.q[width], &n.q)})
        if (!(parameter->value() == *numbers)) parameter->edit().assign(numbers->entries());
    const Leaves l = leaves_on(tape, r, n, trial.p[width], trial.q[width]);
    const ode::Field field = field_of(r, n, l);
    const Var z = l.at.is_zero() ? ode::solve(tape, field, l.start, std::span<const double>(n.moments), options).z
                                 : ode::solve(tape, field, l.start, l.at, options).z;
    Pass pass;
    pass.add("z", 0, z, z.shape());
    const Var loss = loss_of(r, z, l);
    pass.add("L", 0, loss, {});
    std::vector<std::size_t> which;
    const std::vector<Var> leaves = wanted_leaves(r, l, which);
    if (asked.order == 0 || leaves.empty()) return pass;
    const Vars bars = grad(loss, Vars(leaves));
    for (std::size_t i = 0; i < leaves.size(); ++i) pass.add(leaf_names[which[i]], 1, bars[i], leaves[i].shape());
    if (asked.order == 1) return pass;
    std::vector<Var> along;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        const Shape shape = leaves[i].shape();
        const bool stays = !asked.by_times && moves_times(r, which[i]);
        along.push_back(tape.constant(stays ? Tensor(shape) : direction(shape, which[i])));
    }
    const Var values[] = {z, loss};
    const Vars dots = jvp(Vars(values), Vars(leaves), Vars(along));
    pass.add("dz, the tangent of z", 2, dots[0], z.shape());
    pass.add("dL, the tangent of L", 2, dots[1], {});
    const Vars by_jvp = jvp(bars, Vars(leaves), Vars(along));
    for (std::size_t i = 0; i < leaves.size(); ++i) pass.add("Hd, jvp of grad", 3, by_jvp[i], leaves[i].shape());
    Var sum_along = tape.constant(0.0);
    for (std::size_t i = 0; i < leaves.size(); ++i) sum_along = sum_along + sum(bars[i] * along[i]);
    const Vars by_grad = grad(sum_along, Vars(leaves));
    for (std::size_t i = 0; i < leaves.size(); ++i) pass.add("Hd, grad of grad", 4, by_grad[i], leaves[i].shape());
    const Vars by_tangent = dots[1].is_zero() ? tape.list(leaves.size()) : grad(dots[1], Vars(leaves));
    for (std::size_t i = 0; i < leaves.size(); ++i) pass.add("Hd, grad of jvp", 5, by_tangent[i], leaves[i].shape());
    pass.add("dL, by the gradients", 2, sum_along, {});
    return pass;
}

std::string entry_text(const Pass& p, std::size_t i, Index k, double a, double b) {
    return std::string(p.entries[i].name) + " (result " + std::to_string(i) + " " +
           to_text(p.entries[i].numbers.shape()) + ") in entry " + std::to_string(k) + ": " + number_text(a) + " and " +
           number_text(b) + ", apart by " + number_text(a - b);
}

std::string differs(const Pass& a, const Pass& b, const Tolerance& tolerance, const Pass* a_half, const Pass* b_half) {
    for (std::size_t i = 0; i < b.entries.size(); ++i) {
        const Pass::Entry &x = a.entries[i], &y = b.entries[i];
        if (x.numbers.shape() != y.numbers.shape()) return std::string(y.name) + ": another shape";
        double most = tolerance.of(y.order) * std::max(1e-2, b.largest(y.order));
        if (a_half) most += 4 * distance({x.numbers}, {a_half->entries[i].numbers});
        if (b_half) most += 4 * distance({y.numbers}, {b_half->entries[i].numbers});
        for (Index k = 0; k < y.numbers.size(); ++k)
            if (!(std::abs(double(x.numbers[k]) - double(y.numbers[k])) <= most))
                return entry_text(b, i, k, double(x.numbers[k]), double(y.numbers[k]));
    }
    return "";
}

std::string bits_differ(const Pass& a, const Pass& b) {
    for (std::size_t i = 0; i < b.entries.size(); ++i)
        for (Index k = 0; k < b.entries[i].numbers.size(); ++k) {
            const Real x = a.entries[i].numbers[k], y = b.entries[i].numbers[k];
            if (!(x == y) && !(std::isnan(x) && std::isnan(y))) return entry_text(b, i, k, double(x), double(y));
        }
    return "";
}

std::string ways_differ(const Pass& p, const Tolerance& tolerance) {
    Pass ways[3], along, by_gradients;
    for (const Pass::Entry& e : p.entries) {
        const std::string_view name = e.name;
        if (name == "dL, the tangent of L") along.entries.push_back(e);
        if (name == "dL, by the gradients") by_gradients.entries.push_back(e);
    }
    for (const Pass::Entry& e : p.entries)  // of which it is a sum: its rounding is theirs
        if (e.order == 1)
            for (Pass* to : {&along, &by_gradients}) to->entries.push_back({e.name, 2, e.numbers});
    if (by_gradients.entries.size() == along.entries.size())
        if (const std::string text = differs(along, by_gradients, tolerance); !text.empty())
            return "jvp and grad of L, " + text;
    for (const Pass::Entry& e : p.entries)
        if (e.order >= 3) ways[e.order - 3].entries.push_back({e.name, 3, e.numbers});
    std::string text = differs(ways[1], ways[0], tolerance);
    if (!text.empty()) return "grad of grad and " + text;
    text = differs(ways[2], ways[0], tolerance);
    return text.empty() ? "" : "grad of jvp and " + text;
}

}  // namespace costate::test
