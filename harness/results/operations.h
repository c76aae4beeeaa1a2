/* SPDX-License-Identifier: BSD-2-Clause */
/* operations.h - what an operator did to the resolver, out of a cell's events.csv.
 *
 *	t,utc,kind,operation,zone,what,role
 *	34320,2026-05-05T22:17:00Z,operator,nta,de.,nta de.,
 *
 * The operation is a word of the driver's (timeline.h), never read out of `what`, which is for
 * people. A record of before there was such a column does not tell them. */
#pragma once

#include <stdbool.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

struct operation_done {
	double t; /* seconds since the scenario's start */
	char name[32]; /* "nta", "nta-remove", "flush" … */
	char zone[256]; /* "": it is about none */
	char role[32]; /* "": on what was under test */
};

struct operations {
	struct operation_done *list; /* in the order of the file, which is that of time */
	unsigned count;
	bool untold; /* an operator acted, and the record is of before */
};

/* A cell without events has none. -EINVAL: the file is not what it should be; -ENOMEM. */
int operations_load(const char *folder, struct operations **ret, struct err *e);
void operations_free(struct operations *o);
DEFINE_FREEP(struct operations, operations)

/* The first operation of this name on what was under test, or else on any; NULL: there is none. */
const struct operation_done *operations_first(const struct operations *o, const char *name);

/* The first of this name for the same zone and role behind `one`, which is of the list; NULL: there is none. */
const struct operation_done *operations_after(const struct operations *o,
					      const struct operation_done *one, const char *name);
