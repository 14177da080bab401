// examples/32_irregular_sequences.cpp — must sequences be observed together to be learned together?
//   q'' = −sin q − q'/5,   z = (q, q'),   from 96 random starts                                                          (a)
//   own      each sequence is observed at 10 to 30 random times of its own, up to an end of its own, from 4 to 8
//   common   all of them at the same 20 times up to 6: what most code wants of its data
// In both a third of the numbers is missing (mask 0), the others have noise of .05. One batch, one solve, one network for q'':
// times are lists, one for each row, and rows = ode::independent gives each row a clock of its own.
// look for   Pendulums that were not seen are foretold as well from the one as from the other.
// why        Without clocks of their own rows want one grid: the union of all their times, some 2000, of which each reads 20;
//            or sequences that are cut and interpolated until they fit.
// data       Drawn anew 24 times, as luck decides more than the grid does: errors are root mean squares over them.
// limits     The claim is for the time that was seen. Foretold to 10, from wider starts, in 3 draws, own was 1.67 × as far off.
#include <algorithm>
#include <cmath>

#include "costate.hpp"
#include "examples/support/descend.hpp"     // brings: descend
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/plane.hpp"       // brings: component

using namespace costate;
using namespace costate::support;

using Lists = std::vector<std::vector<double>>;  // of times, one for each sequence

Var pendulum(Var, Var z) {  // (a)
    const Var q = column(z, 0), v = column(z, 1);
    return concatenate({v, -sin(q) - v / 5}, 1);
}

struct Law : nn::Module {  // q'' is not known
    nn::MLP force;
    explicit Law(Rng rng) : force(add("force", nn::MLP({2, 16, 1}, nn::tanh, rng))) {}
    Var operator()(Var, Var z) const { return concatenate({column(z, 1), force(z)}, 1); }
};

struct Sequences {
    Lists times;
    Tensor z0, z, mask;  // [B,2], [T,B,2], [T,B,2]
};

Tensor starts(Index count, Rng& rng) {
    Tensor z0({count, 2});
    rng.fill_uniform(z0.entries(), -1.2, 1.2);
    return z0;
}

Lists own_times(Index rows, Rng& rng) {
    Lists lists(static_cast<std::size_t>(rows));
    for (std::vector<double>& times : lists) {
        const double end = rng.uniform(4, 8);
        times.push_back(0);
        for (int n = 10 + static_cast<int>(rng.uniform(0, 21)); n > 0; --n) times.push_back(rng.uniform(0, end));
        std::sort(times.begin(), times.end());
    }
    return lists;
}

Sequences observe(const Tensor& z0, const Lists& times, Rng& rng) {
    const ode::SolveOptions sharp{.rtol = 1e-9, .atol = 1e-9, .rows = ode::independent};
    Sequences s{times, z0, ode::solve(pendulum, z0, times, sharp).z, {}};
    s.mask = Tensor(s.z.shape());
    for (Index i = 0; i < s.z.size(); ++i) {
        const Index number = i / z0.size(), row = i % z0.size() / 2;
        const bool is_there = number > 0 && number < std::ssize(times[static_cast<std::size_t>(row)]);
        s.mask[i] = is_there && rng.uniform() > 1. / 3;
        s.z[i] += static_cast<Real>(0.05 * rng.normal());
    }
    return s;
}

Law learn(const Sequences& data, std::uint64_t seed) {
    const Law law(Rng{seed});
    const auto loss = [&](Tape& tape) {
        const ode::SolveOptions each{.rtol = 1e-4, .atol = 1e-5, .rows = ode::independent};
        return nn::mse(ode::solve(tape, law, data.z0, data.times, each).z, data.z, data.mask);
    };
    descend(law, loss, {.adam = 400, .rate = 0.02, .lbfgs = 200});
    return law;
}

void draw(Experiment& run, const Sequences& data, const Law& law) {
    Plot when({.title = "When 30 of them were looked at", .x = "t", .y = "sequence"});
    Plot course({.title = "Three, and the law of all", .x = "t", .y = "q"});
    const Tensor path = ode::solve(law, data.z0, linspace(0, 8, 201), {.rtol = 1e-8, .atol = 1e-8}).z;
    for (Index row = 0; row < 30; ++row) {
        std::vector<double> t = data.times[static_cast<std::size_t>(row)], q = component(data.z, 0, row);
        q.resize(t.size());
        for (std::size_t i = 0; i < t.size(); ++i)
            if (component(data.mask, 0, row)[i] == 0) t[i] = NAN;  // no point
        when.scatter(t, std::vector<double>(t.size(), double(row)), {.color = palette(row % 3)});
        if (row >= 3) continue;
        course.scatter(t, q, {.color = palette(row)})
            .line(linspace(0, 8, 201), component(path, 0, row), {.color = palette(row)});
    }
    run.save({when, course}, {.title = "Sequences observed at times of their own"});
}

void irregular_sequences(Experiment& run) {
    const auto common = linspace(0, 6, 21), ahead = linspace(0, 6, 61);
    const std::uint64_t draws = run.quick ? 6 : 24;
    double square[2] = {};
    for (std::uint64_t n = 0; n < draws; ++n) {
        Rng rng(run.seed + 1000 * n);
        const Tensor z0 = starts(96, rng), unseen = starts(200, rng);
        const auto foretold = [&](const auto& law) {
            return ode::solve(law, unseen, ahead, {.rtol = 1e-8, .atol = 1e-8}).z;
        };
        const Sequences data[2] = {observe(z0, Lists(96, common), rng), observe(z0, own_times(96, rng), rng)};
        const Law laws[2] = {learn(data[0], run.seed + 100), learn(data[1], run.seed + 100)};
        for (const int own : {0, 1}) square[own] += double(nn::mse(foretold(laws[own]), foretold(pendulum)));
        if (n == 0) draw(run, data[1], laws[1]);
    }
    run.merit("rmse_own_times", std::sqrt(square[1] / double(draws)));
    run.merit("rmse_common_times", std::sqrt(square[0] / double(draws)));
    run.merit("own_over_common", std::sqrt(square[1] / square[0]));
}

int main(int argc, char** argv) {
    return Experiment("32_irregular_sequences", "Must sequences be observed together to be learned together?")
        .run(argc, argv, irregular_sequences);
}
