# SPDX-License-Identifier: BSD-2-Clause
# Build: make          Test: make check          See it: make demo (as root)
# Install: make install, PREFIX=/usr/local; make uninstall          Debian package: make deb
#
# V=1 shows commands, DEV=1 makes warnings errors, SAN=1 builds all with asan and ubsan, in build-san/. `make check`,
# `demo`, `bench` and `fuzz` install the Debian packages that they lack, as root; `make` alone says which they are, and
# `make deps` does no more than install what `check` needs (PURPOSES='build run' what a user does).

PREFIX ?= /usr/local
DESTDIR ?=
# CFLAGS, CPPFLAGS and LDFLAGS are the packager's, too; what the code needs stands apart from them.
CFLAGS ?= -O2 -g
Q := $(if $(V),,@)
B := $(if $(SAN),build-san,build)
# As many jobs as there are cores, unless the caller says how many.
JOBS := $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))
MAKEFLAGS += $(JOBS)

# Asked when the first command runs that wants it, not when this is read: by then the packages are there.
PACKAGES := ldns libpsl libarchive zlib libfstrm libprotobuf-c libssl libcrypto libnghttp2 gmp libnl-3.0 libnl-route-3.0 lua5.4 libpcap jansson sqlite3 libxml-2.0 libcap-ng libseccomp yaml-0.1
LIBFLAGS = $(eval LIBFLAGS := $(shell pkg-config --cflags $(PACKAGES)))$(LIBFLAGS)
P11FLAGS = $(eval P11FLAGS := $(shell pkg-config --cflags p11-kit-1))$(P11FLAGS)
LDLIBS = $(eval LDLIBS := $(shell pkg-config --libs $(PACKAGES)) -lm)$(LDLIBS)
# Fields that an initializer leaves out are 0: `struct err e = { "" }` means it so.
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wno-missing-field-initializers $(if $(DEV),-Werror)
COMMON := -std=gnu17 -D_GNU_SOURCE -I. -isystem build/generated -fno-strict-aliasing $(WARNINGS)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer

