// tests/fuzz/calls.cpp — random sequences of calls on one tape and one model that live long, against the same made afresh
//   the subject      one tape for everything; its model is cloned, saved and loaded, its optimiser written and read; solves
//                    that fail and passes that are cut short leave their traces behind
//   the reference    a model and an optimiser that only ever step and are edited, and a fresh tape for every question
// Whatever is asked of both has the same bits, and after each call so have their parameters.
#include "autodiff/program/workspace.hpp"
#include "tests/fuzz/questions.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

namespace costate::test {

namespace {

bool same_bits(const Tensor& a, const Tensor& b) {  // a model that has been thrown far off may well give nan
    return a.shape() == b.shape() && std::equal(a.entries().begin(), a.entries().end(), b.entries().begin(),
                                                [](Real x, Real y) { return x == y || (x != x && y != y); });
}

std::string differ(const Tensors& a, const Tensors& b) {
    if (a.size() != b.size()) return "another number of results";
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!same_bits(a[i], b[i]))
            return "result " + std::to_string(i) + " " + to_text(b[i].shape()) + " is off by " +
                   number_text(distance({a[i]}, {b[i]})) + " of " + number_text(norm(Tensors{b[i]}));
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
            case 0: return ask();
            case 1: {
                const Index place = choices_.below(20);
                log("edit entry " + std::to_string(place));
                subject_.edit(place, 0.25);
                reference_.edit(place, 0.25);
                return "";
            }
            case 2: return step();
            case 3: return clone();
            case 4: return save_and_load();
            case 5: return throw_in_field();
            case 6: return bad_options();
            case 7: {
                const Question q(choices_);
                log("a pass cut short: " + q.text());
                tape_.rewind();
                posed(tape_, *subject_.model, q);
                return "";
            }
            case 8: return two_solves();
            case 9: return choices_.flip() ? run_program() : compile_program();
            case 10: return edit_within_a_pass();
            default: return stale_var();
        }
    }

    std::string against_fresh(const Question& q, const Tensors& found) {
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
        const Var mine = posed(tape_, *subject_.model, q).loss, its = posed(fresh, *reference_.model, q).loss;
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
            posed(tape_, *subject_.model, q, call);
        } catch (const std::runtime_error&) {
        }
        return "";
    }

    std::string bad_options() {
        Question q(choices_);
        log("an option that makes no sense: " + q.text());
        tape_.rewind();
        q.options.max_steps = -1;
        const std::string text = error_of([&] { posed(tape_, *subject_.model, q); });
        return contains(text, "max_steps") ? "" : "max_steps = -1 was taken: " + text;
    }

    std::string two_solves() {
        const Question a(choices_), b(choices_);
        log("in one pass: " + a.text() + "\n    and then: " + b.text());
        tape_.rewind();
        const Tensors first = answers(tape_, *subject_.model, a);
        const Tensors second = answers(tape_, *subject_.model, b);
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
        const Posed r = posed(tape_, *subject_.model, q);
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
        Tensors found;
        std::vector<MutableView> out;
        for (const Shape& shape : compiled_->shapes) found.emplace_back(shape);
        for (Tensor& t : found) out.push_back(t.view());
        const Tensor start = q.start();
        const Tensor times = Tensor::vector(moments);
        const View in[] = {start, times};
        costate::run(compiled_->program, compiled_->workspace, in, out);
        Tape fresh;
        const Posed r = posed(fresh, *reference_.model, q);
        std::vector<Var> leaves{r.x};
        for (const Parameter& p : reference_.model->parameters()) leaves.push_back(fresh.use(p));
        Tensors right{Tensor(fresh.view(r.loss))};
        for (const Var& g : grad(r.loss, Vars(leaves))) right.push_back(Tensor(fresh.view(g)));
        return differ(found, right);
    }

    std::string edit_within_a_pass() {
        const Question q(choices_);
        log("an edit between the loss and its gradient: " + q.text());
        tape_.rewind();
        const Posed r = posed(tape_, *subject_.model, q);
        subject_.edit(0, 0.5);
        reference_.edit(0, 0.5);
        return error_of([&] { grad(r.loss, r.x); }).empty() ? "the gradient did not notice the edit" : "";
    }

    std::string stale_var() {
        const Question q(choices_);
        log("a Var of the pass before: " + q.text());
        tape_.rewind();
        const Posed r = posed(tape_, *subject_.model, q);
        tape_.rewind();
        const Var x = tape_.variable(q.start());
        if (error_of([&] { sum(r.x + x); }).empty()) return "a stale Var was added";
        if (error_of([&] { grad(r.loss, x); }).empty()) return "a stale Var was differentiated";
        if (error_of([&] { r.solution.statistics(); }).empty()) return "a stale Var had statistics";
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
