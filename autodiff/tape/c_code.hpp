// autodiff/tape/c_code.hpp — what an operation is written with as C99 (autodiff/program/to_c.hpp)
//   struct Scale { ...                                                        // y = s x, as in autodiff/tape/operator.hpp
//       void print(CCode& c) const { c.map(CCode::number(s) + " * x"); }
//   };
// Operands are pointers to their numbers: x; or a, b, c; or, of more than three, x0, x1, ...; the result's is y. An operator
// says what it does to one entry (map), or writes its loops itself. It must do in the same order what its kernel does with
// BITS=same: then the printed file has the library's bits. Shapes are known, so loops have numbers for bounds.
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

class CCode {
public:
    using Names = std::initializer_list<std::pair<std::string_view, std::string>>;

    CCode(std::string_view prefix, Where asked) : where(asked), prefix_(prefix) {}

    Where where;  // who asked for it

    std::vector<Shape> in;  // of this operation
    Shape out;
    Into into = Into::assign;  // extend: a sum over rows goes on from what is there; add: a further part of it

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

    std::string take_text() { return std::exchange(text_, {}); }  // what has been written
    template <class Body>
    std::string written(Body&& body) {  // what the body writes, which is not yet a part of it
        const std::string before = take_text();
        body();
        return std::exchange(text_, before);
    }
    void put(std::string_view lines) { text_ += lines; }
    static bool is_part_of_name(char c);  // a letter, a digit or _
    std::span<const std::string> elementaries() const { return elementaries_; }
    const std::string& helpers() const { return helpers_; }
    const std::string& prefix() const { return prefix_; }

private:
    std::string prefix_, text_, helpers_;
    std::vector<std::string> elementaries_, known_helpers_;
    int depth_ = 1;
};

}  // namespace costate
