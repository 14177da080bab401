// examples/course/mine/lynx_hare.hpp — pelts of lynx and hare, 1900–1920, and your law fitted to them
//   z = (ln pelts − mean) / deviation, by those of the years 1900–1914, which are seen; 1915–1920 are for the forecast
// Years are added one by one: a long orbit that starts wrong has a loss like a mountain range (chapter neural).
#pragma once
#include <cstdlib>

#include "examples/course/mine/check.hpp"  // brings: Numbers, Path, part, lotka_volterra, fit, solve

namespace mine {

struct Pelts {
    static constexpr std::size_t seen = 15;
    Numbers years, deviation = {0, 0};
    Path<> z;

    Pelts() {
        std::FILE* file = std::fopen("examples/data/lynx_hare.csv", "r");
        double year, hare, lynx;
        if (!file || std::fscanf(file, "%*[^\n]") != 0) std::puts("run it where examples/data is"), std::exit(2);
        while (std::fscanf(file, "%lf,%lf,%lf", &year, &hare, &lynx) == 3)
            years.push_back(year), z.push_back({std::log(hare), std::log(lynx)});
        std::fclose(file);
        for (const std::size_t k : {0u, 1u}) {
            double mean = 0, square = 0;
            for (const Numbers& row : part(z, 0, seen)) mean += row[k] / seen;
            for (const Numbers& row : part(z, 0, seen)) square += (row[k] - mean) * (row[k] - mean) / seen;
            deviation[k] = std::sqrt(square);
            for (Numbers& row : z) row[k] = (row[k] - mean) / deviation[k];
        }
    }
    double error(const Path<>& model, std::size_t from, std::size_t to) const {  // root mean square, of the logs
        double sum = 0;
        for (std::size_t i = from; i < to; ++i)
            for (const std::size_t k : {0u, 1u}) sum += std::pow(deviation[k] * (model[i][k] - z[i][k]), 2);
        return std::sqrt(sum / double(2 * (to - from)));
    }
};

struct Law {  // θ: the logs of α, β, γ, δ
    Numbers deviation;
    mutable long calls = 0;
    auto operator()(const auto& /*t*/, const auto& z, const auto& theta) const {
        return ++calls, lotka_volterra(z, theta, deviation);
    }
};

struct Fitted {
    double seen, forecast;  // errors
};
inline Fitted fit_law(const Pelts& pelts) {
    const Law law{pelts.deviation};
    Numbers x{pelts.z[0][0], pelts.z[0][1], -0.5, -0.5, -0.5, -0.5};  // z0, θ
    const auto until = [&](std::size_t years, int steps, double lr) {
        x = fit(law, x, part(pelts.years, 0, years), part(pelts.z, 0, years), steps, lr);
    };
    for (std::size_t years = 4; years < pelts.seen; ++years) until(years, 20, 0.1);
    until(pelts.seen, 150, 0.05);
    until(pelts.seen, 80, 0.01);
    const Path<> model = solve(law, part(x, 0, 2), part(x, 2, 4), pelts.years, 5);
    return {pelts.error(model, 0, pelts.seen), pelts.error(model, pelts.seen, model.size())};
}

}  // namespace mine
