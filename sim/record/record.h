/* SPDX-License-Identifier: BSD-2-Clause */
/* record.h - what was measured, written down while it happens.
 *
 * Owns the folder of one cell and its files (docs/formats.md): curve.csv, ede.csv, asked.csv,
 * upstream.csv, metrics.csv, events.csv, and queries.db and the two captures when asked for. A
 * bin is written as soon as no outcome can fall into it any more, so a run that is cut short
 * leaves all its finished bins. Every write is checked: the first that fails makes every later
 * call return it (-ENOSPC: "disk full").
 *
 * An outcome is booked into the bin in which its query was sent. What the rows mean is told in
 * record_curve.h. With each bin go metrics of the run up to its end (record_run.h, record_curve.h):
 * distinct_clients, distinct_failed_clients, distinct_names, distinct_failed_names, user_minutes,
 * lost_questions, unvalidated_answers, what record_leak.h counts and what record_ttl.h does. What ends a minute or a question is booked with the query
 * whose outcome told it.
 *
 * How long clients waited is booked into the bin in which the answer came, and one that came after
 * the end into that of its query: answers.all, answer_seconds_mean.all and answer_seconds_max.all,
 * and the same for each class ("outside") that got answers in the bin. A query without answer is in
 * none of them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/names.h"
#include "sim/language/scenario.h"
#include "sim/wire/packet.h"

enum outcome {
	OUTCOME_NOERROR,
	OUTCOME_NXDOMAIN,
	OUTCOME_SERVFAIL,
	OUTCOME_OTHER,
	OUTCOME_TIMEOUT
};

/* What an answer with this response code comes to: never OUTCOME_TIMEOUT. */
static inline enum outcome record_outcome(int rcode)
{
	switch (rcode) {
	case RCODE_NOERROR:
		return OUTCOME_NOERROR;
	case RCODE_NXDOMAIN:
		return OUTCOME_NXDOMAIN;
	case RCODE_SERVFAIL:
		return OUTCOME_SERVFAIL;
	}
	return OUTCOME_OTHER;
}

/* How old the address in an answer is. AGE_NONE: the answer carries no address. */
enum age { AGE_NONE, AGE_FRESH, AGE_CACHED, AGE_STALE, AGE_WRONG };

struct record_options {
	simtime from, to, bin;
	simtime patience; /* an outcome comes at most this long after its query was sent */
	bool pcap, log_queries;
	/* Of a run of many bins metrics.csv has a row of each metric every so many bins (0: each), and
	 * at the bins before these instants, where figures begin. */
	unsigned metrics_every;
	const simtime *marks; /* lent */
	unsigned mark_count;
	/* Whose questions, and whom they are asked of, by their numbers in a record_query; lent. A traffic
	 * without a name is the only one. */
	const char *const *traffics, *const *resolvers;
	unsigned traffic_count, resolver_count;
	bool has_reports; /* zones name agents for reports */
	unsigned transports; /* bit n: clients ask by that transport; 0: they ask by UDP alone */
};

/* Bins between two rows of a metric in a run of so many bins. */
unsigned record_metrics_every(simtime from, simtime to, simtime bin);

struct record_query { /* one query of one client, and what came of it */
	simtime sent, answered; /* answered: when the outcome was known */
	enum class class;
	const uint8_t *qname;
	uint16_t qtype;
	uint64_t name_key; /* equal for equal names */
	uint32_t client; /* dense number of the client */
	unsigned traffic; /* whose question it is: a number of the scenario's */
	unsigned resolver, role; /* that was asked: its number, and its role's */
	bool came_on, goes_on; /* the attempt before, and the next one, is at another resolver */
	unsigned attempt; /* 0: the first; others are retries */
	enum outcome outcome;
	uint8_t rcode;
	enum age age;
	bool ad;
	bool wants_ad; /* asked so that a validated answer carries AD: AD or DO set, CD not */
	bool is_last; /* no further attempt follows, should it have failed */
	bool edns; /* asked with EDNS, without which no extended error may come */
	int ede; /* first EDE info code, -1 for none */
	uint64_t edes; /* bit n: code n is among them, of codes below 64 */
	int64_t given; /* the second since the start in its address, -1: none that was given */
	int64_t ttl; /* the smallest of the answer's, of the SOA in a negative one; -1: none */
	enum transport transport; /* by which it was asked */
	bool reused; /* on a connection on which there had been questions before */
	uint8_t opened; /* connections, for it */
	bool ttl_over; /* that of its address is more than the zone's own */
};

