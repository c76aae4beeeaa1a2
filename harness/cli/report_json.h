/* SPDX-License-Identifier: BSD-2-Clause */
/* report_json.h - `sigfault report --json`: what runs came to, each cell with its figures
 * (docs/schema/report-1.json). */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "harness/results/figures.h"
#include "harness/text/exit.h"
#include "sim/base/err.h"

/* A number, "never" or "already"; null where it was not measured. */
json_t *report_json_figure(const struct figure *f);

/* As report_terminal() (report.h). */
int report_json_print(const char *const *dirs, unsigned count, bool strict, FILE *out,
		      enum exit_status *ret, struct err *e);
