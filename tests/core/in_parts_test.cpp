// tests/core/in_parts_test.cpp — jobs in parts: each part once, errors, users' own threads, for several numbers of threads
#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "core/threads.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/with_threads.hpp"

using namespace costate;
using namespace costate::test;

TEST_SUITE_BEGIN("core");

TEST_CASE("threads: each part of a job is done once, whatever there are of parts and threads") {
    for (const int count : {1, 2, 3, 5})
        for (const int parts : {1, 2, 3, 4, 7, 16}) {
            CAPTURE(count);
            CAPTURE(parts);
            const WithThreads with(count);
            CHECK(threads() == count);
            std::vector<int> done(static_cast<std::size_t>(parts), 0);
            for (int job = 1; job <= 50; ++job) {
                in_parts(parts, [&](int part) { ++done[static_cast<std::size_t>(part)]; });
                for (const int times : done) REQUIRE(times == job);
            }
        }
}

TEST_CASE("threads: a part that asks for parts does them itself, and so does a thread that finds the team at work") {
    const WithThreads with(3);
    std::vector<int> done(9, 0);
    in_parts(3, [&](int part) { in_parts(3, [&](int inner) { ++done[static_cast<std::size_t>(3 * part + inner)]; }); });
    for (const int times : done) CHECK(times == 1);

    std::vector<std::vector<int>> of_user(3, std::vector<int>(4, 0));
    std::vector<std::thread> users;
    for (std::vector<int>& mine : of_user)
        users.emplace_back([&mine] {
            for (int job = 0; job < 200; ++job) in_parts(4, [&](int part) { ++mine[static_cast<std::size_t>(part)]; });
        });
    for (std::thread& user : users) user.join();
    for (const std::vector<int>& mine : of_user)
        for (const int times : mine) CHECK(times == 200);
}

TEST_CASE("threads: the error of the first part that failed goes to who asked, with what was going on there") {
    for (const int count : {1, 2, 4}) {
        CAPTURE(count);
        const WithThreads with(count);
        std::vector<int> done(6, 0);
        const While doing("counting", Where::nowhere());
        const std::string error = error_of([&] {
            in_parts(6, [&](int part) {
                if (part == 2 || part == 5) fail(Where::nowhere(), {.what = text("part ", part, " failed")});
                ++done[static_cast<std::size_t>(part)];
            });
        });
        CHECK(error == "part 2 failed\n  while     counting");
        CHECK(done[0] == 1);
        in_parts(2, [&](int part) { done[static_cast<std::size_t>(part)] = 7; });  // and the team is there again
        CHECK(done[1] == 7);
    }
}

TEST_CASE("threads: a number of them that cannot be is an error that says what can") {
    for (const int count : {0, -2, most_threads + 1}) {
        const std::string error = error_of([count] { set_threads(count); });
        CHECK(contains(error, "set_threads: count is out of range"));
        CHECK(contains(error, text("count = ", count)));
        CHECK(contains(error, "1 ≤ count < 257"));
    }
    CHECK(threads() == 1);
    const WithThreads with(2);
    const std::string error = error_of([] { in_parts(2, [](int) { set_threads(3); }); });
    CHECK(contains(error, "set_threads: called within a part of a job"));
    CHECK(threads() == 2);
}

TEST_SUITE_END();
