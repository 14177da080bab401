#include "examples/support/hmc.hpp"

#include <algorithm>
#include <cmath>

#include "autodiff/operators.hpp"
#include "autodiff/program/workspace.hpp"  // brings: Program, compile, run

namespace costate::support {

namespace {

// ℓ and its gradient as one program: rows are chains.
class Target {
public:
    Target(const LogDensity& log_density, View q0, Where at) : value_({q0.shape[0], 1}), gradient_(q0.shape) {
        Tape tape;
        const Var q = tape.variable(q0), value = log_density(q);
        if (value.shape() != value_.shape())
            fail(at, {.what = "sample: the log density is not one number a chain",
                      .got = to_text(value.shape()) + " for chains " + to_text(q0.shape),
                      .expected = to_text(value_.shape())});
        const Var inputs[] = {q}, outputs[] = {value, grad(sum(value), q)};
        program_ = compile(tape, inputs, outputs, {}, at);
    }
    void evaluate(const Tensor& q) {
        const View inputs[] = {q.view()};
        const MutableView outputs[] = {value_.view(), gradient_.view()};
        run(program_, workspace_, inputs, outputs);
    }
    bool tries(const Tensor& q) {  // false: an Error
        try {
            evaluate(q);
            return true;
        } catch (const Error&) {
            return false;
        }
    }
    double value(Index chain) const { return static_cast<double>(value_[chain]); }
    const Tensor& values() const { return value_; }
    const Tensor& gradient() const { return gradient_; }

private:
    Program program_;
    Workspace workspace_;
    Tensor value_, gradient_;
};

// ε, led to the wanted acceptance δ.   source: Hoffman & Gelman 2014, equation 6, with their γ = .05, t₀ = 10, κ = .75
class StepSize {
public:
    StepSize(double first, double wanted) : wanted_(wanted) { restart(first); }
    void restart(double step) {
        center_ = std::log(10 * step), log_step_ = std::log(step);
        error_ = log_mean_ = 0, count_ = 0;
    }
    void learn(double acceptance) {
        ++count_;
        error_ += (wanted_ - acceptance - error_) / (count_ + 10);
        log_step_ = center_ - std::sqrt(count_) / 0.05 * error_;
        log_mean_ += std::pow(count_, -0.75) * (log_step_ - log_mean_);
    }
    double current() const { return std::exp(log_step_); }
    double mean() const { return count_ == 0 ? current() : std::exp(log_mean_); }

private:
    double wanted_, center_ = 0, log_step_ = 0, log_mean_ = 0, error_ = 0, count_ = 0;
};

// s² of every entry, from the draws of a window, all chains together.
class Deviations {
public:
    explicit Deviations(Index d) : square(static_cast<std::size_t>(d), 1), mean_(square.size()), sum_(square.size()) {}
    void see(const Tensor& q) {  // Welford 1962
        for (Index c = 0; c < q.shape()[0]; ++c) {
            ++count_;
            for (std::size_t j = 0; j < square.size(); ++j) {
                const double x = static_cast<double>(q(c, static_cast<Index>(j))), before = x - mean_[j];
                mean_[j] += before / count_;
                sum_[j] += before * (x - mean_[j]);
            }
        }
    }
    void close() {
        for (std::size_t j = 0; j < square.size(); ++j)
            square[j] = (sum_[j] / (count_ - 1) * count_ + 5e-3) / (count_ + 5);
        std::fill(mean_.begin(), mean_.end(), 0), std::fill(sum_.begin(), sum_.end(), 0);
        count_ = 0;
    }
    std::vector<double> square;

private:
    std::vector<double> mean_, sum_;
    double count_ = 0;
};

class Sampler {
public:
    Sampler(const LogDensity& log_density, View q0, Rng rng, const HmcOptions& options, Where at)
        : options_(options),
          chains_(q0.shape[0]),
          size_(q0.shape[1]),
          rng_(rng),
          target_(log_density, q0, at),
          q_(q0),
          step_(options.first_step, options.acceptance),
          deviations_(size_) {
        target_.evaluate(q_);
        value_ = target_.values(), gradient_ = target_.gradient();
        for (const Real v : value_.entries())
            if (!std::isfinite(v)) fail(at, {.what = "sample: the log density is not finite where a chain begins"});
    }
    Draws run() {
        Draws draws{.q = Tensor({options_.draws, chains_, size_}), .step = 0, .acceptance = 0, .lost = 0};
        int window_ends = options_.warmup / 8;  // then twice as far each time; what is left at the end is for ε alone
        for (int n = 0; n < options_.warmup; ++n) {
            step_.learn(move(step_.current()));
            if (n >= options_.warmup / 16) deviations_.see(q_);
            if (n + 1 == window_ends && 8 * window_ends < 7 * options_.warmup) {
                deviations_.close(), step_.restart(step_.mean());
                window_ends *= 2;
            }
            report(n + 1);
        }
        draws.step = step_.mean(), lost_ = 0;
        for (int n = 0; n < options_.draws; ++n) {
            draws.acceptance += move(draws.step) / options_.draws;
            std::copy_n(q_.data(), q_.size(), draws.q.data() + n * q_.size());
            report(options_.warmup + n + 1);
        }
        draws.lost = lost_;
        return draws;
    }

private:
    double move(double step) {  // every chain by one trajectory; the mean probability that it is taken
        Tensor q = q_, p(q_.shape());
        for (Index i = 0; i < p.size(); ++i) p[i] = static_cast<Real>(rng_.normal() / std::sqrt(square(i)));
        const std::vector<double> before = energies(p, value_);
        const Tensor* gradient = &gradient_;
        bool runs = true;
        for (Index leap = 1 + rng_.below(options_.max_leaps); runs && leap > 0; --leap) {  // (b)
            kick(p, *gradient, step / 2);
            for (Index i = 0; i < q.size(); ++i) q[i] += static_cast<Real>(step * square(i)) * p[i];
            runs = target_.tries(q);
            gradient = &target_.gradient();
            kick(p, *gradient, step / 2);
        }
        const std::vector<double> after = energies(p, target_.values());
        double mean = 0;
        for (Index c = 0; c < chains_; ++c) {  // (c)
            const double change = before[static_cast<std::size_t>(c)] - after[static_cast<std::size_t>(c)];
            const bool finite = runs && std::isfinite(change);
            const double probability = finite ? std::min(1.0, std::exp(change)) : 0;
            lost_ += !finite;
            mean += probability / static_cast<double>(chains_);
            if (rng_.uniform() < probability) take(c, q);
        }
        return mean;
    }
    static void kick(Tensor& p, const Tensor& gradient, double step) {
        for (Index i = 0; i < p.size(); ++i) p[i] += static_cast<Real>(step) * gradient[i];
    }
    std::vector<double> energies(const Tensor& p, const Tensor& value) const {  // (a)
        std::vector<double> energy(static_cast<std::size_t>(chains_));
        for (Index c = 0; c < chains_; ++c) energy[static_cast<std::size_t>(c)] = -static_cast<double>(value[c]);
        for (Index i = 0; i < p.size(); ++i)
            energy[static_cast<std::size_t>(i / size_)] += square(i) * static_cast<double>(p[i] * p[i]) / 2;
        return energy;
    }
    void take(Index c, const Tensor& q) {
        std::copy_n(q.data() + c * size_, size_, q_.data() + c * size_);
        std::copy_n(target_.gradient().data() + c * size_, size_, gradient_.data() + c * size_);
        value_[c] = target_.values()[c];
    }
    double square(Index i) const { return deviations_.square[static_cast<std::size_t>(i % size_)]; }
    void report(int done) const {
        if (options_.progress)
            options_.progress(done, options_.warmup + options_.draws, static_cast<double>(value_[0]));
    }

