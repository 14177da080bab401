#include "examples/support/colors.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace costate::support {

namespace {

constexpr unsigned viridis_colors[] = {0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e,
                                       0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725};
constexpr unsigned diverging_colors[] = {0x2166ac, 0x67a9cf, 0xd1e5f0, 0xf7f7f7, 0xfddbc7, 0xef8a62, 0xb2182b};
constexpr unsigned pale_colors[] = {0xc6def0, 0xffffff, 0xf9dcc6};

std::span<const unsigned> colors_of(ColorMap map) {
    switch (map) {
        case ColorMap::diverging: return diverging_colors;
        case ColorMap::pale: return pale_colors;
        case ColorMap::viridis: break;
    }
    return viridis_colors;
}

}  // namespace

std::string palette(std::size_t i) {
    static const char* const colors[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#333333"};
    return colors[i % 7];
}

std::array<unsigned char, 3> color_at(ColorMap map, double share) {
    const auto colors = colors_of(map);
    const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(colors.size() - 1);
    const std::size_t i = std::min(static_cast<std::size_t>(at), colors.size() - 2);
    const double part = at - static_cast<double>(i);
    std::array<unsigned char, 3> out{};
    for (unsigned channel = 0; channel < 3; ++channel) {
        const unsigned shift = 16 - 8 * channel;
        const double from = (colors[i] >> shift) & 0xFF, to = (colors[i + 1] >> shift) & 0xFF;
        out[channel] = static_cast<unsigned char>(std::lround(from + part * (to - from)));
    }
    return out;
}

}  // namespace costate::support
