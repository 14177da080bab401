// tests/optim/checkpoint_test.cpp — a run that is cut anywhere, by itself or by SIGKILL, ends with the bits of one that is not
#include "optim/checkpoint.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "core/files/file.hpp"
#include "nn/batches.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "ode/solve.hpp"
#include "optim/adam.hpp"
#include "optim/schedule.hpp"
#include "optim/train.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#if defined(__unix__)
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

using namespace costate;
using test::contains;
using test::error_of;

namespace {

constexpr std::uint64_t whole = 24;

// All that a run can have: minibatches, noise, a schedule, a solve, a validation with patience, numbers of one's own.
struct Training {
    nn::MLP field{{2, 5, 2}, nn::tanh, Rng{1}};
    optim::Adam adam{field};
    nn::Batches batches{10, 4, Rng{2}};
    Rng noise{3};
    std::uint64_t calls = 0;
    double total = 0;
    Tensor starts{Shape{10, 2}}, x;

    Training() { Rng(4).fill_normal(starts.entries()); }

    Var loss(Tape& tape) {
        ++calls;
        nn::take_rows(starts, batches.next(), x);
        for (Real& entry : x.entries()) entry += static_cast<Real>(0.01 * noise.normal());
        return nn::mse(ode::solve(tape, field, x, {0, 1}).end(), -tape.constant(x));
    }
    double validate() {
        Tape tape;
        return double(nn::mse(ode::solve(tape, field, starts, {0, 1}).end(), -tape.constant(starts)).item());
    }
    optim::Trained train(const std::string& path, std::uint64_t every, std::uint64_t stop_after = whole) {
        std::uint64_t here = 0;
        return optim::train(
            adam, [&](Tape& tape) { return loss(tape); },
            {.updates = whole,
             .rate = optim::Cosine{.peak = 0.3, .steps = whole, .warmup = 2},  // so large that the last is not the best
             .clip = 1,
             .validate = [&] { return validate(); },
             .validate_every = 3,
             .patience = 4,
             .progress = [&](const optim::Progress& p) { total += p.loss; },
             .stop = [&] { return ++here == stop_after; },
             .checkpoint = path,
             .checkpoint_every = every,
             .also = {{"batches.", batches}, {"noise.", noise}, {"calls", calls}, {"total", total}}});
    }
    std::vector<std::uint8_t> bits() const {
        TensorFile file;
        field.write(file, "field."), adam.write(file, "adam."), batches.write(file, "batches.");
        nn::write(file, "noise.", noise);
        file.add_integer("calls", calls), file.add_number("total", total);
        return serialize(file);
    }
};

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("checkpoint: a run that stops after any update and goes on in new objects has the same bits") {
    const TemporaryFolder folder;
    Training uncut;
    const optim::Trained end = uncut.train("", 1);
    for (std::uint64_t cut = 1; cut < end.updates; ++cut) {
        const std::string path = folder / ("cut" + std::to_string(cut));
        CAPTURE(cut);
        CHECK(Training().train(path, 1000, cut).updates == cut);  // saved as it stops
        Training resumed;
        const optim::Trained again = resumed.train(path, 7);
        CHECK(again.updates == end.updates);
        CHECK(again.end == end.end);
        CHECK(again.loss == end.loss);
        CHECK(again.best == end.best);
        CHECK(resumed.bits() == uncut.bits());
        Training finished;  // a run that has ended stays there
        CHECK(finished.train(path, 7).updates == end.updates);
        CHECK(finished.bits() == uncut.bits());
    }
}

#if defined(__unix__)
TEST_CASE("checkpoint: a run that is killed again and again, at any moment, ends with the same bits") {
    const TemporaryFolder folder;
    const std::string path = folder / "run", result = folder / "result";
    Training uncut;
    uncut.train("", 1);
    int killed = 0;
    for (int attempt = 0; !file_exists(result); ++attempt) {
        REQUIRE(attempt < 1000);
        const pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            Training training;
            training.train(path, 1);
            replace_file(result, training.bits());
            _exit(0);
        }
        usleep(static_cast<useconds_t>(2000 + 300 * attempt));  // in the end it is long enough, also under a sanitizer
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        killed += WIFSIGNALED(status) ? 1 : 0;
    }
    CHECK(killed > 0);
    CHECK(read_file(result) == uncut.bits());
}
#endif

TEST_CASE("checkpoint: in a loop of one's own") {
    const TemporaryFolder folder;
    const std::string path = folder / "run";
    Training first, second;
    optim::Checkpoint save(path, {{"field.", first.field}, {"adam.", first.adam}, {"noise.", first.noise}}),
        load(path, {{"field.", second.field}, {"adam.", second.adam}, {"noise.", second.noise}});
    CHECK_FALSE(load.load());
    Tape tape;
    first.adam.minimise(first.loss(tape));
    save.save();
    CHECK(load.load());
    CHECK(second.noise == first.noise);
    CHECK(second.adam.steps() == 1);
    CHECK(second.field.parameters()[0].value() == first.field.parameters()[0].value());
}

TEST_CASE("checkpoint: a file of another run is an error at the line of the call") {
    const TemporaryFolder folder;
    const std::string path = folder / "run";
    Training().train(path, 1, 2);
    nn::MLP other({2, 6, 2}, nn::tanh, Rng{1});
    optim::Adam adam(other);
    const std::string error = error_of([&] {
        optim::train(adam,
                     [&](Tape& tape) {
                         return nn::mse(other(tape.constant(Tensor(Shape{1, 2}))), Tensor(Shape{1, 2}));
                     },
                     {.checkpoint = path});
    });
    CHECK(contains(error, "load: a tensor has another shape in the file"));
    CHECK(contains(error, "checkpoint_test.cpp:"));
    replace_file(path, std::vector<std::uint8_t>{1, 2, 3});
    CHECK_FALSE(error_of([&] { Training().train(path, 1); }).empty());
}

TEST_SUITE_END();
