// tests/support/learnt.hpp — a law that is learnt from one sample through a solve: what printed training steps are held against
#pragma once
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "autodiff/operators.hpp"
#include "core/linspace.hpp"
#include "nn/mlp.hpp"
#include "ode/solve.hpp"
#include "optim/adam.hpp"
#include "tests/support/c_program.hpp"  // brings: numbers_of, same_bits_wanted

namespace costate::test {

using Loss = std::function<Var(const nn::MLP&, Var sample)>;

// A law that is learnt from one sample, over and over.
struct Learnt {
    Loss loss;
    Tensor sample;
    nn::MLP law{{2, 5, 2}, nn::tanh, Rng{3}, {.time = true}};
    optim::Adam adam{law, {.lr = 0.02}};

    void learn(int iterations) {
        for (Tape tape; iterations-- > 0; tape.rewind()) adam.minimise(loss(law, tape.constant(sample)));
    }
    std::vector<Real> weights() const {
        std::vector<Real> all;
        for (const Parameter& p : law.parameters()) {
            const Tensor value = p.value();
            all.insert(all.end(), value.entries().begin(), value.entries().end());
        }
        return all;
    }
    Program step() const {
        Tape tape;
        const Var seen = tape.variable(sample), l = loss(law, seen);
        std::vector<Var> results{l};
        for (const Var& g : grad(l, law.parameters())) results.push_back(g);
        return compile(tape, Vars(&seen, 1), results);
    }
};

// Of a printed step: main with this body, which writes numbers by put(first, count); `sample` is read.
inline std::vector<Real> said_by(const std::string& file, const Tensor& sample, const std::string& body) {
    const std::string source = file +
                               "#include <stdio.h>\nstatic void put(const real *x, int n) { fwrite(x, sizeof(real), "
                               "(unsigned)n, stdout); }\n" +
                               "static unsigned char arena[law_bytes], copy[law_kept];\nint main(void) {\n" +
                               "    real sample[law_samples];\n    (void)copy;\n" +
                               "    if (fread(sample, sizeof(real), law_samples, stdin) != law_samples) return 1;\n" +
                               "    if (law_begin(arena, sizeof arena) != law_ok) return 2;\n" + body +
                               "    return 0;\n}\n";
    return numbers_of(source, {sample.entries().begin(), sample.entries().end()});
}
inline std::string train(int iterations) {
    return "    for (int k = 0; k < " + std::to_string(iterations) +
           "; k++) if (law_train(arena, sample) != law_ok) return 3;\n";
}

inline bool agree(const std::vector<Real>& found, const std::vector<Real>& right) {
    if (found.size() != right.size()) return false;
    if (same_bits_wanted) return found == right;
    for (std::size_t i = 0; i < right.size(); ++i)
        if (!(std::abs(double(found[i]) - double(right[i])) <= (sizeof(Real) == 8 ? 1e-10 : 2e-3))) return false;
    return true;
}

inline const std::vector<Number> times = linspace(0, 0.9, 4);
inline const Tensor seen({4, 1, 2}, {2, 0, 1.5, -0.7, 0.8, -1.3, 0.1, -1.6});

inline Loss loss_by(const ode::SolveOptions& options, const std::vector<Number>& at = times) {
    return [options, at](const nn::MLP& law, Var sample) {
        const Var start = slice(sample, 0, 0, 1);
        return mean(square(ode::solve(law, reshape(start, start.shape().without(0)), at, options).z - sample));
    };
}

struct Steps {
    const char* name;
    Loss loss;
    Tensor sample;
};
inline std::vector<Steps> kinds_of_steps() {
    const Tensor rows({4, 3, 2}, Real(0.3));
    const std::vector<Number> uneven{0, 0.17, 0.5, 0.9}, again{0, 0, 0.3, 0.9}, back{0.9, 0.6, 0.3, 0};
    using ode::dopri5, ode::rk4_classic, ode::tsit5;
    return {
        {"within, rk4", loss_by({.method = rk4_classic, .steps = 4}, uneven), seen},
        {"within, dopri5", loss_by({.method = dopri5, .steps = 2}, uneven), seen},
        {"within, tsit5, rows", loss_by({.method = tsit5, .steps = 3}, uneven), rows},
        {"lengths", loss_by({.method = rk4_classic, .step = 0.11}, uneven), seen},
        {"twice at the start", loss_by({.method = rk4_classic, .steps = 3}, again), seen},
        {"a jump", loss_by({.method = rk4_classic, .step = 0.2, .jump_t = {0.4}}), seen},
        {"backwards", loss_by({.method = rk4_classic, .steps = 6}, back), seen},
        {"checkpointed", loss_by({.method = rk4_classic, .gradient = ode::checkpointed(2), .steps = 6}), seen},
    };
}

}  // namespace costate::test
