// tests/ode/in_parts.hpp — a batch's solve and its gradients, beside themselves by other numbers of threads
#pragma once
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "autodiff/operators.hpp"
#include "nn/mlp.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"  // brings: waves
#include "tests/support/same_bits.hpp"
#include "tests/support/with_threads.hpp"

namespace costate::test {

using Tensors = std::vector<Tensor>;

inline constexpr Index rows_in_parts = 300;  // eight ranges, the last one shorter

inline nn::MLP network(nn::Activation activation, Index width = 24) {
    Rng rng(7);
    return nn::MLP({2, width, width, 2}, activation, rng);
}

// The states seen, the gradients for start and parameters, of a batch, and what is said of the solve.
template <class Field>
Tensors solved(const Field& field, std::span<const Parameter> parameters, const ode::SolveOptions& options) {
    Tape tape;
    const Var z0 = tape.variable(waves({rows_in_parts, 2}, 1));
    const ode::Solution<Var> solution = ode::solve(tape, field, z0, {0, 0.4, 1}, options);
    const Var loss = sum(square(solution.z));
    std::vector<Var> gradients{grad(loss, z0)};
    for (const Var& g : grad(loss, parameters)) gradients.push_back(g);
    Tensors numbers{Tensor(solution.z.value())};
    for (const Var& g : gradients) numbers.emplace_back(g.value());
    // (Not how often f was asked backwards: a batch of several tiles asks for each step's first stage anew, and threads have
    // larger tiles.)
    const ode::Statistics& s = solution.statistics();
    for (const long count : {s.evaluations, s.accepted, s.rejected, s.parameter_vjps, s.backward_accepted,
                             s.backward_rejected, long(s.floor_acted)})
        numbers.push_back(Tensor::scalar(static_cast<Real>(count)));
    numbers.push_back(Tensor::scalar(std::isfinite(s.stiff_at) ? Real(s.stiff_at) : -1));
    return numbers;
}

template <class Field>
void check_threads(const Field& field, std::span<const Parameter> parameters, const ode::SolveOptions& options,
                   std::initializer_list<int> counts = {2, 3, 4, 5, 6, 7, 8}) {
    CAPTURE(std::string(options.method.name));
    CAPTURE(std::string(options.gradient.name));
    const Tensors alone = solved(field, parameters, options);
    for (const int count : counts) {
        if (count > most_compared) continue;
        CAPTURE(count);
        const WithThreads with(count);
        const Tensors shared = solved(field, parameters, options);
        REQUIRE(shared.size() == alone.size());
        for (std::size_t i = 0; i < alone.size(); ++i) {
            CAPTURE(i);
            CHECK(same_bits(shared[i], alone[i]));
        }
    }
}

inline Tensors solved(const nn::MLP& net, const ode::SolveOptions& options) {
    return solved(net, net.parameters(), options);
}
inline void check_threads(const nn::MLP& net, const ode::SolveOptions& options) {
    check_threads(net, net.parameters(), options);
}

// y = x, and on whose thread
struct Witness {
    std::atomic<long>* by_others;
    std::thread::id owner;
    static constexpr const char* name = "test: witness";
    bool operator==(const Witness&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        std::copy_n(x.data, x.size(), y.data);
        if (std::this_thread::get_id() != owner) ++*by_others;
    }
    Var jvp(Var, Var, Var dx) const { return dx; }
    Var vjp(Var, Var, Var gy, Needs) const { return gy; }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return elementwise_rows(in, y); }
};

}  // namespace costate::test
