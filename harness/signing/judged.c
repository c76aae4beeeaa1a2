/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/judged.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "harness/gate/gate.h"

struct judged {
	struct gate *gate;
	unsigned versions;
};

int judged_new(const char *zone, struct judged **ret, struct err *e)
{
	_cleanup_(judged_freep) struct judged *j = calloc(1, sizeof(*j));
	int r;

	if (!j)
		return err_set(e, -ENOMEM, "no memory for a history");
	r = gate_open(NULL, zone, &j->gate, e);
	if (r == 0)
		*ret = TAKE(j);
	return r;
}

void judged_free(struct judged *j)
{
	if (!j)
		return;
	gate_free(j->gate);
	free(j);
}

int judged_ds(struct judged *j, simtime at, const ldns_rr_list *ds, struct err *e)
{
	return gate_take_ds(j->gate, at, ds, e);
}

int judged_version(struct judged *j, simtime at, const char *path, struct err *e)
{
	struct gate_version v;
	int r = gate_take(j->gate, at, path, &v, e);

	if (r == 0)
		r = gate_keep(j->gate, at, path, e);
	if (r == 0)
		j->versions++;
	return r;
}

/* ---- what came of it ---- */

static void put_finding(FILE *out, const struct cached *c, const struct cached_finding *f)
{
	const struct cached_entry *kept = &c->entries[f->kept], *named = cached_named(c, f);
	char from[32], until[32] = "", fetched[32], last[32] = "", type[32];

	if (f->until != SIMTIME_NEVER)
		simtime_text(f->until, until);
	if (kept->until != SIMTIME_NEVER)
		simtime_text(kept->until, last);
	fprintf(out, "%s,%s,%s,\"%s\",%s,%d,%s,%s,%u\n", simtime_text(f->from, from), until,
		cached_step_names[f->step], named->owner, gate_text_type(named->type, type),
		named->tag, simtime_text(kept->from, fetched), last,
		named->set == CACHED_RRSETS ? cached_most(named) : 1);
}

static void put_lapse(FILE *out, const struct cached_lapse *l)
{
	char from[32], until[32], type[32];

	fprintf(out, "%s,%s,%s,\"%s\",%s,%d,,,%u\n", simtime_text(l->from, from),
		simtime_text(l->until, until), cached_step_names[CACHED_RENEW], l->owner,
		gate_text_type(l->type, type), l->tag, l->count);
}

static void put_bogus(FILE *out, const struct cached *c, const struct cached_verdict *v)
{
	fprintf(out, "from,until,step,owner,type,tag,kept_from,kept_until,rrsets\n");
	for (unsigned i = 0; i < v->count; i++)
		put_finding(out, c, &v->findings[i]);
	for (unsigned i = 0; i < c->lapse_count; i++)
		put_lapse(out, &c->lapses[i]);
}

static void put_margins(FILE *out, const struct cached_verdict *v)
{
	char at[32], type[32];

	fprintf(out, "step,margin,time,owner,type,tag\n");
	for (unsigned i = 0; i < CACHED_STEPS; i++) {
		const struct cached_margin *m = &v->worst[i];

		if (m->any)
			fprintf(out, "%s,%" PRId64 ",%s,\"%s\",%s,%d\n", cached_step_names[i],
				simtime_seconds(m->margin), simtime_text(m->at, at), m->owner,
				gate_text_type(m->type, type), m->tag);
	}
}

static int write_file(const char *folder, const char *name, const struct cached *c,
		      const struct cached_verdict *v, struct err *e)
{
	char path[PATH_MAX];
	FILE *f;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s.csv", folder, name) >= sizeof(path))
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", folder);
	f = fopen(path, "we");
	if (!f)
		return err_set(e, -errno, "cannot write '%s': %s", path, strerror(errno));
	if (strcmp(name, "bogus") == 0)
		put_bogus(f, c, v);
	else
		put_margins(f, v);
	return fclose(f) == 0 ? 0
			      : err_set(e, -errno, "cannot write '%s': %s", path, strerror(errno));
}

static void tell(const struct judged *j, const struct cached_verdict *v, struct judged_result *ret)
{
	const struct cached *c = j->gate->cached;
	struct cached_first first;
	char text[GATE_SENTENCE], from[32];

	*ret = (struct judged_result){ .versions = j->versions, .bogus_any = v->bogus_any };
	for (unsigned i = 0; i < c->count; i++)
		ret->rrsets += c->entries[i].set == CACHED_RRSETS ? c->entries[i].count : 0;
	memcpy(ret->worst, v->worst, sizeof(ret->worst));
	memcpy(ret->bogus, v->bogus, sizeof(ret->bogus));
	if (cached_first(c, v, &first))
		snprintf(ret->first, sizeof(ret->first), "%s: %.900s",
			 simtime_text(first.from, from), gate_text_first(c, &first, text));
}

int judged_finish(struct judged *j, simtime now, const char *folder, struct judged_result *ret,
		  struct err *e)
{
	struct cached_verdict v;
	int r = gate_look(j->gate, now, e);

	if (r == 0)
		r = cached_judge(j->gate->cached, INT64_MIN, now, &v, e);
	if (r < 0)
		return r;
	tell(j, &v, ret);
	r = write_file(folder, "bogus", j->gate->cached, &v, e);
	if (r == 0)
		r = write_file(folder, "margins", j->gate->cached, &v, e);
	cached_verdict_done(&v);
	return r;
}
