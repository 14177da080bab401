// ode/solve/print.cpp — a solve by known steps, and its gradient, as C: loops over steps and stages
//   for n:  for i:  Z_i = z + h Σ_{j<i} a_ij k_j,  k_i = f(t + c_i h, Z_i);   z ← z + h Σ_i b_i k_i                ode (1), (2)
//   for n, the last one first:  λ ← λ + u;  the stages again;  for i, the last one first:  w_i, μ_i;  λ ← λ + Σ_i μ_i
//                                                                          discrete (1), ode/gradients/reverse_sweep.hpp
// A step's factors (Real)(h a_ij) are a table of the file: one, or where the steps' lengths round otherwise one for each that
// there is. The times must be numbers, then the times of the stages are a table, too, and so are the steps after which an
// observation is made. The state at the start of each step is kept in m, if there is a gradient.
#include <algorithm>
#include <vector>

#include "autodiff/tape/registry.hpp"  // brings: operator_number
#include "ode/solve/operator.hpp"
#include "ode/solve/printed_steps.hpp"  // brings: PrintedSteps
#include "ode/solve/sums_in_c.hpp"      // brings: combine_in_c, add_in_c, is_zero_in_c

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

class PrintedSolve {
public:
    PrintedSolve(CCode& c, const SolvePlan& plan, bool is_gradient)
        : c_(c),
          around_(*c.around),
          plan_(plan),
          captures_(plan.capture_count()),
          steps_(plan.options, known_times(is_gradient)) {
        for (std::size_t i = 0; i < captures_; ++i) at_.push_back(input(2 + i));
    }

    // f: that of the gradient's program, where there is one.
    void ask(const SolvePlan& of, std::span<const std::string> sums) {
        f_ = around_.functions(*of.program, steps_.stages, steps_.back, at_, sums);
    }
    void print_forward(bool keeps);
    void print_gradient();

private:
    std::vector<Number> known_times(bool is_gradient) const {
        return times_to_print(plan_, is_gradient, {around_.known(0).data(), c_.in[0]}, {"to_c", c_.where});
    }
    void print_jumps(const std::string& l, const std::string& u, bool within);
    void print_cotangents(const std::string& l, const std::string& u, const std::string& stages);
    void clear_others();
    std::string dense_weights(const std::string& observation) {
        return spelled(c_.table(steps_.weights), " + (", row(), "[", observation, "] - 1) * ", steps_.stages);
    }
    std::string input(std::size_t operand);

    std::string in_m(Index place, std::string_view of = {}) const {
        return of.empty() ? spelled("m + ", place) : spelled("m + ", place, " + ", of, " * ", f_.size);
    }
    void call(const char* function, std::string_view stage = {}) {
        const std::string more = stage.empty() ? std::string() : ", " + std::string(stage);
        c_.line(spelled(f_.name, "_", function, "(", around_.arguments(), more, ");"));
    }
    void copy(const std::string& to, const std::string& from) {
        c_.line(spelled("memcpy(", to, ", ", from, ", ", f_.size, " * sizeof(real));"));
    }
    void add(const std::string& to, const std::string& from) {
        c_.line(spelled(c_.helper("add", add_in_c), "(", to, ", ", from, ", ", f_.size, ");"));
    }
    void combine(const std::string& to, const std::string& y, const std::string& k, const std::string& a, int step,
                 const std::string& terms) {
        c_.helper("is_zero", is_zero_in_c);
        c_.line(spelled(c_.helper("combine", combine_in_c), "(", to, ", ", y, ", ", k, ", ", a, ", ", step, ", ", terms,
                        ", ", f_.size, ");"));
    }
    std::string factors() {  // of step n: (Real)(h a_ij) at i · stages + j
        const std::string all = c_.table(steps_.factors);
        return steps_.lengths.size() == 1
                   ? all
                   : spelled(all, " + ", c_.table(steps_.length_of), "[n] * ", (steps_.stages + 1) * steps_.stages);
    }
    void print_stages(const std::string& end);
    // Of step n: a number, or where some steps are looked into, and take more stages, a table's.
    std::string stages_of_step(int others) {
        if (!steps_.are_dense()) return std::to_string(others);
        std::vector<int> each;
        for (const int stages : steps_.stages_of) each.push_back(stages == steps_.back ? others : stages);
        return c_.table(each) + "[n]";
    }
    std::string in_step(const std::string& number) {
        return spelled(c_.table(steps_.seen_after), "[", number, "] == n + 1");
    }
    std::string row() { return c_.table(steps_.row_of); }  // of the weights, 1 + it; 0: at the step's end

