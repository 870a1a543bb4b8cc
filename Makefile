# A thin front for CMake. `make` builds, `make check` proves, `make help` lists the rest.
BUILD ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PREFIX ?= /usr/local
CLANG ?= clang
FUZZ_SECONDS ?= 60
FUZZERS = safetensors npy dicom pickle prompts tokenizer rle png jpeg tiff nifti dicom_slice label_names texts part_map mesh record \
    csv coco own_texts run_log

# Where a check leaves its ctest logs, and in *.tally the lines "PASSED FAILED" that the last line adds up.
LOGS = $(BUILD)/check
TOTAL = cat $(LOGS)/*.tally 2>/dev/null | awk '{ p += $$1; f += $$2 } END { printf "%d passed, %d failed\n", p, f; exit f > 0 }'
SOURCES = $$(find src include tests bench examples -type f \( -name '*.c' -o -name '*.cc' -o -name '*.h' \) 2>/dev/null | sort)
QUIET = --no-print-directory

.PHONY: all build packages check check-floors check-release check-sanitize check-fuzz check-fixtures fuzz format format-check tidy \
    install demo model clean help

all: build

build: ## the release build (the default)
	cmake -S . -B $(BUILD)/release -DCMAKE_BUILD_TYPE=Release
	cmake --build $(BUILD)/release -j $(JOBS)

packages: ## install what tools/packages.txt lists and is missing
	@sh tools/install_packages.sh

# Every step runs even if one before it failed; the last line adds them all up.
check: packages ## all tests, again under the sanitizers, and 5 s of each fuzzer
	@rm -rf $(LOGS); mkdir -p $(LOGS); status=0; \
	for step in check-floors check-release check-sanitize check-fuzz; do \
	    $(MAKE) $(QUIET) $$step || status=1; \
	done; \
	$(TOTAL) || status=1; exit $$status

check-floors: ## no #include runs up the floors
	@mkdir -p $(LOGS); echo "0 1" >$(LOGS)/floors.tally
	@sh tools/check_floors.sh && echo "1 0" >$(LOGS)/floors.tally

# run_ctest(FOLDER,NAME): runs the suite of a build. Skipped tests count as passed, as ctest has it.
# A build or suite that breaks off leaves its first tally, one failure. Threads sleep while they wait: on a machine that
# others use too, threads that spin make the small products of the tests many times slower.
define run_ctest
	@OMP_WAIT_POLICY=passive ctest --test-dir $(1) --output-on-failure --no-tests=error --output-log $(abspath $(LOGS))/$(2).log; status=$$?; \
	sed -n 's/.*tests passed, \([0-9]*\) tests failed out of \([0-9]*\).*/\1 \2/p' $(LOGS)/$(2).log | \
	    awk '{ print $$2 - $$1, $$1 }' >$(LOGS)/$(2).new; \
	if [ -s $(LOGS)/$(2).new ]; then mv $(LOGS)/$(2).new $(LOGS)/$(2).tally; fi; exit $$status
endef

check-release: ## the suite on the release build
	@mkdir -p $(LOGS); echo "0 1" >$(LOGS)/release.tally
	$(MAKE) $(QUIET) build
	$(call run_ctest,$(BUILD)/release,release)

check-sanitize: ## the suite under the address and undefined-behaviour sanitizers
	@mkdir -p $(LOGS); echo "0 1" >$(LOGS)/sanitize.tally
	cmake -S . -B $(BUILD)/sanitize -DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_C_FLAGS_RELWITHDEBINFO=-O1 -g" \
	    -DFSAM_SANITIZE=address,undefined
	cmake --build $(BUILD)/sanitize -j $(JOBS)
	$(call run_ctest,$(BUILD)/sanitize,sanitize)

# As many fuzzers at once as there are processors (tools/run_fuzzer.sh). Memory counts when it is used: DCMTK asks for the
# length of an element that it reads otherwise than src/image/dicom_guard.c did, at most 4 GiB, finds the file shorter and
# gives it back untouched.
check-fuzz: ## FUZZ_SECONDS of each fuzzer (5 in `make check`), where clang is installed
	@$(MAKE) $(QUIET) run-fuzzers FUZZ_SECONDS=5

.PHONY: run-fuzzers
run-fuzzers:
	@mkdir -p $(LOGS); rm -f $(LOGS)/fuzz*.tally; \
	if ! command -v $(CLANG) >/dev/null 2>&1; then echo "fuzzers skipped: no $(CLANG) here"; exit 0; fi; \
	if [ ! -f tests/fuzz/CMakeLists.txt ]; then echo "fuzzers skipped: no tests/fuzz/CMakeLists.txt"; exit 0; fi; \
	echo "0 1" >$(LOGS)/fuzz.tally; \
	CC=$(CLANG) CXX=$(CLANG)++ cmake -S . -B $(BUILD)/fuzz -DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_C_FLAGS_RELWITHDEBINFO=-O1 -g" \
	    -DFSAM_FUZZ=ON -DFSAM_SANITIZE=address,undefined || exit 1; \
	cmake --build $(BUILD)/fuzz -j $(JOBS) --target $(FUZZERS:%=fuzz_%) || exit 1; \
	rm $(LOGS)/fuzz.tally; \
	printf '%s\n' $(FUZZERS) | xargs -P $(JOBS) -I NAME sh tools/run_fuzzer.sh NAME $(BUILD)/fuzz $(LOGS) $(FUZZ_SECONDS)

fuzz: packages ## every fuzzer for FUZZ_SECONDS (60)
	@rm -rf $(LOGS); status=0; $(MAKE) $(QUIET) run-fuzzers || status=1; $(TOTAL) || status=1; exit $$status

format: ## rewrite the sources as .clang-format has it
	@clang-format -i $(SOURCES)

format-check: ## fail where `make format` would change something
	@clang-format --dry-run --Werror $(SOURCES)

tidy: build ## clang-tidy over the sources of the release build
	@clang-tidy -quiet -p $(BUILD)/release --warnings-as-errors='*' --extra-arg=-Wno-unknown-warning-option \
	    -checks='-*,clang-analyzer-*,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,-bugprone-reserved-identifier,-bugprone-implicit-widening-of-multiplication-result,-bugprone-branch-clone,-clang-analyzer-valist.Uninitialized,-bugprone-sizeof-expression' \
	    $$(sed -n 's/^ *"file": "\(.*\/src\/.*\.cc*\)".*/\1/p' $(BUILD)/release/compile_commands.json | sort -u)

FIXTURES ?= ../shared/fixtures
check-fixtures: ## the network against the published implementation's numbers in FIXTURES=DIR
	cmake -S . -B $(BUILD)/release -DCMAKE_BUILD_TYPE=Release
	cmake --build $(BUILD)/release -j $(JOBS) --target fixtures
	@$(BUILD)/release/tests/model/fixtures "$(FIXTURES)"

install: build ## install below PREFIX (/usr/local); DESTDIR is honoured
	cmake --install $(BUILD)/release --prefix $(PREFIX)

demo: packages build ## segment example pictures
	@BUILD=$(BUILD) sh tools/demo.sh

DATA ?= ../shared/data
MODEL ?= $(BUILD)/model
model: build ## train the default model from DATA=DIR in MODEL=DIR; goes on where it was cut
	@sh tools/make_model.sh "$(DATA)" "$(MODEL)"

clean: ## remove the build folder
	rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | awk -F '\t' '{ printf "make %-15s %s\n", $$1, $$2 }'
