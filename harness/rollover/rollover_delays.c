/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_delays.h"

#include <errno.h>
#include <string.h>

#include "harness/rollover/rollover_ask.h"
#include "harness/rollover/rollover_kasp.h"

enum source { SOURCE_DEFAULT, SOURCE_POLICY, SOURCE_ASKED, SOURCE_SET, SOURCE_COUNT };

static const char *const source_names[SOURCE_COUNT] = {
	[SOURCE_DEFAULT] = "as the signer has it when nobody says otherwise (--ask, --set)",
	[SOURCE_POLICY] = "of the policy",
	[SOURCE_ASKED] = "as servers answer",
	[SOURCE_SET] = "as given",
};

enum delay {
	DNSKEY_TTL,
	DS_TTL,
	ZONE_TTL,
	NEGATIVE_TTL,
	ZONE_PROPAGATION,
	PARENT_PROPAGATION,
	SIGNING,
	VALIDITY,
	DELAYS,
};

/* What a signer has when nobody configures it: BIND's dnssec-policy "default", Knot's policy,
 * OpenDNSSEC's kasp.xml. */
static const struct {
	const char *key;
	size_t offset;
	simtime otherwise[4]; /* by signer */
} delays[DELAYS] = {
	[DNSKEY_TTL] = { "dnskey-ttl",
			 offsetof(struct rollover, ttl.dnskey),
			 { 0, HOUR, HOUR, HOUR } },
	[DS_TTL] = { "ds-ttl", offsetof(struct rollover, ttl.ds), { 0, DAY, DAY, DAY } },
	[ZONE_TTL] = { "zone-ttl", offsetof(struct rollover, ttl.zone), { 0, DAY, DAY, DAY } },
	[NEGATIVE_TTL] = { "negative-ttl",
			   offsetof(struct rollover, ttl.negative),
			   { 0, HOUR, HOUR, HOUR } },
	[ZONE_PROPAGATION] = { "zone-propagation",
			       offsetof(struct rollover, propagation.zone),
			       { 0, 5 * MINUTE, HOUR, 12 * HOUR } },
	[PARENT_PROPAGATION] = { "parent-propagation",
				 offsetof(struct rollover, propagation.parent),
				 { 0, HOUR, HOUR, 12 * HOUR } },
	/* BIND signs with a new key what is due anyway: until signatures that were just made are.
	 */
	[SIGNING] = { "signing", offsetof(struct rollover, signing), { 0, 9 * DAY, 0, 0 } },
	[VALIDITY] = { "validity",
		       offsetof(struct rollover, validity),
		       { 0, 14 * DAY, 14 * DAY, 14 * DAY } },
};

struct gathering {
	struct rollover *r;
	enum source sources[DELAYS];
};

static simtime *delay_of(struct rollover *r, size_t i)
{
	return (simtime *)((char *)r + delays[i].offset);
}

/* What was not told is -1. */
static void take(struct gathering *w, enum delay which, simtime value, enum source source)
{
	if (value < 0)
		return;
	*delay_of(w->r, which) = value;
	w->sources[which] = source;
}

/* ---- --set ---- */

bool rollover_is_since(const char *set)
{
	return strncmp(set, "since=", 6) == 0;
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

static int take_set(struct gathering *w, const char *set, enum rollover_signer signer,
		    struct err *e)
{
	const char *equals = strchr(set, '=');
	char known[240] = "";
	simtime value;

	for (size_t i = 0; equals && i < DELAYS; i++) {
		if (strlen(delays[i].key) != (size_t)(equals - set) ||
		    strncmp(delays[i].key, set, (size_t)(equals - set)) != 0)
			continue;
		if (parse_delay(equals + 1, &value, e) == 0) {
			take(w, (enum delay)i, value, SOURCE_SET);
			return 0;
		}
		err_prefix(e, "--set %s", set);
		return -EINVAL;
	}
	for (size_t i = 0; i < DELAYS; i++)
		snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
			 i ? ", " : "", delays[i].key);
	return err_set(e, -EINVAL, "--set '%s': of a signer's state files these can be set: %s%s",
		       set, known, signer == SIGNER_ODS ? ", since" : "");
}

