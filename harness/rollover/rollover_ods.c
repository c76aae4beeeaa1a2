/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_ods.c - the table that OpenDNSSEC's `ods-enforcer key list -v` prints.
 *
 *	Keys:
 *	Zone:        Keytype: State:  Date of next transition: Size: Algorithm: CKA_ID: … KeyTag:
 *	example.com  KSK      retire  waiting for ds-gone      2048  8          3a21…     41233
 *
 * It tells each key's state, and not since when: all of it counts as since the plan's `since`. The
 * date is that on which the enforcer looks at the zone again, whichever key's step that is, so it
 * plans nothing. Where it waits for an operator to say that a DS is seen or gone, it does not know
 * what the parent has: a DS that was not seen counts as not there, one that is not gone as there.
 *
 * What -v does not tell `key list -d` does, when it stands behind it in the same file: what of a
 * key resolvers may have, by the enforcer's own reckoning.
 *
 *	Zone:        Key role: DS:         DNSKEY:     RRSIGDNSKEY: RRSIG: Pub: Act: Id:
 *	example.com  KSK       unretentive omnipresent omnipresent  NA     1    1    3a21… */
#include <errno.h>
#include <string.h>

#include "harness/rollover/rollover_read.h"
#include "zones/key.h"

/* What resolvers may have of a key's DS, of the key, and of its signatures. */
enum known { HIDDEN, RUMOURED, OMNIPRESENT, UNRETENTIVE };

static const char *const known_names[] = {
	[HIDDEN] = "hidden",
	[RUMOURED] = "rumoured",
	[OMNIPRESENT] = "omnipresent",
	[UNRETENTIVE] = "unretentive",
};

struct listed {
	int line;
	char zone[256], role[16], state[16];
	char waits[32]; /* "ds-seen": for an operator to say so; else empty */
	char algorithm[32], tag[32], id[128];
	enum known ds, dnskey, signatures;
	bool leaves, detailed;
};

struct rows {
	struct listed list[ROLLOVER_KEYS];
	unsigned count;
};

/* What the states of -v stand for. Of a key that is retired it does not say whether it is still
 * published. */
static const struct {
	const char *name;
	enum known ds, dnskey, signatures;
	bool leaves;
} states[] = {
	{ "generate", HIDDEN, HIDDEN, HIDDEN, false },
	{ "publish", HIDDEN, RUMOURED, HIDDEN, false },
	{ "ready", RUMOURED, OMNIPRESENT, RUMOURED, false },
	{ "active", OMNIPRESENT, OMNIPRESENT, OMNIPRESENT, false },
	{ "retire", UNRETENTIVE, OMNIPRESENT, UNRETENTIVE, true },
};

static bool is_number(const char *word)
{
	return *word && !word[strspn(word, "0123456789")];
}

static unsigned split(char *line, char *words[], unsigned size)
{
	unsigned n = 0;

	for (char *w = strtok(line, " \t\r\n"); w && n < size; w = strtok(NULL, " \t\r\n"))
		words[n++] = w;
	return n;
}

/* ---- key list -v ---- */

static int take_state(struct listed *row, struct err *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (strcmp(states[i].name, row->state) != 0)
			continue;
		row->ds = states[i].ds;
		row->dnskey = states[i].dnskey;
		row->signatures = states[i].signatures;
		row->leaves = states[i].leaves;
		return 0;
	}
	return err_set(e, -EINVAL, "'%s' is no state of a key", row->state);
}

/* Past "2026-05-01 10:00:00", "now" or "waiting for ds-seen". */
static unsigned read_next(char *words[], unsigned n, struct listed *row)
{
	unsigned at = 3;

	if (strcmp(words[at], "waiting") == 0 && at + 2 < n) {
		snprintf(row->waits, sizeof(row->waits), "%s", words[at + 2]);
		return at + 3;
	}
	if (strlen(words[at]) == 10 && words[at][4] == '-')
		return at + 2;
	while (at < n && !is_number(words[at]))
		at++;
	return at;
}

