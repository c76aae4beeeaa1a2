/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/join.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cell/total.h"
#include "harness/cell/work.h"
#include "harness/results/recorded.h"
#include "harness/text/json_text.h"
#include "sim/language/retime.h"

#define PARTS_MAX 4096
#define SETS_MAX 128

/* A cache's entry, and the folder of its run. */
struct part {
	const json_t *run;
	json_t *cell; /* lent by it */
	const char *dir;
};

struct join {
	json_t **runs; /* NULL: a run.json that is not read here */
	unsigned run_count;
	struct part parts[PARTS_MAX];
	unsigned part_count;
};

static void join_done(struct join *j)
{
	for (unsigned i = 0; j->runs && i < j->run_count; i++)
		json_decref(j->runs[i]);
	free(j->runs);
}

void joined_done(struct joined *j)
{
	free(j->dirs);
	if (j->is_temporary && j->folder[0])
		work_remove(j->folder);
}

/* ---- what is there ---- */

/* What cannot be read is for the report to tell. */
static json_t *read_run(const char *dir)
{
	char path[4096 + 16];

	snprintf(path, sizeof(path), "%s/run.json", dir);
	return json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
}

static bool is_cache(const json_t *cell)
{
	return json_is_object(json_object_get(cell, "fleet"));
}

static const char *sum_of(const struct part *p)
{
	return recorded_text(json_object_get(p->cell, "fleet"), "sum");
}

static bool is_of_one(const json_t *a, const json_t *b)
{
	static const char *const keys[] = { "matrix", "seed", "set",	  "clock",
					    "from",   "to",   "sigfault", "script" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		json_t *x = json_object_get(a, keys[i]), *y = json_object_get(b, keys[i]);

		if (x != y && !(x && y && json_equal(x, y)))
			return false;
	}
	return true;
}

static int add_part(struct join *j, const json_t *run, json_t *cell, const char *dir, struct err *e)
{
	const struct part *first = &j->parts[0];

	if (j->part_count == PARTS_MAX)
		return err_set(e, -E2BIG, "more than %d caches", PARTS_MAX);
	if (j->part_count && !is_of_one(first->run, run))
		return err_set(e, -EINVAL,
			       "'%.400s' and '%.400s' are caches of different runs: report each "
			       "by itself, with -o, and then what that made",
			       first->dir, dir);
	for (unsigned i = 0; i < j->part_count; i++)
		if (json_equal(json_object_get(j->parts[i].cell, "number"),
			       json_object_get(cell, "number")))
			return err_set(e, -EINVAL, "'%.400s' and '%.400s' are the same cache",
				       j->parts[i].dir, dir);
	j->parts[j->part_count++] = (struct part){ run, cell, dir };
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return (int)json_integer_value(json_object_get(x->cell, "number")) -
	       (int)json_integer_value(json_object_get(y->cell, "number"));
}

static int collect(struct join *j, const char *const *dirs, struct joined *ret, struct err *e)
{
	json_t *cell;
	size_t k;
	int r = 0;

	for (unsigned i = 0; i < j->run_count && r == 0; i++) {
		unsigned before = j->part_count;

		j->runs[i] = read_run(dirs[i]);
		json_array_foreach(recorded_list(j->runs[i], "cells"), k, cell)
		{
			if (r == 0 && is_cache(cell))
				r = add_part(j, j->runs[i], cell, dirs[i], e);
		}
		if (j->part_count == before)
			ret->dirs[ret->count++] = dirs[i];
	}
	qsort(j->parts, j->part_count, sizeof(*j->parts), by_number);
	return r;
}

/* ---- the scenario, to judge by ---- */

static const char *kind_of(const json_t *run, const char *key)
{
	json_t *axis;
	size_t i;

	json_array_foreach(recorded_list(run, "sweep"), i, axis)
	{
		if (strcmp(recorded_text(axis, "key"), key) == 0)
			return recorded_text(axis, "kind");
	}
	return "";
}

static int retime_all(struct scenario *s, const struct part *p, struct err *e)
{
	const char *key;
	json_t *value;
	int r = 0;

	json_object_foreach(json_object_get(p->cell, "sweep"), key, value)
	{
		struct retiming when;

		if (r < 0 || strcmp(kind_of(p->run, key), "time") != 0)
			continue;
		r = retime_read(s, json_string_value(value), &when, e);
		if (r == 0)
			r = retime(s, key, &when, e);
	}
	return r;
}

struct sets {
	char *list[SETS_MAX];
	unsigned count;
};

static void sets_done(struct sets *s)
{
	for (unsigned i = 0; i < s->count; i++)
		free(s->list[i]);
}

/* Its parameters, with what is swept in their place. */
static int take_sets(const struct part *p, struct sets *ret, struct err *e)
{
	const json_t *swept = json_object_get(p->cell, "sweep");
	const char *key;
	json_t *value;

	json_object_foreach(json_object_get(p->run, "set"), key, value)
	{
		json_t *own = json_object_get(swept, key);

		if (ret->count == SETS_MAX)
			break;
		if (asprintf(&ret->list[ret->count], "%s=%s", key,
			     json_string_value(own ?: value) ?: "") < 0)
			return err_set(e, -ENOMEM, "no memory for the parameters");
		ret->count++;
	}
	return 0;
}

