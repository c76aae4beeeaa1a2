/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/sentences.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/anchor.h"
#include "harness/results/comparison.h"
#include "harness/text/memory.h"
#include "harness/text/table.h"

#define INVALID "says nothing, as the run is not valid, of"
#define SHORT_TIME 60 /* seconds */

enum change { SAME, FEWER, MORE };

/* Counts that a mitigation may change. */
static const struct {
	const char *figure, *noun;
} counted[] = {
	{ "servfail", "SERVFAIL answers" },
	{ "lost_questions", "questions lost" },
	{ "user_minutes", "user-minutes lost" },
	{ "accepted_without_validation", "answers accepted without validation" },
	{ "stale", "stale answers" },
	{ "wrong", "wrong answers" },
	{ "upstream", "upstream queries" },
};

/* What a sentence is about: a cell and that where nothing was done. */
struct pair {
	const struct figures *without, *with;
	const char *row;
	bool has_anchor;
	struct anchor anchor;
};

static enum change compare(double without, double with)
{
	double difference = fabs(with - without), most = fmax(with, without);

	if (difference <= 0.01 * most || difference <= sqrt(with + without))
		return SAME;
	return with < without ? FEWER : MORE;
}

static const struct figure *figure_of(const struct figures *f, const char *name)
{
	return figures_get(f, figures_find(name));
}

static enum change count_change(const struct pair *p, unsigned i)
{
	const struct figure *without = figure_of(p->without, counted[i].figure);
	const struct figure *with = figure_of(p->with, counted[i].figure);

	if (without->kind != FIGURE_VALUE || with->kind != FIGURE_VALUE)
		return SAME;
	return compare(without->value, with->value);
}

static enum change time_change(const struct pair *p)
{
	double difference = p->with->over_1.value - p->without->over_1.value;
	double longer = fmax(p->with->over_1.value, p->without->over_1.value);

	/* Where few ask, the share of a minute that is nearly well is above the threshold by
	 * chance. */
	if (p->without->over_1.kind != FIGURE_VALUE || p->with->over_1.kind != FIGURE_VALUE ||
	    fabs(difference) < SHORT_TIME || fabs(difference) <= 0.05 * longer)
		return SAME;
	return difference < 0 ? FEWER : MORE;
}

/* "61 % fewer SERVFAIL answers (1,204,331 to 467,001)", "903 stale answers", "3.4 times the … (… to
 * …)" */
static void put_count(const struct pair *p, unsigned i, FILE *out)
{
	double without = figure_of(p->without, counted[i].figure)->value;
	double with = figure_of(p->with, counted[i].figure)->value;
	char a[48], b[48];

	table_grouped(without, a);
	table_grouped(with, b);
	if (without == 0)
		fprintf(out, "%s %s", b, counted[i].noun);
	else if (with >= 2 * without)
		fprintf(out, "%.1f times the %s (%s to %s)", with / without, counted[i].noun, a, b);
	else
		fprintf(out, "%.0f %% %s %s (%s to %s)", fabs(with - without) / without * 100,
			with < without ? "fewer" : "more", counted[i].noun, a, b);
}

static const char *time_text(const struct figure *f, char text[32])
{
	return f->value > 0 ? simtime_duration_text((simtime)f->value * SECOND, text) : "no time";
}

static void put_time(const struct pair *p, FILE *out)
{
	char without[32], with[32];

	fprintf(out, "%s instead of %s at 1 %% SERVFAIL and more",
		time_text(&p->with->over_1, with), time_text(&p->without->over_1, without));
}

static const char *separator(unsigned i, unsigned count)
{
	return i == 0 ? "" : i + 1 < count ? ", " : " and ";
}

/* All that changed in one direction, "nothing" when that is none. */
static void put_changes(const struct pair *p, enum change which, const char *nothing, FILE *out)
{
	bool time = time_change(p) == which;
	unsigned count = time, done = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(counted); i++)
		count += count_change(p, i) == which;
	for (unsigned i = 0; i < ARRAY_SIZE(counted); i++) {
		if (count_change(p, i) != which)
			continue;
		fprintf(out, "%s", separator(done++, count));
		put_count(p, i, out);
	}
	if (time) {
		fprintf(out, "%s", separator(done++, count));
		put_time(p, out);
	}
	if (!count)
		fprintf(out, "%s", nothing);
}

static bool changed(const struct pair *p)
{
	bool any = time_change(p) != SAME;

	for (unsigned i = 0; i < ARRAY_SIZE(counted); i++)
		any |= count_change(p, i) != SAME;
	return any;
}

