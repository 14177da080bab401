#include "tests/fuzz/field_recipe.hpp"

#include <algorithm>
#include <string_view>

#include "ode/steps/complaint.hpp"
#include "tests/autodiff/laws.hpp"

namespace costate::test {

namespace {

constexpr const char* source_names[] = {"s [D], a variable",    "p [D], a parameter", "tanh(p q + s), an outer Var",
                                        "c, a tape.constant",   "a double",           "noise [R,D], a Tensor",
                                        "z0, the start's Var",  "x p [R,D], outer",   "t",
                                        "p sin(t), made as [D]"};
constexpr const char* start_names[] = {"x, a variable", "tanh(x p)", "x, a tape.constant"};
constexpr const char* times_names[] = {"numbers", "a variable", "numbers times (1 + 0.1 tanh(mean s))",
                                       "a tape.constant"};
constexpr const char* loss_names[] = {"all observations", "the last observation", "the first observations",
                                      "all observations and p q"};
constexpr double most_work = 4000;  // a pass to second order is some twenty times as much
constexpr const char* inner_times_names[] = {"{0, 0.7}",         "{0.7, 0.1}",   "{0, 0.2, 0.7}",
                                             "{0, 0, 0.5, 0.5}", "Var {0, 0.7}", "Var {0, sigmoid(t)}"};
bool begins_with_one_of(const std::string& name, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return name.rfind(word, 0) == 0; });
}
bool has_jumps(const Case& op) {
    return begins_with_one_of(op.name,
                              {"less", "equal", "where", "detach", "atan2, on the left", "safe_sqrt, of zeros too"});
}
bool has_kinks(const Case& op) {
    return has_jumps(op) ||
           begins_with_one_of(op.name, {"relu", "leaky_relu", "elu", "abs", "clamp", "min", "max", "interp"});
}

template <class Test>
bool any_step(const std::vector<FieldStep>& steps, const Test& test) {
    return std::any_of(steps.begin(), steps.end(), [&](const FieldStep& step) {
        return test(step) || (step.within && any_step(step.within->steps, test));
    });
}

bool is_inexact(const FieldStep& s) {
    return s.within && (s.within->options.steps == 0 || s.within->options.gradient == ode::backsolve ||
                        s.within->times == Inner::until_t);
}

// Where both sides of a jump point at it, chosen steps shrink without end, and an implicit stage may have no solution. Its
// transposed equations are solved by tangents of f, and read on by its pullbacks: of what solves within f, the same must be.
void suit(ode::SolveOptions& options, const std::vector<FieldStep>& steps) {
    const auto jumps = [](const FieldStep& step) { return step.kind == FieldStep::apply && has_jumps(*step.op); };
    if (options.steps == 0 && std::any_of(steps.begin(), steps.end(), jumps)) options.steps = 4;
    if (options.method.implicit() && (any_step(steps, jumps) || any_step(steps, is_inexact)))
        options.method = ode::tsit5;
}

ode::SolveOptions options_of(Choices& choices) {
    constexpr int steps[] = {2, 1, 3, 5, 0, 0};
    constexpr double tolerances[] = {1e-4, 1e-3, 1e-6};
    const auto methods_that = [](bool are_implicit) {  // backsolve has no carried rate
        std::vector<ode::Method> list(std::begin(ode::all_methods), std::end(ode::all_methods));
        std::erase_if(list,
                      [&](const ode::Method& m) { return m.implicit() != are_implicit || m.pair == ode::Pair::rate; });
        return list;
    };
    static const std::vector<ode::Method> explicit_ones = methods_that(false), implicit_ones = methods_that(true);
    const bool is_implicit = choices.below(3) == 1;
    ode::SolveOptions o{.method = choices.pick(is_implicit ? implicit_ones : explicit_ones),
                        .steps = choices.pick(steps)};
    if (o.steps > 0) return o;
    if (!o.method.adaptive()) o.method = ode::tsit5;  // which can choose its steps
    const double tolerance = choices.pick(tolerances);
    o.rtol = o.atol =
        o.method.order > 2 ? tolerance : std::max(tolerance, 1e-4);  // 1e-6 wants a thousand steps of order 2
    o.max_steps = 400;
    if (choices.flip()) o.control = ode::i_control;
    if (choices.below(3) == 1) o.max_step = 0.3;
    if (choices.below(3) == 1) o.first_step = 0.05;
    if (choices.below(3) == 1) o.backward_norm = ode::BackwardNorm::full;
    return o;
}

