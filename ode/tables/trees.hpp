// ode/tables/trees.hpp — the rooted trees, each of which asks one thing of a Runge–Kutta method
//   u_i(τ) = Π_{children σ of the root} Σ_j a_ij u_j(σ)          u_i(•) = 1                             (a)
//   γ(τ)   = number of nodes of τ · Π_{children σ} γ(σ)          γ(•) = 1                               (b)
//   order p:   Σ b_i u_i(τ) = 1 / γ(τ)   for every τ of at most p nodes                                 (c)
// There are 1, 1, 2, 4, 9, 20, 48, 115 trees of 1, 2, ..., 8 nodes. They are generated, not typed: a tree is its nodes'
// depths, parents before children; the next one copies the branch that held the last node with room to rise.
// source   Hairer, Nørsett & Wanner I, 2nd ed., §II.2, theorem 2.13 · Beyer & Hedetniemi, SIAM J. Comput. 9 (1980)
//          706–712 (the next tree)
#pragma once

namespace costate::ode {

struct Tree {
    static constexpr int most_nodes = 8;
    int nodes = 1;
    int depth[most_nodes] = {};   // of each node; the root's is 0
    int parent[most_nodes] = {};  // of each node but the root, and before it

    // The first tree of so many nodes: a chain.
    static constexpr Tree chain(int nodes) {
        Tree tree{.nodes = nodes};
        for (int i = 0; i < nodes; ++i) tree.depth[i] = i;
        tree.find_parents();
        return tree;
    }

    // Becomes the next tree of as many nodes; false behind the last, the bush.
    constexpr bool advance() {
        int last = nodes - 1;
        while (last > 0 && depth[last] == 1) --last;
        if (last <= 0) return false;
        const int branch = last - parent[last];
        for (int i = last; i < nodes; ++i) depth[i] = depth[i - branch];
        find_parents();
        return true;
    }

    constexpr double gamma() const {  // (b)
        int size[most_nodes] = {};
        double product = 1;
        for (int i = nodes; i-- > 0;) {
            product *= ++size[i];
            if (i > 0) size[parent[i]] += size[i];
        }
        return product;
    }

private:
    constexpr void find_parents() {
        for (int i = 1; i < nodes; ++i) {
            parent[i] = i - 1;
            while (depth[parent[i]] != depth[i] - 1) --parent[i];
        }
    }
};

}  // namespace costate::ode
