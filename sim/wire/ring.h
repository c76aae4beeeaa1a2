/* SPDX-License-Identifier: BSD-2-Clause */
/* ring.h - the harness's end of a ring in the page that it shares with a resolver (page.h).
 *
 * The other end is the resolver's, and it can write whatever it likes to all of the page. So where
 * we read or write next is kept here, what the other end says of itself is read once and checked,
 * and a datagram is copied before it is looked at. What is wrong is told to the clock
 * (clock_distrust()), which ends the run; until then nothing more comes, and nothing more fits. */
#pragma once

#include "sim/clock/clock.h"
#include "sim/wire/packet.h"

struct ring { /* zeros: nothing went through it yet */
	uint64_t own; /* our end: the tail of a ring that we write, the head of one that we read */
	uint64_t other; /* where the resolver's end was last */
	int64_t at; /* when the last that we read was sent */
	bool is_broken;
};

/* Writes a datagram to be seen at `at`, in the page's terms. false: there is no room. `name` is the
 * ring's, for the sentence of what is wrong with it. */
bool ring_put(struct ring *r, struct page_ring *shared, const char *name, struct clock *c,
	      const struct packet *p, int64_t at);

/* Bytes in a ring that we write, or in one that we read. */
uint64_t ring_unread(struct ring *r, struct page_ring *shared, const char *name, struct clock *c);
uint64_t ring_waiting(struct ring *r, struct page_ring *shared, const char *name, struct clock *c);

/* When the oldest in a ring that we read was sent, as it says; INT64_MAX: there is none. */
int64_t ring_oldest(struct ring *r, struct page_ring *shared, const char *name, struct clock *c);

/* Takes the oldest out of a ring that we read: its head, and g->len bytes of MESSAGE_MAX for which
 * there is room. false: there is none. */
bool ring_get(struct ring *r, struct page_ring *shared, const char *name, struct clock *c,
	      struct page_datagram *g, uint8_t *bytes);
