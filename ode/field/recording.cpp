#include "ode/field/recording.hpp"

#include <algorithm>

#include "autodiff/operators/elementwise.hpp"
#include "core/random.hpp"  // brings: Rng

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

Var same_place(Var v, Tape& tape) { return v.is_zero() ? v : tape.var(v.index()); }

// Leaves without numbers: they are bound when the program runs.
std::vector<Var> leaves_like(Tape& tape, const std::vector<Var>& vars) {
    std::vector<Var> leaves;
    for (const Var& v : vars) leaves.push_back(tape.variable(View{nullptr, v.shape()}));
    return leaves;
}

bool is_same_place(Var x, Var y) { return x.is_zero() == y.is_zero() && (x.is_zero() || x.index() == y.index()); }
bool same_places(const std::vector<Var>& a, const std::vector<Var>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), is_same_place);
}

// The tangents of the first n rates, for those of xs, among which are leaves that stand for the n tangents of z.
void append_direction(Recording& r, std::size_t n, Vars xs, std::span<const Var> z_dots, Vars x_dots) {
    std::vector<Var> ys;
    for (std::size_t c = 0; c < n; ++c)
        if (!r.rates[c].is_zero()) ys.push_back(r.rates[c]);
    const Vars y_dots = ys.empty() ? Vars() : jvp(ys, xs, x_dots, Context::caller());
    r.z.insert(r.z.end(), z_dots.begin(), z_dots.end());
    for (std::size_t c = 0, y = 0; c < n; ++c) r.rates.push_back(r.rates[c].is_zero() ? Var{} : y_dots[y++]);
}

}  // namespace

void Recording::copy(const Recording& other) {
    tape.copy_operations(other.tape);
    const auto moved = [this](const std::vector<Var>& vars) {
        std::vector<Var> here;
        for (const Var& v : vars) here.push_back(same_place(v, tape));
        return here;
    };
    t = same_place(other.t, tape);
    z = moved(other.z);
    captures = moved(other.captures);
    rates = moved(other.rates);
    if (!small_machine) shares = {same_place(other.shares.stiff, tape), same_place(other.shares.rest, tape)};
}

std::vector<Var> Recording::chosen(const Chosen& which) const {
    std::vector<Var> list;
    for (std::size_t i = 0; i < captures.size(); ++i)
        if (which[i]) list.push_back(captures[i]);
    return list;
}

bool same_field(const Recording& a, const Recording& b) {
    return a.tape.same_operations(b.tape) && same_places(a.z, b.z) && same_places(a.captures, b.captures) &&
           same_places(a.rates, b.rates) && is_same_place(a.shares.stiff, b.shares.stiff) &&
           is_same_place(a.shares.rest, b.shares.rest);
}

std::string difference(const Recording& a, const Recording& b) {
    const std::string operations = a.tape.difference(b.tape);
    return !operations.empty() || same_field(a, b) ? operations
                                                   : reason("the same operations, but another result or capture");
}

Pullback append_pullback(Recording& r, const Chosen& captures, bool minus) {
    Pullback p{.cotangents = leaves_like(r.tape, r.z), .z_bars = {}, .capture_bars = {}};
    std::vector<Var> ys, y_bars, xs = r.z;
    for (std::size_t i = 0; i < r.rates.size(); ++i)
        if (!r.rates[i].is_zero()) {
            ys.push_back(r.rates[i]);
            y_bars.push_back(minus ? -p.cotangents[i] : p.cotangents[i]);
        }
    for (const Var& c : r.chosen(captures)) xs.push_back(c);
    const Vars bars = ys.empty() ? r.tape.list(xs.size()) : vjp(ys, xs, y_bars, Context::caller());
    p.z_bars.assign(bars.begin(), bars.begin() + static_cast<std::ptrdiff_t>(r.z.size()));
    p.capture_bars.assign(bars.begin() + static_cast<std::ptrdiff_t>(r.z.size()), bars.end());
    return p;
}

void append_tangent(Recording& r, const Chosen& captures) {
    const std::size_t n = r.z.size();
    std::vector<Var> xs = r.z;
    for (const Var& c : r.chosen(captures)) xs.push_back(c);
    const std::vector<Var> x_dots = leaves_like(r.tape, xs);
    append_direction(r, n, xs, std::span(x_dots).first(n), x_dots);
    r.captures.insert(r.captures.end(), x_dots.begin() + static_cast<std::ptrdiff_t>(n), x_dots.end());
}

void append_tangents(Recording& r, std::span<const InputDirection> directions) {
    const std::vector<Var> z = r.z;
    std::vector<Real> numbers;
    for (const InputDirection& d : directions) {
        const std::vector<Var> z_dots = leaves_like(r.tape, z);
        std::vector<Var> xs = z, x_dots = z_dots;
        if (!d.at_start) {
            const Shape shape = r.captures[d.place].shape();
            numbers.resize(shape.size());
            d.fill(numbers.data(), shape.size());
            xs.push_back(r.captures[d.place]);
            x_dots.push_back(r.tape.constant(View{numbers.data(), shape}));
        }
        append_direction(r, z.size(), xs, z_dots, x_dots);
    }
}

void append_linearized(Recording& r) {
    const std::vector<Var> z = r.z, u = leaves_like(r.tape, z), beside = leaves_like(r.tape, z);
    const Var one = affine(r.t, 0, 1);
    append_direction(r, z.size(), z, u, u);
    append_direction(r, z.size(), Vars(&r.t, 1), beside, Vars(&one, 1));
}

void InputDirection::fill(Real* out, Index count) const {
    if (entry == all) Rng(2 * place + at_start).fill_normal({out, static_cast<std::size_t>(std::min(entries, count))});
    for (Index i = 0; i < count; ++i) out[i] = entry == all ? out[i % entries] : Real(i % entries == entry);
}

std::span<const Var> append_field(const Recording& r, Var t, std::span<const Var> z, std::span<const Var> captures) {
    Tape& onto = t.tape();
    const std::span<Var> made = onto.list(r.tape.values().size());  // of each value of the recording
    made[r.t.index()] = t;
    for (std::size_t i = 0; i < r.z.size(); ++i) made[r.z[i].index()] = z[i];
    for (std::size_t i = 0; i < r.captures.size(); ++i) made[r.captures[i].index()] = captures[i];
    onto.append_operations(r.tape, made);
    const std::span<Var> rates = onto.list(r.rates.size());
    for (std::size_t i = 0; i < rates.size(); ++i)
        if (!r.rates[i].is_zero()) rates[i] = made[r.rates[i].index()];
    return rates;
}

}  // namespace costate::ode
