// examples/support/two_sets.hpp — points of the plane from two sets, which are to be told apart
//   const TwoSets rings = annuli(1000, rng), arms = spirals(1000, rng);      x: [N,2]   y: [N,1], −1 or 1
//   annuli    y = −1: a disc of radius .5, a quarter of the points;   y = 1: the ring around it, from 1 to 1.5      (a)
//   spirals   arms of one and a half turns, of radius θ/3 at the angle θ, with noise of .1; the other one is turned by π
// source   (a): Dupont, Doucet & Teh 2019, "Augmented neural ODEs", §3
#pragma once
#include "examples/support/plane.hpp"     // brings: Polyline
#include "examples/support/sampling.hpp"  // brings: random_on_ring, PlanePoint, Rng, Tensor

namespace costate::support {

struct TwoSets {
    Tensor x, y;

    explicit TwoSets(Index n) : x({n, 2}), y({n, 1}) {}
    void set(Index i, PlanePoint at, double side) {
        x(i, 0) = static_cast<Real>(at.x), x(i, 1) = static_cast<Real>(at.y), y[i] = static_cast<Real>(side);
    }
    Polyline of(int side, Index most) const {  // among the first `most`
        Polyline points;
        for (Index i = 0; i < most && i < y.size(); ++i)
            if (y[i] == static_cast<Real>(side))
                points.x.push_back(static_cast<double>(x(i, 0))), points.y.push_back(static_cast<double>(x(i, 1)));
        return points;
    }
};

inline TwoSets annuli(Index n, Rng& rng) {
    TwoSets p(n);
    for (Index i = 0; i < n; ++i)
        p.set(i, i % 4 ? random_on_ring(1, 1.5, rng) : random_on_ring(0, 0.5, rng), i % 4 ? 1 : -1);
    return p;
}

inline TwoSets spirals(Index n, Rng& rng) {
    TwoSets p(n);
    for (Index i = 0; i < n; ++i) {
        const double arm = i % 2 ? 1 : -1, angle = 3 * std::numbers::pi * std::sqrt(rng.uniform());
        const double x = -arm * angle * std::cos(angle) / 3 + 0.1 * rng.normal();
        p.set(i, {x, arm * angle * std::sin(angle) / 3 + 0.1 * rng.normal()}, arm);
    }
    return p;
}

}  // namespace costate::support
