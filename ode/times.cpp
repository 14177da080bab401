#include "ode/times.hpp"

#include <algorithm>

namespace costate::ode::inline COSTATE_PRECISION {

void Times::take_shape(const Shape& shape, const char* what, Index least, Where at) {
    if ((shape.rank() != 1 && shape.rank() != 2) || shape[-1] < least)
        fail(at, {.what = "solve: the times are not a list",
                  .got = text("a ", what, " of shape ", shape),
                  .expected = text("a ", what, " of rank 1, or of rank 2: a list for each row",
                                   least > 1 ? "; with at least two times" : "")});
    count_ = static_cast<std::size_t>(shape[-1]);
    rows_ = shape.rank() == 2 ? static_cast<std::size_t>(shape[0]) : 0;
}

Times::Times(View list, Where at) : reals_(list.data) { take_shape(list.shape, "Tensor", 0, at); }

Times::Times(const std::vector<std::vector<Number>>& lists, Where at) : rows_(lists.size()) {
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

std::vector<Number> Times::numbers(Where at) const {
    if (!are_numbers())
        fail(at, {.what = "Times: a Var or a Parameter among them, where only numbers can be kept",
                  .got = text("a list of ", size()),
                  .expected = "numbers"});
    if (rows_ > 0)
        fail(at, {.what = "Times: a list for each row, where one for all is wanted",
                  .got = text(rows_, " lists of ", size()),
                  .expected = "a list of times, or a Tensor or a Var of rank 1"});
    std::vector<Number> list(size());
    for (std::size_t i = 0; i < list.size(); ++i) list[i] = (*this)[i];
    return list;
}

}  // namespace costate::ode
