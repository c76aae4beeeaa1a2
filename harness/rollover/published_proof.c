/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/published_proof.h"

#include <errno.h>
#include <string.h>

#include "harness/results/csv.h"
#include "harness/results/label.h"
#include "harness/text/whole.h"
#include "sim/base/names.h"
#include "zones/cached/cached_judge.h"

#define BEFORE (5 * MINUTE) /* the resolvers warm up */
#define AFTER MINUTE
#define INTO MINUTE /* the span, before somebody asks */

/* ---- what was judged ---- */

struct finding {
	simtime from, until, kept_from, kept_until; /* SIMTIME_NEVER: no end was seen */
	enum cached_step step;
	char owner[CACHED_NAME], type[NAMES_LEN];
};

enum column { FROM, UNTIL, STEP, OWNER, TYPE, KEPT_FROM, KEPT_UNTIL, COLUMNS };

static int read_time(const struct csv *c, int column, simtime otherwise, simtime *ret,
		     struct err *e)
{
	const char *text = csv_text(c, (unsigned)column);

	*ret = otherwise;
	if (*text && simtime_parse(text, ret, NULL) < 0)
		return csv_wrong(c, e, "'%s' is no time", text);
	return 0;
}

static int read_step(const struct csv *c, int column, enum cached_step *ret, struct err *e)
{
	for (int i = 0; i < CACHED_STEPS; i++) {
		*ret = (enum cached_step)i;
		if (strcmp(csv_text(c, (unsigned)column), cached_step_names[i]) == 0)
			return 0;
	}
	return csv_wrong(c, e, "'%s' is no step", csv_text(c, (unsigned)column));
}

static int read_row(const struct csv *c, const int *columns, struct finding *ret, struct err *e)
{
	int r = read_time(c, columns[FROM], 0, &ret->from, e);

	if (r == 0)
		r = read_time(c, columns[UNTIL], SIMTIME_NEVER, &ret->until, e);
	if (r == 0)
		r = read_time(c, columns[KEPT_FROM], 0, &ret->kept_from, e);
	if (r == 0)
		r = read_time(c, columns[KEPT_UNTIL], SIMTIME_NEVER, &ret->kept_until, e);
	if (r == 0)
		r = read_step(c, columns[STEP], &ret->step, e);
	snprintf(ret->owner, sizeof(ret->owner), "%s", csv_text(c, (unsigned)columns[OWNER]));
	snprintf(ret->type, sizeof(ret->type), "%s", csv_text(c, (unsigned)columns[TYPE]));
	return r;
}

/* 1: the first; 0: there is none. */
static int read_first(const char *folder, struct finding *ret, struct err *e)
{
	static const char *const heads[COLUMNS] = { "from", "until",	 "step",      "owner",
						    "type", "kept_from", "kept_until" };
	_cleanup_(csv_freep) struct csv *c = NULL;
	int columns[COLUMNS] = { 0 }, r = csv_open(folder, "bogus.csv", &c, e);

	for (unsigned i = 0; r == 0 && i < COLUMNS; i++) {
		columns[i] = csv_column(c, heads[i], e);
		r = columns[i] < 0 ? columns[i] : 0;
	}
	if (r == 0)
		r = csv_next(c, e);
	if (r == 1 && read_row(c, columns, ret, e) < 0)
		return -EINVAL;
	return r;
}

/* ---- which questions show it ---- */

/* As late as it can be, so that it is kept in the span. */
static simtime kept_at(const struct finding *f)
{
	simtime last = earlier(f->kept_until, f->from) - SECOND;

	return later(last, f->kept_from + SECOND);
}

static simtime asked_at(const struct finding *f)
{
	if (f->until == SIMTIME_NEVER)
		return f->from + INTO;
	return f->from + earlier(INTO, (f->until - f->from) / 2);
}

static void say_question(char ret[300], const char *name, const char *type)
{
	snprintf(ret, 300, "%.255s %.23s", name, type);
}

/* A cache that asks for the DNSKEY RRset asks for the DS, too, and has it as long: so that it meets another DS it had the old one
 * before, for all of its TTL. 0: there was no version yet. */
static int find_ds_at(const struct finding *f, const struct zone *z, const char *folder,
		      simtime *ret, struct err *e)
{
	simtime at = f->from - z->parent->ttl.ds * SECOND, first = 0;
	_cleanup_(csv_freep) struct csv *c = NULL;
	int column, r = csv_open(folder, "versions.csv", &c, e);

	*ret = 0;
	if (r < 0)
		return r;
	column = csv_column(c, "time", e);
	if (column < 0)
		return column;
	r = csv_next(c, e);
	if (r == 1)
		r = read_time(c, column, 0, &first, e);
	if (r == 0 && first && at - BEFORE > first && at < f->from)
		*ret = at;
	return r;
}

