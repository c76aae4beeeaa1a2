/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_read.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "harness/rollover/rollover_delays.h"
#include "sim/clock/clock.h"
#include "sim/language/rollover_script.h"
#include "zones/key.h"

/* Since when what a state gives no date has been so: --set since=TIME. */
static int take_since(struct rollover *r, enum rollover_signer signer,
		      const struct scenario_options *o, struct err *e)
{
	r->since = r->from;
	for (unsigned i = 0; i < o->set_count && signer == SIGNER_ODS; i++) {
		if (!rollover_is_since(o->sets[i]))
			continue;
		if (simtime_parse(strchr(o->sets[i], '=') + 1, &r->since, e) < 0) {
			err_prefix(e, "--set %s", o->sets[i]);
			return -EINVAL;
		}
		if (r->since > r->from)
			return err_set(e, -EINVAL, "--set %s is after the present (--at)",
				       o->sets[i]);
	}
	return 0;
}

/* ---- for the readers ---- */

struct rollover_key *rollover_add_key(struct rollover *r, enum key_role role, struct err *e)
{
	struct rollover_key *grown;

	if (r->key_count == ROLLOVER_KEYS) {
		err_set(e, -E2BIG, "more than %d keys", ROLLOVER_KEYS);
		return NULL;
	}
	grown = reallocarray(r->keys, r->key_count + 1, sizeof(*grown));
	if (!grown) {
		err_set(e, -ENOMEM, "not enough memory");
		return NULL;
	}
	r->keys = grown;
	grown += r->key_count++;
	*grown = (struct rollover_key){ .role = role,
					.tag = -1,
					.published = { ROLLOVER_ALWAYS, SIMTIME_NEVER },
					.signs = { ROLLOVER_ALWAYS, SIMTIME_NEVER },
					.ds = { ROLLOVER_ALWAYS, SIMTIME_NEVER } };
	if (role == KEY_ZSK)
		grown->ds = rollover_never();
	return grown;
}

void rollover_name_key(const struct rollover *r, struct rollover_key *k, uint8_t algorithm,
		       unsigned tag)
{
	char number[8];
	bool taken = false;

	k->algorithm = algorithm;
	k->tag = (int)tag;
	snprintf(k->name, sizeof(k->name), "%s %u", key_role_names[k->role], tag);
	for (const struct rollover_key *other = r->keys; other < k; other++)
		taken |= strcmp(other->name, k->name) == 0;
	if (taken)
		snprintf(k->name, sizeof(k->name), "%s %u %s", key_role_names[k->role], tag,
			 rollover_algorithm_name(algorithm, number));
}

int rollover_set_zone(struct rollover *r, const char *name, struct err *e)
{
	uint8_t wire[NAME_MAX_LEN];
	char text[NAME_TEXT_LEN];

	if (name_parse(name, wire, e) < 0)
		return -EINVAL;
	name_text(wire, text);
	if (!wire[0])
		return err_set(e, -EINVAL, "the root has no DS: RFC 5011 is for its keys");
	if (strlen(text) >= sizeof(r->zone))
		return err_set(e, -EINVAL, "the zone's name is too long");
	if (r->zone[0] && strcmp(r->zone, text) != 0)
		return err_set(e, -EINVAL,
			       "there are keys of '%s' and of '%s': a plan is of one zone", r->zone,
			       text);
	strcpy(r->zone, text);
	return 0;
}

/* ---- what a signer does without a successor ---- */

static bool does(const struct rollover_key *k, enum key_role role)
{
	return k->role == role || k->role == KEY_CSK || role == KEY_CSK;
}

static bool has_successor(const struct rollover *r, unsigned i)
{
	for (unsigned j = 0; j < r->key_count; j++)
		if (j != i && does(&r->keys[j], r->keys[i].role) &&
		    r->keys[j].algorithm == r->keys[i].algorithm &&
		    rollover_in(&r->keys[j].signs, r->keys[i].signs.until))
			return true;
	return false;
}

static void keep_last_keys(struct rollover *r, FILE *notes)
{
	char text[32];

	for (unsigned i = 0; i < r->key_count; i++) {
		struct rollover_key *k = &r->keys[i];

		if (k->signs.until == SIMTIME_NEVER || k->signs.until < r->from ||
		    has_successor(r, i))
			continue;
		fprintf(notes,
			"%s is to end at %s, but has no successor yet: it is taken to stay\n",
			k->name, simtime_text(k->signs.until, text));
		k->signs.until = k->published.until = SIMTIME_NEVER;
		if (k->ds.from != SIMTIME_NEVER)
			k->ds.until = SIMTIME_NEVER;
	}
}

