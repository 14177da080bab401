# Makefile — build, run and check costate.   `make` alone prints this list; every target works on a fresh clone.
#   make test CXX=clang++ REAL=float ARCH=x86-64 SANITIZE=address,undefined OPT=-O2 WERROR=1
# Each combination has a build folder of its own, so switching between them rebuilds nothing.

CXX      ?= g++
REAL     ?= double#    or float: the type of state, parameters and tensors
ARCH     ?= native#    what -march gets; empty: the compiler's default; portable: any x86-64, whose vectors are chosen at run time
OPT      ?= -O3#       library, benchmarks
PROGOPT  ?= $(if $(filter -O2 -O3,$(OPT)),-O1,$(OPT))# the examples' and chapters' own files: the library does the work, and half the compile time
TESTOPT  ?= -O0#       the tests' own files: compile time counts there, speed does not
SANITIZE ?=#           e.g. address,undefined
ONE_FILE ?=#           1: the library as one file: for one who compiles it once
APART    ?=#           1: each of the library's files by itself, as an editor looks at them, and not each folder's at once
BITS     ?= fast#      same: the same bits on every processor, a little slower
THREADS  ?= 1#         0: no code for threads (set_threads then takes 1 alone)
PREFIX   ?= /usr/local
VERSION  := 0.1.0
VECTOR   ?= $(if $(filter x86_64 amd64,$(shell uname -m)),-mprefer-vector-width=512)# an x86 flag: VECTOR= turns it off

comma    := ,
MODE     ?= $(subst -,,$(firstword $(OPT)))$(addprefix -,$(subst $(comma),-,$(SANITIZE)))$(addprefix -,$(filter same,$(BITS)))$(if $(filter 0,$(THREADS)),-one-thread)$(if $(filter portable1,$(strip $(ARCH))$(strip $(ONE_FILE))),-one-width)
threaded  = $(if $(filter 0,$(THREADS)),,-pthread)
BUILD    := build/$(notdir $(lastword $(CXX)))-$(strip $(REAL))-$(or $(strip $(ARCH)),generic)-$(MODE)

# ARCH=portable: what loops over numbers is compiled for three widths of vectors (core/width.hpp). Other processors have one.
portable := $(and $(filter portable,$(ARCH)),$(filter x86_64 amd64,$(shell uname -m)),$(if $(filter 1,$(ONE_FILE)),,yes))
march     = $(patsubst portable,$(if $(filter x86_64 amd64,$(shell uname -m)),x86-64),$(strip $(ARCH)))
WIDE     := $(patsubst %,core/kernels/%.cpp,combine conv dots gemm reduce spans sum_rows transpose)
FLAGS_256 = -mavx2 -mfma
FLAGS_512 = $(FLAGS_256) -mavx512f -mavx512dq -mavx512bw -mavx512vl

# Contraction (a*b + c rounded once) is off: fused and unfused code agree bit for bit. core/kernels/gemm.cpp turns it on for itself.
FLAGS     = -std=c++20 -I. -DCOSTATE_REAL=$(strip $(REAL)) $(OPT) $(addprefix -march=,$(march)) $(VECTOR) \
            -fno-trapping-math -fno-math-errno -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wno-pass-failed \
            $(if $(filter 1,$(WERROR)),-Werror) $(addprefix -g1 -fno-sanitize-recover=all -fsanitize=,$(strip $(SANITIZE))) \
            $(if $(filter same,$(BITS)),-DCOSTATE_SAME_BITS) $(if $(threaded),-DCOSTATE_THREADS -pthread) $(if $(portable),-DCOSTATE_PORTABLE) $(EXTRA) $(FIRST) $(CPPFLAGS) $(CXXFLAGS)

