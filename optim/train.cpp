#include "optim/train.hpp"

#include <algorithm>
#include <cmath>

#include "core/files/file.hpp"  // brings: require_replaceable
#include "optim/clip.hpp"       // brings: clip_by_global_norm, global_norm

namespace costate::optim::inline COSTATE_PRECISION {

namespace {

constexpr Number unknown = std::numeric_limits<Number>::infinity();  // of a loss: any is less

// The numbers of all parameters at one moment.
class Snapshot {
public:
    explicit Snapshot(std::span<const Parameter> parameters) : parameters_(parameters) {
        for (const Parameter& p : parameters) numbers_.push_back(p.value());
    }
    void take() {
        for (std::size_t i = 0; i < numbers_.size(); ++i)
            std::copy_n(parameters_[i].value().data(), numbers_[i].size(), numbers_[i].data());
    }
    void assign(const Snapshot& other) {
        for (std::size_t i = 0; i < numbers_.size(); ++i)
            std::copy_n(other.numbers_[i].data(), numbers_[i].size(), numbers_[i].data());
    }
    void put_back() const {
        for (std::size_t i = 0; i < numbers_.size(); ++i) parameters_[i].edit().assign(numbers_[i].entries());
    }
    void write(TensorFile& file, const std::string& prefix, Where at) const {
        for (std::size_t i = 0; i < numbers_.size(); ++i) file.add(spelled(prefix, i), numbers_[i], at);
    }
    void read(const TensorFile& file, const std::string& prefix, Where at) {
        for (std::size_t i = 0; i < numbers_.size(); ++i)
            numbers_[i] = tensor_of_shape(file, spelled(prefix, i), parameters_[i].shape(), at);
    }

private:
    std::span<const Parameter> parameters_;
    std::vector<Tensor> numbers_;
};

// The numbers that parameters have at the moment.
struct Present {
    std::span<const Parameter> parameters;
    void write(TensorFile& file, const std::string& prefix, Where at) const {
        for (std::size_t i = 0; i < parameters.size(); ++i) file.add(spelled(prefix, i), parameters[i].value(), at);
    }
    void read(const TensorFile& file, const std::string& prefix, Where at) {
        for (std::size_t i = 0; i < parameters.size(); ++i)
            parameters[i].edit().assign(tensor_of_shape(file, spelled(prefix, i), parameters[i].shape(), at).entries());
    }
};

// All that changes in a run.
class Run {
public:
    Run(Optimizer& optimizer, const TrainOptions& options, Where at)
        : optimizer_(optimizer),
          options_(options),
          at_(at),
          now_{optimizer.parameters()},
          good_(optimizer.parameters()),
          best_(optimizer.parameters()),
          checkpoint_(options.checkpoint, kept()) {
        if (options.validate_every == 0 || options.checkpoint_every == 0)
            fail(at, {.what = "train: every how many updates?",
                      .got = text("validate_every = ", options.validate_every,
                                  ", checkpoint_every = ", options.checkpoint_every),
                      .expected = "1 or more"});
        if (options.checkpoint.empty()) return;
        require_replaceable(options.checkpoint, at);  // before the work that it shall keep
        if (checkpoint_.load(at)) good_.take();
    }
    // An Error on its way out of the loss leaves the parameters of the last finite one behind.
    ~Run() {
        if (!ended_ && is_ahead_) good_.put_back();
    }

    Trained train(const LossOfUpdate& loss) {
        bool saved = true, finite = true, asked = false;
        while (updates_ < options_.updates && !is_impatient() && !asked) {
            if (!(finite = update(loss))) break;
            if (options_.progress) options_.progress(progress());
            saved = options_.checkpoint.empty() || updates_ % options_.checkpoint_every == 0;
            if (saved) save();
            asked = options_.stop && options_.stop();
        }
        if (finite && !saved) save();
        if (!finite) good_.put_back();
        if (watches() && best_value_ < unknown) best_.put_back();
        ended_ = true;
        return {!finite                        ? TrainingEnd::diverged
                : is_impatient()               ? TrainingEnd::patience
                : updates_ >= options_.updates ? TrainingEnd::updates
                                               : TrainingEnd::stop,
                updates_, loss_, best_value_};
    }

private:
    bool watches() const { return options_.patience > 0 || options_.validate; }
    bool is_impatient() const { return options_.patience > 0 && waited_ >= options_.patience; }

