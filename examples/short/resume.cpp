// examples/short/resume.cpp — a run that is stopped in the middle of an epoch, and goes on in another process
#include <cstdio>
#include <cstdlib>
#include <string>

#include "costate.hpp"
using namespace costate;

struct Run {
    nn::MLP field{{2, 16, 2}, nn::tanh, Rng{0}};
    optim::Adam adam{field, {.lr = 1e-2}};
    nn::Batches batches{50, 8, Rng{1}};

    void train(int steps) {
        Tensor starts({50, 2});
        Rng(2).fill_normal(starts.entries());
        for (Tape tape; steps > 0; --steps, tape.rewind()) {
            Var z0 = tape.constant(nn::take_rows(starts, batches.next()));
            adam.minimise(nn::mse(ode::solve(field, z0, {0, 1}).end(), -z0));
        }
    }
    TensorFile saved() const {
        TensorFile file;
        field.write(file, "field."), adam.write(file, "adam."), batches.write(file, "batches.");
        return file;
    }
    void read(const TensorFile& file) {
        field.read(file, "field."), adam.read(file, "adam."), batches.read(file, "batches.");
    }
};

int main(int argc, char** argv) {
    Run stopped, whole;
    if (argc > 1) {  // the other process
        stopped.read(load("out/resume.half"));
        stopped.train(30);
        save("out/resume.end", stopped.saved());
        return 0;
    }
    whole.train(60), stopped.train(30);
    save("out/resume.half", stopped.saved());
    if (std::system((std::string(argv[0]) + " go-on").c_str()) != 0) return 1;
    std::printf("same_bits = %d\n", serialize(load("out/resume.end")) == serialize(whole.saved()));
}
