// autodiff/program/phases.cpp — the third pass: which phase computes what, what it keeps, and where sums are accumulated
// An operation belongs to the first part that needs its result. What one phase computes and a later one reads is kept in
// a slot for each stage. A sum over rows is accumulated where it is formed, and what follows it moves to the epilogue:
// once a run instead of once a stage. That is right because derivatives are linear in their cotangent; where something
// that changes from stage to stage comes in after the sum (a parameter times t), the results are accumulated instead.
#include <algorithm>
#include <vector>

#include "autodiff/program/passes.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

class Cut {
public:
    explicit Cut(Program& program) : p_(program) {}

    void run() {
        find_needs();
        for (Program::Code& c : p_.code) c.phase = part_of(c);
        if (!accumulate_at_the_sums()) accumulate_at_the_results();
        for (const Program::Code& c : p_.code)
            for (std::uint32_t o = 0; o < c.n_out; ++o) p_.values[c.first_out + o].phase = c.phase;
        place_values();
        find_merging();
        sort_code();
    }

private:
    void find_needs() {
        needed_.assign(p_.values.size(), Phase::sums);
        const auto need = [this](const std::vector<std::uint32_t>& list, Phase part) {
            for (std::uint32_t v : list)
                if (v != Program::none) needed_[v] = std::min(needed_[v], part);
        };
        need(p_.forward, Phase::forward);
        need(p_.reverse, Phase::reverse);
        for (std::size_t i = p_.code.size(); i-- > 0;) {
            const Program::Code& c = p_.code[i];
            Phase part = Phase::sums;
            for (std::uint32_t o = 0; o < c.n_out; ++o) part = std::min(part, needed_[c.first_out + o]);
            for (std::uint32_t v : p_.in(c)) needed_[v] = std::min(needed_[v], part);
        }
    }

    Phase part_of(const Program::Code& c) const {
        if (!varies(c.first_out)) return Phase::prologue;
        Phase part = Phase::sums;
        for (std::uint32_t o = 0; o < c.n_out; ++o) part = std::min(part, needed_[c.first_out + o]);
        return part;
    }

    // False, with nothing changed for good, where a value of a stage meets a finished sum.
    bool accumulate_at_the_sums() {
        if (!p_.tileable) return false;
        std::vector<bool> finished(p_.values.size(), false);
        for (Program::Code& c : p_.code) {
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
        for (std::uint32_t& v : p_.summed)  // a result that is rows: added up row by row
            if (v != Program::none && !finished[v]) add_total(v);
        return true;
    }

    void accumulate_at_the_results() {
        for (Program::Code& c : p_.code) {
            c.accumulates = false;
            if (c.phase == Phase::epilogue) c.phase = Phase::sums;
            for (std::uint32_t o = 0; o < c.n_out; ++o) p_.values[c.first_out + o].home = Program::Home::scratch;
        }
        for (std::uint32_t& v : p_.summed)
            if (v != Program::none) add_total(v);
    }

    // A result that no stage changes counts once for each stage as well. Where nothing varies, there are no stages.
    void add_total(std::uint32_t& result) {
        if (p_.times.empty() && p_.states.empty() && p_.seeds.empty()) return;
        Program::Value sum = p_.values[result];
        sum.home = Program::Home::sum;
        sum.varies = true;
        p_.values.push_back(sum);
        const std::uint32_t total = static_cast<std::uint32_t>(p_.values.size() - 1);
        p_.sums.push_back({result, total});
        result = total;
    }

    void place_values() {
        using Home = Program::Home;
        for (const auto* list : {&p_.constants, &p_.parameter_values, &p_.stored_values})
            for (std::uint32_t v : *list) p_.values[v].home = Home::once;
        for (const auto* list : {&p_.times, &p_.states, &p_.seeds, &p_.forward, &p_.reverse})
            for (std::uint32_t v : *list)
                if (v != Program::none) {
                    p_.values[v].home = Home::slot;
                    p_.values[v].per_stage = true;
                }
        for (const Program::Code& c : p_.code) {
            for (std::uint32_t o = 0; o < c.n_out; ++o) {
                Program::Value& v = p_.values[c.first_out + o];
                if (v.home == Home::scratch && (c.phase == Phase::prologue || c.phase == Phase::epilogue))
                    v.home = Home::once;
            }
            for (std::uint32_t i : p_.in(c)) {
                keep_for(c, p_.values[i]);
                p_.values[i].read = true;
            }
        }
        for (const auto* list : {&p_.forward, &p_.reverse, &p_.summed})
            for (std::uint32_t v : *list)
                if (v != Program::none) p_.values[v].read = true;
        for (const Program::Sum& s : p_.sums) {
            p_.values[s.value].read = true;
            if (p_.values[s.value].home == Home::scratch && p_.values[s.value].phase != Phase::sums)
                p_.values[s.value].home = Home::slot;
        }
    }

    static void keep_for(const Program::Code& reader, Program::Value& v) {
        if (v.home == Program::Home::scratch && v.phase != reader.phase) v.home = Program::Home::slot;
    }

    // Rows of all stages can be summed as more rows, unless an operation reads what all rows of one stage share.
    void find_merging() {
        p_.merges_stages = p_.tileable && p_.sums.empty();
        for (const Program::Code& c : p_.code) {
            if (c.phase != Phase::sums || operator_of(c.op).shape_only) continue;
            for (bool sliced : p_.sliced_in(c)) p_.merges_stages = p_.merges_stages && !sliced;
            for (std::uint32_t v : p_.in(c))
                if (varies(v) && p_.values[v].rows != Rows::row) p_.merges_stages = false;
        }
    }

    void sort_code() {
        std::stable_sort(p_.code.begin(), p_.code.end(),
                         [](const Program::Code& a, const Program::Code& b) { return a.phase < b.phase; });
        for (int phase = 0; phase <= phase_count; ++phase)
            p_.phase_begin[static_cast<std::size_t>(phase)] = static_cast<std::uint32_t>(
                std::count_if(p_.code.begin(), p_.code.end(),
                              [phase](const Program::Code& c) { return static_cast<int>(c.phase) < phase; }));
    }

    bool varies(std::uint32_t value) const { return p_.values[value].varies; }

    Program& p_;
    std::vector<Phase> needed_;  // the first part that needs a value
};

}  // namespace

void cut_phases(Program& program) { Cut(program).run(); }

}  // namespace costate
