#include "ode/times.hpp"

#include <algorithm>

#include "autodiff/tape/tape.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

void require_list(const Shape& shape, const char* what, Index least, Where at) {
    if ((shape.rank() == 1 || shape.rank() == 2) && shape[-1] >= least) return;
    fail(at, {.what = "solve: the times are not a list",
              .got = text("a ", what, " of shape ", shape),
              .expected = text("a ", what, " of rank 1, or of rank 2: a list for each row",
                               least > 1 ? "; with at least two times" : "")});
}

std::size_t rows_of(const Shape& shape) { return shape.rank() == 2 ? static_cast<std::size_t>(shape[0]) : 0; }

}  // namespace

Times::Times(View list, Where at) : reals_(list.data) {
    require_list(list.shape, "Tensor", 0, at);
    count_ = static_cast<std::size_t>(list.shape[-1]);
    rows_ = rows_of(list.shape);
}

Times::Times(Var list, Where at) : var_(list) {
    const Shape shape = list.shape(at);
    require_list(shape, "Var", 2, at);
    count_ = static_cast<std::size_t>(shape[-1]);
    rows_ = rows_of(shape);
}

Times::Times(const std::vector<std::vector<double>>& lists, Where at) : rows_(lists.size()) {
    for (const auto& list : lists) count_ = std::max(count_, list.size());
    for (std::size_t row = 0; row < lists.size(); ++row) {
        if (lists[row].empty())
            fail(at, {.what = "solve: a row has no times",
                      .got = text("an empty list for row ", row),
                      .expected = "the first time, at which its z0 holds, and those to observe"});
        for (std::size_t i = 0; i < count_; ++i)
            many_.emplace_back(i < lists[row].size() ? lists[row][i] : lists[row].back());
    }
    kept_ = many_.size();
}

bool Times::are_numbers() const {
    return var_.is_zero() &&
           std::none_of(entries().begin(), entries().end(), [](const Entry& e) { return !e.is_number; });
}

Var Times::on(Tape& tape, Where at) const {
    if (!var_.is_zero()) return tape.bring(var_, at);
    const auto joins = std::ranges::find_if(entries(), [](const Entry& e) { return e.join != nullptr; });
    if (joins == entries().end())
        fail(at, {.what = "solve: an entry among the times is nothing",
                  .got = text("{} in a list of ", size()),
                  .expected = "numbers, Vars or Parameters",
                  .fix = "leave it out, or write the time"});
    return joins->join(tape, *this, at);
}

std::vector<double> Times::numbers(Where at) const {
    if (!are_numbers())
        fail(at, {.what = "Times: a Var or a Parameter among them, where only numbers can be kept",
                  .got = text("a list of ", size()),
                  .expected = "numbers"});
    if (rows_ > 0)
        fail(at, {.what = "Times: a list for each row, where one for all is wanted",
                  .got = text(rows_, " lists of ", size()),
                  .expected = "a list of times, or a Tensor or a Var of rank 1"});
    std::vector<double> list(size());
    for (std::size_t i = 0; i < list.size(); ++i) list[i] = (*this)[i];
    return list;
}

}  // namespace costate::ode
