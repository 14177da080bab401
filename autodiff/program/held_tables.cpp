#include "autodiff/program/held_tables.hpp"

#include <algorithm>
#include <limits>

#include "autodiff/operators/compiled.hpp"  // brings: PackOnce
#include "autodiff/program/c_places.hpp"    // brings: CPlaces
#include "core/rows.hpp"                    // brings: range_length

namespace costate::inline COSTATE_PRECISION {

class HeldTables::Maker {
public:
    Maker(HeldTables& to, const Program& p, int stages, bool at_once, Where at)
        : to_(to),
          p_(p),
          stages_(stages),
          merged_(at_once && p.merges_stages && stages * p.recorded_rows() <= sum_block),
          at_(at) {}

    std::span<const Given> constants{};  // those that lie elsewhere: all, or none
    const SolvesInTables* solves = nullptr;
    bool is_field = false;  // of a solve

    void run() {
        require();
        place_values();
        for (const Program::Instruction& c : p_.code) add(c);
        for (const Program::Total& t : p_.totals) to_.totals_.push_back({where_[t.value], where_[t.total]});
        for (std::uint32_t v = 0; v < p_.values.size(); ++v)
            if (p_.values[v].home == Program::Home::sum && !is_total(v)) to_.sums_.push_back(where_[v]);
        for (const Port port : {Port::time, Port::state, Port::cotangent, Port::forward, Port::reverse, Port::summed})
            add_port(port);
        if (to_.places_.size() > 0xffff)
            fail(at_, {.what = "to_tables: a program that is too long for tables",
                       .got = text(to_.places_.size(), " operands and results"),
                       .expected = "at most 65535"});
        point_to_all();
    }

private:
    void require() const {
        for (const Program::Instruction& c : p_.code) {
            if (is_task(c)) continue;
            const bool is_ours = c.op < library_operators.size();
            if (is_ours && c.n_in > Tables::most_operands)
                fail(at_,
                     {.what = "to_tables: an operation of more operands than tables have",
                      .got = text(operator_of(c.op).name, " with ", c.n_in, " operands, recorded at ", c.where),
                      .expected = text("at most ", Tables::most_operands),
                      .fix =
                          "a sum of two sums, a concatenation of two; a gradient adds up as often as a value is used"});
            if (!is_ours || c.n_out != 1)
                fail(at_,
                     {.what = "to_tables: an operation that tables cannot have",
                      .got = text(operator_of(c.op).name, ", recorded at ", c.where),
                      .expected = "operators of the library with one result, and no solve",
                      .fix = is_field ? "of a solve within a field, one system of both"
                                      : ".solves = ode::in_tables; or tables of the field, whose solve is a loop of "
                                        "yours"});
            if (c.op == operator_number<PackOnce>())
                fail(at_, {.what = "to_tables: a weight that was packed for this machine's vectors",
                           .got = text(p_.recorded_rows(), " rows"),
                           .expected = "fewer than 32",
                           .fix = "record the field with fewer rows"});
        }
        const Index rows = p_.recorded_rows();
        if (rows > range_length(rows) && !p_.code_of(Phase::sums).empty())
            fail(at_, {.what = "to_tables: sums over more rows than one range has",
                       .got = text(rows, " rows of the state"),
                       .expected = text("at most ", range_length(1)),
                       .fix = "fewer rows, and several solves; a state of one axis is one row as [1,n]"});
    }

    void place_values() {
        std::vector<std::uint8_t> given(p_.values.size(), false);
        p_.each({Port::constant, Port::parameter, Port::stored}, [&](std::uint32_t v) { given[v] = true; });
        const CPlaces places(p_, given, stages_, merged_);
        if (stages_ < 1 || places.numbers() > std::numeric_limits<std::int32_t>::max())
            fail(at_, {.what = "to_tables: so many stages have no places",
                       .got = text(stages_),
                       .expected = "1 or more, and places for all of them below 2^31"});
        to_.tables_.numbers = static_cast<std::int32_t>(places.numbers());
        for (std::uint32_t v = 0; v < p_.values.size(); ++v)
            where_.push_back({.at = static_cast<std::int32_t>(places.of(v)),
                              .shape = shape(p_.values[v].shape),
                              .of_stage = p_.values[v].home == Program::Home::slot});
        const auto into_p = [&](std::uint32_t v) {
            where_[v].in = Tables::In::p;
            where_[v].at = to_.tables_.inputs;
            to_.tables_.inputs += static_cast<std::int32_t>(p_.values[v].shape.size());
        };
        for (std::size_t k = 0; k < constants.size(); ++k) give(p_.at(Port::constant)[k], constants[k]);
        if (constants.empty()) p_.each({Port::constant}, into_p);
        p_.each({Port::parameter}, into_p);
        for (std::size_t k = 0; k < p_.stored.size(); ++k) store(p_.at(Port::stored)[k], p_.stored[k].entries());
    }
    void store(std::uint32_t v, std::span<const Real> numbers) {
        where_[v].in = Tables::In::stored;
        where_[v].at = static_cast<std::int32_t>(to_.stored_.size());
        to_.stored_.insert(to_.stored_.end(), numbers.begin(), numbers.end());
    }
    void give(std::uint32_t v, const Given& given) {
        if (given.place.in == Tables::In::stored) return store(v, given.stored);
        where_[v].in = given.place.in;
        where_[v].at = given.place.at;
        where_[v].of_stage = false;
    }
    bool is_task(const Program::Instruction& c) const { return solves && solves->handles(c); }

    template <class T, class Same>
    static std::uint16_t place_in(std::vector<T>& list, const T& entry, Same&& same) {
        const auto at = std::ranges::find_if(list, [&](const T& other) { return same(other, entry); });
        const std::size_t place = at - list.begin();
        if (at == list.end()) list.push_back(entry);
        return static_cast<std::uint16_t>(place);
    }
    std::uint16_t shape(const Shape& shape) { return place_in(to_.shapes_, shape, std::equal_to<>()); }

