/* SPDX-License-Identifier: BSD-2-Clause */
/* html_links.h - a cell's links.csv in report.html: a chart and a table of the links with the most
 * packets. */
#pragma once

#include "harness/report/html_page.h"

/* Adds "links" to the cell's data: by number, the busiest first, { "from", "to", "packets", "bytes",
 * "dropped", "most", "rate": packets a second, a column }. The cell has a curve. -EINVAL, -ENOMEM. */
int html_links_read(const struct recorded_cell *cell, json_t *json, struct err *e);

/* Writes both; nothing where there are no links. -ENOPKG, -EINVAL: as html_figure_write(). */
int html_links(const struct html_page *p, const struct recorded_cell *cell);
