/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/transfer.h"

#include <errno.h>
#include <string.h>

#include "sim/authority/manners.h"
#include "sim/authority/reply.h"
#include "sim/authority/tsig.h"
#include "sim/base/cleanup.h"
#include "zones/census.h"
#include "zones/content.h"
#include "zones/difference.h"
#include "zones/version.h"
#include "zones/walk.h"

#define MESSAGE 16384 /* of so many bytes: no pointer leads further (RFC 1035 section 4.1.4) */
#define MESSAGE_MOST 65535

struct transfer {
	const struct packet *p;
	const struct transfer_sink *sink;
	struct answer *ret;
	struct transfer_end *end;
	struct zone *zone;
	struct query q;
	struct tsig tsig; /* who signed the query, and what the answer's messages are signed with */
	uint64_t date; /* that they are signed on */
	struct reply r; /* the message that is being written */
	size_t limit; /* of it */
	struct rrset soa; /* of the version that is sent */
};

/* ---- messages ---- */

static size_t behind(const struct transfer *x)
{
	return (x->q.edns ? REPLY_OPT : 0) + x->q.reserved;
}

static int begin(struct transfer *x, size_t limit, struct err *e)
{
	x->limit = limit;
	if (!reply_init(&x->r, &x->q, x->sink->out, limit - behind(x)))
		return err_set(e, -EMSGSIZE, "no room for a transfer's message");
	x->r.flags = FLAG_AA;
	return 0;
}

static int give(struct transfer *x, unsigned rcode, struct err *e)
{
	size_t len;

	x->ret->rcode = (uint8_t)rcode;
	reply_finish(&x->r, rcode, x->zone ? x->zone->edns_size : 1232, x->limit - x->q.reserved);
	len = x->r.b.len;
	if (!tsig_put(&x->tsig, x->sink->out, &len, x->date))
		return err_set(e, -ENOMEM, "out of memory");
	return x->sink->send(x->sink->arg, len, e);
}

static bool put(struct transfer *x, const struct rrset *rs)
{
	if (!reply_rrset(&x->r, rs, rs->ttl))
		return false;
	x->end->records += rs->count;
	return true;
}

/* An RRset stands in one message; one that no other fits beside is alone in a longer one. */
static int add(struct transfer *x, const struct rrset *rs, struct err *e)
{
	int r;

	if (put(x, rs))
		return 0;
	r = x->r.counts[SECTION_ANSWER] ? give(x, RCODE_NOERROR, e) : 0;
	if (r == 0)
		r = begin(x, MESSAGE, e);
	if (r < 0 || put(x, rs))
		return r;
	r = begin(x, MESSAGE_MOST, e);
	if (r < 0 || put(x, rs))
		return r;
	return err_set(e, -EMSGSIZE, "an RRset is more than any message holds");
}

/* RFC 5936 section 2.2: in a message that says nothing else. */
static int refuse(struct transfer *x, unsigned rcode, const char *why, struct err *e)
{
	int r = begin(x, MESSAGE, e);

	x->r.flags = 0;
	snprintf(x->end->why, sizeof(x->end->why), "%.119s", why);
	return r < 0 ? r : give(x, rcode, e);
}

/* ---- who may ---- */

static bool is_among(const struct transfer_plan *t, const struct address *a)
{
	for (unsigned i = 0; i < t->to_count; i++)
		if (address_prefix_has(&t->to[i], a))
			return true;
	return !t->to_count;
}

/* NULL: he may have it. */
static const char *objection(const struct transfer *x)
{
	const struct transfer_plan *t = x->zone->transfer;

	if (!t)
		return "the zone has no 'transfer'";
	if (!is_among(t, &x->p->from.address))
		return "its 'transfer' is not to this address";
	if (t->key && (!x->tsig.key || !tsig_key_equal(t->key, x->tsig.key)))
		return "it is not signed with the key of its 'transfer'";
	if (!census_ready(x->zone) || census_count(x->zone) > WALK_MAX_NAMES)
		return "it has more names than are given at once, a million";
	return NULL;
}

/* ---- AXFR ---- */

static int each(const struct rrset *rs, void *arg, struct err *e)
{
	struct transfer *x = arg;

	if (!x->end->records)
		rrset_copy(&x->soa, rs);
	return add(x, rs, e);
}

static int put_each(const struct rrset *rs, void *arg, struct err *e)
{
	return add(arg, rs, e);
}

/* As the zone says it: of one that is taken as it was signed it does not change. */
static uint32_t serial_of(struct transfer *x, const struct view *v)
{
	const uint8_t *rdata;
	size_t pos = 0, len;

	if (!content_rrset(v, x->zone->apex, RR_SOA, &x->soa))
		return 0;
	rdata = rrset_next(&x->soa, &pos, &len);
	return rdata && len > 20 ? get32(rdata + len - 20) : 0;
}

/* The zone of the version that the server has. */
static struct view version_of(struct transfer *x)
{
	struct view v = view_at(x->zone, x->ret->server, x->p->at, &x->ret->faults);

	v.now = v.given = version_at(&v);
	x->end->serial = serial_of(x, &v);
	return v;
}

