/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/authority/answer.h"

#include <stdio.h>
#include <string.h>

#include "sim/authority/manners.h"
#include "sim/authority/search.h"
#include "sim/authority/tsig.h"

#define UDP_MIN 512 /* RFC 1035 section 4.2.1 */
#define UDP_DEFAULT 1232

/* Answers from a zone; what does not fit is not sent at all (RFC 2181 section 9). */
static void answer_zone(const struct query *q, struct zone *z, bool tcp, simtime now,
			struct reply *r, struct answer *ret)
{
	const struct reply_mark empty = reply_mark(r);
	const struct fault_set before = ret->faults; /* of its manners */
	const struct view v = view_at(z, ret->server, now, &ret->faults);
	enum search_end end = search_zone(&v, q, r, &ret->rcode);

	if (end == SEARCH_DONE)
		return;
	reply_reset(r, &empty);
	ret->faults = before;
	ret->truncated = end == SEARCH_FULL;
	ret->lacking = end == SEARCH_BROKEN || tcp;
	if (end == SEARCH_BROKEN) {
		ret->rcode = RCODE_SERVFAIL;
		r->flags = 0;
	} else {
		r->flags |= FLAG_TC;
	}
}

static size_t at_least(size_t n, size_t least)
{
	return n > least ? n : least;
}

/* The longest message that may go out. */
static size_t limit_of(const struct query *q, const struct zone *z, bool tcp, size_t cap)
{
	size_t limit = UDP_MIN, server = z ? at_least(z->edns_size, UDP_MIN) : UDP_DEFAULT;

	if (tcp)
		limit = UINT16_MAX;
	else if (q->edns)
		limit = at_least(q->udp_size, UDP_MIN);
	if (!tcp && limit > server)
		limit = server;
	return limit < cap ? limit : cap;
}

static enum answer_kind kind_of(unsigned rcode)
{
	switch (rcode) {
	case RCODE_FORMERR:
		return ANSWER_FORMERR;
	case RCODE_NOTIMP:
	case RCODE_REFUSED:
	case RCODE_NOTAUTH: /* by TSIG */
	case RCODE_BADVERS: /* no zone was looked at */
		return ANSWER_REFUSED;
	default:
		return ANSWER_OK;
	}
}

/* What faults make of the server's manners; the query is taken as the server takes it. */
static struct manners take_manners(struct query *q, const struct zone *z, struct answer *ret,
				   const struct asked *asked, simtime now)
{
	struct manners m = manners_of(z, ret->server, now, asked, q->edns, &ret->faults);

	if (z->ailment == AILMENT_LAME)
		m.rcode = z->lame_rcode ? z->lame_rcode : RCODE_REFUSED;
	if (m.rejects_edns && q->edns)
		m.rcode = RCODE_FORMERR;
	if (m.ignores_edns || m.rejects_edns) {
		q->edns = q->dnssec_ok = false;
		m.ede = NO_EDE;
	}
	return m;
}

/* Of the zone that answers, where it has one. */
static const uint8_t *channel_of(const struct zone *z)
{
	return z ? z->report_channel : NULL;
}

static size_t opt_size(const struct query *q, const struct manners *m, const char *nsid,
		       const uint8_t *channel)
{
	if (!q->edns)
		return 0;
	return (size_t)REPLY_OPT + (m->ede == NO_EDE ? 0 : REPLY_EDE) +
	       (q->nsid ? REPLY_NSID + strlen(nsid) : 0) +
	       (channel ? REPLY_CHANNEL + name_len(channel) : 0);
}

/* A server's own name, as a host writes it: without the last dot. A string of TXT holds no more. */
struct who {
	char text[256];
};

static void tell_who(const struct server *s, struct who *ret)
{
	char text[NAME_TEXT_LEN];
	size_t len = s ? strlen(name_text(s->name, text)) - 1 : 0;

	snprintf(ret->text, sizeof(ret->text), "%.*s", (int)len, text);
}

/* The zone that answers, NULL for none, and the server's name where that is asked for. A question
 * for the name alone is taken for the server's first zone's: what befalls the server befalls it. */
static struct zone *find_zone(struct tree *t, const struct address *at, const struct query *q,
			      int *rcode, unsigned *server, struct who *who)
{
	struct zone *z = NULL, *first;
	unsigned n = 0;

	if (*rcode == RCODE_NOERROR && !q->asks_who) {
		z = tree_at(t, at, q->qname, q->qtype, server);
		if (!z)
			*rcode = RCODE_REFUSED;
	}
	if (!q->nsid && !q->asks_who)
		return z;
	tell_who(z ? &z->servers[*server] : tree_server(t, at, &first, &n), who);
	if (!q->asks_who)
		return z;
	*server = n;
	return first;
}