    void add_task(const Program::Instruction& c) {
        if (stages_ > 1 && c.phase != Phase::prologue && c.phase != Phase::epilogue)
            fail(at_, {.what = "to_tables: a solve at each of several stages",
                       .got = text(operator_of(c.op).name, ", recorded at ", c.where, ", and ", stages_, " stages"),
                       .expected = "one stage: a whole computation, such as a training step",
                       .fix = "a solve within a field is one system with it"});
        solves->add(TablesAround(to_, p_, c, where_, at_));
        to_.code_.push_back({.evaluator = nullptr,
                             .attributes = static_cast<std::uint16_t>(to_.tasks_.size() - 1),
                             .first = static_cast<std::uint16_t>(to_.places_.size()),
                             .n_in = static_cast<std::uint8_t>(c.n_in)});
        to_.numbers_.push_back(c.op);
        for (const std::uint32_t v : p_.in(c)) to_.places_.push_back(where_[v]);
        for (const std::uint32_t v : c.results()) to_.places_.push_back(where_[v]);
    }

    void add(const Program::Instruction& c) {
        if (is_task(c)) return add_task(c);
        const Operator& op = operator_of(c.op);
        const auto same = [](const Attributes& a, const Attributes& b) { return a.bytes == b.bytes; };
        to_.code_.push_back({.evaluator = &op,
                             .attributes = place_in(to_.attributes_, c.attributes, same),
                             .first = static_cast<std::uint16_t>(to_.places_.size()),
                             .n_in = static_cast<std::uint8_t>(c.n_in),
                             .accumulates = c.accumulates});
        to_.numbers_.push_back(c.op);
        for (const std::uint32_t v : p_.in(c)) to_.places_.push_back(op.shape_only ? where_[v] : place(v, c.phase));
        to_.places_.push_back(place(c.first_out, c.phase));
    }

    // Where stages are summed at once, their rows are those of one value: they lie one behind the other.
    Tables::Place place(std::uint32_t v, Phase phase) {
        Tables::Place place = where_[v];
        if (!merged_ || phase != Phase::sums || p_.values[v].rows != Rows::row) return place;
        const Shape& one = p_.values[v].shape;
        place.shape = shape(one.with(0, one[0] * stages_));
        place.of_stage = false;
        return place;
    }

    bool is_total(std::uint32_t v) const {
        return std::ranges::any_of(p_.totals, [v](const Program::Total& t) { return t.total == v; });
    }

    void add_port(Port port) {
        std::vector<Tables::Place>& places = to_.ports_.emplace_back();
        for (const std::uint32_t v : p_.at(port)) places.push_back(v == Program::none ? Tables::Place{} : where_[v]);
    }

    void point_to_all() {
        Tables& t = to_.tables_;
        t.stages = stages_;
        t.sums_at_once = merged_;
        t.shapes = to_.shapes_;
        t.attributes = to_.attributes_;
        t.places = to_.places_;
        t.code = to_.code_;
        std::ranges::copy(p_.phase_begin, t.phase_begin.begin());
        std::span<const Tables::Place>* const lists[] = {&t.times,   &t.states,  &t.cotangents,
                                                         &t.forward, &t.reverse, &t.summed};
        for (std::size_t k = 0; k < std::size(lists); ++k) *lists[k] = to_.ports_[k];
        t.sums = to_.sums_;
        t.totals = to_.totals_;
        t.stored = to_.stored_;
        t.tasks = to_.tasks_;
    }

    HeldTables& to_;
    const Program& p_;
    const int stages_;
    const bool merged_;
    const Where at_;
    std::vector<Tables::Place> where_;  // of each value
};

HeldTables::HeldTables(const Program& program, const ToTables& options, Where at) {
    Maker maker(*this, program, options.stages, true, at);
    maker.solves = options.solves;
    maker.run();
}

HeldTables::HeldTables(const Program& program, int stages, std::span<const Given> constants, bool at_once, Where at) {
    Maker maker(*this, program, stages, at_once, at);
    maker.constants = constants;
    maker.is_field = true;
    maker.run();
}

HeldTables::Given TablesAround::given(std::size_t operand) const {
    const std::uint32_t value = program.in(operation)[operand];
    return {where_[value], program.known(value)};
}

std::int32_t TablesAround::more(Index numbers) const {
    const std::int32_t from = end();
    if (from + numbers > std::numeric_limits<std::int32_t>::max())
        fail(asked, {.what = "to_tables: a solve whose steps have no places",
                     .got = text(numbers, " numbers behind ", from),
                     .expected = "below 2^31"});
    to_.tables_.numbers += static_cast<std::int32_t>(numbers);
    return from;
}

std::size_t TablesAround::keep(std::unique_ptr<const ObjectInTables> object, const void* constants) const {
    to_.objects_.push_back({std::move(object), constants, operation.first_out + operation.n_out - 1});
    return to_.objects_.size() - 1;
}

std::size_t TablesAround::object_of(std::size_t operand) const {
    const auto found = std::ranges::find(to_.objects_, program.in(operation)[operand], &HeldTables::Object::token);
    return found - to_.objects_.begin();
}

const ObjectInTables* TablesAround::object(std::size_t number) const {
    return number < to_.objects_.size() ? to_.objects_[number].held.get() : nullptr;
}

void TablesAround::add(decltype(Tables::Task::run) run, const char* function, std::size_t object) const {
    to_.tasks_.push_back({run, to_.objects_[object].constants});
    to_.names_.push_back({function, object});
}

}  // namespace costate
