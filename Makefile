# Build: make             (needs the packages of tools/packages; `make deps` installs them)
# Test:  make check       Demo: make demo       V=1 shows commands, DEV=1 makes warnings errors,
# SAN=1 builds with asan and ubsan aside, in build-san/.

CC ?= cc
PREFIX ?= /usr/local
B := $(if $(SAN),build-san,build)

PACKAGES := ldns libcrypto libnl-3.0 libnl-route-3.0 lua5.4 libpcap jansson sqlite3
CPPFLAGS += -I. -D_GNU_SOURCE $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
CFLAGS ?= -O2 -g
CFLAGS += -std=gnu17 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wvla -fno-strict-aliasing $(if $(DEV),-Werror) \
	$(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
LDLIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm
comma := ,
Q := $(if $(V),,@)

SOURCES := $(sort $(wildcard sim/base/*.c zones/*.c sim/*.c harness/*.c))
OBJECTS := $(SOURCES:%.c=$B/%.o)
LIBRARY := $(filter-out $B/harness/main.o,$(OBJECTS))
PRELOAD := $(sort $(wildcard sim/preload/*.c))
TESTS := $(sort $(wildcard tests/test_*.c tests/net/test_*.c))
TESTBINS := $(TESTS:%.c=$B/%)
FUZZERS := $(sort $(wildcard tests/fuzz/fuzz_*.c))

all: $B/sigfault $B/libsigfault-clock.so

$B/sigfault: $(OBJECTS)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The library lives in other people's programs: no sanitizer, and no symbol but what it interposes.
$B/libsigfault-clock.so: $(PRELOAD:%.c=$B/%.o)
	@echo "  LD    $@"
	$(Q)$(CC) -shared -Wl,-z,defs -o $@ $^ -ldl -lpthread

$B/sim/preload/%.o: sim/preload/%.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) -I. -D_GNU_SOURCE -O2 -g -std=gnu17 -Wall -Wextra -fPIC -fvisibility=hidden \
		-fno-strict-aliasing $(if $(DEV),-Werror) -MMD -MP -c -o $@ $<

$B/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$B/tests/%: $B/tests/%.o $(LIBRARY)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

-include $(OBJECTS:.o=.d) $(PRELOAD:%.c=$B/%.d) $(TESTBINS:=.d)

clean:
	rm -rf build build-san

.PHONY: all clean
.SECONDARY:
