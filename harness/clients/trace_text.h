/* SPDX-License-Identifier: BSD-2-Clause */
/* trace_text.h - the lines of a list of queries, which trace.h shows, or of a resolver's log (trace_log.h): the first
 * line with data decides. */
#pragma once

#include "harness/clients/trace.h"
#include "harness/clients/trace_log.h"

struct trace_text {
	FILE *file; /* its own */
	const char *name; /* lent; for sentences */
	char *line;
	size_t cap;
	uint64_t number, lines; /* of this line in its file; with data, of all files */
	uint64_t others; /* of a log: lines that are of something else */
	uint64_t replies; /* of a log, to queries that it has, too */
	bool form_known, timed, is_log;
	struct trace_log log;
	bool has_queries; /* a log; else its replies tell what was asked */
	bool wants_marks;
	double rate; /* of lines without a time */
	simtime last;
};

void trace_text_done(struct trace_text *t);

/* Takes another file when this one is over. */
void trace_text_go_on(struct trace_text *t, FILE *file);

/* As trace_next(). */
int trace_text_next(struct trace_text *t, const char *name, struct trace_query *ret, struct err *e);
