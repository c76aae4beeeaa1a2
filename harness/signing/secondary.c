/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/secondary.h"

#include <errno.h>
#include <string.h>

#include "harness/signing/incoming.h"
#include "sim/authority/tsig.h"

#define ANSWER_WITHIN (5 * SECOND)
#define TRANSFER_WITHIN (2 * MINUTE)
#define FIRST_TRY (500 * MSEC) /* until there is a zone */
#define REFRESH_LEAST MINUTE
#define TSIG_ROOM 1024 /* bytes: more than any such record has */

enum state { IDLE, ASKS_SOA, TRANSFERS };

struct secondary {
	struct secondary_plan plan;
	struct wire *wire;
	ldns_rdf *apex;
	struct zone_copy *zone; /* NULL: none yet */
	enum state state;
	bool notified; /* while it was about something else */
	bool heard, wants_all; /* AXFR, since an IXFR did not fit */
	uint16_t id;
	simtime due; /* of what is awaited, or of the next refresh */
	simtime refresh, retry; /* the SOA's */
	uint32_t session;
	struct incoming *incoming; /* a transfer that is under way */
	struct tsig tsig; /* of what was asked last */
	char objection[128];
};

int secondary_new(const struct secondary_plan *p, struct wire *w, struct secondary **ret,
		  struct err *e)
{
	_cleanup_(secondary_freep) struct secondary *s = calloc(1, sizeof(*s));

	if (!s)
		return err_set(e, -ENOMEM, "no memory for a secondary");
	s->plan = *p;
	s->wire = w;
	s->retry = FIRST_TRY;
	s->due = p->is_given ? SIMTIME_NEVER : 0;
	s->apex = ldns_dname_new_frm_str(p->zone);
	if (!s->apex)
		return err_set(e, -ENOMEM, "no memory for a secondary");
	*ret = TAKE(s);
	return 0;
}

void secondary_free(struct secondary *s)
{
	if (!s)
		return;
	incoming_free(s->incoming);
	tsig_done(&s->tsig);
	zone_copy_free(s->zone);
	ldns_rdf_deep_free(s->apex);
	free(s);
}

const struct zone_copy *secondary_zone(const struct secondary *s)
{
	return s->zone;
}

const char *secondary_objection(const struct secondary *s)
{
	return s->objection;
}

bool secondary_is_unheard(const struct secondary *s)
{
	return !s->heard;
}

simtime secondary_due(const struct secondary *s)
{
	return s->due;
}

/* ---- asking ---- */

/* The SOA that it has stands in the authority section of an IXFR. */
static int add_own_soa(const struct secondary *s, ldns_pkt *query, struct err *e)
{
	ldns_rr_list *soa = zone_copy_rrset(s->zone, s->apex, LDNS_RR_TYPE_SOA);
	ldns_rr *rr = soa ? ldns_rr_list_pop_rr(soa) : NULL;

	ldns_rr_list_deep_free(soa);
	if (!rr || !ldns_pkt_push_rr(query, LDNS_SECTION_AUTHORITY, rr))
		return err_set(e, -ENOMEM, "no memory for a transfer");
	return 0;
}

/* `data` is its own, and may be another one then. */
static int sign(struct secondary *s, uint8_t **data, size_t *len, simtime now, struct err *e)
{
	uint8_t *grown;

	tsig_done(&s->tsig);
	if (!s->plan.key)
		return 0;
	grown = realloc(*data, *len + TSIG_ROOM);
	if (!grown)
		return err_set(e, -ENOMEM, "no memory for a query");
	*data = grown;
	tsig_begin(&s->tsig, s->plan.key);
	return tsig_put(&s->tsig, grown, len, (uint64_t)simtime_seconds(now))
		       ? 0
		       : err_set(e, -ENOMEM, "no memory for a query");
}

static int ask(struct secondary *s, ldns_rr_type type, bool tcp, simtime now, struct err *e)
{
	ldns_rdf *name = ldns_rdf_clone(s->apex);
	ldns_pkt *query = name ? ldns_pkt_query_new(name, type, LDNS_RR_CLASS_IN, 0) : NULL;
	struct packet p = { .side = SIDE_CLIENT,
			    .from = s->plan.self,
			    .to = s->plan.signer,
			    .tcp = tcp,
			    .transport = tcp ? TRANSPORT_TCP : TRANSPORT_UDP,
			    .connection = tcp ? s->session : 0 };
	_cleanup_(freep) uint8_t *wire = NULL;
	int r = query ? 0 : err_set(e, -ENOMEM, "no memory for a query");

	if (!query)
		return r;
	ldns_pkt_set_id(query, ++s->id);
	if (type == LDNS_RR_TYPE_IXFR)
		r = add_own_soa(s, query, e);
	if (r == 0 && ldns_pkt2wire(&wire, query, &p.len) != LDNS_STATUS_OK)
		r = err_set(e, -ENOMEM, "no memory for a query");
	ldns_pkt_free(query);
	if (r == 0)
		r = sign(s, &wire, &p.len, now, e);
	p.data = wire;
	return r == 0 ? wire_send(s->wire, &p, e) : r;
}