double evaluations(const ode::SolveOptions& o) {
    return (o.method.implicit() ? 3 : 1) * (o.steps > 0 ? 6 * o.steps : 60);
}

double work_of(const std::vector<FieldStep>& steps) {
    double work = 3;
    for (const FieldStep& step : steps) {
        work += step.within ? 3 * evaluations(step.within->options) * work_of(step.within->steps) : 6;
        if (step.kind == FieldStep::gradient || step.kind == FieldStep::tangent) work *= 2.5;
    }
    return work;
}

FieldStep step_of(Choices& choices, std::size_t values, Index rows, int depth);

std::shared_ptr<const Inner> inner_of(Choices& choices, std::size_t around, Index rows, int depth) {
    constexpr ode::Route routes[] = {ode::discrete, ode::direct, ode::backsolve};
    Inner inner{options_of(choices), Inner::forwards, {}};
    take_route(inner.options, choices.pick(routes));
    const bool direct = inner.options.gradient == ode::direct;
    inner.times = static_cast<Inner::Times>(choices.below(direct ? 4 : 6));  // direct reads a Var's numbers
    if (direct) inner.options.steps = std::max(inner.options.steps, 1);      // and errors, where it chooses steps,
    if (direct && inner.options.method.implicit()) inner.options.method = ode::tsit5;  // and where it solves stages
    for (Index left = choices.below(3); left > 0; --left)
        inner.steps.push_back(step_of(choices, around + 2 + inner.steps.size(), rows, depth + 1));
    suit(inner.options, inner.steps);
    return std::make_shared<const Inner>(std::move(inner));
}

FieldStep step_of(Choices& choices, std::size_t values, Index rows, int depth) {
    const auto any = [&] { return values - 1 - static_cast<std::size_t>(choices.below(static_cast<Index>(values))); };
    constexpr FieldStep::Kind kinds[] = {
        FieldStep::apply,      FieldStep::apply,       FieldStep::apply,    FieldStep::apply,   FieldStep::apply,
        FieldStep::where_time, FieldStep::where_value, FieldStep::gradient, FieldStep::tangent, FieldStep::solve};
    FieldStep step;
    step.kind = kinds[choices.below(depth == 0 || (depth == 1 && choices.below(4) == 1) ? 10 : 9)];
    step.shared = static_cast<std::size_t>(choices.below(4));
    std::size_t operands = step.kind == FieldStep::solve ? 1 : step.kind == FieldStep::tangent ? 3 : 2;
    if (step.kind == FieldStep::apply) {
        step.op = &choices.pick(operator_cases());
        if (!takes_rows(*step.op, rows)) step.op = &operator_cases().front();
        operands = step.op->shapes.size();
    }
    for (std::size_t i = 0; i < operands; ++i) step.operands.push_back(any());
    if (step.kind == FieldStep::solve) step.within = inner_of(choices, values, rows, depth);
    return step;
}

