// tests/nn/recurrent_test.cpp — cells and sequences against PyTorch 2.15's GRU and RNN (float64), gradients included
#include "nn/recurrent.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/numbers.hpp"

using namespace costate;
using test::check_numbers;
using test::contains;
using test::error_of;

namespace {

const double rounding = sizeof(Real) == 8 ? 1e-13 : 1e-5;  // of numbers near 1

template <class Cell>
Cell numbered() {  // entry k of all parameters, one after the other, is .9 sin(1 + .7 k)
    Cell cell(3, 2, Rng{0});
    int k = 0;
    for (const Parameter& p : cell.parameters()) {
        auto edit = p.edit();
        for (Real& x : edit.entries()) x = static_cast<Real>(0.9 * std::sin(1 + 0.7 * k++));
    }
    return cell;
}

Tensor sequence() {  // [4,2,3]
    Tensor xs({4, 2, 3});
    for (Index i = 0; i < xs.size(); ++i) xs[i] = static_cast<Real>(std::cos(0.4 + 1.1 * static_cast<double>(i)));
    return xs;
}

// The gradient of Σ states² by the cell's parameter of this name.
template <class Cell>
Tensor slope(const Cell& cell, const char* name) {
    Tape tape;
    return Tensor(grad(sum(square(nn::states(cell, tape.constant(sequence())))), cell.parameter(name)).value());
}

const std::vector<double> gru_states{
    -0.18138508417213767, 0.333522004655895,   0.7305772315348853, -0.12666325556344304,
    -0.24049655701544106, 0.1553286083789365,  0.6975702702369455, -0.032555224604955496,
    -0.16667721504055594, -0.260715429597355,  0.5290369714826527, 0.23854637798416886,
    0.04686783058169408,  -0.6164892957241941, 0.2360168128987635, 0.5587872835077734};

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("GRU: a sequence has PyTorch's states") {
    const auto cell = numbered<nn::GRU>();
    Tape tape;
    check_numbers(nn::states(cell, tape.constant(sequence())).value(), rounding, gru_states);
    check_numbers(nn::read(cell, tape.constant(sequence())).value(), rounding,
                  std::vector<double>(gru_states.end() - 4, gru_states.end()));
}

TEST_CASE("GRU: a sequence has PyTorch's gradients") {
    const auto cell = numbered<nn::GRU>();
    check_numbers(slope(cell, "weight_ir"), rounding,
                  {-0.10658009707526929, 0.03615110116226155, 0.1393760956202003, 0.018857493085462654,
                   0.17960157020330314, 0.1440756582068609});
    check_numbers(slope(cell, "weight_iz"), rounding,
                  {0.08632908333336911, 0.03638248678818114, -0.05332317354349654, -0.01742931667673974,
                   -0.06570779943613178, -0.042180289266538315});
    check_numbers(slope(cell, "weight_in"), rounding,
                  {-1.0464660656373135, 0.8853483857900029, 1.849647253446795, -0.024558651071778348,
                   1.2623992173696754, 1.169797428450916});
    check_numbers(slope(cell, "weight_hr"), rounding,
                  {0.0400841078423183, -0.01537238885444128, 0.10355750383517495, 0.01056442619035809});
    check_numbers(slope(cell, "weight_hz"), rounding,
                  {0.04624789881471868, 0.004844410067465166, -0.10681643992297728, -0.012272408636368333});
    check_numbers(slope(cell, "weight_hn"), rounding,
                  {0.695049375146903, -0.029521316924357832, 0.39061978146712156, 0.009247229296579826});
    check_numbers(slope(cell, "bias_r"), rounding, {0.017034116600933742, 0.00350391535405363});
    check_numbers(slope(cell, "bias_z"), rounding, {-0.19415946850642252, -0.47163067602912767});
    check_numbers(slope(cell, "bias_in"), rounding, {1.115711322260837, -0.23643159803525737});
    check_numbers(slope(cell, "bias_hn"), rounding, {0.8646378919927165, -0.4449144862833506});
    Tape tape;
    const Var xs = tape.variable(sequence());
    const Tensor of_xs(grad(sum(square(nn::states(cell, xs))), xs).value());
    check_numbers(of_xs.rows(0, 1), rounding,
                  {0.576951533161116, 0.4980898239711189, 0.18496868769931768, -0.28580481067269153,
                   -0.07349076301489554, 0.17338713881365342});
    check_numbers(of_xs.rows(3, 1), rounding,
                  {-0.2891306131541194, -0.3279041535748189, -0.21245924692554757, 0.0834164657927346,
                   0.1680461140524707, 0.17364104908036568});
}

TEST_CASE("GRU: read backwards, and sequences of unequal length by a mask, as PyTorch's packed ones") {
    const auto cell = numbered<nn::GRU>();
    Tape tape;
    const Var xs = tape.constant(sequence()), mask = tape.constant(Tensor({4, 2}, {1, 1, 1, 1, 1, 0, 1, 0}));
    check_numbers(nn::read(cell, xs, {.backwards = true}).value(), rounding,
                  {-0.11285425872043142, 0.20603503189889366, 0.655366428395264, 0.18432949894036996});
    check_numbers(nn::read(cell, xs, {.mask = mask}).value(), rounding,
                  {0.04686783058169408, -0.6164892957241941, 0.6975702702369455, -0.032555224604955496});
    check_numbers(nn::read(cell, xs, {.backwards = true, .mask = mask}).value(), rounding,
                  {-0.11285425872043142, 0.20603503189889366, 0.7378477747567758, -0.05632963053806811});
}

TEST_CASE("RNN: a sequence has PyTorch's states and gradients") {
    const auto cell = numbered<nn::RNN>();
    Tape tape;
    check_numbers(nn::states(cell, tape.constant(sequence())).value(), rounding,
                  {0.8110807295150532, 0.8731198572345906, 0.7114226170462027, -0.2906016984058553, -0.2796561286803505,
                   0.9869384783448604, 0.7138561334287891, -0.4966009434198739, 0.0864280321184071, 0.985584690036048,
                   0.8827694253433317, -0.6712706280728413, -0.5298228583088966, 0.9893501708054026, 0.928725009217993,
                   -0.7105310753302634});
    check_numbers(slope(cell, "weight_i"), rounding,
                  {-0.47714993548897733, 1.1091263510368452, 1.483340757491409, 3.3417992088709765, -2.0783538431510076,
                   -5.227265693277456});
    check_numbers(slope(cell, "weight_h"), rounding,
                  {-0.40710802247927946, -1.3616415495521816, -2.4000256109121842, 1.5747436207457461});
    check_numbers(slope(cell, "bias"), rounding, {1.1226263725514083, -4.251053271298162});
}

TEST_CASE("read: goes on from a state, and takes a cell of a user's own") {
    const auto cell = numbered<nn::GRU>();
    Tape tape;
    const Var xs = tape.constant(sequence()), halfway = nn::read(cell, tape.constant(sequence().rows(0, 2)));
    check_numbers(nn::read(cell, tape.constant(sequence().rows(2, 2)), {.h0 = halfway}).value(), rounding,
                  std::vector<double>(gru_states.end() - 4, gru_states.end()));
    struct Adder {
        Index hidden() const { return 3; }
        Var operator()(Var x, Var h) const { return h + x; }
    };
    const Tensor total(sum(xs, 0).value());
    check_numbers(nn::read(Adder(), xs).value(), rounding, {total.entries().begin(), total.entries().end()});
    const Tensor x(sequence().rows(0, 1)), first = cell(x.reshaped({2, 3}), Tensor({2, 2}));
    check_numbers(first, rounding, std::vector<double>(gru_states.begin(), gru_states.begin() + 4));
}

TEST_CASE("recurrent: parameters are U(±1/√hidden) from one stream") {
    Rng rng(5), same(5);
    const nn::GRU gru(3, 4, rng);
    const nn::RNN rnn(3, 4, rng);
    for (const nn::Module* cell : {static_cast<const nn::Module*>(&gru), static_cast<const nn::Module*>(&rnn)})
        for (const Parameter& p : cell->parameters())
            for (const Real x : p.value().entries()) CHECK(x == static_cast<Real>(same.uniform(-0.5, 0.5)));
    CHECK(gru.count() == 3 * 4 * (3 + 4) + 4 * 4);
}

TEST_CASE("recurrent: what does not fit is an error on the caller's line") {
    const nn::GRU gru(3, 2, Rng{0});
    const nn::RNN rnn(3, 2, Rng{0});
    Tape tape;
    const Var xs = tape.constant(sequence()), x = xs[0], h = tape.constant(Tensor({2, 2}));
    CHECK(contains(error_of([&] { gru(xs, h); }), "GRU: the cell does not take this step"));
    CHECK(contains(error_of([&] { gru(xs, h); }), "nn::read(cell, xs) for a whole sequence"));
    CHECK(contains(error_of([&] { rnn(x, tape.constant(Tensor({2, 3}))); }), "x [B,3] and h [B,2]"));
    CHECK(contains(error_of([&] { rnn(x, Var{}); }), "no operand lies on a tape"));
    CHECK(contains(error_of([&] { nn::read(gru, x); }), "read: this is no sequence\n  got       [2,3]"));
    CHECK(contains(error_of([&] {
                       nn::read(gru, xs, {.mask = tape.constant(Tensor({4, 3}))});
                   }),
                   "a mask [4,3] beside xs [4,2,3]"));
    CHECK(contains(error_of([] { nn::GRU(3, 0, Rng{0}); }), "3 in, 0 hidden"));
    const int line = __LINE__ + 1;
    CHECK(contains(error_of([&] { nn::read(gru, x); }), "recurrent_test.cpp:" + std::to_string(line)));
}

TEST_SUITE_END();