static void rest(struct secondary *s, simtime until)
{
	s->state = IDLE;
	s->due = until;
}

static int ask_soa(struct secondary *s, simtime now, struct err *e)
{
	s->state = ASKS_SOA;
	s->notified = false;
	s->due = now + (s->heard ? ANSWER_WITHIN : FIRST_TRY);
	return ask(s, LDNS_RR_TYPE_SOA, false, now, e);
}

static void leave(struct secondary *s)
{
	if (s->session)
		sessions_leave(wire_sessions(s->wire), s->session);
	s->session = 0;
	incoming_free(s->incoming);
	s->incoming = NULL;
}

static int begin_transfer(struct secondary *s, simtime now, struct err *e)
{
	struct session_plan plan = { .transport = TRANSPORT_TCP,
				     .from = s->plan.self,
				     .to = s->plan.signer,
				     .round_trip = s->plan.round_trip };
	bool by_ixfr = s->zone && !s->wants_all;
	int r = sessions_open(wire_sessions(s->wire), &plan, &s->session, e);

	if (r < 0)
		return r;
	s->incoming = incoming_new(by_ixfr ? s->zone : NULL);
	if (!s->incoming)
		return err_set(e, -ENOMEM, "no memory for a transfer");
	s->state = TRANSFERS;
	s->due = now + TRANSFER_WITHIN;
	return ask(s, by_ixfr ? LDNS_RR_TYPE_IXFR : LDNS_RR_TYPE_AXFR, true, now, e);
}

/* ---- what comes of it ---- */

static int fail(struct secondary *s, simtime now, const char *what, struct err *e)
{
	leave(s);
	rest(s, now + s->retry);
	return s->plan.failed(now, what, s->plan.arg, e);
}

/* The numbers of the SOA at the head of the zone. */
static void note_soa(struct secondary *s)
{
	ldns_rr_list *soa = zone_copy_rrset(s->zone, s->apex, LDNS_RR_TYPE_SOA);
	const ldns_rr *rr = soa && ldns_rr_list_rr_count(soa) ? ldns_rr_list_rr(soa, 0) : NULL;

	if (rr) {
		s->refresh = ldns_rdf2native_int32(ldns_rr_rdf(rr, 3)) * SECOND;
		s->retry = ldns_rdf2native_int32(ldns_rr_rdf(rr, 4)) * SECOND;
	}
	ldns_rr_list_deep_free(soa);
	s->refresh = later(s->refresh, REFRESH_LEAST);
	s->retry = later(s->retry, REFRESH_LEAST);
}

/* At once the next one, where it was told of one meanwhile. */
static void rest_after(struct secondary *s, simtime now)
{
	rest(s, s->notified ? now : now + s->refresh);
}

static int have(struct secondary *s, struct zone_copy *zone, const char *how, simtime now,
		struct err *e)
{
	_cleanup_(zone_copy_freep) struct zone_copy *before = s->zone;
	const struct secondary_version v = { .at = now,
					     .how = how,
					     .serial = zone_copy_serial(zone),
					     .zone = zone,
					     .before = before };

	s->zone = zone;
	return s->plan.version(&v, s->plan.arg, e);
}

static int take_version(struct secondary *s, simtime now, struct err *e)
{
	const char *how = incoming_is_difference(s->incoming) ? "IXFR" : "AXFR";
	int r = have(s, incoming_take_zone(s->incoming), how, now, e);

	s->wants_all = false;
	leave(s);
	note_soa(s);
	rest_after(s, now);
	return r;
}

static bool is_newer(uint32_t serial, uint32_t than)
{
	return (int32_t)(serial - than) > 0;
}

int secondary_give(struct secondary *s, struct zone_copy *zone, simtime now, struct err *e)
{
	bool is_same = s->zone && zone_copy_equal(s->zone, zone);
	char what[96];

	if (!s->zone || is_newer(zone_copy_serial(zone), zone_copy_serial(s->zone)))
		return have(s, zone, "file", now, e);
	snprintf(what, sizeof(what), "a zone with serial %u was left, which is not newer than %u",
		 zone_copy_serial(zone), zone_copy_serial(s->zone));
	zone_copy_free(zone);
	return is_same ? 0 : s->plan.failed(now, what, s->plan.arg, e);
}

