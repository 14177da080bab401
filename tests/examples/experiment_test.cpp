// tests/examples/experiment_test.cpp — an experiment has its options, prints figures of merit once, and writes its figure
#include "examples/support/experiment.hpp"

#include <doctest/doctest.h>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace costate;
using namespace costate::support;
using test::contains;

namespace {

int run(std::vector<const char*> words, const std::function<void(Experiment&)>& body) {
    words.insert(words.begin(), "01_name");
    return Experiment("01_name", "Is it so?", 7).run(static_cast<int>(words.size()), words.data(), body);
}

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("experiment: seed, quick and out are options, and a figure stands in the folder") {
    const TemporaryFolder folder;
    const std::string out = folder / "new/figures";
    bool ran = false;
    const int status = run({"--seed", "3", "--quick", "--out", out.c_str()}, [&](Experiment& e) {
        ran = true;
        CHECK(e.seed == 3);
        CHECK(e.quick);
        CHECK(e.figure() == out + "/01_name.svg");
        CHECK(e.figure("frames") == out + "/01_name_frames.svg");
        e.save({Plot()});
        e.save({Plot()}, {}, "frames");
    });
    CHECK(status == 0);
    CHECK(ran);
    CHECK(std::filesystem::exists(out + "/01_name.svg"));
    CHECK(std::filesystem::exists(out + "/01_name_frames.svg"));
}

TEST_CASE("experiment: without options it runs in full, with the seed it was made with") {
    const TemporaryFolder folder;
    const std::string out = folder.path.string();
    CHECK(run({"--out", out.c_str()}, [](Experiment& e) {
              CHECK(e.seed == 7);
              CHECK_FALSE(e.quick);
          }) == 0);
}

TEST_CASE("experiment: an option of its own is set before the body runs") {
    const TemporaryFolder folder;
    const std::string out = folder.path.string();
    int updates = 300;
    const char* const words[] = {"01_name", "--updates", "5", "--out", out.c_str()};
    const int status = Experiment("01_name", "Is it so?").add("updates", updates, "of Adam").run(5, words, [&](auto&) {
        CHECK(updates == 5);
    });
    CHECK(status == 0);
}

TEST_CASE("experiment: a wrong option, an error of the body and a folder that cannot be end it with status 1") {
    const TemporaryFolder folder;
    const std::string out = folder.path.string();
    const auto nothing = [](Experiment&) { FAIL("the body ran"); };
    CHECK(run({"--sed", "3"}, nothing) == 1);
    CHECK(run({"--out", "/dev/null/folder"}, nothing) == 1);
    CHECK(run({"--out", out.c_str()}, [](Experiment&) { fail({.what = "nothing works"}); }) == 1);
}

TEST_CASE("experiment: a figure of merit has one word, and one line") {
    Experiment e("01_name", "Is it so?");
    e.results = std::tmpfile();
    REQUIRE(e.results != nullptr);
    e.merit("error", 0.25);
    e.merit("evaluations", 123456);
    CHECK(contains(test::error_of([&] { e.merit("error", 1e-9); }), "this figure has been printed already"));
    CHECK(contains(test::error_of([&] { e.merit("the error", 1); }), "named by one word"));
    CHECK(contains(test::error_of([&] { e.merit("", 1); }), "named by one word"));
    std::rewind(e.results);
    std::string text;
    for (int c; (c = std::fgetc(e.results)) != EOF;) text += static_cast<char>(c);
    std::fclose(e.results);
    CHECK(text == "error = 0.25\nevaluations = 123456\n");
}

TEST_SUITE_END();