FOLDERS := sim/* zones zones/* harness/*
SOURCES := $(sort $(wildcard $(FOLDERS:%=%/*.c)))
LIBRARY := $(filter-out harness/cli/main.c,$(SOURCES))
PRELOAD := $(sort $(wildcard sim/clock/preload/*.c)) sim/base/timerqueue.c sim/base/loadable.c
HSM := $(sort $(wildcard sim/world/hsm/*.c)) sim/base/rng.c
UNITS := $(sort $(wildcard tests/test_*.c))
NETS := $(sort $(wildcard tests/net/test_*.c))
HELPERS := $(sort $(wildcard tests/support/*.c))
SUBJECTS := $(sort $(wildcard tests/subject/*.c))
FUZZERS := $(sort $(wildcard tests/fuzz/fuzz_*.c))
BENCHES := $(sort $(wildcard tests/bench/*.c))
PURPOSES = build

all: $B/sigfault $B/libsigfault-clock.so $B/libsigfault-hsm.so

deps: export INSTALL := 1
check: export INSTALL := 1
demo: export INSTALL := 1
bench: export INSTALL := 1
fuzz: export INSTALL := 1
check-slurm: export INSTALL := 1
soak: export INSTALL := 1
check-suite: export INSTALL := 1
deps: PURPOSES := build run check
check: PURPOSES := build run check
demo: PURPOSES := build run
bench: PURPOSES := build run bench
fuzz: PURPOSES := build fuzz
soak: PURPOSES := build run resolvers signers suite
check-suite: PURPOSES := suite
check-slurm: PURPOSES := build run resolvers slurm

deb: export INSTALL := 1
deb: PURPOSES := build deb

packages:
	$(Q)tools/packages $(PURPOSES)

deps: packages

build/generated/dnstap.pb-c.c build/generated/dnstap.pb-c.h &: harness/clients/dnstap.proto | packages
	@mkdir -p $(@D)
	$(Q)protoc-c --c_out=build/generated --proto_path=harness/clients $(<F)

# One set of rules for each build: folder, compiler, flags.
define rules
$1/%.o: %.c | packages
	@mkdir -p $$(@D)
	@echo "  CC    $$@"
	$$(Q)$2 $$(COMMON) $$(LIBFLAGS) $$(CPPFLAGS) $$(CFLAGS) $3 -MMD -MP -c -o $$@ $$<

$1/harness/clients/dnstap.o $1/tests/test_trace.o: build/generated/dnstap.pb-c.h

$1/dnstap.pb-c.o: build/generated/dnstap.pb-c.c
	@mkdir -p $$(@D)
	@echo "  CC    $$@"
	$$(Q)$2 $$(COMMON) -w $$(LIBFLAGS) $$(CPPFLAGS) $$(CFLAGS) $3 -c -o $$@ $$<

$1/sigfault: $$(SOURCES:%.c=$1/%.o) $1/dnstap.pb-c.o
	@echo "  LD    $$@"
	$$(Q)$2 $$(CFLAGS) $3 $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)

# An archive, so that a test may bring its own wire or tree: what it defines is not looked for here.
$1/library.a: $$(LIBRARY:%.c=$1/%.o) $1/dnstap.pb-c.o
	@echo "  AR    $$@"
	$$(Q)rm -f $$@ && ar rcs $$@ $$^

# Likewise: a test with a tree of its own has none of the helpers that want the real one.
$1/support.a: $$(HELPERS:%.c=$1/%.o)
	@echo "  AR    $$@"
	$$(Q)rm -f $$@ && ar rcs $$@ $$^

$1/tests/%: $1/tests/%.o $1/support.a $1/library.a
	@echo "  LD    $$@"
	$$(Q)$2 $$(CFLAGS) $3 $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS) -lcmocka

# It lives in other people's programs: never sanitized, and no symbol but what it interposes. Nor fortified: it defines the very
# functions that <bits/*2.h> would put its own in place of. What its functions call of each other is its own, also where a program has
# one of that name itself.
$1/preload/%.o: %.c | packages
	@mkdir -p $$(@D)
	@echo "  CC    $$@"
	$$(Q)$2 $$(COMMON) $$(CPPFLAGS) -U_FORTIFY_SOURCE -Wno-missing-prototypes $$(CFLAGS) \
		-fPIC -fvisibility=hidden -MMD -MP -c -o $$@ $$<

$1/libsigfault-clock.so: $$(PRELOAD:%.c=$1/preload/%.o)
	@echo "  LD    $$@"
	$$(Q)$2 $$(CFLAGS) $$(LDFLAGS) -shared -Wl,-z,defs,-Bsymbolic-functions -o $$@ $$^ -ldl -lpthread

# Loaded by signers, too: only the headers of p11-kit are wanted.
$1/hsm/%.o: %.c | packages
	@mkdir -p $$(@D)
	@echo "  CC    $$@"
	$$(Q)$2 $$(COMMON) $$(P11FLAGS) $$(CPPFLAGS) $$(CFLAGS) -fPIC -fvisibility=hidden -MMD -MP -c -o $$@ $$<

$1/libsigfault-hsm.so: $$(HSM:%.c=$1/hsm/%.o)
	@echo "  LD    $$@"
	$$(Q)$2 $$(CFLAGS) $$(LDFLAGS) -shared -Wl,-z,defs -o $$@ $$^ -ldl -lpthread

$1/tests/subject/%: tests/subject/%.c | packages
	@mkdir -p $$(@D)
	@echo "  CC    $$@"
	$$(Q)$2 -D_GNU_SOURCE -O2 -Wall -o $$@ $$< -lpthread
endef
$(eval $(call rules,build,$$(CC),))
$(eval $(call rules,build-san,$$(CC),$$(SANITIZE)))
$(eval $(call rules,build-clang,clang,-Werror))
# What is compiled only to be checked is compiled fast: of the last one nothing is run. A sanitizer names functions and lines.
build-san/%: CFLAGS := -O0 -g1
build-clang/%: CFLAGS := -O0

ALL_TESTS := $(UNITS) $(NETS)
build/ready: all $(ALL_TESTS:%.c=build/%) $(SUBJECTS:%.c=build/%)
# What `check` runs: with resolvers as people run them, units sanitized, and the code as another compiler reads it.
build/checked: all $(NETS:%.c=build/%) $(SUBJECTS:%.c=build/%)
build/units: all $(UNITS:%.c=build/%) $(SUBJECTS:%.c=build/%)
build-san/checked: build-san/libsigfault-clock.so $(UNITS:%.c=build-san/%) $(SUBJECTS:%.c=build-san/%)
build-clang/checked: $(SOURCES:%.c=build-clang/%.o) $(PRELOAD:%.c=build-clang/preload/%.o) $(HSM:%.c=build-clang/hsm/%.o)

# The catalogue of faults and the figures, as their tables have them; a test fails when one is stale.
docs/faults.md: build/sigfault
	$(Q)build/sigfault faults --markdown > $@

docs/figures.md: build/sigfault
	$(Q)build/sigfault figures --markdown > $@

# The tables of versions, of the league that is kept; a test fails when they are stale.
.PHONY: FINDINGS.md
FINDINGS.md: build/sigfault docs/league.json
	$(Q)build/sigfault report --league --markdown docs/league.json > build/league.md
	$(Q)sed -i -e '/^<!-- league -->/,/^<!-- end of league -->/{//!d}' -e '/^<!-- league -->/r build/league.md' $@

lint: | packages
	$(Q)tools/layers
	$(Q)tools/names
	$(Q)tools/lengths
	$(Q)tools/licences
	$(Q)clang-format --dry-run -Werror $(shell git ls-files '*.c' '*.h')
	$(Q)cppcheck -q --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 -j$(shell nproc) \
		--suppress=missingInclude --suppressions-list=tools/cppcheck.supp -I. -D_GNU_SOURCE -D__x86_64__ -D__linux__ -D__GLIBC__ "-Djson_array_foreach(a,i,v)=while(each(a,&i,&v))" $(sort $(SOURCES) $(PRELOAD) $(HSM))
	$(Q)luacheck -q scenarios rollovers harness

# Unit tests run sanitized. Some minutes of one test are real time, and what another one holds against it wants an idle machine.
WAITING := build/tests/net/test_run build/tests/net/test_suite
ALONE := build/tests/net/test_speed
check: lint build-clang/checked build/checked build-san/checked
	$(Q)tests/run $(WAITING) -- $(filter-out $(WAITING) $(ALONE),$(NETS:%.c=build/%) $(UNITS:%.c=build-san/%)) -- $(ALONE)

# The Slurm job array of docs/ci, on one machine.
check-slurm: all
	$(Q)tests/slurm/run

# README's two commands on another release of Debian, with what is committed here.
SUITE ?= trixie
check-suite: | packages
	$(Q)tests/suite $(SUITE)

demo: all
	$(Q)tools/packages run
	$(Q)build/sigfault run de-2026
	@printf '\nNext: %s\n' 'build/sigfault run de-2026 -m none,serve-stale,nta (what would have helped?)' \
		'build/sigfault help (the rest; make install puts it into PATH)'

bench: build/ready $(BENCHES:%.c=build/%)
	$(Q)tests/bench/run

# How far repeats of one seed differ, every real outage at its full length, what its packets say of it, whether healthy policies of signers
# leave a cache bogus, and what other releases make of it.
soak: all
	$(Q)tests/soak
	$(Q)tests/outages
	$(Q)tests/triage
	$(Q)tests/seeds
	$(Q)tests/signers
	$(Q)tests/suite trixie forky

FUZZ_SECONDS ?= 60
FUZZED := -O1 -g -fsanitize=fuzzer-no-link,address,undefined
$(eval $(call rules,build-fuzz,clang,$$(FUZZED)))
$(FUZZERS:tests/fuzz/%.c=build-fuzz/%): build-fuzz/%: build-fuzz/tests/fuzz/%.o build-fuzz/library.a
	@echo "  LD    $@"
	$(Q)clang -fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS)

fuzz: $(FUZZERS:tests/fuzz/%.c=build-fuzz/%)
	$(Q)for f in $^; do tests/fuzz/seeds $${f##*/} $$f.corpus && $$f -timeout=60 -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 $$f.corpus || exit 1; done

