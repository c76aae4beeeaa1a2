/* SPDX-License-Identifier: BSD-2-Clause */
/* pass.h - one pass over a trace, with its times put on the scenario's. */
#pragma once

#include "harness/clients/note.h"
#include "harness/clients/trace.h"
#include "sim/language/scenario.h"

struct pass {
	struct trace *trace;
	uint64_t left_out; /* queries that the traffic's filter leaves out */
	bool begun;
	simtime first; /* of the trace's own times */
	simtime last; /* of ours */
	uint64_t count;
	uint64_t late; /* queries that were earlier than the one before */
	simtime latest; /* and by how much, at most */
	uint64_t no_rd;
};

/* The next query, `at` on the scenario's time. 1, TRACE_ANSWER, TRACE_MARK, 0 at the end, or negative. */
int pass_next(struct pass *p, const struct scenario *s, const struct traffic *t,
	      struct trace_query *ret, struct err *e);

/* What a user has to be told of it. */
void pass_note(const struct pass *p, const char *path, char note[NOTE_LEN]);
