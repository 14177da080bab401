#include "examples/support/spirals.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "examples/support/experiment.hpp"  // brings: Experiment, Progress

namespace costate::support {

namespace {

struct Point {
    double x, y;
};

Point spiral_point(bool clockwise, Index j) {
    const double theta = 6 * std::numbers::pi * static_cast<double>(j) / 499;
    if (!clockwise) return {0.3 * theta * std::cos(theta) + 5, 0.3 * theta * std::sin(theta)};  // (a)
    const double angle = 6 * std::numbers::pi + 1 - theta;
    return {15 / angle * std::cos(angle) - 5, 15 / angle * std::sin(angle)};  // (b)
}

Var times_first(Tape& tape, const Tensor& rows, Index width) {  // [B,T·width] -> [T,B,width]
    return permute(reshape(tape.constant(rows), {rows.size(0), -1, width}), {1, 0, 2});
}

Seen on_tape(Tape& tape, const Tensor& x, const Tensor& mask, const Tensor& read) {
    return {times_first(tape, x, 2), times_first(tape, mask, 1), times_first(tape, read, 4)};
}

}  // namespace

Spirals::Spirals(Index count, Index n, With with, Rng& rng)
    : observed(n),
      truth({with == With::future ? 2 * window : window, count, 2}),
      x({count, window * 2}),
      mask({count, window}),
      read({count, n * 4}) {
    std::vector<Index> order(window);
    for (Index i = 0; i < count; ++i) {
        const Index start = 100 + rng.below(with == With::future ? 200 : 300);
        clockwise.push_back(rng.uniform() > 0.5);
        for (Index j = 0; j < truth.size(0); ++j) {
            const Point p = spiral_point(clockwise.back(), start + j);
            const double at[] = {p.x / scale, p.y / scale};
            for (Index c = 0; c < 2; ++c) {
                truth(j, i, c) = static_cast<Real>(at[c]);
                if (j < window) x(i, 2 * j + c) = static_cast<Real>(at[c] + noise * rng.normal());
            }
        }
        rng.permutation(order);  // the first n of it, in order, are a subset of the window of this spiral's own
        std::sort(order.begin(), order.begin() + n);
        for (Index k = 0, before = 0; k < n; before = order[static_cast<std::size_t>(k++)]) {
            const Index j = order[static_cast<std::size_t>(k)];
            mask(i, j) = 1;
            const double numbers[] = {double(x(i, 2 * j)), double(x(i, 2 * j + 1)), 5. * double(j - before) / window,
                                      double(j) / window};
            for (Index c = 0; c < 4; ++c) read(i, 4 * k + c) = static_cast<Real>(numbers[c]);
        }
    }
}

Seen SeenBatches::next(Tape& tape) {
    const auto rows = batches_.next();
    nn::take_rows(all_.x, rows, x_), nn::take_rows(all_.mask, rows, mask_), nn::take_rows(all_.read, rows, read_);
    return on_tape(tape, x_, mask_, read_);
}

Tensor by_hundreds(const Spirals& s, const std::function<Var(const Seen&)>& of_seen) {
    Tensor all;
    for (Index first = 0; first < s.count(); first += 100) {
        const Index rows = std::min<Index>(100, s.count() - first);
        Tape tape;
        const Tensor x(s.x.rows(first, rows)), mask(s.mask.rows(first, rows)), read(s.read.rows(first, rows));
        const View part = tape.view(of_seen(on_tape(tape, x, mask, read)));
        const int axis = part.shape.rank() - 2;  // of the spirals
        if (first == 0) all = Tensor(part.shape.with(axis, s.count()));
        const Index row = part.size(-1), times = axis == 0 ? 1 : part.size(0);
        for (Index t = 0; t < times; ++t)
            std::copy_n(part.data + t * rows * row, rows * row, all.data() + (t * s.count() + first) * row);
    }
    return all;
}

Tensor original_units(Tensor curves) {
    for (Real& x : curves.entries()) x *= static_cast<Real>(Spirals::scale);
    return curves;
}

Distance distance(const Spirals& spirals, View curves, Index first) {
    std::vector<double> own;
    double total = 0;
    for (Index i = 0; i < spirals.count(); ++i) {
        double squares = 0;
        for (Index j = 0; j < Spirals::window; ++j)
            for (Index c = 0; c < 2; ++c) {
                const double d = static_cast<double>(curves(j, i, c) - spirals.truth(first + j, i, c));
                squares += Spirals::scale * Spirals::scale * d * d / (2. * Spirals::window);
            }
        own.push_back(std::sqrt(squares));
        total += squares / static_cast<double>(spirals.count());
    }
    std::nth_element(own.begin(), own.begin() + spirals.count() / 2, own.end());
    return {std::sqrt(total), own[own.size() / 2]};
}

Distance judge(Experiment& run, const std::string& name, const nn::Module& model, const Spirals& test, View future) {
    const Distance d = distance(test, future, Spirals::window);
    run.merit(name + "_parameters", static_cast<double>(model.count()));
    run.merit(name + "_future_rmse", d.rmse);
    run.merit(name + "_future_median", d.median);
    return d;
}

double told_apart(const Tensor& z, const std::vector<bool>& kind) {
    Tensor is({z.size(0), 2});  // of a kind
    for (Index i = 0; i < z.size(0); ++i) is(i, kind[static_cast<std::size_t>(i)]) = 1;
    Tape tape;
    const Var x = tape.constant(z), of_kind = tape.constant(is);
    const Var middles = matmul(of_kind, x, true) / transpose(sum(of_kind, 0, true));  // [2,D]
    const Var squares[] = {sum(square(x - middles[0]), 1, true), sum(square(x - middles[1]), 1, true)};
    const Var nearer = less(concatenate(squares, 1), concatenate({squares[1], squares[0]}, 1));
    return static_cast<double>(sum(nearer * of_kind).item()) / static_cast<double>(z.size(0));
}

Plot draw(const std::string& title, const Spirals& s, const Tensor& curves) {
    Plot plane({.title = title, .x = "x", .y = "y", .equal = true});
    const Tensor truth = original_units(s.truth), model = original_units(curves);
    int shown[2] = {0, 0};
    for (Index i = 0; i < s.count(); ++i) {
        const bool clockwise = s.clockwise[static_cast<std::size_t>(i)];
        if (shown[clockwise]++ >= 1) continue;
        const bool first = shown[0] + shown[1] == 1;
        plane.line(component(truth, 0, i), component(truth, 1, i),
                   {.label = first ? "truth" : "", .color = "#c3cad2", .width = 5});
        plane.line(component(model, 0, i), component(model, 1, i),
                   {.label = first ? "model" : "", .color = palette(0)});
        const Tensor seen = original_units(Tensor(s.read.rows(i, 1)).reshaped({s.observed, 4}));
        plane.scatter(component(seen, 0), component(seen, 1),
                      {.label = first ? "observed" : "", .color = palette(1), .width = 1.3});
    }
    plane.x_range(-12, 12).y_range(-9, 9);
    return plane;
}

void fit(const nn::Module& model, const Spirals& data, Updates updates, Rng& rng,
         const std::function<Var(const Seen&)>& loss) {
    optim::Adam adam(model, {.lr = 0.01});
    const auto steps = static_cast<std::uint64_t>(updates.count);
    Progress progress(updates.count);
    SeenBatches batches(data, updates.batch, rng);
    optim::train(adam, [&](Tape& tape) { return loss(batches.next(tape)); },
                 {.updates = steps,
                  .rate = optim::Cosine{.peak = 0.01, .steps = steps, .warmup = steps / 10},
                  .clip = 50,
                  .progress = progress.follow()});
}

void fit_latent(const LatentSpirals& model, const Spirals& data, Updates updates, Index fewest, Rng& rng) {
    const auto times = linspace(0, 0.99, Spirals::window);
    Tensor grid({Spirals::window, 1, 1}), epsilon({updates.batch, 4});
    for (Index j = 0; j < Spirals::window; ++j) grid[j] = static_cast<Real>(j);
    fit(model, data, updates, rng, [&](const Seen& seen) {
        const Index k = fewest + rng.below(data.observed - fewest + 1), i = 1 + rng.below(k - fewest / 2);
        const Var later = nn::read(model.encoder(), slice(seen.read, 0, i, k - i), {.backwards = true});
        const auto q_later = model.posterior(later);
        const auto q =
            model.posterior(nn::read(model.encoder(), slice(seen.read, 0, 0, i), {.backwards = true, .h0 = later}));
        rng.fill_normal(epsilon.entries());
        const Var z = model.path(q.sample(epsilon), times);
        const Var place = 100 * column(seen.read[i - 1], 3);  // on the grid, of the point before: [B,1]
        const Var there = sum(relu(1 - abs(grid - place)) * z, 0);
        return 30 * mean(sum(square(there - q_later.mean), 1)) - mean(model.bound(q, z, seen.x, seen.mask));
    });
}

Tensor latent_means(const LatentSpirals& model, const Spirals& spirals) {
    return by_hundreds(spirals, [&](const Seen& seen) { return model.encode(seen.read).mean; });
}

Tensor latent_curves(const LatentSpirals& model, const Spirals& spirals) {
    ode::SolveOptions options = model.options().solve;
    options.steps *= 2;  // for two windows
    return by_hundreds(spirals, [&](const Seen& seen) {
        return model.observe(model.path(model.encode(seen.read).mean, linspace(0, 1.99, 2 * Spirals::window), options));
    });
}

template <class Cell>
void Forecaster<Cell>::fit(const Spirals& data, Updates updates, Rng& rng) const {
    support::fit(*this, data, updates, rng, [this, n = data.observed](const Seen& seen) {
        const Var x = slice(seen.read, 2, 0, 2), gap = slice(seen.read, 2, 2, 1);
        const Var now = slice(x, 0, 0, n - 1), then = slice(x, 0, 1, n - 1);
        const Var h = nn::states(cell, concatenate({now, slice(gap, 0, 1, n - 1)}, 2));
        const Var guess = next(reshape(now, {-1, 2}), reshape(h, {-1, cell.hidden()}));
        return static_cast<double>(n - 1) / (Spirals::noise * Spirals::noise) *
               nn::mse(guess, reshape(then, {-1, 2}));  // as a log-likelihood
    });
}

template <class Cell>
Tensor Forecaster<Cell>::future(const Spirals& spirals) const {
    const Index n = spirals.observed;
    return by_hundreds(spirals, [&](const Seen& seen) {
        Var x = slice(seen.read, 2, 0, 2), gap = slice(seen.read, 2, 2, 1);
        const Var left = 5 - sum(gap, 0);  // from the last point to the future's first
        Var h =
            nn::read(cell, concatenate({x, concatenate({slice(gap, 0, 1, n - 1), reshape(left, {1, -1, 1})}, 0)}, 2));
        std::vector<Var> points{next(x[n - 1], h)};
        const Var one = 0.05 + 0 * left;  // a step of the grid
        while (points.size() < static_cast<std::size_t>(Spirals::window)) {
            h = cell(concatenate({points.back(), one}, 1), h);
            points.push_back(next(points.back(), h));
        }
        return stack(points);
    });
}

template struct Forecaster<nn::RNN>;
template struct Forecaster<nn::GRU>;

}  // namespace costate::support
