/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/operations.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/csv.h"
#include "harness/text/memory.h"

struct columns {
	unsigned kind, operation, zone;
};

/* false: the record is of before they were. */
static bool find_columns(const struct csv *csv, struct columns *ret)
{
	int kind = csv_column(csv, "kind", NULL), operation = csv_column(csv, "operation", NULL),
	    zone = csv_column(csv, "zone", NULL);

	if (kind < 0 || operation < 0 || zone < 0)
		return false;
	*ret = (struct columns){ (unsigned)kind, (unsigned)operation, (unsigned)zone };
	return true;
}

static int no_memory(struct err *e)
{
	memory_ended();
	return err_set(e, -ENOMEM, "no memory for 'events.csv'");
}

static int add(struct operations *o, const struct csv *csv, const struct columns *at, struct err *e)
{
	struct operation_done *list = reallocarray(o->list, o->count + 1, sizeof(*list)), *one;

	if (!list)
		return no_memory(e);
	o->list = list;
	one = &list[o->count++];
	snprintf(one->name, sizeof(one->name), "%s", csv_text(csv, at->operation));
	snprintf(one->zone, sizeof(one->zone), "%s", csv_text(csv, at->zone));
	return csv_time(csv, &one->t, e);
}

int operations_load(const char *folder, struct operations **ret, struct err *e)
{
	_cleanup_(operations_freep) struct operations *o = calloc(1, sizeof(*o));
	_cleanup_(csv_freep) struct csv *csv = NULL;
	struct columns at;
	int rc = o ? csv_open(folder, "events.csv", &csv, e) : no_memory(e);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	while (csv && find_columns(csv, &at) && (rc = csv_next(csv, e)) == 1) {
		if (strcmp(csv_text(csv, at.kind), "operator") != 0)
			continue;
		rc = add(o, csv, &at, e);
		if (rc < 0)
			return rc;
	}
	if (rc < 0 && rc != -ENOENT)
		return rc;
	*ret = TAKE(o);
	return 0;
}

void operations_free(struct operations *o)
{
	if (o)
		free(o->list);
	free(o);
}

const struct operation_done *operations_first(const struct operations *o, const char *name)
{
	for (unsigned i = 0; i < o->count; i++)
		if (strcmp(o->list[i].name, name) == 0)
			return &o->list[i];
	return NULL;
}
