#include "core/kernels/argmax.hpp"

namespace costate::inline COSTATE_PRECISION {

std::vector<Index> argmax(View x, int axis, Where at) {
    const int along = checked_axis("argmax", x.shape, axis, at);
    const auto [outer, extent, inner] = x.shape.around(along);
    if (extent == 0 && outer * inner > 0)
        fail(at, {.what = "argmax: there is nothing to take the largest of",
                  .got = text(x.shape, " along axis ", along),
                  .expected = "at least one entry for each result"});
    std::vector<Index> places(outer * inner);
    for (Index o = 0; o < outer; ++o)
        for (Index i = 0; i < inner; ++i) {
            Index& best = places[o * inner + i];
            const Real* line = x.data + o * extent * inner + i;
            for (Index k = 1; k < extent; ++k) {
                const Real entry = line[k * inner], largest = line[best * inner];
                if (entry > largest || (entry != entry && largest == largest)) best = k;
            }
        }
    return places;
}

}  // namespace costate
