// ode/batch/curve.hpp — the solution of a batch between its steps, too: what a solve along it reads
//   z(t_n + θh) = z_n + h Σ_p θ^p q_p          q_p = Σ_i b_ip k_i,   Σ_p b_ip θ^p = b_i(θ)                        (a)
// with the method's dense output b_i(θ), of the order dense_order (ode/method.hpp). A step is kept as z_n, q_1 ... q_degree: of
// 7 stages dopri5 leaves 5 lists of numbers, dop853 8 of 16. ode/dense_solution.hpp keeps the same of a solve by itself.
// Whole, or by blocks of so many steps: then the solve leaves the state at the start of each, and one block at a time is open,
// in which whoever reads the curve has put its steps once more.
#pragma once
#include <vector>

#include "core/kernels/combine.hpp"  // brings: combine
#include "ode/method.hpp"            // brings: Method, most_stages
#include "ode/steps/step_times.hpp"  // brings: StepTimes

namespace costate::ode::inline COSTATE_PRECISION {

class Curve {
public:
    void begin(Index total, int degree, int block);  // block 0: whole
    bool is_whole() const { return block_ == 0; }

    // The n-th step, should it count: of it `count` numbers from `first` on, all that (a) reads, or the state alone. A method
    // of a lower degree than the curve's leaves its last q_p 0.
    void keep(std::size_t n, Index first, Index count, const Real* z, const Real* const* rates, const Method& m);
    Real* room(std::size_t n);  // for all of that step, in the order of (a): of a solve whose steps are polynomials
    void keep_start(std::size_t n, Index first, Index count, const Real* z);

    std::size_t bytes() const { return (data_.size() + starts_.size()) * sizeof(Real); }
    std::size_t first_of_block(std::size_t n) const { return n - n % block_; }
    const Real* start(std::size_t n) const { return starts_.data() + n / block_ * total_; }
    void open(const StepTimes& t, std::size_t first, std::size_t end);  // steps, of which the last is looked into first

    void look(Number t);  // in any order, but what is near the last look is found at once
    void write(Index first, Index count, Real* out) const;
    void write_rate(Index first, Index count, Real* out) const;

private:
    std::size_t place(std::size_t n, int p) const { return ((n - first_) * (degree_ + 1) + p) * total_; }
    Real* at(std::size_t n, int p) { return data_.data() + place(n, p); }
    const Real* at(std::size_t n, int p) const { return data_.data() + place(n, p); }

    std::vector<Real> data_;    // [steps, 1 + degree, total], of those that are open
    std::vector<Real> starts_;  // [blocks, total]
    const StepTimes* t_ = nullptr;
    std::size_t total_ = 0, block_ = 0, first_ = 0, end_ = 0;
    int degree_ = 0;
    std::size_t step_ = 0;  // looked into
    Number h_ = 0, theta_ = 0;
};

}  // namespace costate::ode
