/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/primary.h"

#include <errno.h>
#include <string.h>

#include "sim/authority/tsig.h"

#define TELLS_EVERY MINUTE /* until it is answered, */
#define TELLS_MOST 5 /* but not more often */
#define RECORDS 100 /* in a message */
#define TSIG_ROOM 1024 /* bytes: more than any such record has */

struct primary {
	struct primary_plan plan;
	struct wire *wire;
	ldns_rdf *apex;
	struct zone_copy *zone, *before; /* NULL: there is none yet */
	simtime tells;
	unsigned told;
	uint16_t id;
};

int primary_new(const struct primary_plan *p, struct wire *w, struct primary **ret, struct err *e)
{
	_cleanup_(primary_freep) struct primary *m = calloc(1, sizeof(*m));

	if (!m)
		return err_set(e, -ENOMEM, "no memory for a primary");
	m->plan = *p;
	m->wire = w;
	m->tells = SIMTIME_NEVER;
	m->apex = ldns_dname_new_frm_str(p->zone);
	if (!m->apex)
		return err_set(e, -ENOMEM, "no memory for a primary");
	*ret = TAKE(m);
	return 0;
}

void primary_free(struct primary *m)
{
	if (!m)
		return;
	zone_copy_free(m->zone);
	zone_copy_free(m->before);
	ldns_rdf_deep_free(m->apex);
	free(m);
}

void primary_have(struct primary *m, struct zone_copy *zone, simtime now)
{
	zone_copy_free(m->before);
	m->before = m->zone;
	m->zone = zone;
	if (!m->before)
		return;
	m->tells = now;
	m->told = 0;
	m->id++;
}

static ldns_rr *soa_of(const struct primary *m, const struct zone_copy *zone)
{
	ldns_rr_list *list = zone_copy_rrset(zone, m->apex, LDNS_RR_TYPE_SOA);
	ldns_rr *rr = list ? ldns_rr_list_pop_rr(list) : NULL;

	ldns_rr_list_deep_free(list);
	return rr;
}

/* The same zone with the next serial. */
static int renew(const struct primary *m, struct zone_copy *zone, struct err *e)
{
	ldns_rr *soa = soa_of(m, zone);
	ldns_rdf *serial = ldns_native2rdf_int32(LDNS_RDF_TYPE_INT32, zone_copy_serial(zone) + 1);
	int r = soa && serial ? zone_copy_remove(zone, soa, e)
			      : err_set(e, -ENOMEM, "no memory for a zone");

	if (r == 0) {
		ldns_rdf_deep_free(ldns_rr_set_rdf(soa, serial, 2));
		r = zone_copy_add(zone, soa, e);
	} else {
		ldns_rdf_deep_free(serial);
	}
	ldns_rr_free(soa);
	return r;
}

int primary_add(struct primary *m, const char *record, simtime now, struct err *e)
{
	_cleanup_(zone_copy_freep) struct zone_copy *zone = zone_copy_clone(m->zone);
	ldns_rr *rr = NULL;
	int r = 0;

	if (!zone)
		return err_set(e, -ENOMEM, "no memory for a zone");
	if (ldns_rr_new_frm_str(&rr, record, 3600, m->apex, NULL) != LDNS_STATUS_OK ||
	    (ldns_dname_compare(ldns_rr_owner(rr), m->apex) != 0 &&
	     !ldns_dname_is_subdomain(ldns_rr_owner(rr), m->apex)) ||
	    ldns_rr_get_type(rr) == LDNS_RR_TYPE_SOA)
		r = err_set(e, -EINVAL, "'%.100s' is no record for this zone", record);
	if (r == 0)
		r = renew(m, zone, e);
	if (r == 0)
		r = zone_copy_add(zone, rr, e);
	ldns_rr_free(rr);
	if (r == 0)
		primary_have(m, TAKE(zone), now);
	return r;
}

/* ---- messages ---- */

/* An answer of one message or many, or a question. */
struct saying {
	struct primary *m;
	struct packet back;
	struct tsig tsig;
	simtime now;
	ldns_pkt *message;
	uint16_t id;
	unsigned count; /* records in it */
};

/* Empty, with the zone's SOA as the question. */
static int begin(struct saying *s, ldns_rr_type type, struct err *e)
{
	ldns_rdf *name = ldns_rdf_clone(s->m->apex);

	s->message = name ? ldns_pkt_query_new(name, type, LDNS_RR_CLASS_IN, LDNS_AA) : NULL;
	s->count = 0;
	if (!s->message)
		return err_set(e, -ENOMEM, "no memory for a message");
	ldns_pkt_set_id(s->message, s->id);
	return 0;
}

