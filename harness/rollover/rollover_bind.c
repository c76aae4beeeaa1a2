/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_bind.c - the K*.state files of BIND's dnssec-policy. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "harness/rollover/rollover_read.h"

enum {
	T_PUBLISHED,
	T_ACTIVE,
	T_RETIRED,
	T_REMOVED,
	T_PUBLISH_CDS,
	T_DELETE_CDS,
	T_DS_PUBLISH,
	T_DS_REMOVED,
	T_DS_CHANGE,
	T_DNSKEY_CHANGE,
	T_ZRRSIG_CHANGE,
	T_KRRSIG_CHANGE,
	T_COUNT,
};

static const char *const time_names[T_COUNT] = {
	[T_PUBLISHED] = "Published",
	[T_ACTIVE] = "Active",
	[T_RETIRED] = "Retired",
	[T_REMOVED] = "Removed",
	[T_PUBLISH_CDS] = "PublishCDS",
	[T_DELETE_CDS] = "DeleteCDS",
	[T_DS_PUBLISH] = "DSPublish",
	[T_DS_REMOVED] = "DSRemoved",
	[T_DS_CHANGE] = "DSChange",
	[T_DNSKEY_CHANGE] = "DNSKEYChange",
	[T_ZRRSIG_CHANGE] = "ZRRSIGChange",
	[T_KRRSIG_CHANGE] = "KRRSIGChange",
};

/* A file as it stands. */
struct state {
	char zone[256], ds_state[32], dnskey_state[32], zrrsig_state[32], krrsig_state[32],
		goal[32];
	unsigned algorithm, tag;
	bool ksk, zsk;
	simtime times[T_COUNT]; /* NEVER: not there */
};

/* "20261125200112 (Wed …)" */
static int parse_time(const char *text, simtime *ret, struct err *e)
{
	char iso[40];
	unsigned y, mo, d, h, mi, s;

	if (strspn(text, "0123456789") != 14 ||
	    sscanf(text, "%4u%2u%2u%2u%2u%2u", &y, &mo, &d, &h, &mi, &s) != 6)
		return err_set(e, -EINVAL, "'%.40s' is no time like 20260101000000", text);
	snprintf(iso, sizeof(iso), "%04u-%02u-%02uT%02u:%02u:%02uZ", y, mo, d, h, mi, s);
	return simtime_parse(iso, ret, e);
}

static int read_flag(const char *key, const char *value, bool *ret, struct err *e)
{
	*ret = strcmp(value, "yes") == 0;
	return *ret || strcmp(value, "no") == 0
		       ? 0
		       : err_set(e, -EINVAL, "%s is yes or no, not '%.40s'", key, value);
}

/* Other keys than those that matter here are BIND's business. */
static int read_field(struct state *s, const char *key, const char *value, struct err *e)
{
	if (strcmp(key, "KSK") == 0)
		return read_flag(key, value, &s->ksk, e);
	if (strcmp(key, "ZSK") == 0)
		return read_flag(key, value, &s->zsk, e);
	if (strcmp(key, "Algorithm") == 0) {
		s->algorithm = rollover_algorithm(value);
		return s->algorithm ? 0 : err_set(e, -EINVAL, "'%.40s' is no algorithm", value);
	}
	if (strcmp(key, "DSState") == 0)
		snprintf(s->ds_state, sizeof(s->ds_state), "%s", value);
	if (strcmp(key, "DNSKEYState") == 0)
		snprintf(s->dnskey_state, sizeof(s->dnskey_state), "%s", value);
	if (strcmp(key, "ZRRSIGState") == 0)
		snprintf(s->zrrsig_state, sizeof(s->zrrsig_state), "%s", value);
	if (strcmp(key, "KRRSIGState") == 0)
		snprintf(s->krrsig_state, sizeof(s->krrsig_state), "%s", value);
	if (strcmp(key, "GoalState") == 0)
		snprintf(s->goal, sizeof(s->goal), "%s", value);
	for (int i = 0; i < T_COUNT; i++)
		if (strcmp(key, time_names[i]) == 0)
			return parse_time(value, &s->times[i], e);
	return 0;
}

static int read_line(struct state *s, char *line, struct err *e)
{
	char *colon;

	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == ';') {
		if (sscanf(line, "; This is the state of key %u, for %255s", &s->tag, s->zone) == 2)
			s->zone[strlen(s->zone) - 1] = '\0'; /* a full stop ends the sentence */
		return 0;
	}
	if (!line[0])
		return 0;
	colon = strchr(line, ':');
	if (!colon)
		return err_set(e, -EINVAL, "'%.60s' is not KEY: VALUE", line);
	*colon = '\0';
	return read_field(s, line, colon + 1 + strspn(colon + 1, " \t"), e);
}

