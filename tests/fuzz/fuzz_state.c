/* SPDX-License-Identifier: BSD-2-Clause */
/* What signers say of their keys: a list of Knot's, a key's state of BIND's, OpenDNSSEC's table, or a plan
 * in Lua. Which of them it is is told by how it begins, as for the user. */
#include "harness/rollover/rollover_read.h"
#include "tests/fuzz/file.h"

/* Each reader knows its files by their names. */
static const char *name_for(const uint8_t *data, size_t size)
{
	if (size && (*data == '[' || *data == '{'))
		return "x.json";
	if (size && *data == ';')
		return "Kexample.com.+013+06161.state";
	return size && (*data == 'K' || *data == 'Z') ? "x.txt" : "x.lua";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;
	struct scenario_options o = { .seed = 1 };
	struct rollover_input in = { .name = fuzz_file(name_for(data, size), data, size),
				     .options = &o,
				     .at = "2026-01-02T00:00Z" };
	_cleanup_(fclosep) FILE *notes = fopen("/dev/null", "we");
	struct err e = { .text = "" };

	if (rollover_read(&in, notes, &r, &e) < 0 && !e.text[0])
		__builtin_trap();
	return 0;
}
