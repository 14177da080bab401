// examples/support/memory.hpp — how much memory has this program needed so far?
#pragma once

#if defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>  // brings: getrusage
#endif

namespace costate::support {

inline double peak_megabytes() {  // the largest resident set; nan where the system does not say
#if defined(__unix__) || defined(__APPLE__)
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
    return static_cast<double>(usage.ru_maxrss) / (1024.0 * 1024);
#else
    return static_cast<double>(usage.ru_maxrss) / 1024;
#endif
#else
    return __builtin_nan("");
#endif
}

}  // namespace costate::support
