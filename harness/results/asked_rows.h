/* SPDX-License-Identifier: BSD-2-Clause */
/* asked_rows.h - a cell's asked.csv added up over the run: what clients asked of each resolver, and what
 * came of it there (sim/record/record_asked.h). */
#pragma once

#include <stdint.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

struct asked_row {
	char traffic[32], resolver[48]; /* traffic "": there is one */
	double queries, questions, servfail, timeout, went_on, recovered, lost;
};

struct asked_rows {
	struct asked_row *list; /* in the order in which they came up */
	unsigned count;
};

/* Those of a cell's folder; none where there is no such file. -EINVAL: it is not what it should be; -ENOMEM. */
int asked_rows_load(const char *folder, struct asked_rows **ret, struct err *e);
void asked_rows_free(struct asked_rows *a);
DEFINE_FREEP(struct asked_rows, asked_rows)

/* The sums of all rows. */
struct asked_row asked_rows_all(const struct asked_rows *a);
