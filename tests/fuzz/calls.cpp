// tests/fuzz/calls.cpp — random sequences of calls on one tape and one model that live long, against the same made afresh
//   the subject      one tape for everything; its model is cloned, saved and loaded, its optimiser written and read; solves
//                    that fail and passes that are cut short leave their traces behind
//   the reference    a model and an optimiser that only ever step and are edited, and a fresh tape for every question
// Whatever is asked of both has the same bits, and after each call so have their parameters.
#include <memory>
#include <stdexcept>

#include "autodiff/workspace.hpp"
#include "nn/mlp.hpp"
#include "ode/neural_ode.hpp"
#include "optim/adam.hpp"
#include "optim/sgd.hpp"
#include "tests/autodiff/laws.hpp"
#include "tests/fuzz/hunter.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

namespace costate::test {

namespace {

using Numbers = std::vector<Tensor>;
const std::vector<double> moments{0, 0.4, 1};

struct Life {
    std::unique_ptr<nn::MLP> model;
    std::unique_ptr<optim::Optimizer> optimiser;

    Life(Index kind, Index hidden, bool time) {
        model = std::make_unique<nn::MLP>(std::vector<Index>{2, hidden, 2}, nn::tanh, Rng{7}, nn::MLPOptions{time});
        make_optimiser(kind);
    }
    void make_optimiser(Index kind) {
        if (kind == 0)
            optimiser =
                std::make_unique<optim::SGD>(model->parameters(), optim::SGDOptions{.lr = 0.1, .momentum = 0.5});
        else
            optimiser = std::make_unique<optim::Adam>(model->parameters(), optim::AdamOptions{.lr = 0.05});
    }
    void edit(Index place, double by) {
        const std::span<const Parameter> all = model->parameters();
        const Parameter& p = all[static_cast<std::size_t>(place) % all.size()];
        p.edit()[place % p.size()] += static_cast<Real>(by);
    }
    Numbers parameters() const {
        Numbers list;
        for (const Parameter& p : model->parameters()) list.push_back(p.value());
        return list;
    }
};

// What is asked of a model: a loss of a solve, and its derivatives.
struct Question {
    Index rows = 1, field = 0, seed = 0;
    ode::SolveOptions options;
    bool time_var = false, second = false;

    explicit Question(Choices& choices) {
        constexpr Index counts[] = {2, 1, 5, 9, 33};
        constexpr int steps[] = {2, 3, 0};
        rows = choices.pick(counts);
        field = choices.below(4);
        seed = choices.below(3);
        options.gradient = static_cast<ode::Gradient>((choices.below(3) + 1) % 3);
        options.method = choices.pick(ode::all_methods);
        options.steps = choices.pick(steps);
        options.rtol = options.atol = choices.flip() ? 1e-3 : 1e-4;
        if (options.steps == 0 && options.method == ode::rk4_classic) options.method = ode::dopri5;
        time_var = choices.below(4) == 1;
        second = choices.below(3) == 1;
    }
    std::string text() const {
        constexpr const char* fields[] = {"the model", "a NeuralODE", "the model times an outer Var",
                                          "a double on top"};
        return std::string(fields[field]) + ", " + std::to_string(rows) + " rows, numbers " + std::to_string(seed) +
               ", " + options.method.name +
               (options.gradient == ode::direct     ? " direct "
                : options.gradient == ode::discrete ? " discrete "
                                                    : " backsolve ") +
               (options.steps > 0 ? std::to_string(options.steps) + " steps" : "rtol " + number_text(options.rtol)) +
               (time_var ? ", times as a Var" : "") + (second ? ", second order" : "");
    }
    Tensor start() const {
        Rng rng(static_cast<std::uint64_t>(100 + seed));
        return random_like(Shape{rows, 2}, rng);
    }
};

struct Recorded {
    Var x, times, z, loss;
};

Recorded recorded(Tape& tape, const nn::MLP& model, const Question& q, Index throws_at = -1) {
    Recorded r;
    r.x = tape.variable(q.start());
    r.times = tape.variable(Tensor::vector(moments));
    const Var outer = tanh(sum(tape.use(model.parameters()[0])));
    const double on_top = 0.1 * double(q.seed);
    const auto solved = [&](const auto& field) {
        return q.time_var ? ode::solve(tape, field, r.x, r.times, q.options)
                          : ode::solve(tape, field, r.x, moments, q.options);
    };
    if (q.field == 1 && !q.time_var && throws_at < 0) {
        r.z = ode::NeuralODE(model, moments, q.options).path(r.x);
    } else {
        r.z = solved([&](Var t, Var z) {
            const Var rate = model(t, z);
            if (throws_at == 0) throw std::runtime_error("thrown by the field");
            --throws_at;
            return q.field == 2 ? rate * outer : q.field == 3 ? rate + on_top : rate;
        });
    }
    r.loss = sum(square(r.z)) + sum(r.z);
    return r;
}

Numbers answers(Tape& tape, const nn::MLP& model, const Question& q, bool twice = false) {
    const Recorded r = recorded(tape, model, q);
    Numbers found{Tensor(tape.view(r.z)), Tensor(tape.view(r.loss))};
    std::vector<Var> leaves{r.x, r.times};
    for (const Parameter& p : model.parameters()) leaves.push_back(tape.use(p));
    Vars bars = grad(r.loss, Vars(leaves));
    if (twice) bars = grad(r.loss, Vars(leaves));
    for (const Var& g : bars) found.push_back(Tensor(tape.view(g)));
    const ode::Statistics& s = ode::statistics(r.z);
    found.push_back(Tensor({6}, {double(s.forward_evaluations), double(s.backward_evaluations), double(s.accepted),
                                 double(s.rejected), double(s.backward_accepted), double(s.backward_rejected)}));
    if (!q.second) return found;
    for (const Var& g : grad(sum(bars[0] * bars[0]), Vars(leaves))) found.push_back(Tensor(tape.view(g)));
    const Var dot = jvp(bars[2], r.x, r.x);
    found.push_back(dot.is_zero() ? Tensor(bars[2].shape()) : Tensor(tape.view(dot)));
    return found;
}

std::string differ(const Numbers& a, const Numbers& b) {
    if (a.size() != b.size()) return "another number of results";
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!(a[i] == b[i]))
            return "result " + std::to_string(i) + " " + to_text(b[i].shape()) + " is off by " +
                   number_text(distance({a[i]}, {b[i]})) + " of " + number_text(norm({b[i]}));
    return "";
}

struct Compiled {
    Question question;
    Program program;
    Workspace workspace;
    std::vector<Shape> shapes;
};

class Session {
public:
    explicit Session(Choices& choices)
        : choices_(choices),
          kind_(choices.below(2)),
          hidden_(choices.flip() ? 16 : 3),
          time_(choices.flip()),
          subject_(kind_, hidden_, time_),
          reference_(kind_, hidden_, time_) {}

