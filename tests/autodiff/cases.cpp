#include "tests/autodiff/cases.hpp"

#include "tests/autodiff/compositions.hpp"
#include "tests/autodiff/curves.hpp"
#include "tests/autodiff/images.hpp"
#include "tests/autodiff/operators.hpp"
#include "tests/autodiff/units_and_losses.hpp"

namespace costate::test {

const Cases& operator_cases() {
    static const Cases cases = [] {
        Cases list;
        add_unary(list);
        add_binary(list);
        add_reductions(list);
        add_products(list);
        add_shaping(list);
        add_compositions(list);
        add_curves(list);
        add_units_and_losses(list);
        add_images(list);  // at the end: a case is drawn from its place in the list
        return list;
    }();
    return cases;
}

}  // namespace costate::test