static int read_state(const char *path, struct state *s, struct err *e)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	char line[1024];
	int n = 0, rc;

	*s = (struct state){ .tag = 0 };
	for (int i = 0; i < T_COUNT; i++)
		s->times[i] = SIMTIME_NEVER;
	if (!f)
		return err_set(e, -errno, "cannot read '%s': %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		n++;
		rc = read_line(s, line, e);
		if (rc == 0)
			continue;
		err_prefix(e, "%s:%d", path, n);
		return rc;
	}
	if (s->zone[0] && s->algorithm && (s->ksk || s->zsk))
		return 0;
	return err_set(e, -EINVAL,
		       "%s: it is no key's state: its heading, Algorithm, or KSK and ZSK are "
		       "missing",
		       path);
}

static bool is(const char *state, const char *name)
{
	return strcmp(state, name) == 0;
}

/* An instant that is still to come: BIND's plan. What is past and was not done waits. */
static simtime planned(simtime t, simtime now)
{
	return t > now ? t : SIMTIME_NEVER;
}

/* When its DS comes: as BIND was told (rndc dnssec -checkds), or as it is sure of it, or when it
 * will ask the parent for it (RFC 7344). One that is "rumoured" has been asked for, and no more. */
static simtime ds_from(const struct state *s, simtime now)
{
	if (s->times[T_DS_PUBLISH] != SIMTIME_NEVER)
		return s->times[T_DS_PUBLISH];
	if (is(s->ds_state, "omnipresent"))
		return s->times[T_DS_CHANGE];
	if (is(s->ds_state, "unretentive"))
		return ROLLOVER_ALWAYS;
	return *s->ds_state ? planned(s->times[T_PUBLISH_CDS], now) : s->times[T_PUBLISH_CDS];
}

/* When it goes: as BIND was told, or as it is sure of, or as it plans. "Unretentive" is one whose
 * end BIND has asked for, and no more. */
static simtime ds_until(const struct state *s, simtime now)
{
	if (s->times[T_DS_REMOVED] != SIMTIME_NEVER)
		return s->times[T_DS_REMOVED];
	if (is(s->ds_state, "hidden") && s->times[T_DS_PUBLISH] != SIMTIME_NEVER)
		return s->times[T_DS_CHANGE];
	if (!*s->ds_state)
		return rollover_first_of(s->times[T_DELETE_CDS], s->times[T_RETIRED]);
	return planned(rollover_first_of(s->times[T_DELETE_CDS], s->times[T_RETIRED]), now);
}

static struct rollover_span ds_span(const struct state *s, simtime now)
{
	struct rollover_span span = { ds_from(s, now), ds_until(s, now) };

	return span.from == SIMTIME_NEVER ? rollover_never() : span;
}

/* A KSK that is relieved is removed when no cache has its DS any more, whatever time Removed has.
 */
static simtime ksk_until(const struct state *s, simtime now)
{
	if (!is(s->goal, "hidden") || !*s->dnskey_state)
		return s->times[T_REMOVED];
	if (is(s->dnskey_state, "hidden") || is(s->dnskey_state, "unretentive"))
		return s->times[T_DNSKEY_CHANGE];
	return s->times[T_RETIRED] > now ? s->times[T_REMOVED] : SIMTIME_NEVER;
}

/* What of a key stands in the zone, by BIND's state of it: "rumoured" since it was put there,
 * "unretentive" since it was taken out, "hidden" when no cache has it, before and after. `plan` is
 * what it has times for. */
static struct rollover_span stands(const char *state, simtime change, struct rollover_span plan,
				   bool leaves, simtime now)
{
	if (!*state)
		return plan;
	if (is(state, "unretentive") || (is(state, "hidden") && leaves))
		plan.until = rollover_first_of(plan.until, change);
	else
		plan.until = planned(plan.until, now);
	if (is(state, "rumoured"))
		plan.from = change;
	else if (is(state, "hidden") && !leaves)
		plan.from = planned(plan.from, now);
	else
		plan.from = rollover_first_of(plan.from, change);
	return plan.from < plan.until ? plan : rollover_never();
}

/* A key that signs all other RRsets, and no cache has one without its signature. */
static simtime seen_signed(const struct state *s)
{
	return is(s->zrrsig_state, "omnipresent") ? s->times[T_ZRRSIG_CHANGE] : 0;
}

