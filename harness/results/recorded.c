/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/recorded.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/outcome.h"

const char *recorded_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

double recorded_number(const json_t *object, const char *key)
{
	json_t *n = json_object_get(object, key);

	return json_is_number(n) ? json_number_value(n) : (double)NAN;
}

json_t *recorded_list(const json_t *object, const char *key)
{
	json_t *list = json_object_get(object, key);

	return json_is_array(list) ? list : NULL;
}

bool recorded_is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

void recorded_done(struct recorded *r)
{
	for (unsigned i = 0; i < r->cell_count; i++) {
		curve_free(r->cells[i].curve);
		case_rows_free(r->cells[i].cases);
		free(r->cells[i].path);
		free(r->cells[i].label);
		free(r->cells[i].row);
		free(r->cells[i].column);
		free(r->cells[i].traffics);
		monitor_sums_done(&r->cells[i].monitors);
	}
	free(r->cells);
	for (unsigned i = 0; r->runs && i < r->dir_count; i++)
		json_decref(r->runs[i]);
	free(r->runs);
	json_decref(r->not_offered);
	for (unsigned i = 0; i < r->note_count; i++)
		free(r->notes[i]);
	free(r->notes);
}

double recorded_instant(const struct recorded *r, const json_t *object, const char *key)
{
	simtime t;

	if (!json_is_string(json_object_get(object, key)))
		return recorded_number(object, key);
	if (simtime_parse(recorded_text(object, key), &t, NULL) < 0)
		return (double)NAN;
	return (double)simtime_plus(t, -r->from) / 1e9;
}

char *recorded_time_text(const struct recorded *r, double t, char text[32])
{
	bool has_date = r->span > 86400;
	char all[32];

	/* 2026-05-05T19:31:05Z */
	simtime_text(simtime_plus(r->from, simtime_of_seconds(t)), all);
	snprintf(text, 32, "%.5s%s%.*s", has_date ? all + 5 : "", has_date ? " " : "",
		 memcmp(all + 17, "00", 2) ? 8 : 5, all + 11);
	return text;
}

double recorded_window_end(const struct recorded *r, const json_t *window)
{
	double until = recorded_instant(r, window, "until");

	return isnan(until) ? (double)INFINITY : until;
}

bool recorded_was_seen(const json_t *fault)
{
	return recorded_number(fault, "seen") > 0;
}

bool recorded_held(const json_t *expectation)
{
	return recorded_is_true(expectation, "held");
}

static bool is_kind(const struct recorded *r, const struct recorded_cell *c, const char *key,
		    const char *kind)
{
	json_t *axis;
	size_t i;

	json_array_foreach(recorded_list(r->runs[c->run], "sweep"), i, axis)
	{
		if (strcmp(recorded_text(axis, "key"), key) == 0)
			return strcmp(recorded_text(axis, "kind"), kind) == 0;
	}
	return false;
}

bool recorded_is_time(const struct recorded *r, const struct recorded_cell *c, const char *key)
{
	return is_kind(r, c, key, "time");
}

bool recorded_is_setting(const struct recorded *r, const struct recorded_cell *c, const char *key)
{
	return is_kind(r, c, key, "setting");
}

bool recorded_is_strict(const struct recorded *r, const struct recorded_cell *c)
{
	return r->strict || recorded_is_true(r->runs[c->run], "strict");
}

bool recorded_has_cases(const struct recorded *r)
{
	return recorded_list(r->run, "cases");
}

enum exit_status recorded_status(const struct recorded *r)
{
	enum exit_status status = EXIT_HELD;

	for (unsigned i = 0; i < r->cell_count; i++) {
		const struct recorded_cell *c = &r->cells[i];

		status = outcome_worse(status, outcome_of_cell(c->json, recorded_is_strict(r, c)));
	}
	return status > EXIT_NOT_HELD || r->missing ? EXIT_INVALID : status;
}
