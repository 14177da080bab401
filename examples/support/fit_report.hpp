// examples/support/fit_report.hpp — what a fit is worth, in words
//   error    root mean square of model − observed, column by column, in the table's units or those of the logs; of all columns
//            together in units of their deviations, on the rows seen and on those held out
//   beside   forecasts that need no law: a straight line through the rows seen, and the last number seen, held for ever
//   advice   what a table cannot give in the way that was asked for: before an hour is spent on it
#pragma once
#include "examples/support/fit_settings.hpp"  // brings: FitSettings, FitData, FitModel
#include "optim/least_squares.hpp"            // brings: Fit

namespace costate::support {

std::string advice(const FitSettings& s, const FitData& data);  // a line each; empty: none

struct Errors {
    std::vector<double> columns;
    double all = 0;  // in deviations
};
Errors errors_of(const FitData& data, const Tensor& z, bool held_out);  // z [T,B,D], in FitData's units
Tensor straight_line(const FitData& data);
Tensor persistence(const FitData& data);

std::string error_report(const FitData& data, const Tensor& z, const char* what);  // and whether it beats the two
std::string law_report(const FitModel& model, const FitData& data, const optim::Fit& fit);  // numbers ± standard errors

}  // namespace costate::support
