// optim/law_in_c.hpp — a law beside the step that trains it, in one printed file (internal to optim/)
//   law_f(arena, t, z, dz)              z' = f(t, z) by the arena's present weights
//   law_vjp(arena, t, z, w, gz, g)      wᵀ ∂f/∂z, and wᵀ ∂f/∂p as g: all of it from z on, whatever was called before
// see      optim/to_c.cpp · autodiff/program/to_c.cpp (a law by itself, whose weights its caller hands in)
#pragma once
#include <string>
#include <vector>

#include "autodiff/program/c_printer.hpp"  // brings: CFile, CPrinter, Program

namespace costate::optim::inline COSTATE_PRECISION {

class LawInC {
public:
    LawInC(const Program& law, const Program& step, CFile& file, Where at);

    std::string prototypes, functions;

private:
    std::vector<Index> places_in(const Program& step) const;
    void evaluate();
    void door(std::string_view called, Port results, const char* letter);
    std::vector<std::string> inputs() const;

    const Program& law_;
    CFile& file_;
    Where at_;
    std::string name_ = file_.name;
    CPrinter printer_;
};

}  // namespace costate::optim
