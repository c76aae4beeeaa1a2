/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of a run, whatever became of its files: all reports are written of it, or it is refused. One
 * input is all files, each behind a line "==== NAME". */
#include "harness/report/report.h"
#include "tests/fuzz/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *folder = fuzz_folder();
	struct err e = { .text = "" };

	if (!fuzz_files(data, size))
		return 0;
	if (report_into(&folder, 1, fuzz_path("out"), false, &e) < 0 && !e.text[0])
		__builtin_trap();
	return 0;
}
