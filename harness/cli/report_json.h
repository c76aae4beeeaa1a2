/* SPDX-License-Identifier: BSD-2-Clause */
/* report_json.h - `sigfault report --json`: what runs came to, each cell with its figures
 * (docs/schema/report-1.json). */
#pragma once

#include <stdio.h>

#include "harness/text/exit.h"
#include "sim/base/err.h"

/* As report_terminal() (report.h). */
int report_json_print(const char *const *dirs, unsigned count, bool strict, FILE *out,
		      enum exit_status *ret, struct err *e);
