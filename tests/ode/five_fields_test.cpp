// tests/ode/five_fields_test.cpp — the five fields of which each has broken a library, through every route
//   outer Var   captures a Var of the outer tape that itself depends on parameters
//   number      captures a double that changes between solves
//   mean        reads sum(z)/B: rows are coupled
//   noise       multiplies by noise [B,D], drawn before the solve
//   branch      branches on t: by where(...), on the tape; by reading t.value(), behind the tape's back
#include <doctest/doctest.h>

#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

enum class Kind { outer_var, number, mean, noise, where_branch, value_branch };
constexpr Kind on_the_tape[] = {Kind::outer_var, Kind::number, Kind::mean, Kind::noise, Kind::where_branch};
const char* const names[] = {"outer Var", "number", "mean", "noise", "where", "value"};

constexpr Index hidden = 64;  // wide enough that 300 rows are several tiles
constexpr int few_rows = 34;  // two tiles of forward, whose tangents by 322 numbers and z0 take long: it gets no more

struct World {
    Parameter W1{"W1", waves({hidden, 2}, 0.7)}, b1{"b1", waves({hidden}, 0.2, 0.6)},
        W2{"W2", waves({2, hidden}, 0.15, 2.3)};
    Parameter gain{"gain", Tensor({2}, {0.4, -0.3})};
    double factor = 0.8;
    Tensor noise;

    std::vector<Parameter> parameters() const { return {W1, b1, W2, gain}; }

    void change() {  // between two solves
        for (const Parameter& p : parameters())
            for (Index i = 0; i < p.size(); ++i) p.edit()[i] *= static_cast<Real>(1.1);
        factor = -0.6;
        for (Real& x : noise.entries()) x = 1 - x;
    }

    Var network(Var z) const {
        Tape& tape = z.tape();
        return matmul(tanh(matmul(z, tape.use(W1), false, true) + tape.use(b1)), tape.use(W2), false, true);
    }

    MakeField field(Kind kind) const {
        return [this, kind](Tape& outer) -> Field {
            const Var strength = softplus(outer.use(gain)) * 0.7;  // of the outer tape: [2]
            const double now = factor;
            return [this, kind, strength, now](Var t, Var z) -> Var {
                const Var f = network(z);
                switch (kind) {
                    case Kind::outer_var: return strength * f + 0.1 * t;
                    case Kind::number: return now * f * z.tape().constant(now) + strength;
                    case Kind::mean: return strength * f - sum(z, {0}, true) / double(z.shape()[0]);
                    case Kind::noise: return strength * f + z * noise;
                    case Kind::where_branch:
                        return strength * f + where(less(t, 0.5), 0.2 * z, (0.5 - t) * (3.0 * z - f) + 0.2 * z);
                    case Kind::value_branch:
                        return strength * f + (t.item() < Real(0.5) ? 0.2 * z : (0.5 - t) * (3.0 * z - f) + 0.2 * z);
                }
                return f;
            };
        };
    }
};

World world_for(Index rows) {
    World world;
    world.noise = waves({rows, 2}, 0.5, 3.1);
    return world;
}

const std::vector<double> moments{0, 0.25, 0.5, 0.7, 1};

// The branch at 0.5 lies between two of 12 steps and at an observation, so it costs no route its order; f goes on
// without a jump there. The routes but for the adjoint share their steps; the adjoint agrees to the method's own error.
SolveOptions fixed(Route route, bool tiles = true) {
    return {.method = rk4_classic, .gradient = route, .steps = 12, .tiles = tiles};
}

Gradients through(const World& world, Kind kind, const Tensor& z0, const SolveOptions& options, Tape& tape) {
    return solve_and_differentiate(tape, world.field(kind), world.parameters(), z0, moments, options, false);
}

// H v of the loss, v = the parameters themselves, by a tangent of the gradient and by a gradient of ⟨gradient, v⟩.
struct Products {
    std::vector<Tensor> by_jvp, by_grad;
};

Products products(Tape& tape, const World& world, Kind kind, const Tensor& z0, const SolveOptions& options) {
    tape.rewind();
    const Field field = world.field(kind)(tape);
    const Var start = tape.variable(z0);
    const Var loss = weighted(solve(tape, field, start, moments, options).z);
    std::vector<Var> xs{start}, vs{tape.constant(waves(z0.shape(), 1, 0.8))};
    for (const Parameter& p : world.parameters()) {
        xs.push_back(tape.use(p));
        vs.push_back(tape.constant(waves(p.shape(), 1, 1.9)));
    }
    const Vars bars = grad(loss, Vars(xs));
    Products made;
    const Vars dots = jvp(bars, Vars(xs), Vars(vs));
    for (std::size_t i = 0; i < xs.size(); ++i)
        made.by_jvp.push_back(dots[i].is_zero() ? Tensor(xs[i].shape()) : Tensor(tape.view(dots[i])));
    Var along = sum(bars[0] * vs[0]);
    for (std::size_t i = 1; i < xs.size(); ++i) along = along + sum(bars[i] * vs[i]);
    const Vars seconds = grad(along, Vars(xs));
    for (std::size_t i = 0; i < xs.size(); ++i) made.by_grad.push_back(Tensor(tape.view(seconds[i])));
    return made;
}

