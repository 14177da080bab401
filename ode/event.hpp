// ode/event.hpp — something that happens when a number g(t, z) crosses 0: what it is, and what was found
//   ode::Event<double>{.when = height, .direction = ode::falling, .reset = bounce}
//   T       when                                    reset
//   double  double(double t, span<const double> z)  void(double t, span<double> z), in place         a solve of numbers
//   float   the same of floats
//   Var     Var(Var t, Var z), one number           Var(Var t, Var z), the state after               ode/solve.hpp's solves
// terminal: true, the solve ends there; 10, at the tenth time.
// see      ode/events.hpp (solve_events)
#pragma once
#include <functional>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "autodiff/tape/var.hpp"  // brings: Var

namespace costate::ode {

enum class Direction { falling = -1, both = 0, rising = 1 };  // of g, as the solve goes: backwards in time, too
inline constexpr Direction rising = Direction::rising, falling = Direction::falling, both = Direction::both;

// g, which crosses 0 where the event is.
template <class Result, class Time, class Z>
struct When : std::function<Result(Time t, Z z)> {
    template <class G>
    requires(!std::is_same_v<std::remove_cvref_t<G>, When>) When(G&& g) {
        constexpr bool is_g = std::is_invocable_r_v<Result, G&, Time, Z>;
        static_assert(is_g,
                      "an event's .when is double(double t, std::span<const T> z) in a solve of numbers, "
                      "Var(Var t, Var z) in one whose z0 is a Tensor, a Parameter or a Var");
        if constexpr (is_g) {
            static_assert(!std::is_same_v<std::invoke_result_t<G&, Time, Z>, bool>,
                          "an event is where a number crosses 0: .when = z[0] - low, not z[0] < low; .direction says "
                          "which way");
            std::function<Result(Time t, Z z)>::operator=(std::forward<G>(g));
        }
    }
};

template <class T>
struct Event;

template <>  // (each written out: GCC 12 fails at defaults of this kind in a template)
struct Event<double> {
    When<Number, Number, std::span<const double>> when;
    Direction direction = both;
    int terminal = 0;
    std::function<void(Number t, std::span<double> z)> reset = {};
};

template <>
struct Event<float> {
    When<Number, Number, std::span<const float>> when;
    Direction direction = both;
    int terminal = 0;
    std::function<void(Number t, std::span<float> z)> reset = {};
};

template <>
struct Event<Var> {
    When<Var, Var, Var> when;
    Direction direction = both;
    int terminal = 0;
    std::function<Var(Var t, Var z)> reset = {};
};

// Events in braces, or a vector of them: an argument, not to be kept.
template <class T>
class EventList : public std::span<const Event<T>> {
    using Span = std::span<const Event<T>>;

public:
    EventList(std::initializer_list<Event<T>> events) : Span(events.begin(), events.size()) {}
    EventList(const std::vector<Event<T>>& events) : Span(events) {}
};

template <class State, class Time = Number>
struct EventFound {
    Time t;
    std::size_t event;    // its place in the list
    State before, after;  // the state there; without a reset both are the same
    Index row = 0;        // whose: of a joint solve all of them
};

void fail_event_nan [[noreturn]] (std::size_t event, Number t);

}  // namespace costate::ode