void print(std::string& text, const std::vector<FieldStep>& steps, std::size_t next, const std::string& indent) {
    constexpr const char* shared_names[] = {"s", "p", "tanh(p q + s)", "c"};
    for (const FieldStep& step : steps) {
        const auto v = [&](std::size_t i) { return "v" + std::to_string(step.operands[i]); };
        text += "\n" + indent + "v" + std::to_string(next++) + " = tanh of ";
        switch (step.kind) {
            case FieldStep::apply:
                text += step.op->name + "  of";
                for (std::size_t i = 0; i < step.operands.size(); ++i) text += " " + v(i);
                text += std::string("  (without rows: ") + shared_names[step.shared] + ")";
                break;
            case FieldStep::where_time:
                text += "where(t < T, " + v(0) + ", " + v(0) + " + (t - T) " + v(1) + ")";
                break;
            case FieldStep::where_value:
                text += "where(" + v(0) + " > V, " + v(0) + ", " + v(0) + " + (" + v(0) + " - V) " + v(1) + ")";
                break;
            case FieldStep::gradient: text += v(1) + " + grad(sum(square(" + v(0) + ")), " + v(1) + ")"; break;
            case FieldStep::tangent: text += v(1) + " + jvp(" + v(0) + ", " + v(1) + ", " + v(2) + ")"; break;
            case FieldStep::solve:
                text += "the end of a solve from " + v(0) + ", times " + inner_times_names[step.within->times] + ", " +
                        options_text(step.within->options) + ":\n" + indent +
                        "  v0 = its state, v1 = its time, from v2 on those around it";
                print(text, step.within->steps, next - 1 + 2, indent + "  ");
                text += "\n" + indent + "  rate: 0.7 tanh of the last of its steps, or of its state";
                break;
        }
    }
}

}  // namespace

void take_route(ode::SolveOptions& options, const ode::Route& route) {
    options.gradient = route;
    if (ode::first_complaint(options).option) options.gradient = ode::discrete;
}

std::string options_text(const ode::SolveOptions& o) {
    std::string text = std::string(o.method.name) + " " + o.gradient.name;
    if (o.steps > 0) return text + ", " + std::to_string(o.steps) + " steps" + (o.tiles ? "" : ", no tiles");
    text += ", rtol = atol = " + number_text(o.rtol);
    if (o.control == ode::i_control) text += ", i_control";
    if (o.max_step < 1) text += ", max_step = " + number_text(o.max_step);
    if (o.first_step > 0) text += ", first_step = " + number_text(o.first_step);
    if (o.backward_norm == ode::BackwardNorm::full) text += ", full norm";
    return text + (o.tiles ? "" : ", no tiles");
}

Shape FieldRecipe::state() const {
    return layout == 1 ? Shape{width} : layout == 2 ? Shape{rows, 1, width} : Shape{rows, width};
}

double FieldRecipe::work() const { return evaluations(options) * work_of(steps); }

bool FieldRecipe::kinked() const {
    return any_step(steps, [](const FieldStep& s) {
        return s.kind == FieldStep::where_time || s.kind == FieldStep::where_value ||
               (s.kind == FieldStep::apply && has_kinks(*s.op));
    });
}

bool FieldRecipe::inexact() const { return any_step(steps, is_inexact); }

bool FieldRecipe::implicit() const {
    return options.method.implicit() ||
           any_step(steps, [](const FieldStep& s) { return s.within && s.within->options.method.implicit(); });
}

std::string FieldRecipe::text() const {
    std::string text = "z " + to_text(state()) + ", R = " + std::to_string(rows) + ", D = " + std::to_string(width) +
                       ", from z0 = " + start_names[static_cast<int>(start)] + ", times {";
    for (std::size_t i = 0; i < moments.size(); ++i) text += (i > 0 ? ", " : "") + number_text(moments[i]);
    text += std::string("} as ") + times_names[static_cast<int>(times)] + "\n" + options_text(options) +
            std::string("\nv0 = z as [R,D]");
    for (std::size_t i = 0; i < sources.size(); ++i)
        text += "\nv" + std::to_string(i + 1) + " = " + source_names[static_cast<int>(sources[i])];
    print(text, steps, 1 + sources.size(), "");
    text += std::string("\nrate: ") + (bare ? "" : "0.7 tanh of ") + "v" + std::to_string(result) + "; loss of " +
            loss_names[static_cast<int>(loss)];
    if (wanted > 0) text += "; gradients by leaf " + std::to_string(wanted) + " of x s c p q times alone";
    return text;
}