static void take_ksk(struct rollover_key *k, const struct state *s, simtime now)
{
	struct rollover_span plan = { s->times[T_PUBLISHED], ksk_until(s, now) };

	k->published = stands(s->dnskey_state, s->times[T_DNSKEY_CHANGE], plan, k->leaves, now);
	k->signs = stands(s->krrsig_state, s->times[T_KRRSIG_CHANGE], plan, k->leaves, now);
	k->ds = ds_span(s, now);
	if (k->role != KEY_CSK)
		return;
	k->has_signs_keys = true;
	k->signs_keys = k->signs;
	plan.from = s->times[T_ACTIVE];
	k->signs = stands(s->zrrsig_state, s->times[T_ZRRSIG_CHANGE], plan, k->leaves, now);
}

static int take_state(struct rollover *r, const struct state *s, struct err *e)
{
	enum key_role role = s->ksk && s->zsk ? KEY_CSK : s->ksk ? KEY_KSK : KEY_ZSK;
	struct rollover_key *k;

	if (rollover_set_zone(r, s->zone, e) < 0)
		return -EINVAL;
	k = rollover_add_key(r, role, e);
	if (!k)
		return -ENOMEM;
	rollover_name_key(r, k, (uint8_t)s->algorithm, s->tag);
	k->leaves = is(s->goal, "hidden");
	k->seen_signed = seen_signed(s);
	if (role != KEY_ZSK) {
		take_ksk(k, s, r->from);
		return 0;
	}
	k->published = stands(s->dnskey_state, s->times[T_DNSKEY_CHANGE],
			      (struct rollover_span){ s->times[T_PUBLISHED], s->times[T_REMOVED] },
			      k->leaves, r->from);
	k->signs = stands(s->zrrsig_state, s->times[T_ZRRSIG_CHANGE],
			  (struct rollover_span){ s->times[T_ACTIVE], s->times[T_RETIRED] },
			  k->leaves, r->from);
	return 0;
}

/* ---- a DS that BIND was not told of ---- */

/* Where no other key's DS is, one that was asked for is taken to be there: many run BIND without
 * ever telling it, and the zone is not to pass for one that nobody validates. */
static void take_first_ds(struct rollover *r, struct rollover_key *k, const struct state *s,
			  FILE *notes)
{
	char text[32];

	for (unsigned i = 0; i < r->key_count; i++)
		if (r->keys[i].ds.from != SIMTIME_NEVER && r->keys[i].ds.until > r->from)
			return;
	k->ds.from = s->times[T_DS_CHANGE];
	k->ds.until = ds_until(s, r->from);
	fprintf(notes,
		"BIND was not told whether the parent has the DS of %s (rndc dnssec -checkds): it "
		"is "
		"taken to be there since %s\n",
		k->name, simtime_text(k->ds.from, text));
}

static int is_state(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return d->d_name[0] == 'K' && dot && strcmp(dot, ".state") == 0;
}

static int read_states(const char *folder, struct dirent **files, int n, struct rollover *r,
		       struct state *states, struct err *e)
{
	char path[PATH_MAX];
	int rc = 0;

	for (int i = 0; i < n && rc == 0; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]->d_name);
		rc = read_state(path, &states[i], e);
		if (rc == 0 && (rc = take_state(r, &states[i], e)) < 0)
			err_prefix(e, "%s:1", path);
	}
	return rc;
}

int rollover_read_bind(const char *folder, struct rollover *r, FILE *notes, struct err *e)
{
	struct state states[ROLLOVER_KEYS];
	struct dirent **files = NULL;
	int n = scandir(folder, &files, is_state, alphasort), rc;

	if (n < 0)
		return err_set(e, -errno, "cannot read '%s': %s", folder, strerror(errno));
	if (!n)
		rc = err_set(e, -EINVAL,
			     "'%s' has no K*.state file, as BIND writes for each key of a "
			     "dnssec-policy",
			     folder);
	else if (n > ROLLOVER_KEYS)
		rc = err_set(e, -E2BIG, "'%s' has more than %d keys", folder, ROLLOVER_KEYS);
	else
		rc = read_states(folder, files, n, r, states, e);
	for (int i = 0; i < n; i++)
		free(files[i]);
	free(files);
	for (int i = 0; i < n && rc == 0; i++)
		if (is(states[i].ds_state, "rumoured") && r->keys[i].ds.from == SIMTIME_NEVER)
			take_first_ds(r, &r->keys[i], &states[i], notes);
	r->signs_first_at_once = true;
	snprintf(r->title, sizeof(r->title), "the keys in %.200s, as BIND has them", folder);
	return rc;
}