static void choose(const struct finding *f, const char *zone, struct published_proof *p)
{
	p->any = true;
	p->kept_at = kept_at(f);
	p->asked_at = asked_at(f);
	snprintf(p->step, sizeof(p->step), "%s", cached_step_names[f->step]);
	say_question(p->asked, f->owner, f->type);
	switch (f->step) {
	case CACHED_SIGN:
		say_question(p->kept, zone, "DNSKEY");
		break;
	case CACHED_KEY_OUT:
		say_question(p->kept, f->owner, f->type);
		break;
	case CACHED_DS_IN:
		say_question(p->kept, zone, "DNSKEY");
		say_question(p->asked, zone, "SOA");
		break;
	case CACHED_KSK_OUT:
		say_question(p->kept, zone, "DS");
		say_question(p->asked, zone, "SOA");
		break;
	case CACHED_RENEW:
		p->kept_at = 0;
		break;
	}
}

/* ---- its scenario ---- */

static void put_servers(const struct zone *z, FILE *out)
{
	char name[NAME_TEXT_LEN], text[ADDRESS_TEXT_LEN];

	fputs("servers = { ", out);
	for (unsigned i = 0; i < z->server_count; i++) {
		const struct server *s = &z->servers[i];

		fprintf(out, "[\"%s\"] = { ", name_text(s->name, name));
		if (s->v4.family)
			fprintf(out, "\"%s\", ", address_text(&s->v4, text));
		if (s->v6.family)
			fprintf(out, "\"%s\", ", address_text(&s->v6, text));
		fputs("}, ", out);
	}
	fputs("}", out);
}

/* The zones from the root to this one; how many are above it. */
static unsigned put_zones(const struct zone *z, const char *versions, FILE *out)
{
	unsigned depth = z->parent ? put_zones(z->parent, NULL, out) : 0;
	char name[NAME_TEXT_LEN];

	fprintf(out, "local z%u = zone(\"%s\", {\n\t", depth, name_text(z->apex, name));
	if (depth)
		fprintf(out, "parent = z%u, ", depth - 1);
	put_servers(z, out);
	if (versions)
		fprintf(out, ",\n\tversions = \"%s\" })\n", versions);
	else
		fprintf(out, ",\n\tttl = { ds = %u, delegation = %u, negative = %u } })\n",
			z->ttl.ds, z->ttl.delegation, z->ttl.negative);
	return depth + 1;
}

static void put_traffic(const char *name, simtime after, const char *asks, FILE *out)
{
	fprintf(out,
		"traffic { name = \"%s\", text = \"proof-%s.txt\", at = \"+%llds\", clients = 1, "
		"dnssec_ok = true,\n"
		"\tstub = { resolvers = { %s }, timeout = \"20s\", attempts = 1 } }\n",
		name, name, (long long)(after / SECOND), asks);
}

static void put_script(const struct published_proof *p, const struct zone *z, FILE *out)
{
	simtime from = (p->ds_at ? p->ds_at : p->kept_at ? p->kept_at : p->asked_at) - BEFORE;
	simtime to = p->asked_at + AFTER;
	char text[32];

	fprintf(out,
		"-- What caches had of the versions beside it, and met: made by sigfault sign "
		"--prove.\nscenario { name = \"proof\", title = \"%s: %s\", from = \"%s\", ",
		p->asked, p->step, simtime_text(from, text));
	fprintf(out, "to = \"%s\" }\n", simtime_text(to, text));
	fprintf(out, "collect { bin = \"%llds\" }\n",
		(long long)later(1, (to - from) / SECOND / 8));
	put_zones(z, ".", out);
	fputs("local cache = resolver(\"cache\", { tested = true })\n"
	      "local validator = resolver(\"validator\", { like = cache, asked = true, forward = "
	      "{ [\".\"] = cache } })\n",
	      out);
	if (p->ds_at)
		put_traffic("ds", p->ds_at - from, "cache", out);
	if (p->kept_at)
		put_traffic("kept", p->kept_at - from, "cache", out);
	put_traffic("asked", p->asked_at - from, "validator", out);
}

static int write_question(const char *folder, const char *name, const char *question, struct err *e)
{
	struct whole w;
	int r = whole_open(&w, folder, name, e);

	if (r < 0)
		return r;
	fprintf(w.out, "0 %s\n", question);
	return whole_close(&w, 0, e);
}

