/* SPDX-License-Identifier: BSD-2-Clause */
/* monitors_text.h - what the monitors of a cell said, where it had any: a table, and what kept them from it. */
#pragma once

#include "harness/report/html_page.h"
#include "harness/results/recorded.h"

/* At most `width` columns (wrap.h), an empty line behind it. */
int monitors_print(const struct recorded_cell *c, unsigned width, FILE *out, struct err *e);

void monitors_html(const struct html_page *p, const struct recorded_cell *c);