/* Before it has anything, a signer that is not done says SERVFAIL. */
static int take_soa(struct secondary *s, const ldns_pkt *answer, simtime now, struct err *e)
{
	ldns_rr_list *list =
		ldns_pkt_rr_list_by_type(answer, LDNS_RR_TYPE_SOA, LDNS_SECTION_ANSWER);
	bool is_good = ldns_pkt_get_rcode(answer) == LDNS_RCODE_NOERROR && list;
	uint32_t serial = 0;

	if (is_good)
		serial = ldns_rdf2native_int32(ldns_rr_rdf(ldns_rr_list_rr(list, 0), 2));
	ldns_rr_list_deep_free(list);
	if (!is_good && !s->zone) {
		rest(s, now + FIRST_TRY);
		return 0;
	}
	if (!is_good)
		return fail(s, now, "the signer has no SOA for its zone", e);
	s->heard = true;
	if (!s->zone || is_newer(serial, zone_copy_serial(s->zone)))
		return begin_transfer(s, now, e);
	rest_after(s, now);
	return 0;
}

/* `unsigned_yet`: the one of its messages that says that this is right is still to come. */
static int take_message(struct secondary *s, const ldns_pkt *answer, bool unsigned_yet, simtime now,
			struct err *e)
{
	struct err why = { .text = "" };
	int r = incoming_message(s->incoming, answer, &why);

	if (r > 0 && unsigned_yet)
		r = err_set(&why, -EBADMSG, "TSIG: the end of a transfer is not signed");
	if (r == -ENOMEM)
		return err_set(e, r, "%s", why.text);
	if (r > 0)
		return take_version(s, now, e);
	if (r == 0)
		return 0;
	if (s->zone && !s->wants_all) {
		/* What has changed cannot be had, or does not fit: all of it, and soon. */
		s->wants_all = true;
		r = fail(s, now, why.text, e);
		rest(s, now + SECOND);
		return r;
	}
	return fail(s, now, why.text, e);
}

/* An answer that is nobody's who has the key. Until there is a zone it is asked for again soon. */
static int refuse(struct secondary *s, const char *why, simtime now, struct err *e)
{
	snprintf(s->objection, sizeof(s->objection), "%.120s", why);
	if (s->zone || s->state == TRANSFERS)
		return fail(s, now, why, e);
	rest(s, now + FIRST_TRY);
	return 0;
}

static int take_answer(struct secondary *s, const struct packet *p, const ldns_pkt *answer,
		       simtime now, struct err *e)
{
	struct err why = { .text = "" };
	int r = 0;

	if (s->tsig.is_there)
		r = tsig_hear(&s->tsig, p->data, p->len, query_tsig_at(p->data, p->len),
			      (uint64_t)simtime_seconds(now), &why);
	if (r == -ENOMEM)
		return err_set(e, r, "%s", why.text);
	if (r < 0)
		return refuse(s, why.text, now, e);
	return s->state == TRANSFERS ? take_message(s, answer, r > 0, now, e)
				     : take_soa(s, answer, now, e);
}

int secondary_take(struct secondary *s, const struct packet *p, simtime now, struct err *e)
{
	bool is_session = p->connection && p->connection == s->session;
	ldns_pkt *answer = NULL;
	int r = 0;

	if (p->over)
		return is_session ? fail(s, now, "the signer ended a transfer before its end", e)
				  : 0;
	if (p->unreachable || ldns_wire2pkt(&answer, p->data, p->len) != LDNS_STATUS_OK)
		return 0;
	if (ldns_pkt_id(answer) == s->id && ldns_pkt_qr(answer)) {
		if (s->state == TRANSFERS ? is_session : s->state == ASKS_SOA && !p->connection)
			r = take_answer(s, p, answer, now, e);
	}
	ldns_pkt_free(answer);
	return r;
}

void secondary_notified(struct secondary *s, simtime now)
{
	s->notified = true;
	if (s->state == IDLE && s->zone)
		s->due = now;
}

int secondary_run(struct secondary *s, simtime now, struct err *e)
{
	if (now < s->due)
		return 0;
	if (s->state == TRANSFERS)
		return fail(s, now, "a transfer came to no end within 2 minutes", e);
	if (s->state == ASKS_SOA && s->zone)
		return fail(s, now, "the signer did not answer", e);
	return ask_soa(s, now, e);
}
