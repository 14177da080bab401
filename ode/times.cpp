#include "ode/times.hpp"

#include <algorithm>

#include "autodiff/tape/tape.hpp"

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

void require_list(const Shape& shape, const char* what, Index least, Where at) {
    if (shape.rank() == 1 && shape.size() >= least) return;
    fail(at, {.what = "solve: the times are not a list",
              .got = text("a ", what, " of shape ", shape),
              .expected = text("a ", what, " of rank 1", least > 1 ? " with at least two entries" : "")});
}

}  // namespace

Times::Times(View list, Where at) : reals_(list.data), count_(list.size()) {
    require_list(list.shape, "Tensor", 0, at);
}

Times::Times(Var list, Where at) : count_(list.size(at)), var_(list) { require_list(list.shape(at), "Var", 2, at); }

bool Times::are_numbers() const {
    return var_.is_zero() &&
           std::none_of(entries().begin(), entries().end(), [](const Entry& e) { return !e.is_number; });
}

std::vector<double> Times::numbers(Where at) const {
    if (!are_numbers())
        fail(at, {.what = "Times: a Var or a Parameter among them, where only numbers can be kept",
                  .got = text("a list of ", size()),
                  .expected = "numbers"});
    std::vector<double> list(size());
    for (std::size_t i = 0; i < list.size(); ++i) list[i] = (*this)[i];
    return list;
}

}  // namespace costate::ode
