#include "autodiff/tape/tape.hpp"

#include <algorithm>

namespace costate::inline COSTATE_PRECISION {

namespace {

constexpr Index first_chunk = small_machine ? 32 : 8192;  // Reals: 64 KiB of double; and the largest one
constexpr Index last_chunk = small_machine ? 128 : 1 << 19;
constexpr Index line = line_bytes / sizeof(Real);  // values start on cache lines

// For one more. A list that is full takes twice its memory, half of which it may never fill: too much for a small machine.
template <class List>
void make_room(List& list) {
    if (small_machine && list.size() == list.capacity())
        list.reserve(list.size() + std::max<std::size_t>(4, list.size() / 4));
}

}  // namespace

View Var::value(Where at) const {
    if (is_zero())
        fail(at, {.what = "value: a zero Var has no numbers",
                  .got = "Var{}",
                  .expected = "a Var that was recorded on a tape",
                  .likely = why_zero,
                  .fix = "is_zero() asks; or_zeros(v, x) makes zeros of it, in the shape of x, as grad does"});
    tape(at).bring(*this, at);
    tape_->taint(at);
    const View numbers = tape_->view(*this);
    if (!numbers.data && numbers.size() > 0)
        fail(at, {.what = "value: this tape notes operations without computing them",
                  .got = text("a Var of shape ", numbers.shape, " without numbers"),
                  .expected = "a tape that evaluates",
                  .fix = "tape.set_evaluating(true) before recording"});
    return numbers;
}

Real Var::item(Where at) const {
    const View numbers = value(at);
    if (numbers.size() != 1)
        fail(at, {.what = "item: the Var is not a single number",
                  .got = text("shape ", numbers.shape),
                  .expected = "exactly one entry",
                  .fix = "reduce it first, with sum or mean"});
    return numbers[0];
}

std::atomic<std::uint32_t> LivingTapes::at_[places];
const Tape* LivingTapes::tape_at_[small_machine ? places : 1];

std::uint32_t LivingTapes::enter(const Tape* tape) {
    static std::atomic<std::uint32_t> last{0};
    for (std::uint32_t tries = 0; tries < places; ++tries) {
        const std::uint32_t number = ++last % LivingTapes::numbers;
        std::uint32_t nobody = 0;
        if (number % places == 0 || !at_[number % places].compare_exchange_strong(nobody, number)) continue;
        if constexpr (small_machine) tape_at_[number % places] = tape;
        return number;
    }
    fail(Where::nowhere(), {.what = "tape: too many tapes at a time",
                            .got = text(places - 1, " that live"),
                            .expected = "fewer",
                            .fix = "one tape for a thread, which rewinds it"});
}

// Eras of all tapes are different, on a small machine of some 4000 in a row (living.hpp). So a Var never fits a tape that came
// to lie where its own was.
Tape::Tape(Tape* parent) : parent_(parent), era_(static_cast<Era>(LivingTapes::enter(this)) << LivingTapes::era_bits) {}
Tape::~Tape() { LivingTapes::leave(static_cast<std::uint32_t>(era_ >> LivingTapes::era_bits)); }

AnyObject& Tape::extension_tagged(const void* tag) {
    for (auto& [of, object] : extensions_)
        if (of == tag) return *object;
    extensions_.emplace_back(tag, std::make_unique<AnyObject>());
    return *extensions_.back().second;
}

void Tape::begin_era() {  // the tape's number stays
    constexpr Era count = (Era(1) << LivingTapes::era_bits) - 1;
    era_ = (era_ & ~count) | ((era_ + 1) & count);
}

void Tape::rewind() {
    ++pass_;
    begin_era();
    lifts_.clear();
    use_of_.clear();
    lift_of_.clear();
    values_.clear();
    operations_.clear();
    operands_.clear();
    uses_.clear();
    plans_.clear();
    memory_.forget_unused();
    objects_used_ = 0;
    taint_ = {};
    derived_from_ = no_operation;
    chunk_ = 0;
    used_ = 0;
    lists_used_ = 0;
}

Real* Tape::allocate(Index count) {
    count = (count + line - 1) / line * line;
    while (chunk_ < chunks_.size() && used_ + count > chunks_[chunk_].size()) {
        ++chunk_;
        used_ = 0;
    }
    if (chunk_ == chunks_.size()) {
        const Index next = chunks_.empty() ? first_chunk : 2 * std::min<Index>(chunks_.back().size(), last_chunk / 2);
        chunks_.emplace_back().resize(std::max(count, next));
    }
    Real* data = chunks_[chunk_].data() + used_;
    used_ += count;
    return data;
}

std::span<Var> Tape::list(std::size_t count) {
    if (lists_used_ == lists_.size()) lists_.push_back(std::make_unique<std::vector<Var>>());
    std::vector<Var>& vars = *lists_[lists_used_++];
    vars.assign(count, Var{});
    return vars;
}

std::uint32_t Tape::add_value(const Shape& shape, Kind kind, std::uint32_t origin, bool active, Real* data) {
    make_room(values_);
    values_.push_back({data, shape, origin, kind, active, era_});
    return static_cast<std::uint32_t>(values_.size() - 1);
}

void Tape::check_versions(Where at) const {
    for (const Tape* t = this; t; t = t->parent_)
        for (const Use& use : t->uses_) {
            const Parameter& p = use.parameter;
            if (use.version == p.version() && !p.is_edited()) continue;
            fail(at, {.what = "grad: a parameter was changed after it was recorded",
                      .got = text("parameter \"", p.name(), "\" ", p.shape(),
                                  p.is_edited() ? ", of which an edit() is still held"
                                                : text(", changed ", p.version() - use.version, " time(s) since")),
                      .expected = "derivatives taken before the parameters change",
                      .fix = "call grad before the optimiser's step, or tape.rewind() and record again"});
        }
}

std::uint32_t Tape::push(std::uint32_t op, const Attributes& attributes, std::span<const Var> in,
                         std::span<const Shape> out, Where at) {
    struct Undo {  // an evaluation that fails leaves no trace
        Tape& tape;
        Mark start = tape.mark();
        bool done = false;
        ~Undo() {
            if (!done) tape.cut_back(start);
        }
    } undo{*this};
    bool active = false;
    for (const Var& v : in) active = active || values_[v.index()].active;
    active = active && !operator_of(op).passive;
    const std::uint32_t first = static_cast<std::uint32_t>(values_.size());
    const std::uint32_t number = static_cast<std::uint32_t>(operations_.size());
    for (const Shape& shape : out)
        add_value(shape, Kind::computed, number, active, evaluating_ ? allocate(shape.size()) : nullptr);
    make_room(operations_);
    operations_.push_back({op, static_cast<std::uint32_t>(operands_.size()), static_cast<std::uint32_t>(in.size()),
                           first, static_cast<std::uint32_t>(out.size()), attributes, Context::line(at)});
    for (const Var& v : in) operands_.push_back(v.index());
    if (evaluating_) evaluate(op, attributes, in, first, out.size(), operations_.back().where);
    undo.done = true;
    return first;
}

void Tape::evaluate(std::uint32_t op, const Attributes& attributes, std::span<const Var> in, std::uint32_t first,
                    std::size_t n_out, Where where) {
    in_views_.clear();
    out_views_.clear();
    for (const Var& v : in) in_views_.push_back(view(v));
    for (std::size_t i = 0; i < n_out; ++i) out_views_.push_back({values_[first + i].data, values_[first + i].shape});
    const Operator& row = operator_of(op);
    const Evaluation e{plans_, objects_, memory_, objects_used_, finite_check_};
    if (finite_check_) {
        const While evaluating("evaluating ", row.name, where, Where::nowhere());
        row.eval(attributes, in_views_, out_views_, e);
    } else {
        row.eval(attributes, in_views_, out_views_, e);
    }
    if (row.keeps_object) ++objects_used_;
    if (finite_check_) require_finite(row, in_views_, out_views_, where);
}

std::uint32_t Tape::add_plan(const Plan& plan) {
    const std::size_t place = std::find(plans_.begin(), plans_.end(), plan) - plans_.begin();
    if (place == plans_.size()) plans_.push_back(plan);
    return static_cast<std::uint32_t>(place);
}

}  // namespace costate
