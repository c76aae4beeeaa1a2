/* SPDX-License-Identifier: BSD-2-Clause */
/* traffics_text.h - a cell's figures by traffic, where it has several: for all reports. */
#pragma once

#include <stdio.h>

#include "harness/report/html_page.h"
#include "harness/results/recorded.h"

/* A table, as text of `width` or as Markdown; nothing where there is one traffic. -ENOMEM. */
int traffics_print(const struct recorded *r, const struct recorded_cell *c, unsigned width,
		   FILE *out, struct err *e);
void traffics_html(const struct html_page *p, const struct recorded_cell *c);
