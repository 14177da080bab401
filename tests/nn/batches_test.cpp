// tests/nn/batches_test.cpp — every example once an epoch, and the same again after a restart
#include "nn/batches.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;
using Drawn = std::vector<Index>;

namespace {

Drawn drawn(nn::Batches& batches, Index count) {
    Drawn all;
    for (Index i = 0; i < count; ++i) {
        const auto batch = batches.next();
        all.insert(all.end(), batch.begin(), batch.end());
    }
    return all;
}

Drawn sorted(Drawn x) {
    std::sort(x.begin(), x.end());
    return x;
}

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("batches: an epoch gives every example once, the last batch being shorter") {
    nn::Batches batches(10, 4, Rng{1});
    CHECK(batches.per_epoch() == 3);
    const Drawn first = drawn(batches, 3);
    CHECK(sorted(first) == Drawn{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    CHECK(batches.epoch() == 0);
    CHECK(batches.next().size() == 4);
    CHECK(batches.epoch() == 1);
    CHECK(drawn(batches, 1).size() == 4);
    CHECK(drawn(batches, 1).size() == 2);
}

TEST_CASE("batches: each epoch has an order of its own") {
    nn::Batches batches(50, 50, Rng{1});
    CHECK(drawn(batches, 1) != drawn(batches, 1));
}

TEST_CASE("batches: the shorter last batch may be dropped") {
    nn::Batches batches(10, 4, Rng{1}, {.drop_last = true});
    CHECK(batches.per_epoch() == 2);
    for (int i = 0; i < 7; ++i) CHECK(batches.next().size() == 4);
    CHECK(batches.epoch() == 3);
}

TEST_CASE("batches: the same seed gives the same batches, another seed others") {
    nn::Batches a(30, 7, Rng{1}), b(30, 7, Rng{1}), c(30, 7, Rng{2});
    const Drawn first = drawn(a, 12);
    CHECK(first == drawn(b, 12));
    CHECK(first != drawn(c, 12));
}

TEST_CASE("batches: a batch larger than the data is all of it, every time") {
    nn::Batches batches(3, 8, Rng{1});
    CHECK(sorted(drawn(batches, 1)) == Drawn{0, 1, 2});
    CHECK(sorted(drawn(batches, 1)) == Drawn{0, 1, 2});
}

TEST_CASE("batches: restored anywhere, they go on as if never stopped") {
    for (Index stop = 0; stop < 9; ++stop) {
        nn::Batches batches(10, 4, Rng{1}), resumed(10, 4, Rng{99});
        drawn(batches, stop);
        TensorFile file;
        batches.write(file, "batches.");
        resumed.read(parse(serialize(file)), "batches.");
        CHECK(resumed.epoch() == batches.epoch());
        CHECK(drawn(resumed, 8) == drawn(batches, 8));
    }
}

TEST_CASE("batches: a file of other batches is an error that changes nothing") {
    nn::Batches batches(10, 4, Rng{1}), other(11, 4, Rng{1}), twin(11, 4, Rng{1});
    TensorFile file;
    batches.write(file, "");
    CHECK(contains(error_of([&] { other.read(file, ""); }), "the file belongs to other batches"));
    CHECK(contains(error_of([&] { other.read(file, "x."); }), "no integer named 'x.rng.seed'"));
    CHECK(drawn(other, 3) == drawn(twin, 3));
}

TEST_CASE("batches: a file that drops the last one is not one that keeps it; nor is one with other numbers a file") {
    nn::Batches keeps(10, 4, Rng{1}), drops(10, 4, Rng{1}, {.drop_last = true});
    TensorFile of_keeps, of_drops;
    keeps.write(of_keeps, "");
    drops.write(of_drops, "");
    CHECK(contains(error_of([&] { keeps.read(of_drops, ""); }), "in epoch 0, the last one dropped\n"));
    CHECK(contains(error_of([&] { drops.read(of_keeps, ""); }), "in batches of 4, the last one dropped\n"));
    CHECK(error_of([&] { drops.read(of_drops, ""); }).empty());
    for (const char* name : {"epoch", "taken", "examples", "batch_size", "drop_last"}) {
        TensorFile bad;
        for (const TensorFile::Item& item : of_keeps.items())
            bad.add_integer(item.name, item.name == name ? std::uint64_t(-5) : std::get<std::uint64_t>(item.value));
        CHECK(contains(error_of([&] { keeps.read(bad, ""); }), "belongs to other batches"));
    }
}

TEST_CASE("batches: no examples, no batch size, or no full batch where only full ones count: an error") {
    CHECK(contains(error_of([] { nn::Batches(0, 4, Rng{1}); }), "0 examples in batches of 4"));
    CHECK(contains(error_of([] { nn::Batches(4, 0, Rng{1}); }), "4 examples in batches of 0"));
    CHECK(contains(error_of([] { nn::Batches(4, 5, Rng{1}, {.drop_last = true}); }), "the last one dropped"));
}

TEST_CASE("take_rows: the rows in the order asked for") {
    const Tensor data({3, 2}, {1, 2, 3, 4, 5, 6});
    Tensor batch;
    nn::take_rows(data, Drawn{2, 0}, batch);
    CHECK(batch == Tensor({2, 2}, {5, 6, 1, 2}));
    const Real* memory = batch.data();
    nn::take_rows(data, Drawn{1, 1}, batch);
    CHECK(batch == Tensor({2, 2}, {3, 4, 3, 4}));
    CHECK(batch.data() == memory);
}

TEST_CASE("take_rows: rows of a tensor into itself, or of a part of it, are the rows it had") {
    const Tensor data({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
    for (const Drawn& rows : {Drawn{3, 2, 1, 0}, Drawn{1, 1}, Drawn{2, 0, 1, 1, 3, 3, 0}}) {
        Tensor right, x = data, y = data, part;
        nn::take_rows(data, rows, right);
        nn::take_rows(x, rows, x);
        CHECK(x == right);
        nn::take_rows(y.view(), rows, y);
        CHECK(y == right);
    }
    Tensor x = data;
    nn::take_rows(x.rows(1, 3), Drawn{2, 0, 1, 0}, x);
    CHECK(x == Tensor({4, 2}, {7, 8, 3, 4, 5, 6, 3, 4}));
}

TEST_CASE("take_rows: an error changes nothing") {
    Tensor x({2, 1}, {1, 2});
    CHECK(contains(error_of([&] { nn::take_rows(x, Drawn{1, 0, 2}, x); }), "row 2 of [2,1]"));
    CHECK(x == Tensor({2, 1}, {1, 2}));
}

TEST_CASE("take_rows: a row that is not there is an error") {
    Tensor batch;
    const Tensor data(Shape{3, 2});
    CHECK(contains(error_of([&] { nn::take_rows(data, Drawn{3}, batch); }), "row 3 of [3,2]"));
    CHECK(contains(error_of([&] { nn::take_rows(data, Drawn{-1}, batch); }), "row -1"));
    CHECK(contains(error_of([&] { nn::take_rows(Tensor::scalar(1), Drawn{0}, batch); }), "row 0 of []"));
}

TEST_SUITE_END();
