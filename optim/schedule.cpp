#include "optim/schedule.hpp"

#include "core/elementary.hpp"  // brings: cos with the same bits everywhere

namespace costate::optim {

double Cosine::operator()(std::uint64_t step, Where at) const {
    if (warmup >= steps)
        fail({.what = "Cosine: the warm-up fills the whole run",
              .got = "warmup = " + std::to_string(warmup) + ", steps = " + std::to_string(steps),
              .expected = "warmup < steps"},
             at);
    if (step <= warmup) return peak * (static_cast<double>(step + 1) / static_cast<double>(warmup + 1));
    if (step >= steps) return end;
    constexpr double pi = 3.141592653589793;
    const double progress = static_cast<double>(step - warmup) / static_cast<double>(steps - warmup);
    return end + (peak - end) * (1 + elementary::cos(pi * progress)) / 2;
}

}  // namespace costate::optim
