// autodiff/program/c_printer.hpp — a Program's operations as C, one after the other (internal to autodiff/ and optim/)
// A file (CFile) holds one program that its caller calls, and those that its solves run, as functions of their own. All of
// them have their numbers in one piece of memory, m. In a program of the caller's the inputs of a stage are arguments, z and
// w; in a solve's they lie in m, for every stage of a step, and so does what f leaves behind for its pullback.
// see      autodiff/program/to_c.cpp (the file) · ode/solve/print.cpp (who asks for functions) · optim/to_c.cpp (a step)
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autodiff/program/c_names.hpp"   // brings: numbered, places_of_parameters, with_body, ...
#include "autodiff/program/c_places.hpp"  // brings: CPlaces, Program
#include "autodiff/tape/registry.hpp"     // brings: operator_of, CCode

namespace costate::inline COSTATE_PRECISION {

struct CFile {
    CFile(std::string_view prefix, Where at) : name(prefix), code(prefix, at) {}

    std::string name;
    CCode code;
    std::string functions;  // of solves' programs
    std::vector<std::pair<std::string, Tensor>> stored;
    Index numbers = 0;  // of m
    std::size_t programs = 0;
    std::string parameters = "const real *p, real *m", arguments = "p, m";

    // All of a file of C99: what the functions in `body` stand on, before them.
    std::string whole(const std::string& constants, const std::string& prototypes, const std::string& body);
};

class CPrinter final : public CSurroundings {
public:
    // Of the caller: inputs are given by their expressions, constants ("x + 20"), the parameters by where they lie in p.
    CPrinter(const Program& program, CFile& file, const std::vector<std::string>& constants,
             std::span<const Index> parameters);

    void operations(Phase phase);
    void add_totals();
    void clear_sums();
    void hand_out(Port port, const std::vector<std::string>& to);  // results, to where somebody wants them
    void copy(const std::string& to, std::uint32_t value);
    const std::string& expression(std::uint32_t value) const { return expression_[value]; }

    Index place(std::uint32_t value) const { return place_[value]; }  // in m, or nowhere

    const void* plan(std::uint32_t number) const override { return p_.plans[number].get(); }
    Reader reader(std::uint32_t kind) const override;
    std::span<const Real> known(std::size_t operand) const override;
    std::string input(std::size_t operand) const override { return expression_[p_.in(*now_)[operand]]; }
    std::string result(std::size_t number) const override { return expression_[now_->first_out + number]; }
    Index memory(std::size_t operand, Index numbers) override;
    CFunctions functions(const Program& program, Index stages, Index few, std::span<const std::string> constants,
                         std::span<const std::string> sums) override;
    const std::string& arguments() const override { return file_.arguments; }
    const std::string& parameters() const override { return file_.parameters; }

private:
    struct Printed {  // a program of a solve, as functions
        std::shared_ptr<const char> id;
        Index stages;
        std::vector<std::string> constants, sums;
        CFunctions functions;
    };
    // Of a solve: all its numbers are in m, those of its stages one behind the other.
    CPrinter(const Program& program, CFile& file, std::vector<std::string> constants, std::span<const std::string> sums,
             Index stages);

    Index more(Index numbers) { return std::exchange(file_.numbers, file_.numbers + numbers); }
    void require() const;
    void name_inputs(const std::vector<std::string>& constants, std::span<const Index> parameters);
    void place(const std::vector<std::uint8_t>& given);
    std::vector<std::uint8_t> given_inputs() const;
    bool merges(const Program::Instruction& c) const;
    void operation(const Program::Instruction& c);
    bool is_part(const Program::Instruction& c);
    CFunctions printed(const std::string& name, Index few, std::span<const std::string> sums);
    void print_sums(Index stages);
    template <class Body>
    void function(const std::string& name, const std::string& more, Body&& body);

    const Program& p_;
    CFile& file_;
    CCode& code_;
    Index summed_stages_ = 0;              // of them, those that are summed at once
    Index stages_ = 0;                     // of a step of a solve; 0: of the caller's
    std::vector<std::string> expression_;  // that points to a value's numbers
    std::vector<Index> place_;             // in m
    const Program::Instruction* now_ = nullptr;
    std::vector<std::pair<std::uint32_t, Index>> memory_of_;
    std::vector<Printed> printed_;
};

}  // namespace costate
