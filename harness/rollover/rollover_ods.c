/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_ods.c - the table that OpenDNSSEC's `ods-enforcer key list -v` prints.
 *
 *	Keys:
 *	Zone:         Keytype: State:    Date of next transition: Size: Algorithm: CKA_ID: …   KeyTag:
 *	example.com   KSK      active    2026-05-01 10:00:00      2048  8          3a21…       41233
 *
 * It tells each key's state, and not since when: a key that is published counts as published just
 * now, one that is retired as retired just now. The date is that of the zone's next step, whichever
 * key's that is, "now" when it is due, and "waiting for ds-submit" and the like where an operator is
 * asked for: each key is taken to make its next step then, which is the earliest. */
#include <errno.h>
#include <string.h>

#include "harness/rollover/rollover_read.h"

struct row {
	char zone[256], role[16], state[16];
	bool dated; /* else it waits for an operator */
	simtime next;
	char algorithm[32], tag[32];
};

static int read_date(const char *date, const char *time, struct row *row, struct err *e)
{
	char iso[64];

	snprintf(iso, sizeof(iso), "%.20sT%.20s", date, time);
	row->dated = true;
	return simtime_parse(iso, &row->next, e);
}

static bool is_number(const char *word)
{
	return *word && !word[strspn(word, "0123456789")];
}

/* Zone, role, state; a date or some words; size, algorithm, …, tag. */
static int read_row(char *line, simtime now, struct row *row, struct err *e)
{
	char *words[32];
	unsigned n = 0, at = 3;
	int rc = 0;

	for (char *w = strtok(line, " \t\r\n"); w && n < ARRAY_SIZE(words);
	     w = strtok(NULL, " \t\r\n"))
		words[n++] = w;
	if (n < 4)
		return err_set(e, -EINVAL, "it is no row of zone, role, state, date and so on");
	*row = (struct row){ .next = SIMTIME_NEVER };
	snprintf(row->zone, sizeof(row->zone), "%s", words[0]);
	snprintf(row->role, sizeof(row->role), "%s", words[1]);
	snprintf(row->state, sizeof(row->state), "%s", words[2]);
	if (strlen(words[3]) == 10 && words[3][4] == '-' && n > 4) {
		rc = read_date(words[3], words[4], row, e);
		at = 5;
	} else if (strcmp(words[3], "now") == 0) {
		row->dated = true;
		row->next = now;
	}
	while (at < n && !is_number(words[at]))
		at++;
	if (at + 1 >= n || !is_number(words[n - 1]))
		return err_set(e, -EINVAL, "it has no algorithm or no tag: the list wants -v");
	snprintf(row->algorithm, sizeof(row->algorithm), "%s", words[at + 1]);
	snprintf(row->tag, sizeof(row->tag), "%s", words[n - 1]);
	return rc;
}

static int role_of(const char *name)
{
	for (int i = 0; i < 3; i++)
		if (strcmp(rollover_role_names[i], name) == 0)
			return i;
	return -1;
}

/* It will be relied on: a KSK by its DS, a ZSK by its signatures. */
static void rely_from(struct rollover_key *k, simtime at)
{
	if (k->role != KEY_ZSK)
		k->ds.from = at;
	if (k->role != KEY_KSK && at != SIMTIME_NEVER)
		k->signs.from = at;
	else if (k->role == KEY_ZSK)
		k->signs = rollover_never();
	if (k->role != KEY_ZSK && at == SIMTIME_NEVER)
		k->ds = rollover_never();
}

static void rely_until(struct rollover_key *k, simtime at)
{
	if (k->role != KEY_ZSK)
		k->ds.until = at;
	if (k->role == KEY_ZSK)
		k->signs.until = at;
}

/* false: there is no such state. */
static bool take_state(struct rollover_key *k, const struct row *row, simtime now)
{
	if (strcmp(row->state, "generate") == 0) {
		k->published.from = row->next;
		k->signs = k->published;
		rely_from(k, SIMTIME_NEVER);
		if (row->next == SIMTIME_NEVER)
			k->published = k->signs = rollover_never();
	} else if (strcmp(row->state, "publish") == 0) {
		k->published.from = now;
		rely_from(k, row->next);
	} else if (strcmp(row->state, "ready") == 0) {
		rely_from(k, row->dated ? row->next : now);
	} else if (strcmp(row->state, "active") == 0) {
		rely_until(k, row->next);
	} else if (strcmp(row->state, "retire") == 0) {
		rely_until(k, now);
		k->published.until = row->next;
		if (k->role != KEY_ZSK)
			k->signs.until = row->next;
	} else {
		return false;
	}
	return true;
}

static int take_row(struct rollover *r, const struct row *row, struct err *e)
{
	uint8_t algorithm = rollover_algorithm(row->algorithm);
	int role = role_of(row->role);
	struct rollover_key *k;

	if (strcmp(row->state, "dead") == 0)
		return 0;
	if (role < 0)
		return err_set(e, -EINVAL, "'%s' is no role: KSK, ZSK or CSK", row->role);
	if (!algorithm || strtoul(row->tag, NULL, 10) > 65535)
		return err_set(e, -EINVAL, "'%s' is no algorithm, or '%s' no tag", row->algorithm,
			       row->tag);
	if (rollover_set_zone(r, row->zone, e) < 0)
		return -EINVAL;
	k = rollover_add_key(r, (enum key_role)role, e);
	if (!k)
		return -ENOMEM;
	k->algorithm = algorithm;
	k->tag = atoi(row->tag);
	snprintf(k->name, sizeof(k->name), "%s-%d", row->role, k->tag);
	if (!take_state(k, row, r->from))
		return err_set(e, -EINVAL, "'%s' is no state of a key", row->state);
	return 0;
}

/* Some step of the zone's is not the end of an active key's DS, when there is none that takes its
 * place. */
static void keep_active(struct rollover *r)
{
	for (unsigned i = 0; i < r->key_count; i++) {
		struct rollover_key *k = &r->keys[i];
		bool followed = k->published.until != SIMTIME_NEVER;

		for (unsigned j = 0; j < r->key_count && !followed; j++)
			followed = j != i && rollover_in(&r->keys[j].ds, k->ds.until);
		if (!followed && k->ds.from != SIMTIME_NEVER)
			k->ds.until = SIMTIME_NEVER;
	}
}

int rollover_read_ods(const char *path, struct rollover *r, struct err *e)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	bool headed = false;
	char line[2048];
	struct row row;
	int n = 0, rc = 0;

	if (!f)
		return err_set(e, -errno, "cannot read '%s': %s", path, strerror(errno));
	while (rc == 0 && fgets(line, sizeof(line), f)) {
		n++;
		if (!headed || !line[strspn(line, " \t\r\n")]) {
			headed |= strstr(line, "Keytype:") != NULL;
			continue;
		}
		rc = read_row(line, r->from, &row, e);
		if (rc == 0)
			rc = take_row(r, &row, e);
		if (rc < 0)
			err_prefix(e, "%s:%d", path, n);
	}
	keep_active(r);
	snprintf(r->title, sizeof(r->title), "the keys in %.200s, as OpenDNSSEC has them", path);
	return rc;
}
