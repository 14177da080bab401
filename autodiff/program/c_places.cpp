#include "autodiff/program/c_places.hpp"

#include <algorithm>
#include <utility>

namespace costate::inline COSTATE_PRECISION {

namespace {

struct Used {
    Index first, end;
    std::size_t until;  // the last operation that reads it
};

Index lowest_free(const std::vector<Used>& used, Index from, Index size) {
    const auto in_the_way = [&](const Used& u) { return from < u.end && u.first < from + size; };
    for (auto u = used.begin(); (u = std::ranges::find_if(used, in_the_way)) != used.end();) from = u->end;
    return from;
}

}  // namespace

CPlaces::CPlaces(const Program& program) : p_(program), place_(program.values.size(), 0) {
    for (std::uint32_t v = 0; v < p_.values.size(); ++v)
        if (p_.values[v].home != Program::Home::scratch && !is_given(v))
            place_[v] = std::exchange(end_, end_ + p_.values[v].shape.size());
    const Index kept = end_;
    for (const Phase phase : {Phase::prologue, Phase::forward, Phase::reverse, Phase::sums, Phase::epilogue})
        end_ = std::max(end_, lay_out(phase, kept));
}

bool CPlaces::is_given(std::uint32_t value) const {
    bool given = false;
    p_.each({Port::constant, Port::parameter, Port::stored, Port::time, Port::state, Port::cotangent},
            [&](std::uint32_t of) { given = given || of == value; });
    return given;
}

Index CPlaces::lay_out(Phase phase, Index kept) {
    const auto code = p_.code_of(phase);
    std::vector<std::size_t> last(p_.values.size(), 0);
    for (std::size_t i = 0; i < code.size(); ++i)
        for (const std::uint32_t v : p_.in(code[i])) last[v] = i;
    for (const Program::Total& sum : p_.totals) last[sum.value] = code.size();
    std::vector<Used> used;
    Index top = kept;
    for (std::size_t i = 0; i < code.size(); ++i) {
        std::erase_if(used, [&](const Used& u) { return u.until < i; });
        for (const std::uint32_t v : code[i].results()) {
            if (p_.values[v].home != Program::Home::scratch) continue;
            const Index size = p_.values[v].shape.size();
            place_[v] = lowest_free(used, kept, size);
            used.push_back({place_[v], place_[v] + size, std::max(last[v], i)});
            top = std::max(top, place_[v] + size);
        }
    }
    return top;
}

}  // namespace costate