static int give(struct saying *s, struct err *e)
{
	_cleanup_(freep) uint8_t *data = NULL;
	uint8_t *grown;
	size_t len = 0;
	bool made = ldns_pkt2wire(&data, s->message, &len) == LDNS_STATUS_OK;

	ldns_pkt_free(s->message);
	s->message = NULL;
	grown = made ? realloc(data, len + TSIG_ROOM) : NULL;
	if (!grown)
		return err_set(e, -ENOMEM, "no memory for a message");
	data = grown;
	if (!tsig_put(&s->tsig, data, &len, (uint64_t)simtime_seconds(s->now)))
		return err_set(e, -ENOMEM, "no memory for a message");
	s->back.data = data;
	s->back.len = len;
	return wire_send(s->m->wire, &s->back, e);
}

/* `rr` is its own from here on. */
static int put(struct saying *s, ldns_rr *rr, ldns_rr_type type, struct err *e)
{
	int r = 0;

	if (rr && s->count == RECORDS) {
		r = give(s, e);
		if (r == 0)
			r = begin(s, type, e);
		if (r == 0)
			ldns_pkt_set_qr(s->message, true);
	}
	if (r == 0 && rr && ldns_pkt_push_rr(s->message, LDNS_SECTION_ANSWER, rr)) {
		s->count++;
		return 0;
	}
	ldns_rr_free(rr);
	return r < 0 ? r : err_set(e, -ENOMEM, "no memory for a message");
}

/* Lines of a master file, those that begin with `mark` where it is one, without the SOA. */
static int put_lines(struct saying *s, char *text, char mark, ldns_rr_type type, struct err *e)
{
	char *rest = text, *line;
	int r = 0;

	while (r == 0 && (line = strsep(&rest, "\n"))) {
		ldns_rr *rr = NULL;

		if (!*line || (mark && *line != mark))
			continue;
		if (ldns_rr_new_frm_str(&rr, mark ? line + 2 : line, 0, NULL, NULL) !=
		    LDNS_STATUS_OK)
			return err_set(e, -EIO, "a record could not be read: %.100s", line);
		if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_SOA)
			ldns_rr_free(rr);
		else
			r = put(s, rr, type, e);
	}
	return r;
}

static int put_text(struct saying *s, const char *text, char mark, ldns_rr_type type, struct err *e)
{
	_cleanup_(freep) char *copy = strdup(text);

	return copy ? put_lines(s, copy, mark, type, e)
		    : err_set(e, -ENOMEM, "no memory for a transfer");
}

static int put_all(struct saying *s, ldns_rr_type type, struct err *e)
{
	_cleanup_(freep) char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int r = f ? zone_copy_write(s->m->zone, f, e)
		  : err_set(e, -ENOMEM, "no memory for a transfer");

	if (f && fclose(f) != 0 && r == 0)
		r = err_set(e, -ENOMEM, "no memory for a transfer");
	if (r == 0)
		r = put_text(s, text, 0, type, e);
	return r == 0 ? put(s, soa_of(s->m, s->m->zone), type, e) : r;
}

static int put_changes(struct saying *s, struct err *e)
{
	_cleanup_(freep) char *text = NULL;
	const struct primary *m = s->m;
	const ldns_rr_type type = LDNS_RR_TYPE_IXFR;
	unsigned removed, added;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int r = f ? zone_copy_write_difference(m->before, m->zone, f, &removed, &added, e)
		  : err_set(e, -ENOMEM, "no memory for a transfer");

	if (f && fclose(f) != 0 && r == 0)
		r = err_set(e, -ENOMEM, "no memory for a transfer");
	if (r == 0)
		r = put(s, soa_of(m, m->before), type, e);
	if (r == 0)
		r = put_text(s, text, '-', type, e);
	if (r == 0)
		r = put(s, soa_of(m, m->zone), type, e);
	if (r == 0)
		r = put_text(s, text, '+', type, e);
	return r == 0 ? put(s, soa_of(m, m->zone), type, e) : r;
}

/* ---- asked ---- */

/* The version that an IXFR is asked from; 0: it is none. */
static uint32_t serial_asked_from(const ldns_pkt *query)
{
	const ldns_rr_list *list = ldns_pkt_authority(query);
	const ldns_rr *rr = ldns_rr_list_rr_count(list) ? ldns_rr_list_rr(list, 0) : NULL;

	return rr && ldns_rr_get_type(rr) == LDNS_RR_TYPE_SOA
		       ? ldns_rdf2native_int32(ldns_rr_rdf(rr, 2))
		       : 0;
}