FOLDERS  := core autodiff nn optim ode
LIBRARY  := $(wildcard $(FOLDERS:%=%/*.cpp) $(FOLDERS:%=%/*/*.cpp))
SUPPORT  := $(wildcard examples/support/*.cpp)
EXAMPLES := $(wildcard examples/*.cpp examples/short/*.cpp)
EXPERIMENTS := $(wildcard examples/[0-9]*.cpp)
PICTURES := $(wildcard examples/chapters/pictures/*.cpp)
CHAPTERS := $(wildcard examples/chapters/*.cpp) $(PICTURES)
EXERCISES := $(wildcard examples/exercises/*.cpp)
COURSE   := $(wildcard examples/course/*.cpp)
CASES    := tests/autodiff/cases.cpp# the operators that the laws and the hunters run over
TESTS    := $(wildcard tests/main.cpp tests/support/*.cpp tests/*/*_test.cpp) $(CASES)
OPTIMISED := tests/ode/unrolled_test.cpp tests/support/long_numbers.cpp# tests that are compiled as users compile
FUZZ     := $(filter-out %_test.cpp,$(wildcard tests/fuzz/*.cpp))
TESTED   := $(SUPPORT) $(wildcard tests/bench/data.cpp tests/bench/measure.cpp) $(filter-out tests/fuzz/main.cpp,$(FUZZ))# what the tests look at beside the library
BENCHES  := $(wildcard tests/bench/*.cpp)
# make run compiles what it needs, three fifths of the library, as two files in which every header is read once, at -O1: in a
# quarter of the time, and it trains almost as fast. A file left out here that it comes to need is a link error.
LEFT_OUT := $(addprefix core/,elementary/in_c.cpp $(addprefix elementary/in_c_,angles.cpp exp.cpp log.cpp) kernels/argmax.cpp kernels/conv.cpp kernels/interpolate.cpp smoothing_spline.cpp) \
            $(addprefix autodiff/,print.cpp derivatives/check.cpp program/c_functions.cpp program/c_names.cpp program/c_places.cpp program/c_printer.cpp program/to_c.cpp program/held_tables.cpp program/to_tables.cpp program/aside.cpp replay/replay.cpp operators/printed_interp.cpp) $(filter autodiff/pictures/%,$(LIBRARY)) \
            $(addprefix autodiff/operators/,along_axis.cpp conv.cpp indexing.cpp interp.cpp) \
            $(filter-out $(addprefix nn/,init.cpp linear.cpp losses.cpp mlp.cpp module.cpp),$(filter nn/%,$(LIBRARY))) \
            $(filter-out $(addprefix optim/,adam.cpp optimizer.cpp schedule.cpp),$(filter optim/%,$(LIBRARY))) \
            $(addprefix ode/,batch/batch_in_numbers.cpp solve/in_tables.cpp dense_in_vars.cpp dense_solution.cpp jacobians.cpp methods.cpp sensitivities.cpp steady_state.cpp stepper.cpp symplectic.cpp tolerance.cpp) \
            $(filter ode/replay/% ode/switching/% ode/events/% ode/models/% ode/multistep/% ode/stochastic/%,$(LIBRARY)) \
            $(addprefix examples/support/,experiment.cpp film.cpp formula.cpp hmc.cpp idx.cpp images.cpp laws.cpp plane_flow.cpp poisson.cpp sequences.cpp slider.cpp spirals.cpp markdown.cpp) \
            $(filter examples/support/fit_%,$(SUPPORT))
PRINTERS  = $(addprefix $(BUILD)/examples/,chip/print_law chip/print_step chip/print_tables page/print_page)
objects   = $(patsubst %.cpp,$(BUILD)/%.o,$(1))
programs  = $(patsubst %.cpp,$(BUILD)/%,$(1))
wide      = $(patsubst %.cpp,$(BUILD)/%.o,$(addprefix 256/,$(WIDE)) $(addprefix 512/,$(WIDE)))
# The files of a folder are compiled as one, which reads its headers once: the library takes two fifths of the time. Kernels are
# not, as each has what it needs inlined, and may have several widths; nor is random.cpp, which says how its sums are rounded.
# (real.hpp comes first: of what comes first -MP says nothing, so a file that moves would be missed.)
ALONE    := $(if $(APART),$(LIBRARY),$(wildcard core/kernels/*.cpp) core/random.cpp)
ROOMS    := $(patsubst %/,%,$(sort $(dir $(filter-out $(ALONE),$(LIBRARY)))))
in_room   = $(filter-out $(ALONE),$(wildcard $(1)/*.cpp))
compiled := $(if $(filter 1,$(ONE_FILE)),$(BUILD)/library.o,$(ROOMS:%=$(BUILD)/%/room.o) $(call objects,$(ALONE)) $(if $(portable),$(wide)))
LIB      := $(BUILD)/libcostate.a
again     = $(MAKE) --no-print-directory
say       = @$(if $(findstring s,$(firstword -$(MAKEFLAGS))),:,echo)# silent under make -s
ifeq ($(MAKELEVEL)$(words $(MAKECMDGOALS))$(filter -j%,$(MAKEFLAGS)),01)  # one goal and no -j given: two jobs at a time
MAKEFLAGS += -j2
endif
.DEFAULT_GOAL := help
.PHONY: help compile_commands.json all run fit test check-one debug portable-check tidy asan tsan syntax mistakes fuzz freestanding arm tables c microbit wasm page examples examples-long exercises hint answer sheet grade mine pictures pages book slides repro figures docs-check lines format format-check bench profile mpi work-precision bench-peers install \
        single clean library everything run-bench run-profile run-lynx-hare
.DELETE_ON_ERROR:

help:  ## show this list
	@awk -F ':.*## ' '/^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z][a-z_.-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

##@ run
run:  ## train a neural ODE on the lynx and the hare, 1900-1920 (half a minute) -> out/lynx_hare.svg
	@+$(again) run-lynx-hare MODE=run OPT=-O1
fit: $(BUILD)/examples/fit_csv  ## fit any table (~1 min);  make fit CSV=table.csv ARGS="--method dopri5 --width 32" or ARGS=--help
	@mkdir -p out && $< $(if $(CSV),"$(CSV)") $(ARGS)
figures: $(call programs,$(EXPERIMENTS))  ## draw every experiment's figure anew (minutes; says how long it took) -> examples/figures/
	@start=$$(date +%s); printf '%s\n' $^ | \
	xargs -P 2 -I{} sh -c 'echo "  draw     $$(basename {})"; {} --out examples/figures > {}.out 2>&1 || { cat {}.out; exit 1; }' && \
	echo "$(words $^) experiments drawn in examples/figures/ in $$(($$(date +%s) - start)) s"

##@ learn
chosen    = $(or $(wildcard examples/exercises/$(CHAPTER).cpp),$(error CHAPTER=$(CHAPTER): there are $(basename $(notdir $(EXERCISES)))))
exercises: $(call programs,$(if $(CHAPTER),$(chosen),$(EXERCISES)))  ## the chapters' exercises: done, or not yet? (~3 s each);  make exercises CHAPTER=ode
	@for program in $^; do $$program $(addprefix --seed ,$(SEED)) || exit 1; done
hint answer sheet grade: ; @CXX="$(CXX)" REAL=$(REAL) examples/exercises/tools.sh $@ "$(or $(EX),$(SEED),$(DIR))" $(STEP)
hint: ## make hint EX=adjoint-2, and STEP=2 for one that says more
answer: ## one way to do it, as a patch: make answer EX=adjoint-2 > p && patch -p0 < p
sheet: ## the exercises with other numbers: make sheet SEED=7 -> out/sheet-7/
grade: $(LIB)  ## points for a folder of solved exercises: make grade DIR=folder
mine: $(LIB)  ## an autodiff engine and an adjoint of your own, in nine tested steps (seconds);  TAPE=costate swaps ours in
	@CXX="$(CXX)" TAPE=$(or $(TAPE),mine) examples/course/mine/run.sh $(LIB)
pictures: $(call programs,$(PICTURES))  ## draw the chapters' pictures anew (seconds) -> examples/chapters/figures/
	@for program in $^; do $$program examples/chapters/figures || exit 1; done
pages: $(BUILD)/examples/course/pages  ## tapes to step through, sliders for the adjoint and its drift (a second) -> out/pages/
	@mkdir -p out/pages && $< out/pages
book: $(BUILD)/examples/course/book  ## the course as one page (seconds) -> out/book.html;  PDF=1 as a PDF, too, if a browser is installed
	@mkdir -p out && $< out/book.html $(if $(PDF),&& examples/course/print.sh out/book.html)
slides: $(BUILD)/examples/course/slides  ## the lecturer's slides, from the same sources (seconds) -> out/slides.html
	@mkdir -p out && $< out/slides.html

##@ build
all: library $(call programs,$(EXAMPLES))  ## the library and every example (~1 min with -j2) -> build/
single: $(if $(filter-out plain autodiff,$(PART)),$(error PART=$(PART): there are plain, autodiff and, without PART, the whole library))build/costate$(addprefix _,$(PART)).hpp  ## the library as one file (a second); PART=plain (no tape), PART=autodiff: a part
install: library  ## headers, library and pkg-config file (seconds);  make install PREFIX=/usr/local
	@install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig && install -m 644 $(LIB) $(DESTDIR)$(PREFIX)/lib
	@find costate.hpp $(FOLDERS) -name '*.hpp' -exec install -D -m 644 {} $(DESTDIR)$(PREFIX)/include/costate/{} \;
	@printf '%s\n' 'Name: costate' 'Description: neural ODEs from scratch' 'Version: $(VERSION)' 'Libs: -L$(PREFIX)/lib -lcostate $(threaded)' \
	  'Cflags: -std=c++20 -I$(PREFIX)/include/costate -DCOSTATE_REAL=$(REAL)$(if $(portable), -DCOSTATE_PORTABLE)$(if $(filter same,$(BITS)), -DCOSTATE_SAME_BITS)' > $(DESTDIR)$(PREFIX)/lib/pkgconfig/costate.pc
compile_commands.json:  ## how each file is compiled, for editors (seconds)
	@$(MAKE) -nB --no-print-directory everything APART=1 | awk -v folder="$(CURDIR)" 'BEGIN { print "[" } / -c / { \
	  match($$0, / -c [^ ]+/); file = substr($$0, RSTART + 4, RLENGTH - 4); sub(/.*&& /, ""); \
	  printf "%s{\"directory\": \"%s\", \"file\": \"%s\", \"command\": \"%s\"}", n++ ? ",\n" : "", folder, file, $$0 } END { print "\n]" }' > $@
clean:  ## remove everything that make made: build/ and out/
	rm -rf build out

##@ check
test: $(BUILD)/tests/suite  ## every test (minutes, compiling included);  ONLY="*order*" or SUITE=ode runs some, REAL=float the other precision
	@$(if $(ONLY)$(SUITE),$< $(if $(ONLY),-tc='$(ONLY)') $(if $(SUITE),-ts='$(SUITE)*'),$(halves) | xargs -P 2 -I{} $< '{}=*tests/ode/*')
halves    = printf '%s\n' --source-file --source-file-exclude# half of the tests' time is ode/'s
check-one: $(BUILD)/tests/one  ## one file of tests (seconds);  make check-one FILE=tests/ode/plain_test.cpp
	@$< $(if $(ONLY),-tc='$(ONLY)')
debug:  ## every test at -O0 -g, with the standard library looking at its indices (minutes) -> build/*-debug, for gdb -x tests/support/gdb.py
	@+$(again) test MODE=debug OPT="-O0 -g" TESTOPT="-O0 -g" EXTRA=-D_GLIBCXX_ASSERTIONS
asan:  ## every test under the address and undefined-behaviour sanitizers (~15 min)
	@+$(again) test SANITIZE=address,undefined OPT=-O1
tsan:  ## the cases with threads under the thread sanitizer (~2 min)
	@+$(again) check-one SANITIZE=thread OPT=-O1 FILE="tests/autodiff/threads_test.cpp tests/core/in_parts_test.cpp tests/ode/parts_test.cpp" TESTED=
syntax: $(if $(FILE),,$(BUILD)/tests/support/first.hpp.gch)  ## do the examples compile, by this compiler, in this precision? (~1 min);  make syntax CXX=clang++ REAL=float FILE="ode/solve/solve.cpp ..."
	@printf '%s\n' $(or $(FILE),$(EXAMPLES)) | xargs -P 2 -n 4 $(CXX) $(FLAGS) $(if $(FILE),,-include $(BUILD)/tests/support/first.hpp) -fsyntax-only
mistakes:  ## do mistakes that cannot compile say what is wrong, in few lines? (seconds)
	@CXX="$(CXX)" REAL=$(REAL) tests/mistakes_check.sh
repro:  ## does every compiler and processor that is here train to the same bits with BITS=same? (an hour)
	@tests/same_bits.sh all
fuzz: $(BUILD)/tests/fuzz/fuzz  ## random programs, fields, calls and files, for a minute;  make fuzz SECONDS=600 SEED=7 ONLY=programs
	@$< --seconds $(or $(SECONDS),60) --seed $(or $(SEED),1) $(addprefix --only ,$(ONLY)) $(addprefix --count ,$(COUNT))
freestanding:  ## does each of the library's files compile by itself, without exceptions and RTTI, in float without threads? (~3 min)
	@+$(again) syntax FILE="$(LIBRARY)" REAL=float EXTRA="-fno-exceptions -fno-rtti" THREADS=0
arm:  ## train a neural ODE on a Cortex-M4F in QEMU, and say what it takes (2 min; needs gcc-arm-none-eabi, qemu-system-arm)
	@examples/chip/arm.sh
tables:  ## the same law as tables, replayed on a Cortex-M4F without a tape: it learns in QEMU (2 min)
	@+$(again) run-tables REAL=float BITS=same ONE_FILE=1 OPT=-O1
c:  ## a law that is learnt here, and a training step, as C -> out/law.c, out/step.c; what they take on a Cortex-M4F (2 min)
	@+$(again) run-law run-step BOARDS=m4f REAL=float BITS=same ONE_FILE=1 OPT=-O1
wasm:  ## the training step, and the library that learns, as WebAssembly in node -> out/step.wasm, out/learn.wasm (3 min; needs clang, lld, nodejs, binaryen, libc++-16-dev-wasm32)
	@+$(again) run-wasm REAL=float BITS=same ONE_FILE=1 OPT=-O1
	@examples/chip/web.sh
page:  ## a page on which a drawn path is learnt, one file without a network -> out/page.html (1 min; needs clang, lld)
	@+$(again) run-page REAL=float BITS=same ONE_FILE=1 OPT=-O1
microbit:  ## the training step on a Cortex-M0 without an FPU, in QEMU's microbit (2 min)
	@+$(again) run-step BOARDS=m0 REAL=float BITS=same ONE_FILE=1 OPT=-O1
examples: $(call programs,$(EXAMPLES))  ## run every example, compare its figures with examples/*.expected (< 6 min)
	@tests/examples_check_test.sh
	@tests/examples_check.sh $(BUILD)
	@tests/fit_csv_check.sh $(BUILD)/examples/fit_csv
examples-long: $(call programs,$(EXPERIMENTS))  ## every experiment in full -> examples/RESULTS.md (minutes);  DATA=folder with MNIST's files
	@DATA="$(DATA)" tests/examples_check.sh $(BUILD) full
docs-check: $(call programs,$(CHAPTERS))  ## hold the READMEs' programs, outputs and links, every cited equation (seconds)
	@tests/docs_check.sh $(BUILD)
	@tests/pictures_check.sh $(BUILD)
	@tests/terms_check.sh
	@tests/equations_check_test.sh
	@tests/equations_check.sh
	@tests/index_check_test.sh
	@tests/index_check.sh
	@tests/docs_check_test.sh $(BUILD)
tidy:  ## clang-tidy's few checks that hold here (minutes);  make tidy FILE=ode/solve/solve.cpp
	@clang-tidy --quiet $(or $(FILE),$(LIBRARY)) -- -x c++ $(filter-out -W%,$(FLAGS))
portable-check: library  ## are the kernels of make ARCH=portable apart from each other? (seconds, once it is built)
	@tests/portable_check.sh $(BUILD)
lines:  ## count the library's lines; which folder may include which; no file over 300 lines (seconds)
	@tests/layout_check.sh $(FOLDERS)
format format-check: files = $(shell find costate.hpp $(FOLDERS) examples tests -name '*.[ch]pp')
format:  ## lay out every source with clang-format (seconds)
	@clang-format -i $(files)
format-check:  ## is every source laid out so? (seconds)
	@clang-format --dry-run -Werror $(files)

##@ measure
bench:  ## time the workloads (~3 min);  make -s bench BENCH="--only W2 --seconds 2 --dtype float32" prints JSON lines only
	@+$(again) run-bench REAL=$(if $(findstring float32,$(BENCH)),float,$(if $(findstring float64,$(BENCH)),double,$(REAL)))
profile:  ## where a training step's instructions go, by valgrind (minutes);  make profile BENCH="--only W10 --variant discrete"
	@+$(again) run-profile ARCH=x86-64-v3
mpi: $(BUILD)/examples/mpi/data_parallel  ## one model trained by 1, 2, 4 and 8 processes, with the same bits (seconds); it needs MPI
	@examples/mpi/run.sh $<
work-precision: $(BUILD)/examples/33_work_precision  ## every method's error against its work, on four problems (~20 s) -> out/33_work_precision.svg
	@mkdir -p out && $<
bench-peers:  ## the same beside torchdiffeq and diffrax (~20 min);  PEERS=folder PYTHON_TORCH=python PYTHON_DIFFRAX=python
	@+PEERS="$(PEERS)" PYTHON_TORCH="$(PYTHON_TORCH)" PYTHON_DIFFRAX="$(PYTHON_DIFFRAX)" BENCH="$(BENCH)" tests/bench/peers.sh

# What the targets above are made of.
run-lynx-hare: $(BUILD)/lynx_hare
	@mkdir -p out && $<
run-law: $(BUILD)/examples/chip/print_law ; @examples/chip/law.sh $<
run-tables: $(BUILD)/examples/chip/print_tables ; @examples/chip/tables.sh $< $(LIB)
run-step: $(BUILD)/examples/chip/print_step ; @examples/chip/step.sh $< $(BOARDS)
run-wasm: $(BUILD)/examples/chip/print_step ; @examples/page/run.sh $<
run-page: $(BUILD)/examples/page/print_page ; @examples/page/page.sh $<
run-bench: $(BUILD)/tests/bench/bench
	@$< $(BENCH)
run-profile: $(BUILD)/tests/bench/bench
	@tests/bench/profile.sh $< $(BENCH)
library: $(LIB)
everything: all $(call programs,$(CHAPTERS) $(COURSE)) $(BUILD)/tests/suite $(BUILD)/tests/bench/bench $(BUILD)/tests/fuzz/fuzz
$(LIB): $(compiled)
	$(say) "  archive  $@"
	@rm -f $@ && $(AR) rcs $@ $^
as_one    = tests/single.sh $(VERSION) $(foreach folder,$(FOLDERS),$(sort $(filter $(folder)/%,$(1))))
read_whole := tests/single.sh LICENSE Makefile $(LIBRARY) $(wildcard $(FOLDERS:%=%/*.hpp) $(FOLDERS:%=%/*/*.hpp))
build/costate.hpp $(BUILD)/library.cpp $(BUILD)/needed.cpp: costate.hpp $(read_whole)
build/costate.hpp:
	@mkdir -p $(@D) && $(call as_one,$(LIBRARY)) > $@