    CCode& c_;
    CSurroundings& around_;
    const SolvePlan& plan_;
    const std::size_t captures_;
    const PrintedSteps steps_;
    std::vector<std::string> at_;  // where the captures lie
    CFunctions f_;
};

// Captures lie in p, in m or among the file's tables; others, which are arguments of one function, are copied.
std::string PrintedSolve::input(std::size_t operand) {
    const std::string at = around_.input(operand);
    if (at.find(' ') != at.npos || at.find("_stored_") != at.npos) return at;
    refuse_to_print({"to_c", c_.where}, "a field that reads what changes from call to call", at,
                    "parameters and constants", "solve for one batch");
    return at;
}

// ode (1), as a function that both ways call
void PrintedSolve::print_stages(const std::string& end) {
    const bool reads_time = f_.time != CFunctions::nowhere;
    const std::string times = reads_time ? c_.table(steps_.stage_times) : "";
    const std::string body = c_.written_apart([&] {
        c_.begin("for (int i = 0; i < stages; i++)");
        c_.begin("if (i > 0)");
        combine(in_m(f_.state, "i"), in_m(f_.state), in_m(f_.rate), spelled("a + i * ", steps_.stages), 1, "i");
        c_.end();
        if (reads_time) c_.line(spelled("m[", f_.time, " + i] = ", times, "[n * ", steps_.stages, " + i];"));
        call("f", "i");
        c_.end();
    });
    const std::size_t prefix = c_.prefix().size();  // another table is another function
    const std::string stages = f_.name.substr(prefix + 1) + "_stages" + (reads_time ? times.substr(prefix) : ""),
                      parameters = around_.parameters();
    c_.helper(stages, spelled("\nstatic void ", f_.name, "_f(", parameters, ", int stage);\n",
                              "/* Z_i = z + h (a_i0 k_0 + a_i1 k_1 + ...), k_i = f(Z_i)     ode (1) */\n",
                              "static void ", c_.prefix(), "_", stages, "(", parameters, ", const real *a, int stages",
                              reads_time ? ", int n" : "", ") {\n", body, "}\n"));
    c_.line(spelled(c_.prefix(), "_", stages, "(", around_.arguments(), ", a, ", end, reads_time ? ", n" : "", ");"));
}

void PrintedSolve::print_forward(bool keeps) {
    const std::string y = around_.result(0), z = in_m(f_.state), y_now = spelled(y, " + seen * ", f_.size);
    const Index kept = keeps ? around_.memory(c_.in.size(), steps_.count * f_.size) : 0;
    c_.line(spelled("/* by ", steps_.method.name, ", ", steps_.count, " steps     ode (1), (2) */"));
    call("begin");
    copy(z, around_.input(1));
    for (int i = 0; i < steps_.first; ++i) copy(spelled(y, " + ", i * f_.size), z);
    c_.line(spelled("int seen = ", steps_.first, ";"));
    c_.each("n", Index{steps_.count}, [&] {
        c_.line(spelled("const real *a = ", factors(), ";"));
        if (keeps) copy(in_m(kept, "n"), z);
        print_stages(stages_of_step(steps_.method.last));
        const std::string all = spelled("for (; seen < ", steps_.seen_after.size(), " && ", in_step("seen"));
        if (steps_.are_dense()) {
            c_.begin(spelled(all, " && ", row(), "[seen] > 0; seen++)"));
            combine(y_now, z, in_m(f_.rate), dense_weights("seen"), 1, std::to_string(steps_.stages));
            c_.end();
        }
        combine(z, z, in_m(f_.rate), spelled("a + ", steps_.method.last * steps_.stages), 1,
                std::to_string(steps_.method.last));
        c_.begin(all + "; seen++)");
        copy(y_now, z);
        c_.end();
    });
}

// λ ← λ + u of the step's observations: those at its end, or those within it.
void PrintedSolve::print_jumps(const std::string& l, const std::string& u, bool within) {
    if (within && !steps_.are_dense()) return;
    c_.begin("for (int o = seen; o < end; o++)");
    if (steps_.are_dense()) c_.line(spelled("if (", row(), "[o] ", within ? "==" : ">", " 0) continue;"));
    add(l, spelled(u, " + o * ", f_.size));
    c_.end();
}