    std::string run() {
        for (Index left = choices_.below(12); left >= 0; --left) {
            std::string report = call();
            if (report.empty()) report = differ(subject_.parameters(), reference_.parameters());
            if (!report.empty()) return report + "\nafter" + log_;
        }
        return "";
    }

private:
    void log(const std::string& text) { log_ += "\n  " + text; }

    std::string call() {
        switch (choices_.below(12)) {
            case 0:
                return ask();
            case 1: {
                const Index place = choices_.below(20);
                log("edit entry " + std::to_string(place));
                subject_.edit(place, 0.25);
                reference_.edit(place, 0.25);
                return "";
            }
            case 2:
                return step();
            case 3:
                return clone();
            case 4:
                return save_and_load();
            case 5:
                return throw_in_field();
            case 6:
                return bad_options();
            case 7: {
                const Question q(choices_);
                log("a pass cut short: " + q.text());
                tape_.rewind();
                recorded(tape_, *subject_.model, q);
                return "";
            }
            case 8:
                return two_solves();
            case 9:
                return choices_.flip() ? run_program() : compile_program();
            case 10:
                return edit_within_a_pass();
            default:
                return stale_var();
        }
    }

    std::string against_fresh(const Question& q, const Numbers& found) {
        Tape fresh;
        return differ(found, answers(fresh, *reference_.model, q));
    }

    std::string ask() {
        const Question q(choices_);
        const bool twice = choices_.flip();
        log("ask" + std::string(twice ? ", grad twice: " : ": ") + q.text());
        tape_.rewind();
        return against_fresh(q, answers(tape_, *subject_.model, q, twice));
    }

    std::string step() {
        const Question q(choices_);
        log("step by: " + q.text());
        tape_.rewind();
        Tape fresh;
        const Var mine = recorded(tape_, *subject_.model, q).loss, its = recorded(fresh, *reference_.model, q).loss;
        subject_.optimiser->step(grad(mine, subject_.model->parameters()));
        reference_.optimiser->step(grad(its, reference_.model->parameters()));
        return "";
    }

    std::string clone() {
        log("clone; the old model is edited and goes");
        auto model = std::make_unique<nn::MLP>(nn::clone(*subject_.model));
        TensorFile state;
        subject_.optimiser->write(state, "o.");
        for (Index i = 0; i < 20; ++i) subject_.edit(i, 3);
        subject_.model = std::move(model);
        subject_.make_optimiser(kind_);
        subject_.optimiser->read(state, "o.");
        compiled_.reset();
        return "";
    }

