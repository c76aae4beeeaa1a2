/* SPDX-License-Identifier: BSD-2-Clause */
/* html_data.h - what the charts of report.html are drawn from: the static ones, and by the script
 * the others.
 *
 * One JSON document with columns (html_column.h), for each cell:
 *
 *	{ "start": 1777985100, "span": 45900, "bin": 60, "windows": [ { "from", "until", "kind", "text" } ],
 *	  "recovery": { "from", "to" }, "codes": { "6": "6 DNSSEC Bogus", "-1": "no code" },
 *	  "cells": [ { "label", "t": [ 0, 60, … ],
 *	               "classes": { "all": { "queries": [ … ], "servfail": [ … ], "stale": 0, … }, "signed": … },
 *	               "upstream", "zone_upstream": queries a second to all authorities, and to servers of zones with a fault,
 *	               "cpu": % of a core of virtual time, "memory": MB, "requests",
 *	               "links": { "0": { "from", "to", "packets", "bytes", "dropped", "most", "rate": packets a second } },
 *	               "ede": { "6": [ SERVFAIL answers with it first ] },
 *	               "marks": [ { "t", "kind", "what" } ] } ] }
 *
 * Cells are in the order of recorded->cells. Instants are seconds since the scenario's start;
 * `start` is that in seconds since the Unix epoch. `until` is null for a window that does not end. A
 * cell that left no curve has a label only. */
#pragma once

#include <jansson.h>

#include "harness/results/recorded.h"

/* -EINVAL: a file of a cell is not what it should be; -ENOMEM. */
int html_data_new(const struct recorded *r, json_t **ret, struct err *e);
