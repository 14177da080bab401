#include "ode/models/shooting.hpp"

#include <algorithm>
#include <cmath>

#include "autodiff/operators/elementwise.hpp"  // brings: +, −, *
#include "autodiff/operators/shaping.hpp"      // brings: stack, slice, gather, reshape
#include "nn/batches.hpp"                      // brings: take_rows

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

// Are all intervals equal, but for the rounding of times that were computed or printed?
bool equally_spaced(const std::vector<Number>& t) {
    const Number gap = (t.back() - t.front()) / static_cast<Number>(t.size() - 1);
    for (std::size_t i = 0; i < t.size(); ++i)
        if (!(std::abs(t[i] - (t.front() + static_cast<Number>(i) * gap)) <= 1e-6 * std::abs(gap))) return false;
    return true;
}

void check(const std::vector<Number>& t, View data, Index length, Index stride, Where at) {
    const Index count = t.size();
    if (data.shape.rank() < 2 || data.shape[0] != count)
        fail(at, {.what = "segments: not one row of data for each time",
                  .got = text(count, " times, data ", data.shape),
                  .expected = "data [T,D] at T times, or [T,N,D] for N orbits",
                  .fix = data.shape.rank() == 1 ? "reshaped({T, 1}) for one number at a time" : ""});
    if (length < 1 || length >= count || stride < 0 || stride > length)
        fail(at, {.what = "segments: they cannot be cut so",
                  .got = text("length = ", length, ", stride = ", stride, " of ", count, " times"),
                  .expected = "1 ≤ length < times, and 1 ≤ stride ≤ length (0: length)"});
    for (std::size_t i = 1; i < t.size(); ++i)
        if (!((t[i] - t[i - 1]) * (t.back() - t.front()) > 0))
            fail(at, {.what = "segments: the times stand still or turn round",
                      .got = text(t[i - 1], ", then ", t[i]),
                      .expected = "times that go up, or down"});
}

// x, a number for each row, in the rank of the state: [B,1] beside [B,D], [B,1,1] beside [B,N,D].
Var spread_over(Var x, const Shape& state) { return reshape(x, Shape::of_rank(state.rank()).with(0, state[0])); }

Number longest_of(std::span<const Real> gaps) {
    Number longest = 0;
    for (const Real gap : gaps) longest = std::max(longest, std::abs(Number(gap)));
    return longest;
}

}  // namespace

Segments segments(const Times& times, View data, Index length, Index stride, Where at) {
    const std::vector<Number> t = times.numbers(at);
    check(t, data, length, stride, at);
    if (stride == 0) stride = length;
    const Index last = static_cast<Index>(t.size()) - 1 - length;  // where the last one begins
    std::vector<Index> firsts;
    for (Index first = 0; first < last; first += stride) firsts.push_back(first);
    firsts.push_back(last);

    const bool many = data.shape.rank() > 2;
    const Index orbits = many ? data.shape[1] : 1, count = firsts.size();
    const Index rows = count * orbits;
    const Shape shape = Shape({length + 1, rows}, at).joined(data.shape, many ? 2 : 1);

    Segments s;
    s.states = Tensor(shape, 0, at);
    s.begins = Tensor(Shape{rows, 1});
    s.gaps = Tensor(Shape{equally_spaced(t) ? 0 : length, rows, 1});
    const Index at_once = data.shape.row_size();  // numbers at one time
    for (Index j = 0; j <= length; ++j)
        for (Index b = 0; b < count; ++b) {
            const Index i = firsts[b] + j;
            std::copy_n(data.data + i * at_once, at_once, s.states.data() + (j * count + b) * at_once);
            for (Index n = 0; n < orbits; ++n) {
                const Index row = b * orbits + n;
                if (j == 0) s.begins[row] = static_cast<Real>(t[i]);
                if (j < length && !s.are_equal()) s.gaps[j * rows + row] = static_cast<Real>(t[i + 1] - t[i]);
            }
        }
    const Number gap = s.are_equal() ? (t.back() - t.front()) / static_cast<Number>(t.size() - 1) : 1;
    for (Index j = 0; j <= length; ++j) s.times.push_back(static_cast<Number>(j) * gap);
    s.starts = nn::take_rows(s.states, {0}).reshaped(shape.without(0));
    for (Index b = 1; b < count; ++b)
        for (Index n = 0; n < orbits; ++n) s.meets.push_back((firsts[b] - firsts[b - 1]) * rows + (b - 1) * orbits + n);
    return s;
}

