// tests/autodiff/to_c_test.cpp — printed C against the replay of the same Program, for every operator
#include "autodiff/program/to_c.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <memory>
#include <span>

#include "nn/mlp.hpp"
#include "ode/solve.hpp"
#include "tests/autodiff/laws.hpp"
#include "tests/support/c_program.hpp"
#include "tests/support/error_of.hpp"

namespace costate::test {

namespace {

// A user's operator: it can be evaluated and differentiated, and nothing more.
struct Plain {
    static constexpr const char* name = "test: plain";
    bool operator==(const Plain&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const { std::copy_n(x.data, x.size(), y.data); }
    Var jvp(Var, Var, Var dx) const { return dx; }
    Var vjp(Var, Var, Var gy, Needs) const { return gy; }
};

bool agree(std::span<const Real> found, std::span<const Real> right) {
    for (std::size_t i = 0; i < right.size(); ++i) {
        if (found[i] != found[i] && right[i] != right[i]) continue;
        const double most =
            same_bits_wanted ? 0 : (is_double ? 1e-10 : 2e-3) * std::max(1.0, std::abs(double(right[i])));
        if (found[i] != right[i] && !(std::abs(double(found[i]) - double(right[i])) <= most)) return false;
        if (same_bits_wanted && std::signbit(found[i]) != std::signbit(right[i])) return false;
    }
    return true;
}

// A C file with printed programs, and a main that feeds each from one file and writes what it finds into another.
class CFile {
public:
    // of a program made by compile(tape, inputs, outputs, rows)
    void add(const Program& p, const std::vector<View>& in, const Tensors& right) {
        const std::string name = "c" + std::to_string(count_++);
        source_ += to_c(p, name);
        const std::size_t constants = p.at(Port::constant).size();
        Index inputs = 0, outputs = 0;
        const auto feed = [&](const View& v) { input_.insert(input_.end(), v.data, v.data + v.size()); };
        for (std::size_t i = 0; i < constants; ++i) inputs += in[i].size(), feed(in[i]);
        for (const Parameter& parameter : p.parameters) inputs += parameter.size(), feed(parameter.value());
        for (std::size_t i = constants; i < in.size(); ++i) feed(in[i]);
        std::string declared =
                        "    {\n        static real p[" + std::to_string(inputs + 1) + "], m[" + name + "_numbers]",
                    read, arguments;
        read = "        read_numbers(p, " + std::to_string(inputs) + ");\n";
        for (std::size_t i = constants; i < in.size(); ++i) {
            const std::string z = "z" + std::to_string(i), size = std::to_string(in[i].size());
            declared += ", " + z + "[" + size + " + 1]";
            read += "        read_numbers(" + z + ", " + size + ");\n";
            arguments += ", " + z;
        }
        for (std::size_t i = 0; i < right.size(); ++i)
            if (p.at(Port::summed)[i] != Program::none) outputs += right[i].size(), right_.push_back(right[i]);
        main_ += declared + ", g[" + std::to_string(outputs + 1) + "];\n" + read;
        main_ += "        " + name + "_begin(p, m);\n        " + name + "_f(p, m" + arguments + ");\n";
        main_ += "        " + name + "_sums(p, m" + arguments + ");\n        " + name + "_end(p, m, g);\n";
        main_ += "        fwrite(g, sizeof(real), " + std::to_string(outputs) + ", stdout);\n    }\n";
        names_.insert(names_.end(), right_.size() - names_.size(), name);
    }

    // The first result that is another.
    std::string difference() const {
        const std::string all = source_ + "#include <stdio.h>\nstatic void read_numbers(real *to, unsigned count) {\n" +
                                "    if (fread(to, sizeof(real), count, stdin) != count) to[0] = 77;\n}\n" +
                                "int main(void) {\n" + main_ + "    return 0;\n}\n";
        const std::vector<Real> found = numbers_of(all, input_);
        std::size_t at = 0;
        for (std::size_t i = 0; i < right_.size(); at += right_[i++].entries().size()) {
            if (at + right_[i].entries().size() > found.size()) return "results are missing from " + names_[i] + " on";
            if (!agree(std::span(found).subspan(at), right_[i].entries()))
                return names_[i] + ": not " + to_text(right_[i]);
        }
        return "";
    }

