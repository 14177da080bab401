// core/stream.hpp — std::cout << x, for whatever has a to_text(x)
//   std::cout << tensor << ", " << tensor.shape();      the text of to_text, also of a Var, a Parameter, an ode::Status
// Each type has its operator<< beside its to_text: a template, so that no stream has to be known here, and a program without
// streams includes none. A stream is known by its write: for a << g++ 11 would ask these very templates whether it is one.
#pragma once

namespace costate {

template <class Stream>
concept TextStream = requires(Stream& stream, const char* text) {
    stream.write(text, 1);
};

}  // namespace costate
