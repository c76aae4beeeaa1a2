/* SPDX-License-Identifier: BSD-2-Clause */
/* areas.h - the resolvers' areas of the page, as the wire knows them: whose addresses they are, what is in
 * their rings, and what is ahead in them.
 *
 * Of many areas few have anything at one instant, and looking at one costs: a set has a bit for each, and
 * only those are looked at that ran, were sent something, or whose time has come. */
#pragma once

#include "sim/wire/ahead.h"
#include "sim/wire/numbers.h"
#include "sim/wire/ring.h"

/* What we know of a resolver's rings, and of what is ahead in them. */
struct rings {
	struct ring out, in, asks, answers;
	struct ahead ahead;
};

struct areas { /* zeros, but for the clock, which is lent */
	struct clock *clock;
	struct rings rings[PAGE_AREAS];
	struct numbers numbers; /* by the addresses of their resolvers */
	unsigned numbered; /* so many of them */
	uint64_t full; /* those that may have sent something */
	uint64_t looked; /* of which it is known when the oldest was sent */
	int64_t sent[PAGE_AREAS];
	uint64_t streaming; /* those that have connections */
	uint64_t changed; /* of which that, and what is ahead, is to be looked up anew */
	simtime next[PAGE_AREAS]; /* when the first is to be seen of what is ahead in each */
	uint64_t told; /* whose readers are to be woken */
	uint16_t port[PAGE_AREAS]; /* that got something first, 0 for none */
};

void areas_done(struct areas *a);

/* The area of the resolver that has this address; the first when none has. */
struct page_area *areas_at(struct areas *a, const struct address *at);

struct rings *areas_rings(struct areas *a, const struct page_area *one);

/* The areas of a set, which are taken out one after the other; NULL: there is none more. */
struct page_area *areas_take(const struct areas *a, uint64_t *set);

/* Its process has ended, while others live on: what is sent there is lost, as it would be. */
bool areas_is_gone(const struct areas *a, const struct page_area *one);

/* Another process reads its rings: of what the one before has not read it gets the questions that are
 * ahead. */
void areas_begin_anew(struct areas *a, struct page_area *one);

/* Something was handed over for an instant ahead. */
void areas_change(struct areas *a, const struct page_area *one);

/* Whether any of them sent something; the one whose oldest was sent first: how far one came while another
 * still slept does not matter then. NULL: none has. */
bool areas_have_datagram(struct areas *a);
struct page_area *areas_first_sender(struct areas *a);

/* When the oldest was sent that nobody has taken. */
simtime areas_oldest(struct areas *a);

/* Whether any of them has a connection. */
bool areas_have_streams(struct areas *a);

/* Its reader is to be told of what came for a port, the first one since it was woken. Readers are woken when
 * we wait: what is sent at one instant is seen at once, however the two processes are scheduled. */
void areas_tell(struct areas *a, const struct page_area *one, uint16_t port);
void areas_wake_readers(struct areas *a);

/* When the first of what is ahead is to be seen; and it is `now`, all that is due is to be told. */
simtime areas_next(struct areas *a);
void areas_come_to(struct areas *a, simtime now);

/* Of one of them, by its number, once all were looked at; and whether its reader is to be woken. */
void areas_look(struct areas *a);
simtime areas_next_in(const struct areas *a, unsigned number);
void areas_come_to_in(struct areas *a, unsigned number, simtime now);
bool areas_is_told(const struct areas *a, unsigned number);

/* How far each library may move the clock until `until`. */
void areas_lead(struct areas *a, simtime until);
