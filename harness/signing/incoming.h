/* SPDX-License-Identifier: BSD-2-Clause */
/* incoming.h - a transfer as it comes in, message by message: a whole zone, or what has changed.
 *
 *	AXFR	SOA(7) record … record SOA(7)			RFC 5936, section 2.2
 *	IXFR	SOA(7) SOA(5) gone … SOA(6) came …		RFC 1995, section 4
 *		       SOA(6) gone … SOA(7) came … SOA(7)
 *
 * An IXFR may be answered with all of the zone: it is told by its second record. */
#pragma once

#include <stdbool.h>

#include "harness/signing/zone_copy.h"

struct incoming;

/* `before`: the version that an IXFR was asked from, lent; NULL: it is an AXFR. NULL: no memory. */
struct incoming *incoming_new(const struct zone_copy *before);
void incoming_free(struct incoming *in);

/* The next message. 1: the zone is whole. -EBADMSG, and what is wrong with it; -ENOMEM. */
int incoming_message(struct incoming *in, const ldns_pkt *message, struct err *e);

/* Whether it says what has changed. */
bool incoming_is_difference(const struct incoming *in);

/* The zone that came, once it is whole: the caller's from then on. */
struct zone_copy *incoming_take_zone(struct incoming *in);
