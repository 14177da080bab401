#include "examples/support/images.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/files/file.hpp"       // brings: file_exists
#include "examples/support/csv.hpp"  // brings: read_table
#include "examples/support/idx.hpp"  // brings: read_idx

#if defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>  // brings: getrusage
#include <sys/wait.h>      // brings: waitpid
#include <unistd.h>        // brings: fork, pipe
#endif

namespace costate::support {

Images read_digits(const std::string& path, Where at) {
    const Tensor table = read_table(path, at).values;
    const Index n = table.shape()[0];
    Images images{Tensor({n, 8, 8, 1}), {}};
    for (Index row = 0; row < n; ++row) {
        for (Index p = 0; p < 64; ++p) images.pixels[row * 64 + p] = table(row, p) / 16;
        images.labels.push_back(static_cast<Index>(table(row, 64)));
    }
    return images;
}

Images read_mnist(const std::string& folder, const std::string& part, Where at) {
    const std::string ours = folder + "/mnist10k-" + part, official = folder + "/" + (part == "test" ? "t10k" : part);
    const std::string& stem = file_exists(ours + "-images-idx3-ubyte") ? ours : official;
    const std::string images = stem + "-images-idx3-ubyte", labels = stem + "-labels-idx1-ubyte";
    const Idx pixels = read_idx(images, at), classes = read_idx(labels, at);
    const Shape shape = pixels.values.shape();
    if (shape.rank() != 3 || classes.values.shape() != Shape{shape[0]})
        fail(at, {.what = "read_mnist: these are not pictures and their labels",
                  .got = to_text(shape) + " in '" + images + "', " + to_text(classes.values.shape()) + " in '" +
                         labels + "'",
                  .expected = "[N,H,W] and [N]"});
    std::printf("%s: %td pictures, crc32 %08x, labels %08x\n", images.c_str(), shape[0], pixels.crc32, classes.crc32);
    Images read{pixels.values.reshaped({shape[0], shape[1], shape[2], 1}), {}};
    for (Real& entry : read.pixels.entries()) entry /= 255;
    for (const Real label : classes.values.entries()) read.labels.push_back(static_cast<Index>(label));
    return read;
}

Tensor jittered(const Tensor& pixels, const Jitter& jitter, Rng& rng) {
    const Shape shape = pixels.shape();
    const Index H = shape[1], W = shape[2];
    Tensor moved(shape);
    const auto whole = [&rng](Index most) {
        return std::floor(rng.uniform() * static_cast<double>(2 * most + 1)) - static_cast<double>(most);
    };
    for (Index b = 0; b < shape[0]; ++b) {
        const double angle = rng.uniform(-1, 1) * jitter.angle, scale = 1 + rng.uniform(-1, 1) * jitter.scale;
        const double down = whole(jitter.shift), right = whole(jitter.shift);
        const double c = std::cos(angle) * scale, s = std::sin(angle) * scale;
        const auto pixel = [&](Index i, Index j) {  // black around the picture
            return i < 0 || j < 0 || i >= H || j >= W ? 0.0 : static_cast<double>(pixels[(b * H + i) * W + j]);
        };
        for (Index i = 0; i < H; ++i)
            for (Index j = 0; j < W; ++j) {  // turned about the middle; between four pixels: their bilinear mean
                const double y0 = static_cast<double>(i) - static_cast<double>(H - 1) / 2 - down;
                const double x0 = static_cast<double>(j) - static_cast<double>(W - 1) / 2 - right;
                const double y = c * y0 - s * x0 + static_cast<double>(H - 1) / 2;
                const double x = s * y0 + c * x0 + static_cast<double>(W - 1) / 2;
                const double top = std::floor(y), left = std::floor(x), v = y - top, u = x - left;
                const Index m = static_cast<Index>(top), n = static_cast<Index>(left);
                moved[(b * H + i) * W + j] =
                    static_cast<Real>((1 - v) * ((1 - u) * pixel(m, n) + u * pixel(m, n + 1)) +
                                      v * ((1 - u) * pixel(m + 1, n) + u * pixel(m + 1, n + 1)));
            }
    }
    return moved;
}

namespace {
constexpr Index groups = 8;  // of the channels
}

ConvField::ConvField(Index channels, Rng& rng)
    : norm0(add("norm0", nn::GroupNorm(channels, groups))),
      norm1(add("norm1", nn::GroupNorm(channels, groups))),
      norm2(add("norm2", nn::GroupNorm(channels, groups))),
      conv0(add("conv0", nn::Conv2d(channels, channels, 3, rng, {.padding = 1, .time = true}))),
      conv1(add("conv1", nn::Conv2d(channels, channels, 3, rng, {.padding = 1, .time = true}))) {}

Var ConvField::operator()(Var t, Var z) const { return norm2(conv1(t, silu(norm1(conv0(t, silu(norm0(z))))))); }

nn::Sequential image_stem(Index channels, int halvings, Rng& rng) {
    std::vector<nn::Layer> layers{nn::Conv2d(1, channels, 3, rng, {.padding = 1})};
    for (int i = 0; i < halvings; ++i) {
        layers.emplace_back(nn::GroupNorm(channels, groups));
        layers.emplace_back(nn::silu);
        layers.emplace_back(nn::Conv2d(channels, channels, 4, rng, {.stride = 2, .padding = 1}));
    }
    return nn::Sequential(layers);
}

nn::Sequential image_head(Index channels, Rng& rng) {
    return {nn::GroupNorm(channels, groups), nn::silu, nn::global_mean_pool, nn::Linear(channels, 10, rng)};
}

OdeClassifier ode_classifier(Index channels, int halvings, const ode::SolveOptions& options, Rng rng) {
    const nn::Sequential stem = image_stem(channels, halvings, rng), head = image_head(channels, rng);
    return {stem, ode::NeuralODE(ConvField(channels, rng), {0, 1}, options), head};
}

ResClassifier residual_classifier(Index channels, int halvings, int blocks, Rng rng) {
    const nn::Sequential stem = image_stem(channels, halvings, rng), head = image_head(channels, rng);
    return {stem, nn::ResNet(blocks, [&] { return ConvField(channels, rng); }), head};
}

nn::Sequential perceptron(Index pixels, Index hidden, Rng rng) {
    return {[pixels](Var x) { return reshape(x, {-1, pixels}); }, nn::MLP({pixels, hidden, 10}, nn::relu, rng)};
}

void learn(const nn::Module& parameters, const ImageModel& model, const Images& seen, const Lesson& lesson, Rng rng) {
    nn::Batches batches(seen.count(), lesson.batch, rng);
    const auto updates = static_cast<std::uint64_t>(lesson.epochs * batches.per_epoch());
    const optim::OneCycle rate{.peak = lesson.peak, .steps = updates, .rise = lesson.rise};
    optim::Adam adam(parameters);
    Tape tape;
    for (int epoch = 1; epoch <= lesson.epochs; ++epoch) {
        double total = 0;
        for (Index i = 0; i < batches.per_epoch(); ++i, tape.rewind()) {
            const Images now = seen.of(batches.next());
            const Var logits = model(tape.constant(jittered(now.pixels, lesson.jitter, rng)));
            const Var loss = nn::cross_entropy_with_logits(logits, now.labels);
            adam.set_lr(rate(adam.steps()));
            adam.minimise(loss);
            total += static_cast<double>(loss.item());
        }
        if (lesson.after_epoch) lesson.after_epoch(epoch, total / static_cast<double>(batches.per_epoch()));
    }
}

double wrong_part(const ImageModel& model, const Images& others) {
    constexpr Index at_once = 200;
    double right = 0;
    Tape tape;
    for (Index first = 0; first < others.count(); first += at_once, tape.rewind()) {
        const Index n = std::min(at_once, others.count() - first);
        const Var logits = model(tape.constant(others.pixels.rows(first, n)));
        const std::span labels(others.labels);
        right += nn::accuracy(logits, labels.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(n))) *
                 static_cast<double>(n);
    }
    return 1 - right / static_cast<double>(others.count());
}

double memory_of([[maybe_unused]] const std::function<void()>& work) {
#if defined(__unix__) || defined(__APPLE__)
    const auto peak = [] {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
        return static_cast<double>(usage.ru_maxrss) / (1 << 20);
#else
        return static_cast<double>(usage.ru_maxrss) / (1 << 10);
#endif
    };
    int ends[2];
    std::fflush(nullptr);  // or the child would say once more what waits to be said
    if (pipe(ends) != 0) return 0;
    const pid_t child = fork();
    if (child == 0) {
        const double before = peak();
        work();
        const double needed = peak() - before;
        _exit(write(ends[1], &needed, sizeof needed) == sizeof needed ? 0 : 1);
    }
    close(ends[1]);
    double needed = 0;
    if (child < 0 || read(ends[0], &needed, sizeof needed) != sizeof needed) needed = 0;
    close(ends[0]);
    if (child > 0) waitpid(child, nullptr, 0);
    return needed;
#else
    return 0;
#endif
}

}  // namespace costate::support
