/* SPDX-License-Identifier: BSD-2-Clause */
/* stub_session.h - the connections that stubs keep to their resolvers: for stub*.c alone.
 *
 * A client has one to each resolver that he asks, opened by the first question, and closed by him when it was
 * without any for as long as he likes to keep one (RFC 7766, section 6.2.3). So many questions are under way on it
 * at most, and the others wait for room in their order. Where the resolver closes it, what was asked on it is asked once
 * more, on a new one (section 6.2.4), unless nothing ever came of the old one: that is known at once to have
 * failed. One on which the resolver is silent stays, as long as its handshakes are over. */
#pragma once

#include "harness/clients/asked.h"
#include "harness/clients/replay.h"
#include "sim/base/hash.h"
#include "sim/base/timerqueue.h"
#include "sim/base/transport.h"
#include "sim/wire/endpoint.h"

struct stub;
struct attempt;

struct stub_session_key {
	uint32_t client;
	unsigned traffic, resolver;
};

struct stub_session {
	struct stub_session_key key;
	uint32_t number; /* the wire's */
	struct endpoint me, to;
	unsigned under_way; /* of its attempts that are asked */
	uint64_t asked, answered;
	struct attempt *attempts; /* in the order in which they came */
	struct timer timer; /* of an idle one: when it is closed */
	bool is_idle;
	UT_hash_handle hh, hh_number;
};

/* By what a client asks this question: drawn for him by the seed. */
enum transport stub_transport(const struct stub *st, const struct ask *a);

/* An attempt goes out, on a connection that is there or is opened for it. */
int stub_session_send(struct stub *st, struct attempt *a, simtime now, struct err *e);

/* The attempt is over. Once that is booked the connection is seen to by stub_session_tidy(), `in_vain`: it
 * waited for its whole time. */
void stub_session_let_go(struct stub *st, struct attempt *a);
int stub_session_tidy(struct stub *st, bool in_vain, simtime now, struct err *e);

/* The resolver has ended one, or never took it. */
int stub_session_over(struct stub *st, uint32_t number, simtime now, struct err *e);

/* Closes those that were idle for long enough. */
void stub_sessions_rest(struct stub *st, simtime now);

void stub_sessions_done(struct stub *st);
