// examples/support/fit_figure.hpp — the figure of a fit: each column over time, and the phase plane where two are all
#pragma once
#include "examples/support/fit_export.hpp"    // brings: FitCurve, FitModel, FitData
#include "examples/support/fit_settings.hpp"  // brings: FitSettings
#include "examples/support/svg.hpp"           // brings: Plot

namespace costate::support {

std::vector<Plot> fit_panels(const FitSettings& s, const FitModel& model, const FitData& data, const FitCurve& curve);

}  // namespace costate::support
