// tests/single/autodiff.hpp — a part of the library as one file: tapes and Programs      make single PART=autodiff
#pragma once

#include "autodiff/derivatives/check.hpp"
#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "autodiff/print.hpp"
#include "autodiff/program/program.hpp"
#include "autodiff/program/statistics.hpp"
#include "autodiff/program/to_c.hpp"
#include "autodiff/program/to_tables.hpp"
#include "autodiff/program/workspace.hpp"
#include "autodiff/replay/replay.hpp"
#include "core/elementary/elementary.hpp"
#include "core/linspace.hpp"
#include "core/random.hpp"
#include "core/stream.hpp"
#include "core/tensor.hpp"
#include "core/threads.hpp"
