/* SPDX-License-Identifier: BSD-2-Clause */
/* timeline.h - what happens, and when.
 *
 * The scenario with the scripting taken out: events in time order, built before the run and read by
 * everything after it. What is published is in the tree's plan already; the timeline says when it
 * changes, for people and for marks in a plot, and holds what an operator does to the resolver. */
#pragma once

#include <stdbool.h>

#include "sim/base/simtime.h"

enum event_kind {
	EVENT_ZONE, /* what is published changes: a key, a signing, a version on its way */
	EVENT_SERVER, /* how a server behaves changes */
	EVENT_OPERATOR, /* somebody acts on the resolver: `operation` */
	EVENT_MARK, /* something worth a line in a plot */
	EVENT_SIGNER, /* something is done to a signer, in its own world alone (scenario.h) */
};

/* "zone", "server", "operator", "mark", "signer". */
const char *event_kind_name(enum event_kind kind);

/* What an operator can do; a driver says how. */
enum operation {
	OPERATION_NONE,
	OPERATION_NTA,
	OPERATION_NTA_REMOVE,
	OPERATION_FLUSH, /* everything at and below `zone` */
	OPERATION_FLUSH_ALL,
	OPERATION_RELOAD,
	OPERATION_VALIDATION_OFF,
	OPERATION_VALIDATION_ON,
	OPERATION_PROBE, /* asks the resolver, which needs no driver: only in the function of a
			    watch (act.h) */
	OPERATION_MOVE, /* clients are routed to another resolver: needs no driver either */
	OPERATION_RESTART, /* its process ends and another one begins: nor does this */
};

/* Of those who ask a resolver of one role a share comes to one of another instead, until they come
 * back: anycast, where a site is withdrawn or load shifts. Roles are numbers of the scenario's. */
struct client_move {
	unsigned from, to;
	double share; /* of the clients that came to `from` until then */
	simtime back; /* SIMTIME_NEVER: they stay */
};

/* "nta", "nta-remove", "flush" … and back for what drivers do; OPERATION_NONE for an unknown word.
 */
const char *operation_name(enum operation op);
enum operation operation_by_name(const char *name);

/* Whether it is a driver that says how. */
bool operation_needs_driver(enum operation op);

struct event {
	simtime at;
	enum event_kind kind;
	char what[160]; /* for people: "de.: signed with key 'new', 67 % mismatched" */
	enum operation operation;
	char zone[256]; /* presentation form, "" when it does not apply */
	unsigned names; /* OPERATION_PROBE: how many it asks for */
	struct client_move move; /* OPERATION_MOVE */
	unsigned
		role; /* whose resolvers an operator acts on: 1 and the role's number; 0: those under test */
	char mitigation[32]; /* happens only in this mitigation's cells; "" in all */
	simtime before; /* of an awaited one: does not happen from this instant on; 0: always */
	int fault; /* this event begins tree->faults[fault]; -1 */
	char place[96]; /* "file:line" that says so */
};

struct timeline {
	struct event *events;
	unsigned count;
	struct event *awaited; /* their `at` is a time after the first failure: ordered by it */
	unsigned awaited_count;
	simtime from, to;
};

void timeline_init(struct timeline *tl, simtime from, simtime to);
void timeline_done(struct timeline *tl);

/* Add an event, which is copied. Two at one instant keep the order they were added in. -EINVAL:
 * outside of from … to. */
int timeline_add(struct timeline *tl, const struct event *ev, struct err *e);

/* Add an event whose instant the run itself decides: ev->at after the first bad answer that a
 * client gets once the first fault can be seen. One that would come after the end does not happen.
 */
int timeline_add_awaited(struct timeline *tl, const struct event *ev, struct err *e);

/* Whether the event happens in a cell that runs this mitigation. */
bool timeline_applies(const struct event *ev, const char *mitigation);
