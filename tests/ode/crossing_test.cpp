// tests/ode/crossing_test.cpp — the changes of sign of a function within steps: all that are seen, each once, to rounding
#include "ode/events/crossing.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "core/random.hpp"

using namespace costate;
using namespace costate::ode;

namespace {

// The crossings of g(t) in so many equal steps from 0 to `end`.
template <class G>
std::vector<double> crossings(G g, double end, int steps, Direction wanted = both) {
    std::vector<double> found;
    Crossing crossing;
    crossing.start(g(0));
    for (int n = 0; n < steps; ++n) {
        const double h = end / steps, t = n * h;
        crossing.enter();
        while (crossing.next([&](double theta) { return g(t + theta * h); }, wanted, 1e-15, 1e-3))
            found.push_back(t + crossing.theta() * h);
    }
    return found;
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("crossing: a bracketed root is found to rounding in a few looks, however g is bent") {
        const auto check = [](auto g, double root, int most) {
            int looks = 0;
            const auto counted = [&](double x) { return ++looks, g(x); };
            const Sample found = root_between(counted, {0, g(0)}, {1, g(1)}, 1e-16);
            CHECK(std::abs(found.at - root) < 4e-16);
            CHECK(looks <= most);
        };
        check([](double x) { return x - 0.3; }, 0.3, 5);
        check([](double x) { return std::cos(x) - x; }, 0.7390851332151607, 10);  // Dottie's number
        check([](double x) { return std::exp(20 * x) - 1000; }, std::log(1000) / 20, 14);
        check([](double x) { return x < 0.7 ? -1e-9 : 1e9; }, 0.7, 70);                     // a jump
        check([](double x) { return std::pow(x - 0.5, 3) * 1e6; }, 0.5, 60);                // a flat root, at a sample
        check([](double x) { return std::pow(x, 21) - 0.5; }, std::pow(0.5, 1. / 21), 16);  // steep at the end
    }

    TEST_CASE("crossing: pairs of roots between two samples are seen, in their directions; a touch is none") {
        for (const double at : {0.06, 0.15, 0.35, 0.49, 0.62, 0.8, 0.97}) {
            CAPTURE(at);
            const auto pair = [at](double t) { return (t - at) * (t - at - 1e-3); };
            const auto all = crossings(pair, 1, 1);
            REQUIRE(all.size() == 2);
            CHECK(all[0] == doctest::Approx(at).epsilon(1e-13));
            CHECK(all[1] == doctest::Approx(at + 1e-3).epsilon(1e-13));
            CHECK(crossings(pair, 1, 1, falling).size() == 1);
            REQUIRE(crossings(pair, 1, 1, rising).size() == 1);
            CHECK(crossings(pair, 1, 1, rising)[0] == all[1]);
            CHECK(crossings([at](double t) { return std::pow(t - at, 2) + 1e-12; }, 1, 1).empty());
        }
    }

    TEST_CASE("crossing: sums of four waves, in steps of half a unit: every root of a fine scan, and no other") {
        Rng rng(5);
        std::size_t total = 0;
        for (int trial = 0; trial < 100; ++trial) {
            double size[4], speed[4], phase[4];
            for (int i = 0; i < 4; ++i) {
                size[i] = rng.uniform(-1, 1);
                speed[i] = rng.uniform(0.2, 3);
                phase[i] = rng.uniform(0, 2 * std::numbers::pi);
            }
            const double level = rng.uniform(-0.5, 0.5), end = trial % 2 == 0 ? 10 : -10;
            const auto g = [&](double t) {
                double sum = level;
                for (int i = 0; i < 4; ++i) sum += size[i] * std::sin(speed[i] * t + phase[i]);
                return sum;
            };
            const auto found = crossings(g, end, 20);
            std::vector<double> scanned;
            for (int i = 1; i <= 10'000; ++i)
                if ((g(end * (i - 1) / 10'000) > 0) != (g(end * i / 10'000) > 0))
                    scanned.push_back(end * (i - 0.5) / 10'000);
            REQUIRE(found.size() == scanned.size());
            for (std::size_t i = 0; i < found.size(); ++i) {
                CHECK(std::abs(found[i] - scanned[i]) <= 5.1e-4);
                CHECK(std::abs(g(found[i])) < 1e-13);
            }
            total += found.size();
        }
        CHECK(total > 300);
    }

    TEST_CASE("crossing: an exact 0 counts once, at a sample and at a step's end; at the start it does not") {
        const auto line = [](double root) { return [root](double t) { return t - root; }; };
        CHECK(crossings(line(0), 1, 2).empty());
        CHECK(crossings(line(0.25), 1, 2) == std::vector<double>{0.25});
        CHECK(crossings(line(0.5), 1, 2) == std::vector<double>{0.5});
        CHECK(crossings(line(1), 1, 2) == std::vector<double>{1});
        CHECK(crossings(line(1), 1, 2, falling).empty());
    }
}
