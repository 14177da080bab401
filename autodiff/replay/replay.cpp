#include "autodiff/replay/replay.hpp"

#include <algorithm>

namespace costate::inline COSTATE_PRECISION {

namespace {

// No operation of a table has a plan or keeps an object: it is told of none. What is empty needs no destructor, which would
// link operator delete.
template <class T>
union Empty {
    Empty() : it() {}
    ~Empty() {}
    T it;
};

}  // namespace

Replay::Replay(const Tables& tables, std::span<Real> memory, Where at) : tables_(tables), m_(memory.data()) {
    if (memory.size() < static_cast<std::size_t>(tables.numbers))
        fail(at, {.what = "replay: the memory that was handed in is too small",
                  .got = text(memory.size(), " numbers"),
                  .expected = text(tables.numbers),
                  .fix = "static Real memory[law.numbers];"});
}

Real* Replay::to(const Tables::Place& place, int stage) const {
    return m_ + place.at + (place.of_stage ? stage * tables_.shapes[place.shape].size() : 0);
}

View Replay::view(const Tables::Place& place, int stage) const {
    const Shape& shape = tables_.shapes[place.shape];
    if (place.at == Tables::nowhere) return {nullptr, shape};
    if (place.in == Tables::In::m) return {to(place, stage), shape};
    return {(place.in == Tables::In::p ? p_ : tables_.stored.data()) + place.at, shape};
}

void Replay::run(const Real* p) {
    begin(p);
    for (const Phase phase : {Phase::forward, Phase::reverse}) run(phase, 0);
    sums();
    end();
}

void Replay::begin(const Real* p) {
    p_ = p;
    run(Phase::prologue, 0);
    clear();
}

// A chain over rows starts from 0; what is added up as it is starts from −0, for −0 + x is x, be it −0 as well.
void Replay::clear() {
    for (const Tables::Place& sum : tables_.sums) std::fill_n(to(sum, 0), tables_.shapes[sum.shape].size(), Real(0));
    for (const Tables::Total& t : tables_.totals)
        std::fill_n(to(t.total, 0), tables_.shapes[t.total.shape].size(), -Real(0));
}

void Replay::sums(int stages) {
    for (int stage = 0; stage < (tables_.sums_at_once ? 1 : stages); ++stage) {
        run(Phase::sums, stage);
        for (const Tables::Total& t : tables_.totals) {
            const View term = view(t.value, stage);
            Real* sum = to(t.total, 0);
            for (Index j = 0; j < term.size(); ++j) sum[j] += term.data[j];
        }
    }
}

void Replay::run(Phase phase, int stage) {
    std::array<View, few_operands> in;
    for (const Tables::Operation& o : tables_.code_of(phase)) {
        const Tables::Place* place = &tables_.places[o.first];
        if (!o.evaluator) {
            const Tables::Task& task = tables_.tasks[o.attributes];
            task.run(task.task, *this, place, place + o.n_in);
        } else if (o.n_in <= few_operands) {
            evaluate(o, place, stage, in.data());
        } else {
            evaluate_many(o, place, stage);
        }
    }
}

void Replay::evaluate_many(const Tables::Operation& o, const Tables::Place* place, int stage) {
    std::array<View, Tables::most_operands> in;
    evaluate(o, place, stage, in.data());
}

void Replay::evaluate(const Tables::Operation& o, const Tables::Place* place, int stage, View* in) {
    Empty<Plans> plans;
    Empty<Objects> objects;
    Empty<Memory> memory;
    const Evaluation evaluation{plans.it, objects.it, memory.it};
    for (std::size_t k = 0; k < o.n_in; ++k) in[k] = view(*place++, stage);
    const MutableView out{to(*place, stage), tables_.shapes[place->shape]};
    const Attributes& attributes = tables_.attributes[o.attributes];
    const std::span<const View> operands(in, o.n_in);
    if (o.accumulates)
        o.evaluator->eval_sum(attributes, operands, out, Into::extend, nullptr);
    else
        o.evaluator->eval(attributes, operands, std::span(&out, 1), evaluation);
}

}  // namespace costate