struct record;

/* Makes the folder. -EEXIST, -EACCES, -ENOSPC… -EINVAL: bins are not whole seconds. */
int record_new(const char *folder, const struct record_options *o, struct record **ret,
	       struct err *e);

/* Writes what is left and closes. The first write error of the whole record, if there was one.
 * record_free() without it drops unfinished bins. */
int record_finish(struct record *r, struct err *e);
void record_free(struct record *r);
DEFINE_FREEP(struct record, record)

/* A query is booked once, when its outcome is known; one from before the start is not. -ERANGE: later than `patience` allows, its
 * bin is written. */
int record_query(struct record *r, const struct record_query *q, struct err *e);

/* A query that reached an authority: answered or dropped. Names are copied; NULL for a query that
 * belongs to no zone. */
void record_upstream(struct record *r, simtime at, const uint8_t *zone, const uint8_t *server,
		     bool dropped);

void record_metric(struct record *r, simtime at, const char *name, double value);

/* The requests that the resolver works on: how many, and as it lists them, which is kept of the worst
 * sample (record_requests.h). */
int record_requests(struct record *r, simtime at, unsigned depth, const char *text, struct err *e);

/* A line of events.csv. */
struct record_event {
	simtime at;
	const char *kind; /* "zone", "server", "fault", "fault-seen", "operator", "mark",
			     "resolver", "clock", "missed" (an event that waited for a failure in
			     vain, at the end) */
	const char *operation; /* what an operator does, or a probe: operation_name(); NULL */
	const char *zone; /* which zone it is about, in presentation form; NULL or "": none */
	const char *what; /* for people */
	const char *role; /* whose resolvers an operator acts on; NULL or "": those under test */
	unsigned role_number; /* the same as 1 and its number; 0: there is one resolver */
};

/* It is in the file at once:
 *
 *	t,utc,kind,operation,zone,what,role
 *	31620,2026-05-05T22:17:00Z,operator,nta,de.,nta de.,
 */
void record_event(struct record *r, const struct record_event *ev);

/* An address is that of the host of this name, in links.csv (record_links.h); whether anybody has said
 * whose it is. */
void record_host(struct record *r, const struct address *a, const char *name);
bool record_has_host(const struct record *r, const struct address *a);

/* A packet that was handed to record_packet() came to nothing on its way, or where it came to. */
void record_drop(struct record *r, const struct packet *p, simtime at);

/* A datagram or TCP segment as it stands on the wire at that instant, which may lie ahead: clients'
 * go to clients.pcap, but for those in TLS, those of authorities to upstream.pcap. */
void record_packet(struct record *r, const struct packet *p, simtime at);

/* Time moved on: bins that are over are written. */
int record_advance(struct record *r, simtime now, struct err *e);

/* What a resolver gave that it should not have given, or did not say what it was (record_leak.h). */
struct record_leaks {
	uint64_t stale_unvalidated; /* stale, without AD that was asked for, never validated */
	uint64_t ad_under_nta; /* AD in an answer to a query that an NTA covers */
	/* Of queries with EDNS: stale answers without 3, Stale Answer, or 19, Stale NXDOMAIN Answer,
	 * and answers of an NTA without 33, Negative Trust Anchor */
	uint64_t stale_without_ede, nta_without_ede;
};

/* What a resolver reported to a zone's agent (RFC 9567), a row of reports.csv at once:
 *
 *	t,utc,resolver,agent,type,name,ede
 *	4380,2026-05-05T19:31:02Z,resolver,agent.example.,A,d00000007.de.,9
 */
struct record_report {
	simtime at;
	struct address from;
	const uint8_t *agent, *qname;
	uint16_t qtype, ede;
};

void record_report(struct record *r, const struct record_report *report);

/* Totals so far, for progress lines and metrics. */
struct record_totals {
	uint64_t queries, retries, outcomes[OUTCOME_TIMEOUT + 1], stale, wrong;
	uint64_t lost_questions, user_minutes, unvalidated;
	uint64_t upstream, upstream_dropped;
	struct record_leaks leaks;
	double servfail_share_now; /* of the bin that was finished last, -1 before the first */
};

const struct record_totals *record_totals(const struct record *r);
