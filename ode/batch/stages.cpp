#include "ode/batch/stages.hpp"

#include <algorithm>
#include <numeric>

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

constexpr Index tile_bytes = 1 << 20;  // what a part's stages may keep: about one core's second-level cache

// Whole ranges of rows: for each part as many as fit.
Index tile_for(Index rows, Index bytes_per_row, int parts) {
    const Index length = range_length(rows);
    const Index ranges = std::max<Index>(1, tile_bytes / std::max<Index>(1, bytes_per_row * length));
    return std::min(rows, parts * ranges * length);
}

// At most: all steps only where they are known. Stages alone where one thread has the memory: a solver's, a curve's that a step
// reads or writes; or where who walks hands out nothing else.
PartTakes most_taken(const SolvePlan& plan) {
    const SolveOptions& o = plan.options;
    const bool one_memory = o.method.implicit() || o.method.paired() || o.gradient.keeps_curve;
    const bool own_walk =
        o.rows != joint || o.takes_turns() || o.gradient.solve ||
        (plan.computes == FieldProgram::reverse && o.gradient.few) ||
        (plan.computes == FieldProgram::adjoint && o.parameter_quadrature == ParameterQuadrature::gauss);
    if (small_machine || one_memory || own_walk) return PartTakes::stages;
    return o.gradient.few ? PartTakes::attempts : PartTakes::all_steps;  // those few are kept in the steps' order
}

// What that is in stages that are handed over one by one. A thread that sleeps between solves is slower to ask than one that
// waits for the next stage, or the next step; how many steps a solve chose whose steps are taken is not known here.
Number stages_alone(const SolvePlan& plan, int steps) {
    constexpr Number slower = 8;
    return std::max<Number>(1, Number(plan.options.method.stages) * steps / slower);
}
Number stages_alone(const SolvePlan& plan) {
    constexpr int few = 8;
    const SolveOptions& o = plan.options;
    const PartTakes most = most_taken(plan);
    if (most == PartTakes::stages || !plan.directions.empty()) return 1;
    const bool known = o.known_steps() || plan.computes == FieldProgram::reverse;
    if (!known || most == PartTakes::attempts || !o.step_t.is_empty() || !o.jump_t.is_empty())
        return std::max<Number>(1, Number(0.5) * o.method.stages);
    return stages_alone(plan, o.steps > 0 ? o.steps : few);
}

Workspace::Size size_for(const SolvePlan& plan, int sets, int steps) {
    const Program& program = *plan.program;
    const bool joint_rows = plan.options.rows == joint;
    Workspace::Size size{.rows = program.recorded_rows(),
                         .tile = program.recorded_rows(),
                         .stages = plan.options.method.dense_stages,
                         .steps = steps,
                         .sets = sets};
    size.tile_by_tile =
        joint_rows && plan.computes == FieldProgram::reverse && steps == 1 && !plan.options.takes_turns();
    if (!program.tileable || (steps == 1 && !plan.options.tiles)) return size;
    if constexpr (!small_machine) {
        size.parts = Workspace::parts_for(program, size.rows, stages_alone(plan));
        size.in_turn = Workspace::parts_for(program, size.rows) == 1;
    }
    if (steps > 1) return size;  // of all rows at once
    const Index each = Workspace::bytes_per_row(program, size.stages, false);
    // A range whose stages do not fit together keeps one stage at a time, where the sums can be made at once.
    size.one_slot =
        joint_rows && plan.computes == FieldProgram::adjoint && each * range_length(size.rows) > 2 * tile_bytes;
    size.tile =
        tile_for(size.rows, size.one_slot ? Workspace::bytes_per_row(program, size.stages, true) : each, size.parts);
    return size;
}

}  // namespace

Number Stages::steps_within(const SolvePlan& plan, Number bytes) {
    return costate::steps_within(*plan.program, size_for(plan, 1, 2), bytes);
}

bool Stages::pays_alone(const SolvePlan& plan, int steps) const {
    return !small_machine && workspace().size().parts > 1 &&
           Workspace::parts_for(*plan.program, rows(), stages_alone(plan, steps)) > 1;
}

void Stages::prepare(const SolvePlan& plan, std::span<const View> captures, int sets, int steps) {
    const Program& program = *plan.program;
    const Workspace::Size size = size_for(plan, sets, steps);
    shapes_.read(plan);
    workspace().prepare(program, size);
    workspace().to_step(step_ = 0);
    most_ = shapes_.tileable ? workspace().size().tile : 1;
    part_takes_ = workspace().size().parts > 1 ? most_taken(plan) : PartTakes::stages;
    for (std::size_t i = 0; i < captures.size(); ++i) workspace().bind(i, captures[i]);
    workspace().prologue();
    places_.resize(size.stages);
    std::iota(places_.begin(), places_.end(), 0);
    if (steps > 1) {  // the last stage's is the next step's first: behind those of dense output
        const int last = plan.options.method.last;
        for (int i = last + 1; i < size.stages; ++i) --places_[i];
        places_[last] = size.stages - 1;
    }
    row_ = -1;
}

