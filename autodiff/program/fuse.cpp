// autodiff/program/fuse.cpp — the last step: what is done in one pass over memory instead of two
//   A B, then + row        the row is added while the sums are still in registers            (matmul_add)
//   s(x), then times g     a slope is multiplied where it is made                             (times_slope)
//   a b, then × + − c      a product goes on to the only one that reads it                    (product_plus, ...)
//   A B, B a weight        B is packed once, in the prologue, instead of by every product    (pack)
// Only shapes, phases and who reads what decide, and the bits stay (but for which of two NaNs is left): C = A B + row is two
// roundings in either form. A value that is made whole and read by tiles stays what it is.
// model    Done apart, W2 takes 9 % of its time to add biases; W7 20 % to pack 98,000 weights at each of 160 stages, anew for
//          every tile of rows.
#include <algorithm>
#include <vector>

#include "autodiff/operators/compiled.hpp"      // brings: PackOnce, MatMulAdd, TransposeOnce
#include "autodiff/operators/product_then.hpp"  // brings: product_then, is_add, is_mul
#include "autodiff/program/compiling.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

constexpr Index least_rows = 32;  // that a product should have for its weight to be packed

class Fusing {
    using Instruction = Program::Instruction;

public:
    explicit Fusing(Program& program) : p_(program) {}

    void run() {
        count_readers();
        for (Instruction& c : p_.code)
            p_.fused +=
                (is_add(c.op) && add_in_product(c)) || (is_mul(c.op) && multiply_by_slope(c)) || go_on_from_product(c);
        const std::size_t given = p_.code.size();
        for (std::size_t n = 0; n < given; ++n) pack_weight(n);
        remove_unread();
    }

private:
    void count_readers() {
        readers_.assign(p_.values.size(), 0);
        maker_.assign(p_.values.size(), nowhere);
        for (std::size_t n = 0; n < p_.code.size(); ++n) {
            for (std::uint32_t v : p_.in(p_.code[n])) ++readers_[v];
            for (std::uint32_t v : p_.code[n].results()) maker_[v] = n;
        }
        p_.each({Port::forward, Port::reverse, Port::summed}, [this](std::uint32_t v) { ++readers_[v]; });
        for (const Program::Total& sum : p_.totals) ++readers_[sum.value];
    }

    void set_operands(Instruction& c, std::initializer_list<std::pair<std::uint32_t, std::uint8_t>> operands) {
        for (std::uint32_t v : p_.in(c)) --readers_[v];
        c.first_in = static_cast<std::uint32_t>(p_.operands.size());
        c.n_in = static_cast<std::uint32_t>(operands.size());
        for (const auto& [v, sliced] : operands) {
            p_.operands.push_back(v);
            p_.sliced.push_back(sliced);
            ++readers_[v];
        }
    }

    // The operation that made operand `which` of c, where it was made for c alone: nobody else reads it, it is of c's phase
    // and shape, and c reads it as it is. (What all rows share at a stage, but with a row for each, is made whole: c reads a
    // tile's rows of it.) Null: it may not become part of c.
    const Instruction* made_for(const Instruction& c, std::uint32_t which) const {
        const std::uint32_t v = p_.in(c)[which];
        if (maker_[v] == nowhere || readers_[v] != 1 || p_.sliced_in(c)[which]) return nullptr;
        const Instruction& maker = p_.code[maker_[v]];
        const bool alike = maker.phase == c.phase && p_.values[v].shape == p_.values[c.first_out].shape;
        return alike && !maker.accumulates ? &maker : nullptr;
    }

    // c = A B + row
    bool add_in_product(Instruction& c) {
        for (std::uint32_t which : {0u, 1u}) {
            const std::uint32_t row = p_.in(c)[1 - which];
            const Shape &sum = p_.values[c.first_out].shape, &added = p_.values[row].shape;
            const Instruction* product = made_for(c, which);
            if (!product || product->op != operator_number<MatMul>() || sum.rank() != 2) continue;
            const MatMul op = attributes_as<MatMul>(product->attributes);
            if (op.transpose_a || added.rank() != 1 || added[0] != sum[-1]) continue;
            const auto in = p_.in(*product);
            const auto sliced = p_.sliced_in(*product);
            set_operands(c, {{in[0], sliced[0]}, {in[1], sliced[1]}, {row, 0}});
            c.op = operator_number<MatMulAdd>();
            c.attributes = attributes_of(MatMulAdd{op});
            return true;
        }
        return false;
    }

    // c = s(x) g
    bool multiply_by_slope(Instruction& c) {
        for (std::uint32_t which : {0u, 1u}) {
            const std::uint32_t g = p_.in(c)[1 - which];
            const Instruction* slope = made_for(c, which);
            const auto times = slope ? operator_of(slope->op).times : nullptr;
            if (!times || p_.values[g].shape != p_.values[c.first_out].shape) continue;
            set_operands(c, {{p_.in(*slope)[0], p_.sliced_in(*slope)[0]}, {g, p_.sliced_in(c)[1 - which]}});
            c.op = times();
            return true;
        }
        return false;
    }

