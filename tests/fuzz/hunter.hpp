// tests/fuzz/hunter.hpp — hunters look for programs that go wrong, and show the smallest one that they can find
//   A hunter makes a random program out of choices, runs it in two ways that must agree, and returns "" or a report with
//   the program as text. Choices are a list of small numbers: replayed they give the same program, and a list that is
//   shortened or lowered gives a simpler one, so one shrinker serves all hunters. Write a hunter so that 0 is the
//   simplest choice everywhere: below(n) == 0 the plainest operation, no further step, the smallest size.
// add one  std::string hunt(Choices&) in a file of its own, a row in the list of main.cpp.
// errors   an exception that leaves hunt is a failure, too; a crash names the hunter and the seed.
// source   shrinking the choices instead of the values: MacIver & Donaldson 2020 (Hypothesis)
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/random.hpp"  // brings: Rng
#include "core/real.hpp"    // brings: Index

namespace costate::test {

class Choices {
public:
    explicit Choices(std::uint64_t seed) : rng_(seed) {}
    explicit Choices(std::vector<std::uint32_t> script) : rng_(0), script_(std::move(script)), replays_(true) {}

    Index below(Index n);  // 0 ... n − 1
    bool flip() { return below(2) == 1; }
    double real(double low, double high);  // on a grid of 1024 places
    template <class List>
    const auto& pick(const List& list) {
        return list[static_cast<std::size_t>(below(static_cast<Index>(std::size(list))))];
    }
    const std::vector<std::uint32_t>& made() const { return made_; }  // so far

private:
    Rng rng_;
    std::vector<std::uint32_t> script_, made_;  // a script that has come to its end goes on with 0
    bool replays_ = false;
};

struct Hunter {
    const char* name;
    std::string (*hunt)(Choices&);  // "" or what went wrong, with the program
};

using Hunt = std::function<std::string(Choices&)>;

std::string caught(const Hunt& hunt, Choices& choices);  // an exception is a report as well

// The simplest list of choices found, starting from one that fails, that still fails. `report` is then its report.
std::vector<std::uint32_t> shrunk(const Hunt& hunt, std::vector<std::uint32_t> failing, std::string& report,
                                  int attempts = 2000);

// The hunters, each in a file of its own.
std::string hunt_programs(Choices& choices);
std::string hunt_fields(Choices& choices);
std::string hunt_calls(Choices& choices);
std::string hunt_files(Choices& choices);

}  // namespace costate::test
