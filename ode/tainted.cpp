#include "ode/tainted.hpp"

#include <algorithm>

#include "core/combine.hpp"  // brings: scale_add

namespace costate::ode {
inline namespace COSTATE_PRECISION {

void TaintedStages::prepare(const FieldPlan& plan, Part part, const TaintedContext& context,
                            std::span<const View> captures, int stages, int sets) {
    if (!context.outer)
        fail({.what = "solve: a field that reads values cannot be replayed from a Program",
              .got = "a solve of such a field within a compiled program",
              .expected = "a field whose operations do not depend on numbers that it reads",
              .fix = "branch with where(...)"},
             plan.tainted->where);
    field_ = plan.tainted->field;
    where_ = plan.tainted->where;
    tangents_ = plan.tainted->tangents;
    part_ = part;
    context_ = context;
    captures_.assign(captures.begin(), captures.end());
    shapes_.clear();
    for (const Var& z : plan.source.z) shapes_.push_back(z.shape());
    if (part == Part::adjoint)
        for (const Var& z : plan.source.z) shapes_.push_back(z.shape());
    sum_shapes_.clear();
    for (const Var& c : plan.source.differentiable_captures()) sum_shapes_.push_back(c.shape());
    widths_.clear();
    for (const Shape& shape : shapes_) widths_.push_back(shape.size());
    const std::size_t count = static_cast<std::size_t>(stages);
    while (tapes_.size() < count) tapes_.push_back(std::make_unique<Recording>());
    for (auto* list : {&states_, &rates_, &seeds_, &pulled_}) {
        list->resize(count * shapes_.size());
        for (std::size_t i = 0; i < list->size(); ++i)
            (*list)[i].assign(static_cast<std::size_t>(widths_[i % shapes_.size()]), Real(0));
    }
    stage_sums_.resize(count * sum_shapes_.size());
    sums_.resize(static_cast<std::size_t>(sets) * sum_shapes_.size());
    for (auto* list : {&stage_sums_, &sums_})
        for (std::size_t i = 0; i < list->size(); ++i)
            (*list)[i].assign(static_cast<std::size_t>(sum_shapes_[i % sum_shapes_.size()].size()), Real(0));
}

namespace {

void copy_out(const Recording& r, Var v, std::vector<Real>& to) {
    if (v.is_zero())
        std::fill(to.begin(), to.end(), Real(0));
    else
        std::copy_n(r.tape.view(v).data, to.size(), to.begin());
}

}  // namespace

void TaintedStages::forward(int stage, double t) {
    Recording& r = *tapes_[static_cast<std::size_t>(stage)];
    const std::size_t first = static_cast<std::size_t>(stage) * shapes_.size();
    const auto numbers = [&](std::size_t c) { return View{states_[first + c].data(), shapes_[c]}; };
    record_field(r, *context_.outer, field_, t, numbers(0), where_);
    if (gathered_)
        gather_captures(r, *context_.outer, *gathered_);
    else
        bring_captures(r, *context_.outer, context_.captures, where_);
    std::size_t captures = context_.captures.size(), components = 1;
    for (int i = 0; i < tangents_; ++i) {  // the tangents' numbers: components and captures as the plans list them
        std::vector<View> dots;
        for (std::size_t c = 0; c < components; ++c) dots.push_back(numbers(components + c));
        for (std::size_t c = 0; c < captures; ++c) dots.push_back(captures_[captures + c]);
        append_tangent(r, dots);
        components *= 2;
        captures *= 2;
    }
    if (part_ == Part::adjoint) {
        std::vector<View> a;
        for (std::size_t c = 0; c < components; ++c) a.push_back(numbers(components + c));
        const Pullback pulled = append_pullback(r, true, a);
        for (std::size_t c = 0; c < components; ++c) copy_out(r, pulled.z_bars[c], rates_[first + components + c]);
        keep_sums(stage, pulled.capture_bars);
    }
    for (std::size_t c = 0; c < components; ++c) copy_out(r, r.rates[c], rates_[first + c]);
}

void TaintedStages::reverse(int stage) {
    Recording& r = *tapes_[static_cast<std::size_t>(stage)];
    const std::size_t first = static_cast<std::size_t>(stage) * shapes_.size();
    std::vector<View> w;
    for (std::size_t c = 0; c < shapes_.size(); ++c) w.push_back({seeds_[first + c].data(), shapes_[c]});
    const Pullback pulled = append_pullback(r, false, w);
    for (std::size_t c = 0; c < shapes_.size(); ++c) copy_out(r, pulled.z_bars[c], pulled_[first + c]);
    keep_sums(stage, pulled.capture_bars);
}

void TaintedStages::keep_sums(int stage, const std::vector<Var>& capture_bars) {
    const Recording& r = *tapes_[static_cast<std::size_t>(stage)];
    for (std::size_t i = 0; i < sum_shapes_.size(); ++i)
        copy_out(r, capture_bars[i], stage_sums_[static_cast<std::size_t>(stage) * sum_shapes_.size() + i]);
}

void TaintedStages::accumulate(int first, int stages, const double* weights, int set) {
    for (int stage = first; stage < first + stages; ++stage)
        for (std::size_t i = 0; i < sum_shapes_.size(); ++i) {
            const Numbers& part = stage_sums_[static_cast<std::size_t>(stage) * sum_shapes_.size() + i];
            Numbers& sum = sums_[static_cast<std::size_t>(set) * sum_shapes_.size() + i];
            if (!weights || weights[stage] != 0)
                scale_add(sum.data(), weights ? static_cast<Real>(weights[stage]) : Real(1), part.data(),
                          static_cast<Index>(sum.size()));
        }
}

void TaintedStages::clear(int set) {
    for (std::size_t i = 0; i < sum_shapes_.size(); ++i) {
        Numbers& sum = sums_[static_cast<std::size_t>(set) * sum_shapes_.size() + i];
        std::fill(sum.begin(), sum.end(), Real(0));
    }
}

void TaintedStages::add_set(int from, int to) {
    const std::size_t n = sum_shapes_.size();
    for (std::size_t i = 0; i < n; ++i) {
        Numbers &a = sums_[static_cast<std::size_t>(from) * n + i], &b = sums_[static_cast<std::size_t>(to) * n + i];
        scale_add(b.data(), 1, a.data(), static_cast<Index>(b.size()));
    }
}

View TaintedStages::summed(std::size_t capture) const {
    return {sums_[static_cast<std::size_t>(finished_) * sum_shapes_.size() + capture].data(), sum_shapes_[capture]};
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
