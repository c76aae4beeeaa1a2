/* SPDX-License-Identifier: BSD-2-Clause */
/* sweep.h - the same run for several values of something: --sweep nta=15m,30m,1h.
 *
 * What is swept is an axis: a parameter of the scenario, as --set gives it, the time of a mitigation
 * (retime.h), or with --ablate the settings of a user's configuration, of which each point is without
 * one. A parameter multiplies all cells; a time only those of its mitigation, so
 * that 'none' is run once. Several axes make a grid. A point is a scenario of its own, read anew
 * for it and kept for all resolvers. */
#pragma once

#include <jansson.h>

#include "sim/language/retime.h"

#define SWEEP_AXES 8
#define SWEEP_VALUES 64
#define SWEEP_POINTS 256
#define SWEEP_NAME 192

struct sweep_axis {
	char key[64]; /* of the parameter or the mitigation */
	bool is_time;
	bool is_setting; /* its values are taken out, one a point; the first point has them all */
	char values[SWEEP_VALUES][64];
	struct retiming times[SWEEP_VALUES]; /* where is_time */
	unsigned count;
};

/* What a cell is one of. */
struct sweep_point {
	const struct sweep *sweep; /* whose it is */
	struct scenario *scenario;
	int choice[SWEEP_AXES]; /* which value; -1: the axis says nothing of such cells */
	char name[SWEEP_NAME]; /* of the cell's folder, behind its resolver: "nta=15m-rate=20" */
};

struct sweep {
	const char *path; /* of the scenario, lent */
	const struct scenario_options *options; /* lent */
	struct scenario *base; /* nothing is swept; lent */
	struct sweep_axis axes[SWEEP_AXES];
	unsigned axis_count;
	struct sweep_point *points[SWEEP_POINTS];
	unsigned point_count;
};

/* Reads what --sweep gave. `base`, `path` and `o` are lent. -EINVAL: it is no parameter and no
 * mitigation of the scenario, a value is none or is there twice. */
int sweep_read(struct sweep *s, struct scenario *base, const char *path,
	       const struct scenario_options *o, const char *const *texts, unsigned count,
	       struct err *e);
void sweep_done(struct sweep *s);

/* Adds the axis of --ablate: `settings` is a list of { name }, of which a name that stands there
 * several times is one. -EINVAL: there is none, or a parameter that is swept has its key. */
int sweep_add_settings(struct sweep *s, const json_t *settings, struct err *e);

/* The setting that a point is without; NULL: it has them all. */
const char *sweep_point_without(const struct sweep_point *p);

/* Adds the mitigations whose time is swept to a list with commas, which has `size` bytes. -E2BIG. */
int sweep_add_mitigations(const struct sweep *s, char *list, size_t size, struct err *e);

/* How many points the cells of a mitigation have: 1 where nothing is swept. */
unsigned sweep_count(const struct sweep *s, const char *mitigation);

/* Number i of them, from 0: the values of the last axis change first. Its scenario is loaded.
 * -EINVAL: the scenario does not take a value, or begins or ends at another instant with it. Lent
 * until sweep_done(). */
int sweep_point(struct sweep *s, const char *mitigation, unsigned i, const struct sweep_point **ret,
		struct err *e);

/* A mitigation whose time is swept and that is none of the list; NULL: all are there. */
const char *sweep_unused(const struct sweep *s, const char *mitigations);

/* { "nta": "15m" } of a point, and [ { "key", "kind", "values" } ] of all. */
json_t *sweep_point_json(const struct sweep_point *p);
json_t *sweep_json(const struct sweep *s);

/* "nta=15m rate=20"; gives `ret`. */
char *sweep_point_text(const struct sweep_point *p, char ret[SWEEP_NAME]);
