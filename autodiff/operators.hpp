// autodiff/operators.hpp — every operator on Vars
#pragma once
#include "autodiff/operators/conv.hpp"
#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/interp.hpp"
#include "autodiff/operators/matmul.hpp"
#include "autodiff/operators/reductions.hpp"
#include "autodiff/operators/shaping.hpp"
