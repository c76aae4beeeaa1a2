/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/signing/incoming.h"

#include <errno.h>

enum stage { HEAD, SECOND_RECORD, WHOLE, GOES, COMES, OVER };

struct incoming {
	const struct zone_copy *before;
	struct zone_copy *zone;
	enum stage stage;
	bool is_difference;
	uint32_t serial; /* of the version that it leads to */
	ldns_rr *head; /* its SOA, until it is known what follows */
};

struct incoming *incoming_new(const struct zone_copy *before)
{
	struct incoming *in = calloc(1, sizeof(*in));

	if (in)
		in->before = before;
	return in;
}

void incoming_free(struct incoming *in)
{
	if (!in)
		return;
	ldns_rr_free(in->head);
	zone_copy_free(in->zone);
	free(in);
}

bool incoming_is_difference(const struct incoming *in)
{
	return in->is_difference;
}

struct zone_copy *incoming_take_zone(struct incoming *in)
{
	return TAKE(in->zone);
}

static bool is_soa(const ldns_rr *rr)
{
	return ldns_rr_get_type(rr) == LDNS_RR_TYPE_SOA;
}

static uint32_t serial_of(const ldns_rr *soa)
{
	return ldns_rdf2native_int32(ldns_rr_rdf(soa, 2));
}

static int take_head(struct incoming *in, const ldns_rr *rr, struct err *e)
{
	if (!is_soa(rr))
		return err_set(e, -EBADMSG, "a transfer does not begin with the SOA");
	in->head = ldns_rr_clone(rr);
	if (!in->head)
		return err_set(e, -ENOMEM, "no memory for a transfer");
	in->serial = serial_of(rr);
	in->stage = SECOND_RECORD;
	return 0;
}

/* Which of both it is. A difference begins with the SOA of the version that the asker has. */
static int take_second(struct incoming *in, const ldns_rr *rr, struct err *e)
{
	in->is_difference = in->before && is_soa(rr) && serial_of(rr) != in->serial;
	in->zone = in->is_difference ? zone_copy_clone(in->before) : zone_copy_new();
	if (!in->zone)
		return err_set(e, -ENOMEM, "no memory for a zone");
	in->stage = in->is_difference ? GOES : WHOLE;
	if (in->is_difference)
		return zone_copy_remove(in->zone, rr, e) < 0 ? -EBADMSG : 0;
	if (is_soa(rr))
		return err_set(e, -EBADMSG, "a transfer has an SOA and nothing else");
	if (zone_copy_add(in->zone, in->head, e) < 0)
		return -ENOMEM;
	return zone_copy_add(in->zone, rr, e);
}

/* The SOA that stands between two lists; behind the last one it is the head's. */
static int take_turn(struct incoming *in, const ldns_rr *soa, struct err *e)
{
	if (in->stage == GOES) {
		in->stage = COMES;
		return zone_copy_add(in->zone, soa, e);
	}
	if (serial_of(soa) == in->serial) {
		in->stage = OVER;
		return 0;
	}
	in->stage = GOES;
	return zone_copy_remove(in->zone, soa, e) < 0 ? -EBADMSG : 0;
}

static int take(struct incoming *in, const ldns_rr *rr, struct err *e)
{
	switch (in->stage) {
	case HEAD:
		return take_head(in, rr, e);
	case SECOND_RECORD:
		return take_second(in, rr, e);
	case WHOLE:
		if (!is_soa(rr))
			return zone_copy_add(in->zone, rr, e);
		in->stage = OVER;
		return serial_of(rr) == in->serial
			       ? 0
			       : err_set(e, -EBADMSG,
					 "a transfer ends with another SOA than it "
					 "begins with");
	case GOES:
		if (!is_soa(rr))
			return zone_copy_remove(in->zone, rr, e) < 0 ? -EBADMSG : 0;
		return take_turn(in, rr, e);
	case COMES:
		return is_soa(rr) ? take_turn(in, rr, e) : zone_copy_add(in->zone, rr, e);
	case OVER:
		break;
	}
	return err_set(e, -EBADMSG, "a transfer goes on behind its end");
}

int incoming_message(struct incoming *in, const ldns_pkt *message, struct err *e)
{
	const ldns_rr_list *list = ldns_pkt_answer(message);
	int r = 0;

	if (ldns_pkt_get_rcode(message) != LDNS_RCODE_NOERROR)
		return err_set(e, -EBADMSG, "a transfer was refused, RCODE %d",
			       (int)ldns_pkt_get_rcode(message));
	for (size_t i = 0; r == 0 && i < ldns_rr_list_rr_count(list); i++)
		r = take(in, ldns_rr_list_rr(list, i), e);
	if (r < 0)
		return r;
	/* A single SOA says that there is nothing newer, or no difference. */
	if (in->stage == SECOND_RECORD && in->before)
		return err_set(e, -EBADMSG, "a transfer of what has changed has the SOA alone");
	return in->stage == OVER;
}