    std::string save_and_load() {
        static const TemporaryFolder folder;
        log("save, edit, load");
        const std::string path = folder / "model.costate";
        subject_.model->save(path);
        for (Index i = 0; i < 5; ++i) subject_.edit(i, 2);
        subject_.model->load(path);
        return "";
    }

    std::string throw_in_field() {
        const Question q(choices_);
        const Index call = choices_.below(3);
        log("a field that throws at call " + std::to_string(call) + ": " + q.text());
        if (choices_.flip()) tape_.rewind();  // or in the middle of a pass
        try {
            recorded(tape_, *subject_.model, q, call);
        } catch (const std::runtime_error&) {
        }
        return "";
    }

    std::string bad_options() {
        Question q(choices_);
        log("an option that makes no sense: " + q.text());
        tape_.rewind();
        q.options.max_steps = -1;
        const std::string text = error_of([&] { recorded(tape_, *subject_.model, q); });
        return contains(text, "max_steps") ? "" : "max_steps = -1 was taken: " + text;
    }

    std::string two_solves() {
        const Question a(choices_), b(choices_);
        log("in one pass: " + a.text() + "\n    and then: " + b.text());
        tape_.rewind();
        const Numbers first = answers(tape_, *subject_.model, a);
        const Numbers second = answers(tape_, *subject_.model, b);
        const std::string report = against_fresh(a, first);
        return report.empty() ? against_fresh(b, second) : "the first: " + report;
    }

    std::string compile_program() {
        Question q(choices_);
        if (q.options.gradient == ode::direct) {  // reads what it chooses steps by, and Vars of times
            q.options.steps = std::max(1, q.options.steps);
            q.time_var = false;
        }
        log("compile: " + q.text());
        tape_.rewind();
        const Recorded r = recorded(tape_, *subject_.model, q);
        std::vector<Var> leaves{r.x}, outputs{r.loss};
        for (const Parameter& p : subject_.model->parameters()) leaves.push_back(tape_.use(p));
        for (const Var& g : grad(r.loss, Vars(leaves))) outputs.push_back(g);
        const Var inputs[] = {r.x, r.times};
        compiled_ = std::make_unique<Compiled>(Compiled{q, compile(tape_, inputs, outputs), {}, {}});
        for (const Var& v : outputs) compiled_->shapes.push_back(v.shape());
        return run_program();
    }

    std::string run_program() {
        if (compiled_ == nullptr) return "";
        Question q = compiled_->question;
        if (q.field != 3) q.seed = choices_.below(3);  // other inputs; there the seed is in the field as well
        log("run the program with numbers " + std::to_string(q.seed));
        Numbers found;
        std::vector<MutableView> out;
        for (const Shape& shape : compiled_->shapes) found.emplace_back(shape);
        for (Tensor& t : found) out.push_back(t.view());
        const Tensor start = q.start();
        const Tensor times = Tensor::vector(moments);
        const View in[] = {start, times};
        costate::run(compiled_->program, compiled_->workspace, in, out);
        Tape fresh;
        const Recorded r = recorded(fresh, *reference_.model, q);
        std::vector<Var> leaves{r.x};
        for (const Parameter& p : reference_.model->parameters()) leaves.push_back(fresh.use(p));
        Numbers right{Tensor(fresh.view(r.loss))};
        for (const Var& g : grad(r.loss, Vars(leaves))) right.push_back(Tensor(fresh.view(g)));
        return differ(found, right);
    }

    std::string edit_within_a_pass() {
        const Question q(choices_);
        log("an edit between the loss and its gradient: " + q.text());
        tape_.rewind();
        const Recorded r = recorded(tape_, *subject_.model, q);
        subject_.edit(0, 0.5);
        reference_.edit(0, 0.5);
        return error_of([&] { grad(r.loss, r.x); }).empty() ? "the gradient did not notice the edit" : "";
    }

    std::string stale_var() {
        const Question q(choices_);
        log("a Var of the pass before: " + q.text());
        tape_.rewind();
        const Recorded r = recorded(tape_, *subject_.model, q);
        tape_.rewind();
        const Var x = tape_.variable(q.start());
        if (error_of([&] { sum(r.x + x); }).empty()) return "a stale Var was added";
        if (error_of([&] { grad(r.loss, x); }).empty()) return "a stale Var was differentiated";
        if (error_of([&] { ode::statistics(r.z); }).empty()) return "a stale Var had statistics";
        return "";
    }

    Choices& choices_;
    Index kind_, hidden_;
    bool time_;
    Life subject_, reference_;
    Tape tape_;
    std::unique_ptr<Compiled> compiled_;
    std::string log_;
};

}  // namespace

std::string hunt_calls(Choices& choices) {
    Session session(choices);
    return session.run();
}

}  // namespace costate::test
