#include "optim/to_c.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

#include "autodiff/program/c_printer.hpp"  // brings: CFile, CPrinter
#include "optim/c_texts.hpp"               // brings: memory_in_c, doors_in_c, ...
#include "optim/law_in_c.hpp"              // brings: LawInC

namespace costate::optim::inline COSTATE_PRECISION {

namespace {

std::string filled(std::string_view text, std::string_view name) {
    std::string all;
    for (std::size_t at; (at = text.find("NAME")) != text.npos; text.remove_prefix(at + 4))
        all.append(text.substr(0, at)).append(name);
    return all.append(text);
}

std::string bits_of(double x) { return spelled(std::bit_cast<std::uint64_t>(x), "u"); }  // a double, whatever Real is

class Printer {
public:
    Printer(const Program& p, const Adam& adam, std::string_view name, const Program* law, Where at)
        : p_(p),
          law_(law),
          adam_(adam),
          name_(require_name(name, "to_c", at)),
          at_(at),
          constants_(places_of_constants(p, "in", samples_)),
          file_(name, at) {
        require();
        file_.parameters = "const real *in, const real *p, real *m";
        file_.arguments = "in, p, m";
        adam_.write(kept_, "", at);
    }

    std::string whole() {
        CPrinter printer(p_, file_, constants_, places());
        for (const Phase phase : {Phase::prologue, Phase::forward, Phase::reverse, Phase::sums, Phase::epilogue})
            printer.operations(phase);
        std::string body = with_body(spelled("static void ", name_, "_differentiate(", file_.parameters, ")"),
                                     {"const real *in", "const real *p", "real *m"}, file_.code.take_text());
        body += filled(doubles(), name_) + filled(doors_in_c, name_);
        begin();
        body += with_body(spelled("int ", name_, "_begin(void *arena, unsigned bytes)"), {}, file_.code.take_text());
        train(printer);
        body += with_body(spelled("int ", name_, "_train(void *arena, const real *in)"), {"const real *in"},
                          file_.code.take_text());
        std::string prototypes = filled(prototypes_in_c, name_);
        if (law_) {
            file_.parameters = "const real *p, real *m";
            file_.arguments = "p, m";
            // Both begin at 0 in m, where nothing is kept from call to call.
            const Index of_step = std::exchange(file_.numbers, 0);
            const LawInC law(*law_, p_, file_, at_);
            file_.numbers = std::max(of_step, file_.numbers);
            prototypes += law.prototypes;
            body += law.functions;
        }
        return spelled("/* ", name_, ".c: a training step", law_ ? " and its law" : "",
                       ", printed by costate. C99, of libc memcpy ",
                       "alone.\n   costate's optim/to_c.hpp says how it is used. */\n") +
               file_.whole(head(), prototypes, body);
    }

private:
    static std::string doubles() {
        if (has_doubles) return std::string(doubles_in_c);
        return spelled(is_without_doubles, whole_numbers_in_c, "#else", doubles_in_c, "#endif\n");
    }
    void require() const;
    std::string head() const;
    std::string start() const;
    bool is_fresh() const { return adam_.steps() == 0; }
    void begin();
    void train(const CPrinter& printer);
    struct
        Piece {  // of the gradients, and from where in p, mean and square its numbers are: what lies side by side at once
        std::string gradient;
        Index at, n;
    };
    std::vector<Piece> gradients(const CPrinter& printer) const;
    void refuse_what_is_not_finite(const CPrinter& printer, const std::vector<Piece>& pieces);
    void count_the_step();
    std::string adam_with(const std::string& root) const;     // its function, with this optimiser's numbers
    std::size_t place_of(const Parameter& parameter) const {  // among the program's
        return std::ranges::find(p_.parameters, parameter) - p_.parameters.begin();
    }
    const Shape& shape_of(Port port, std::size_t i) const { return p_.values[p_.at(port)[i]].shape; }
    std::vector<Index> places() const { return places_of_parameters(p_, 0); }
    std::vector<Real> moments(const char* which) const;

