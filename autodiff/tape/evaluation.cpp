#include "autodiff/tape/evaluation.hpp"

namespace costate {

AnyObject& Objects::object(std::size_t number) {
    while (objects_.size() <= number) objects_.push_back(std::make_unique<AnyObject>());
    return *objects_[number];
}

AnyObject& Memory::piece(const Plan& plan) {
    for (auto& [of, piece] : pieces_)
        if (of == plan) return *piece;
    pieces_.emplace_back(plan, std::make_unique<AnyObject>());
    return *pieces_.back().second;
}

void Memory::forget_unused() {
    std::erase_if(pieces_, [](const auto& piece) { return piece.first.use_count() == 1; });
}

}  // namespace costate
