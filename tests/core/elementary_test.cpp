// tests/core/elementary_test.cpp — our functions against the C library's, in units of the last place
// The reference is computed in a wider type: long double for double, double for float. Its own error, where it has 64 bits,
// is below 0.001 of our unit. Where long double is no wider than double, half a unit more is allowed.
// The points: uniform ones where the function does something, random bit patterns (every exponent alike, denormal numbers
// among them), and the neighbourhood of every place where a formula changes.
#include "core/elementary.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <type_traits>
#include <vector>

using namespace costate;
namespace el = costate::elementary;

namespace {

template <class T>
using Wider = std::conditional_t<sizeof(T) == sizeof(float), double, long double>;
template <class T>
constexpr T inf = std::numeric_limits<T>::infinity();
template <class T>
constexpr T nan_of = std::numeric_limits<T>::quiet_NaN();
template <class T>
constexpr T largest = std::numeric_limits<T>::max();
template <class T>
constexpr T tiny = std::numeric_limits<T>::denorm_min();
constexpr double quarter_pi = 0.7853981633974483;

// |got − exact| in units of exact's last place in T; an infinity counts as the first number that is too large for T.
template <class T>
double ulps(T got, Wider<T> exact) {
    using W = Wider<T>;
    if (std::isnan(exact) || std::isnan(got)) return std::isnan(exact) && std::isnan(got) ? 0 : 1e9;
    if (exact == 0) return got == 0 && std::signbit(got) == std::signbit(exact) ? 0 : 1e9;
    const W beyond = std::ldexp(W(1), std::numeric_limits<T>::max_exponent);
    const auto bounded = [&](W x) { return x > beyond ? beyond : (x < -beyond ? -beyond : x); };
    const W e = bounded(exact), g = bounded(static_cast<W>(got));
    int exponent;
    std::frexp(e, &exponent);
    exponent = std::min(exponent, std::numeric_limits<T>::max_exponent);
    const int last = std::max(exponent, std::numeric_limits<T>::min_exponent) - std::numeric_limits<T>::digits;
    return static_cast<double>(std::fabs(g - e) / std::ldexp(W(1), last));
}

struct Rng {  // any sequence will do: Steele, Lea & Flood's SplitMix64
    std::uint64_t state = 1;
    std::uint64_t operator()() {
        std::uint64_t z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
    double uniform(double low, double high) {
        return low + (high - low) * static_cast<double>((*this)() >> 11) * 0x1p-53;
    }
};

template <class T>
T any_bits(Rng& rng) {
    return el::detail::real_of<T>(static_cast<el::detail::Bits<T>>(rng()));
}

// Where one function is asked.
struct Region {
    double low, high;                // where it is neither 0, nor 1, nor infinite
    std::vector<double> turns = {};  // its formulas change here
};

constexpr int points = 40'000;

template <class T>
std::vector<T> arguments(const Region& region) {
    Rng rng;
    std::vector<T> x;
    for (int i = 0; i < points; ++i) {
        x.push_back(static_cast<T>(rng.uniform(region.low, region.high)));
        x.push_back(static_cast<T>(rng.uniform(-4, 4)));
        x.push_back(any_bits<T>(rng));
    }
    const auto around = [&](T turn) {
        T down = turn, up = turn;
        for (int i = 0; i < 3; ++i) {
            x.push_back(down);
            x.push_back(up);
            down = std::nextafter(down, -inf<T>);
            up = std::nextafter(up, inf<T>);
        }
    };
    for (double turn : region.turns) around(static_cast<T>(turn)), around(static_cast<T>(-turn));
    for (T special : {T(0), T(1), std::numeric_limits<T>::min(), largest<T>}) around(special), around(-special);
    for (T special : {T(0), T(-0.0), inf<T>, -inf<T>, nan_of<T>}) x.push_back(special);
    return x;
}

struct Worst {
    double ulps = 0, at = 0;
};
template <class T, class F, class G>
Worst worst(const std::vector<T>& xs, F ours, G exact) {
    Worst w;
    for (T x : xs) {
        const double u = ulps<T>(ours(x), exact(static_cast<Wider<T>>(x)));
        if (u > w.ulps) w = {u, static_cast<double>(x)};
    }
    return w;
}

constexpr double reference_error = std::numeric_limits<long double>::digits > 53 ? 0 : 0.5;

// The halves of ln 2: between them, another whole number is nearest.
std::vector<double> exp_turns() {
    std::vector<double> t = {709.782712893384, 88.7228391, 745.13321910194, 103.972084, 20, 10, 40};
    for (int i = -1076; i < 1026; ++i) t.push_back((i + 0.5) * 0.6931471805599453);
    return t;
}
std::vector<double> log_turns() {
    std::vector<double> t;
    for (int i = -1074; i < 1024; ++i) t.push_back(std::ldexp(1, i)), t.push_back(std::ldexp(0.7071067811865476, i));
    return t;
}
std::vector<double> log1p_turns() {
    std::vector<double> t = log_turns();
    for (double u : log_turns()) t.push_back(u - 1);
    return t;
}
std::vector<double>
angle_turns() {  // the doubles next to all multiples of π/4: among them those where most bits cancel
    std::vector<double> t = {1e5};
    for (int i = 1; i < 1e5 / quarter_pi; ++i) t.push_back(i * quarter_pi);
    return t;
}

template <class W>
W logistic(W x) {
    return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
template <class W>
W soft_maximum(W x) {
    return (x < 0 ? 0 : x) + std::log1p(std::exp(-std::fabs(x)));
}

const Region exp_region{-746, 711, exp_turns()}, unit_region{-42, 42, exp_turns()};
const Region log_region{0, 100, log_turns()}, log1p_region{-1, 100, log1p_turns()};
const Region angle_region{-1.1e5, 1.1e5, angle_turns()};

// Two results are the same number, or both none.
template <class T>
bool same(T a, T b) {
    return a != a ? b != b : el::detail::bits_of(a) == el::detail::bits_of(b);
}

}  // namespace

TEST_SUITE_BEGIN("core");

#define COSTATE_WITHIN(units, ours, exact, region)                                                                   \
    TEST_CASE_TEMPLATE(#ours " is right to its last place or two", T, double, float) {                               \
        const Worst w = worst(                                                                                       \
            arguments<T>(region), [](T x) { return el::ours(x); }, [](Wider<T> x) -> Wider<T> { return exact(x); }); \
        CAPTURE(w.at);                                                                                               \
        CHECK(w.ulps <= units + reference_error);                                                                    \
    }

COSTATE_WITHIN(1, exp, std::exp, exp_region)
COSTATE_WITHIN(1.5, expm1, std::expm1, exp_region)
COSTATE_WITHIN((COSTATE_FAST_FMA ? 2 : 2.03), tanh, std::tanh, unit_region)
COSTATE_WITHIN(2.5, sigmoid, logistic, exp_region)
COSTATE_WITHIN(1, log, std::log, log_region)
COSTATE_WITHIN(1.5, log1p, std::log1p, log1p_region)
COSTATE_WITHIN(2, softplus, soft_maximum, exp_region)
COSTATE_WITHIN(1.6, sin, std::sin, angle_region)
COSTATE_WITHIN(1.6, cos, std::cos, angle_region)

TEST_CASE_TEMPLATE("pow is within 1.5 units in the last place", T, double, float) {
    Rng rng;
    Worst w;
    const auto ask = [&](T x, T y) {
        const double u = ulps<T>(el::pow(x, y), std::pow(static_cast<Wider<T>>(x), static_cast<Wider<T>>(y)));
        if (u > w.ulps) w = {u, static_cast<double>(x)};
    };
    for (int i = 0; i < points; ++i) {
        const T x = static_cast<T>(std::exp(rng.uniform(-80, 80))), y = static_cast<T>(rng.uniform(-4, 4));
        ask(x, y);
        ask(static_cast<T>(rng.uniform(0, 4)), static_cast<T>(rng.uniform(-60, 60)));
        ask(-x, std::floor(y));
        ask(any_bits<T>(rng), y);
        ask(any_bits<T>(rng), any_bits<T>(rng));
        // Everywhere along the exponents that are not out of range, near 1 most of all.
        const T near_1 = static_cast<T>(1 + std::ldexp(rng.uniform(-0.4, 0.4), -i % std::numeric_limits<T>::digits));
        ask(near_1, static_cast<T>(rng.uniform(-745, 710) / std::log(static_cast<double>(near_1) + 1e-30)));
    }
    CAPTURE(w.at);
    CHECK(w.ulps <= 1.5 + reference_error);
}

TEST_CASE_TEMPLATE("pow answers 0, infinity, minus one and nan as the C library does", T, double, float) {
    const T half_odd = 1 / std::numeric_limits<T>::epsilon() + 1;  // the largest kind of odd number
    for (T x : {T(0), T(1), T(2), T(0.5), T(1e-30), inf<T>, nan_of<T>, largest<T>, tiny<T>}) {
        for (T y : {T(0), T(1), T(2), T(3), T(0.5), T(2.5), half_odd, largest<T>, inf<T>, nan_of<T>, tiny<T>}) {
            for (T a : {x, -x}) {
                for (T b : {y, -y}) {
                    CAPTURE(a);
                    CAPTURE(b);
                    CHECK(ulps<T>(el::pow(a, b), std::pow(a, b)) <= 2);
                }
            }
        }
    }
}

TEST_CASE_TEMPLATE("every function keeps zero's sign and answers infinity and nan", T, double, float) {
    const T z = T(-0.0), i = inf<T>, n = nan_of<T>;
    CHECK(same(el::exp(z), T(1)));
    CHECK(same(el::exp(i), i));
    CHECK(same(el::exp(-i), T(0)));
    CHECK(same(el::exp(n), n));
    CHECK(same(el::expm1(z), z));
    CHECK(same(el::expm1(T(0)), T(0)));
    CHECK(same(el::expm1(i), i));
    CHECK(same(el::expm1(-i), T(-1)));
    CHECK(same(el::expm1(n), n));
    CHECK(same(el::tanh(z), z));
    CHECK(same(el::tanh(T(0)), T(0)));
    CHECK(same(el::tanh(i), T(1)));
    CHECK(same(el::tanh(-i), T(-1)));
    CHECK(same(el::tanh(n), n));
    CHECK(same(el::sigmoid(z), T(0.5)));
    CHECK(same(el::sigmoid(i), T(1)));
    CHECK(same(el::sigmoid(-i), T(0)));
    CHECK(same(el::sigmoid(n), n));
    CHECK(same(el::log(z), -i));
    CHECK(same(el::log(T(0)), -i));
    CHECK(same(el::log(T(1)), T(0)));
    CHECK(same(el::log(i), i));
    CHECK(same(el::log(-i), n));
    CHECK(same(el::log(-tiny<T>), n));
    CHECK(same(el::log(n), n));
    CHECK(same(el::log1p(z), z));
    CHECK(same(el::log1p(T(0)), T(0)));
    CHECK(same(el::log1p(T(-1)), -i));
    CHECK(same(el::log1p(i), i));
    CHECK(same(el::log1p(-i), n));
    CHECK(same(el::log1p(n), n));
    CHECK(same(el::softplus(i), i));
    CHECK(same(el::softplus(-i), T(0)));
    CHECK(same(el::softplus(n), n));
    CHECK(same(el::sin(z), z));
    CHECK(same(el::sin(T(0)), T(0)));
    CHECK(same(el::cos(z), T(1)));
    for (T x : {i, -i, n}) {
        CHECK(same(el::sin(x), n));
        CHECK(same(el::cos(x), n));
    }
}

TEST_CASE_TEMPLATE("tanh is odd and never leaves [-1, 1]", T, double, float) {
    bool odd = true, bounded = true;
    for (T x : arguments<T>(unit_region)) {
        odd = odd && same(el::tanh(-x), -el::tanh(x));
        bounded = bounded && !(std::fabs(el::tanh(x)) > 1);
    }
    CHECK(odd);
    CHECK(bounded);
}

TEST_CASE_TEMPLATE("sin and cos of a span are those of its entries, in place too, near and far", T, double, float) {
    for (T farthest : {T(9), T(1e5), T(3e7), inf<T>}) {
        std::vector<T> x;
        for (int k = 0; k < 37; ++k) x.push_back(static_cast<T>(k - 18) * T(0.7));
        x[20] = farthest;
        std::vector<T> s(x.size()), c = x;
        el::sin(x.data(), s.data(), static_cast<Index>(x.size()));
        el::cos(c.data(), c.data(), static_cast<Index>(x.size()));
        bool equal = true;
        for (std::size_t k = 0; k < x.size(); ++k)
            equal = equal && same(s[k], el::sin(x[k])) && same(c[k], el::cos(x[k]));
        CHECK(equal);
    }
}

TEST_SUITE_END();
