// tests/examples/options_test.cpp — options set variables, and a typing error names the option that was meant
#include "examples/support/options.hpp"

#include <doctest/doctest.h>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "examples/support/progress.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::support;
using test::contains;

namespace {

struct Settings {
    int epochs = 400;
    std::uint64_t seed = 0;
    double rate = 0.01;
    bool plot = false;
    std::string method = "tsit5", table = "data.csv";

    Options options() {
        Options options("fit", "Fits a curve.");
        options.argument("table", table, "a CSV file")
            .add("epochs", epochs, "passes over the data")
            .add("seed", seed, "of all");
        options.add("rate", rate, "of Adam").add("plot", plot, "draw it").add("method", method, "of the solver");
        return options;
    }
    bool parse(std::vector<const char*> words) {
        words.insert(words.begin(), "fit");
        return options().parse(static_cast<int>(words.size()), words.data());
    }
};

std::string error_of(std::vector<const char*> words) {
    return test::error_of([&] { Settings().parse(std::move(words)); });
}

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("options: no word leaves the defaults") {
    Settings settings;
    CHECK(settings.parse({}));
    CHECK(settings.epochs == 400);
    CHECK(settings.table == "data.csv");
}

TEST_CASE("options: of a list of choices no other value is taken, and the help shows it") {
    std::string only;
    Options options("flows", "Learns densities.");
    options.add("only", only, "one set", {"moons", "rings"});
    const char* good[]{"flows", "--only", "rings"};
    CHECK(options.parse(3, good));
    CHECK(only == "rings");
    const char* bad[]{"flows", "--only", "mooons"};
    CHECK_THROWS_WITH_AS(options.parse(3, bad), doctest::Contains("one set: moons, rings"), Error);
    CHECK(contains(options.help(), "one set: moons, rings"));
}

TEST_CASE("options: --name value and --name=value set the variable") {
    Settings settings;
    CHECK(settings.parse(
        {"--epochs", "7", "--rate=-2.5e-1", "--method", "dopri5", "--seed=18446744073709551615", "my.csv"}));
    CHECK(settings.epochs == 7);
    CHECK(settings.rate == -0.25);
    CHECK(settings.method == "dopri5");
    CHECK(settings.seed == 18446744073709551615u);
    CHECK(settings.table == "my.csv");
}

TEST_CASE("options: a bool is a flag, or says true or false") {
    Settings settings;
    CHECK(settings.parse({"--plot", "--epochs", "-3"}));
    CHECK(settings.plot);
    CHECK(settings.epochs == -3);
    CHECK(settings.parse({"--plot=false"}));
    CHECK_FALSE(settings.plot);
}

TEST_CASE("options: an unknown name suggests the nearest") {
    CHECK(contains(error_of({"--epoch", "7"}), "fit: there is no such option\n  got       --epoch\n"));
    CHECK(contains(error_of({"--epoch", "7"}), "try       --epochs"));
    CHECK(contains(error_of({"--methods=x"}), "try       --method"));
    CHECK(contains(error_of({"--hlep"}), "try       --help"));
    CHECK(contains(error_of({"--"}), "there is no such option"));
}

TEST_CASE("options: a wrong value says what would be right") {
    CHECK(contains(error_of({"--epochs", "ten"}),
                   "fit: --epochs has a wrong value\n  got       ten\n  expected  a whole number"));
    CHECK(contains(error_of({"--epochs=1.5"}), "a whole number"));
    CHECK(contains(error_of({"--epochs=99999999999"}), "a whole number"));
    CHECK(contains(error_of({"--seed=-1"}), "not negative"));
    CHECK(contains(error_of({"--rate=0,1"}), "a number such as"));
    CHECK(contains(error_of({"--plot=maybe"}), "true or false"));
    CHECK(contains(error_of({"--rate="}), "a number such as"));
}

TEST_CASE("options: a missing value and a stray word are errors") {
    CHECK(contains(error_of({"--rate"}), "--rate has no value"));
    CHECK(contains(error_of({"--rate"}), "the default is '0.01'"));
    CHECK(contains(error_of({"a.csv", "b.csv"}), "this word belongs to no option\n  got       b.csv"));
}

TEST_CASE("options: the help lists every option with its default") {
    Settings settings;
    CHECK(settings.options().help() ==
          "Fits a curve.\n\nusage: fit [table] [--name value]...\n\n"
          "  table     a CSV file (data.csv)\n"
          "  --epochs  passes over the data (400)\n"
          "  --seed    of all (0)\n"
          "  --rate    of Adam (0.01)\n"
          "  --plot    draw it (false)\n"
          "  --method  of the solver (tsit5)\n"
          "  --help    show this list\n");
}

TEST_CASE("progress: a line tells step, loss, rows, evaluations and what is left") {
    CHECK(progress_text({.step = "epoch"}, 120, 400, 0.0123, 5040, 7, 2.44, true) ==
          "epoch 120/400  loss 0.0123 of 7 rows  evaluations 5040  2.4 s left");
    CHECK(progress_text({.step = "draw", .number = "log density"}, 1, 2, -25, 0, 0, 0.5, true) ==
          "draw 1/2  log density -25  0.5 s left");
    CHECK(progress_text({.of = "years"}, 2, 2, 1, 0, 15, 75.2, false) == "update 2/2  loss 1 of 15 years  1 min 15 s");
    CHECK(progress_text({}, 1, 2, 1, 0, 0, 59.6, true) == "update 1/2  loss 1  60 s left");
}

TEST_CASE("progress: what is left is judged by the recent updates") {
    std::FILE* file = std::tmpfile();
    REQUIRE(file != nullptr);
    Progress progress(2000, {.out = file});
    for (int update = 1; update <= 1200; ++update) {  // the last 200 are slow
        if (update > 1000) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        progress.update(update, 1);
    }
    std::fseek(file, 0, SEEK_SET);
    std::string text;
    for (int c; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
    std::fclose(file);
    const std::string line = "update 1200/2000  loss 1  ";
    REQUIRE(
        contains(text, line));  // were all alike, 800 · .2/1200 = .13 s would be left; by the recent ones it is .8 s
    CHECK(std::stod(text.substr(text.find(line) + line.size())) >= 0.7);
}

TEST_CASE("progress: a file gets ten plain lines, the last of them at the end") {
    std::FILE* file = std::tmpfile();
    REQUIRE(file != nullptr);
    Progress progress(250, {.out = file});
    for (int update = 1; update <= 250; ++update) progress.update(update, 1.0 / update, 10L * update);
    std::rewind(file);
    std::string text;
    for (int c; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
    std::fclose(file);
    int lines = 0;
    for (const char c : text) lines += c == '\n';
    CHECK(lines == 10);
    CHECK(text.starts_with("update 25/250  loss 0.04  evaluations 250  "));
    CHECK(contains(text, "\nupdate 250/250  loss 0.004  evaluations 2500  0.0 s\n"));
    CHECK_FALSE(contains(text, "\r"));
}

TEST_SUITE_END();