double away(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    double most = 0, scale = 0;
    for (const Tensor& x : b) scale = std::max(scale, largest(x));
    for (std::size_t i = 0; i < b.size(); ++i)
        for (Index j = 0; j < b[i].size(); ++j) {
            const double apart = std::abs(double(a[i][j]) - double(b[i][j]));
            most = apart <= HUGE_VAL ? std::max(most, apart) : HUGE_VAL;
        }
    return most / scale;
}

void routes_agree(Kind kind, Index rows) {
    World world = world_for(rows);
    const Tensor z0 = waves({rows, 2}, 0.8);
    Tape textbook, sweep, adjoint;
    for (int pass = 0; pass < 2; ++pass) {
        INFO(names[int(kind)], ", ", rows, " rows, pass ", pass);
        const Gradients a = through(world, kind, z0, fixed(direct), textbook);
        const Gradients b = through(world, kind, z0, fixed(discrete), sweep);
        const Gradients c = through(world, kind, z0, fixed(backsolve), adjoint);
        // direct adds 300 rows in another order; a float has 1e-7, of which such sums keep 1e-5
        CHECK(distance(b, a) < either(1e-12, 1e-4));
        // Of order 4 in 1/12: 2e-5 at most among these fields, measured, and a sixteenth of it with 24 steps
        CHECK(distance(c, a) < either(5e-5, 2e-4));
        world.change();
    }
}

void tiles_change_nothing(Kind kind, Index rows, bool sums) {
    CAPTURE(std::string(names[int(kind)]));
    CAPTURE(rows);
    const World world = world_for(rows);
    const Tensor z0 = waves({rows, 2}, 0.8);
    for (const Route& route : replaying_routes())
        for (const bool adaptive : {false, true}) {
            if (route == forward && rows > few_rows) continue;
            CAPTURE(std::string(route.name));
            CAPTURE(adaptive);
            SolveOptions options = fixed(route);
            if (adaptive) options = {.method = tsit5, .rtol = 1e-4, .atol = 1e-4, .gradient = route};
            Tape one, other;
            const Gradients tiled = through(world, kind, z0, options, one);
            options.tiles = false;
            const Gradients whole = through(world, kind, z0, options, other);
            CHECK(tiled.z == whole.z);
            CHECK(tiled.z0 == whole.z0);
            if (sums) CHECK(tiled.parameters == whole.parameters);
        }
}

