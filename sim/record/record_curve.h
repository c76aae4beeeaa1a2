/* SPDX-License-Identifier: BSD-2-Clause */
/* record_curve.h - one bin: what was sent in it, and its rows in curve.csv, ede.csv and
 * upstream.csv.
 *
 *	t,utc,class,queries,retries,noerror,nxdomain,servfail,other,timeout,fresh,cached,stale,wrong,ad,names,failed_names,clients,failed_clients
 *	20940,2026-05-05T19:19:00Z,signed,240,12,196,0,44,0,0,20,176,0,0,190,180,41,200,44
 *
 * Every bin has a row for `all`, signed, unsigned, nxdomain and outside, empty or not, and for each
 * traffic where the scenario has several; the other classes have rows from the bin on in which they first
 * occur. names, clients and failed_* are distinct ones of that bin and class; a name or client failed when
 * at least one of its queries got SERVFAIL, another error or no answer, and was not asked of another
 * resolver then.
 *
 * ede.csv counts answers of all classes by the traffic that they are to (empty where there is one), response code
 * ("SERVFAIL") and first extended error (RFC 8914); code -1 counts the SERVFAILs without any. Other answers without one have no
 * row.
 *
 * upstream.csv: queries = answers + dropped. A query that belongs to no zone has zone and server
 * "-". The first RECORD_SERVERS_MAX servers of zones have rows of their own, all others share
 * "*". */
#pragma once

#include "sim/record/record.h"
#include "sim/record/record_asked.h"
#include "sim/record/record_file.h"
#include "sim/record/record_leak.h"
#include "sim/record/record_links.h"
#include "sim/record/record_set.h"
#include "sim/record/record_ttl.h"

#define RECORD_SERVERS_MAX 4096
/* Behind the classes of names traffics, and then transports. */
#define RECORD_CLASSES (CLASS_COUNT + TRAFFICS_MAX + TRANSPORTS)

#define RECORD_CURVE_HEADER                                                                        \
	"t,utc,class,queries,retries,noerror,nxdomain,servfail,other,timeout,fresh,cached,stale,"  \
	"wrong,ad,names,failed_names,clients,failed_clients"
#define RECORD_EDE_HEADER "t,utc,traffic,rcode,code,count"
#define RECORD_UPSTREAM_HEADER "t,utc,zone,server,queries,answers,dropped"

struct record_counts { /* one row of curve.csv */
	uint64_t queries, retries, outcomes[OUTCOME_TIMEOUT + 1], ages[AGE_WRONG + 1], ad;
	uint64_t names, failed_names, clients, failed_clients;
};

struct record_waits { /* how long answers took that came in the bin */
	uint64_t answers;
	simtime sum, longest;
};

/* What is counted of connections that last. */
struct record_connections {
	uint64_t opened, reused; /* for a question; questions on one that had been asked before */
};

struct record_ede {
	unsigned traffic;
	uint8_t rcode;
	int code;
	uint64_t count;
};

struct record_upstream_counts {
	uint64_t answers, dropped;
};

struct record_bin {
	struct record_counts counts[RECORD_CLASSES];
	struct record_waits waits[RECORD_CLASSES];
	struct record_set names, clients;
	struct record_ede *ede;
	unsigned ede_count, ede_cap;
	struct record_upstream_counts *upstream; /* by number of the server */
	unsigned upstream_cap;
	uint64_t user_minutes; /* first failures of a client in a minute (record_run.h) */
	uint64_t lost_questions, unvalidated; /* record_is_lost(), record_is_unvalidated() */
	struct record_leaks leaks;
	struct record_ttls ttls;
	struct record_link_bin links;
	struct record_asked_bin asked;
	struct record_connections connections[TRANSPORTS];
	bool failed; /* no memory: a count is missing */
};

struct record_server {
	char *zone, *server; /* as they stand in the file */
};

struct record_server_slot {
	uint64_t key;
	unsigned number; /* + 1; 0: free */
};

/* The servers that were asked in the whole run, numbered as they came up. */
struct record_servers {
	struct record_server *list;
	unsigned count;
	struct record_server_slot *slots; /* twice RECORD_SERVERS_MAX of them */
};

/* SERVFAIL, another error or no answer. */
bool record_is_failure(enum outcome o);

/* Whether a query failed to whoever asked: another resolver may still answer. */
bool record_is_users(const struct record_query *q);

/* A question is lost when the last attempt at it has failed. */
bool record_is_lost(const struct record_query *q);

/* An answer that its resolver gave without having validated it: to a name that is delegated with a
 * DS, NOERROR or NXDOMAIN without AD, though the query asked for it. */
bool record_is_unvalidated(const struct record_query *q);

/* Books a query under `all`, its class and, where `by_traffic`, its traffic. */
void record_bin_query(struct record_bin *b, const struct record_options *o,
		      const struct record_query *q);

/* Books how long an answer took, likewise. */
void record_bin_answer(struct record_bin *b, const struct record_options *o,
		       const struct record_query *q);

void record_bin_upstream(struct record_bin *b, unsigned server, bool dropped);

/* When a bin begins, for its rows. */
struct record_stamp {
	int64_t t;
	char utc[32];
};

/* `classes`: bit n asks for the row of class n, which has this name. */
void record_bin_write_curve(const struct record_bin *b, const struct record_stamp *at,
			    unsigned classes, const char *const names[RECORD_CLASSES],
			    struct record_file *f);
void record_bin_write_ede(struct record_bin *b, const struct record_options *o,
			  const struct record_stamp *at, struct record_file *f);
void record_bin_write_upstream(const struct record_bin *b, const struct record_stamp *at,
			       const struct record_servers *s, struct record_file *f);

/* Empty again; its memory is kept for the next bin. */
void record_bin_clear(struct record_bin *b);
void record_bin_free(struct record_bin *b);

/* The number of a server of a zone, both wire names, NULL for none. -ENOMEM. */
int record_servers_number(struct record_servers *s, const uint8_t *zone, const uint8_t *server);
void record_servers_done(struct record_servers *s);