static bool has_ds_after(const struct rollover *r, unsigned i, simtime t)
{
	for (unsigned j = 0; j < r->key_count; j++)
		if (j != i && rollover_in(&r->keys[j].ds, t))
			return true;
	return false;
}

/* A signer has times for the end of a KSK, and keeps it until another one's DS stands for it all
 * the same. */
static void keep_until_ds_is_gone(struct rollover *r, FILE *notes)
{
	char text[32];

	for (unsigned i = 0; i < r->key_count; i++) {
		struct rollover_key *k = &r->keys[i];

		if (k->ds.from == SIMTIME_NEVER || k->ds.until <= r->from ||
		    (k->ds.until != SIMTIME_NEVER && has_ds_after(r, i, k->ds.until)))
			continue;
		if (k->published.until > r->from && k->published.until != SIMTIME_NEVER)
			fprintf(notes,
				"%s is to go at %s, but its DS is to go before it, and that is not "
				"planned: it is taken to stay\n",
				k->name, simtime_text(k->published.until, text));
		k->ds.until = SIMTIME_NEVER;
		if (k->published.until > r->from)
			k->published.until = k->signs.until = SIMTIME_NEVER;
	}
}

/* ---- which it is ---- */

static bool has_heading(const char *text)
{
	const char *zone = strstr(text, "Zone:");

	return zone && strstr(zone, "Keytype:") && strstr(zone, "State:");
}

static enum rollover_signer signer_of(const char *name)
{
	_cleanup_(fclosep) FILE *f = NULL;
	char text[4096];
	struct stat st;
	size_t n, at;

	if (stat(name, &st) < 0)
		return SIGNER_NONE;
	if (S_ISDIR(st.st_mode))
		return SIGNER_BIND;
	f = fopen(name, "re");
	n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	text[n] = '\0';
	at = strspn(text, " \t\r\n");
	if (text[at] == '[' || text[at] == '{')
		return SIGNER_KNOT;
	return has_heading(text) ? SIGNER_ODS : SIGNER_NONE;
}

static int read_files(const struct rollover_input *in, enum rollover_signer signer, FILE *notes,
		      struct rollover *r, struct err *e)
{
	static int (*const readers[])(const char *name, struct rollover *r, FILE *notes,
				      struct err *e) = {
		[SIGNER_BIND] = rollover_read_bind,
		[SIGNER_KNOT] = rollover_read_knot,
		[SIGNER_ODS] = rollover_read_ods,
	};
	int rc = take_since(r, signer, in->options, e);

	if (rc == 0)
		rc = readers[signer](in->name, r, notes, e);
	if (rc == 0 && !r->key_count)
		rc = err_set(e, -EINVAL, "'%s' has no key", in->name);
	if (rc == 0)
		rc = rollover_delays_take(in, signer, notes, r, e);
	if (rc)
		return rc;
	snprintf(r->name, sizeof(r->name), "%.*s", (int)strlen(r->zone) - 1, r->zone);
	r->is_state = true;
	keep_last_keys(r, notes);
	keep_until_ds_is_gone(r, notes);
	rc = rollover_check(r, e);
	if (rc)
		err_prefix(e, "%s", in->name);
	return rc;
}

/* A script tells everything itself. */
static int read_script(const struct rollover_input *in, struct rollover **ret, struct err *e)
{
	const struct {
		const char *option, *value;
	} others[] = { { "--at", in->at_is_of_all ? NULL : in->at },
		       { "--ask", in->server },
		       { "--ask-parent", in->parent_server },
		       { "--policy", in->policy } };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i].value)
			return err_set(e, -EINVAL,
				       "%s is for a signer's state files: a script says when it "
				       "begins, and what TTLs there are",
				       others[i].option);
	return rollover_script_load(in->name, in->options, ret, e);
}

int rollover_read(const struct rollover_input *in, FILE *notes, struct rollover **ret,
		  struct err *e)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;
	enum rollover_signer signer = signer_of(in->name);
	int rc;

	if (signer == SIGNER_NONE)
		return read_script(in, ret, e);
	r = calloc(1, sizeof(*r));
	if (!r)
		return err_set(e, -ENOMEM, "not enough memory");
	r->from = clock_machine_date() / SECOND * SECOND;
	if (in->at && simtime_parse(in->at, &r->from, e) < 0)
		return -EINVAL;
	rc = read_files(in, signer, notes, r, e);
	if (rc == 0)
		*ret = TAKE(r);
	return rc;
}
