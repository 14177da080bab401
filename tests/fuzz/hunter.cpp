#include "tests/fuzz/hunter.hpp"

#include <algorithm>
#include <exception>

namespace costate::test {

Index Choices::below(Index n) {
    const std::uint32_t limit = static_cast<std::uint32_t>(std::max<Index>(1, n));
    std::uint32_t choice = 0;
    if (!replays_)
        choice = static_cast<std::uint32_t>(rng_.below(static_cast<Index>(limit)));
    else if (made_.size() < script_.size())
        choice = std::min(script_[made_.size()], limit - 1);
    made_.push_back(choice);
    return choice;
}

double Choices::real(double low, double high) { return low + (high - low) * double(below(1024)) / 1024; }

std::string caught(const Hunt& hunt, Choices& choices) {
    try {
        return hunt(choices);
    } catch (const std::exception& error) {
        return std::string("an exception left the hunter:\n") + error.what();
    }
}

std::vector<std::uint32_t> shrunk(const Hunt& hunt, std::vector<std::uint32_t> failing, std::string& report,
                                  int attempts) {
    const auto try_out = [&](const std::vector<std::uint32_t>& candidate) {
        if (attempts-- <= 0) return false;
        Choices choices(candidate);
        const std::string found = caught(hunt, choices);
        if (found.empty()) return false;
        std::vector<std::uint32_t> made = choices.made();  // what was asked for: a rest that nobody read is gone
        while (!made.empty() && made.back() == 0) made.pop_back();
        if (made.size() > failing.size() || (made.size() == failing.size() && !(made < failing))) return false;
        failing = made;
        report = found;
        return true;
    };
    bool better = true;
    while (better && attempts > 0) {
        better = false;
        for (std::size_t chunk = std::max<std::size_t>(1, failing.size() / 2); chunk > 0; chunk /= 2)
            for (std::size_t at = 0; at + chunk <= failing.size();) {  // without a piece
                std::vector<std::uint32_t> candidate = failing;
                candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(at),
                                candidate.begin() + static_cast<std::ptrdiff_t>(at + chunk));
                if (try_out(candidate))
                    better = true;
                else
                    at += chunk;
            }
        for (std::size_t at = 0; at < failing.size(); ++at)  // a choice lower, in halves
            for (std::uint32_t step = failing[at]; step > 0 && at < failing.size();) {
                std::vector<std::uint32_t> candidate = failing;
                candidate[at] -= std::min(step, candidate[at]);
                if (candidate[at] < failing[at] && try_out(candidate))
                    better = true;
                else
                    step /= 2;
            }
    }
    return failing;
}

}  // namespace costate::test