static int write_world(const struct published_proof *p, const struct zone *z, struct err *e)
{
	struct whole w;
	char apex[NAME_TEXT_LEN], ds[300];
	int r;

	say_question(ds, name_text(z->apex, apex), "DS");
	if (strpbrk(p->asked, "\\\"") || strpbrk(p->kept, "\\\""))
		return err_set(e, -EINVAL, "no proof: a scenario cannot tell the name in '%s'",
			       p->asked);
	r = write_question(p->folder, "proof-asked.txt", p->asked, e);
	if (r == 0 && p->ds_at)
		r = write_question(p->folder, "proof-ds.txt", ds, e);
	if (r == 0 && p->kept_at)
		r = write_question(p->folder, "proof-kept.txt", p->kept, e);
	if (r == 0)
		r = whole_open(&w, p->folder, "proof.lua", e);
	if (r < 0)
		return r;
	put_script(p, z, w.out);
	return whole_close(&w, 0, e);
}

/* ---- its record ---- */

static void take_answer(const char *name, simtime sent, const struct proof_answer *a, void *arg)
{
	struct published_trial *t = arg;

	(void)name;
	(void)sent;
	t->answer = *a;
}

static int read_cell(const struct proof_cell *cell, void *arg, struct err *e)
{
	struct published_proof *p = arg;
	struct published_trial *t = &p->trials[p->trial_count++];

	*t = (struct published_trial){ .answer.ede = -1 };
	snprintf(t->resolver, sizeof(t->resolver), "%s", cell->resolver);
	snprintf(t->version, sizeof(t->version), "%s", cell->version);
	return proof_run_answers(cell, take_answer, t, e);
}

static bool is_bogus(const struct published_trial *t)
{
	return t->answer.came && t->answer.rcode == RCODE_SERVFAIL;
}

enum exit_status published_prove(const struct zone *zone, const char *folder, const char *resolvers,
				 struct published_proof *ret, struct err *e)
{
	char apex[NAME_TEXT_LEN], script[PATH_MAX + 32], out[PATH_MAX + 32];
	enum exit_status status;
	struct finding f;
	int r = read_first(folder, &f, e);

	*ret = (struct published_proof){ .any = false };
	snprintf(ret->folder, sizeof(ret->folder), "%s", folder);
	if (r <= 0)
		return r == 0 ? EXIT_HELD : EXIT_INVALID;
	choose(&f, name_text(zone->apex, apex), ret);
	if (f.step == CACHED_DS_IN && find_ds_at(&f, zone, folder, &ret->ds_at, e) < 0)
		return EXIT_INVALID;
	if (write_world(ret, zone, e) < 0)
		return EXIT_INVALID;
	snprintf(script, sizeof(script), "%s/proof.lua", folder);
	snprintf(out, sizeof(out), "%s/proof", folder);
	status = proof_run(script, out, resolvers, "none", e);
	if (status > EXIT_NOT_HELD)
		return status;
	if (proof_run_cells(out, PUBLISHED_TRIALS, read_cell, ret, e) < 0)
		return EXIT_INVALID;
	for (unsigned i = 0; i < ret->trial_count; i++)
		if (!is_bogus(&ret->trials[i]))
			return EXIT_NOT_HELD;
	return EXIT_HELD;
}

/* ---- what it says ---- */

static void print_trial(const struct published_trial *t, FILE *out)
{
	const char *version = label_version(t->resolver, t->version);
	char rcode[NAMES_LEN] = "no answer", ede[32] = "";

	if (t->answer.came)
		names_rcode(t->answer.rcode, rcode);
	if (t->answer.came && t->answer.ede >= 0)
		snprintf(ede, sizeof(ede), " EDE %d", t->answer.ede);
	fprintf(out, "  %s%s%s: %s%s, %s\n", t->resolver, *version ? " " : "", version, rcode, ede,
		is_bogus(t) ? "as judged" : "and SERVFAIL was judged");
}

void published_proof_print(const struct published_proof *p, const char *name, FILE *out)
{
	char kept[32], asked[32];

	if (!p->any) {
		fprintf(out, "%s: no cache was bogus, and there is nothing to prove\n", name);
		return;
	}
	fprintf(out, "%s: %s, asked for '%s' at %s", name, p->step, p->asked,
		simtime_text(p->asked_at, asked));
	if (p->kept_at)
		fprintf(out, " behind a cache that was asked for '%s' at %s", p->kept,
			simtime_text(p->kept_at, kept));
	fprintf(out, " (%s/proof.lua):\n", p->folder);
	for (unsigned i = 0; i < p->trial_count; i++)
		print_trial(&p->trials[i], out);
}
