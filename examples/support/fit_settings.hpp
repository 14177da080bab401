// examples/support/fit_settings.hpp — what fit_csv may be told, and what it refuses before any work is done
#pragma once
#include <cstdio>
#include <string>

#include "core/files/tensor_file.hpp"      // brings: TensorFile
#include "examples/support/fit_model.hpp"  // brings: Net, SolveOptions
#include "examples/support/sequences.hpp"  // brings: Roles

namespace costate::support {

struct FitSettings {
    std::string table = "examples/data/lynx_hare.csv", law, clock, sequence, input, without;
    std::string method = "tsit5", gradient = "discrete", out = "out/fit.svg", save = "out/fit.costate", load, exported;
    Net net;
    int epochs = 5000, steps = 0;
    double tolerance = 1e-5, rate = 0.02, decay = 0.1, fraction = 0.75;
    bool log = false;
    std::FILE* progress = stderr;  // where lines say how far it is

    bool parse(int argc, const char* const* argv);  // false: --help was asked for
    void require_reasonable() const;
    Roles roles() const;
    ode::SolveOptions solver() const;
    std::string table_name() const;  // the file's name without its folders
};

// What a file holds beside the numbers of the model: how it was made, in which units, of which columns.
void describe(TensorFile& file, const FitSettings& s, const FitData& data);
// A loaded model keeps its layers, its law and its units, whatever the options and the table now say. The table must have
// the columns, the inputs and the sequences that the model was saved with.
void take_description(FitSettings& s, const TensorFile& file);
FitUnits units_in(const TensorFile& file, const Sequences& table);

}  // namespace costate::support