    const HmcOptions& options_;
    Index chains_, size_;
    Rng rng_;
    Target target_;
    Tensor q_, value_, gradient_;  // where the chains stand
    StepSize step_;
    Deviations deviations_;
    int lost_ = 0;
};

void require_draws(View draws, Index j, Where at) {
    if (draws.shape.rank() != 3 || draws.shape[0] < 4 || j < 0 || j >= draws.shape[2])
        fail(at, {.what = "draws: there is no such entry, or too few draws",
                  .got = "entry " + std::to_string(j) + " of " + to_text(draws.shape),
                  .expected = "[draws,chains,D], 4 draws or more, an entry below D"});
}

}  // namespace

Draws sample(const LogDensity& log_density, View q0, Rng rng, const HmcOptions& options, Where at) {
    if (q0.shape.rank() != 2 || q0.size() == 0)
        fail(at, {.what = "sample: no chains", .got = to_text(q0.shape), .expected = "[chains,D]"});
    if (options.warmup < 0 || options.draws < 1 || options.max_leaps < 1 || !(options.first_step > 0))
        fail(at, {.what = "sample: an option is out of range",
                  .expected = "draws, max_leaps, first_step above 0; warmup 0 or more"});
    return Sampler(log_density, q0, rng, options, at).run();
}

double r_hat(View draws, Index j, Where at) {
    require_draws(draws, j, at);
    const Index chains = draws.shape[1], size = draws.shape[2], n = draws.shape[0] / 2, halves = 2 * chains;
    std::vector<double> means;
    double within = 0, mean_of_means = 0, between = 0;
    for (Index half = 0; half < halves; ++half) {  // of an odd number of draws the one in the middle belongs to none
        const Index first = half % 2 == 0 ? 0 : draws.shape[0] - n;
        const auto entry = [&](Index i) {
            return static_cast<double>(draws[((first + i) * chains + half / 2) * size + j]);
        };
        double mean = 0, square = 0;
        for (Index i = 0; i < n; ++i) mean += entry(i) / static_cast<double>(n);
        for (Index i = 0; i < n; ++i) square += (entry(i) - mean) * (entry(i) - mean);
        within += square / static_cast<double>((n - 1) * halves);
        mean_of_means += mean / static_cast<double>(halves);
        means.push_back(mean);
    }
    for (const double mean : means)
        between += (mean - mean_of_means) * (mean - mean_of_means) / static_cast<double>(halves - 1);
    const double share = static_cast<double>(n - 1) / static_cast<double>(n);
    return std::sqrt(share + between / within);
}

double largest_r_hat(View draws, Where at) {
    require_draws(draws, 0, at);
    double largest = 0;
    for (Index j = 0; j < draws.shape[2]; ++j) largest = std::max(largest, r_hat(draws, j, at));
    return largest;
}

std::vector<double> draws_of(View draws, Index j, Where at) {
    require_draws(draws, j, at);
    std::vector<double> list;
    for (Index c = 0; c < draws.shape[1]; ++c)
        for (Index i = 0; i < draws.shape[0]; ++i)
            list.push_back(static_cast<double>(draws[(i * draws.shape[1] + c) * draws.shape[2] + j]));
    return list;
}

double quantile(std::vector<double> list, double share, Where at) {
    if (list.empty() || !(share >= 0 && share <= 1))
        fail(at, {.what = "quantile: there is none",
                  .got = "share " + number_text(share) + " of " + std::to_string(list.size()) + " numbers",
                  .expected = "a share from 0 to 1 of one number or more"});
    const auto place = list.begin() + std::lround(share * static_cast<double>(list.size() - 1));
    std::nth_element(list.begin(), place, list.end());
    return *place;
}

}  // namespace costate::support
