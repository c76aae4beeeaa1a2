/* SPDX-License-Identifier: BSD-2-Clause */
/* html_files.h - what the files of a cell tell report.html's charts: upstream.csv, metrics.csv,
 * ede.csv, events.csv. */
#pragma once

#include <jansson.h>

#include "harness/results/recorded.h"

/* Adds the columns "upstream", "zone_upstream", "cpu", "memory", "requests", the columns by code
 * "ede", and "marks" (html_data.h). The cell has a curve. A file that is not there adds nothing.
 * -EINVAL: one is not what it should be; -ENOMEM. */
int html_files_read(const struct recorded *r, const struct recorded_cell *cell, json_t *json,
		    struct err *e);
