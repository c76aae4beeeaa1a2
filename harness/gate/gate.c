/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/gate/gate.h"

#include <errno.h>
#include <string.h>

#include "harness/gate/gate_file.h"

/* ---- beginning and end ---- */

static int check_zone(struct gate *g, struct err *e)
{
	_cleanup_(freep) char *known = NULL;
	int r = gate_store_read_note(g->store, "zone", &known, e);

	if (r == 0 && known && strcmp(known, g->zone) != 0)
		return err_set(e, -EINVAL, "'%s' has the history of '%s', not of '%s'", g->folder,
			       known, g->zone);
	return r == 0 && !known ? gate_store_note(g->store, "zone", g->zone, e) : r;
}

static int read_last(struct gate *g, struct err *e)
{
	_cleanup_(freep) char *text = NULL;
	int r = gate_store_read_note(g->store, "last", &text, e);

	g->last = text ? strtoll(text, NULL, 10) : SIMTIME_NEVER;
	return r;
}

static int load(struct gate *g, struct err *e)
{
	int r = cached_new(g->zone, &g->cached, e);

	return r == 0 ? gate_store_load(g->store, g->cached, e) : r;
}

int gate_open(const char *folder, const char *zone, struct gate **ret, struct err *e)
{
	_cleanup_(gate_freep) struct gate *g = calloc(1, sizeof(*g));
	int r;

	if (!g)
		return err_set(e, -ENOMEM, "no memory for the history of a zone");
	g->folder = folder;
	r = cached_new(zone, &g->cached, e);
	if (r < 0)
		return r;
	g->zone = ldns_rdf2str(g->cached->apex);
	cached_free(TAKE(g->cached));
	if (!g->zone)
		return err_set(e, -ENOMEM, "no memory for the history of a zone");
	r = gate_store_open(folder, &g->store, e);
	if (r == 0)
		r = check_zone(g, e);
	if (r == 0)
		r = read_last(g, e);
	if (r == 0)
		r = load(g, e);
	if (r == 0)
		*ret = TAKE(g);
	return r;
}

void gate_free(struct gate *g)
{
	if (!g)
		return;
	gate_store_free(g->store);
	cached_free(g->cached);
	free(g->zone);
	free(g);
}

/* ---- the parent ---- */

static int check_order(const struct gate *g, simtime at, struct err *e)
{
	simtime last = g->last == SIMTIME_NEVER ? INT64_MIN : g->last;
	char text[32];

	for (unsigned i = 0; i < g->cached->count; i++)
		last = later(last, g->cached->entries[i].from);
	if (at >= last)
		return 0;
	return err_set(e, -EINVAL,
		       "what was before it was published at %s, after it: versions and DS come in "
		       "the order in which they are published",
		       simtime_text(last, text));
}

int gate_take_ds(struct gate *g, simtime at, const ldns_rr_list *ds, struct err *e)
{
	int r = check_order(g, at, e);

	if (r == 0)
		r = gate_store_begin(g->store, e);
	if (r == 0)
		r = cached_take_ds(g->cached, at, ds, 0, e);
	if (r == 0 && g->folder)
		r = gate_store_save(g->store, g->cached, e);
	if (r == 0)
		r = gate_store_commit(g->store, e);
	if (r < 0)
		gate_store_back(g->store);
	return r;
}

/* ---- RRsets ---- */

/* Of a delegation and what is below it nothing is signed but DS and the proofs at its name (RFC 4035 section 2.2). */
static bool is_below_cut(const struct gate *g, const char *owner, uint16_t type)
{
	const char *name = owner;
	bool is_own = type == LDNS_RR_TYPE_DS || type == LDNS_RR_TYPE_NSEC;

	for (; *name && strcmp(name, g->zone) != 0; name += strcspn(name, ".") + (*name != '\0')) {
		if (!(is_own && name == owner) && gate_store_has_ns(g->store, name))
			return true;
		if (!strchr(name, '.'))
			break;
	}
	return false;
}

static int go(struct gate *g, simtime at, const char *owner, uint16_t type,
	      const struct gate_rrset *old, struct err *e)
{
	if (old->entry < 0)
		return cached_renewed(g->cached, at, old->ends, owner, type, old->tag, e);
	return cached_go(g->cached, at, (unsigned)old->entry, owner, type, old->ttl, old->ends, e);
}

