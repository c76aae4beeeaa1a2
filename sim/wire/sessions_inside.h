/* SPDX-License-Identifier: BSD-2-Clause */
/* sessions_inside.h - what clients' sessions are inside: for sessions*.c alone. sessions.c has them and what is
 * under way, sessions_client.c what clients make of it, sessions_socket.c what the kernel does. */
#pragma once

#include "sim/base/hash.h"
#include "sim/base/timerqueue.h"
#include "sim/wire/bytes.h"
#include "sim/wire/http.h"
#include "sim/wire/sessions.h"
#include "sim/wire/tls.h"

enum way { OUT, IN, WAYS };
enum parcel_kind { PARCEL_BYTES, PARCEL_OPEN, PARCEL_END };

/* What is under way: bytes, or that the connection is there, or that it is over. */
struct parcel {
	struct parcel *next;
	simtime arrives;
	enum parcel_kind kind;
	size_t len;
	uint8_t data[];
};

struct session {
	struct handle handle; /* fd -1: not connected yet, or no more */
	struct timer timer; /* when the first parcel arrives */
	bool is_timed;
	uint32_t number;
	struct session_plan plan;
	simtime half; /* of the round trip */
	struct parcel *first[WAYS], **last[WAYS];
	bool is_connecting; /* for the kernel */
	bool is_connected; /* as the client sees it */
	bool is_open; /* all handshakes are over */
	bool is_over, has_left; /* he heard of its end; he went */
	bool has_news, is_awaited; /* it is in that list */
	struct session *next_news, *next_awaited;
	struct bytes held; /* messages, until it is open */
	struct bytes out; /* what the kernel has not taken yet */
	struct bytes plain; /* that came, and is not read yet */
	struct bytes answers; /* out of HTTP */
	struct tls *tls;
	struct http *http;
	UT_hash_handle hh; /* by number */
};

struct sessions {
	struct poller *poller;
	struct pool *pool;
	const struct clock *clock;
	struct tls_trust *trust;
	uint32_t last_number;
	struct session *all;
	struct session *news, **last_news; /* those that have something for the clients */
	struct session *awaited; /* of which the kernel may have sent something */
	struct timerqueue under_way;
	struct sessions_counts counts[TRANSPORTS];
	char failure[128];
	uint64_t untaken;
	bool stirred;
	int error; /* the first that ends the run, and its sentence */
	struct err sentence;
};

static inline struct sessions_counts *session_counts(struct sessions *all, const struct session *s)
{
	return &all->counts[s->plan.transport];
}

/* Something sets out, and arrives half a round trip later. -ENOMEM. */
int session_post(struct sessions *all, struct session *s, enum way way, enum parcel_kind kind,
		 const void *data, size_t len, struct err *e);

/* It has something for its client. */
void session_tell(struct sessions *all, struct session *s);

/* Something has arrived at the client; at the resolver. What is wrong with it alone ends it; a negative errno ends
 * the run. */
int session_come_to_client(struct sessions *all, struct session *s, const struct parcel *p,
			   struct err *e);
int session_come_to_resolver(struct sessions *all, struct session *s, const struct parcel *p,
			     struct err *e);

/* Sends what was held back until it is open. */
int session_put_held(struct sessions *all, struct session *s, struct err *e);

/* The client hears that it is over; `r` is why it cannot go on. -ENOMEM is no reason of its own. */
void session_end(struct sessions *all, struct session *s);
int session_break_off(struct sessions *all, struct session *s, int r, const struct err *why);

void session_close_socket(struct sessions *all, struct session *s);
