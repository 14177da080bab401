// ode/batch/row_jacobians.hpp — ∂f/∂z of each row of a batch, and what solves by I − hA ⊗ ∂f/∂z (internal to ode/)
//   J_r    from one run of a Program: f and its tangents along every entry of a row of z (ode/field/recording.hpp). A field
//          whose rows mix is one row of all numbers.
// A state may be several groups of components. Those of a tangent's solve (z, ż) have J on the diagonal, each; those of an
// adjoint's (z, a) J and −Jᵀ.
// Of one stage A is γ. Of many that are one system it is their part of the table. With one J they are taken apart
// (ode/tables/decoupling.hpp); a sweep, and equal steps that one J does not lead to, have a J for each, and one dense system.
// Where D is large the Program has one direction, and J its columns one run after the other. One row of more numbers than
// SolveOptions::dense_up_to has no J at all, but by a Rosenbrock method: its systems are solved by GMRES, whose products J v
// are a run each, and Jᵀ w a pullback; by a preconditioner, if there is one (ode/preconditioner.hpp).
// shapes   for D numbers in a row of z and m stages at once, J: [rows, D, D], LU: [rows, m, D, D]; dense [rows, m, D, D] and
//          [rows, mD, mD]
#pragma once
#include <vector>

#include "core/gmres.hpp"        // brings: Gmres
#include "ode/batch/stages.hpp"  // brings: Stages, SolvePlan
#include "ode/steps/mass.hpp"    // brings: Mass, find_first_rate

namespace costate::ode::inline COSTATE_PRECISION {

struct Way;

class RowJacobians {
public:
    // given: so many of the first components are not solved for.   each_its_own: may stages want a J for each?
    void prepare(const SolvePlan& plan, std::span<const View> captures, Stages& stages, std::size_t given,
                 bool each_its_own = false);
    std::size_t group() const { return n_; }  // components of one

    void want(Index place) { row(place).wanted = true; }
    bool is_known(Index place) const { return row(place).known; }
    void forget(Index place) { row(place).known = false; }
    const Real* kept(Index place) const {  // [D, D] of one group, or null
        return is_formed_ && is_known(place) ? J_.data() + place * J_each_ * D_ * D_ : nullptr;
    }
    long found(Index place) const { return row(place).found; }
    long factored(Index place) const { return row(place).factorizations; }

    // Of the rows of the tile that want one: at z, component by component, and at their times t + c h. Of a sweep for stage p.
    void find(const Way& way, Number c, std::span<const Real* const> z, int p = 0);
    // For the stages from i on that are solved at once, all by one J or each by its own. False: the matrix is singular.
    bool factor(Index place, int i, Number h, bool each_its_own = false);
    void swap(Index i, Index j);  // two rows' places

    bool has_mass() const { return !mass_.empty(); }
    Mass mass() const { return mass_; }
    // Of row r of the tile, by its J, which is used up: ode/steps/mass.hpp.
    template <class Tolerated>
    Inconsistency find_first_rate(Index r, Real* rate, Real* f_t, Number aside, Tolerated&& tolerated) {
        const Index place = stages_->row() + r;
        return ode::find_first_rate(mass_, D_, lu(plus_, place), J(place, 0), rate, f_t, aside, pivots(plus_, place),
                                    tolerated);
    }

    bool is_formed() const { return is_formed_; }
    // Of a J that is not: in what units M Δ = b is solved, and to 1/20 of what ends Newton's iteration, as h times what is left
    // over of b is an error of Z. Not to a share of b: where f is stiff, that is large though Z is hardly changed by it.
    template <class Unit>  // unit(p, c, at)
    void measure_in(int stages, Unit&& unit) {
        for (std::size_t first = 0; first < stages_->components(); first += n_) {
            auto to = units_.begin() + static_cast<std::ptrdiff_t>(first / n_) * m_ * D_;
            each_number(stages, first, 0,
                        [&](int p, std::size_t c, Index at) { *to++ = static_cast<Real>(unit(p, c, at)); });
        }
    }
    // x ← M⁻¹ x, or M⁻ᵀ x, for a group of components of row r of the tile: get(p, c, at) reads its numbers of the p-th stage,
    // put(p, c, at, x) writes. False: GMRES has not come there, and x is as near as it came.
    template <class Get, class Put>
    bool solve(int stages, std::size_t first, Index r, bool transposed, Get&& get, Put&& put) {
        return change(stages, first, r, get, put, [&] { return solve_numbers(stages, first, r, transposed); });
    }

private:
    struct Row {
        bool known = false, wanted = false;
        bool apart = false;  // its factors are those of stages taken apart
        Number step = 0;     // h a_ii of the factors; 0: there are none
        long found = 0, factorizations = 0;
    };
    struct Factors {
        bool needed;
        bool adjoint;  // of I + hA ⊗ Jᵀ, which is kept as its transpose where it is dense
        Storage lu, pivots;
    };

