/* SPDX-License-Identifier: BSD-2-Clause */
/* asked_text.h - whom clients asked in a cell, and where they went when that failed: for all reports. */
#pragma once

#include <stdio.h>

#include "harness/report/html_page.h"
#include "harness/results/recorded.h"

/* A sentence and a table, as text of `width` or as Markdown; nothing where nobody went from one
 * resolver to another, and there is one traffic. -EINVAL, -ENOMEM. */
int asked_print(const struct recorded_cell *c, unsigned width, FILE *out, struct err *e);
int asked_html(const struct html_page *p, const struct recorded_cell *c);