    const Program& p_;
    const Program* law_;
    const Adam& adam_;
    std::string name_;
    Where at_;
    Index samples_ = 0;
    std::vector<std::string> constants_;
    CFile file_;
    TensorFile kept_;
};

void Printer::require() const {
    if (!p_.at(Port::state).empty() || !p_.at(Port::time).empty() || !p_.at(Port::forward).empty())
        fail(at_, {.what = "to_c: no training step",
                   .got = "a program with rows, times or results of its own at every stage",
                   .expected = "compile(tape, {sample}, {loss, gradients ...})"});
    const std::vector<std::uint32_t>& results = p_.at(Port::summed);
    const std::span<const Parameter> trained = adam_.parameters();
    bool fits =
        results.size() == trained.size() + 1 && results[0] != Program::none && shape_of(Port::summed, 0).size() == 1;
    for (std::size_t i = 0; fits && i < trained.size(); ++i)
        fits = results[i + 1] != Program::none && place_of(trained[i]) < p_.parameters.size() &&
               shape_of(Port::summed, i + 1) == trained[i].shape();
    if (!fits)
        fail(at_,
             {.what = "to_c: the results are not those of a training step",
              .got = text(results.size(), " results for ", trained.size(), " parameters"),
              .expected = "the loss, one number, and then the gradient of each of the optimiser's parameters, which "
                          "the loss depends on",
              .fix = "grad(loss, adam.parameters())"});
}

std::vector<Real> Printer::moments(const char* which) const {
    const std::vector<Index> place = places();
    std::vector<Real> all(place.back());
    for (std::size_t i = 0; i < adam_.parameters().size(); ++i) {
        const Tensor& moment = kept_.tensor(spelled(which, ".", i), at_);
        std::ranges::copy(moment.entries(), all.begin() + place[place_of(adam_.parameters()[i])]);
    }
    return all;
}

std::string Printer::head() const {
    const std::vector<Index> place = places();
    std::string text = spelled("enum {\n    ", name_, "_samples = ", samples_, ",\n    ", name_,
                               "_numbers = ", std::max<Index>(1, file_.numbers), ",\n");
    std::vector<Listed> weights;
    for (const Parameter& p : p_.parameters) weights.push_back({p.name(), p.shape()});
    text += list_of_places(name_ + "_at", name_ + "_inputs", weights) + "};\n";
    std::uint32_t mark = 2166136261u;  // of the file's name, and of how many numbers there are
    for (const char letter : spelled(name_, " ", place.back(), " ", sizeof(Real)))
        mark = (mark ^ static_cast<unsigned char>(letter)) * 16777619u;
    return spelled(text, filled(memory_in_c, name_), "static const uint32_t ", name_, "_mark = ", mark, "u;\n\n",
                   start());
}

// What law_begin copies into the arena: the weights, and moments that are not 0 any more.
std::string Printer::start() const {
    const std::string array = "static const real " + name_ + "_start_of_";
    std::string text = CCode::array(array + "p", weights_of(p_));
    if (is_fresh()) return text;
    return text + CCode::array(array + "mean", moments("m")) + CCode::array(array + "square", moments("v"));
}

void Printer::begin() {
    CCode& c = file_.code;
    c.line(spelled(name_, "_state *s = &", name_, "_in(arena)->state;"));
    c.line(spelled("if (bytes < ", name_, "_bytes) return ", name_, "_too_small;"));
    c.line(spelled("s->mark = ", name_, "_mark;"));
    c.line(spelled("s->steps = ", adam_.steps(), ";"));
    c.line("s->loss = 0;");
    const char* powers[] = {"beta1_power", "beta2_power"};
    for (int i = 0; i < 2; ++i) c.line(spelled("s->powers[", i, "] = ", bits_of(kept_.number(powers[i], at_)), ";"));
    c.each("i", places().back(), [&] {
        c.line(spelled("s->p[i] = ", name_, "_start_of_p[i];"));
        for (const char* which : {"mean", "square"})
            c.line(is_fresh() ? spelled("s->", which, "[i] = 0;")
                              : spelled("s->", which, "[i] = ", name_, "_start_of_", which, "[i];"));
    });
    c.line(spelled("return ", name_, "_ok;"));
}

std::vector<Printer::Piece> Printer::gradients(const CPrinter& printer) const {
    const std::vector<Index> place = places();
    std::vector<Piece> pieces;
    Index end_in_m = CFunctions::nowhere;  // of the last piece
    for (std::size_t i = 0; i < adam_.parameters().size(); ++i) {
        const Parameter& parameter = adam_.parameters()[i];
        const std::uint32_t gradient = p_.at(Port::summed)[i + 1];
        const Index in_m = printer.place(gradient), at = place[place_of(parameter)], n = parameter.size();
        if (in_m != CFunctions::nowhere && in_m == end_in_m && at == pieces.back().at + pieces.back().n)
            pieces.back().n += n;
        else
            pieces.push_back({printer.expression(gradient), at, n});
        end_in_m = in_m == CFunctions::nowhere ? in_m : in_m + n;
    }
    return pieces;
}

void Printer::train(const CPrinter& printer) {
    CCode& c = file_.code;
    const std::vector<Piece> pieces = gradients(printer);
    const std::string root = c.elementary("sqrt");
    c.line(spelled(name_, "_memory *all = ", name_, "_in(arena);"));
    c.line(spelled(name_, "_state *s = &all->state;"));
    c.line("real *m = all->m, rate, debias;");
    c.line(spelled("if (s->mark != ", name_, "_mark) return ", name_, "_not_begun;"));
    c.line(spelled(name_, "_differentiate(in, s->p, m);"));
    refuse_what_is_not_finite(printer, pieces);
    c.line(spelled("s->loss = (", printer.expression(p_.at(Port::summed)[0]), ")[0];"));
    count_the_step();
    const std::string adam = adam_with(root);
    for (const auto& [gradient, at, n] : pieces)
        c.line(spelled(c.helper("adam", adam), "(", gradient, ", s->p + ", at, ", s->mean + ", at, ", s->square + ", at,
                       ", rate, debias, ", n, ");"));
    c.line(spelled("return ", name_, "_ok;"));
}

// The loss is looked at together with the first gradient that it lies in front of; by itself if there is none.
void Printer::refuse_what_is_not_finite(const CPrinter& printer, const std::vector<Piece>& pieces) {
    CCode& c = file_.code;
    const std::string is_finite = c.helper("is_finite", finite_in_c);
    const std::uint32_t loss = p_.at(Port::summed)[0];
    const auto refuse = [&](const std::string& numbers, Index n) {
        c.line(spelled("if (!", is_finite, "(", numbers, ", ", n, ")) return ", name_, "_not_finite;"));
    };
    bool is_looked_at = false;
    for (const auto& [gradient, at, n] : pieces) {
        const bool with_loss = !is_looked_at && gradient == spelled("m + ", printer.place(loss) + 1);
        refuse(with_loss ? printer.expression(loss) : gradient, n + with_loss);
        is_looked_at = is_looked_at || with_loss;
    }
    if (!is_looked_at) refuse(printer.expression(loss), 1);
}

void Printer::count_the_step() {
    CCode& c = file_.code;
    const double factors[] = {adam_.options().beta1, adam_.options().beta2};
    c.line("s->steps++;");
    for (int i = 0; i < 2; ++i)
        c.line(spelled("s->powers[", i, "] = ", name_, "_times(s->powers[", i, "], ", bits_of(factors[i]), ");"));
    c.line(spelled("rate = ", name_, "_rate(", bits_of(adam_.lr()), ", s->powers[0]); /* optim (5) */"));
    c.line(spelled("debias = ", name_, "_rate(", bits_of(1), ", s->powers[1]);"));
}

std::string Printer::adam_with(const std::string& root) const {
    const AdamOptions& o = adam_.options();
    const auto real = [](double x) { return CCode::number(x); };
    const std::string keep = o.weight_decay == 0 ? "" : real(1 - adam_.lr() * o.weight_decay) + " * ";
    std::string adam(adam_in_c);
    for (const auto& [name, number] : {std::pair<std::string_view, std::string>{"BETA1", real(o.beta1)},
                                       {"REST1", real(1 - o.beta1)},
                                       {"BETA2", real(o.beta2)},
                                       {"REST2", real(1 - o.beta2)},
                                       {"EPSILON", real(o.eps)},
                                       {"KEEP", keep},
                                       {"ROOT", root}})
        adam.replace(adam.find(name), name.size(), number);
    return adam;
}

}  // namespace

std::string to_c(const Program& step, const Adam& adam, std::string_view name, Where at) {
    return Printer(step, adam, name, nullptr, at).whole();
}

std::string to_c(const Program& step, const Adam& adam, std::string_view name, const Program& law, Where at) {
    return Printer(step, adam, name, &law, at).whole();
}

}  // namespace costate::optim::inline COSTATE_PRECISION