    // False: a number was not finite, and nothing was changed.
    bool update(const LossOfUpdate& loss_of) {
        tape_.rewind();
        const Var loss = recorded(loss_of);
        const Number number = static_cast<Number>(tape_.view(loss)[0]);  // read beside the tape
        if (!std::isfinite(number)) return diverged("loss", number);
        loss_ = number;
        good_.take();
        const Vars gradients = grad(loss, optimizer_.parameters(), at_);
        gradient_ = global_norm(gradients, at_);
        if (!std::isfinite(gradient_)) return diverged("gradient", gradient_);

        if (watches() && !options_.validate) consider(loss_);
        if (options_.rate) optimizer_.set_lr(options_.rate(updates_), at_);
        is_ahead_ = true;
        optimizer_.step(options_.clip > 0 ? clip_by_global_norm(gradients, options_.clip, at_).gradients : gradients,
                        at_);
        ++updates_;
        if (options_.validate && updates_ % options_.validate_every == 0) consider(options_.validate());
        return true;
    }

    Var recorded(const LossOfUpdate& loss_of) {
        const While training("training", at_);
        const Var loss = loss_of(tape_, updates_);
        if (loss.is_zero() || &loss.tape() != &tape_ || loss.size() != 1)
            fail(at_, {.what = "train: the loss is not one number on the tape that it was given",
                       .got = loss.is_zero()           ? "a zero Var"
                              : &loss.tape() != &tape_ ? "a Var of another tape"
                                                       : to_text(loss.shape()),
                       .expected = "one number, computed on the tape that is the argument of the loss",
                       .fix = "mean(...) of it; ode::solve(tape, ...), tape.constant(...)"});
        return loss;
    }

    bool diverged(const char* what, Number number) const {
        warn(at_,
             {.what = text("train: the ", what, " is not finite, and the run ends"),
              .got = text(number, " at update ", updates_, ", with a rate of ", optimizer_.lr()),
              .expected = loss_ < unknown ? "finite numbers; the parameters are those of the last finite loss, " +
                                                number_text(loss_)
                                          : "finite numbers; nothing was changed",
              .likely = "the steps are too large",
              .fix = "a smaller learning rate, a warm-up, .clip; tape.set_finite_check(true) finds the operation"});
        return false;
    }

    void consider(Number value) {
        watched_ = value;
        ++waited_;
        if (!(value < best_value_)) return;
        best_value_ = value;
        waited_ = 0;
        if (options_.validate)
            best_.take();
        else
            best_.assign(good_);
    }

    Progress progress() const {
        return {updates_, options_.updates, loss_, gradient_, optimizer_.lr(), watched_, best_value_};
    }

    std::vector<Kept> kept() {
        std::vector<Kept> list{{"parameters.", now_},       {"optimizer.", optimizer_}, {"best.", best_},
                               {"train.updates", updates_}, {"train.waited", waited_},  {"train.loss", loss_},
                               {"train.best", best_value_}, {"train.watched", watched_}};
        list.insert(list.end(), options_.also.begin(), options_.also.end());
        return list;
    }
    void save() {
        if (options_.checkpoint.empty()) return;
        checkpoint_.save(at_);
    }

    Optimizer& optimizer_;
    const TrainOptions& options_;
    Where at_;
    Tape tape_;
    Present now_;
    Snapshot good_, best_;  // of the last finite loss; of the best
    std::uint64_t updates_ = 0, waited_ = 0;
    Number loss_ = unknown, gradient_ = 0, watched_ = unknown, best_value_ = unknown;
    bool is_ahead_ = false, ended_ = false;
    Checkpoint checkpoint_;
};

}  // namespace

Trained train_by(Optimizer& optimizer, const LossOfUpdate& loss, const TrainOptions& options, Where at) {
    return Run(optimizer, options, at).train(loss);
}

}  // namespace costate::optim
