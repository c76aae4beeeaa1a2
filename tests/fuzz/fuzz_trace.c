/* SPDX-License-Identifier: BSD-2-Clause */
/* A file that a user may hand us, whatever it holds (captures, dnstap, lists, any of them packed): read to its
 * end or to its first error, and what its answers show. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/clients/seen_answer.h"
#include "harness/clients/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(trace_freep) struct trace *t = NULL;
	struct seen seen = { 0 };
	struct trace_query q;
	struct err e;
	int r;
	FILE *file = size ? fmemopen((void *)data, size, "r") : NULL;

	if (!file || trace_open_file(file, "fuzz", 10, &t, &e))
		return 0;
	trace_want_answers(t);
	while ((r = trace_next(t, &q, &e)) > 0) {
		size_t len;
		const uint8_t *answer = trace_answer(t, &len);

		if (r == TRACE_ANSWER)
			seen_answer(&seen, answer, len);
		else if (r == TRACE_MARK)
			seen_mark(&seen, &q);
		else if (name_len(q.qname) > NAME_MAX_LEN || seen_query(&seen, &q))
			__builtin_trap();
	}
	seen_done(&seen);
	return 0;
}