/* "12,345", "?" for what was not measured */
static const char *count_text(const struct figure *f, char text[48])
{
	return f->kind == FIGURE_VALUE ? table_grouped(f->value, text) : "?";
}

static const char *share_text(const struct figure *f, char text[FIGURE_TEXT])
{
	return f->kind == FIGURE_VALUE ? figure_percent(f->value, text) : "?";
}

/* Sentences are written to `out` and end up in the list. */
struct draft {
	const struct recorded *recorded;
	struct sentences *list;
	char *text;
	size_t len;
	FILE *out;
};

static FILE *begin(struct draft *d)
{
	d->text = NULL;
	d->out = open_memstream(&d->text, &d->len);
	return d->out;
}

static bool end(struct draft *d, const char *mitigation, const char *resolver)
{
	bool failed = !memory_close(d->out, &d->text);
	struct sentence *grown;

	grown = reallocarray(d->list->list, d->list->count + 1, sizeof(*grown));
	if (grown)
		d->list->list = grown;
	if (failed || !grown) {
		free(d->text);
		return false;
	}
	d->list->list[d->list->count++] = (struct sentence){ d->text, mitigation, resolver };
	return true;
}

static void put_loss(const struct comparison *c, unsigned row, FILE *out)
{
	const struct figures *f = &comparison_none(c, row)->figures;
	char lost[48], share[FIGURE_TEXT], minutes[48];

	fprintf(out, "%s (%s questions, %s user-minutes, %s SERVFAIL)", c->rows[row].name,
		count_text(&f->lost_questions, lost), count_text(&f->user_minutes, minutes),
		share_text(&f->servfail_share, share));
}

static double lost(const struct comparison *c, unsigned row)
{
	return comparison_none(c, row)->figures.lost_questions.value;
}

/* Who lost most and least where nothing was done. */
static bool tell_resolvers(struct draft *d, const struct comparison *c)
{
	unsigned least = c->row_count, most = 0, count = 0;

	for (unsigned i = 0; i < c->row_count; i++) {
		const struct recorded_cell *none = comparison_none(c, i);

		if (!none || none->figures.lost_questions.kind != FIGURE_VALUE)
			continue;
		count++;
		if (least == c->row_count)
			least = most = i;
		least = lost(c, i) < lost(c, least) ? i : least;
		most = lost(c, i) >= lost(c, most) ? i : most;
	}
	if (count < 2)
		return true;
	if (!begin(d))
		return false;
	if (compare(lost(c, least), lost(c, most)) == SAME) {
		fprintf(d->out, "none: all lost the same but for chance: ");
		put_loss(c, least, d->out);
		fprintf(d->out, " to ");
		put_loss(c, most, d->out);
	} else {
		fprintf(d->out, "none: least was lost by ");
		put_loss(c, least, d->out);
		fprintf(d->out, ", most by ");
		put_loss(c, most, d->out);
	}
	fprintf(d->out, ".");
	return end(d, "none", "");
}

/* Without anything to compare with: the numbers. */
static bool tell_alone(struct draft *d, const struct comparison_row *row, const char *mitigation,
		       const struct figures *f)
{
	char servfail[48], share[FIGURE_TEXT], minutes[48];

	if (!begin(d))
		return false;
	fprintf(d->out,
		"%s: %s lost %s queries to SERVFAIL (%s) and %s user-minutes; there is no valid "
		"run without it to compare with.",
		mitigation, row->name, count_text(&f->servfail, servfail),
		share_text(&f->servfail_share, share), count_text(&f->user_minutes, minutes));
	return end(d, mitigation, row->resolver);
}

/* Why it bought what it bought. */
static void put_anchor(const struct draft *d, const struct pair *p)
{
	if (!p->has_anchor)
		return;
	fprintf(d->out, " ");
	anchor_print(d->recorded, &p->anchor, d->out);
}

static bool tell_pair(struct draft *d, const struct comparison_row *row, const char *mitigation,
		      const struct pair *p)
{
	if (!begin(d))
		return false;
	fprintf(d->out, "%s bought %s ", mitigation, row->name);
	put_changes(p, FEWER, "nothing", d->out);
	fprintf(d->out, "; it cost ");
	put_changes(p, MORE, "nothing that was measured", d->out);
	fprintf(d->out, ".");
	put_anchor(d, p);
	return end(d, mitigation, row->resolver);
}

