/* recorded.h - a run as its folder tells it: run.json, and each cell's curve and figures. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "harness/figures.h"
#include "sim/base/simtime.h"

struct recorded_cell {
	json_t *json; /* of run.json, lent */
	const char *folder, *resolver, *version, *mitigation; /* lent by it */
	struct curve *curve; /* NULL: it left none */
	struct figures figures;
};

struct recorded {
	const char *dir;
	json_t *run;
	simtime from;
	double span; /* seconds from `from` to `to` */
	struct figures_fault fault;
	struct recorded_cell *cells;
	unsigned cell_count;
};

/* -ENOENT: not the folder of a run; -EINVAL: a file in it is not what it should be.
 * recorded_done() is the caller's either way; `dir` is lent. */
int recorded_load(const char *dir, struct recorded *ret, struct err *e);
void recorded_done(struct recorded *r);

/* Strings, numbers and lists of JSON objects; what is missing is "", NAN and an empty list. */
const char *recorded_text(const json_t *object, const char *key);
double recorded_number(const json_t *object, const char *key);
json_t *recorded_list(const json_t *object, const char *key);
bool recorded_is_true(const json_t *object, const char *key);

/* An instant of run.json in seconds since the start: ISO 8601, or that number itself. NAN: it has
 * none. */
double recorded_instant(const struct recorded *r, const json_t *object, const char *key);

/* Where a window ends; INFINITY: it does not. */
double recorded_window_end(const struct recorded *r, const json_t *window);

/* Whether the resolver saw a fault, and whether an expectation held. */
bool recorded_was_seen(const json_t *fault);
bool recorded_held(const json_t *expectation);
