// examples/support/fit_export.hpp — what was learned as tables that a spreadsheet opens
//   PREFIX_curve.csv   the time, the columns along the fitted curve, 400 steps from the first to the last row of each sequence
//   PREFIX_field.csv   states, and how fast the law lets them change there: name and "name per time", in the table's units.
//                      One or two columns that are the whole state: a grid of them. Otherwise the states along the curve.
#pragma once
#include <string>
#include <vector>

#include "examples/support/fit_model.hpp"  // brings: FitModel, FitData, SolveOptions

namespace costate::support {

struct FitCurve {  // what is drawn, and exported
    Lists times;   // by the clock
    Tensor z;      // [401,B,states]
};
FitCurve curve_of(const FitModel& model, const FitData& data, const ode::SolveOptions& options);

std::vector<std::string> exported_files(const std::string& prefix);
void export_tables(const std::string& prefix, const FitModel& model, const FitData& data, const FitCurve& curve);

}  // namespace costate::support
