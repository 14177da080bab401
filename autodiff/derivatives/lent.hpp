// autodiff/derivatives/lent.hpp — memory that a tape lends: kept between calls, so that a warm pass allocates nothing
//   const Lent<Lists> lists(tape);   lists->marks.assign(...)
// One for each call in flight: a rule that a walk applies may start a walk of its own.
#pragma once
#include <memory>
#include <vector>

#include "autodiff/tape/tape.hpp"  // brings: Tape

namespace costate::inline COSTATE_PRECISION {

template <class T>
class Lent {
    struct Pool {
        std::vector<std::unique_ptr<T>> of_depth;
        std::size_t depth = 0;
    };

public:
    explicit Lent(Tape& tape) : pool_(tape.extension<Pool>()) {
        if (pool_.depth == pool_.of_depth.size()) pool_.of_depth.push_back(std::make_unique<T>());
        object_ = pool_.of_depth[pool_.depth++].get();
    }
    ~Lent() { --pool_.depth; }
    Lent(const Lent&) = delete;
    Lent& operator=(const Lent&) = delete;
    T& operator*() const { return *object_; }
    T* operator->() const { return object_; }

private:
    Pool& pool_;
    T* object_;
};

}  // namespace costate
