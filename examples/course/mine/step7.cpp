// examples/course/mine/step7.cpp — the adjoint: backwards from observation to observation, by VJPs from your own tape
#include "examples/course/mine/check.hpp"

namespace mine {

const char* const looks =
    "adjoint (1), (3), (5) from each time back to the one before, (2) after the last one, (4) at each";

struct Shear {  // x' = θ y, y' = 0: from (x, y) the path is (x + θ y t, y)
    auto operator()(const auto&, const auto& z, const auto& theta) const {
        return std::vector{theta[0] * z[1], 0 * z[0]};
    }
};

void step_7(Check& check) {
    const Numbers times{0, 1, 2, 3};
    double by_z0 = 0, by_theta = 0;  // of L = Σ z(t_i)²
    Path<> path, jumps;
    for (const double t : times) {
        const GrowthAt at{t};
        by_z0 += 2 * at.z() * at.by_z0();
        by_theta += 2 * at.z() * at.by_theta();
        path.push_back({at.z()});
        jumps.push_back({2 * at.z()});
    }
    const GrowthAt end{3};
    const Path<> last{{0}, {0}, {0}, {2 * end.z()}};  // L = z(3)²: it reads the last state alone

    const Numbers of_end = adjoint(Growth{}, path, {1}, times, last, 20);
    check.near("numbers in the gradient: z0's, then θ's", double(of_end.size()), 2, "what adjoint returns");
    if (!check.difference().empty()) return;
    check.near("dL/dz0 of L = z(3)²", of_end[0], 2 * end.z() * end.by_z0(), looks,
               {{0, "the jump at t = 3 is missing; or the earlier ones, here 0, take its place: (4) adds"},
                {end.by_z0(), "a begins with 1: after the last time it is 0, and the jump makes it ∂L/∂z"},
                {2 * end.z(), "a has not moved on the way"},
                {2 * end.z() / end.by_z0(), "the sign of da/dt, adjoint (3), is lost"}},
               1e-5);
    check.near("dL/dtheta of L = z(3)²", of_end[1], 2 * end.z() * end.by_theta(), looks,
               {{-2 * end.z() * end.by_theta(), "the sign of dg/dt, adjoint (5), is lost"}}, 1e-5);

    const Numbers gradient = adjoint(Growth{}, path, {1}, times, jumps, 20);
    check.near("dL/dz0 of L = Σ z(t_i)²", gradient[0], by_z0, looks,
               {{of_end[0], "all jumps but the last are missing"}, {by_z0 - 0.2, "the jump at t0 is missing"}}, 1e-5);
    check.near("dL/dtheta of L = Σ z(t_i)²", gradient[1], by_theta, looks,
               {{of_end[1], "all jumps but the last are missing"}}, 1e-5);

    const Numbers of_shear = adjoint(Shear{}, {{1, 2}, {1 + 3 * 2 * 2, 2}}, {3}, {0, 2}, {{0, 0}, {1, 0}}, 5);
    check.near("numbers in the gradient of two states and a rate", double(of_shear.size()), 3, "what adjoint returns");
    if (!check.difference().empty()) return;
    check.near("shear by θ = 3, L = x(2): dL/dx0", of_shear[0], 1, "adjoint (3): aᵀ ∂f/∂z");
    check.near("shear by θ = 3, L = x(2): dL/dy0 = θ t", of_shear[1], 6, "adjoint (3): aᵀ ∂f/∂z, rows and columns",
               {{0, "the Jacobian is not transposed: a VJP, not a JVP"}});
    check.near("shear by θ = 3, L = x(2): dL/dθ = y t", of_shear[2], 4, "adjoint (5): aᵀ ∂f/∂θ");
}

}  // namespace mine

int main() { return mine::run(7, "the adjoint", mine::step_7); }