/* Zone, role, state; a date or some words; size, algorithm, id, …, tag. */
static int read_row(char *line, struct rows *rows, struct err *e)
{
	struct listed *row = &rows->list[rows->count];
	char *words[32];
	unsigned n = split(line, words, ARRAY_SIZE(words)), at;
	int line_number = row->line;

	if (n < 4)
		return err_set(e, -EINVAL, "it is no row of zone, role, state, date and so on");
	*row = (struct listed){ .line = line_number };
	snprintf(row->zone, sizeof(row->zone), "%s", words[0]);
	snprintf(row->role, sizeof(row->role), "%s", words[1]);
	snprintf(row->state, sizeof(row->state), "%s", words[2]);
	if (strcmp(row->state, "dead") == 0)
		return 0;
	at = read_next(words, n, row);
	if (at + 2 >= n || !is_number(words[n - 1]))
		return err_set(e, -EINVAL, "it has no algorithm or no tag: the list wants -v");
	snprintf(row->algorithm, sizeof(row->algorithm), "%s", words[at + 1]);
	snprintf(row->id, sizeof(row->id), "%s", words[at + 2]);
	snprintf(row->tag, sizeof(row->tag), "%s", words[n - 1]);
	rows->count++;
	return take_state(row, e);
}

/* ---- key list -d ---- */

/* "NA": a ZSK has no DS, a KSK no other signatures. */
static int read_known(const char *word, enum known *ret, struct err *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_names); i++)
		if (strcmp(known_names[i], word) == 0) {
			*ret = (enum known)i;
			return 0;
		}
	if (strcmp(word, "NA") != 0)
		return err_set(e, -EINVAL,
			       "'%s' is not hidden, rumoured, omnipresent, unretentive or NA",
			       word);
	*ret = HIDDEN;
	return 0;
}

static int read_details(char *line, struct rows *rows, struct err *e)
{
	char *words[16];
	unsigned n = split(line, words, ARRAY_SIZE(words));

	if (n < 9)
		return err_set(e, -EINVAL,
			       "it is no row of zone, role, four states, pub, act and id");
	for (unsigned i = 0; i < rows->count; i++) {
		struct listed *row = &rows->list[i];

		if (strcmp(row->id, words[n - 1]) != 0 || strcmp(row->zone, words[0]) != 0)
			continue;
		row->detailed = true;
		if (read_known(words[2], &row->ds, e) < 0 ||
		    read_known(words[3], &row->dnskey, e) < 0)
			return -EINVAL;
		return read_known(words[5], &row->signatures, e);
	}
	return 0;
}

/* ---- the keys ---- */

static struct rollover_span span_of(enum known known, simtime since)
{
	switch (known) {
	case HIDDEN:
		return rollover_never();
	case RUMOURED:
		return (struct rollover_span){ since, SIMTIME_NEVER };
	case OMNIPRESENT:
		break;
	case UNRETENTIVE:
		return (struct rollover_span){ ROLLOVER_ALWAYS, since };
	}
	return (struct rollover_span){ ROLLOVER_ALWAYS, SIMTIME_NEVER };
}

/* A DS that an operator has not yet confirmed to be there, or gone. */
static struct rollover_span ds_of(const struct listed *row, simtime since)
{
	if (row->waits[0] && row->ds == UNRETENTIVE)
		return span_of(OMNIPRESENT, since);
	return row->waits[0] ? rollover_never() : span_of(row->ds, since);
}

static void set_spans(const struct listed *row, simtime since, struct rollover_key *k)
{
	k->leaves = row->leaves;
	k->published = span_of(row->dnskey, since);
	k->signs = k->role == KEY_KSK ? k->published : span_of(row->signatures, since);
	if (k->role == KEY_CSK && !row->detailed && row->dnskey != HIDDEN)
		k->signs = k->published;
	if (k->role != KEY_ZSK)
		k->ds = ds_of(row, since);
}

static int role_of(const char *name)
{
	for (int i = 0; i < 3; i++)
		if (strcmp(key_role_names[i], name) == 0)
			return i;
	return -1;
}