    // c = (a b) d, a b + d, a b − d or d − a b; c = s (a b) + t
    bool go_on_from_product(Instruction& c) {
        if (small_machine || c.n_in > 2) return false;  // the operator's code is dearer
        for (std::uint32_t which = 0; which < c.n_in; ++which) {
            const auto op = c.n_in == 1 ? product_then(c.op) : product_then(c.op, which == 0);
            const Instruction* product = op ? made_for(c, which) : nullptr;
            if (!product || !is_mul(product->op)) continue;
            const std::pair a(p_.in(*product)[0], p_.sliced_in(*product)[0]);
            const std::pair b(p_.in(*product)[1], p_.sliced_in(*product)[1]);
            if (c.n_in == 1) {
                set_operands(c, {a, b});
            } else {
                set_operands(c, {a, b, {p_.in(c)[1 - which], p_.sliced_in(c)[1 - which]}});
                c.attributes = {};
            }
            c.op = *op;
            return true;
        }
        return false;
    }

    void pack_weight(std::size_t n) {
        if constexpr (small_machine) return;  // its product reads B as it is
        const Instruction& c = p_.code[n];
        const bool adds = c.op == operator_number<MatMulAdd>();
        if (!adds && c.op != operator_number<MatMul>()) return;
        MatMul op = adds ? attributes_as<MatMulAdd>(c.attributes).product : attributes_as<MatMul>(c.attributes);
        const std::uint32_t a = p_.in(c)[0], b = p_.in(c)[1];
        const Shape &C = p_.values[c.first_out].shape, &B = p_.values[b].shape;
        const bool many = C.rank() == 2 && C[0] >= least_rows && p_.values[c.first_out].varies;
        if (!many || op.transpose_a || p_.values[b].varies || p_.sliced_in(c)[1]) return;
        if (!suits_packing(p_.values[a].shape[-1], C[-1]) || B.rank() != 2) return;
        const std::uint32_t packed = packed_of(b, op.transpose_b, c.where);  // adds an operation
        op.packed_b = true;
        op.transpose_b = false;
        p_.operands[p_.code[n].first_in + 1] = packed;
        p_.code[n].attributes = adds ? attributes_of(MatMulAdd{op}) : attributes_of(op);
        --readers_[b];
        ++readers_[packed];
    }

    // From the weight itself, where it was transposed once.
    std::uint32_t packed_of(std::uint32_t b, bool transpose_b, Where where) {
        if (maker_[b] != nowhere && p_.code[maker_[b]].op == operator_number<TransposeOnce>()) {
            b = p_.in(p_.code[maker_[b]])[0];
            transpose_b = !transpose_b;
        }
        packed_.resize(std::max(packed_.size(), 2 * p_.values.size()), Program::none);
        const std::size_t place = 2 * b + transpose_b;
        if (packed_[place] != Program::none) return packed_[place];
        const PackOnce op{transpose_b};
        const std::uint32_t value = static_cast<std::uint32_t>(p_.values.size());
        p_.values.push_back({.shape = op.shape(p_.values[b].shape, where), .home = Program::Home::once, .read = true});
        readers_.push_back(0);
        maker_.push_back(p_.code.size());
        p_.code.push_back({{operator_number<PackOnce>(), static_cast<std::uint32_t>(p_.operands.size()), 0, value, 1,
                            attributes_of(op), where}});
        set_operands(p_.code.back(), {{b, 0}});
        return packed_[place] = value;
    }

    // What only fused operations have read goes, the last one first; what is left is numbered anew, and stands phase by phase.
    void remove_unread() {
        std::vector<std::uint8_t> gone(p_.values.size(), false);
        for (std::size_t n = p_.code.size(); n-- > 0;) {
            if (is_read(p_.code[n])) continue;
            for (std::uint32_t v : p_.in(p_.code[n])) --readers_[v];
            for (std::uint32_t v : p_.code[n].results()) gone[v] = true;
        }
        std::erase_if(p_.code, [&](const Instruction& c) { return gone[c.first_out]; });
        number_anew(gone);
        sort_by_phase(p_);
    }

    bool is_read(const Instruction& c) const {
        for (std::uint32_t v : c.results())
            if (readers_[v] > 0) return true;
        return false;
    }

    void number_anew(const std::vector<std::uint8_t>& gone) {
        std::vector<std::uint32_t> number(p_.values.size(), Program::none);
        std::vector<Program::Value> values;
        for (std::uint32_t v = 0; v < number.size(); ++v) {
            if (gone[v]) continue;
            number[v] = static_cast<std::uint32_t>(values.size());
            values.push_back(p_.values[v]);
        }
        p_.values = std::move(values);
        std::vector<std::uint32_t> operands;
        std::vector<std::uint8_t> sliced;
        for (Instruction& c : p_.code) {
            const auto in = p_.in(c);
            const auto flags = p_.sliced_in(c);
            c.first_in = static_cast<std::uint32_t>(operands.size());
            for (std::uint32_t v : in) operands.push_back(number[v]);
            sliced.insert(sliced.end(), flags.begin(), flags.end());
            c.first_out = number[c.first_out];
        }
        p_.operands = std::move(operands);
        p_.sliced = std::move(sliced);
        for (std::vector<std::uint32_t>& port : p_.ports)
            for (std::uint32_t& v : port)
                if (v != Program::none) v = number[v];
        for (Program::Total& sum : p_.totals) sum = {number[sum.value], number[sum.total]};
    }

    static constexpr std::size_t nowhere = -1;

    Program& p_;
    std::vector<int> readers_;           // of each value: operations and results
    std::vector<std::size_t> maker_;     // the operation that makes it, or nowhere
    std::vector<std::uint32_t> packed_;  // of each value: packed as it lies, and transposed; or none
};

}  // namespace

void fuse(Program& program) { Fusing(program).run(); }

}  // namespace costate
