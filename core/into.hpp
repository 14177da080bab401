// core/into.hpp — assign, add or extend, for those who need no matrix product
#pragma once
#include "core/gemm.hpp"  // brings: Into
