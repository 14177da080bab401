#include "ode/dense_solution.hpp"

namespace costate::ode {

void fail_to_see(const Look& look, Where at) {
    const bool fits = look.room == look.size;
    fail(at,
         {.what = fits ? "DenseSolution: the solve did not pass there" : "DenseSolution: the result has another size",
          .got = fits ? text("t = ", look.t) : text("a span of ", look.room),
          .expected = fits ? text("a time between ", look.first, " and ", look.last,
                                  look.first == look.last ? ", and for a rate a span between them" : "")
                           : text(look.size, " numbers, as of the state"),
          .fix = fits ? "solve over all times that are wanted: a polynomial says nothing beyond its step"
                      : "z(t), z.rate(t) make one"});
}

}  // namespace costate::ode
