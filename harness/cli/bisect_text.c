/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "harness/cli/bisect.h"
#include "harness/results/figure_json.h"
#include "harness/text/json_text.h"

#define SHORT 12

/* "SERVFAIL answers", "never in 3 h" */
static const char *value_of(const struct bisect *b, const struct bisect_commit *c,
			    char text[FIGURE_TEXT])
{
	return *c->why ? "" : figure_text(b->info, &c->figure, text);
}

void bisect_tell_begin(const struct bisect *b)
{
	const struct options *o = b->options;

	fprintf(b->log, "%s (%s) in %s, -r %s -m %s, each commit built by '%s'\n", b->info->name,
		b->info->label, o->args[0], o->resolvers, o->mitigations, o->build);
	if (b->has_threshold)
		fprintf(b->log, "a commit is good or bad as its end is: over %g or not\n",
			b->threshold);
	else
		fprintf(b->log, "a commit is good or bad as the end that it is nearer to\n");
	fflush(b->log);
}

void bisect_tell(const struct bisect *b, const struct bisect_commit *c)
{
	static const char *const words[] = { "good", "bad", "skip" };
	char text[FIGURE_TEXT];

	fprintf(b->log, "%.*s %-4s %12s  %s\n", SHORT, c->commit.sha, words[c->verdict],
		value_of(b, c, text), *c->why ? c->why : c->commit.about);
	fflush(b->log);
}

static void tell_first(const struct bisect *b, FILE *out)
{
	const struct repo_commit *c = &b->first.commit;
	char text[FIGURE_TEXT];

	fprintf(out, "\nThe first bad commit is %s: %s (%s, %.10s).\n", c->sha, c->about, c->author,
		c->date);
	fprintf(out, "%s: %s with it", b->info->label,
		*b->first.why ? "not measured" : value_of(b, &b->first, text));
	if (*b->parent.commit.sha)
		fprintf(out, ", %s in its parent %.*s",
			*b->parent.why ? "not measured" : value_of(b, &b->parent, text), SHORT,
			b->parent.commit.sha);
	fprintf(out, ".\n");
}

void bisect_tell_end(const struct bisect *b, FILE *out)
{
	char text[FIGURE_TEXT], other[FIGURE_TEXT];

	if (b->candidate_count == 1) {
		tell_first(b, out);
		return;
	}
	if (!b->candidate_count) {
		fprintf(out,
			"\nThere is nothing to find: %s is %s at the good end and %s at the bad "
			"one%s.\n",
			b->info->label, value_of(b, &b->good, text), value_of(b, &b->bad, other),
			b->has_threshold ? ", on one side of the threshold" : "");
		return;
	}
	fprintf(out,
		"\nThe first bad commit is one of %u, since those between could not be measured:\n",
		b->candidate_count);
	for (unsigned i = 0; i < b->candidate_count && i < BISECT_CANDIDATES; i++)
		fprintf(out, "%.*s  %s\n", SHORT, b->candidates[i].sha, b->candidates[i].about);
}

/* ---- for machines ---- */

static json_t *commit_json(const struct repo_commit *c)
{
	return json_pack("{so so so so}", "commit", json_text(c->sha), "subject",
			 json_text(c->about), "author", json_text(c->author), "date",
			 json_text(c->date));
}

static json_t *tried_json(const struct bisect_commit *c)
{
	static const char *const words[] = { "good", "bad", "skip" };
	json_t *o;

	if (!*c->commit.sha)
		return json_null();
	o = commit_json(&c->commit);
	json_object_update_new(o, json_pack("{ss so so}", "verdict", words[c->verdict], "value",
					    *c->why ? json_null() : figure_json(&c->figure), "why",
					    json_text(c->why)));
	return o;
}

int bisect_print_json(const struct bisect *b, FILE *out, struct err *e)
{
	const struct options *o = b->options;
	json_t *all = json_document("bisect-1"), *tried = json_array(), *candidates = json_array();

	for (unsigned i = 0; i < b->count; i++)
		json_array_append_new(tried, tried_json(&b->tried[i]));
	for (unsigned i = 0; i < b->candidate_count && i < BISECT_CANDIDATES; i++)
		json_array_append_new(candidates, commit_json(&b->candidates[i]));
	json_object_update_new(
		all,
		json_pack("{so ss so so so so so so so so}", "scenario", json_text(o->args[0]),
			  "figure", b->info->name, "resolver", json_text(o->resolvers),
			  "mitigation", json_text(o->mitigations), "build", json_text(o->build),
			  "threshold", b->has_threshold ? json_real(b->threshold) : json_null(),
			  "tried", tried, "candidates", candidates, "first_bad",
			  b->candidate_count == 1 ? tried_json(&b->first) : json_null(), "parent",
			  b->candidate_count == 1 ? tried_json(&b->parent) : json_null()));
	return json_document_print(all, out, e);
}
