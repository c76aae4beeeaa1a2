/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/rollover/rollover.h"

#include <errno.h>
#include <string.h>

#include "zones/key.h"

const char *rollover_algorithm_name(uint8_t algorithm, char text[8])
{
	const char *name = key_algorithm_name(algorithm);

	if (algorithm && *name != '?')
		return name;
	snprintf(text, 8, "%u", algorithm);
	return text;
}

uint8_t rollover_algorithm(const char *name)
{
	enum algorithm known = key_algorithm_by_name(name);
	char *end;
	long n = strtol(name, &end, 10);

	if (known)
		return (uint8_t)known;
	return end != name && !*end && n > 0 && n < 256 ? (uint8_t)n : 0;
}

void rollover_free(struct rollover *r)
{
	if (!r)
		return;
	free(r->keys);
	free(r);
}

struct rollover *rollover_copy(const struct rollover *r, unsigned more)
{
	_cleanup_(rollover_freep) struct rollover *c = malloc(sizeof(*c));

	if (!c)
		return NULL;
	*c = *r;
	c->keys = calloc(r->key_count + more, sizeof(*c->keys));
	if (!c->keys)
		return NULL;
	memcpy(c->keys, r->keys, r->key_count * sizeof(*c->keys));
	return TAKE(c);
}

struct rollover_span rollover_never(void)
{
	return (struct rollover_span){ SIMTIME_NEVER, SIMTIME_NEVER };
}

simtime rollover_after(simtime t, simtime d)
{
	if (t == ROLLOVER_ALWAYS || t == SIMTIME_NEVER)
		return t;
	return t > SIMTIME_NEVER - d ? SIMTIME_NEVER : t + d;
}

static int check_span(const struct rollover_key *k, const struct rollover_span *s, const char *what,
		      struct err *e)
{
	if (s->from > s->until || (s->from == s->until && s->from != SIMTIME_NEVER))
		return err_set(e, -EINVAL, "key '%s' ends %s before it begins to", k->name, what);
	return 0;
}

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/* Names stand in scripts, and a plan's in the name of a folder. */
static bool is_plain(const char *name)
{
	return *name && *name != '.' && !name[strspn(name, PLAIN)];
}

/* A key's may have spaces between, like "KSK 43611". */
static bool is_key_name(const char *name)
{
	return *name && *name != '.' && *name != ' ' && !name[strspn(name, PLAIN " ")];
}

static int check_key(const struct rollover *r, unsigned i, struct err *e)
{
	const struct rollover_key *k = &r->keys[i];
	int rc = check_span(k, &k->published, "being published", e);

	if (!is_key_name(k->name))
		return err_set(e, -EINVAL,
			       "the name of key '%s' is not of letters, digits, spaces, '.', '_' "
			       "and '-'",
			       k->name);
	for (unsigned j = 0; j < i; j++)
		if (strcmp(r->keys[j].name, k->name) == 0)
			return err_set(e, -EINVAL, "two keys are called '%s'", k->name);
	if (!rc)
		rc = check_span(k, &k->signs, "signing", e);
	if (rc == 0 && k->has_signs_keys)
		rc = check_span(k, &k->signs_keys, "signing the DNSKEY RRset", e);
	if (!rc)
		rc = check_span(k, &k->ds, "having a DS", e);
	if (!rc && k->role == KEY_ZSK && k->ds.from != SIMTIME_NEVER)
		return err_set(e, -EINVAL, "key '%s' is a ZSK: it has no DS", k->name);
	return rc;
}

int rollover_check(const struct rollover *r, struct err *e)
{
	const simtime durations[] = { r->ttl.dnskey,   r->ttl.ds,	    r->ttl.zone,
				      r->ttl.negative, r->propagation.zone, r->propagation.parent,
				      r->signing,      r->validity };
	int rc = 0;

	if (!is_plain(r->name))
		return err_set(e, -EINVAL,
			       "the plan's name '%s' is not of letters, digits, '.', '_' and '-'",
			       r->name);
	if (!r->key_count)
		return err_set(e, -EINVAL, "the plan has no key");
	if (r->key_count > ROLLOVER_KEYS)
		return err_set(e, -EINVAL, "the plan has more than %d keys", ROLLOVER_KEYS);
	for (size_t i = 0; i < ARRAY_SIZE(durations); i++)
		if (durations[i] < 0 || durations[i] > 36500 * DAY)
			return err_set(e, -EINVAL,
				       "a TTL or delay is negative or over a hundred years");
	for (unsigned i = 0; i < r->key_count && !rc; i++)
		rc = check_key(r, i, e);
	return rc;
}

char *rollover_keys_text(const struct rollover *r, uint64_t keys, const char *word, char *ret,
			 size_t size)
{
	size_t len = 0;

	snprintf(ret, size, "none");
	for (unsigned i = 0; i < r->key_count && len < size; i++) {
		const char *between = !len ? "" : keys >> i >> 1 ? ", " : word;

		if (keys >> i & 1)
			len += (size_t)snprintf(ret + len, size - len, "%s'%s'", between,
						r->keys[i].name);
	}
	return ret;
}
