/* SPDX-License-Identifier: BSD-2-Clause */
/* ablated.h - which settings of a user's configuration mattered (--ablate): cells that are without one
 * each, held against the one that has them all, the one that lost most in front. */
#pragma once

#include "harness/results/recorded.h"

struct ablated_row {
	const struct recorded_cell *cell; /* lent */
	const char *setting; /* lent */
	double y; /* the figure without it; NAN: the cell is not valid, or has none */
	double difference; /* to the whole: what it saves; NAN: one of them has none */
	bool is_same; /* it makes no difference, as a sweep has it (swept.h) */
};

struct ablated {
	char *name; /* "unbound, none" */
	const struct recorded_cell *whole; /* NULL: it is not there. Lent */
	double y; /* of the whole; NAN */
	struct ablated_row *rows; /* the most first, those without a figure last */
	unsigned count;
};

struct ablated_list {
	const struct figure_info *figure;
	struct ablated *list;
	unsigned count;
};

/* Empty where no setting was taken out. -ENOMEM. */
int ablated_new(const struct recorded *r, struct ablated_list *ret, struct err *e);
void ablated_done(struct ablated_list *l);

/* [ { cell, figure, value, settings: [ { setting, cell, value, difference } ] } ] for run.json; the
 * caller's. */
json_t *ablated_json(const struct ablated_list *l);
