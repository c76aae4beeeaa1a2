/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/judge/tally.h"

#include <string.h>

#define ROWS_MORE 64

const char *const tally_names[TALLY_COLUMNS] = {
	[TALLY_QUERIES] = "queries",   [TALLY_RETRIES] = "retries",   [TALLY_NOERROR] = "noerror",
	[TALLY_NXDOMAIN] = "nxdomain", [TALLY_SERVFAIL] = "servfail", [TALLY_OTHER] = "other",
	[TALLY_TIMEOUT] = "timeout",   [TALLY_STALE] = "stale",	      [TALLY_AD] = "ad",
};

void tally_init(struct tally *t, const struct tree *tree, simtime from, simtime every)
{
	*t = (struct tally){ .tree = tree, .from = from, .every = every };
}

void tally_done(struct tally *t)
{
	free(t->rows);
	t->rows = NULL;
}

static size_t width(const struct tally *t)
{
	return t->tree->zone_count + 1u;
}

static unsigned deepest_zone(const struct tree *t, const uint8_t *name)
{
	unsigned deepest = 0, labels = 0;

	for (unsigned i = 1; i < t->zone_count; i++) {
		const uint8_t *apex = t->zones[i]->apex;

		if (name_under(name, apex) && name_labels(apex) > labels) {
			deepest = i;
			labels = name_labels(apex);
		}
	}
	return deepest;
}

/* NULL: no memory. */
static struct tally_counts *row_of(struct tally *t, int64_t interval)
{
	if (interval >= t->row_count) {
		size_t had = (size_t)t->row_count, more = (size_t)interval + ROWS_MORE;
		struct tally_counts *rows = reallocarray(t->rows, more * width(t), sizeof(*rows));

		if (!rows)
			return NULL;
		memset(rows + had * width(t), 0, (more - had) * width(t) * sizeof(*rows));
		t->rows = rows;
		t->row_count = (int64_t)more;
	}
	return &t->rows[(size_t)interval * width(t)];
}

static enum tally_column column_of(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_NOERROR:
		return TALLY_NOERROR;
	case OUTCOME_NXDOMAIN:
		return TALLY_NXDOMAIN;
	case OUTCOME_SERVFAIL:
		return TALLY_SERVFAIL;
	case OUTCOME_OTHER:
		return TALLY_OTHER;
	case OUTCOME_TIMEOUT:
		return TALLY_TIMEOUT;
	}
	return TALLY_OTHER;
}

static void count(struct tally_counts *c, const struct record_query *q)
{
	c->n[TALLY_QUERIES]++;
	c->n[column_of(q->outcome)]++;
	c->n[TALLY_RETRIES] += q->attempt > 0;
	c->n[TALLY_STALE] += q->age == AGE_STALE;
	c->n[TALLY_AD] += q->ad;
}

bool tally_add(struct tally *t, const struct record_query *q)
{
	struct tally_counts *row = row_of(t, (q->answered - t->from) / t->every);

	if (!row)
		return false;
	count(&row[deepest_zone(t->tree, q->qname)], q);
	count(&row[t->tree->zone_count], q);
	return true;
}

uint64_t tally_sum(const struct tally *t, const struct zone *zone, enum tally_column column,
		   int64_t first, int64_t end)
{
	unsigned place = 0;
	uint64_t n = 0;

	while (place < t->tree->zone_count && t->tree->zones[place] != zone)
		place++;
	for (int64_t i = first > 0 ? first : 0; i < end && i < t->row_count; i++)
		n += t->rows[(size_t)i * width(t) + place].n[column];
	return n;
}
