// tests/examples/fit_test.cpp — what is fitted to a table: its batch, its laws, and what a forecast is held against
#include <doctest/doctest.h>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>

#include "examples/support/cells.hpp"
#include "examples/support/fit_export.hpp"
#include "examples/support/fit_report.hpp"
#include "examples/support/fit_train.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace costate;
using namespace costate::support;
using costate::test::contains;
using doctest::Approx;

namespace {

const double rounding = 256 * static_cast<double>(std::numeric_limits<Real>::epsilon());

const ode::SolveOptions plain{.rtol = 1e-6, .atol = 1e-6};

Sequences parse(const std::string& text, const Roles& roles = {}) { return parse_sequences(text, "mine.csv", roles); }

const std::string two = "s,t,x,u\na,0,1,10\na,1,,\na,2,3,30\na,3,5,\nb,10,,\nb,12,4,5\nb,14,6,\n";
FitData two_sequences() { return {parse(two, {.sequence = "s", .inputs = {"u"}}), 1, false}; }

// x′ = r x (1 − x/K) from 2: K / (1 + (K/2 − 1) e^(−r t)).
std::string logistic(double r, double K, double unit = 1) {
    std::string text = "t,x\n";
    for (int i = 0; i < 20; ++i)
        text += exact_text(i) + "," + exact_text(unit * K / (1 + (K / 2 - 1) * std::exp(-r * i))) + "\n";
    return text;
}

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("fit: sequences are a batch with gaps, in units of what is seen, by a clock that runs to 10") {
    const FitData data = two_sequences();
    CHECK(data.z.shape() == Shape{4, 2, 1});
    CHECK(data.mask == Tensor({4, 2, 1}, {1, 0, 0, 1, 1, 1, 1, 0}));
    CHECK(data.all_times[1][2] - data.all_times[1][0] == Approx(10));  // the longest lasts 4
    CHECK(data.units.time(data.all_times[1][2]) == Approx(14));
    double sum = 0, squares = 0;  // 1, 3, 5, 4, 6
    for (const Real z : data.z.entries()) sum += static_cast<double>(z), squares += static_cast<double>(z * z);
    CHECK(std::fabs(sum) < rounding);
    CHECK(squares == Approx(5).epsilon(rounding));
    const Tensor start = data.start(3);  // of the second sequence the first number that is there
    CHECK(start.shape() == Shape{2, 3});
    CHECK(start(1, 0) == data.z(1, 1, 0));
    CHECK(start(1, 2) == 0);
}

TEST_CASE("fit: gaps of inputs are bridged, and held at the ends") {
    const FitData data = two_sequences();
    const auto u = [&](Index b, Index i) {
        return data.units.inputs.unscaled(static_cast<double>(data.inputs(b, i, 0)), 0);
    };
    const double right[2][4] = {{10, 20, 30, 30}, {5, 5, 5, 5}};
    for (const Index b : {0, 1})
        for (Index i = 0; i < 4; ++i) CHECK(u(b, i) == Approx(right[b][i]).epsilon(rounding));
    for (Index i = 1; i < 4; ++i) CHECK(data.knots(1, i) > data.knots(1, i - 1));
}

TEST_CASE("fit: of each sequence the first part is trained on, and no more than is asked for") {
    const FitData data(
        parse("s,t,x\na,0,1\na,1,2\na,2,3\na,3,4\na,4,5\na,5,6\na,6,7\na,7,8\nb,0,1\nb,1,2\n", {.sequence = "s"}), 0.5,
        false);
    CHECK(data.seen == std::vector<Index>{4, 2});
    CHECK(data.held_out());
    CHECK(data.times(3)[0].size() == 3);
    CHECK(data.times(3)[1].size() == 2);
    CHECK(data.mask_of(3) == Tensor({3, 2, 1}, {1, 1, 1, 1, 1, 0}));
    double seen = 0, held_out = 0;
    const Tensor is_seen = data.counted(false), is_held_out = data.counted(true);
    for (const Real c : is_seen.entries()) seen += static_cast<double>(c);
    for (const Real c : is_held_out.entries()) held_out += static_cast<double>(c);
    CHECK(seen == 6);
    CHECK(held_out == 4);
}

TEST_CASE("fit: a straight line and persistence, against sums by hand") {
    const FitData data(parse("t,x\n0,0\n1,2\n2,1\n3,3\n4,10\n5,12\n"), 4. / 6, false);
    // seen: 0, 2, 1, 3; the line .3 + .8 t foretells 3.5 and 4.3, persistence 3 and 3
    CHECK(errors_of(data, straight_line(data), true).columns[0] ==
          Approx(std::sqrt((6.5 * 6.5 + 7.7 * 7.7) / 2)).epsilon(rounding));
    CHECK(errors_of(data, persistence(data), true).columns[0] == Approx(std::sqrt((49 + 81) / 2.)).epsilon(rounding));
    const double deviation = std::sqrt(1.25);
    CHECK(errors_of(data, persistence(data), true).all == Approx(std::sqrt(65) / deviation).epsilon(rounding));
    CHECK(errors_of(data, data.z, true).all == 0);
}

TEST_CASE("fit: the report says whether the forecast is worth anything") {
    const FitData data(parse("t,x,y\n0,0,5\n1,2,3\n2,1,4\n3,3,2\n4,10,2\n5,12,2\n"), 4. / 6, false);
    CHECK(
        contains(error_report(data, data.z, "the net"), "the net is better than a straight line and than persistence"));
    CHECK(contains(error_report(data, data.z, "the net"), "But not for y."));  // which stays what it was
    const std::string no_better = error_report(data, straight_line(data), "the net");
    CHECK(contains(no_better, "the net is no better than a straight line"));
    CHECK(contains(no_better, "Do not trust its forecast"));
    CHECK(contains(error_report(data, Tensor(data.z.shape()), "the net"), "no better than"));
    const FitData all(parse("t,x\n0,0\n1,2\n2,1\n"), 1, false);
    CHECK(contains(error_report(all, all.z, "the net"), "Nothing is held out"));
}

TEST_CASE("fit: one column that rises and falls gets advice, one that rises does not") {
    const FitSettings s;
    const FitData turns(parse("t,x\n0,0\n1,2\n2,0\n3,2\n"), 1, false),
        rises(parse("t,x\n0,0\n1,2\n2,1.9\n3,3\n"), 1, false);
    CHECK(contains(advice(s, turns), "one column cannot oscillate. 'x' rises and falls"));
    CHECK(contains(advice(s, turns), "--augment 1"));
    CHECK(advice(s, rises).empty());
    FitSettings augmented;
    augmented.net.augment = 1;
    CHECK(advice(augmented, turns).empty());
    CHECK(contains(advice(s, FitData(parse("t,x\n0,1\n1,20\n2,300\n"), 1, false)), "--log"));
}

TEST_CASE("laws: in the batch's units they are what they are in the table's") {
    for (const bool log : {false, true}) {
        const FitData data(parse("t,prey,predators\n0,10,5\n1,20,6\n2,30,12\n3,8,14\n4,9,9\n"), 1, log);
        const FitModel model(data, FitField(data, law_named("lotka_volterra", 2)));
        const Tensor z({1, 2}, {Real(0.3), Real(-0.4)});
        const Tensor slopes = model.slopes(Tensor::scalar(0), z);
        const Scaling& scaling = data.units.states;
        const double x = scaling.unscaled(static_cast<double>(z[0]), 0),
                     y = scaling.unscaled(static_cast<double>(z[1]), 1);
        const auto theta = [&](std::size_t k) { return model.field.size(k); };  // q = 0
        const double rates[] = {x * (theta(0) - theta(1) * y), y * (theta(2) * x - theta(3))};
        for (const Index j : {0, 1}) {
            const double per_z =
                static_cast<double>(scaling.deviation[j]) * (log ? (j == 0 ? x : y) : 1) / data.units.unit;
            CHECK(static_cast<double>(slopes[j]) * per_z == Approx(rates[j]).epsilon(rounding));
        }
    }
}

TEST_CASE("laws: the numbers behind a closed form are found, in any unit, also from two sequences") {
    FitSettings s;
    s.law = "logistic";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> unseen(std::tmpfile(), std::fclose);
    s.progress = unseen.get();
    const double close = sizeof(Real) == 4 ? 5e-3 : 1e-4;
    for (const double unit : {1., 1e12}) {
        const FitData data(parse(logistic(0.6, 50, unit)), 1, false);
        const FitModel model(data, FitField(data, law_named("logistic", 1)));
        const optim::Fit fit = fit_law(s, model, data);
        CHECK(model.field.size(0) * std::exp(static_cast<double>(fit.estimates[0])) == Approx(0.6).epsilon(close));
        CHECK(model.field.size(1) * std::exp(static_cast<double>(fit.estimates[1])) ==
              Approx(50 * unit).epsilon(close));
        CHECK(contains(law_report(model, data, fit), "x' = r x (1 - x/K)     of x; ' is per t"));
        CHECK(contains(law_report(model, data, fit), " ± "));
    }
}

TEST_CASE("laws: each is solvable from where its search begins") {
    for (const std::string& name : law_names()) {
        const bool plane = name == "lotka_volterra";
        const FitData data(parse(plane ? "t,x,y\n0,1,2\n1,2,3\n2,4,2\n3,3,1\n" : "t,x\n0,1\n1,2\n2,4\n3,3\n"), 1,
                           false);
        const FitModel model(data, FitField(data, law_named(name, data.columns())));
        const Tensor z = model.path(data.all_times, plain);
        for (const Real number : z.entries()) CHECK(std::isfinite(number));
    }
    CHECK(contains(test::error_of([] { law_named("sir", 3); }), "I' = b S I - gamma I"));
    CHECK(contains(test::error_of([] { law_named("tides", 1); }), "one of exponential, logistic"));
}

TEST_CASE("fit: what is exported is the curve, and the law over it, in the table's units") {
    const TemporaryFolder folder;
    const FitData data(parse("date,x\n2024-01-01,1\n2024-01-03,2\n2024-01-05,4\n2024-01-07,8\n"), 1, true);
    const FitModel model(data, FitField(data, law_named("exponential", 1)));
    const std::string prefix = folder / "mine";
    export_tables(prefix, model, data, curve_of(model, data, plain));
    const Sequences curve = read_sequences(prefix + "_curve.csv"), field = read_sequences(prefix + "_field.csv");
    CHECK(curve.names == std::vector<std::string>{"x"});
    CHECK(field.time_name == "x");
    CHECK(field.names == std::vector<std::string>{"x per day"});
    CHECK(field.rows() == 101);
}

TEST_SUITE_END();