    Row& row(Index place) { return rows_[static_cast<std::size_t>(place)]; }
    const Row& row(Index place) const { return rows_[static_cast<std::size_t>(place)]; }
    template <class Do>  // number(stage, component, its place in the tile's component)
    void each_number(int stages, std::size_t first, Index r, Do&& number) const {
        for (int p = 0; p < stages; ++p)
            for (std::size_t c = first; c < first + n_; ++c)
                for (Index at = r * stages_->width(c); at < (r + 1) * stages_->width(c); ++at) number(p, c, at);
    }
    template <class Get, class Put, class Change>
    bool change(int stages, std::size_t first, Index r, Get&& get, Put&& put, Change&& numbers_in_place) {
        auto numbers = numbers_.begin();
        each_number(stages, first, r, [&](int p, std::size_t c, Index at) { *numbers++ = get(p, c, at); });
        const bool done = numbers_in_place();
        numbers = numbers_.begin();
        each_number(stages, first, r, [&](int p, std::size_t c, Index at) { put(p, c, at, *numbers++); });
        return done;
    }
    void write_units();
    void find_columns(const Way& way, Number c, int p);
    void read_column(Index j, std::size_t direction, int p);
    void apply_jacobian(const Real* v, Real* out);    // J v of a J that is not formed
    void pull_back(int i, const Real* w, Real* out);  // Jᵀ w, by the pullback at stage i
    bool solve_without(int stages, std::size_t first, bool transposed);
    void keep_pulled(int stages, bool back);
    template <class Apply>
    bool solve_by_gmres(int stages, bool transposed, std::span<const Real> units, Apply&& apply,
                        const GmresOptions& options);
    void precondition(int stages, bool transposed, Real* x);
    bool is_adjoint(std::size_t first) const { return minus_.needed && first >= stages_->components() / 2; }
    Real* J(Index place, int p) { return J_.data() + (place * J_each_ + p) * D_ * D_; }
    Real* lu(Factors& f, Index place) { return f.lu.data() + place * lu_each_; }
    Real* pivots(Factors& f, Index place) { return f.pivots.data() + place * m_ * D_; }
    bool factor_dense(Factors& f, Index place, int i, Number h, bool each_its_own);
    bool solve_numbers(int stages, std::size_t first, Index r, bool transposed);

    Stages* stages_ = nullptr;  // of the solve
    const SolvePlan* jacobian_ = nullptr;
    Stages tangents_;  // whose program has J's columns
    const Method* method_ = nullptr;
    Mass mass_;
    std::size_t n_ = 0;
    Index D_ = 0, m_ = 1;             // numbers in a row of z; stages at once
    Index J_each_ = 1, lu_each_ = 0;  // of a row: Jacobians, numbers of its factors
    std::vector<Row> rows_;
    Storage J_;
    Factors plus_{false, false, {}, {}}, minus_{false, true, {}, {}};
    std::vector<Real> numbers_;  // of one group of a row
    std::vector<Real> kept_;     // of the other groups
    // Of a J that is not formed: when it is taken (where, the states of tangents_ hold), and the system (h, stages from i_ on)
    // that is solved by it.
    bool is_formed_ = true, own_time_ = false;
    int i_ = 0;
    Number h_ = 0, time_ = 0;
    std::vector<Real> products_;
    const Preconditioner* preconditioner_ = nullptr;  // and P⁻¹ of what, at which row of z
    std::vector<Real> at_, units_, work_;
    Gmres gmres_;
};

}  // namespace costate::ode
