// tests/single/plain.cpp — what values of the part `plain` name, and no solve of numbers calls
// A route is a value that points to its pull, a method one that points to its equations for rows of a tape. Those of all
// methods, and of the route that the options have if nobody names another, are here, and do nothing; naming another route does
// not link.
#include "ode/methods.hpp"
#include "ode/solve_options.hpp"

namespace costate::ode {

void rows::Discrete::pull(const Pull&) {}
void rows::Interpolating::pull(const Pull&) {}
void ReversibleHeun::pull_pair(const Pull&) {}
void AsynchronousLeapfrog::pull_pair(const Pull&) {}
void rows::solve_own(const ForwardSolve&) {}
void rows::sweep_own(const Pull&) {}
void rows::backsolve_own(const Pull&) {}

inline namespace COSTATE_PRECISION {

struct FurtherRules {};
const FurtherRules further_rules;
void compile_reverse(SolvePlan&, const SolvePlan&, const std::vector<std::uint8_t>&) {}
void compile_adjoint(SolvePlan&, const SolvePlan&, const std::vector<std::uint8_t>&) {}
struct TileErrors {};
const TileErrors tile_errors;
class StageSolver {};
std::unique_ptr<StageSolver> make_row_equations() { return nullptr; }
std::unique_ptr<StageSolver> make_row_rosenbrock() { return nullptr; }
std::unique_ptr<StageSolver> make_row_additive() { return nullptr; }

}  // namespace COSTATE_PRECISION

}  // namespace costate::ode