/* What is to be said of one spot of the matrix. */
enum matter { NO_CELL, NOT_VALID, ALONE, UNCHANGED, UNCHANGED_BY_ANCHOR, CHANGED };

static enum matter matter_of(const struct comparison *c, unsigned row, unsigned m, struct pair *p)
{
	const struct comparison_spot *s = comparison_spot(c, row, m);
	const struct recorded_cell *none = comparison_none(c, row);

	if (!s->cell)
		return NO_CELL;
	if (!comparison_can_use(s->cell))
		return NOT_VALID;
	*p = (struct pair){ .with = &s->cell->figures, .row = c->rows[row].name };
	if (!none)
		return ALONE;
	p->without = &none->figures;
	p->has_anchor = anchor_find(s->cell, &p->anchor);
	if (changed(p))
		return CHANGED;
	return p->has_anchor ? UNCHANGED_BY_ANCHOR : UNCHANGED;
}

static void put_unchanged(const struct pair *p, FILE *out)
{
	char a[48], b[48], stale[48];

	fprintf(out, "%s (SERVFAIL answers %s to %s, stale ones %s)", p->row,
		count_text(&p->without->servfail, a), count_text(&p->with->servfail, b),
		count_text(&p->with->stale, stale));
}

static bool tell_in_vain(struct draft *d, const struct comparison_row *row, const char *mitigation,
			 const struct pair *p)
{
	if (!begin(d))
		return false;
	fprintf(d->out, "%s changed nothing for ", mitigation);
	put_unchanged(p, d->out);
	fprintf(d->out, ".");
	put_anchor(d, p);
	return end(d, mitigation, row->resolver);
}

/* One sentence for all resolvers of which the same is to be said: "nta changed nothing for bind (…)
 * and knot (…)." */
static bool tell_together(struct draft *d, const struct comparison *c, unsigned m,
			  enum matter which, const char *verb)
{
	unsigned count = 0, done = 0;
	struct pair p;

	for (unsigned i = 0; i < c->row_count; i++)
		count += matter_of(c, i, m, &p) == which;
	if (!count)
		return true;
	if (!begin(d))
		return false;
	fprintf(d->out, "%s %s ", c->mitigations[m], verb);
	for (unsigned i = 0; i < c->row_count; i++) {
		if (matter_of(c, i, m, &p) != which)
			continue;
		fprintf(d->out, "%s", separator(done++, count));
		if (which == UNCHANGED)
			put_unchanged(&p, d->out);
		else
			fprintf(d->out, "%s", c->rows[i].name);
	}
	fprintf(d->out, ".");
	return end(d, c->mitigations[m], "");
}

static bool tell_mitigation(struct draft *d, const struct comparison *c, unsigned m)
{
	struct pair p = { 0 };
	bool good = true;

	for (unsigned i = 0; i < c->row_count && good; i++) {
		switch (matter_of(c, i, m, &p)) {
		case ALONE:
			good = tell_alone(d, &c->rows[i], c->mitigations[m], p.with);
			break;
		case CHANGED:
			good = tell_pair(d, &c->rows[i], c->mitigations[m], &p);
			break;
		case UNCHANGED_BY_ANCHOR:
			good = tell_in_vain(d, &c->rows[i], c->mitigations[m], &p);
			break;
		case NO_CELL:
		case NOT_VALID:
		case UNCHANGED:
			break;
		}
	}
	return good && tell_together(d, c, m, UNCHANGED, "changed nothing for") &&
	       tell_together(d, c, m, NOT_VALID, INVALID);
}

static bool tell_all(struct draft *d, const struct comparison *c)
{
	bool good = tell_resolvers(d, c);

	for (unsigned m = 0; m < c->mitigation_count && good; m++) {
		if (strcmp(c->mitigations[m], "none") != 0)
			good = tell_mitigation(d, c, m);
		else
			good = tell_together(d, c, m, NOT_VALID, INVALID);
	}
	return good;
}

struct sentences *sentences_new(const struct recorded *r)
{
	_cleanup_(sentences_freep) struct sentences *s = calloc(1, sizeof(*s));
	_cleanup_(comparison_freep) struct comparison *c = s ? comparison_new(r) : NULL;
	struct draft d = { .recorded = r, .list = s };

	if (!c || !tell_all(&d, c))
		return NULL;
	return TAKE(s);
}

void sentences_free(struct sentences *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->count; i++)
		free(s->list[i].text);
	free(s->list);
	free(s);
}