static int tell_given(const struct saying *s, const char *how, uint32_t from, struct err *e)
{
	const uint32_t serial = zone_copy_serial(s->m->zone);
	char what[96];

	if (from)
		snprintf(what, sizeof(what), "%s from serial %u to %u", how, from, serial);
	else
		snprintf(what, sizeof(what), "%s of serial %u", how, serial);
	return s->m->plan.gave(s->now, what, s->m->plan.arg, e);
}

static int put_answer(struct saying *s, const ldns_pkt *query, ldns_rr_type type, bool tcp,
		      struct err *e)
{
	const struct primary *m = s->m;
	uint32_t from = serial_asked_from(query);
	int r = put(s, soa_of(m, m->zone), type, e);

	if (r < 0 || !tcp || type == LDNS_RR_TYPE_SOA ||
	    (type == LDNS_RR_TYPE_IXFR && from == zone_copy_serial(m->zone)))
		return r;
	if (type == LDNS_RR_TYPE_IXFR && m->before && from == zone_copy_serial(m->before)) {
		r = put_changes(s, e);
		return r == 0 ? tell_given(s, "IXFR", from, e) : r;
	}
	r = put_all(s, type, e);
	return r == 0 ? tell_given(s, "AXFR", 0, e) : r;
}

/* Who has the key may have it; of other zones and types there is nothing. */
static ldns_pkt_rcode rcode_of(const struct saying *s, const ldns_rr *question)
{
	ldns_rr_type type = ldns_rr_get_type(question);

	if (s->tsig.error)
		return LDNS_RCODE_NOTAUTH;
	if ((s->m->plan.key && !s->tsig.is_there) ||
	    ldns_dname_compare(ldns_rr_owner(question), s->m->apex) != 0 || !s->m->zone)
		return LDNS_RCODE_REFUSED;
	return type == LDNS_RR_TYPE_SOA || type == LDNS_RR_TYPE_AXFR || type == LDNS_RR_TYPE_IXFR
		       ? LDNS_RCODE_NOERROR
		       : LDNS_RCODE_REFUSED;
}

static int answer(struct saying *s, const ldns_pkt *query, bool tcp, struct err *e)
{
	const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(query), 0);
	ldns_rr_type type = ldns_rr_get_type(question);
	ldns_pkt_rcode rcode = rcode_of(s, question);
	int r;

	s->id = ldns_pkt_id(query);
	r = begin(s, type, e);
	if (r < 0)
		return r;
	ldns_pkt_set_qr(s->message, true);
	ldns_pkt_set_rcode(s->message, rcode);
	if (rcode == LDNS_RCODE_NOERROR)
		r = put_answer(s, query, type, tcp, e);
	if (r == 0)
		return give(s, e);
	ldns_pkt_free(s->message);
	return r;
}

int primary_take(struct primary *m, const struct packet *p, simtime now, struct err *e)
{
	struct query q = { .tsig_at = query_tsig_at(p->data, p->len) };
	struct saying s = { .m = m, .back = *p, .now = now };
	ldns_pkt *query = NULL;
	int r = 0;

	if (ldns_wire2pkt(&query, p->data, p->len) != LDNS_STATUS_OK)
		return 0;
	s.back.from = p->to;
	s.back.to = p->from;
	if (ldns_pkt_qr(query) && ldns_pkt_get_opcode(query) == LDNS_PACKET_NOTIFY &&
	    ldns_pkt_id(query) == m->id)
		m->tells = SIMTIME_NEVER;
	else if (!ldns_pkt_qr(query) && ldns_rr_list_rr_count(ldns_pkt_question(query)) == 1 &&
		 tsig_check_key(m->plan.key, p->data, p->len, &q, (uint64_t)simtime_seconds(now),
				&s.tsig))
		r = answer(&s, query, p->tcp, e);
	ldns_pkt_free(query);
	return r;
}

/* ---- telling ---- */

simtime primary_due(const struct primary *m)
{
	return m->tells;
}

int primary_run(struct primary *m, simtime now, struct err *e)
{
	struct saying s = { .m = m, .id = m->id, .now = now };
	int r;

	if (now < m->tells)
		return 0;
	m->tells = ++m->told < TELLS_MOST ? now + TELLS_EVERY : SIMTIME_NEVER;
	s.back = (struct packet){
		.side = SIDE_AUTHORITY, .from = m->plan.self, .to = m->plan.signer, .at = now
	};
	if (m->plan.key)
		tsig_begin(&s.tsig, m->plan.key);
	r = begin(&s, LDNS_RR_TYPE_SOA, e);
	if (r < 0)
		return r;
	ldns_pkt_set_opcode(s.message, LDNS_PACKET_NOTIFY);
	r = put(&s, soa_of(m, m->zone), LDNS_RR_TYPE_SOA, e);
	if (r == 0)
		return give(&s, e);
	ldns_pkt_free(s.message);
	return r;
}
