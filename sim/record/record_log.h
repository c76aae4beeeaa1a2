/* SPDX-License-Identifier: BSD-2-Clause */
/* record_log.h - every single query, in queries.db for SQLite.
 *
 *	sqlite3 queries.db "select name, count(*) from queries where outcome = 'servfail' group by name limit 5"
 *
 * One table, one row a query, in the order in which outcomes became known:
 *	sent, answered	nanoseconds since the Unix epoch; answered of a timeout is when it was given up
 *	client		number of the client
 *	class, name, type, attempt	type is a number, attempt 0 the first
 *	outcome		"noerror" … "timeout", as the columns of curve.csv
 *	rcode, ede	NULL for a timeout, and for an answer without extended error
 *	age		"fresh", "cached", "stale", "wrong", or NULL for an answer without an address
 *	ad		0 or 1
 *	traffic, resolver	whose question it is (NULL: there is one traffic), and whom it was asked of
 *	transport	by what it was asked: "udp", "tcp", "dot", "doh"
 * Committed bin by bin. */
#pragma once

#include "sim/record/record.h"

struct record_log;

/* Makes FOLDER/queries.db. */
int record_log_open(const char *folder, struct record_log **ret, struct err *e);
int record_log_put(struct record_log *l, const struct record_options *o,
		   const struct record_query *q, struct err *e);

/* What was put so far is in the file. */
int record_log_commit(struct record_log *l, struct err *e);

/* What was not committed is dropped. */
void record_log_free(struct record_log *l);
