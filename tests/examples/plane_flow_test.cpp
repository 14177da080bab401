// tests/examples/plane_flow_test.cpp — what is solved in parts is what is solved at once
#include "examples/support/plane_flow.hpp"

#include <doctest/doctest.h>
#include <vector>

using namespace costate;
using namespace costate::support;

TEST_SUITE_BEGIN("examples");

TEST_CASE("plane flows: parts of 2,000 rows, and a last one of what is left") {
    Tensor x({4500, 2});
    for (Index i = 0; i < x.size(); ++i) x[i] = static_cast<Real>(i);
    std::vector<Index> sizes;
    Index next = 0;
    bool in_order = true;
    in_parts(x, [&](const Tensor& part) {
        sizes.push_back(part.size(0));
        for (const Real entry : part.entries()) in_order = in_order && entry == static_cast<Real>(next++);
    });
    CHECK(in_order);
    CHECK(sizes == std::vector<Index>{2000, 2000, 500});
    CHECK(next == x.size());
}

TEST_CASE("plane flows: a check in parts has the nats of a check at once") {
    Rng rng(1);
    const PlaneFlow flow = plane_flow({.sine = 2, .steps = 3, .width = 8}, rng);
    const nn::ToyDensity& moons = nn::toy_density("moons");
    const Tensor x = moons.sample(2500, rng);
    const ode::FlowCheck parts = check_in_parts(flow, x), whole = flow.check(x, 1e9);
    CHECK(parts.nll == doctest::Approx(whole.nll).epsilon(1e-4));  // a part has steps of its own
    CHECK(parts.training_nll == doctest::Approx(whole.training_nll).epsilon(1e-5));
    CHECK(parts.evaluations <= whole.evaluations + 24);
    CHECK(parts.evaluations > 0);
    CHECK(gap_to(moons, x, -mean_of(moons.log_density(x))) == doctest::Approx(0));  // p is no nat away from itself
    CHECK(mass_of(flow, 6, 60) == doctest::Approx(1).epsilon(1e-3));
}

TEST_CASE("plane flows: a variance about the mean") {
    const Tensor x({4}, {1, 2, 3, 6});
    CHECK(mean_of(x) == doctest::Approx(3));
    CHECK(variance_of(x) == doctest::Approx(3.5));
}

TEST_SUITE_END();
