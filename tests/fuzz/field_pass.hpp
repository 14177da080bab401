// tests/fuzz/field_pass.hpp — everything that one pass over a recipe's solve can be asked for, and how two passes differ
#pragma once
#include <array>

#include "tests/autodiff/laws.hpp"
#include "tests/fuzz/field_recipe.hpp"

namespace costate::test {

struct Trial {  // a tape and the parameters that it sees
    Tape tape;
    std::array<Parameter, 4> p, q;  // by width
    Trial() {
        for (std::size_t width = 0; width < 4; ++width) {
            p[width] = Parameter("p", Tensor({static_cast<Index>(width)}));
            q[width] = Parameter("q", Tensor({static_cast<Index>(width)}));
        }
    }
};

// Entries by order: 0 values, 1 gradients, 2 tangents, 3 4 5 Hessian's products by three ways.
struct Pass {
    struct Entry {
        const char* name;
        int order;
        Tensor numbers;
    };
    std::vector<Entry> entries;
    void add(const char* name, int order, Var v, const Shape& shape) {
        entries.push_back({name, order, v.is_zero() ? Tensor(shape) : Tensor(v.tape().view(v))});
    }
    double largest(int order) const {
        double most = 0;
        for (const Entry& e : entries)
            if (e.order == order)
                for (const Real x : e.numbers.entries()) most = std::max(most, std::abs(double(x)));
        return most;
    }
};

// What is asked of one pass.
struct Asked {
    int order = 2;
    bool by_times = true;  // directions move the times, too
};

Pass pass_of(Trial& trial, const FieldRecipe& r, const Numbers& n, const ode::SolveOptions& options, Asked asked = {});

// The direction of a leaf; its number is its place among x s c p q times.
Tensor direction(const Shape& shape, std::uint64_t leaf);
// Times move only with these; differences leave them alone.
bool moves_times(const FieldRecipe& r, std::size_t leaf);

std::string entry_text(const Pass& p, std::size_t i, Index k, double a, double b);

struct Tolerance {  // parts of the largest entry of its order: up to tangents and gradients, and of second derivatives
    double first, second;

    Tolerance(double all) : Tolerance(all, all) {}
    Tolerance(double first_, double second_) : first(first_), second(second_) {}
    double of(int order) const { return order < 3 ? first : second; }
};

// What differs by more than that, or "". With passes of half the steps: beyond four times what they are away.
std::string differs(const Pass& a, const Pass& b, const Tolerance& tolerance, const Pass* a_half = nullptr,
                    const Pass* b_half = nullptr);
std::string bits_differ(const Pass& a, const Pass& b);
std::string ways_differ(const Pass& p, const Tolerance& tolerance);  // to a Hessian's product

}  // namespace costate::test
