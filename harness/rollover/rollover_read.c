/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_read.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "sim/clock/clock.h"
#include "sim/language/rollover_script.h"

enum form { FORM_SCRIPT, FORM_BIND, FORM_KNOT, FORM_ODS };

/* What a signer has when nobody configures it: BIND's dnssec-policy "default", Knot's policy,
 * OpenDNSSEC's kasp.xml. */
static const struct {
	const char *key;
	size_t offset;
	simtime otherwise[4]; /* by form */
} delays[] = {
	{ "dnskey-ttl", offsetof(struct rollover, ttl.dnskey), { 0, HOUR, HOUR, HOUR } },
	{ "ds-ttl", offsetof(struct rollover, ttl.ds), { 0, DAY, DAY, DAY } },
	{ "zone-ttl", offsetof(struct rollover, ttl.zone), { 0, DAY, DAY, DAY } },
	{ "negative-ttl", offsetof(struct rollover, ttl.negative), { 0, HOUR, HOUR, HOUR } },
	{ "zone-propagation",
	  offsetof(struct rollover, propagation.zone),
	  { 0, 5 * MINUTE, HOUR, 12 * HOUR } },
	{ "parent-propagation",
	  offsetof(struct rollover, propagation.parent),
	  { 0, HOUR, HOUR, 12 * HOUR } },
	/* BIND signs with a new key what is due anyway: until signatures that were just made are.
	 */
	{ "signing", offsetof(struct rollover, signing), { 0, 9 * DAY, 0, 0 } },
	{ "validity", offsetof(struct rollover, validity), { 0, 14 * DAY, 14 * DAY, 14 * DAY } },
};

static simtime *delay_of(struct rollover *r, size_t i)
{
	return (simtime *)((char *)r + delays[i].offset);
}

/* "1h", or "3600". */
static int parse_delay(const char *text, simtime *ret, struct err *e)
{
	char seconds[32];

	if (!text[strspn(text, "0123456789")]) {
		snprintf(seconds, sizeof(seconds), "%.20ss", text);
		return simtime_parse_duration(seconds, ret, e);
	}
	return simtime_parse_duration(text, ret, e);
}

/* "since=TIME": until when what a state gives no date is taken to have been otherwise. */
static bool is_since(const char *set)
{
	return strncmp(set, "since=", 6) == 0;
}

static int take_since(struct rollover *r, const struct scenario_options *o, struct err *e)
{
	r->since = r->from;
	for (unsigned i = 0; i < o->set_count; i++) {
		if (!is_since(o->sets[i]))
			continue;
		if (simtime_parse(o->sets[i] + 6, &r->since, e) < 0) {
			err_prefix(e, "--set %s", o->sets[i]);
			return -EINVAL;
		}
		if (r->since > r->from)
			return err_set(e, -EINVAL, "--set %s is after the present (--at)",
				       o->sets[i]);
	}
	return 0;
}

static int take_set(struct rollover *r, const char *set, struct err *e)
{
	const char *equals = strchr(set, '=');
	char known[200] = "";

	for (size_t i = 0; equals && i < ARRAY_SIZE(delays); i++) {
		if (strlen(delays[i].key) != (size_t)(equals - set) ||
		    strncmp(delays[i].key, set, (size_t)(equals - set)) != 0)
			continue;
		if (parse_delay(equals + 1, delay_of(r, i), e) == 0)
			return 0;
		err_prefix(e, "--set %s", set);
		return -EINVAL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(delays); i++)
		snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
			 i ? ", " : "", delays[i].key);
	return err_set(e, -EINVAL, "--set '%s': of a signer's state files these can be set: %s",
		       set, known);
}

static int take_delays(struct rollover *r, enum form form, const struct scenario_options *o,
		       FILE *notes, struct err *e)
{
	char text[32];
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(delays); i++)
		*delay_of(r, i) = delays[i].otherwise[form];
	for (unsigned i = 0; i < o->set_count && rc == 0; i++)
		rc = is_since(o->sets[i]) && form == FORM_ODS ? 0 : take_set(r, o->sets[i], e);
	fputs("the files do not tell TTLs and delays; taken are, unless --set says otherwise:",
	      notes);
	for (size_t i = 0; i < ARRAY_SIZE(delays) && rc == 0; i++)
		fprintf(notes, " %s=%s", delays[i].key,
			*delay_of(r, i) ? simtime_duration_text(*delay_of(r, i), text) : "0");
	fputc('\n', notes);
	return rc;
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
	snprintf(k->name, sizeof(k->name), "%s %u", rollover_role_names[k->role], tag);
	for (const struct rollover_key *other = r->keys; other < k; other++)
		taken |= strcmp(other->name, k->name) == 0;
	if (taken)
		snprintf(k->name, sizeof(k->name), "%s %u %s", rollover_role_names[k->role], tag,
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

static enum form form_of(const char *name)
{
	_cleanup_(fclosep) FILE *f = NULL;
	char text[4096];
	struct stat st;
	size_t n, at;

	if (stat(name, &st) < 0)
		return FORM_SCRIPT;
	if (S_ISDIR(st.st_mode))
		return FORM_BIND;
	f = fopen(name, "re");
	n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	text[n] = '\0';
	at = strspn(text, " \t\r\n");
	if (text[at] == '[' || text[at] == '{')
		return FORM_KNOT;
	return has_heading(text) ? FORM_ODS : FORM_SCRIPT;
}

static int read_files(const char *name, enum form form, const struct scenario_options *o,
		      FILE *notes, struct rollover *r, struct err *e)
{
	static int (*const readers[])(const char *name, struct rollover *r, FILE *notes,
				      struct err *e) = {
		[FORM_BIND] = rollover_read_bind,
		[FORM_KNOT] = rollover_read_knot,
		[FORM_ODS] = rollover_read_ods,
	};
	int rc = take_since(r, o, e);

	if (rc == 0)
		rc = readers[form](name, r, notes, e);
	if (rc == 0 && !r->key_count)
		rc = err_set(e, -EINVAL, "'%s' has no key", name);
	if (rc == 0)
		rc = take_delays(r, form, o, notes, e);
	if (rc)
		return rc;
	snprintf(r->name, sizeof(r->name), "%.*s", (int)strlen(r->zone) - 1, r->zone);
	r->is_state = true;
	keep_last_keys(r, notes);
	keep_until_ds_is_gone(r, notes);
	rc = rollover_check(r, e);
	if (rc)
		err_prefix(e, "%s", name);
	return rc;
}

int rollover_read(const char *name, const struct scenario_options *o, const char *at, FILE *notes,
		  struct rollover **ret, struct err *e)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;
	enum form form = form_of(name);
	int rc;

	if (form == FORM_SCRIPT)
		return at ? err_set(e, -EINVAL,
				    "--at is for a signer's state files: a script "
				    "says when it begins")
			  : rollover_script_load(name, o, ret, e);
	r = calloc(1, sizeof(*r));
	if (!r)
		return err_set(e, -ENOMEM, "not enough memory");
	r->from = clock_machine_date() / SECOND * SECOND;
	if (at && simtime_parse(at, &r->from, e) < 0)
		return -EINVAL;
	rc = read_files(name, form, o, notes, r, e);
	if (rc == 0)
		*ret = TAKE(r);
	return rc;
}
