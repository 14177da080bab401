// tests/optim/law_in_c_test.cpp — laws of other shapes beside the printed step that trains them, against their own records
#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "optim/to_c.hpp"
#include "tests/support/c_program.hpp"
#include "tests/support/learnt.hpp"

namespace costate::test {

namespace {

// What a law is: what goes in and comes out of it, in the order of its C functions' arguments.
struct Ports {
    std::vector<Var> states, cotangents, forward, reverse, summed;

    std::vector<Var> results() const {
        std::vector<Var> all = forward;
        for (const auto* more : {&reverse, &summed}) all.insert(all.end(), more->begin(), more->end());
        return all;
    }
};
using Record = std::function<Ports(const nn::MLP&, Tape&)>;

std::string numbers(const char* name, View of) {
    std::string list;
    for (const Real x : of.entries()) list += (list.empty() ? "" : ", ") + std::to_string(x);
    return std::string("    const real ") + name + "[] = {" + list + "};\n";
}

// After three steps of training: what the printed law says with `call`, and what its record says on a tape.
void check_law(const Record& record, const std::string& call) {
    if (!has_compiler()) return;
    Learnt l{loss_by({.method = ode::rk4_classic, .steps = 3}), seen};
    Tape tape;
    const Ports p = record(l.law, tape);
    const Program law = compile(tape, {.states = p.states,
                                       .cotangents = p.cotangents,
                                       .forward = p.forward,
                                       .reverse = p.reverse,
                                       .summed = p.summed});
    Index count = 0;
    for (const Var& v : p.results()) count += v.size();
    const std::string n = std::to_string(count);
    std::string body = "    real y[" + n + "];\n";
    for (std::size_t i = 0; i < p.states.size(); ++i) body += numbers(i == 0 ? "a" : "b", p.states[i].value());
    for (std::size_t i = 0; i < p.cotangents.size(); ++i)
        body += numbers(i == 0 ? "wa" : "wb", p.cotangents[i].value());
    const std::vector<Real> found = said_by(optim::to_c(l.step(), l.adam, "law", law), l.sample,
                                            body + train(3) + call + "    put(y, " + n + ");\n");
    l.learn(3);
    Tape now;
    std::vector<Real> right;
    for (const Var& v : record(l.law, now).results())
        right.insert(right.end(), v.value().entries().begin(), v.value().entries().end());
    CHECK(agree(found, right));
}

const Tensor two({1, 2}, {Real(0.25), -1}), one({1, 1}, {Real(1.5)});

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("to_c: a law of two states and two rates, and its pullback") {
    const Record record = [](const nn::MLP& law, Tape& tape) {
        const Var a = tape.variable(two), b = tape.variable(one), wa = tape.variable(Tensor({1, 2}, {2, Real(0.5)})),
                  wb = tape.variable(Tensor({1, 1}, {-1})), da = law(tape.constant(Real(0.5)), a) * b,
                  db = slice(da, 1, 0, 1) - b * b;
        std::vector<Var> leaves{a, b};
        for (const Parameter& q : law.parameters()) leaves.push_back(tape.use(q));
        const std::vector<Var> rates{da, db}, bars_of{wa, wb};
        const Vars bars = vjp(rates, leaves, bars_of);
        return Ports{{a, b}, {wa, wb}, rates, {bars[0], bars[1]}, {bars.begin() + 2, bars.end()}};
    };
    check_law(record,
              "    if (law_f(arena, a, b, y, y + 2) != law_ok) return 4;\n"
              "    if (law_vjp(arena, a, b, wa, wb, y + 3, y + 5, y + 6) != law_ok) return 5;\n");
}

TEST_CASE("to_c: a law whose pullback is for its state alone, and one that has none") {
    const auto record_with = [](bool pulls) {
        return [pulls](const nn::MLP& law, Tape& tape) {
            const Var a = tape.variable(two), da = law(tape.constant(Real(0.5)), a);
            if (!pulls) return Ports{{a}, {}, {da}, {}, {}};
            const Var w = tape.variable(Tensor({1, 2}, {2, Real(0.5)}));
            return Ports{{a}, {w}, {da}, {vjp(Vars(&da, 1), Vars(&a, 1), Vars(&w, 1))[0]}, {}};
        };
    };
    check_law(record_with(true),
              "    if (law_f(arena, a, y) != law_ok || law_vjp(arena, a, wa, y + 2) != law_ok) return 4;\n");
    check_law(record_with(false), "    if (law_f(arena, a, y) != law_ok) return 4;\n");
}

TEST_CASE("to_c: of a law that does not read a state or a parameter the pullback says 0") {
    const Record record = [](const nn::MLP& law, Tape& tape) {
        const Var a = tape.variable(two), b = tape.variable(one), w = tape.variable(Tensor({1, 2}, {2, Real(0.5)})),
                  da = a * sum(square(tape.use(law.parameters()[0])));  // of all weights the first layer's
        std::vector<Var> leaves{a, b};
        for (const Parameter& q : law.parameters()) leaves.push_back(tape.use(q));
        std::vector<Var> bars;
        for (const Var& bar : vjp(Vars(&da, 1), leaves, Vars(&w, 1)))
            bars.push_back(bar.is_zero() ? tape.constant(Tensor(leaves[bars.size()].shape())) : bar);
        return Ports{{a, b}, {w}, {da}, {bars[0], bars[1]}, {bars.begin() + 2, bars.end()}};
    };
    check_law(record,
              "    if (law_f(arena, a, b, y) != law_ok) return 4;\n"
              "    if (law_vjp(arena, a, b, wa, y + 2, y + 4, y + 5) != law_ok) return 5;\n");
}

TEST_CASE("to_c: a law that is itself a solve: what the state will be") {
    const Record record = [](const nn::MLP& law, Tape& tape) {
        const Var a = tape.variable(two), w = tape.variable(Tensor({1, 2}, {2, Real(0.5)})),
                  end = ode::solve(law, a, {0, 0.5}, {.method = ode::heun3, .steps = 4}).end();
        std::vector<Var> leaves{a};
        for (const Parameter& q : law.parameters()) leaves.push_back(tape.use(q));
        const Vars bars = vjp(Vars(&end, 1), leaves, Vars(&w, 1));
        return Ports{{a}, {w}, {end}, {bars[0]}, {bars.begin() + 1, bars.end()}};
    };
    check_law(record,
              "    if (law_f(arena, a, y) != law_ok || law_vjp(arena, a, wa, y + 2, y + 4) != law_ok) return 4;\n");
}

TEST_SUITE_END();

}  // namespace costate::test
