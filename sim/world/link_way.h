/* SPDX-License-Identifier: BSD-2-Clause */
/* link_way.h - routes, and rules for what comes in: link.c's alone. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/world/link.h"
#include "sim/world/netlink.h"

/* Who is at the other end of any cable. Its MAC is known beforehand, so that one neighbour entry
 * serves a whole prefix and nobody ever has to ask (ARP, RFC 4861) for one. */
#define FAR_END_V4 "169.254.0.1"
#define FAR_END_V6 "fe80::1"

/* A prefix that is reached by a plug, or that is the place's own. A resolver is at the far end itself:
 * the default of "clients" answers for every other address there is, the far end's too, so that it can
 * be no gateway there. */
struct way {
	enum place place;
	const char *prefix;
	const char *plug; /* NULL: answered for here */
	const char *source; /* preferred, NULL: none */
	bool is_far_end;
	uint32_t table; /* 0: the one that such a way is in */
};

/* The table that is asked first for what comes in from a resolver that reaches others. */
#define LINK_JOINED 53

int link_add_way(struct nl_sock *s, const struct way *way, struct err *e);

/* What comes in by this plug is looked up in LINK_JOINED first. */
int link_add_rules(int netns, const char *plug, struct err *e);
