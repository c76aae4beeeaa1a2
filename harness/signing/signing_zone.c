/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "harness/signing/signing_state.h"
#include "zones/dump.h"
#include "zones/walk.h"

enum { CDS = 59, CDNSKEY = 60 };

/* What a signer makes by itself. The DS of delegations are the zone's own. */
static bool is_made(uint16_t type)
{
	return type == RR_RRSIG || type == RR_NSEC || type == RR_NSEC3 || type == RR_NSEC3PARAM ||
	       type == RR_DNSKEY || type == CDS || type == CDNSKEY;
}

struct writing {
	struct signing_life *s;
	FILE *out;
	uint32_t serial; /* 0: its own */
};

/* RFC 1035, section 3.3.13: five numbers end the SOA, and the first is the serial. */
static void set_serial(struct rrset *soa, uint32_t serial)
{
	for (unsigned i = 0; i < 4 && soa->len >= 20; i++)
		soa->data[soa->len - 20 + i] = (uint8_t)(serial >> (24 - 8 * i));
}

/* RFC 2308, section 4: the last of the five is the TTL of what is not there. */
static void note_soa(struct signing_life *s, const struct rrset *soa)
{
	const uint8_t *last = soa->data + soa->len - 4;

	s->soa_ttl = soa->ttl;
	if (soa->len >= 20)
		s->negative_ttl = (uint32_t)last[0] << 24 | (uint32_t)last[1] << 16 |
				  (uint32_t)last[2] << 8 | last[3];
}

static int put_rrset(const struct rrset *rs, void *arg, struct err *e)
{
	static struct rrset soa; /* too large for a stack */
	struct writing *w = arg;

	if (is_made(rs->type))
		return 0;
	if (rs->type == RR_SOA)
		note_soa(w->s, rs);
	if (rs->type == RR_SOA && w->serial) {
		rrset_copy(&soa, rs);
		set_serial(&soa, w->serial);
		rs = &soa;
	}
	if (rs->ttl > w->s->max_zone_ttl)
		w->s->max_zone_ttl = rs->ttl;
	return dump_rrset(rs, w->out, e);
}

/* One that gets it by transfer does not find it in its folder. */
static const char *place_of(const struct signing_life *s)
{
	return s->plan->signer->by_transfer ? s->plan->folder : s->work;
}

int signing_write_zone(struct signing_life *s, uint32_t serial, struct err *e)
{
	struct view v = view_at((struct zone *)(void *)s->plan->signer->zone, 0,
				s->plan->scenario->from, NULL);
	char path[PATH_MAX + 32];
	struct writing w = { .s = s, .serial = serial };
	int r;

	snprintf(path, sizeof(path), "%s/" SIGNING_ZONE, place_of(s));
	w.out = fopen(path, "we");
	if (!w.out)
		return err_set(e, -errno, "cannot write '%s': %s", path, strerror(errno));
	r = walk_zone(&v, put_rrset, &w, e);
	if (fclose(w.out) != 0 && r == 0)
		r = err_set(e, -errno, "cannot write '%s': %s", path, strerror(errno));
	return r == 0 ? signing_serve_zone(s, e) : r;
}

int signing_serve_zone(struct signing_life *s, struct err *e)
{
	struct zone_file seen = { 0 };
	struct zone_copy *zone = NULL;
	ldns_rdf *apex;
	int r;

	if (!s->primary)
		return 0;
	apex = ldns_dname_new_frm_str(s->zone);
	r = apex ? zone_file_read(place_of(s), SIGNING_ZONE, apex, &seen, &zone, e)
		 : err_set(e, -ENOMEM, "no memory for a zone");
	ldns_rdf_deep_free(apex);
	if (r == 0)
		primary_have(s->primary, zone, clock_now(s->clock));
	return r;
}
