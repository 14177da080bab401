// examples/27_ode_rnn.cpp — what should a recurrent network do while it waits for the next point?
//   RNN       nothing: it is told how long the gap is            h' = cell((x, gap), h)
//   ODE-RNN   to follow a law of its own, then to look           dh/dt = net(h) for the gap,  h' = GRU(x, h)             (a)
//   GRU-ODE   the same, by the law whose Euler step is a GRU     dh/dt = (1 − z) ⊙ (n − h)                               (b)
//   latent    to look at all of it first, and then to follow one law from the beginning on (23_latent_spirals.cpp)
// data      1,000 spirals, 30 of 100 points observed, at times of its own each, with noise of .3
// look for  The error of the next 100 points, which nobody has seen. The plain RNN, told of the gap alone, goes astray; a
//           state that moves by a law between the points also moves by it when there are no more. Of all four, trained as
//           long, GRU-ODE is the best; with twice as many updates the latent ODE is as good (RMSE .23, median .15 in 23).
//           The law is solved by one step of RK4 for a gap: four evaluations.
// how       In an update (a) and (b) look at the first k points alone, k random; the points behind them are to be foretold.
// source    (a): Rubanova, Chen & Duvenaud 2019, "Latent ODEs for irregularly-sampled time series", algorithm 1
//           (b): De Brouwer, Simm, Arany & Moreau 2019, "GRU-ODE-Bayes", equation 3
#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/memory.hpp"      // brings: peak_megabytes
#include "examples/support/spirals.hpp"     // brings: Spirals, latent_ode, Forecaster

using namespace costate;
using namespace costate::support;

struct GRUField : nn::Module {  // (b)
    GRUField(Index hidden, Rng& rng)
        : reset(add("reset", nn::Linear(hidden, hidden, rng))),
          update(add("update", nn::Linear(hidden, hidden, rng))),
          candidate(add("candidate", nn::Linear(hidden, hidden, rng))) {}
    Var operator()(Var, Var h) const {
        const Var r = sigmoid(reset(h)), z = sigmoid(update(h)), n = tanh(candidate(r * h));
        return (1 - z) * (n - h);
    }
    nn::Linear reset, update, candidate;
};

template <class Field>
struct MovingState : nn::Module {
    MovingState(Index hidden, Field law, Rng& rng)
        : cell(add("cell", nn::GRU(2, hidden, rng))),
          field(add("field", std::move(law))),
          out(add("out", nn::MLP({hidden, 24, 2}, nn::elu, rng))) {}

    Var wait(Var h, Var gap) const {  // each row its own time: dh/ds = gap · field(h) for s from 0 to 1
        const auto scaled = [&](Var s, Var state) { return gap * field(s, state); };
        return ode::solve(scaled, h, {0, 1}, {.method = ode::rk4_classic, .steps = 1}).end();
    }
    // The states before each of the points is looked at, of which only the first `looks` are, and the one after the last.
    std::span<const Var> states(Var read, Index looks) const {
        const Var x = slice(read, 2, 0, 2), gap = slice(read, 2, 2, 1);
        const Index n = read.size(0);
        const std::span<Var> before = read.tape().list(static_cast<std::size_t>(n + 1));
        Var h = filled(read.tape(), {read.size(1), cell.hidden()}, 0);
        for (Index i = 0; i < n; ++i) {
            if (i > 0) h = wait(h, gap[i]);
            before[static_cast<std::size_t>(i)] = h;
            if (i < looks) h = cell(x[i], h);
        }
        before[static_cast<std::size_t>(n)] = h;
        return before;
    }
    void fit(const Spirals& data, Updates updates, Rng& rng) const {
        support::fit(*this, data, updates, rng, [&, n = data.observed](const Seen& seen) {
            const auto before = states(seen.read, 8 + rng.below(n - 8));
            const Var guess =
                out(reshape(stack(before.subspan(1, static_cast<std::size_t>(n - 1))), {-1, cell.hidden()}));
            const Var then = reshape(slice(slice(seen.read, 2, 0, 2), 0, 1, n - 1), {-1, 2});
            return double(n - 1) / (Spirals::noise * Spirals::noise) * nn::mse(guess, then);
        });
    }
    Tensor future(const Spirals& spirals) const {
        return by_hundreds(spirals, [&](const Seen& seen) {
            const Var left = 5 - sum(slice(seen.read, 2, 2, 1), 0);  // in fifths of a window, as all gaps are
            const Var h = wait(states(seen.read, spirals.observed)[static_cast<std::size_t>(spirals.observed)], left);
            const Var path = ode::solve(field, h, linspace(0, 4.95, 100), {.method = ode::rk4_classic, .steps = 33}).z;
            return reshape(out(reshape(path, {-1, cell.hidden()})), {100, -1, 2});
        });
    }

    nn::GRU cell;
    Field field;
    nn::MLP out;
};

void compare(Experiment& run) {
    Rng rng(run.seed);
    const Spirals data(1000, 30, Spirals::With::window, rng), test(500, 30, Spirals::With::future, rng);
    const Updates updates = run.quick ? 150 : 3000;
    std::vector<Plot> panels;
    const auto compared = [&](const std::string& name, const std::string& title, const nn::Module& model,
                              const Tensor& future) {
        panels.push_back(draw(title, test, future));
        return judge(run, name, model, test, future);
    };
    const auto trained = [&](const std::string& name, const std::string& title, const auto& model) {
        model.fit(data, updates, rng);
        return compared(name, title, model, model.future(test));
    };
    const Distance of_rnn = trained("rnn", "RNN", Forecaster<nn::RNN>(101, false, rng));
    const Distance of_ode_rnn =
        trained("ode_rnn", "ODE-RNN", MovingState(48, nn::MLP({48, 32, 48}, nn::elu, rng), rng));
    const Distance of_gru_ode = trained("gru_ode", "GRU-ODE", MovingState(42, GRUField(42, rng), rng));
    const auto latent = latent_ode(rng);
    fit_latent(latent, data, updates, 8, rng);
    compared("latent_ode", "Latent ODE", latent, Tensor(latent_curves(latent, test).rows(100, 100)));
    run.merit("advantage_of_ode_rnn", of_rnn.rmse / of_ode_rnn.rmse);
    run.merit("advantage_of_gru_ode", of_rnn.rmse / of_gru_ode.rmse);
    run.merit("updates", updates.count);
    run.merit("peak_megabytes", peak_megabytes());
    run.save(panels, {.title = "What comes after 30 uneven points?", .one_legend = true});
}

int main(int argc, char** argv) {
    return Experiment("27_ode_rnn", "What should a recurrent network do while it waits for the next point?")
        .run(argc, argv, compare);
}