/* The DNSKEY RRset. */
static int judge_keys(struct gate *g, simtime at, const ldns_rr_list *keys,
		      const ldns_rr_list *sigs, struct gate_rrset *now, struct err *e)
{
	struct cached_signed s;
	bool is_new;
	int r = cached_take_dnskey(g->cached, at, keys, sigs, &s, &is_new, e);

	if (r < 0)
		return r;
	now->entry = -1;
	now->ends = s.ends;
	now->tag = s.tag;
	return is_new ? gate_store_touch_unknown(g->store, e) : 0;
}

/* `same`: where it stood with the same records, before a key turned up; NULL: it is new. */
static int judge_rrset(struct gate *g, simtime at, const char *owner, uint16_t type,
		       const ldns_rr_list *rrset, const ldns_rr_list *sigs,
		       const struct gate_rrset *same, struct gate_rrset *now, struct err *e)
{
	struct cached_signed s;
	unsigned entry;
	int r = cached_verify(g->cached, rrset, sigs, at, &s, e);

	if (r == 0)
		r = same ? cached_found_out(g->cached, at, (unsigned)same->entry, &s, owner, type,
					    now->ttl, &entry, e)
			 : cached_come(g->cached, at, &s, owner, type, now->ttl, &entry, e);
	if (r < 0)
		return r;
	now->entry = (int)entry;
	now->ends = s.ends;
	now->unknown = s.unknown;
	now->tag = s.tag;
	return 0;
}

/* Whether there is an RRset whose signatures matter, and what they are worth. */
static int judge(struct gate *g, simtime at, const char *owner, uint16_t type,
		 const ldns_rr_list *rrset, const ldns_rr_list *sigs, const struct gate_rrset *same,
		 struct gate_rrset *now, bool *ret_there, struct err *e)
{
	bool is_keys = type == LDNS_RR_TYPE_DNSKEY && strcmp(owner, g->zone) == 0;

	*ret_there = ldns_rr_list_rr_count(rrset) > 0;
	*now = (struct gate_rrset){ .tag = -1 };
	if (*ret_there)
		now->ttl = ldns_rr_ttl(ldns_rr_list_rr(rrset, 0));
	if (is_keys)
		return judge_keys(g, at, rrset, sigs, now, e);
	if (*ret_there && !ldns_rr_list_rr_count(sigs) && is_below_cut(g, owner, type))
		*ret_there = false;
	return *ret_there ? judge_rrset(g, at, owner, type, rrset, sigs, same, now, e) : 0;
}

static int look_at(struct gate *g, simtime at, const char *owner, uint16_t type, bool is_same,
		   struct err *e)
{
	struct gate_rrset old, now;
	ldns_rr_list *rrset, *sigs;
	bool there;
	int was = gate_store_found(g->store, owner, type, &old, e), r;

	if (was < 0)
		return was;
	r = gate_store_rrset(g->store, owner, type, &rrset, &sigs, e);
	if (r < 0)
		return r;
	is_same = is_same && was && old.entry >= 0;
	r = judge(g, at, owner, type, rrset, sigs, is_same ? &old : NULL, &now, &there, e);
	ldns_rr_list_deep_free(rrset);
	ldns_rr_list_deep_free(sigs);
	if (r == 0 && was && !(is_same && there))
		r = go(g, at, owner, type, &old, e);
	if (r == 0 && (was || there))
		r = gate_store_put(g->store, owner, type, there ? &now : NULL, e);
	return r;
}

static int look_at_touched(struct gate *g, simtime at, unsigned *count, struct err *e)
{
	char owner[CACHED_NAME];
	uint16_t type;
	bool is_same;
	int r = gate_store_take(g->store, g->zone, LDNS_RR_TYPE_DNSKEY, e);

	*count = r == 1;
	if (r == 1)
		r = look_at(g, at, g->zone, LDNS_RR_TYPE_DNSKEY, false, e);
	while (r >= 0) {
		r = gate_store_next(g->store, owner, &type, &is_same, e);
		if (r <= 0)
			break;
		++*count;
		r = look_at(g, at, owner, type, is_same, e);
	}
	return r;
}

/* ---- a version ---- */

