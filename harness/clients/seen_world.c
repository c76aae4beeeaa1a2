/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/seen_world.h"

#include <errno.h>
#include <string.h>

#include <libpsl.h>

#include "sim/base/buf.h"
#include "sim/base/rng.h"
#include "sim/record/record_set.h"
#include "zones/rrset.h"
#include "zones/told.h"

enum { STREAM_NXDOMAIN = 0x6e786472 };

struct making {
	struct seen *s;
	struct tree *tree;
	struct traffic_names *counts;
	struct record_set above; /* keys of names that something lies below */
	struct err *e;
};

static uint64_t key_of(const uint8_t *name)
{
	return rng_hash(0, name, name_len(name));
}

static bool is_known(const struct seen_name *n)
{
	return n->there || n->gone || n->failed;
}

/* ---- which names are there ---- */

static void need_above(struct making *m, const uint8_t *name)
{
	while (*name) {
		name = name_skip(name, 1);
		if (!record_set_add(&m->above, key_of(name), 1, 0).seen)
			return; /* those above it are in, too */
	}
}

static bool is_above(const struct making *m, const uint8_t *name)
{
	return record_set_has(&m->above, key_of(name));
}

/* Answers that say that a name is there outweigh those that say that it is not, and so do names below
 * it. */
static void settle(struct making *m)
{
	struct seen_name *n;
	struct seen_zone *z;

	for (n = m->s->names; n; n = n->hh.next) {
		if (n->there)
			need_above(m, n->name);
	}
	for (z = m->s->zones; z; z = z->hh.next) {
		need_above(m, z->name);
	}
	for (n = m->s->names; n; n = n->hh.next) {
		if (!n->gone)
			continue;
		n->absent = !n->there && !is_above(m, n->name) && !seen_find_zone(m->s, n->name);
		m->counts->contradicted += !n->absent;
	}
}

/* RFC 8020: nothing lies below a name that is not there. */
static bool is_below_absent(const struct seen *s, const uint8_t *name)
{
	while (*name) {
		const struct seen_name *n;

		name = name_skip(name, 1);
		n = seen_find(s, name);
		if (n && n->gone && n->absent)
			return true;
	}
	return false;
}

static bool is_made_up(const struct seen_name *n)
{
	return !is_known(n) && !n->absent;
}

static void settle_unknown(struct making *m)
{
	struct seen_name *n;

	for (n = m->s->names; n; n = n->hh.next) {
		if (is_known(n))
			continue;
		if (is_below_absent(m->s, n->name)) {
			n->gone = n->absent = true;
		} else if (told_is_there(m->tree, n->name)) {
			m->counts->planned++;
			n->failed = true; /* nothing is to be made of it */
		} else {
			need_above(m, n->name);
		}
	}
}

static void count_names(struct making *m)
{
	struct traffic_names *c = m->counts;
	struct seen_name *n;

	for (n = m->s->names; n; n = n->hh.next) {
		if (is_made_up(n) && name_labels(n->name) < 2 && !is_above(m, n->name)) {
			c->single++;
			n->absent = true;
		} else if (is_made_up(n)) {
			c->assumed++;
		} else if (n->there || n->gone || n->rcode) {
			c->known++;
			c->absent += n->absent;
		}
		c->questions += n->queries;
		c->nxdomain += n->absent ? n->queries : 0;
	}
}

/* ---- a share of NXDOMAIN ---- */

struct lot {
	uint64_t number;
	struct seen_name *name;
};

