/* SPDX-License-Identifier: BSD-2-Clause */
/* transports_text.h - by what clients of a cell asked, and what came of it: for all reports. */
#pragma once

#include <stdio.h>

#include "harness/report/html_page.h"
#include "harness/results/recorded.h"

/* A table, as text of `width` or as Markdown; nothing where all asked by UDP. -ENOMEM. */
int transports_print(const struct recorded_cell *c, unsigned width, FILE *out, struct err *e);
void transports_html(const struct html_page *p, const struct recorded_cell *c);