Segments Segments::rows(Indices chosen, Where at) const {
    const std::vector<Index> list = chosen.list();
    Segments s{.times = times,
               .starts = nn::take_rows(starts, list, at),
               .states = Tensor(states.shape().with(1, chosen.size(), at)),
               .begins = nn::take_rows(begins, list, at),
               .gaps = Tensor(gaps.shape().with(1, chosen.size(), at)),
               .meets = {}};
    const auto take = [&](const Tensor& from, Tensor& to) {
        for (Index j = 0; j < from.shape()[0]; ++j) {
            const View all = from.rows(j, 1);
            const Index size = all.size() / starts.shape()[0];  // of a row
            for (Index i = 0; i < chosen.size(); ++i)
                std::copy_n(all.data + chosen[i] * size, size, to.data() + (j * chosen.size() + i) * size);
        }
    };
    take(states, s.states);
    take(gaps, s.gaps);
    return s;
}

Var shoot(FieldRef field, Var starts, const Segments& s, const SolveOptions& options, Where at) {
    Tape& tape = innermost_tape({&starts, 1}, "shoot", at);
    if (starts.shape(at) != s.starts.shape())
        fail(at, {.what = "shoot: the starts do not fit the segments",
                  .got = text("starts ", starts.shape()),
                  .expected = text(s.starts.shape(), ", one for each segment")});
    if (!options.step_t.is_empty() || !options.jump_t.is_empty())
        fail(at, {.what = "shoot: times to land on, of segments each of which has a clock of its own",
                  .got = options.jump_t.is_empty() ? ".step_t" : ".jump_t",
                  .expected = "neither .step_t nor .jump_t: at one moment of the solve each segment is elsewhere",
                  .fix = "chosen steps find a jump by their errors; or solve(...) over all of the data at once"});
    Var begins = spread_over(tape.constant(s.begins), starts.shape());
    if (s.are_equal()) return solve([&](Var t, Var z) { return field(begins + t, z); }, starts, s.times, options, at).z;

    const CalledFrom caller(at);
    SolveOptions of_interval = options;
    of_interval.steps = (options.steps + static_cast<int>(s.length()) - 1) / static_cast<int>(s.length());
    const std::span<Var> states = tape.list(s.times.size());
    states[0] = starts;
    for (Index j = 0; j < s.length(); ++j) {
        const View gaps = s.gaps.rows(j, 1);
        const Var gap = spread_over(tape.constant(gaps), starts.shape());
        const auto stretched = [&](Var t, Var z) { return gap * field(begins + t * gap, z); };  // (a)
        const Number longest = longest_of(gaps.entries());
        of_interval.step = options.step / longest;
        of_interval.first_step = options.first_step / longest;
        of_interval.max_step = options.max_step / longest;
        of_interval.min_step = options.min_step / longest;
        states[j + 1] = solve(stretched, states[j], {0, 1}, of_interval, at).end(at);
        begins = begins + gap;
    }
    return stack(states);
}

Var shoot(Tape& tape, FieldRef field, const Segments& s, const SolveOptions& options, Where at) {
    return shoot(std::move(field), tape.constant(s.starts), s, options, at);
}

Var defects(const Operand& z, const Operand& starts, const Segments& s) {
    const CalledFrom caller(z.at());
    const auto [states, of] = on_one_tape("defects", z, starts);
    if (states.shape() != s.states.shape() || of.shape() != s.starts.shape() || s.meets.empty())
        fail({.what = "defects: there is nothing to be met",
              .got = text("z ", states.shape(), ", starts ", of.shape(), ", ", s.meets.size(),
                          " rows that follow on another"),
              .expected = text("z = shoot(...) ", s.states.shape(), " and its starts ", s.starts.shape(),
                               ", of segments that follow on one another"),
              .likely = s.meets.empty() ? "one segment alone, or rows(...) of them" : ""});
    const Index rows = s.starts.shape()[0], following = s.meets.size();
    const Var ends = gather(reshape(states, s.starts.shape().with(0, (s.length() + 1) * rows)), s.meets, 0);
    return ends - slice(of, 0, rows - following, following);
}

}  // namespace costate::ode