void Stages::Shapes::read(const SolvePlan& plan) {
    const Program& program = *plan.program;
    tileable = program.tileable;
    rows = tileable ? program.recorded_rows() : 1;
    widths.clear();
    for (std::uint32_t v : program.at(Port::state))
        widths.push_back(tileable ? program.values[v].shape.row_size() : program.values[v].shape.size());
    if (plan.options.rows == independent) widths.pop_back();  // the last of the states is t, one for each row
    offsets.clear();
    row_width = 0;
    for (const Index width : widths) {
        offsets.push_back(rows * row_width);
        row_width += width;
    }
}

void Stages::begin_tile(Index first, Index rows) {
    if (first == row_ && rows == tile_rows_) return;
    if (shapes_.tileable) workspace().begin_tile(first, rows);
    row_ = first;
    tile_rows_ = rows;
    find_places();
}

// Where the tile's numbers lie; a part's rows begin within it.
void Stages::find_places() {
    for (std::vector<Real*>* list : {&states_, &rates_, &cotangents_, &z_bars_}) list->clear();
    const Index within = is_part() ? workspace().first_of(part_) : 0;
    for (std::size_t c = 0; c < components(); ++c)
        for (const int place : places_) {
            states_.push_back(workspace().state(c, place) + within * width(c));
            rates_.push_back(workspace().forward_result(c, place) + within * width(c));
            if (!workspace().has_cotangents()) continue;
            cotangents_.push_back(workspace().cotangent(c, place) + within * width(c));
            z_bars_.push_back(workspace().reverse_result(c, place) + within * width(c));
        }
}

void Stages::begin_parts() {
    while (parts_.size() < static_cast<std::size_t>(parts())) parts_.push_back(std::make_unique<Stages>());
    for (int k = 0; k < parts(); ++k) {
        Stages& part = *parts_[static_cast<std::size_t>(k)];
        part.whole_ = this;
        part.part_ = k;
        part.step_ = step_;
        part.shapes_ = shapes_;
        part.row_ = row_ + workspace().first_of(k);
        part.most_ = part.tile_rows_ = workspace().rows_of(k);
        part.places_ = places_;
        part.find_places();
    }
}

void Stages::forward_alone(int stage, Number t) {
    const Workspace::Alone here{part_, step_};
    *workspace().time(0, place(stage), here) = static_cast<Real>(t);
    workspace().forward(place(stage), here);
}

void Stages::finish_into(std::span<const MutableView> sums, int set) {
    finish(set);
    for (std::size_t i = 0; i < sums.size(); ++i) std::copy_n(summed(i).data, sums[i].size(), sums[i].data);
}

void Stages::add_into(std::span<const MutableView> sums, int set) {
    finish(set);
    for (std::size_t i = 0; i < sums.size(); ++i) scale_add(sums[i].data, 1, summed(i).data, sums[i].size());
}

void Stages::swap(int i, int j) {
    std::swap(places_[i], places_[j]);
    for (std::size_t c = 0; c < components(); ++c) {
        std::swap(states_[at(c, i)], states_[at(c, j)]);
        std::swap(rates_[at(c, i)], rates_[at(c, j)]);
        if (cotangents_.empty()) continue;
        std::swap(cotangents_[at(c, i)], cotangents_[at(c, j)]);
        std::swap(z_bars_[at(c, i)], z_bars_[at(c, j)]);
    }
}

void Stages::to_step(int n) {
    for (std::size_t c = 0; c < components(); ++c) {
        const Index state = workspace().state(c, 1) - workspace().state(c, 0),
                    rate = workspace().forward_result(c, 1) - workspace().forward_result(c, 0);
        const Index by = static_cast<Index>(n - step_) * static_cast<Index>(places_.size() - 1);
        for (int i = 0; i < static_cast<int>(places_.size()); ++i) {
            states_[at(c, i)] += by * state;
            rates_[at(c, i)] += by * rate;
        }
    }
    step_ = n;
    if (!is_part()) workspace().to_step(n);
}

void Stages::to_next_step(int last_stage) {
    if (const int next = step_ + 1; next < steps())
        to_step(next);
    else
        swap(0, last_stage);
}

void Stages::accumulate(int first, int end, const Number* weights, int set) {
    Number by_place[most_stages] = {};
    for (int i = first; i < end && weights; ++i) by_place[place(i)] = weights[i];
    for (int i = first, next; i < end; i = next) {  // those that lie side by side at once
        for (next = i + 1; next < end && place(next) == place(next - 1) + 1;) ++next;
        if (is_part())
            workspace().accumulate(place(i), next - i, weights ? by_place : nullptr, set, {part_, step_});
        else
            workspace().accumulate(place(i), next - i, weights ? by_place : nullptr, set);
    }
}

}  // namespace costate::ode