void PrintedSolve::print_cotangents(const std::string& l, const std::string& u, const std::string& stages) {
    c_.begin(spelled("for (int i = ", stages, "; i-- > 0;)"));
    c_.line(spelled("real *w = ", in_m(f_.cotangent, "i"), ";"));
    c_.line("/* w_i = h (b_i l + sum of a_ji mu_j, j > i), and mu_i of it */");
    c_.each("j", f_.size, [&] { c_.line("w[j] = 0;"); });
    combine("w", "w", l, spelled("a + ", steps_.method.last * steps_.stages, " + i"), 1, "1");
    combine("w", "w", in_m(f_.bar, "(i + 1)"), spelled("a + (i + 1) * ", steps_.stages, " + i"), steps_.stages,
            stages + " - 1 - i");
    if (steps_.are_dense()) {
        c_.begin("for (int o = seen; o < end; o++)");
        c_.line(spelled("if (", row(), "[o] == 0) continue;"));
        c_.each("j", f_.size, [&] {
            c_.line(spelled("w[j] = w[j] + (", dense_weights("o"), ")[i] * (", u, " + o * ", f_.size, ")[j];"));
        });
        c_.end();
    }
    call("vjp", "i");
    c_.end();
}

void PrintedSolve::print_gradient() {
    const std::size_t token = 2 + captures_;
    const std::string l = around_.result(0), u = around_.input(token + 2), stages = stages_of_step(steps_.back);
    const Index kept = around_.memory(token, steps_.count * f_.size);
    c_.line(spelled("/* ", steps_.method.name, " transposed, the last step first     discrete (1) */"));
    if (f_.new_here) call("begin");
    call("clear");
    c_.each("i", f_.size, [&] { c_.line(spelled("(", l, ")[i] = 0;")); });
    c_.line(spelled("int seen = ", steps_.seen_after.size(), ";"));
    c_.begin(spelled("for (int n = ", steps_.count, "; n-- > 0;)"));
    c_.line(spelled("const real *a = ", factors(), ";"));
    c_.line("const int end = seen;");
    copy(in_m(f_.state), in_m(kept, "n"));
    c_.line(spelled("while (seen > ", steps_.first, " && ", in_step("seen - 1"), ") seen--;"));
    print_jumps(l, u, false);
    print_stages(stages);
    print_cotangents(l, u, stages);
    c_.begin("for (int i = 0; i < " + stages + "; i++)");
    add(l, in_m(f_.bar, "i"));
    c_.end();
    print_jumps(l, u, true);
    if (steps_.are_dense() && steps_.stages > steps_.back) {
        c_.begin(spelled("if (", stages, " == ", steps_.back, ")"));
        call("few_sums");
        c_.end();
        c_.line("else");
    }
    call("sums");
    c_.end();
    for (int i = steps_.first; i-- > 0;) add(l, spelled(u, " + ", i * f_.size));
    call("end");
    clear_others();
}

// What no sum belongs to is 0.
void PrintedSolve::clear_others() {
    const std::vector<std::uint32_t>& sums = plan_.program->at(Port::summed);
    for (std::size_t i = 0, k = 0; i < captures_; ++i) {
        if (!plan_.captures[i]) continue;
        if (sums[k++] == Program::none)
            c_.each("i", c_.in[2 + i].size(), [&] { c_.line(spelled("(", around_.result(k), ")[i] = 0;")); });
    }
}

const SolvePlan& plan_of(const CCode& c, std::uint32_t place) {
    return *static_cast<const SolvePlan*>(c.around->plan(place));
}

}  // namespace

void Solve::print(CCode& c) const {
    if (takes_steps)
        fail(c.where, {.what = "to_c: a solve that takes another's steps",
                       .got = "a tangent of a solve",
                       .expected = "solves and their gradients",
                       .fix = "print the gradient: its steps are transposed by themselves"});
    PrintedSolve printed(c, plan_of(c, plan), false);
    const CSurroundings::Reader gradient = c.around->reader(operator_number<SolveVjp>());
    if (gradient.attributes)
        printed.ask(plan_of(c, attributes_as<SolveVjp>(*gradient.attributes).plan),
                    std::span(gradient.results).subspan(1));
    else
        printed.ask(plan_of(c, plan), {});
    printed.print_forward(gradient.attributes != nullptr);
}

void SolveVjp::print(CCode& c) const {
    const SolvePlan& p = plan_of(c, plan);
    PrintedSolve printed(c, p, true);
    std::vector<std::string> sums;
    const std::size_t chosen = p.chosen_count();
    for (std::size_t i = 0; i < chosen; ++i) sums.push_back(c.around->result(1 + i));
    printed.ask(p, sums);
    printed.print_gradient();
}

}  // namespace costate::ode
