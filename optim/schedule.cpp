#include "optim/schedule.hpp"

#include "core/elementary/elementary.hpp"  // brings: cos and pow with the same bits everywhere

namespace costate::optim {

namespace {

// Half a cosine: from `a` at progress 0 to `b` at 1.
Number half_cosine(Number a, Number b, Number progress) {
    constexpr Number pi = 3.141592653589793;
    return b + (a - b) * (1 + elementary::cos(pi * progress)) / 2;
}

}  // namespace

Number Cosine::operator()(std::uint64_t step, Where at) const {
    if (warmup >= steps)
        fail(at, {.what = "Cosine: the warm-up fills the whole run",
                  .got = text("warmup = ", warmup, ", steps = ", steps),
                  .expected = "warmup < steps"});
    if (step <= warmup) return peak * (static_cast<Number>(step + 1) / static_cast<Number>(warmup + 1));
    if (step >= steps) return end;
    return half_cosine(peak, end, static_cast<Number>(step - warmup) / static_cast<Number>(steps - warmup));
}

Number StepDecay::operator()(std::uint64_t step, Where at) const {
    if (every == 0)
        fail(at, {.what = "StepDecay: it would never hold still", .got = "every = 0", .expected = "every ≥ 1"});
    const std::uint64_t drops = step / every;
    return start * elementary::pow(factor, static_cast<Number>(drops));
}

Number ExponentialDecay::operator()(std::uint64_t step) const {
    return start * elementary::pow(factor, static_cast<Number>(step));
}

Number OneCycle::operator()(std::uint64_t step, Where at) const {
    const Number end = static_cast<Number>(steps) - 1, top = rise * static_cast<Number>(steps) - 1;
    if (!(top > 0 && top < end))
        fail(at, {.what = "OneCycle: there is no way up, or none down",
                  .got = text("rise = ", rise, " of steps = ", steps),
                  .expected = "1 < rise · steps < steps"});
    const Number n = static_cast<Number>(step);
    if (n >= end) return last * peak;
    return n <= top ? half_cosine(first * peak, peak, n / top)
                    : half_cosine(peak, last * peak, (n - top) / (end - top));
}

}  // namespace costate::optim
