/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/asked_rows.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/csv.h"
#include "harness/text/memory.h"

/* The numbers of a row, by their columns. */
static const struct {
	const char *name;
	size_t offset;
} numbers[] = {
	{ "queries", offsetof(struct asked_row, queries) },
	{ "questions", offsetof(struct asked_row, questions) },
	{ "servfail", offsetof(struct asked_row, servfail) },
	{ "timeout", offsetof(struct asked_row, timeout) },
	{ "went_on", offsetof(struct asked_row, went_on) },
	{ "recovered", offsetof(struct asked_row, recovered) },
	{ "lost", offsetof(struct asked_row, lost) },
};

static double *number_of(struct asked_row *r, size_t i)
{
	return (double *)(void *)((char *)r + numbers[i].offset);
}

static int no_memory(struct err *e)
{
	memory_ended();
	return err_set(e, -ENOMEM, "no memory for 'asked.csv'");
}

static struct asked_row *row_of(struct asked_rows *a, const char *traffic, const char *resolver)
{
	struct asked_row *grown;

	for (unsigned i = 0; i < a->count; i++)
		if (strcmp(a->list[i].traffic, traffic) == 0 &&
		    strcmp(a->list[i].resolver, resolver) == 0)
			return &a->list[i];
	grown = reallocarray(a->list, a->count + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	a->list = grown;
	grown += a->count++;
	*grown = (struct asked_row){ .queries = 0 };
	snprintf(grown->traffic, sizeof(grown->traffic), "%s", traffic);
	snprintf(grown->resolver, sizeof(grown->resolver), "%s", resolver);
	return grown;
}

static int load(struct asked_rows *a, struct csv *csv, struct err *e)
{
	int traffic = csv_column(csv, "traffic", e), resolver = csv_column(csv, "resolver", e);
	int columns[ARRAY_SIZE(numbers)], rc = traffic < 0 || resolver < 0 ? -EINVAL : 0;
	struct asked_row *row;
	double n;

	for (size_t i = 0; i < ARRAY_SIZE(numbers) && rc == 0; i++) {
		columns[i] = csv_column(csv, numbers[i].name, e);
		rc = columns[i] < 0 ? -EINVAL : 0;
	}
	while (rc == 0 && (rc = csv_next(csv, e)) == 1) {
		row = row_of(a, csv_text(csv, (unsigned)traffic),
			     csv_text(csv, (unsigned)resolver));
		rc = row ? 0 : no_memory(e);
		for (size_t i = 0; i < ARRAY_SIZE(numbers) && rc == 0; i++) {
			rc = csv_count(csv, (unsigned)columns[i], &n, e);
			*number_of(row, i) += rc == 0 ? n : 0;
		}
	}
	return rc;
}

int asked_rows_load(const char *folder, struct asked_rows **ret, struct err *e)
{
	_cleanup_(asked_rows_freep) struct asked_rows *a = calloc(1, sizeof(*a));
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = a ? csv_open_if_there(folder, "asked.csv", &csv, e) : no_memory(e);

	if (rc == 1)
		rc = load(a, csv, e);
	if (rc < 0)
		return rc;
	*ret = TAKE(a);
	return 0;
}

void asked_rows_free(struct asked_rows *a)
{
	if (a)
		free(a->list);
	free(a);
}

struct asked_row asked_rows_all(const struct asked_rows *a)
{
	struct asked_row all = { .queries = 0 };

	for (unsigned k = 0; k < a->count; k++)
		for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
			*number_of(&all, i) += *number_of(&a->list[k], i);
	return all;
}