/* ---- --policy ---- */

static int take_policy(struct gathering *w, const char *place, struct err *e)
{
	struct rollover_kasp k;
	int rc = rollover_kasp_read(place, &k, e);

	if (rc) {
		err_prefix(e, "--policy");
		return rc;
	}
	take(w, DNSKEY_TTL, k.dnskey, SOURCE_POLICY);
	take(w, DS_TTL, k.ds, SOURCE_POLICY);
	take(w, ZONE_TTL, k.zone, SOURCE_POLICY);
	take(w, NEGATIVE_TTL, k.negative, SOURCE_POLICY);
	take(w, ZONE_PROPAGATION, k.zone_propagation, SOURCE_POLICY);
	take(w, PARENT_PROPAGATION, k.parent_propagation, SOURCE_POLICY);
	take(w, SIGNING, k.signing, SOURCE_POLICY);
	take(w, VALIDITY, k.validity, SOURCE_POLICY);
	return 0;
}

/* ---- --ask ---- */

/* The longest TTL of the zone's other RRsets nobody tells; that of the SOA is the least it can be.
 */
static int take_answers(struct gathering *w, const struct rollover_input *in, FILE *notes,
			struct err *e)
{
	struct rollover_asked a;
	int rc = rollover_ask(w->r->zone, in->server, in->parent_server, &a, e);

	if (rc) {
		err_prefix(e, "TTLs");
		return rc;
	}
	take(w, DNSKEY_TTL, a.dnskey, SOURCE_ASKED);
	take(w, DS_TTL, a.ds, SOURCE_ASKED);
	take(w, NEGATIVE_TTL, a.negative, SOURCE_ASKED);
	if (a.soa > w->r->ttl.zone)
		take(w, ZONE_TTL, a.soa, SOURCE_ASKED);
	if (in->server && a.dnskey < 0)
		fprintf(notes, "'%s' has no DNSKEY of '%s'\n", in->server, w->r->zone);
	if (a.ds < 0)
		fprintf(notes, "'%s' has no DS of '%s'%s\n",
			in->parent_server ? in->parent_server : in->server, w->r->zone,
			in->parent_server ? "" : ": a server of the parent has (--ask-parent)");
	return 0;
}

/* ---- all of it ---- */

static void tell(const struct gathering *w, FILE *notes)
{
	char text[32];

	for (enum source s = 0; s < SOURCE_COUNT; s++) {
		unsigned n = 0;

		for (size_t i = 0; i < DELAYS; i++) {
			simtime value = *delay_of(w->r, i);

			if (w->sources[i] != s)
				continue;
			fprintf(notes, "%s%s=%s", n++ ? " " : "", delays[i].key,
				value ? simtime_duration_text(value, text) : "0");
		}
		if (n)
			fprintf(notes, " %s\n", source_names[s]);
	}
}

int rollover_delays_take(const struct rollover_input *in, enum rollover_signer signer, FILE *notes,
			 struct rollover *r, struct err *e)
{
	struct gathering w = { .r = r };
	int rc = 0;

	for (size_t i = 0; i < DELAYS; i++)
		*delay_of(r, i) = delays[i].otherwise[signer];
	if (in->policy)
		rc = take_policy(&w, in->policy, e);
	if (rc == 0 && (in->server || in->parent_server))
		rc = take_answers(&w, in, notes, e);
	for (unsigned i = 0; i < in->options->set_count && rc == 0; i++)
		if (!rollover_is_since(in->options->sets[i]) || signer != SIGNER_ODS)
			rc = take_set(&w, in->options->sets[i], signer, e);
	if (rc == 0)
		tell(&w, notes);
	return rc;
}
