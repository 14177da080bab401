// examples/mpi/data_parallel.cpp — one model, trained by several processes, maybe on several machines            make mpi
// Look for: the same hash of the parameters, whatever the number of processes.
//   The batch is cut into `ranges` of rows, and a process takes whole ranges: rank p those from ranges p / P on. A range is a
//   batch of its own: its share of the loss, and that share's gradient. Every process is sent every range's gradient and adds
//   them up in the order of the ranges, bits (2), and not in the order in which they arrive: so all processes take the same
//   step of Adam, and would have taken it alone. Nobody sends parameters.
// cost     Each step a process receives the gradients of the ranges that are not its own: 8 (n + 1) bytes for each of them, n
//          the number of parameters. With a time T for the batch on one process, P of them need about
//            t(P) = T / P + (P − 1) (α + b / β)          α: a message's delay, b: its bytes, β: bytes a second
//          as each passes on P − 1 messages of b = 8 (n + 1) ranges / P bytes. Here T = 29 ms, b ≤ 10 kB, and within one
//          machine α ≈ 1 µs and β ≈ 5 GB/s: two processes have nothing to wait for but the slower one, and need 20 ms on a
//          machine whose two cores have other work, too (74 % of what two could do). For 64 machines, with 64 ranges, α = 2 µs
//          and β = 10 GB/s: T / 64 = 453 µs, and 63 (2 µs + .26 µs) = 142 µs: 76 %; with 10 times the rows, 97 %.
// rules    The steps of a solve must not depend on other ranges' rows: equal steps, or rows with clocks of their own. An
//          adaptive step's joint norm would need every range's.
// see      core/rows.hpp, which does the same within a process for its threads
#define OMPI_SKIP_MPICXX  // the C interface alone
#include <mpi.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "costate.hpp"

using namespace costate;

namespace {

constexpr Index rows = 1024;

// Points and where they are to go: turned by one radian, and a tenth nearer to 0.
struct Data {
    Tensor start{{rows, 2}}, target{{rows, 2}};
    Data() {
        Rng rng(1);
        rng.fill_normal(start.entries());
        const double c = 0.9 * std::cos(1.0), s = 0.9 * std::sin(1.0);
        for (Index i = 0; i < rows; ++i) {
            const double x = start(i, 0), y = start(i, 1);
            target(i, 0) = static_cast<Real>(c * x - s * y);
            target(i, 1) = static_cast<Real>(s * x + c * y);
        }
    }
};

Index first_row(Index range, Index ranges) { return rows * range / ranges; }

// A range's share of the mean square, and its gradient: one number after the other.
void add_range(Tape& tape, const nn::MLP& field, const Data& data, Index range, Index ranges, Real* numbers) {
    const Index first = first_row(range, ranges), count = first_row(range + 1, ranges) - first;
    tape.rewind();
    const Var start = tape.constant(data.start.rows(first, count)),
              target = tape.constant(data.target.rows(first, count));
    const Var end =
        ode::solve(field, start, {0, 1}, {.method = ode::rk4_classic, .gradient = ode::discrete, .steps = 20}).end();
    const Var share = sum(square(end - target)) * (0.5 / rows);
    *numbers++ = share.item();
    for (const Var& gradient : grad(share, field.parameters()))
        for (const Real g : tape.view(gradient).entries()) *numbers++ = g;
}

std::uint64_t hash_of(const nn::MLP& field) {  // FNV-1a over the parameters' bytes
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const Parameter& p : field.parameters())
        for (const Real x : p.value().entries()) {
            unsigned char bytes[sizeof x];
            std::memcpy(bytes, &x, sizeof x);
            for (const unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
        }
    return hash;
}

void train(int rank, int processes, Index ranges, int steps) {
    const Data data;
    const nn::MLP field({2, 64, 2}, nn::tanh, Rng{0});
    optim::Adam adam(field, {.lr = 1e-3});
    const std::size_t n = 1 + static_cast<std::size_t>(field.count());
    std::vector<Real> all(n * static_cast<std::size_t>(ranges)), total(n);
    std::vector<int> counts, places;  // of each process: how many numbers, and where they begin
    for (int p = 0; p < processes; ++p) {
        const Index begin = ranges * p / processes, end = ranges * (p + 1) / processes;
        counts.push_back(static_cast<int>((end - begin) * static_cast<Index>(n)));
        places.push_back(static_cast<int>(begin * static_cast<Index>(n)));
    }
    std::vector<View> gradients;
    Index at = 1;
    for (const Parameter& p : field.parameters()) {
        gradients.push_back({total.data() + at, p.shape()});
        at += p.size();
    }

    Tape tape;
    const double before = MPI_Wtime();
    for (int step = 0; step < steps; ++step) {
        for (Index r = ranges * rank / processes; r < ranges * (rank + 1) / processes; ++r)
            add_range(tape, field, data, r, ranges, all.data() + r * static_cast<Index>(n));
        MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all.data(), counts.data(), places.data(),
                       sizeof(Real) == sizeof(double) ? MPI_DOUBLE : MPI_FLOAT, MPI_COMM_WORLD);
        std::fill(total.begin(), total.end(), Real(0));
        for (Index r = 0; r < ranges; ++r)
            for (std::size_t i = 0; i < n; ++i) total[i] += all[static_cast<std::size_t>(r) * n + i];
        adam.step(std::span<const View>(gradients));
    }
    const double seconds = (MPI_Wtime() - before) / steps;
    const std::size_t received =
        sizeof(Real) * (all.size() - static_cast<std::size_t>(counts[static_cast<std::size_t>(rank)]));
    if (rank == 0)
        std::printf("%2d process%s  loss %.6f  hash %016llx  %6.2f ms and %zu bytes received a step\n", processes,
                    processes == 1 ? "  " : "es", double(total[0]), static_cast<unsigned long long>(hash_of(field)),
                    1e3 * seconds, received);
}

}  // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    int rank = 0, processes = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &processes);
    const int ranges = argc > 1 ? std::atoi(argv[1]) : max_ranges, steps = argc > 2 ? std::atoi(argv[2]) : 100;
    if (ranges < processes || ranges > rows || steps < 1) {
        if (rank == 0)
            std::fprintf(stderr,
                         "usage: mpirun -n P data_parallel [ranges] [steps]: P to %td ranges, 1 or more steps\n", rows);
        MPI_Abort(MPI_COMM_WORLD, 2);
    }
    train(rank, processes, ranges, steps);
    MPI_Finalize();
}
