#include "autodiff/program/c_places.hpp"

#include <algorithm>
#include <utility>

#include "autodiff/tape/registry.hpp"  // brings: operator_of

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

CPlaces::CPlaces(const Program& program, const std::vector<std::uint8_t>& given, Index stages, bool merged)
    : p_(program),
      given_(given),
      read_later_(program.values.size(), false),
      stages_(stages),
      merged_(merged),
      place_(program.values.size(), 0) {
    for (const Program::Instruction& c : p_.code)
        for (const std::uint32_t v : p_.in(c)) read_later_[v] = read_later_[v] || p_.values[v].phase != c.phase;
    p_.each({Port::forward, Port::reverse, Port::summed}, [&](std::uint32_t v) { read_later_[v] = true; });
    for (const Program::Total& sum : p_.totals) read_later_[sum.value] = true;
    for (std::uint32_t v = 0; v < p_.values.size(); ++v)
        if (!given_[v] && !stays_inside(v)) place_[v] = std::exchange(end_, end_ + size(v, Phase::forward));
    const Index kept = end_;
    for (const Phase phase : {Phase::prologue, Phase::forward, Phase::reverse, Phase::sums, Phase::epilogue})
        end_ = std::max(end_, lay_out(phase, kept));
}

bool CPlaces::stays_inside(std::uint32_t value) const {
    const Program::Value& v = p_.values[value];
    return v.home == Program::Home::scratch || (v.home == Program::Home::once && !read_later_[value]);
}

Index CPlaces::size(std::uint32_t value, Phase phase) const {
    const Program::Value& v = p_.values[value];
    const bool of_all = merged_ && phase == Phase::sums && v.rows == Rows::row;
    return v.shape.size() * (v.home == Program::Home::slot || of_all ? stages_ : 1);
}

Index CPlaces::lay_out(Phase phase, Index kept) {
    const auto code = p_.code_of(phase);
    std::vector<std::size_t> last(p_.values.size(), 0);
    for (std::size_t i = 0; i < code.size(); ++i) {
        const auto in = p_.in(code[i]);
        const auto reads = operator_of(code[i].op).reads_in_c;
        for (std::size_t k = 0; k < in.size(); ++k)
            if (!reads || reads(k, in.size())) last[in[k]] = i;
    }
    for (const Program::Total& sum : p_.totals) last[sum.value] = code.size();
    std::vector<Used> used;
    Index top = kept;
    for (std::size_t i = 0; i < code.size(); ++i) {
        std::erase_if(used, [&](const Used& u) { return u.until < i; });
        for (const std::uint32_t v : code[i].results()) {
            if (given_[v] || !stays_inside(v)) continue;
            const Index count = size(v, phase);
            place_[v] = lowest_free(used, kept, count);
            used.push_back({place_[v], place_[v] + count, std::max(last[v], i)});
            top = std::max(top, place_[v] + count);
        }
    }
    return top;
}

}  // namespace costate
