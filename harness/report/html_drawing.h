/* SPDX-License-Identifier: BSD-2-Clause */
/* html_drawing.h - what a scenario wanted drawn of its record, of a cell's drawings.csv. */
#pragma once

#include "harness/report/html_page.h"

/* Each as a figure with a legend and its numbers; nothing where there is none. -ENOPKG: gnuplot is missing.
 * -EINVAL: a wrong file, or gnuplot did not draw. -ENOMEM. */
int html_drawings(const struct html_page *p, const struct recorded_cell *cell);
