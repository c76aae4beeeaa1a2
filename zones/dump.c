/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>

#include "sim/base/buf.h"
#include "sim/base/cleanup.h"
#include "zones/census.h"
#include "zones/walk.h"

struct dump {
	const struct view *v;
	FILE *out;
	ldns_buffer *text;
};

static int fail(const struct dump *d, int rc, const char *what, struct err *e)
{
	char apex[NAME_TEXT_LEN];

	if (!d->v)
		return err_set(e, rc, "%s", what);
	return err_set(e, rc, "zone '%s': %s", name_text(d->v->zone->apex, apex), what);
}

static int put_text(struct dump *d, const ldns_rr *rr, struct err *e)
{
	ldns_buffer_clear(d->text);
	if (ldns_rr2buffer_str(d->text, rr) != LDNS_STATUS_OK)
		return fail(d, -EIO, "a record has no text", e);
	if (fwrite(ldns_buffer_begin(d->text), 1, ldns_buffer_position(d->text), d->out) !=
	    ldns_buffer_position(d->text))
		return fail(d, -EIO, strerror(errno), e);
	return 0;
}

static int put_record(struct dump *d, const struct rrset *rs, const uint8_t *rdata, size_t len,
		      struct err *e)
{
	uint8_t wire[NAME_MAX_LEN + 10 + RRSET_DATA_MAX];
	struct buf b = buf_over(wire, sizeof(wire));
	ldns_rr *rr = NULL;
	size_t pos = 0;
	int rc;

	buf_put(&b, rs->owner, name_len(rs->owner));
	buf_u16(&b, rs->type);
	buf_u16(&b, 1);
	buf_u32(&b, rs->ttl);
	buf_u16(&b, (uint16_t)len);
	buf_put(&b, rdata, len);
	if (b.failed || ldns_wire2rr(&rr, wire, b.len, &pos, LDNS_SECTION_ANSWER))
		return fail(d, -EIO, "a record is malformed", e);
	rc = put_text(d, rr, e);
	ldns_rr_free(rr);
	return rc;
}

static int put_rrset(const struct rrset *rs, void *arg, struct err *e)
{
	const uint8_t *rdata;
	size_t pos = 0, len;
	int rc = 0;

	while (!rc && (rdata = rrset_next(rs, &pos, &len)))
		rc = put_record(arg, rs, rdata, len, e);
	return rc;
}

int dump_rrset(const struct rrset *rs, FILE *out, struct err *e)
{
	struct dump d = { NULL, out, ldns_buffer_new(LDNS_MAX_PACKETLEN) };
	int rc = d.text ? put_rrset(rs, &d, e) : err_set(e, -ENOMEM, "no memory for a dump");

	ldns_buffer_free(d.text);
	return rc;
}

int dump_zone(const struct view *v, FILE *out, struct err *e)
{
	struct dump d = { v, out, NULL };
	char apex[NAME_TEXT_LEN];
	int rc;

	if (census_count(v->zone) > DUMP_MAX_NAMES)
		return err_set(e, -EFBIG,
			       "zone '%s' has more than %d names: shrink its population to dump it",
			       name_text(v->zone->apex, apex), DUMP_MAX_NAMES);
	d.text = ldns_buffer_new(LDNS_MAX_PACKETLEN);
	if (!d.text)
		return err_set(e, -ENOMEM, "no memory for a dump");
	rc = walk_zone(v, put_rrset, &d, e);
	ldns_buffer_free(d.text);
	if (!rc && fflush(out))
		rc = fail(&d, -EIO, strerror(errno), e);
	return rc;
}