    std::size_t count() const { return count_; }

private:
    std::string source_, main_;
    std::vector<Real> input_;
    Tensors right_;
    std::vector<std::string> names_;
    std::size_t count_ = 0;
};

// Value, gradient and a product with the Hessian of a case, replayed and printed.
void add_case(CFile& file, const std::function<Var(Vars)>& build, const Tensors& point, unsigned rows) {
    Recorded r(build, point);
    const std::vector<Var> outputs = outputs_of(r, 7);
    const auto [inputs, batch, in] = by_rows(r.x, point, rows);
    const Program program = compile(r.tape, inputs, outputs, batch);
    Tensors found;
    for (const Var& v : outputs) found.emplace_back(v.is_zero() ? Shape{} : v.shape());
    std::vector<MutableView> out;
    for (Tensor& t : found) out.push_back(t.view());
    Workspace workspace;
    run(program, workspace, in, out);
    file.add(program, in, found);
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("to_c: every operator gives what its replay gives") {
    if (!has_compiler()) return;
    constexpr std::size_t at_once = 60;  // a compiler takes longer for lines of a long file
    auto file = std::make_unique<CFile>();
    Rng rng(11);
    for (const Case& c : operator_cases()) {
        for (const Index batch : {0, 3}) {  // as it is, and with three rows
            CAPTURE(c.name);
            if (batch > 0 && (c.rows == 0 || c.mixes_rows)) continue;
            add_case(*file, c.build, draw_point(shapes_of(c, batch), c.from, rng), batch > 0 ? c.rows : 0);
            if (file->count() < at_once) continue;
            CHECK(file->difference() == "");
            file = std::make_unique<CFile>();
        }
    }
    CHECK(file->difference() == "");
}

TEST_CASE("to_c: a product that sums over rows which are no batch is printed range by range") {
    if (!has_compiler()) return;
    CFile file;
    Rng rng(12);
    for (const Index rows : {32, 33, 300})
        for (const Index columns : {1, 3}) {
            const std::vector<Shape> shapes{{rows, 2}, {rows, columns}};
            const auto build = [](Vars x) { return matmul(transpose(x[0]), x[1]); };
            add_case(file, build, draw_point(shapes, around_0, rng), 0);
        }
    CHECK(file.difference() == "");
}

TEST_CASE("to_c: a field, its vjp and the sums over its parameters, from the numbers that are printed with it") {
    if (!has_compiler()) return;
    for (const Index rows : {1, 5}) {
        Tape tape;
        Rng rng(4);
        const nn::MLP model({2, 24, 2}, nn::tanh, Rng{7}, {.time = true});
        const Var t = tape.variable(0.3), z = tape.variable(random_like(Shape{rows, 2}, rng));
        const Var w = tape.variable(random_like(Shape{rows, 2}, rng)), f = model(t, z);
        std::vector<Var> leaves{z};
        for (const Parameter& p : model.parameters()) leaves.push_back(tape.use(p));
        const Vars g = vjp(Vars(&f, 1), leaves, Vars(&w, 1));
        const Program program = compile(tape, ProgramSpec{.times = Vars(&t, 1),
                                                          .states = Vars(&z, 1),
                                                          .cotangents = Vars(&w, 1),
                                                          .forward = Vars(&f, 1),
                                                          .reverse = g.first(1),
                                                          .summed = g.subspan(1)});
        std::vector<Real> right;
        const auto keep = [&](const View& v) { right.insert(right.end(), v.data, v.data + v.size()); };
        keep(tape.view(f));
        keep(tape.view(g[0]));
        Workspace workspace;
        workspace.prepare(program, {.rows = rows, .tile = rows});
        workspace.prologue();
        workspace.clear(0);
        workspace.set_time(0, 0, Real(0.3));
        std::copy_n(tape.view(z).data, 2 * rows, workspace.state(0, 0));
        std::copy_n(tape.view(w).data, 2 * rows, workspace.cotangent(0, 0));
        workspace.forward(0);
        workspace.reverse(0);
        workspace.accumulate(0, 1);
        workspace.accumulate(0, 1);
        workspace.finish();
        for (std::size_t i = 0; i + 1 < g.size(); ++i) keep(workspace.summed(i));

        std::vector<Real> input(tape.view(z).data, tape.view(z).data + 2 * rows);
        input.insert(input.end(), tape.view(w).data, tape.view(w).data + 2 * rows);
        const std::string n = std::to_string(2 * rows);
        const std::string source =
            to_c(program, "law", {.weights = true}) + "#include <stdio.h>\nint main(void) {\n" +
            "    static real m[law_numbers], z[" + n + "], w[" + n + "], dz[" + n + "], gz[" + n +
            "], gp[law_outputs];\n" + "    if (fread(z, sizeof(real), " + n + ", stdin) != " + n +
            " || fread(w, sizeof(real), " + n + ", stdin) != " + n + ") return 1;\n" +
            "    law_begin(law_parameters, m);\n    law_f(law_parameters, m, (real)0.3, z, dz);\n" +
            "    for (int twice = 0; twice < 2; twice++) law_vjp(law_parameters, m, (real)0.3, z, w, gz);\n" +
            "    law_end(law_parameters, m, gp);\n    fwrite(dz, sizeof(real), " + n +
            ", stdout);\n    fwrite(gz, sizeof(real), " + n +
            ", stdout);\n    fwrite(gp, sizeof(real), law_outputs, stdout);\n    return 0;\n}\n";
        const std::vector<Real> found = numbers_of(source, input);
        REQUIRE(found.size() == right.size());
        CHECK(agree(found, right));
    }
}

TEST_CASE("to_c: a solve by known steps is loops, and a field may read the time") {
    if (!has_compiler()) return;
    Tape tape;
    const nn::MLP model({2, 6, 2}, nn::tanh, Rng{2}, {.time = true});
    const Tensor start({3, 2}, {2, 0, -1, 1, 0.5, 0.25});
    const Var z0 = tape.variable(start);
    const std::vector<double> times{0, 0.5, 0.7, 1};
    const Var z = ode::solve(tape, model, z0, times, {.method = ode::dopri5, .steps = 4}).z;
    const Program program = compile(tape, Vars(&z0, 1), Vars(&z, 1));
    Tensor right({4, 3, 2});
    Workspace workspace;
    run(program, workspace, std::array{start.view()}, std::array{right.view()});
    std::vector<Real> input(start.entries().begin(), start.entries().end());
    for (const Parameter& p : model.parameters()) {
        const Tensor value = p.value();
        input.insert(input.end(), value.entries().begin(), value.entries().end());
    }
    const std::string source = to_c(program, "law") + "#include <stdio.h>\nint main(void) {\n" +
                               "    static real p[law_inputs], m[law_numbers], g[law_outputs];\n" +
                               "    if (fread(p, sizeof(real), law_inputs, stdin) != law_inputs) return 1;\n" +
                               "    law_begin(p, m);\n    law_sums(p, m);\n    law_end(p, m, g);\n" +
                               "    fwrite(g, sizeof(real), law_outputs, stdout);\n    return 0;\n}\n";
    CHECK(contains(source, "for (int n = 0; n < 4; n++)"));
    const std::vector<Real> found = numbers_of(source, input);
    REQUIRE(found.size() == right.entries().size());
    CHECK(agree(found, right.entries()));
}

TEST_CASE("to_c: what has no C, and what is too large, is an error that names it") {
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2})),
              z = ode::solve(tape, [](Var, Var v) { return -v; }, x, {0, 1}).end();
    const std::string solved = error_of([&] { to_c(compile(tape, Vars(&x, 1), Vars(&z, 1)), "law"); });
    CHECK(contains(solved, "to_c: steps that are chosen by their errors"));
    CHECK(contains(solved, "tsit5"));
    const Var plain = record(Plain{}, x);
    const std::string without = error_of([&] { to_c(compile(tape, Vars(&x, 1), Vars(&plain, 1)), "law"); });
    CHECK(contains(without, "to_c: an operation that cannot be written as C\n  got       test: plain\n"));
    const Var rows = tape.variable(Tensor({40, 2}, Real(1))), total = sum(square(rows));
    const std::string many = error_of([&] { to_c(compile(tape, {}, Vars(&total, 1), Vars(&rows, 1)), "law"); });
    CHECK(contains(many, "to_c: sums over more rows than one range has"));
    CHECK(contains(many, "40 rows"));
    const Var table = tape.variable(Tensor({3}, {0, 1, 4})), at = tape.constant(Tensor({40}, Real(0.5)));
    const Var by_table = grad(sum(interp(at, Tensor({3}, {0, 1, 2}), table)), table);
    const std::string apart = error_of([&] { to_c(compile(tape, Vars(&table, 1), Vars(&by_table, 1)), "law"); });
    CHECK(contains(apart, "to_c: an operation that sums over many rows\n  got       40 rows\n"));
    CHECK(contains(apart, "several have a sum each, which this operator does not write yet"));
    const Var f = -x;
    const Program program = compile(tape, ProgramSpec{.states = Vars(&x, 1), .forward = Vars(&f, 1)});
    for (const char* name : {"", "my law", "1st", "law-2", "gr\u00f6\u00dfe", "x*/y"})
        CHECK(contains(error_of([&] { to_c(program, name); }), "to_c: a name that C cannot have"));
    const Var with_zero[] = {f, Var{}};
    const Program zero = compile(tape, ProgramSpec{.states = Vars(&x, 1), .forward = with_zero});
    CHECK(contains(error_of([&] { to_c(zero, "law"); }), "to_c: a result that is always 0"));
}

TEST_SUITE_END();

}  // namespace costate::test
