/* SPDX-License-Identifier: BSD-2-Clause */
/* fault_page.h - what the catalogue of faults says to people: `sigfault faults`, and
 * docs/faults.md, out of one table. */
#pragma once

#include <stdio.h>

#include "zones/fault.h"

/* A line for each, in groups. */
void fault_page_list(FILE *out);

/* All that there is to know of one. */
void fault_page_print(FILE *out, const struct fault_row *r);

/* One, or with NULL all of them, for machines (docs/schema/faults-1.json). */
int fault_page_json(FILE *out, const struct fault_row *only, struct err *e);

/* The whole catalogue as Markdown. */
void fault_page_markdown(FILE *out);
