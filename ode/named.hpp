// ode/named.hpp — a value of a table that may be written by its name: .method = "dopri5", .gradient = "backsolve"
// see      ode/methods.hpp, ode/routes.hpp (the tables)
#pragma once
#include <concepts>
#include <cstddef>
#include <string_view>

#include "core/error.hpp"  // brings: Where, fail

namespace costate::ode {

template <class Text>  // a literal, a string, a string_view
concept Name = std::convertible_to<const Text&, std::string_view> && !std::same_as<Text, std::nullptr_t>;

// The row of that name; there is none: null.
template <class Row, std::size_t N>
constexpr const Row* row_named(const Row (&table)[N], std::string_view name) {
    for (const Row& row : table)
        if (name == row.name) return &row;
    return nullptr;
}

// "tsit5, dopri5, ...", for whoever lists a table
template <class Row, std::size_t N>
std::string all_names(const Row (&table)[N], const char* before_last = ", ") {
    std::string all;
    for (std::size_t i = 0; i < N; ++i) all.append(i == 0 ? "" : i + 1 == N ? before_last : ", ").append(table[i].name);
    return all;
}

// Or an error that lists them all.
template <class Row, std::size_t N>
const Row& require_row(const Row (&table)[N], const char* kind, std::string_view name, Where at) {
    const Row* row = row_named(table, name);
    if (row) return *row;
    fail(at, {.what = text("solve: there is no ", kind, " of that name"),
              .got = text("\"", name, "\""),
              .expected = all_names(table, " or ")});
}

}  // namespace costate::ode
