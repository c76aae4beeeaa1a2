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
};

static int put_rrset(const struct rrset *rs, void *arg, struct err *e)
{
	struct writing *w = arg;

	if (is_made(rs->type))
		return 0;
	if (rs->ttl > w->s->max_zone_ttl)
		w->s->max_zone_ttl = rs->ttl;
	return dump_rrset(rs, w->out, e);
}

int signing_write_zone(struct signing_life *s, struct err *e)
{
	struct view v = view_at((struct zone *)(void *)s->plan->signer->zone, 0,
				s->plan->scenario->from, NULL);
	char path[PATH_MAX + 32];
	struct writing w = { .s = s };
	int r;

	snprintf(path, sizeof(path), "%s/" SIGNING_ZONE, s->work);
	w.out = fopen(path, "we");
	if (!w.out)
		return err_set(e, -errno, "cannot write '%s': %s", path, strerror(errno));
	r = walk_zone(&v, put_rrset, &w, e);
	if (fclose(w.out) != 0 && r == 0)
		r = err_set(e, -errno, "cannot write '%s': %s", path, strerror(errno));
	return r;
}
