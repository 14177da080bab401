// examples/chip/learn.cpp — a neural ODE that learns where it is: recorded, compiled and trained on a microcontroller
//   z' = W2 tanh(W1 z + b1) + b2,  2-8-2, by 18 steps of rk4; ten observations of a spiral; Adam on the mean square        (a)
// make arm   builds it for a Cortex-M4F, runs it in QEMU, and says what it takes (examples/chip/chip.hpp measures)
// make wasm  the same in WebAssembly, run by node
// see        examples/USE.md, "With little memory"
#include "autodiff/operators.hpp"  // brings: mean, square
#include "core/own_heap.hpp"       // brings: OwnHeap: all memory that is asked for
#include "examples/chip/chip.hpp"  // brings: chip::say, chip::instructions, chip::stack_used
#include "nn/mlp.hpp"              // brings: MLP, Rng
#include "ode/solve.hpp"           // brings: solve
#include "optim/adam.hpp"          // brings: Adam

using namespace costate;

namespace {

// All the memory that recording, solving and learning ask for. A chip's is what its script hands in; pointers are twice as long
// on a computer.
#ifndef HEAP_BYTES
#define HEAP_BYTES 65536
#endif
alignas(std::max_align_t) std::byte memory[HEAP_BYTES];
constinit OwnHeap heap(memory, [] { chip::say("the heap is full", long(sizeof memory)), chip::stop(5); });

constexpr Index seen = 10;
constexpr Number last = 1.8, tenth = 0.1;

// x' = −x/10 + 2y, y' = −2x − y/10 from (2, 0), at ten times: by Euler steps so short that they are what a sensor would see
Tensor observations() {
    Tensor z({seen, 1, 2});
    Number x = 2, y = 0;
    constexpr int steps = 1000;
    for (int i = 0; i <= (seen - 1) * steps; ++i) {
        if (i % steps == 0) z[2 * (i / steps)] = static_cast<Real>(x), z[2 * (i / steps) + 1] = static_cast<Real>(y);
        const Number h = last / ((seen - 1) * steps), dx = -tenth * x + 2 * y, dy = -2 * x - tenth * y;
        x += h * dx, y += h * dy;
    }
    return z;
}

std::uint64_t hash_of(std::span<const Parameter> parameters) {  // FNV-1a of the weights' bytes
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const Parameter& p : parameters)
        for (const Real& x : p.value().entries())
            for (const unsigned char byte : std::bit_cast<std::array<unsigned char, sizeof(Real)>>(x))
                hash = (hash ^ byte) * 0x100000001b3;
    return hash;
}

}  // namespace

COSTATE_NEW_FROM(heap)

int main() {
    set_failure_handler([](const char* line) { chip::say(line, 0), chip::stop(2); });
    const Tensor data = observations();
    std::array<Number, seen> times;
    for (Index i = 0; i < seen; ++i) times[i] = last * Number(i) / (seen - 1);
    Rng rng(1);
    const nn::MLP law({2, 8, 2}, nn::tanh, rng);
    optim::Adam adam(law.parameters(), {.lr = 0.03});
    Tape tape;
    const auto field = [&](Var, Var z) { return law(z); };  // time is no input of it
    const auto step = [&] {
        tape.rewind();
        const Var z0 = tape.constant(View{data.data(), {1, 2}});
        const Var z = ode::solve(field, z0, times,
                                 {.method = ode::rk4_classic, .gradient = ode::once(ode::discrete), .steps = 18})
                          .z;
        const Var loss = mean(square(z - tape.constant(data)));
        adam.step(grad(loss, law.parameters()));
        return Number(loss.item());
    };
    constexpr int iterations = 200;
    constexpr Number million = 1e6;
    const Number first = step();
    step(), step();
    const long before = chip::instructions();
    const std::size_t taken = heap.most();
    Number now = 0;
    for (int k = 3; k < iterations; ++k) now = step();
    const long instructions = (chip::instructions() - before) / (iterations - 3);
    chip::say("loss x 10^6 at first, at last", long(million * first), long(million * now));
    chip::say("instructions an iteration", instructions);
    chip::say("heap, and what came after the third iteration", long(heap.most()), long(heap.most() - taken));
    chip::say("stack", long(chip::stack_used()));
    const std::uint64_t hash = hash_of(law.parameters());
    chip::say("hash of the weights", std::int32_t(hash >> 32), std::int32_t(hash));
    return 20 * now < first ? 0 : 1;
}
