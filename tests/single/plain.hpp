// tests/single/plain.hpp — a part of the library as one file: solves of numbers, without a tape    make single PART=plain
#pragma once

#include "core/lu.hpp"
#include "ode/dense_solution.hpp"
#include "ode/halves.hpp"
#include "ode/methods.hpp"
#include "ode/multistep/nordsieck.hpp"
#include "ode/plain.hpp"
#include "ode/stepper.hpp"
#include "ode/switching/automatic.hpp"
