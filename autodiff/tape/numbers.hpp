// autodiff/tape/numbers.hpp — the numbers of the library's operators
// A number is a place in this list, and stays: a Program that was printed as tables (autodiff/program/to_tables.hpp) means the
// same operations in every build. So a new name goes to the end. An operator of a user's own has a number above these, the next
// one when its program starts.
//   struct Scale { static constexpr std::uint32_t number = number_of("scale"); ...    a name that is not here does not compile
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace costate {

// clang-format off
inline constexpr auto library_operators = std::to_array<std::string_view>({
    "add", "sub", "mul", "div", "pow", "quotient_or_zero", "hypot", "atan2",                    // of two numbers
    "less", "less_equal", "equal", "first_is_max", "first_is_min", "mask", "where",
    "times_step", "times_one_minus_square", "times_logistic_slope",
    "square", "reciprocal", "sqrt", "reciprocal_or_zero", "safe_sqrt", "exp", "expm1", "log",   // of one
    "log1p", "atan", "erf", "normal_share", "one_minus_square", "tanh", "logistic_slope", "sigmoid",
    "softplus", "step", "relu", "sign", "abs", "sin", "cos", "tan", "leaky_relu", "elu", "clamp",
    "affine", "detach", "sum_of",
    "fill", "reshape", "permute", "broadcast_to", "sum_to", "slice", "pad", "concatenate",      // of shapes
    "flip", "cumsum", "gather", "scatter_add",
    "sum", "count", "max", "logsumexp",                                                         // along axes
    "matmul", "matmul_add", "transpose", "pack", "copy",
    "conv2d", "conv2d_back_x", "conv2d_back_w", "interp", "interp_transpose",
    "one_hot", "counted",
    "product_times", "product_plus", "product_minus", "minus_product", "product_affine",        // of programs
});
// clang-format on

[[noreturn]] void the_name_is_not_in_the_list();

consteval std::uint32_t number_of(std::string_view name) {
    for (std::uint32_t i = 0; i < library_operators.size(); ++i)
        if (library_operators[i] == name) return i;
    the_name_is_not_in_the_list();
}

}  // namespace costate
