// autodiff/program/phases.cpp — the fourth step: which phase computes what, what it keeps, and where sums are accumulated
// An operation belongs to the first part that needs its result. What one phase computes and a later one reads is kept in
// a slot for each stage. A sum over rows is accumulated where it is formed, and what follows it moves to the epilogue:
// once a run instead of once a stage. That is right because derivatives are linear in their cotangent; where something
// that changes from stage to stage comes in after the sum (a parameter times t), the results are accumulated instead.
#include <algorithm>
#include <vector>

#include "autodiff/program/compiling.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

class Phases {
public:
    explicit Phases(Program& program) : p_(program) {}

    void run() {
        find_needs();
        for (Program::Instruction& c : p_.code) c.phase = varies(c.first_out) ? needed(c) : Phase::prologue;
        if (!accumulate_at_the_sums()) accumulate_at_the_results();
        for (const Program::Instruction& c : p_.code)
            for (std::uint32_t v : c.results()) p_.values[v].phase = c.phase;
        give_homes();
        find_merging();
        sort_by_phase(p_);
    }

private:
    void find_needs() {
        needed_.assign(p_.values.size(), Phase::sums);
        p_.each({Port::reverse}, [this](std::uint32_t v) { needed_[v] = Phase::reverse; });
        p_.each({Port::forward}, [this](std::uint32_t v) { needed_[v] = Phase::forward; });
        for (std::size_t i = p_.code.size(); i-- > 0;)
            for (std::uint32_t v : p_.in(p_.code[i])) needed_[v] = std::min(needed_[v], needed(p_.code[i]));
    }

    Phase needed(const Program::Instruction& c) const {
        Phase part = Phase::sums;
        for (std::uint32_t v : c.results()) part = std::min(part, needed_[v]);
        return part;
    }

    // False, with nothing changed for good, where a value of a stage meets a finished sum.
    bool accumulate_at_the_sums() {
        if (!p_.tileable) return false;
        std::vector<std::uint8_t> finished(p_.values.size(), false);
        for (Program::Instruction& c : p_.code) {
            if (c.phase != Phase::sums) continue;
            bool after_sum = false, beside_stage = false;
            for (std::uint32_t v : p_.in(c)) {
                after_sum = after_sum || finished[v];
                beside_stage = beside_stage || (varies(v) && !finished[v]);
            }
            if (after_sum && beside_stage && !operator_of(c.op).shape_only) return false;
            if (after_sum) {
                c.phase = Phase::epilogue;
            } else if (p_.values[c.first_out].rows == Rows::row_sum) {
                if (!operator_of(c.op).eval_sum) return false;
                c.accumulates = true;
                p_.values[c.first_out].home = Program::Home::sum;
            }
            finished[c.first_out] = after_sum || c.accumulates;
        }
        for (std::uint32_t& v : p_.at(Port::summed))  // a result that is rows: added up row by row
            if (v != Program::none && !finished[v]) add_total(v);
        return true;
    }

    void accumulate_at_the_results() {
        for (Program::Instruction& c : p_.code) {
            c.accumulates = false;
            if (c.phase == Phase::epilogue) c.phase = Phase::sums;
            for (std::uint32_t v : c.results()) p_.values[v].home = Program::Home::scratch;
        }
        for (std::uint32_t& v : p_.at(Port::summed))
            if (v != Program::none) add_total(v);
    }

    // A result that no stage changes counts once for each stage as well. Where nothing varies, there are no stages.
    void add_total(std::uint32_t& result) {
        if (p_.at(Port::time).empty() && p_.at(Port::state).empty() && p_.at(Port::cotangent).empty()) return;
        Program::Value sum = p_.values[result];
        sum.home = Program::Home::sum;
        sum.varies = true;
        p_.values.push_back(sum);
        const std::uint32_t total = static_cast<std::uint32_t>(p_.values.size() - 1);
        p_.totals.push_back({result, total});
        result = total;
    }

    void give_homes() {
        using Home = Program::Home;
        p_.each({Port::constant, Port::parameter, Port::stored},
                [this](std::uint32_t v) { p_.values[v].home = Home::once; });
        p_.each({Port::time, Port::state, Port::cotangent, Port::forward, Port::reverse}, [this](std::uint32_t v) {
            p_.values[v].home = Home::slot;
            p_.values[v].per_stage = true;
        });
        p_.each({Port::cotangent}, [this](std::uint32_t v) { p_.values[v].phase = Phase::reverse; });
        for (const Program::Instruction& c : p_.code) {
            if (c.phase == Phase::prologue || c.phase == Phase::epilogue)
                for (std::uint32_t v : c.results())
                    if (p_.values[v].home == Home::scratch) p_.values[v].home = Home::once;
            for (std::uint32_t v : p_.in(c)) read(v, c.phase);
        }
        p_.each({Port::forward, Port::reverse, Port::summed}, [this](std::uint32_t v) { p_.values[v].read = true; });
        for (const Program::Total& s : p_.totals) read(s.value, Phase::sums);
    }

    void read(std::uint32_t value, Phase reader) {  // what another phase has made is kept for it
        Program::Value& v = p_.values[value];
        v.read = true;
        if (v.home == Program::Home::scratch && v.phase != reader) v.home = Program::Home::slot;
    }

    // Rows of all stages can be summed as more rows, unless an operation reads what all rows of one stage share.
    void find_merging() {
        p_.merges_stages = p_.tileable && p_.totals.empty();
        for (const Program::Instruction& c : p_.code) {
            if (c.phase != Phase::sums || operator_of(c.op).shape_only) continue;
            for (bool sliced : p_.sliced_in(c)) p_.merges_stages = p_.merges_stages && !sliced;
            for (std::uint32_t v : p_.in(c))
                if (varies(v) && p_.values[v].rows != Rows::row) p_.merges_stages = false;
        }
    }

    bool varies(std::uint32_t value) const { return p_.values[value].varies; }

    Program& p_;
    std::vector<Phase> needed_;  // the first part that needs a value
};

}  // namespace

void sort_by_phase(Program& p) {
    std::vector<Program::Instruction> sorted;
    sorted.reserve(p.code.size());
    for (std::size_t k = 0; k < phase_count; ++k) {
        p.phase_begin[k] = static_cast<std::uint32_t>(sorted.size());
        for (const Program::Instruction& c : p.code)
            if (static_cast<std::size_t>(c.phase) == k) sorted.push_back(c);
    }
    p.phase_begin[phase_count] = static_cast<std::uint32_t>(sorted.size());
    p.code = std::move(sorted);
}

void cut_phases(Program& program) { Phases(program).run(); }

}  // namespace costate
