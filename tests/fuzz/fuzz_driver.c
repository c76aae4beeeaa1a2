/* SPDX-License-Identifier: BSD-2-Clause */
/* A resolver's driver that a user may hand us: read, but no program of it is started. */
#include "harness/subject/driver.h"
#include "harness/subject/program.h"
#include "tests/fuzz/file.h"

/* Every program is there, and none is started. */
int program_find(const char *name, char ret[PATH_MAX])
{
	snprintf(ret, PATH_MAX, "/nowhere/%s", name);
	return 0;
}

int program_ask(const char *const *argv, const char *const *paths, const struct mounts_root *root,
		int patience, char *text, size_t size, struct err *e)
{
	(void)argv;
	(void)paths;
	(void)root;
	(void)patience;
	(void)e;
	snprintf(text, size, "Version 1.2.3");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(driver_freep) struct driver *d = NULL;
	struct err e = { .text = "" };

	if (driver_load(fuzz_file("x.lua", data, size), &d, &e) < 0 && !e.text[0])
		__builtin_trap();
	return 0;
}
