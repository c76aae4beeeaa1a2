/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_world.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "harness/text/whole.h"

#define BEFORE (10 * MINUTE) /* before the first sample: the resolver warms up */
#define AFTER MINUTE
#define BINS 8 /* nobody looks at its curve, and each bin costs a sample */

struct writer {
	const struct rollover_judged *plans;
	const struct rollover *r; /* of the sample that is being written */
	const struct rollover_analysis *a;
	const struct rollover_samples *samples;
	const struct rollover_sample *s; /* that is being written */
	struct rollover_span span; /* of the scenario */
	FILE *out;
};

void rollover_copy_name(const struct rollover *r, unsigned i, char ret[300])
{
	int len = (int)strcspn(r->zone, ".");

	snprintf(ret, 300, "%.*s-%u%s", len > 55 ? 55 : len, r->zone, i + 1, r->zone + len);
}

/* The zone above: "nz.", or ".". */
static const char *parent_of(const struct rollover *r)
{
	const char *dot = strchr(r->zone, '.');

	return dot && dot[1] ? dot + 1 : ".";
}

/* From before the first question until after the last. */
static struct rollover_span span_of(const struct rollover_samples *s)
{
	struct rollover_span span = { SIMTIME_NEVER, ROLLOVER_ALWAYS };

	for (unsigned i = 0; i < s->count; i++) {
		if (s->list[i].fetched < span.from)
			span.from = s->list[i].fetched;
		if (s->list[i].asked > span.until)
			span.until = s->list[i].asked;
	}
	span.from -= BEFORE;
	span.until += AFTER;
	return span;
}

/* ---- times ---- */

static const char *iso(simtime t, char text[32])
{
	return simtime_text(t, text);
}

/* `published = "…", `, or nothing for what has always been or never comes. */
static void put_time(struct writer *w, const char *key, enum rollover_set set, simtime t)
{
	char text[32];

	if (t != ROLLOVER_ALWAYS && t != SIMTIME_NEVER)
		fprintf(w->out, "%s = \"%s\", ", key,
			iso(rollover_sample_sees(w->s, set, t), text));
}

static void put_span(struct writer *w, const char *key, enum rollover_set set,
		     const struct rollover_span *s)
{
	if (s->from == SIMTIME_NEVER) {
		fprintf(w->out, "%s = false, ", key);
		return;
	}
	fprintf(w->out, "%s = { ", key);
	put_time(w, "from", set, s->from);
	put_time(w, "to", set, s->until);
	fputs("}, ", w->out);
}

/* ---- keys ---- */

/* Keys of algorithms that sigfault does not sign with stand for them with another: only that they
 * differ matters. */
static const char *stand_in(const struct writer *w, uint8_t algorithm)
{
	static const uint8_t known[] = { 8, 13, 10, 15 };
	uint8_t free_one = 0;
	char number[8];

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		bool taken = known[i] == algorithm;

		if (taken)
			return rollover_algorithm_name(algorithm, number);
		for (unsigned k = 0; k < w->r->key_count; k++)
			taken |= w->r->keys[k].algorithm == known[i];
		if (!taken)
			free_one = known[i];
	}
	return rollover_algorithm_name(free_one ? free_one : 8, number);
}

static bool is_rsa(const char *algorithm)
{
	return strncmp(algorithm, "RSA", 3) == 0;
}

static void put_key(struct writer *w, unsigned i)
{
	const struct rollover_key *k = &w->r->keys[i];
	const char *algorithm = stand_in(w, k->algorithm);

	if (k->again)
		fprintf(w->out, "\t\t[\"%.20s again %u\"] = { again = \"%s\", ", k->name, i + 1,
			k->name);
	else
		fprintf(w->out, "\t\t[\"%s\"] = { algorithm = \"%s\", %s", k->name, algorithm,
			is_rsa(algorithm) ? "bits = 1024, " : "");
	if (k->published.from == SIMTIME_NEVER)
		fputs("published = \"2200-01-01T00:00Z\", ", w->out);
	put_time(w, "published", ROLLOVER_DNSKEY, k->published.from);
	put_time(w, "removed", ROLLOVER_DNSKEY, k->published.until);
	if (k->role != KEY_ZSK) {
		put_span(w, "ds", ROLLOVER_DS, &k->ds);
		const struct rollover_span *s = k->has_signs_keys ? &k->signs_keys : &k->signs;

		if (s->from != k->published.from || s->until != k->published.until)
			put_span(w, "signs", ROLLOVER_DNSKEY, s);
	}
	fputs("},\n", w->out);
}

