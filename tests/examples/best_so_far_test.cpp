// tests/examples/best_so_far_test.cpp — what a training that ends early keeps
#include "examples/support/best_so_far.hpp"

#include <doctest/doctest.h>
#include <csignal>
#include <limits>

#include "examples/support/stop_signals.hpp"
#include "nn/linear.hpp"

using namespace costate;
using namespace costate::support;

TEST_SUITE_BEGIN("examples");

TEST_CASE("best so far: the smallest loss of the most rows, and never one that is not finite") {
    const nn::Linear model(1, 1, Rng{0});
    BestSoFar best(model);
    CHECK(best.epoch() == 0);
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    const struct {
        double loss;
        Index rows;
        int best;  // epoch, afterwards
    } steps[] = {{nan, 4, 0}, {5, 4, 2}, {3, 4, 3},        {4, 4, 3},  {9, 5, 5},
                 {2, 4, 5},   {8, 5, 7}, {infinity, 5, 7}, {nan, 6, 7}};
    int epoch = 0;
    for (const auto& s : steps) {
        model.parameters()[0].edit()[0] = static_cast<Real>(++epoch);
        best.consider(epoch, s.loss, s.rows);
        CHECK(best.epoch() == s.best);
    }
    best.restore();
    CHECK(model.parameters()[0].value()[0] == 7);
    CHECK(best.loss() == 8);
}

TEST_CASE("stop signals: the first is noted, and the program goes on") {
    for (const int signal : {SIGINT, SIGTERM}) {
        const StopSignals stop;
        CHECK_FALSE(stop.received());
        std::raise(signal);
        CHECK(stop.received());
        CHECK(stop.exit_status() == 128 + signal);
    }
}

TEST_SUITE_END();
