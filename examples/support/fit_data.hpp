// examples/support/fit_data.hpp — sequences with gaps as one batch, in the units in which a network learns well
//   z_j = (y_j − mean_j) / deviation_j     or of ln y_j: --log        t = (time − origin) / unit: 0 to about 10
// Units are those of the rows that are trained on, the first `fraction` of each sequence: nothing of the others may leak.
// shapes   z [T,B,D], mask [T,B,D]: 1 where something was observed; T: rows of the longest of B sequences
//          knots [B,T], inputs [B,T,U]: what interp_rows reads; gaps in them are bridged by straight lines
// see      examples/support/sequences.hpp, observations.hpp
#pragma once
#include <algorithm>
#include <vector>

#include "examples/support/observations.hpp"  // brings: Scaling, Tensor
#include "examples/support/sequences.hpp"     // brings: Sequences

namespace costate::support {

using Lists = std::vector<std::vector<double>>;  // of times, one for each sequence

struct FitUnits {
    Scaling states, inputs;
    double origin = 0, unit = 1;

    double clock(double time) const { return (time - origin) / unit; }
    double time(double clock) const { return origin + unit * clock; }
};

class FitData {
public:
    FitData(Sequences table, double fraction, bool log, Where at = {});
    FitData(Sequences table, double fraction, FitUnits given, Where at = {});

    Index sequences() const { return std::ssize(table.list); }
    Index columns() const { return std::ssize(table.names); }
    Index inputs_count() const { return std::ssize(table.input_names); }
    Index longest() const { return z.shape()[0]; }
    Index seen_longest() const { return *std::max_element(seen.begin(), seen.end()); }
    Index seen_rows() const;  // of all sequences
    bool held_out() const { return seen_rows() < table.rows(); }
    Lists times(Index rows) const;             // the first so many that are trained on, by the clock
    Tensor mask_of(Index rows) const;          // those of them that count
    Tensor counted(bool held_out) const;       // 1 where a number is seen, or held out
    Tensor start(Index states) const;          // z0 [B,states]: first observations, 0 beyond
    std::string time_text(double time) const;  // a date or a number

    Sequences table;
    std::vector<Index> seen;  // rows of each sequence
    FitUnits units;
    Lists all_times;
    Tensor z, mask, knots, inputs;

private:
    void fill(Where at);
};

}  // namespace costate::support
