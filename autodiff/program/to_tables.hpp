// autodiff/program/to_tables.hpp — a Program printed as constant tables, for a device that replays it without a tape
//   std::ofstream("law.hpp") << to_tables(program, "law", {.stages = 4, .weights = true});
// Between Programs and C (autodiff/program/to_c.hpp): the device links the kernels of the operations that it has, and
// autodiff/replay/replay.hpp. The file is read by a C++20 compiler with the library's headers, in the same precision;
// law.bytes() is a constant there.
// p        The constants and then the parameters, one behind the other; with .weights their present numbers are law_weights.
// stages   What forward leaves behind at a stage is kept for so many of them.
// errors   A solve in the program, or an operator of yours: neither has a number. Sums over more rows than one range has. A
//          weight that was packed: record fewer rows than 32.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "autodiff/program/program.hpp"  // brings: Program
#include "autodiff/replay/tables.hpp"    // brings: Tables

namespace costate::inline COSTATE_PRECISION {

struct ToTables {
    int stages = 1;
    bool weights = false;  // the parameters' present numbers, as an array
};

// The same in memory: what a Replay can run at once.
class HeldTables {
public:
    explicit HeldTables(const Program& program, int stages = 1, Where at = {});
    HeldTables(const HeldTables&) = delete;
    const Tables& tables() const { return tables_; }
    std::string declarations() const;  // for to_tables
    std::string arrays() const;

private:
    class Maker;

    std::vector<Shape> shapes_;
    std::vector<Attributes> attributes_;
    std::vector<Tables::Place> places_, sums_;
    std::vector<std::vector<Tables::Place>> ports_;
    std::vector<Tables::Operation> code_;
    std::vector<std::uint32_t> numbers_;  // of the operators, beside the code
    std::vector<Tables::Total> totals_;
    std::vector<Real> stored_;
    Tables tables_;
};

std::string to_tables(const Program& program, std::string_view name, const ToTables& options = {}, Where at = {});

}  // namespace costate