static int by_number(const void *a, const void *b)
{
	const struct lot *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* Names in an order that the seed gives, as long as their questions find room in the share. */
static int draw_absent(struct making *m, double share)
{
	struct traffic_names *c = m->counts;
	uint64_t most = (uint64_t)(share * (double)c->questions + 0.5);
	_cleanup_(freep) struct lot *lots = calloc(c->assumed + 1, sizeof(*lots));
	struct seen_name *n;
	size_t count = 0;

	if (!lots)
		return err_set(m->e, -ENOMEM, "no memory for names");
	for (n = m->s->names; n; n = n->hh.next) {
		if (is_made_up(n) && !is_above(m, n->name))
			lots[count++] = (struct lot){
				rng_hash(rng_of(m->tree->seed, STREAM_NXDOMAIN), n->name,
					 name_len(n->name)),
				n,
			};
	}
	qsort(lots, count, sizeof(*lots), by_number);
	for (size_t i = 0; i < count; i++) {
		n = lots[i].name;
		if (c->nxdomain + n->queries > most)
			continue;
		n->absent = true;
		c->nxdomain += n->queries;
		c->drawn++;
		c->assumed--;
	}
	return 0;
}

/* ---- zones ---- */

/* The deepest zone below a TLD that has the name: one that was seen, or its second-level domain. */
static const uint8_t *home_of(const struct seen *s, const uint8_t *name)
{
	const uint8_t *at = name;

	for (; name_labels(at) > 2; at = name_skip(at, 1))
		if (seen_find_zone(s, at))
			return at;
	return at;
}

/* AD is about all zones from the root down. */
static void note_secure(struct seen *s, const uint8_t *name)
{
	for (const uint8_t *at = home_of(s, name); *at; at = name_skip(at, 1)) {
		struct seen_zone *z =
			name_labels(at) <= 2 ? seen_zone(s, at) : seen_find_zone(s, at);

		if (z)
			z->is_signed = true;
	}
}

/* What a name tells of the zone that it is in. */
static void judge_zone(struct seen *s, const struct seen_name *n)
{
	bool fails = n->failed && !n->there && n->rcode;
	const uint8_t *home = home_of(s, n->name);
	struct seen_zone *z = fails || n->insecure ? seen_zone(s, home) : seen_find_zone(s, home);

	if (!z)
		return;
	z->good += n->there;
	z->is_unsigned |= n->there && n->insecure;
	if (!fails)
		return;
	z->failed++;
	z->rcode = n->rcode;
}

static void judge_zones(struct seen *s)
{
	struct seen_name *n;

	for (n = s->names; n; n = n->hh.next) {
		if (n->there && n->secure)
			note_secure(s, n->name);
	}
	for (n = s->names; n; n = n->hh.next) {
		if (name_labels(n->name) > 1)
			judge_zone(s, n);
	}
}

static struct told_zone zone_told(const struct seen_zone *z, bool has_zones)
{
	struct told_zone told = {
		.is_signed = z->is_signed     ? 1
			     : z->is_unsigned ? 0
					      : -1,
		.denial = z->nsec3  ? DENIAL_NSEC3
			  : z->nsec ? DENIAL_NSEC
				    : -1,
		.nsec3_iterations = z->iterations,
		.optout = z->optout,
		.salt_len = z->salt_len,
		.negative = z->negative,
		.rcode = z->good ? 0 : z->rcode,
		.has_zones = has_zones,
	};

	memcpy(told.salt, z->salt, z->salt_len);
	return told;
}

static int by_depth(const void *a, const void *b)
{
	const struct seen_zone *x = *(struct seen_zone *const *)a;
	const struct seen_zone *y = *(struct seen_zone *const *)b;
	unsigned i = name_labels(x->name), k = name_labels(y->name);

	return i != k ? (i < k ? -1 : 1) : name_compare(x->name, y->name);
}

static bool has_zones(const struct record_set *above, const struct seen_zone *z)
{
	return record_set_has(above, key_of(z->name));
}

/* Keys of names that zones lie below. */
static void note_above(struct record_set *above, const uint8_t *name)
{
	while (*name) {
		name = name_skip(name, 1);
		record_set_add(above, key_of(name), 1, 0);
	}
}

static int add_zones(struct making *m)
{
	size_t count = HASH_COUNT(m->s->zones), n = 0;
	_cleanup_(freep) struct seen_zone **list = calloc(count + 1, sizeof(struct seen_zone *));
	struct record_set above = { 0 };
	struct seen_zone *z;
	int r = 0;

	if (!list)
		return err_set(m->e, -ENOMEM, "no memory for zones");
	for (z = m->s->zones; z; z = z->hh.next) {
		if (!*z->name)
			continue;
		note_above(&above, z->name);
		list[n++] = z;
	}
	qsort(list, n, sizeof(struct seen_zone *), by_depth);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		struct told_zone told = zone_told(list[i], has_zones(&above, list[i]));

		r = told_zone_add(m->tree, list[i]->name, &told, m->e);
		if (r == -EEXIST)
			r = 0;
	}
	if (above.failed && r >= 0)
		r = err_set(m->e, -ENOMEM, "no memory for zones");
	record_set_done(&above);
	return r;
}

/* ---- names ---- */

static bool is_address(uint16_t type)
{
	return type == RR_A || type == RR_AAAA;
}

/* A name that is there has what was seen; an address that was asked for without an answer is there,
 * too. */
static int tell_name(struct making *m, const struct seen_name *n)
{
	const uint8_t *zone =
		n->zone_labels < 0
			? NULL
			: name_skip(n->name, name_labels(n->name) - (unsigned)n->zone_labels);
	struct told_set sets[TOLD_TYPES_MAX];
	unsigned count = 0;
	int r;

	for (unsigned i = 0; i < n->set_count && count < TOLD_TYPES_MAX; i++) {
		const struct seen_rrset *s = &n->sets[i];

		if (!s->there && (s->absent || !is_address(s->type)))
			continue;
		sets[count++] = (struct told_set){
			.type = s->type,
			.ttl = s->there ? s->ttl : 3600,
			.len = is_address(s->type) ? 0 : s->len,
			.data = s->data,
		};
		if (s->type == RR_CNAME) { /* nothing stands beside it */
			sets[0] = sets[count - 1];
			count = 1;
			break;
		}
	}
	r = told_name_add(m->tree, n->name, zone, sets, count, m->e);
	if (r != -EEXIST)
		return r;
	m->counts->contradicted += n->set_count && !told_is_there(m->tree, n->name);
	return 0;
}