static int read_serial(struct gate *g, uint32_t *ret, struct err *e)
{
	ldns_rr_list *soa, *sigs;
	int r = gate_store_rrset(g->store, g->zone, LDNS_RR_TYPE_SOA, &soa, &sigs, e);

	if (r < 0)
		return r;
	if (ldns_rr_list_rr_count(soa) != 1)
		r = err_set(e, -EINVAL, "it has %s SOA of '%s'",
			    ldns_rr_list_rr_count(soa) ? "more than one" : "no", g->zone);
	else
		*ret = ldns_rdf2native_int32(ldns_rr_rdf(ldns_rr_list_rr(soa, 0), 2));
	ldns_rr_list_deep_free(soa);
	ldns_rr_list_deep_free(sigs);
	return r;
}

/* Whether some cache has a DS. */
static bool is_secure(const struct gate *g, simtime at)
{
	for (unsigned i = 0; i < g->cached->count; i++) {
		const struct cached_entry *one = &g->cached->entries[i];

		if (one->set == CACHED_DS && one->keys.count && at < cached_held(one))
			return true;
	}
	return false;
}

/* RRsets that are given out and that no cache, whatever it has, can validate under the DNSKEY RRset of now. */
static unsigned count_misfits(const struct gate *g)
{
	const struct cached_entry *keys = cached_now(g->cached, CACHED_DNSKEY);
	unsigned n = 0;

	for (unsigned i = 0; keys && i < g->cached->count; i++) {
		const struct cached_entry *one = &g->cached->entries[i];

		if (one->set == CACHED_RRSETS && one->until == SIMTIME_NEVER && keys->keys.count &&
		    !cached_some_meet(&keys->keys, &one->signers))
			n += one->count;
	}
	return n;
}

static int count_broken(struct gate *g, simtime at, struct gate_version *v, unsigned *ret,
			struct err *e)
{
	struct gate_rrset found = { 0 };
	int r = gate_store_ended(g->store, at, ret, v->first_broken, &v->first_type, &found, e);

	v->first_tag = found.tag;
	v->first_ended = *ret ? found.ends - SECOND : SIMTIME_NEVER;
	*ret = is_secure(g, at) ? *ret + count_misfits(g) : 0;
	return r;
}

static int take(struct gate *g, simtime at, const char *path, struct gate_version *v, struct err *e)
{
	int r = count_broken(g, at, v, &v->broken_before, e);

	if (r == 0)
		r = gate_file_read(g->store, g->folder, g->cached->apex, path, e);
	if (r == 0)
		r = gate_store_apply(g->store, &v->came, &v->gone, e);
	if (r == 0)
		r = look_at_touched(g, at, &v->rrsets, e);
	if (r == 0)
		r = read_serial(g, &v->serial, e);
	return r == 0 ? count_broken(g, at, v, &v->broken, e) : r;
}

int gate_take(struct gate *g, simtime at, const char *path, struct gate_version *ret, struct err *e)
{
	int r = check_order(g, at, e);

	*ret = (struct gate_version){ 0 };
	if (r == 0)
		r = gate_store_begin(g->store, e);
	if (r == 0)
		r = take(g, at, path, ret, e);
	if (r < 0)
		gate_store_back(g->store);
	return r == -ENOENT ? -EINVAL : r;
}

int gate_keep(struct gate *g, simtime at, const char *path, struct err *e)
{
	char last[32];
	int r;

	snprintf(last, sizeof(last), "%lld", (long long)at);
	r = gate_store_note(g->store, "last", last, e);
	if (r == 0 && g->folder)
		r = gate_store_save(g->store, g->cached, e);
	if (r == 0 && g->folder)
		r = gate_file_keep(g->store, g->folder, path, e);
	if (r == 0)
		r = gate_store_commit(g->store, e);
	if (r < 0) {
		gate_store_back(g->store);
		return r;
	}
	g->last = at;
	if (g->folder)
		gate_file_kept(g->store, g->folder);
	return 0;
}

void gate_hold(struct gate *g)
{
	gate_store_back(g->store);
}

int gate_look(struct gate *g, simtime now, struct err *e)
{
	struct gate_rrset found;
	char owner[CACHED_NAME];
	uint16_t type;
	unsigned count;
	int r = gate_store_ended(g->store, now, &count, owner, &type, &found, e);

	return r < 0 || !count
		       ? r
		       : cached_lapsed(g->cached, found.ends, now, owner, type, found.tag, e);
}