# What stands below these folders is of one version alone: an older one's goes before.
DATA := $(DESTDIR)$(PREFIX)/share/sigfault
DOC := $(DESTDIR)$(PREFIX)/share/doc/sigfault
PRIVATE := $(DESTDIR)$(PREFIX)/lib/sigfault
SHARE := $(DESTDIR)$(PREFIX)/share
LICENSES ?= LICENSE
SHIPPED := scenarios rollovers harness/subject/resolvers harness/subject/signers harness/subject/mitigations.lua harness/report/page docs/schema
DOCUMENTS := README.md SECURITY.md FINDINGS.md CHANGELOG.md $(wildcard docs/*.md docs/*.svg docs/*.json) docs/ci $(LICENSES)

install: all
	$(Q)rm -rf $(DATA) $(DOC) $(PRIVATE)
	$(Q)install -d $(DESTDIR)$(PREFIX)/bin $(PRIVATE) $(DATA) $(DOC)
	$(Q)install -m755 build/sigfault $(DESTDIR)$(PREFIX)/bin/
	$(Q)install -m644 build/libsigfault-clock.so build/libsigfault-hsm.so $(PRIVATE)/
	$(Q)cp -R $(SHIPPED) $(DATA)/
	$(Q)cp -R $(DOCUMENTS) $(DOC)/
	$(Q)find $(DATA) $(DOC) -name '.*' -type f -exec rm -f {} +
	$(Q)chmod -R u=rwX,go=rX $(DATA) $(DOC)
	$(Q)tools/install-words $(SHARE)

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/sigfault
	rm -rf $(DATA) $(DOC) $(PRIVATE)
	cd $(SHARE) && rm -f man/man1/sigfault.1 man/man5/sigfault-scenario.5 man/man5/sigfault-driver.5 \
		bash-completion/completions/sigfault zsh/site-functions/_sigfault fish/vendor_completions.d/sigfault.fish

# Of what git has, in a copy below build/deb, where the packages are left.
deb: | packages
	$(Q)tools/deb build/deb

clean:
	rm -rf build build-san build-clang build-fuzz

-include $(foreach b,build build-san build-clang build-fuzz,$(SOURCES:%.c=$b/%.d) $(PRELOAD:%.c=$b/preload/%.d) $(HSM:%.c=$b/hsm/%.d) $(HELPERS:%.c=$b/%.d) $(ALL_TESTS:%.c=$b/%.d)) $(FUZZERS:%.c=build-fuzz/%.d)

.PHONY: all check check-suite check-slurm demo bench soak fuzz lint install uninstall deb deps clean packages build/ready build/units build/checked build-san/checked build-clang/checked
.SECONDARY:
