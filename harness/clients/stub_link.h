/* SPDX-License-Identifier: BSD-2-Clause */
/* stub_link.h - the way between clients and a resolver: how long datagrams take, which are lost, and how they wait for
 * room. Part of the stubs: for stub.c and stub_outcome.c alone.
 *
 * All clients of a traffic have one link to a resolver; each way of it is a queue of its own. What goes by TCP is
 * neither lost nor waits: kernels send again what was lost. */
#pragma once

#include "sim/language/scenario.h"

struct stub;
struct attempt;

enum stub_way { STUB_ASKS, STUB_HEARS, STUB_WAYS };

struct stub_link { /* zeroed: nothing is under way */
	simtime busy[STUB_WAYS]; /* until then it sends what waits */
};

/* Whether there is such a way at all: else what is sent is there. */
bool stub_link_is(const struct stub_plan *p);

/* When the attempt's question, which sets out at `at`, is at the resolver, and when an answer of so many bytes is at
 * the client. SIMTIME_NEVER: it is lost, and counted. */
simtime stub_link_ask(struct stub *st, struct attempt *a, simtime at);
simtime stub_link_hear(struct stub *st, const struct attempt *a, size_t len, simtime at);