/* Whether this top-level domain is one, in life. */
static bool is_real_tld(const uint8_t *tld)
{
	char text[NAME_TEXT_LEN];

	name_text(tld, text);
	text[strlen(text) - 1] = '\0'; /* the last dot */
	return psl_is_public_suffix2(psl_builtin(), text, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE);
}

/* A name that nobody's SOA denies lies below a TLD, if there is such a one. */
static int need_tld(struct making *m, const struct seen_name *n)
{
	const struct told_zone told = { .is_signed = -1, .denial = -1 };
	unsigned labels = name_labels(n->name);
	const uint8_t *tld = name_skip(n->name, labels ? labels - 1 : 0);
	int r;

	if (labels < 2 || n->zone_labels >= 0 || is_below_absent(m->s, n->name) ||
	    tree_zone(m->tree, tld) || !is_real_tld(tld))
		return 0;
	r = told_zone_add(m->tree, tld, &told, m->e);
	return r == -EEXIST ? 0 : r;
}

static int add_name(struct making *m, const struct seen_name *n)
{
	if (n->there && !n->absent)
		return tell_name(m, n);
	if (is_made_up(n) || (n->failed && n->rcode))
		return tree_add_name(m->tree, n->name, m->e);
	return n->absent ? need_tld(m, n) : 0;
}

static int deny_name(struct making *m, struct seen_name *n)
{
	int r = n->absent ? told_name_deny(m->tree, n->name, m->e) : 0;

	if (r != -EEXIST)
		return r;
	n->absent = false;
	m->counts->contradicted++;
	m->counts->nxdomain -= n->queries;
	m->counts->absent -= n->gone;
	return 0;
}

/* Those that are not there come last: only then all is known that might have put them there. */
static int add_names(struct making *m)
{
	struct seen_name *n;
	int r = 0;

	for (n = m->s->names; n; n = n->hh.next) {
		if (r >= 0)
			r = add_name(m, n);
	}
	for (n = m->s->names; n; n = n->hh.next) {
		if (r >= 0)
			r = deny_name(m, n);
	}
	return r;
}

int seen_make_world(struct seen *s, struct tree *t, double nxdomain, struct traffic_names *ret,
		    struct err *e)
{
	struct making m = { .s = s, .tree = t, .counts = ret, .e = e };
	int r = 0;

	*ret = (struct traffic_names){ 0 };
	settle(&m);
	settle_unknown(&m);
	count_names(&m);
	if (nxdomain > 0)
		r = draw_absent(&m, nxdomain);
	judge_zones(s);
	if (r == 0)
		r = add_zones(&m);
	if (r == 0)
		r = add_names(&m);
	if (r == 0 && (s->lacks || m.above.failed))
		r = err_set(e, -ENOMEM, "no memory for the names of a trace");
	record_set_done(&m.above);
	return r;
}

/* Where the names are from: whoever reads of NXDOMAIN, or of none, has to know. */
void seen_note(const struct traffic *t, char note[NOTE_LEN])
{
	const struct traffic_names *n = &t->names_seen;
	const char *slash = strrchr(t->path, '/');

	if (!n->known && !n->assumed && !n->drawn && !n->single)
		return; /* all are the scenario's */
	note_add(note,
		 "of the names in '%.200s' %llu are known from %s, %llu of them as NXDOMAIN; %llu "
		 "without an answer are made up: taken to be there",
		 slash ? slash + 1 : t->path, (unsigned long long)n->known,
		 t->is_text ? "marks" : "answers", (unsigned long long)n->absent,
		 (unsigned long long)n->assumed);
	if (n->drawn)
		note_add(note,
			 "%llu are drawn not to be there, so that %.3g %% of %llu questions get "
			 "NXDOMAIN",
			 (unsigned long long)n->drawn,
			 100 * (double)n->nxdomain / (double)n->questions,
			 (unsigned long long)n->questions);
	if (n->single)
		note_add(note, "%llu single labels without an answer are taken not to be there",
			 (unsigned long long)n->single);
	if (n->planned)
		note_add(note, "%llu more are the scenario's", (unsigned long long)n->planned);
	if (n->contradicted)
		note_add(note,
			 "%llu that got NXDOMAIN are there all the same: other answers, or names "
			 "below them, or the scenario say so",
			 (unsigned long long)n->contradicted);
}