static void put_role(struct writer *w, enum key_role role, const char *name)
{
	bool any = false;

	for (unsigned i = 0; i < w->r->key_count; i++) {
		if (w->r->keys[i].role != role)
			continue;
		if (!any)
			fprintf(w->out, "\t%s = {\n", name);
		any = true;
		put_key(w, i);
	}
	if (any)
		fputs("\t},\n", w->out);
}

/* ---- who signs ---- */

static unsigned first_of(uint64_t keys)
{
	return (unsigned)__builtin_ctzll(keys);
}

/* Any key that could: where nobody signs at first it signs nothing. */
static unsigned any_signer(const struct rollover *r)
{
	unsigned i = 0;

	while (i + 1 < r->key_count && r->keys[i].role == KEY_KSK)
		i++;
	return i;
}

static void put_signing(struct writer *w, unsigned copy, simtime at, uint64_t signers)
{
	const struct rollover *r = w->r;
	char text[32];

	fprintf(w->out, "at(\"%s\", z%u:", iso(at, text), copy + 1);
	if (!signers) {
		fputs("unsign())\n", w->out);
		return;
	}
	fprintf(w->out, "sign { key = \"%s\"", r->keys[first_of(signers)].name);
	if (signers & (signers - 1)) {
		fputs(", also = { ", w->out);
		for (unsigned i = first_of(signers) + 1; i < r->key_count; i++)
			if (signers >> i & 1)
				fprintf(w->out, "\"%s\", ", r->keys[i].name);
		fputc('}', w->out);
	}
	fputs(" })\n", w->out);
}

static void put_signings(struct writer *w, unsigned copy)
{
	const struct rollover_versions *v = &w->a->versions[ROLLOVER_RRSIG];
	uint64_t now = rollover_version_at(v, w->span.from)->signers;

	if (!now || now & (now - 1))
		put_signing(w, copy, w->span.from, now);
	for (unsigned i = 0; i < v->count; i++) {
		simtime at = rollover_sample_sees(w->s, ROLLOVER_RRSIG, v->list[i].life.from);

		if (v->list[i].life.from > w->span.from && at <= w->span.until)
			put_signing(w, copy, at, v->list[i].signers);
	}
}

/* ---- zones ---- */

/* An operator of the resolver empties the cache of what it has of the copy. */
static void put_emptying(struct writer *w, const char *copy)
{
	char text[32];

	if (w->s->emptied)
		fprintf(w->out, "at(\"%s\", resolver:flush \"%s\")\n", iso(w->s->emptied, text),
			copy);
}

static void set_sample(struct writer *w, unsigned i)
{
	w->s = &w->samples->list[i];
	w->r = w->plans[w->s->plan].r;
	w->a = w->plans[w->s->plan].a;
}

static void put_copy(struct writer *w, unsigned i)
{
	const struct rollover *r;
	char name[300];
	uint64_t now;

	set_sample(w, i);
	r = w->r;
	now = rollover_version_at(&w->a->versions[ROLLOVER_RRSIG], w->span.from)->signers;
	rollover_copy_name(r, i, name);
	if (w->plans[w->s->plan].title)
		fprintf(w->out, "\n-- %s", w->plans[w->s->plan].title);
	fprintf(w->out, "\nlocal z%u = zone(\"%s\", {\n\tparent = parent,\n", i + 1, name);
	fprintf(w->out, "\tservers = { \"198.18.%u.%u\" },\n", 2 + i / 200, 1 + i % 200);
	put_role(w, KEY_KSK, "ksk");
	put_role(w, KEY_ZSK, "zsk");
	put_role(w, KEY_CSK, "csk");
	fprintf(w->out, "\tsigns_with = \"%s\",\n",
		r->keys[now ? first_of(now) : any_signer(r)].name);
	fprintf(w->out, "\tttl = { dnskey = %lld, soa = %lld, address = %lld, ns = 604800 },\n",
		(long long)(r->ttl.dnskey / SECOND), (long long)(r->ttl.zone / SECOND),
		(long long)(r->ttl.zone / SECOND));
	if (r->validity >= HOUR)
		fprintf(w->out, "\tvalidity = \"%llds\",\n", (long long)(r->validity / SECOND));
	fputs("})\n", w->out);
	put_signings(w, i);
	put_emptying(w, name);
}

/* Delegations outlive DS RRsets: a resolver that follows one anew gets the new DS with it, and some
 * take it. */
