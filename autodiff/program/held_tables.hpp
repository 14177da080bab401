// autodiff/program/held_tables.hpp — a Program as tables, in memory: what a Replay can run at once, or to_tables prints
//   HeldTables held(program, {.stages = 4});   Replay law(held.tables(), memory);
// A solve in the program, and its gradient, become tasks: .solves = ode::in_tables (ode/solve/in_tables.hpp) knows how. The
// object behind a task holds what it reads.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "autodiff/program/program.hpp"  // brings: Program
#include "autodiff/replay/tables.hpp"    // brings: Tables

namespace costate::inline COSTATE_PRECISION {

class TablesAround;

class ObjectInTables {
public:
    virtual ~ObjectInTables() = default;
    virtual std::string text(std::string_view name) const = 0;  // C++ that defines a constant of that name
};

struct SolvesInTables {
    const char* header;  // of the device's
    bool (*handles)(const Program::Instruction& c);
    void (*add)(const TablesAround& around);
};

struct ToTables {
    int stages = 1;        // what forward leaves behind at a stage is kept for so many of them
    bool weights = false;  // to_tables: the parameters' present numbers, too, as an array
    const SolvesInTables* solves = nullptr;
};

class HeldTables {
public:
    // A constant of the program that lies elsewhere, or, of a stored one, whose numbers these are.
    struct Given {
        Tables::Place place;
        std::span<const Real> stored{};
    };

    explicit HeldTables(const Program& program, const ToTables& options = {}, Where at = {});
    // Of a field within other tables: its constants are given, and may be summed over all stages at once.
    HeldTables(const Program& program, int stages, std::span<const Given> constants, bool at_once, Where at);
    HeldTables(const HeldTables&) = delete;
    const Tables& tables() const& { return tables_; }
    const Tables& tables() const&& = delete;  // a Replay refers to them

    // For to_tables: C++ that declares the evaluators, and defines the tables' arrays; of the objects, the constants.
    std::string declarations() const;
    std::string arrays(std::string_view name) const;
    std::string objects(std::string_view name) const;
    bool has_tasks() const { return !tasks_.empty(); }

private:
    class Maker;
    friend TablesAround;
    struct Named {  // a task's function, and the number of its object
        const char* function;
        std::size_t object;
    };
    struct Object {
        std::unique_ptr<const ObjectInTables> held;
        const void* constants;
        std::uint32_t token;  // the value that the operation left behind it
    };

    std::vector<Shape> shapes_;
    std::vector<Attributes> attributes_;
    std::vector<Tables::Place> places_, sums_;
    std::vector<std::vector<Tables::Place>> ports_;
    std::vector<Tables::Operation> code_;
    std::vector<std::uint32_t> numbers_;  // of the operators, beside the code
    std::vector<Tables::Total> totals_;
    std::vector<Real> stored_;
    std::vector<Tables::Task> tasks_;
    std::vector<Named> names_;  // beside the tasks
    std::vector<Object> objects_;
    Tables tables_;
};

// What an operation that becomes a task is told of the tables that it stands in, and what it leaves there.
class TablesAround {
public:
    TablesAround(HeldTables& to, const Program& p, const Program::Instruction& c, std::span<const Tables::Place> where,
                 Where at)
        : program(p), operation(c), asked(at), to_(to), where_(where) {}

    const Program& program;
    const Program::Instruction& operation;
    const Where asked;

    HeldTables::Given given(std::size_t operand) const;  // where they lie
    std::int32_t end() const { return to_.tables_.numbers; }
    std::int32_t more(Index numbers) const;  // of m: where they begin

    // An object, found by the last result of the operation: its number. And a task of it.
    std::size_t keep(std::unique_ptr<const ObjectInTables> object, const void* constants) const;
    std::size_t object_of(std::size_t operand) const;        // that left this operand
    const ObjectInTables* object(std::size_t number) const;  // null: there is none of that number
    void add(decltype(Tables::Task::run) run, const char* function, std::size_t object) const;

private:
    HeldTables& to_;
    std::span<const Tables::Place> where_;
};

}  // namespace costate
