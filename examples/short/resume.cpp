// examples/short/resume.cpp — a run that is stopped in the middle of an epoch, and goes on in another process
#include <cstdio>
#include <cstdlib>
#include <string>

#include "costate.hpp"
using namespace costate;

void train(const std::string& path, int updates) {  // those of the whole run; what path holds need not be done again
    Rng rng(0);
    nn::MLP field({2, 16, 2}, nn::tanh, rng);
    Tensor starts({50, 2});
    rng.fill_normal(starts.entries());
    optim::Adam adam(field, {.lr = 1e-2});
    nn::Batches batches(50, 8, rng);
    const auto loss = [&](Tape& tape) {
        Var z0 = tape.constant(nn::take_rows(starts, batches.next()));
        return nn::mse(ode::solve(field, z0, {0, 1}).end(), -z0);
    };
    int left = updates;
    optim::train(
        adam, loss,
        {.updates = 60, .stop = [&] { return --left == 0; }, .checkpoint = path, .also = {{"batches.", batches}}});
}

int main(int argc, char** argv) {
    if (argc == 1) {
        for (const char* file : {"out/resume.whole", "out/resume.parts"}) std::remove(file);
        train("out/resume.whole", 60);
        train("out/resume.parts", 29);
        if (std::system((std::string(argv[0]) + " go-on").c_str()) != 0) return 1;
        std::printf("same_bits = %d\n", serialize(load("out/resume.whole")) == serialize(load("out/resume.parts")));
    } else {  // the other process
        train("out/resume.parts", 60);
    }
}