void a_row_is_a_row(Kind kind) {
    CAPTURE(std::string(names[int(kind)]));
    const Loss loss = [](Var z) { return sum(square(z)); };  // in which every row counts alike
    for (const Method& method : {rk4_classic, dopri5})
        for (const Route& route : replaying_routes()) {
            const Index rows = route == forward ? few_rows : 300;
            const World world = world_for(rows);
            const Tensor z0 = waves({rows, 2}, 0.8);
            CAPTURE(std::string(method.name));
            CAPTURE(std::string(route.name));
            const SolveOptions options{.method = method, .gradient = route, .steps = 6};
            Tape tape;
            const Gradients all =
                solve_and_differentiate(tape, world.field(kind), world.parameters(), z0, moments, options, false, loss);
            for (const Index row : {Index(0), rows / 8, rows / 8 + 1, rows / 2 + 1, rows - 1}) {
                CAPTURE(row);
                World alone = world;
                alone.noise = Tensor(world.noise.rows(row, 1));
                Tape small;
                const Gradients one = solve_and_differentiate(small, alone.field(kind), alone.parameters(),
                                                              Tensor(z0.rows(row, 1)), moments, options, false, loss);
                bool same = true;
                for (Index d = 0; d < 2; ++d) {
                    same = same && one.z0[d] == all.z0[2 * row + d];
                    for (Index i = 0; i < Index(moments.size()); ++i)
                        same = same && one.z[2 * i + d] == all.z[2 * (i * rows + row) + d];
                }
                CHECK(same);
            }
        }
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("five fields: every route, small batches, twice with other parameters") {
        for (const Kind kind : on_the_tape)
            for (const Index rows : {1, 5}) routes_agree(kind, rows);
    }

    TEST_CASE("five fields: every route, large batches, twice with other parameters") {
        for (const Kind kind : on_the_tape)
            for (const Index rows : {70, 300}) routes_agree(kind, rows);
    }

    TEST_CASE("five fields: tiles change no bit of a row") {
        for (const Kind kind : on_the_tape)
            for (const Index rows : {1, 5, few_rows, 70, 300}) tiles_change_nothing(kind, rows, false);
    }

    TEST_CASE("five fields: tiles change no bit of a sum over rows") {
        for (const Kind kind : on_the_tape)
            for (const Index rows : {few_rows, 70, 300}) tiles_change_nothing(kind, rows, true);
    }

    TEST_CASE("five fields: a row has the bits that it has alone") {
        for (const Kind kind : {Kind::outer_var, Kind::number, Kind::noise, Kind::where_branch}) a_row_is_a_row(kind);
    }

    TEST_CASE("five fields: Hessian-vector products are those of the textbook") {
        for (const Kind kind : on_the_tape)
            for (const Index rows : {1, 5, 70}) {
                CAPTURE(std::string(names[int(kind)]));
                CAPTURE(rows);
                const World world = world_for(rows);
                const Tensor z0 = waves({rows, 2}, 0.8);
                Tape textbook, sweep, adjoint, whole;
                const Products a = products(textbook, world, kind, z0, fixed(direct));
                const Products b = products(sweep, world, kind, z0, fixed(discrete));
                const Products w = products(whole, world, kind, z0, fixed(discrete, false));
                const Products c = products(adjoint, world, kind, z0, fixed(backsolve));
                CHECK(away(a.by_jvp, a.by_grad) < either(1e-12, 1e-4));  // a Hessian is symmetric
                CHECK(away(b.by_jvp, a.by_jvp) < either(1e-12, 1e-4));
                CHECK(away(b.by_grad, a.by_grad) < either(1e-12, 1e-4));
                CHECK(w.by_jvp == b.by_jvp);
                CHECK(w.by_grad == b.by_grad);
                const double most = either(2e-4, 1e-3);  // as above, once differentiated
                CHECK(away(c.by_jvp, a.by_jvp) < most);
                CHECK(away(c.by_grad, a.by_grad) < most);
            }
    }

    TEST_CASE("five fields: an adaptive solve finds the same gradients by every route") {
        for (const Kind kind : {Kind::outer_var, Kind::number, Kind::mean, Kind::noise}) {
            CAPTURE(std::string(names[int(kind)]));
            const World world = world_for(5);
            const Tensor z0 = waves({5, 2}, 0.8);
            const double tolerance = either(1e-9, 1e-5);
            SolveOptions options{.method = dopri5, .rtol = tolerance, .atol = tolerance, .gradient = direct};
            Tape textbook, sweep, adjoint;
            const Gradients a = through(world, kind, z0, options, textbook);
            options.gradient = discrete;
            CHECK(distance(through(world, kind, z0, options, sweep), a) < either(1e-12, 1e-4));
            options.gradient = backsolve;
            CHECK(distance(through(world, kind, z0, options, adjoint), a) <
                  either(1e-6, 3e-3));  // the quadrature takes no part in the error norm
        }
    }

    TEST_CASE("five fields: a branch on t.value() is the branch by where, through direct") {
        const World world = world_for(5);
        const Tensor z0 = waves({5, 2}, 0.8);
        for (const bool adaptive : {false, true}) {
            CAPTURE(adaptive);
            SolveOptions options = fixed(direct);
            if (adaptive) options = {.method = tsit5, .rtol = 1e-5, .atol = 1e-5, .gradient = direct};
            Tape a, b;
            const Gradients by_value = through(world, Kind::value_branch, z0, options, a);
            const Gradients by_where = through(world, Kind::where_branch, z0, options, b);
            CHECK(distance(by_value, by_where) < either(1e-12, 1e-4));
        }
        Tape a, b;
        const Products by_value = products(a, world, Kind::value_branch, z0, fixed(direct));
        const Products by_where = products(b, world, Kind::where_branch, z0, fixed(direct));
        CHECK(away(by_value.by_jvp, by_where.by_jvp) < either(1e-12, 1e-4));
        CHECK(away(by_value.by_grad, by_where.by_grad) < either(1e-12, 1e-4));
    }

    TEST_CASE("five fields: a branch on t.value() is refused by every route that replays, with the line that read") {
        const World world = world_for(5);
        for (const Route& route : replaying_routes()) {
            CAPTURE(std::string(route.name));
            Tape tape;
            const std::string text = error_of([&] {
                through(world, Kind::value_branch, waves({5, 2}, 0.8), fixed(route), tape);
            });
            CHECK(contains(text, "solve: the field reads a value, so it cannot be replayed"));
            CHECK(contains(text, "five_fields_test.cpp"));
            CHECK(contains(text, "where(...)"));
            CHECK(contains(text, ".gradient = ode::direct"));
        }
    }
}
