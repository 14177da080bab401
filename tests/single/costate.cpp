// tests/single/costate.cpp — the file that holds the implementation, in a program that has the library as one header
#define COSTATE_IMPLEMENTATION
#include "costate.hpp"