static void put_parents(struct writer *w)
{
	const char *parent = parent_of(w->r);
	long long ds = (long long)(w->r->ttl.ds / SECOND);
	long long negative = (long long)(w->r->ttl.negative / SECOND);
	const char *own = strcmp(parent, ".") == 0 ? "parent" : "root";

	fprintf(w->out, "local %s = zone(\".\", {\n\tservers = { \"198.18.0.1\" },\n", own);
	if (strcmp(parent, ".") != 0)
		fprintf(w->out,
			"})\n\nlocal parent = zone(\"%s\", {\n\tparent = root,\n\tservers = { "
			"\"198.18.1.1\" },\n",
			parent);
	fprintf(w->out,
		"\tttl = { ds = %lld, delegation = %lld, nsec = %lld, negative = %lld },\n})\n", ds,
		604800LL, negative, negative);
}

static void put_script(struct writer *w)
{
	simtime bin = (w->span.until - w->span.from) / BINS / SECOND * SECOND;
	char from[32], to[32];

	fprintf(w->out,
		"-- Cache states of the plan '%s', tried on a real resolver; made by sigfault "
		"rollover.\n"
		"-- Each zone is a copy of %s; proof.txt has the questions.\n\n",
		w->r->name, w->r->zone);
	fprintf(w->out,
		"scenario {\n\tname = \"proof\",\n\ttitle = \"%s: cache states\",\n\tfrom = "
		"\"%s\",\n\tto = \"%s\",\n}\n\n",
		w->r->name, iso(w->span.from, from), iso(w->span.until, to));
	fprintf(w->out, "collect { bin = \"%llds\" }\n\n",
		(long long)((bin < SECOND ? SECOND : bin) / SECOND));
	put_parents(w);
	for (unsigned i = 0; i < w->samples->count; i++)
		put_copy(w, i);
	fputs("\ntraffic {\n\ttext = \"proof.txt\", at = \"+1s\", clients = 1, dnssec_ok = true,\n"
	      "\tstub = { timeout = \"20s\", attempts = 1 },\n}\n",
	      w->out);
}

/* ---- questions ---- */

struct question {
	simtime at;
	char name[300];
	const char *type;
};

static int by_time(const void *a, const void *b)
{
	const struct question *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static void put_questions(struct writer *w)
{
	static struct question list[2 * SAMPLES_MAX];
	unsigned n = 0;
	char text[32];

	for (unsigned i = 0; i < w->samples->count; i++) {
		const struct rollover_sample *s = &w->samples->list[i];

		if (!s->behind) {
			list[n].at = s->fetched;
			list[n].type = s->only_ds ? "DS" : "SOA";
			rollover_copy_name(w->r, i, list[n++].name);
		}
		list[n].at = s->asked;
		list[n].type = s->kept_set == ROLLOVER_RRSIG ? "SOA" : "MX";
		rollover_copy_name(w->r, i, list[n++].name);
	}
	qsort(list, n, sizeof(*list), by_time);
	fprintf(w->out, "# time name type; made by sigfault rollover\n%s . SOA\n",
		iso(w->span.from + SECOND, text));
	fprintf(w->out, "%s %s SOA\n", iso(w->span.from + 2 * SECOND, text), parent_of(w->r));
	for (unsigned i = 0; i < n; i++)
		fprintf(w->out, "%s %s %s\n", iso(list[i].at, text), list[i].name, list[i].type);
}

static int write_file(struct writer *w, const char *folder, const char *name,
		      void (*put)(struct writer *w), struct err *e)
{
	struct whole file;
	int rc = whole_open(&file, folder, name, e);

	if (rc < 0)
		return rc;
	w->out = file.out;
	put(w);
	return whole_close(&file, 0, e);
}

int rollover_world_write(const struct rollover_judged *plans, const struct rollover_samples *s,
			 const char *folder, struct err *e)
{
	const struct rollover *r = plans[s->list[0].plan].r;
	struct writer w = { .plans = plans, .r = r, .samples = s, .span = span_of(s) };
	int rc;

	if (strpbrk(r->zone, "\\\""))
		return err_set(e, -EINVAL, "no proof: a scenario cannot tell the name '%s'",
			       r->zone);
	if (w.span.until - w.span.from > 366 * DAY)
		return err_set(e, -EINVAL,
			       "the cache states lie more than a year apart: no proof in one run");
	rc = write_file(&w, folder, "proof.lua", put_script, e);
	return rc ? rc : write_file(&w, folder, "proof.txt", put_questions, e);
}

const char *rollover_world_mitigations(const struct rollover *r, bool strict)
{
	bool is_long = r->ttl.ds > DAY || r->ttl.dnskey > DAY || r->ttl.zone > DAY;

	if (is_long)
		return strict ? "long-ttls,strict" : "long-ttls";
	return strict ? "none,strict" : "none";
}