static int send_all(struct transfer *x, struct err *e)
{
	const struct view v = version_of(x);
	struct err why;
	int r = begin(x, MESSAGE, e);

	if (r == 0)
		r = walk_zone(&v, each, x, &why);
	if (r == 0)
		r = add(x, &x->soa, &why);
	if (r == 0)
		return give(x, RCODE_NOERROR, e);
	if (r != -EMSGSIZE)
		return err_set(e, r, "%s", why.text);
	x->ret->lacking = true;
	return refuse(x, RCODE_SERVFAIL, why.text, e);
}

/* ---- IXFR ---- */

/* RFC 1982 section 3.2. */
static bool is_newer(uint32_t serial, uint32_t than)
{
	return serial != than && serial - than < UINT32_C(1) << 31;
}

static int put_soa(struct transfer *x, const struct view *v, struct err *e)
{
	if (!content_rrset(v, x->zone->apex, RR_SOA, &x->soa))
		return err_set(e, -EMSGSIZE, "it has no SOA");
	return add(x, &x->soa, e);
}

/* The version with the client's serial, unless a server's old or unsigned copy is between the two. */
static bool find_version(const struct transfer *x, const struct view *now, struct view *ret)
{
	simtime shift = x->zone->tree->date_shift, last;
	struct view v;

	last = ((simtime)x->q.serial + 1) * SECOND - 1 - shift;
	v = view_at(x->zone, x->ret->server, last, NULL);
	if (last >= now->now || v.now != last || v.is_unsigned != now->is_unsigned ||
	    view_at(x->zone, x->ret->server, x->p->at, NULL).now != x->p->at)
		return false;
	v.now = v.given = version_at(&v);
	*ret = v;
	return !x->zone->as_signed && version_serial(&v) == x->q.serial;
}

static int put_changes(struct transfer *x, const struct view *v, const struct difference *d,
		       struct err *e)
{
	int r = put_soa(x, v, e);

	if (r == 0)
		r = add(x, difference_soa(d), e);
	if (r == 0)
		r = difference_walk(d, false, put_each, x, e);
	if (r == 0)
		r = add(x, &x->soa, e);
	if (r == 0)
		r = difference_walk(d, true, put_each, x, e);
	return r == 0 ? add(x, &x->soa, e) : r;
}

static int send_instead(struct transfer *x, const char *why, struct err *e)
{
	snprintf(x->end->all, sizeof(x->end->all), "%.119s", why);
	return send_all(x, e);
}

static int send_changes(struct transfer *x, struct err *e)
{
	const struct view v = version_of(x);
	struct difference *d = NULL;
	struct view was;
	struct err why;
	int r;

	if (!x->q.has_serial)
		return refuse(x, RCODE_FORMERR, "it does not say which version the client has", e);
	if (!x->p->tcp || !is_newer(x->end->serial, x->q.serial)) {
		x->end->is_change = true;
		r = begin(x, MESSAGE, e);
		if (r == 0)
			r = put_soa(x, &v, e);
		return r == 0 ? give(x, RCODE_NOERROR, e) : r;
	}
	if (!find_version(x, &v, &was))
		return send_instead(x, "the version that the client has is not known", e);
	if (difference_new(&was, &v, &d, &why) < 0)
		return send_instead(x, why.text, e);
	x->end->is_change = true;
	r = begin(x, MESSAGE, e);
	if (r == 0)
		r = put_changes(x, &v, d, e);
	difference_free(d);
	return r == 0 ? give(x, RCODE_NOERROR, e) : r;
}

/* ---- all of it ---- */

static int answer(struct transfer *x, struct err *e)
{
	const struct asked asked = { .qname = x->q.qname,
				     .qtype = x->q.qtype,
				     .tcp = x->p->tcp,
				     .family = x->p->to.address.family };
	const char *why;
	struct manners m;
	char error[120];

	if (x->tsig.error) {
		tsig_error_text(&x->tsig, error, sizeof(error));
		return refuse(x, RCODE_NOTAUTH, error, e);
	}
	if (!x->zone || !name_equal(x->zone->apex, x->q.qname)) {
		x->zone = NULL;
		return refuse(x, RCODE_NOTAUTH, "the server has no such zone", e);
	}
	x->ret->zone = x->zone;
	m = manners_of(x->zone, x->ret->server, x->p->at, &asked, x->q.edns, &x->ret->faults);
	if (m.rcode != NO_RCODE)
		return refuse(x, (unsigned)m.rcode, "a fault of the server", e);
	if (!x->p->tcp && x->q.qtype == RR_AXFR)
		return refuse(x, RCODE_FORMERR, "it is not for UDP", e);
	why = objection(x);
	if (why)
		return refuse(x, RCODE_REFUSED, why, e);
	return x->q.qtype == RR_AXFR ? send_all(x, e) : send_changes(x, e);
}

int transfer_make(struct tree *t, const struct packet *p, const struct transfer_sink *sink,
		  struct answer *ret, struct transfer_end *end, struct err *e)
{
	_cleanup_(freep) struct transfer *x = calloc(1, sizeof(*x));

	if (!x)
		return err_set(e, -ENOMEM, "out of memory");
	*end = (struct transfer_end){ 0 };
	x->p = p;
	x->sink = sink;
	x->ret = ret;
	x->end = end;
	query_parse(p->data, p->len, &x->q);
	x->date = tsig_now(t, p->at);
	tsig_check(t, p->data, p->len, &x->q, x->date, &x->tsig);
	x->zone = tree_at(t, &p->to.address, x->q.qname, RR_SOA, &ret->server);
	return answer(x, e);
}
