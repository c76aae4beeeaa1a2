/* SPDX-License-Identifier: BSD-2-Clause */
/* A scenario that a user may hand us, whatever it holds: planned, or refused with a sentence. */
#include "sim/language/scenario.h"
#include "tests/fuzz/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	struct scenario_options o = { .seed = 1 };
	struct err e = { .text = "" };

	if (scenario_load(fuzz_file("x.lua", data, size), &o, &s, &e) < 0 && !e.text[0])
		__builtin_trap();
	return 0;
}
