// tests/fuzz/fields.cpp — random fields through direct, discrete and backsolve: against each other, against differences, and
// twice in one tape with something else in between
//   direct, discrete   the same numbers to rounding, whatever the field, to second order, by every way to a Hessian's product
//   differences        of what was computed: of the loss and of its gradient, with equal steps
//   backsolve          as far from discrete as half the steps say that both still are from the equation's own gradient
//   a second pass      has the bits of a fresh tape, whatever that tape has solved before; tiles change no bit
// Methods are implicit, too. Of steps so long that a stage has several solutions, all routes are to find the same one; an error
// that none was found is right.
// Not compared: differences across a kink (two lengths that disagree show it), or where steps are chosen (they move with
// the numbers), or by times (their gradient is the equation's, not the steps'); backsolve across kinks.
#include <array>
#include <cmath>
#include <limits>

#include "ode/steps/complaint.hpp"
#include "tests/fuzz/field_pass.hpp"

namespace costate::test {

namespace {

// A step adds rates with these weights, of both signs (vern6's are up to 200): their rounding comes back so many times.
double largest_sum_of_weights(const ode::Method& m) {
    double most = 1;
    for (int i = 0; i < m.stages; ++i) {
        double sum = 0;
        for (int j = 0; j < i; ++j) sum += std::abs(m.a[i * m.dense_stages + j]);
        most = std::max(most, sum);
    }
    return most;
}

struct Within {                // of the solves within a field
    double amplification = 1;  // of rounding, by their weights
    double tolerance = 0;      // of those that choose their steps backwards, too: two ways to a second derivative
                               // choose them each in its own way, and agree to so much
};
Within within(const std::vector<FieldStep>& steps) {
    Within most;
    for (const FieldStep& step : steps) {
        if (!step.within) continue;
        const ode::SolveOptions& o = step.within->options;
        const Within inner = within(step.within->steps);
        const bool chooses = o.steps == 0 && (o.gradient == ode::backsolve || o.method.implicit());
        most.amplification = std::max(most.amplification, largest_sum_of_weights(o.method) * inner.amplification);
        most.tolerance = std::max({most.tolerance, inner.tolerance, chooses ? double(o.rtol) : 0});
    }
    return most;
}

// Steps that are chosen by errors, which differ by rounding, differ themselves by more. What solves within a field make of
// that shows in second derivatives alone. Stages are solved to a part of the tolerance, by tangents and sweeps to rounding.
Tolerance tolerance_of(const FieldRecipe& r) {
    const bool chooses = r.options.steps == 0;
    double rounding = !is_double ? 1e-3 : chooses || r.inexact() ? 1e-7 : 1e-10;
    if (chooses && r.options.method.implicit()) rounding = std::max(rounding, 10 * double(r.options.rtol));
    const double weights = largest_sum_of_weights(r.options.method);  // in the steps, and in their transpose
    rounding = std::max(rounding, weights * weights * double(std::numeric_limits<Real>::epsilon()));
    const Within of = within(r.steps);
    const double folds = r.implicit() ? 10 : 1;  // near one, second derivatives grow by the square of 1/(1 - h f')
    return {rounding, std::max(folds * rounding * of.amplification, 10 * of.tolerance)};
}

// By direct stages are solved to rounding in the first place: it chooses other steps, which shows where a kink lies in one.
Tolerance tolerance_of_direct(const FieldRecipe& r) {
    const Tolerance of = tolerance_of(r);
    if (r.options.steps > 0 || !r.options.method.implicit()) return of;
    const double chosen = r.kinked() ? HUGE_VAL : 100 * double(r.options.rtol);
    return {std::max(of.first, chosen), std::max(of.second, chosen)};
}

Numbers moved(const FieldRecipe& r, const Numbers& n, double by) {
    Numbers m = n;
    const std::array<Tensor*, 5> list{&m.x, &m.s, &m.c, &m.p, &m.q};
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (moves_times(r, i) || (r.wanted != 0 && r.wanted != i + 1)) continue;
        const Tensor d = direction(list[i]->shape(), i);
        for (Index k = 0; k < d.size(); ++k) (*list[i])[k] += static_cast<Real>(by * double(d[k]));
    }
    return m;
}

// Tangents of z and L, and of the gradients, by lengths h and h/2 (autodiff/derivatives/check.hpp, 1 and 2).
std::string against_differences(const FieldRecipe& r, const Numbers& n) {
    if (!is_double || r.options.steps == 0 || r.inexact()) return "";
    Trial trial, others;
    const Pass right = pass_of(trial, r, n, r.options, {.by_times = false});
    const double h = 1e-4;
    Pass at[4];
    for (const auto& [place, by] : {std::pair(0, h), std::pair(1, -h), std::pair(2, h / 2), std::pair(3, -h / 2)})
        at[place] = pass_of(others, r, moved(r, n, by), r.options, {.order = 1});
    std::size_t first_tangent = 0, product = 0;
    while (first_tangent < right.entries.size() && right.entries[first_tangent].order != 2) ++first_tangent;
    if (first_tangent == right.entries.size()) return "";  // no leaf was wanted
    for (std::size_t i = 0; i < first_tangent; ++i) {
        const std::size_t of = i < 2 ? first_tangent + i : first_tangent + 2 + product++;
        const Tensor& found = right.entries[of].numbers;
        const double scale = std::max(1e-2, right.largest(right.entries[of].order));
        for (Index k = 0; k < found.size(); ++k) {
            const auto value = [&](int place) { return double(at[place].entries[i].numbers[k]); };
            const double whole = (value(0) - value(1)) / (2 * h), half = (value(2) - value(3)) / h;
            if ((r.kinked() || r.implicit()) && !(std::abs(whole - half) <= 1e-7 * scale)) return "";
            const double difference = (4 * half - whole) / 3;
            if (!(std::abs(double(found[k]) - difference) <= (r.kinked() ? 1e-5 : 1e-6) * scale))
                return entry_text(right, of, k, double(found[k]), difference) + " by differences";
        }
    }
    return "";
}

std::string against_half_the_steps(const FieldRecipe& r, const Numbers& n) {
    ode::SolveOptions backwards = r.options;
    backwards.gradient = ode::backsolve;
    if (r.options.steps == 0 || r.kinked() || ode::first_complaint(backwards).option) return "";
    Pass by[4];
    int place = 0;
    for (const ode::Route& route : {ode::discrete, ode::backsolve})
        for (const int factor : {4, 8}) {
            Trial trial;
            ode::SolveOptions options = r.options;
            options.gradient = route;
            options.steps = factor * (1 + r.options.steps / 2);
            by[place++] = pass_of(trial, r, n, options);
        }
    const std::string text = differs(by[3], by[1], is_double ? 1e-6 : 1e-2, &by[2], &by[0]);
    return text.empty() ? "" : "backsolve and discrete, " + text;
}

// Right refusals: steps that shrink without end on a jump whose both sides point at it; equal steps so long that Newton's
// iteration does not come to an end.
bool is_right(const FieldRecipe& r, const Error& error) {
    const auto says = [text = std::string(error.what())](const char* words) { return text.find(words) != text.npos; };
    return (r.kinked() && (says("too many steps") || says("shrank"))) || (r.implicit() && says("does not converge"));
}

void pass_of_another(Trial& trial, const FieldRecipe& r, const Numbers& n, Asked asked = {}) {
    try {
        pass_of(trial, r, n, r.options, asked);
    } catch (const Error& error) {
        if (!is_right(r, error)) throw;
    }
}

// Something else on the same tape: another field, batch, options; the same with other numbers; one that throws.
void something_between(Trial& trial, const FieldRecipe& r, const Numbers& n, Choices& choices) {
    switch (choices.below(5)) {
        case 0: {
            const FieldRecipe other = almost(r, choices);
            pass_of_another(trial, other, n, {.order = static_cast<int>(choices.below(3))});
            break;
        }
        case 1: {
            ode::SolveOptions options = r.options;
            const ode::Route& route = choices.pick(ode::all_routes);
            if (route == ode::reversible && !options.method.paired()) {
                options.method = ode::reversible_heun;
                options.max_steps = 10'000;  // of order 2, at a tolerance for others
            }
            take_route(options, route);
            options.tiles = choices.flip();
            pass_of(trial, r, Numbers(r, 1 + static_cast<std::uint64_t>(choices.below(9))), options);
            break;
        }
        case 2: {
            FieldRecipe other = r;
            constexpr Index counts[] = {1, 2, 5, 9, 33};
            if (other.layout != 1) other.rows = choices.pick(counts);
            for (const FieldStep& step : other.steps)
                if (step.within || (step.op && !takes_rows(*step.op, other.rows))) return;
            pass_of_another(trial, other, Numbers(other, 8));
            break;
        }
        case 3: {
            const FieldRecipe other = field_recipe(choices);
            pass_of_another(trial, other, Numbers(other, 7), {.order = 1});
            break;
        }
        case 4: {
            Index calls = choices.below(4);
            trial.tape.rewind();
            const Leaves l = leaves_on(trial.tape, r, n, trial.p[static_cast<std::size_t>(r.width)],
                                       trial.q[static_cast<std::size_t>(r.width)]);
            const ode::Field field = field_of(r, n, l);
            try {
                ode::solve(
                    trial.tape,
                    [&](Var t, Var z) {
                        const Var rate = field(t, z);
                        if (calls-- == 0) throw 1;
                        return rate;
                    },
                    l.start, std::span<const double>(n.moments), r.options);
            } catch (int) {
            }
            break;
        }
    }
}

// The last pass is of the recipe, or of one that is almost the same.
std::string twice(FieldRecipe& r, const Numbers& n, Choices& choices) {
    Trial trial, fresh;
    pass_of(trial, r, n, r.options, {.order = static_cast<int>(choices.below(3))});
    for (Index left = choices.below(3); left > 0; --left) something_between(trial, r, n, choices);
    if (choices.flip()) {
        const ode::Route route = r.options.gradient;
        r = almost(r, choices);
        take_route(r.options, route);
    }
    const Numbers again(r, 1 + static_cast<std::uint64_t>(choices.below(3)));
    const std::string text = bits_differ(pass_of(trial, r, again, r.options), pass_of(fresh, r, again, r.options));
    return text.empty() ? "" : "on a tape with a past and on a fresh one, " + text;
}

std::string routes_differ(FieldRecipe r, const Numbers& n) {
    Trial sweep, few, textbook;
    r.options.gradient = ode::discrete;
    const Pass a = pass_of(sweep, r, n, r.options), again = pass_of(sweep, r, n, r.options);
    std::string text = bits_differ(again, a);
    if (!text.empty()) return "the same pass again, " + text;
    if (!r.inexact()) text = ways_differ(a, tolerance_of(r));
    if (!text.empty()) return "discrete, " + text;
    r.options.gradient = ode::checkpointed(2);
    if (!ode::first_complaint(r.options).option) text = bits_differ(pass_of(few, r, n, r.options), a);
    if (!text.empty()) return "checkpointed(2) and discrete, " + text;
    r.options.gradient = ode::direct;
    text = differs(a, pass_of(textbook, r, n, r.options), tolerance_of_direct(r));
    return text.empty() ? "" : "discrete and direct, " + text;
}

std::string tiles_differ(FieldRecipe r, const Numbers& n) {
    Trial tiled, whole;
    r.options.tiles = true;
    const Pass a = pass_of(tiled, r, n, r.options);
    r.options.tiles = false;
    const std::string text = bits_differ(a, pass_of(whole, r, n, r.options));
    return text.empty() ? "" : "in tiles and as a whole, " + text;
}

}  // namespace

std::string hunt_fields(Choices& choices) {
    const Index kind = choices.below(6);
    FieldRecipe r = field_recipe(choices);
    const Numbers n(r, 1);
    const auto compared = [&]() -> std::string {
        try {
            switch (kind) {
                case 0: return routes_differ(r, n);
                case 1: return against_differences(r, n);
                case 2: return against_half_the_steps(r, n);
                case 3:
                    take_route(r.options, choices.flip() ? ode::backsolve : ode::discrete);
                    return tiles_differ(r, n);
                default:
                    constexpr ode::Route routes[] = {ode::discrete, ode::backsolve, ode::direct};
                    take_route(r.options, choices.pick(routes));
                    return twice(r, n, choices);
            }
        } catch (const Error& error) {
            return is_right(r, error) ? "" : error.what();
        }
    };
    const std::string report = compared();
    return report.empty() ? "" : report + "\n" + r.text();
}

}  // namespace costate::test
