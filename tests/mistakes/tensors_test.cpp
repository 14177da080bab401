// tests/mistakes/tensors_test.cpp — mistakes with shapes, entries and files
#include <vector>

#include "tests/mistakes/mistake.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace costate;
using namespace costate::test;

namespace {
struct Room {
    Tape tape;
    Var x = tape.variable(Tensor({4, 3})), W = tape.variable(Tensor({5, 3})), labels = tape.constant(Tensor({4}));
};
}  // namespace

TEST_SUITE("mistakes") {
    TEST_CASE_FIXTURE(Room, "mistakes: shapes that do not fit") {
        mistake([&] { x + tape.constant(Tensor({4})); }, {"add: the shapes do not broadcast", "[4,3]", "[4]"});
        mistake([&] { matmul(x, W); }, {"matmul: the inner sizes differ", "[4,3]", "[5,3]", "transpose"});
        mistake(
            [&] {
                reshape(x, {5, 2});
            },
            {"reshape: the number of entries would change", "12 entries", "-1 in place of one extent"});
        mistake([&] { reshape(x, {-1, -1}); }, {"more than one extent is -1", "at most one -1"});
        mistake([&] { reshape(x, {-1, 5}); }, {"no extent fits in place of -1", "12, that the other extents divide"});
        mistake(
            [&] {
                concatenate({x, x}, 2);
            },
            {"concatenate: no such axis", "axis 2 of shape [4,3]", "from -2 to 1"});
        mistake([&] { concatenate({x, W}, 1); }, {"concatenate: the other axes differ", "[4,3]", "[5,3]"});
        const Var t = tape.constant(0.5);
        mistake(
            [&] {
                concatenate({x, t}, 1);
            },
            {"concatenate: the other axes differ", "[4,3] and []", "broadcast_to(t, {B, 1})"});
        mistake([&] { concatenate({t, x}, 1); }, {"[4,3] and []", "broadcast_to(t, {B, 1})"});
        mistake([&] { softmax(x, 2); }, {"softmax: no such axis", "axis 2 of shape [4,3]"});
        mistake([&] { x.size(2); }, {"no such axis", "axis 2 of shape [4,3]", "from -2 to 1"});
        mistake([&] { x.shape()[2]; }, {"no such axis", "axis 2 of shape [4,3]", "from -2 to 1"});
        mistake([&] { sum(x, 2); }, {"sum: no such axis", "axis 2", "from -2 to 1"});
        mistake([&] { slice(x, 1, 2, 2); },
                {"slice: outside the tensor", "2 entries from 2 on, of axis 1", "within 0 to 3"});
        mistake([&] { x[4]; }, {"there is no such entry", "4 of axis 0 of [4,3]", "0 to 3, or from the end, -1 to -4"});
        mistake([&] { column(x, 3); }, {"column: there is no such entry", "3 of axis 1 of [4,3]", "0 to 2"});
        mistake(
            [&] {
                gather(x, {0, 7}, 0);
            },
            {"gather: an index is not a place on the axis", "7 at position 1", "0 to 3"});
        mistake([&] { x.item(); }, {"item: the Var is not a single number", "[4,3]", "sum or mean"});
    }

    TEST_CASE("mistakes: tensors") {
        mistake(
            [&] {
                Tensor({2, 3}, {1, 2, 3, 4, 5});
            },
            {"the number of values does not fit the shape", "5 values for [2,3]", "6 values"});
        mistake([&] { tensor({{1, 2}, {3}}); }, {"the lists are ragged", "entry [1] is a list of 1", "a list of 2"});
        Tensor A({2, 3});
        mistake([&] { A(2, 0); }, {"tensor: no such entry", "(2,0) of a tensor of shape [2,3]", "from 0 up"});
        mistake([&] { A(0); }, {"tensor: no such entry", "(0) of a tensor of shape [2,3]", "one index for each axis"});
        mistake([&] { A[6]; },
                {"tensor: no such entry", "[6] of a tensor of shape [2,3]", "from 0 up to 5", "A(i, j)"});
        mistake([&] { A.view()[-1]; }, {"tensor: no such entry", "[-1]", "the last entry is [A.size() - 1]"});
        mistake([&] { A.reshaped({4}); }, {"reshape: the number of entries would change", "[2,3] to [4]", "6 entries"});
        mistake([&] { A.item(); }, {"item: the tensor is not a single number", "[2,3]", "sum or mean"});
        mistake([&] { A.size(-3); }, {"no such axis", "axis -3 of shape [2,3]"});
        mistake([&] { A.rows(1, 2); }, {"rows: outside the tensor", "2 rows from row 1 on, of [2,3]"});
    }

    TEST_CASE_FIXTURE(Room, "mistakes: losses") {
        mistake([&] { nn::mse(column(x, 0), labels); }, {"mse", "[4,1] and [4]", "reshape(target"});
        mistake(
            [&] {
                nn::cross_entropy_with_logits(x, {0, 1, 2, 3});
            },
            {"cross_entropy_with_logits: there is no such class", "3 in row 3", "0 to 2"});
        mistake(
            [&] {
                nn::cross_entropy_with_logits(x, {1, 2});
            },
            {"the targets do not fit the logits", "targets [2]", "B labels"});
        mistake(
            [&] {
                nn::mse(slice(x, 0, 0, 0), tape.constant(Tensor({0, 3})));
            },
            {"there is nothing to take the loss of", "no entries in [0,3]", "an empty batch"});
        mistake(
            [&] {
                nn::accuracy(Tensor({4, 3}), {1, 2});
            },
            {"accuracy: the labels do not fit", "2 labels", "a label for each row"});
    }

    TEST_CASE("mistakes: files") {
        nn::Linear model(2, 3, Rng{0}), other(3, 2, Rng{0});
        const TemporaryFolder folder;
        const std::string path = folder / "model";
        mistake([&] { model.load("no/such/file"); }, {"the file cannot be opened", "no/such/file", "check the path"});
        mistake([&] { model.save("no/such/folder/file"); },
                {"the file could not be written", "no/such/folder", "a folder that exists", "create the folder"});
        mistake([&] { model.save(folder / "model.npy"); },
                {"would be a file of one tensor", ".npz for NumPy", "save_npy"});
        model.save(path);
        mistake([&] { other.load(path); },
                {"a tensor has another shape in the file", "\"weight\" [3,2]", "[2,3]", "with which it was saved"});
        nn::MLP deep({2, 3, 3}, nn::tanh, Rng{0});
        mistake([&] { deep.load(path); }, {"layer0.weight"});
        mistake([&] { model.parameter("weigth"); }, {"there is no parameter of that name", "\"weigth\"", "weight"});
        mistake([&] { load_npz(path); }, {path.c_str(), "is not an .npz file", "check the path"});
        mistake([&] { load_npy(path); }, {path.c_str(), "is not an .npy file", "check the path"});
    }
}
