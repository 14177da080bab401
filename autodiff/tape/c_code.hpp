// autodiff/tape/c_code.hpp — what an operation is written with as C99 (autodiff/program/to_c.hpp)
//   struct Scale { ...                                                        // y = s x, as in autodiff/tape/operator.hpp
//       void print(CCode& c) const { c.map(CCode::number(s) + " * x"); }
//   };
// Operands are pointers to their numbers: x; or a, b, c; or, of more than three, x0, x1, ...; the result's is y. An operator
// says what it does to one entry (map), or writes its loops itself. It must do in the same order what its kernel does with
// BITS=same: then the printed file has the library's bits. Shapes are known, so loops have numbers for bounds.
// One that runs a program of its own, a solve, asks the file around it (CSurroundings) for more memory, and for the program as
// functions: law_solve_begin(p, m) once, then for a stage i law_solve_f(p, m, i) and law_solve_vjp(p, m, i), which read and
// write the stage's numbers where they lie in m, and law_solve_sums(p, m) for all stages at once.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"         // brings: Where
#include "core/kernels/into.hpp"  // brings: Into
#include "core/real.hpp"          // brings: Real
#include "core/shape.hpp"         // brings: Shape, Index

namespace costate::inline COSTATE_PRECISION {

class Program;
struct Attributes;

// A program as functions of the file, and where the numbers of its stages lie in m: those of stage i at place + i size.
struct CFunctions {
    static constexpr Index nowhere = -1;
    std::string name;
    bool new_here = true;  // nobody has called them yet
    Index time = nowhere, state = nowhere, rate = nowhere, cotangent = nowhere, bar = nowhere;
    Index size = 0;  // of the state
};

// Of an operation that stands in a program's file.
class CSurroundings {
public:
    // The plan of this number, of those that belong to the program (autodiff/tape/evaluation.hpp).
    virtual const void* plan(std::uint32_t number) const = 0;
    struct Reader {
        const Attributes* attributes;      // null: there is none
        std::vector<std::string> results;  // where they lie
    };
    // The first operation of that kind that reads the last result of this one.
    virtual Reader reader(std::uint32_t kind) const = 0;
    // Numbers of an operand, if they are known for good.
    virtual std::span<const Real> known(std::size_t operand) const = 0;
    virtual std::string input(std::size_t operand) const = 0;  // where its numbers lie, as C
    virtual std::string result(std::size_t number) const = 0;
    // More of m, where it begins: the same for all operations that have this operand, or the one whose last result it is.
    virtual Index memory(std::size_t operand, Index numbers) = 0;
    // Of a program whose constants are `constants`, and whose sums are wanted in `sums`. The same ones again, if asked again.
    // Steps take `stages`, or some of them `few`: for those there is law_solve_few_sums.
    virtual CFunctions functions(const Program& program, Index stages, Index few,
                                 std::span<const std::string> constants, std::span<const std::string> sums) = 0;
    virtual const std::string& arguments() const = 0;   // of each of them: "p, m"
    virtual const std::string& parameters() const = 0;  // as they are declared

protected:
    ~CSurroundings() = default;
};

class CCode {
public:
    using Names = std::initializer_list<std::pair<std::string_view, std::string>>;

    CCode(std::string_view prefix, Where asked) : where(asked), prefix_(prefix) {}

    Where where;  // who asked for it

    std::vector<Shape> in;  // of this operation
    Shape out;
    Into into = Into::assign;  // extend: a sum over rows goes on from what is there; add: a further part of it
    CSurroundings* around = nullptr;
    Index part_from = -1;  // set by an operation whose result is a part of x as it lies there, from this number on

    std::string operand(std::size_t i) const;  // "a"
    // Each entry of the result, as an expression of entries of the operands, which broadcast: "a * b".
    void map(std::string_view expression);
    void line(std::string_view text);  // indented as deep as the braces before it say
    template <class Body>
    void each(std::string_view index, Index count, Body&& body) {  // for (int i = 0; i < 8; i++) {  }
        begin("for (int " + std::string(index) + " = 0; " + std::string(index) + " < " + number(count) + "; " +
              std::string(index) + "++)");
        body();
        end();
    }
    void begin(std::string_view head = {});
    void end();

    // A function of the file, law_tanh: an elementary one, which is then printed there, or one of which this is the text.
    std::string elementary(std::string_view name);
    std::string helper(std::string_view name, std::string_view text);
    // C++ as C: names replaced, elementary::f(x) and std::f(x) by the file's functions, Real(x) by a cast.
    std::string in_c(std::string_view expression, Names names);
    static std::string number(double value);  // as a constant of Real; reads back to the same bits
    static std::string number(Index value);
    static std::string array(const std::string& declared, std::span<const Real> numbers);  // declared[] = {...};
    // A table of the file, law_table: the same one for the same numbers.
    std::string table(std::span<const Real> numbers);
    std::string table(std::span<const int> numbers);

    std::string take_text() { return std::exchange(text_, {}); }  // what has been written
    template <class Body>
    std::string written(Body&& body) {  // what the body writes, which is not yet a part of it
        const std::string before = take_text();
        body();
        return std::exchange(text_, before);
    }
    template <class Body>
    std::string written_within(Body&& body) {  // the same, one brace deeper
        ++depth_;
        const std::string text = written(body);
        --depth_;
        return text;
    }
    template <class Body>
    std::string written_apart(Body&& body) {  // the same, from the left edge of a function on
        const int before = std::exchange(depth_, 1);
        const std::string text = written(body);
        depth_ = before;
        return text;
    }
    void put(std::string_view lines) { text_ += lines; }
    static bool is_part_of_name(char c);  // a letter, a digit or _
    std::span<const std::string> elementaries() const { return elementaries_; }
    const std::string& helpers() const { return helpers_; }
    const std::string& prefix() const { return prefix_; }

private:
    std::string prefix_, text_, helpers_;
    std::string table(const std::string& type, const std::string& list);

    std::vector<std::string> elementaries_, known_helpers_, known_tables_;
    int depth_ = 1;
};

}  // namespace costate
