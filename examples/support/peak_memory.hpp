// examples/support/peak_memory.hpp — the most memory that this program has had so far
#pragma once
#if defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>  // brings: getrusage
#endif

namespace costate::support {

inline double peak_memory_mb() {  // 0 where nothing tells
#if defined(__APPLE__)
    constexpr double units = 1 << 20;  // bytes
#else
    constexpr double units = 1 << 10;  // KiB
#endif
#if defined(__unix__) || defined(__APPLE__)
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / units;
#else
    return 0;
#endif
}

}  // namespace costate::support