/* RFC 4892 section 2: a TXT record of class CH. */
static void answer_who(const struct query *q, const char *name, struct reply *r)
{
	uint8_t rdata[256] = { (uint8_t)strlen(name) };
	struct rrset rs;

	memcpy(rdata + 1, name, rdata[0]);
	rrset_init(&rs, q->qname, RR_TXT, 0);
	rrset_add(&rs, rdata, rdata[0] + 1u);
	r->flags = FLAG_AA;
	if (!reply_rrset(r, &rs, 0))
		r->flags |= FLAG_TC;
}

/* The message, where the zone is found and the server's manners are known; its length, 0 for none. */
static size_t compose(const struct query *q, struct zone *z, const struct manners *m,
		      const struct who *who, int rcode, bool tcp, simtime now, struct buf *out,
		      struct answer *ret)
{
	size_t limit = limit_of(q, z, tcp, out->cap - out->len), opt;
	struct reply r;

	opt = opt_size(q, m, who->text, channel_of(z)) + q->reserved;
	ret->kind = kind_of((unsigned)rcode);
	if (m->rcode != NO_RCODE)
		rcode = m->rcode;
	if (limit < opt || !reply_init(&r, q, out->data + out->len, limit - opt)) {
		ret->kind = ANSWER_SILENT;
		return 0;
	}
	r.ede = m->ede;
	r.nsid = q->nsid ? who->text : NULL;
	r.report_channel = channel_of(z);
	ret->rcode = (uint8_t)rcode;
	ret->zone = z;
	if (z && m->truncates) {
		r.flags = FLAG_AA | FLAG_TC;
		ret->truncated = true;
	} else if (q->asks_who && m->rcode == NO_RCODE) {
		answer_who(q, who->text, &r);
	} else if (z && m->rcode == NO_RCODE) {
		answer_zone(q, z, tcp, now, &r, ret);
	}
	reply_finish(&r, ret->rcode, z ? z->edns_size : UDP_DEFAULT, limit - q->reserved);
	return r.b.len;
}

/* What a fault does to large answers alone is known when the answer is made: then it is made anew. */
static size_t compose_by_size(const struct query *parsed, struct zone *z, const struct who *who,
			      int rcode, struct asked *asked, simtime now, struct buf *out,
			      struct answer *ret)
{
	const struct answer bare = *ret;
	struct query q = *parsed;
	struct manners m = take_manners(&q, z, ret, asked, now);
	struct fault_set seen = bare.faults;
	size_t len = compose(&q, z, &m, who, rcode, asked->tcp, now, out, ret);

	asked->size = len;
	if (!len || !manners_of(z, ret->server, now, asked, parsed->edns, &seen).by_size)
		return len;
	*ret = bare;
	q = *parsed;
	m = take_manners(&q, z, ret, asked, now);
	return compose(&q, z, &m, who, rcode, asked->tcp, now, out, ret);
}

void answer_make(struct tree *t, const struct address *server, const uint8_t *query, size_t len,
		 bool tcp, simtime now, struct buf *out, struct answer *ret)
{
	const struct manners always = { .rcode = NO_RCODE, .ede = NO_EDE };
	struct who who = { "" };
	struct tsig tsig = { 0 };
	struct zone *z;
	struct query q;
	int rcode = query_parse(query, len, &q);
	size_t made;

	*ret = (struct answer){ .kind = ANSWER_SILENT };
	if (rcode < 0 || out->failed)
		return;
	if (rcode == RCODE_NOERROR && !tsig_check(t, query, len, &q, tsig_now(t, now), &tsig))
		rcode = RCODE_FORMERR;
	if (q.question_len)
		name_copy(ret->qname, q.qname);
	ret->qtype = q.qtype;
	ret->dnssec_ok = q.dnssec_ok;
	if (rcode == RCODE_NOERROR && (q.qtype == RR_AXFR || q.qtype == RR_IXFR)) {
		ret->kind = ANSWER_TRANSFER;
		return;
	}
	if (tsig.error)
		rcode = RCODE_NOTAUTH;
	z = find_zone(t, server, &q, &rcode, &ret->server, &who);
	if (z) {
		struct asked asked = {
			.qname = q.qname, .qtype = q.qtype, .tcp = tcp, .family = server->family
		};

		made = compose_by_size(&q, z, &who, rcode, &asked, now, out, ret);
	} else {
		made = compose(&q, z, &always, &who, rcode, tcp, now, out, ret);
	}
	if (made && !tsig_put(&tsig, out->data + out->len, &made, tsig_now(t, now)))
		made = 0;
	out->len += made;
}
