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

std::vector<Shape> shapes_of(const Case& c, Index batch) {
    std::vector<Shape> shapes = c.shapes;
    for (std::size_t i = 0; i < shapes.size() && batch > 0; ++i)
        if ((c.rows | c.aligned) >> i & 1u) shapes[i].set(0, batch);
    return shapes;
}

}  // namespace costate::test
