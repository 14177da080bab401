// ode/batch/quadrature.hpp — the integral of −aᵀ∂f/∂c beside a backward solve
//   g⁺ = g + Σ_i h b_i (dg/dt)_i       err_g = Σ_i h (b_i − b̂_i) (dg/dt)_i                   adjoint (5)
// g takes no part in the stages, and by default none in the error norm either. Its growth in a step that may be rejected is
// summed apart, in a set of accumulators of its own; a full norm wants a third, for err_g, and a fourth for a second estimate.
#pragma once
#include <array>

#include "ode/batch/stages.hpp"  // brings: Stages

namespace costate::ode::inline COSTATE_PRECISION {

class Quadrature {
public:
    // How many sets a Stages must have.   full: the error norm takes g's error in
    static int sets(const SolveOptions& options, bool full) {
        if (options.known_steps()) return 1;
        return !full ? 2 : options.method.second_error ? 4 : 3;
    }

    void prepare(Stages& stages, const SolveOptions& options, std::span<const MutableView> integrals, bool full);
    // Of one part of a tile, which goes by itself: the same integral, of its rows.
    void begin_part(const Quadrature& whole, Stages& part);
    void end_part(const Quadrature& part) { vjps_ += part.vjps_; }
    void begin_attempt(Number h);
    void stage_done(int i);
    void tile_done();
    void keep();
    Number mean_square(int row);         // the largest among the integrals' scaled errors: torchdiffeq's full norm
    long vjps() const { return vjps_; }  // in each of the sets

private:
    void accumulate(int first, int end);

    Stages* stages_ = nullptr;
    const SolveOptions* options_ = nullptr;
    std::span<const MutableView> integrals_;
    bool chosen_ = false, full_ = false;
    long vjps_ = 0;
    struct Weights {  // of a step's stages
        Number next[most_stages] = {}, errors[2][most_stages] = {};
    } weights_;
    std::array<std::vector<Real>, 3> sums_;  // g before the step, its growth, its error
};

}  // namespace costate::ode