PART_plain    := core/error.cpp core/shape.cpp $(addprefix ode/,dense_solution.cpp methods.cpp multistep/nordsieck.cpp solution.cpp step_control.cpp stepper.cpp times.cpp tolerance.cpp) $(addprefix ode/steps/,clock.cpp complaint.cpp outcome.cpp) tests/single/plain.cpp
PART_autodiff := $(filter core/% autodiff/%,$(filter-out core/files/%,$(LIBRARY)))
build/costate_%.hpp: $(wildcard tests/single/*) $(read_whole)
	@mkdir -p $(@D) && PART=$* tests/single.sh $(VERSION) $(PART_$*) > $@
$(BUILD)/library.cpp: sources = $(LIBRARY)
$(BUILD)/needed.cpp: sources = $(filter-out $(LEFT_OUT),$(LIBRARY))
$(BUILD)/library.cpp $(BUILD)/needed.cpp:
	@mkdir -p $(@D) && { echo '#define COSTATE_IMPLEMENTATION'; $(call as_one,$(sources)); } > $@
$(BUILD)/program.cpp: Makefile
	@mkdir -p $(@D) && printf '#include "%s"\n' $(filter-out $(LEFT_OUT),$(SUPPORT)) examples/lynx_hare.cpp > $@
$(BUILD)/library.o $(BUILD)/needed.o $(BUILD)/program.o: %.o: %.cpp
	$(say) "  compile  $<"
	@$(CXX) $(FLAGS) -MMD -MP -c $< -o $@
$(BUILD)/lynx_hare: $(BUILD)/needed.o $(BUILD)/program.o
$(call programs,$(EXAMPLES) $(CHAPTERS) $(EXERCISES) $(COURSE)): %: %.o $(call objects,$(SUPPORT)) $(LIB)
$(PRINTERS): %: %.o $(LIB)
$(BUILD)/tests/suite: $(compiled) $(call objects,$(TESTS) $(TESTED))  # all of it: the laws ask for every operator
$(BUILD)/tests/one: $(compiled) $(call objects,$(FILE) $(filter-out %_test.cpp,$(TESTS)) $(TESTED))
	$(if $(FILE),,$(error make check-one needs a file: FILE=tests/ode/plain_test.cpp))
	$(say) "  link     $@"
	@$(CXX) $(FLAGS) $^ $(LDFLAGS) -o $@
.PHONY: $(BUILD)/tests/one
$(BUILD)/tests/bench/bench: $(call objects,$(BENCHES)) $(LIB)
$(BUILD)/tests/fuzz/fuzz: $(call objects,$(FUZZ) $(CASES) $(SUPPORT)) $(LIB)
$(BUILD)/lynx_hare $(PRINTERS) $(call programs,$(EXAMPLES) $(CHAPTERS) $(EXERCISES) $(COURSE)) $(BUILD)/tests/suite $(BUILD)/tests/bench/bench $(BUILD)/tests/fuzz/fuzz:
	$(say) "  link     $@"
	@$(CXX) $(FLAGS) $^ $(LDFLAGS) -o $@
$(BUILD)/examples/mpi/data_parallel: examples/mpi/data_parallel.cpp $(LIB)
	@command -v mpicxx > /dev/null || { echo >&2 'This example needs MPI: apt-get install libopenmpi-dev openmpi-bin'; exit 1; }
	$(say) "  compile  $<"
	@mkdir -p $(@D) && OMPI_CXX="$(CXX)" MPICH_CXX="$(CXX)" mpicxx $(FLAGS) $^ -o $@
# What comes first in every program is precompiled, for the programs and, with doctest, for the tests. tests/main.cpp holds doctest's
# own code, the hunters link the cases without it, and tests/core/in_c_test.cpp reads the elementary functions in its own way.
FIRST_OF_TESTS    := $(BUILD)/tests/support/first.hpp
FIRST_OF_PROGRAMS := $(BUILD)/examples/support/first.hpp
$(call objects,$(TESTS) $(FUZZ) $(EXERCISES)) $(FIRST_OF_TESTS).gch syntax: override OPT = $(if $(filter $(call objects,$(OPTIMISED)),$@),-O1,$(TESTOPT))
tests_with_first    := $(call objects,$(filter-out tests/main.cpp tests/core/in_c_test.cpp $(OPTIMISED) $(CASES),$(TESTS)))
programs_with_first := $(call objects,$(SUPPORT) $(EXAMPLES) $(CHAPTERS) $(COURSE))
$(tests_with_first): private FIRST := -include $(FIRST_OF_TESTS)
$(tests_with_first): $(FIRST_OF_TESTS).gch
$(programs_with_first) $(FIRST_OF_PROGRAMS).gch: override OPT := $(PROGOPT)
$(programs_with_first): private FIRST := -include $(FIRST_OF_PROGRAMS)
$(programs_with_first): $(FIRST_OF_PROGRAMS).gch
$(call objects,$(TESTS)): $(BUILD)/doctest-is-there
.SECONDEXPANSION:
$(ROOMS:%=$(BUILD)/%/room.o): $(BUILD)/%/room.o: $$(call in_room,$$*) Makefile
	$(say) "  compile  $*/*.cpp"
	@mkdir -p $(@D) && printf '#include "%s"\n' core/real.hpp $(call in_room,$*) | $(CXX) $(FLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -x c++ -c - -o $@
define compile
	$(say) "  compile  $<"
	@mkdir -p $(@D) && $(CXX) $(FLAGS) -MMD -MP -c $< -o $@
endef
$(BUILD)/%.o: %.cpp Makefile
	$(compile)
$(BUILD)/256/%.o: %.cpp Makefile
	$(compile)
$(BUILD)/512/%.o: %.cpp Makefile
	$(compile)
$(BUILD)/256/%.o: private FIRST := $(FLAGS_256) -DCOSTATE_WIDTH=width_256
$(BUILD)/512/%.o: private FIRST := $(FLAGS_512) -DCOSTATE_WIDTH=width_512
$(if $(portable),$(call objects,$(WIDE))): private FIRST := -DCOSTATE_WIDTH=width_128
$(BUILD)/needed.o $(BUILD)/program.o: private FIRST := -UCOSTATE_PORTABLE# as two files they have one width
$(BUILD)/%/first.hpp.gch: %/first.hpp Makefile
	$(say) "  compile  $<"
	@mkdir -p $(@D) && cp $< $(@D)/ && $(CXX) $(FLAGS) -MMD -MP -MF $(@:.gch=.d) -MT $@ -x c++-header $(@:.gch=) -o $@
$(FIRST_OF_TESTS).gch: | $(BUILD)/doctest-is-there
$(BUILD)/doctest-is-there:
	@echo '#include <doctest/doctest.h>' | $(CXX) $(CPPFLAGS) $(CXXFLAGS) -E -x c++ - > /dev/null 2>&1 || { echo >&2 \
	  'The tests need doctest, one header: apt-get install doctest-dev (or CXXFLAGS=-Ifolder_that_holds_doctest)'; exit 1; }
	@mkdir -p $(@D) && touch $@
-include $(BUILD)/program.d $(FIRST_OF_TESTS:=.d) $(FIRST_OF_PROGRAMS:=.d) $(patsubst %.o,%.d,$(compiled) $(call objects,$(wildcard examples/chip/*.cpp) $(SUPPORT) $(EXAMPLES) $(CHAPTERS) $(EXERCISES) $(COURSE) $(TESTS) $(BENCHES) $(FUZZ)))
