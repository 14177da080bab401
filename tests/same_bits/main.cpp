// tests/same_bits/main.cpp — does this machine train to the same bits as every other?           make repro
//   name hash      a line each: kernels first, then trained parameters, and files that keep them, so that the first line that
//                  differs is the cause
// Only what a build with BITS=same promises is hashed. The numbers are stored with the lowest byte first, on any machine.
#include <cstdio>
#include <string>
#include <vector>

#include "costate.hpp"
#include "tests/core/pinned_bits.hpp"  // brings: hash_of

using namespace costate;

namespace {

std::uint64_t hash_of(std::span<const Real> numbers) {
    using Bits = std::conditional_t<sizeof(Real) == 8, std::uint64_t, std::uint32_t>;
    std::vector<std::uint8_t> bytes;
    for (const Real x : numbers) {
        auto bits = __builtin_bit_cast(Bits, x);
        for (std::size_t i = 0; i < sizeof(Real); ++i, bits >>= 8)
            bytes.push_back(static_cast<std::uint8_t>(bits & 0xFF));
    }
    return test::hash_of(bytes.data(), bytes.size());
}
void say(const char* name, std::uint64_t hash) {
    std::printf("%-22s %016llx\n", name, static_cast<unsigned long long>(hash));
}
void say(const char* name, std::span<const Real> numbers) { say(name, hash_of(numbers)); }
void say_bytes(const char* name, const std::vector<std::uint8_t>& bytes) {
    say(name, test::hash_of(bytes.data(), bytes.size()));
}

template <class F>
void function(const char* name, double low, double high, F f) {
    constexpr Index n = 20'011;
    Tensor x({n}), y({n});
    for (Index i = 0; i < n; ++i)
        x.data()[i] = static_cast<Real>(low + (high - low) * static_cast<double>(i) / static_cast<double>(n - 1));
    map(f, y.view(), x);
    say(name, y.entries());
}

Tensor normal(Rng& rng, const Shape& shape) {
    Tensor x(shape);
    rng.fill_normal(x.entries());
    return x;
}

void products() {
    Rng rng(5);
    for (const auto& [M, K, N] :
         {std::array<Index, 3>{3, 2, 8}, {32, 8, 2}, {5, 40, 1}, {33, 64, 3}, {7, 19, 4}, {64, 50, 70}})
        for (const bool transposed : {false, true}) {
            const Tensor a = normal(rng, {M, K}), b = normal(rng, transposed ? Shape{N, K} : Shape{K, N}),
                         w = normal(rng, {K});
            Tensor c = normal(rng, {M, N});
            const GemmShape shape{.M = M, .K = K, .N = N, .transpose_b = transposed};
            gemm(shape, a.data(), b.data(), c.data());
            say(spelled("gemm ", M, "x", K, "x", N, transposed ? " t" : "").c_str(), c.entries());
            gemm(shape, a.data(), b.data(), c.data(), Into::add, w.data());
            say(spelled("weighted ", M, "x", K, "x", N, transposed ? " t" : "").c_str(), c.entries());
        }
}

// What is saved, byte for byte, by both formats: of a model and its optimiser, and of what was read back.
void saved(const nn::MLP& field, const optim::Adam& adam) {
    TensorFile file;
    field.write(file, "model");
    adam.write(file, "adam");
    for (const bool again : {false, true}) {
        const std::vector<std::uint8_t> bytes = serialize(file), npz = serialize_npz(file);
        say_bytes(again ? "saved again" : "saved", bytes);
        say_bytes(again ? "saved again, npz" : "saved, npz", npz);
        file = parse(bytes);
    }
}

// 2-8-2, tanh, follows a spiral; Adam, 200 updates.
void trained(const char* name, const ode::SolveOptions& options, int updates) {
    const nn::MLP field({2, 8, 2}, nn::tanh, Rng{7});
    optim::Adam adam(field, {.lr = 2e-2});
    const std::vector<double> times = linspace(0, 1.8, 10);
    const auto spiral = [](double t, Index i) { return static_cast<Real>(1.5 / (1 + t) * (i ? t : 1 - t)); };
    Tensor seen({10, 1, 2});
    for (Index t = 0; t < 10; ++t)
        for (Index i = 0; i < 2; ++i) seen.data()[2 * t + i] = spiral(times[static_cast<std::size_t>(t)], i);
    Tape tape;
    for (int update = 0; update < updates; ++update, tape.rewind()) {
        const Var z = ode::solve(tape, field, Tensor({1, 2}, {1.5, 0}), times, options).z;
        adam.minimise(nn::mse(z, seen));
    }
    std::vector<Real> all;
    for (const Parameter& p : field.parameters())
        for (const Real x : p.value().entries()) all.push_back(x);
    say(name, all);
    if (updates == 200) saved(field, adam);
}

}  // namespace

int main() {
    Rng rng(1);
    Tensor drawn({1000});
    rng.fill_uniform(drawn.entries(), 0, 1);
    say("random: uniform", drawn.entries());
    drawn = normal(rng, {1000});
    say("random: normal", drawn.entries());
    function("exp", -20, 20, [](Real x) { return elementary::exp(x); });
    function("expm1", -3, 3, [](Real x) { return elementary::expm1(x); });
    function("log", 1e-6, 50, [](Real x) { return elementary::log(x); });
    function("log1p", -0.9, 5, [](Real x) { return elementary::log1p(x); });
    function("tanh", -10, 10, [](Real x) { return elementary::tanh(x); });
    function("sigmoid", -20, 20, [](Real x) { return elementary::sigmoid(x); });
    function("softplus", -20, 20, [](Real x) { return elementary::softplus(x); });
    function("sin", -100, 100, [](Real x) { return elementary::sin(x); });
    function("cos", -100, 100, [](Real x) { return elementary::cos(x); });
    function("tan", -100, 100, [](Real x) { return elementary::tan(x); });
    function("atan", -10, 10, [](Real x) { return elementary::atan(x); });
    function("erf", -5, 5, [](Real x) { return elementary::erf(x); });
    function("pow", 0.01, 20, [](Real x) { return elementary::pow(x, Real(1.7)); });
    products();
    trained("rk4, discrete", {.method = ode::rk4_classic, .gradient = ode::discrete, .steps = 18}, 200);
    trained("dopri5, backsolve", {.method = ode::dopri5, .gradient = ode::backsolve}, 50);
    trained("tsit5, discrete", {.method = ode::tsit5, .gradient = ode::discrete}, 50);
    trained("bosh3, checkpointed", {.method = ode::bosh3, .gradient = ode::checkpointed(4)}, 50);
    return 0;
}