FieldRecipe field_recipe(Choices& choices) {
    constexpr Index counts[] = {1, 2, 3, 5, 2, 4, 9, 1, 3, 8, 33, 70}, widths[] = {1, 3, 2};
    static const std::vector<double> moments[] = {
        {0, 1},     {0, 0.4, 1},        {1, 0},          {0.2, 0.9, 0.9},       {0, 0, 0.7}, {1, 0.6, 0.6, 0},
        {0.5, 0.5}, {-0.5, 0.25, 0.75}, {0.3, 0.3, 0.3}, {0, 0.1, 0.2, 0.25, 1}};
    FieldRecipe r;
    r.rows = choices.pick(counts);
    r.width = choices.pick(widths);
    r.layout = static_cast<int>(choices.below(8));
    if (r.layout > 2) r.layout = 0;
    if (r.layout == 1) r.rows = 1;
    r.options = options_of(choices);
    r.moments = choices.pick(moments);
    if (choices.flip()) r.times = static_cast<Times>(choices.below(4));
    r.start = static_cast<Start>(choices.below(3));
    r.loss = static_cast<Loss>(choices.below(4));
    if (choices.below(4) == 1) r.wanted = static_cast<std::size_t>(choices.below(7));
    for (Index left = choices.below(4); left > 0; --left) r.sources.push_back(static_cast<Source>(choices.below(10)));
    for (Index left = choices.below(5); left > 0; --left)
        r.steps.push_back(step_of(choices, 1 + r.sources.size() + r.steps.size(), r.rows, 0));
    while (r.work() > most_work) r.steps.pop_back();
    const std::size_t values = 1 + r.sources.size() + r.steps.size();
    r.result = values - 1;
    if (choices.below(5) == 1) r.result = static_cast<std::size_t>(choices.below(static_cast<Index>(values)));
    r.bare = choices.below(4) == 1;
    suit(r.options, r.steps);
    return r;
}

FieldRecipe almost(FieldRecipe r, Choices& choices) {
    const FieldRecipe before = r;
    const std::size_t values = 1 + r.sources.size() + r.steps.size();
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(choices.below(static_cast<Index>(n))); };
    const bool nests = std::any_of(r.steps.begin(), r.steps.end(), [](const FieldStep& s) { return s.within; });
    switch (nests && choices.flip() ? 5 : below(7)) {
        case 0: r.result = below(values); break;
        case 1: r.bare = !r.bare; break;
        case 2:
            if (!r.sources.empty()) r.sources[below(r.sources.size())] = static_cast<Source>(below(10));
            break;
        case 3: r.options = options_of(choices); break;
        case 4:
            if (!r.steps.empty()) {
                const std::size_t i = below(r.steps.size());
                r.steps[i] = step_of(choices, 1 + r.sources.size() + i, r.rows, 0);
            }
            break;
        case 5:  // another number, route, method or time within the solve within, or only another option
            for (FieldStep& step : r.steps) {
                if (!step.within) continue;
                const std::shared_ptr<const Inner> other = inner_of(choices, 1 + r.sources.size(), r.rows, 1);
                Inner changed = *step.within;
                if (changed.times < Inner::a_constant) changed.options = other->options;
                suit(changed.options, changed.steps);
                step.within = choices.flip() ? other : std::make_shared<const Inner>(std::move(changed));
            }
            break;
        case 6:
            if (!r.steps.empty()) {
                FieldStep& step = r.steps[below(r.steps.size())];
                step.shared = below(4);
                if (!step.operands.empty()) step.operands[below(step.operands.size())] = 0;
            }
            break;
    }
    suit(r.options, r.steps);
    return r.work() > most_work ? before : r;
}

Numbers::Numbers(const FieldRecipe& r, std::uint64_t seed) : moments(r.moments) {
    Rng rng(seed);
    x = random_like(r.state(), rng);
    for (Tensor* each : {&s, &c, &p, &q}) *each = random_like(Shape{r.width}, rng);
    noise = random_like(Shape{r.rows, r.width}, rng);
    number = rng.uniform(-1, 1);
}

}  // namespace costate::test