static int take_row(struct rollover *r, const struct listed *row, struct err *e)
{
	uint8_t algorithm = rollover_algorithm(row->algorithm);
	int role = role_of(row->role);
	struct rollover_key *k;

	if (role < 0)
		return err_set(e, -EINVAL, "'%s' is no role: KSK, ZSK or CSK", row->role);
	if (!algorithm || strtoul(row->tag, NULL, 10) > 65535)
		return err_set(e, -EINVAL, "'%s' is no algorithm, or '%s' no tag", row->algorithm,
			       row->tag);
	if (rollover_set_zone(r, row->zone, e) < 0)
		return -EINVAL;
	if (row->leaves && row->detailed && row->dnskey == HIDDEN)
		return 0; /* no cache has it any more */
	k = rollover_add_key(r, (enum key_role)role, e);
	if (!k)
		return -ENOMEM;
	rollover_name_key(r, k, algorithm, (unsigned)atoi(row->tag));
	set_spans(row, r->since, k);
	return 0;
}

static int take_rows(struct rollover *r, const struct rows *rows, const char *path, struct err *e)
{
	for (unsigned i = 0; i < rows->count; i++) {
		int rc = take_row(r, &rows->list[i], e);

		if (rc < 0) {
			err_prefix(e, "%s:%d", path, rows->list[i].line);
			return rc;
		}
	}
	return 0;
}

/* ---- what it does not tell ---- */

static void note(const struct rollover *r, const struct rows *rows, FILE *notes)
{
	bool retired = false;
	char text[32];

	fprintf(notes,
		"OpenDNSSEC does not tell since when a state is: taken is %s (--set since=TIME)\n",
		simtime_text(r->since, text));
	for (unsigned i = 0; i < rows->count; i++) {
		const struct listed *row = &rows->list[i];

		retired |= row->leaves && !row->detailed;
		if (row->waits[0])
			fprintf(notes,
				"%s %s waits for %s: the parent is taken %s its DS until that is "
				"said (ods-enforcer key %s)\n",
				row->role, row->tag, row->waits,
				row->ds == UNRETENTIVE ? "to have" : "not to have", row->waits);
	}
	if (retired)
		fputs("whether a key in state retire is still published -v does not tell: it is "
		      "taken to be. Append what ods-enforcer key list -d prints to the file\n",
		      notes);
}

/* ---- the file ---- */

enum table { TABLE_NONE, TABLE_VERBOSE, TABLE_DEBUG };

static bool is_blank(const char *line)
{
	return !line[strspn(line, " \t\r\n")] || strncmp(line, "Keys:", 5) == 0;
}

static int read_line(char *line, int number, enum table *in, struct rows *rows, struct err *e)
{
	if (strstr(line, "Keytype:")) {
		*in = TABLE_VERBOSE;
		return 0;
	}
	if (strstr(line, "RRSIGDNSKEY:")) {
		*in = TABLE_DEBUG;
		return 0;
	}
	if (*in == TABLE_NONE || is_blank(line))
		return 0;
	if (*in == TABLE_DEBUG)
		return read_details(line, rows, e);
	if (rows->count == ARRAY_SIZE(rows->list))
		return err_set(e, -E2BIG, "more than %d keys", ROLLOVER_KEYS);
	rows->list[rows->count].line = number;
	return read_row(line, rows, e);
}

int rollover_read_ods(const char *path, struct rollover *r, FILE *notes, struct err *e)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	_cleanup_(freep) struct rows *rows = calloc(1, sizeof(*rows));
	enum table in = TABLE_NONE;
	char line[2048];
	int n = 0, rc = 0;

	if (!f)
		return err_set(e, -errno, "cannot read '%s': %s", path, strerror(errno));
	if (!rows)
		return err_set(e, -ENOMEM, "not enough memory");
	while (rc == 0 && fgets(line, sizeof(line), f)) {
		n++;
		rc = read_line(line, n, &in, rows, e);
		if (rc < 0)
			err_prefix(e, "%s:%d", path, n);
	}
	if (rc == 0)
		rc = take_rows(r, rows, path, e);
	if (rc == 0)
		note(r, rows, notes);
	snprintf(r->title, sizeof(r->title), "the keys in %.200s, as OpenDNSSEC has them", path);
	return rc;
}
