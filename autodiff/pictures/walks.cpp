#include "autodiff/pictures/walks.hpp"

namespace costate::inline COSTATE_PRECISION {
namespace pictures {

namespace {

constexpr std::size_t most_shown = 40,
                      most_handed = 2000;  // of the wrong walk, which may hand over exponentially often

Act values(const Stage& stage) {
    Act act{"Values, forwards", "values", "value", {}};
    for (std::size_t n = 0; n < stage.size(); ++n) {
        const Graph::Node& node = stage.graph().nodes[n];
        const std::string says = stage.is_leaf(n)
                                     ? text(node.name, " is given, a ", node.operation, ": ", node.number, ".")
                                     : text(node.name, " = ", stage.call(n), " = ", node.number, ".");
        act.steps.push_back({says, {n}, stage.arrows_to(n), {{n, false, node.number}}});
    }
    return act;
}

std::string enclosed(const std::string& number) { return number[0] == '-' ? text("(", number, ")") : number; }

std::string part_text(const Stage& stage, const Handed& h, Var of_user) {  // "2 · (-1) = -2"
    if (h.slope.is_zero()) return stage.number(h.cotangent);
    return text(stage.number(of_user), " · ", enclosed(stage.number(h.slope)), " = ", stage.number(h.cotangent));
}

// What the wrong walk leaves in the leaves, held against what grad finds.
Step verdict(const Stage& stage, const std::vector<Var>& has, std::size_t count, std::size_t right_count) {
    const std::string of_right = text(" (the right one needs ", right_count, "): ");
    Step last{count < most_handed
                  ? text("The walk ends, after ", count, count == 1 ? " hand-over" : " hand-overs", of_right)
                  : text("After ", count, " hand-overs the walk is not at its end", of_right),
              {},
              {},
              {}};
    bool differs = false;
    for (std::size_t n = 0; n < has.size(); ++n) {
        if (has[n].is_zero()) continue;
        const std::string got = stage.number(has[n]), right = stage.number(stage.gradient(n));
        last.changes.push_back({n, false, got});
        if (!stage.is_leaf(n)) continue;
        last.says += text(last.nodes.empty() ? "" : ", ", stage.name(n), " has ", got);
        if (got != right) last.says += text(" where ", right, " is right"), differs = true;
        last.nodes.push_back(n);
    }
    last.says += differs ? ". What came early was handed on more than once."
                         : ". That is right here: nothing that hands on is used twice.";
    return last;
}

// From y to its operands, and from each of these at once to its own: no matter what is still to come to it.
Act wrong(Stage& stage, std::size_t right_count) {
    struct Visit {
        std::vector<Handed> hands;
        Var cotangent;
        std::size_t next = 0;
    };
    Act act{"The wrong walk", "wrong", "cotangent", {}};
    const std::size_t y = stage.of();
    act.steps.push_back({text("Tempting: from ", stage.name(y),
                              ", which has 1, hand a part to each operand, and walk on from ", "there at once."),
                         {y},
                         {},
                         {{y, false, "1"}}});
    std::vector<Var> has(stage.size());
    has[y] = stage.one(y);
    std::vector<Visit> visits{{stage.handed(y, has[y]), has[y]}};
    std::size_t count = 0;
    while (!visits.empty() && count < most_handed) {
        Visit& visit = visits.back();
        if (visit.next == visit.hands.size()) {
            visits.pop_back();
            continue;
        }
        const Handed h = visit.hands[visit.next++];
        has[h.to] = stage.plus(has[h.to], h.cotangent);
        if (++count <= most_shown) {
            const std::string part = part_text(stage, h, visit.cotangent), now = stage.number(has[h.to]);
            act.steps.push_back({text(stage.name(h.user), " hands ", part, " to ", stage.name(h.to), ", which has ",
                                      now, stage.is_leaf(h.to) ? " now." : " now and hands that on at once."),
                                 {h.user, h.to},
                                 {stage.arrow(h.user, h.operand)},
                                 {{h.to, false, now}}});
        }
        visits.push_back({stage.handed(h.to, has[h.to]), has[h.to]});
    }
    act.steps.push_back(verdict(stage, has, count, right_count));
    return act;
}

// One part of a sum arrives at its node: what is there now, and what it waits for.
Step arrival(const Stage& stage, const Handed& h, const std::string& part, const std::string& before,
             const std::string& now, std::size_t come, std::size_t uses) {
    const std::string sum = come == 1 ? now : text(before, " + ", enclosed(stage.number(h.cotangent)), " = ", now);
    const std::string state =
        come < uses ? text(" and waits: ", come, " of ", uses, " uses ", come == 1 ? "has" : "have", " come.")
        : uses > 1  ? text(": all ", uses, " uses have come.")
                    : ": that is its only use.";
    return {text(stage.name(h.user), " hands ", part, " to ", stage.name(h.to), ", which has ", sum, state),
            {h.user, h.to},
            {stage.arrow(h.user, h.operand)},
            {{h.to, come < uses, come < uses ? text(now, " (", come, " of ", uses, ")") : now}}};
}

Act cotangents(Stage& stage) {
    Act act{"Cotangents, backwards", "cotangents", "cotangent", {}};
    const std::size_t y = stage.of(), size = stage.size();
    act.steps.push_back(
        {text("Right: over the list, from its end. ", stage.name(y), " is what is differentiated: its cotangent is 1."),
         {y},
         {},
         {{y, false, "1"}}});
    std::vector<Var> has(size), partial(size);
    std::vector<std::vector<Handed>> hands(size);
    std::vector<std::size_t> uses(size, 0), come(size, 0);
    has[y] = stage.one(y);
    for (std::size_t n = size; n-- > 0;) {  // every use of n stands after n: has[n] is complete
        hands[n] = stage.handed(n, has[n]);
        for (const Handed& h : hands[n]) has[h.to] = stage.plus(has[h.to], h.cotangent), ++uses[h.to];
    }
    for (std::size_t n = size; n-- > 0;)
        for (const Handed& h : hands[n]) {
            const std::string before = stage.number(partial[h.to]), part = part_text(stage, h, has[n]);
            partial[h.to] = stage.plus(partial[h.to], h.cotangent);
            act.steps.push_back(arrival(stage, h, part, before, stage.number(partial[h.to]), ++come[h.to], uses[h.to]));
        }
    return act;
}

std::string tangent_text(Stage& stage, std::size_t n, const std::vector<Var>& dots) {
    const std::string& name = stage.name(n);
    if (n == stage.along()) return text(name, " changes at the speed 1, as is asked for. What follows from that?");
    if (stage.is_leaf(n)) return text(name, " stays as it is.");
    if (dots[n].is_zero()) return text(name, " does not depend on ", stage.name(stage.along()), ".");
    std::string sum;
    const std::vector<std::size_t>& operands = stage.graph().nodes[n].operands;
    for (std::size_t i = 0; i < operands.size(); ++i) {
        const Var dot = dots[operands[i]], slope = dot.is_zero() ? Var{} : stage.slope(n, i);
        if (!slope.is_zero())
            sum += text(sum.empty() ? "" : " + ", enclosed(stage.number(slope)), " · ", enclosed(stage.number(dot)));
    }
    return text(name, " = ", stage.call(n), " changes at the speed ", sum, sum.empty() ? "" : " = ",
                stage.number(dots[n]), ".");
}

Act tangents(Stage& stage) {
    Act act{"Tangents, forwards", "tangents", "tangent", {}};
    std::vector<Var> dots(stage.size());
    const std::size_t along = stage.along();
    for (std::size_t n = 0; n < stage.size(); ++n) {
        if (n == along) dots[n] = stage.one(n);
        if (!stage.is_leaf(n)) dots[n] = stage.tangent(n, dots);
        std::string says = tangent_text(stage, n, dots);
        if (n == stage.of() && stage.is_number(along))
            says += text(" The walk backwards gave ", stage.name(along),
                         " the same: ", stage.number(stage.gradient(along)), ".");
        act.steps.push_back({says, {n}, stage.arrows_to(n), {{n, false, stage.number(dots[n])}}});
    }
    return act;
}

Act replay(const Stage& stage) {
    Act act{"A replay", "replay", "value", {}};
    const std::vector<std::string> numbers = stage.replayed();
    const std::size_t along = stage.along();
    act.steps.push_back({text(stage.name(along), " is ", numbers[along],
                              " now. The list is run again, as a Program runs it: ", "no function of yours is called."),
                         {along},
                         {},
                         {{along, false, numbers[along]}}});
    for (std::size_t n = 0; n < stage.size(); ++n)
        if (!stage.is_leaf(n))
            act.steps.push_back({text(stage.name(n), " = ", stage.call(n), " = ", numbers[n], "."),
                                 {n},
                                 stage.arrows_to(n),
                                 {{n, false, numbers[n]}}});
    return act;
}

}  // namespace

std::vector<Act> acts_of(const Tape& tape, const Graph& graph, const Question& question) {
    Stage stage(tape, graph, question);
    Act right = cotangents(stage);
    Act tempting = wrong(stage, right.steps.size() - 1);
    return {values(stage), std::move(tempting), std::move(right), tangents(stage), replay(stage)};
}

}  // namespace pictures
}  // namespace costate