static int load_scenario(const struct part *p, struct scenario **ret, struct err *e)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	_cleanup_(sets_done) struct sets sets = { .count = 0 };
	const json_t *fleet = json_object_get(p->cell, "fleet");
	const json_t *files = json_object_get(p->run, "mitigation_files");
	const char *paths[16];
	struct scenario_options o = {
		.seed = (uint64_t)json_integer_value(json_object_get(p->run, "seed")),
		.fleet = (unsigned)recorded_number(fleet, "caches"),
		.bin = simtime_of_seconds(recorded_number(p->run, "bin_seconds")),
		.mitigation_files = paths,
	};
	int r = take_sets(p, &sets, e);

	while (o.mitigation_file_count < ARRAY_SIZE(paths) &&
	       o.mitigation_file_count < json_array_size(files)) {
		paths[o.mitigation_file_count] =
			json_string_value(json_array_get(files, o.mitigation_file_count));
		o.mitigation_file_count++;
	}
	o.sets = (const char *const *)sets.list;
	o.set_count = sets.count;
	if (r == 0)
		r = scenario_load(recorded_text(p->run, "script"), &o, &s, e);
	if (r == 0)
		r = retime_all(s, p, e);
	if (r == 0)
		*ret = TAKE(s);
	return r;
}

/* ---- the joined run ---- */

/* Names of sums, in the order of the matrix, which has those of caches: "unbound-none-cache-01". */
static json_t *sums_of(const json_t *run)
{
	json_t *list = json_array(), *one, *had;
	size_t i, k;

	json_array_foreach(recorded_list(run, "matrix"), i, one)
	{
		const char *name = json_string_value(one) ?: "", *end = strstr(name, "-cache-");
		bool is_new = end != NULL;

		for (const char *next = end; next; next = strstr(next + 1, "-cache-"))
			end = next;
		json_array_foreach(list, k, had)
		{
			is_new &= strlen(json_string_value(had)) != (size_t)(end - name) ||
				  strncmp(json_string_value(had), name, (size_t)(end - name)) != 0;
		}
		if (is_new)
			json_array_append_new(list, json_stringn(name, (size_t)(end - name)));
	}
	return list;
}

static int make_total(const struct join *j, const char *sum, unsigned number, const char *folder,
		      json_t *cells, struct err *e)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	const char *dirs[FLEET_MAX];
	json_t *members = json_array(), *total = NULL;
	struct err why = { "" };
	unsigned n = 0;
	int r;

	for (unsigned i = 0; i < j->part_count; i++) {
		if (strcmp(sum_of(&j->parts[i]), sum) != 0 || n == FLEET_MAX)
			continue;
		if (!n)
			load_scenario(&j->parts[i], &s, &why);
		dirs[n++] = j->parts[i].dir;
		json_array_append(members, j->parts[i].cell);
	}
	if (!n) { /* for the report to miss */
		json_decref(members);
		return 0;
	}
	r = total_make(s, why.text, dirs, folder, members, number, &total, e);
	if (r == 0)
		json_array_append_new(cells, total);
	return r;
}

static int write_run(const struct join *j, const char *folder, struct err *e)
{
	_cleanup_(json_decrefp) json_t *run = json_copy((json_t *)j->parts[0].run);
	json_t *sums = sums_of(run), *cells = json_array(), *sum;
	char path[4096 + 16];
	size_t i;
	int r = 0;

	json_array_foreach(sums, i, sum)
	{
		if (r == 0)
			r = make_total(j, json_string_value(sum), (unsigned)i + 1, folder, cells,
				       e);
	}
	json_object_set_new(run, "matrix", sums);
	json_object_set_new(run, "cells", cells);
	snprintf(path, sizeof(path), "%s/run.json", folder);
	if (r == 0 && json_dump_file(run, path, JSON_INDENT(2)) < 0)
		r = err_set(e, -EIO, "cannot write '%s': %s", path, strerror(errno));
	return r;
}

static int make_folder(const char *into, struct joined *ret, struct err *e)
{
	if (!into) {
		snprintf(ret->folder, sizeof(ret->folder), "%s/sigfault-report-XXXXXX",
			 getenv("TMPDIR") ?: "/tmp");
		ret->is_temporary = true;
		if (mkdtemp(ret->folder))
			return 0;
		ret->folder[0] = '\0';
		return err_set(e, -errno,
			       "cannot make a folder for the time being, in TMPDIR or /tmp: %s",
			       strerror(errno));
	}
	if (mkdir(into, 0755) < 0 && errno != EEXIST)
		return err_set(e, -errno, "cannot make the folder '%s': %s", into, strerror(errno));
	snprintf(ret->folder, sizeof(ret->folder), "%s", into);
	return 0;
}

int join_fleets(const char *const *dirs, unsigned count, const char *into, struct joined *ret,
		struct err *e)
{
	_cleanup_(freep) struct join *j = calloc(1, sizeof(*j));
	int r = 0;

	*ret = (struct joined){ .dirs = calloc(count + 1, sizeof(*ret->dirs)) };
	if (!j || !ret->dirs || !(j->runs = calloc(count, sizeof(*j->runs))))
		return err_set(e, -ENOMEM, "no memory for the report");
	j->run_count = count;
	ret->count = 1; /* the first place is the new folder's */
	r = collect(j, dirs, ret, e);
	if (r == 0 && j->part_count) {
		r = make_folder(into, ret, e);
		if (r == 0)
			r = write_run(j, ret->folder, e);
		ret->dirs[0] = ret->folder;
	} else {
		ret->count--;
		memmove(ret->dirs, ret->dirs + 1, ret->count * sizeof(*ret->dirs));
	}
	join_done(j);
	return r;
}
