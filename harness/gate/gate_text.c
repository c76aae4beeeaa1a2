/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/gate/gate_text.h"

#include <stdio.h>
#include <string.h>

#define PART 512

char *gate_text_type(uint16_t type, char ret[32])
{
	char *name = ldns_rr_type2str((ldns_rr_type)type);

	snprintf(ret, 32, "%s", name ?: "?");
	free(name);
	return ret;
}

char *gate_text_margin(simtime margin, char ret[40])
{
	char text[32];

	snprintf(ret, 40, "%s%s", margin < 0 ? "-" : "",
		 simtime_duration_text(margin < 0 ? -margin : margin, text));
	return ret;
}

static const char *until_text(simtime until, char ret[64])
{
	char text[32];

	if (until == SIMTIME_NEVER)
		snprintf(ret, 64, "and no end of it is in sight");
	else
		snprintf(ret, 64, "until %s", simtime_text(until, text));
	return ret;
}

/* An RRset that the DNSKEY RRset which somebody has does not explain. */
static void sign_text(const struct cached *c, const struct cached_finding *f, const char *rrset,
		      const char *until, char *ret)
{
	const struct cached_entry *kept = &c->entries[f->kept], *met = &c->entries[f->met];

	if (met->tag < 0)
		snprintf(ret, GATE_SENTENCE, "%s has no signature, %s", rrset, until);
	else if (!met->signers.count)
		snprintf(ret, GATE_SENTENCE,
			 "%s says that key %d signed it, and no key of that tag that was ever in "
			 "the DNSKEY RRset did, %s",
			 rrset, met->tag, until);
	else if (kept->until == SIMTIME_NEVER)
		snprintf(ret, GATE_SENTENCE,
			 "%s is signed by key %d, which is not in the DNSKEY RRset, %s", rrset,
			 met->tag, until);
	else
		snprintf(ret, GATE_SENTENCE,
			 "%s is signed by key %d, and caches may have a DNSKEY RRset without that "
			 "key %s",
			 rrset, met->tag, until);
}

static void ds_text(const struct cached *c, const struct cached_finding *f, const char *rrset,
		    const char *until, char *ret)
{
	const struct cached_entry *kept = &c->entries[f->kept], *met = &c->entries[f->met];

	if (kept->set == CACHED_RRSETS)
		snprintf(ret, GATE_SENTENCE,
			 "the zone has a DS, and caches may have %s without a signature %s", rrset,
			 until);
	else
		snprintf(ret, GATE_SENTENCE,
			 "the DS leads to key %d, and caches may have a DNSKEY RRset that this key "
			 "has not signed %s",
			 met->tag, until);
}

char *gate_text_first(const struct cached *c, const struct cached_first *f, char ret[GATE_SENTENCE])
{
	char type[32], rrset[PART], until[64], ended[32];

	snprintf(rrset, sizeof(rrset), "'%s %s'", f->owner, gate_text_type(f->type, type));
	until_text(f->until, until);
	if (!f->finding) {
		snprintf(ret, GATE_SENTENCE, "the signature of %s does not hold from %s on", rrset,
			 simtime_text(f->from, ended));
		return ret;
	}
	switch (f->finding->step) {
	case CACHED_SIGN:
		sign_text(c, f->finding, rrset, until, ret);
		break;
	case CACHED_KEY_OUT:
		snprintf(ret, GATE_SENTENCE,
			 "caches may have %s signed by key %d %s, and that key is in the DNSKEY "
			 "RRset no longer",
			 rrset, f->tag, until);
		break;
	case CACHED_DS_IN:
		ds_text(c, f->finding, rrset, until, ret);
		break;
	case CACHED_KSK_OUT:
		snprintf(ret, GATE_SENTENCE,
			 "caches may have the DS of key %d %s, and that key has not signed the "
			 "DNSKEY RRset",
			 f->tag, until);
		break;
	case CACHED_RENEW:
		break;
	}
	return ret;
}
