/* SPDX-License-Identifier: BSD-2-Clause */
/* A file that a user may hand us, whatever it holds: read to its end or to its first error. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/clients/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(trace_freep) struct trace *t = NULL;
	struct trace_query q;
	struct err e;
	FILE *file = size ? fmemopen((void *)data, size, "r") : NULL;

	if (!file || trace_open_file(file, "fuzz", 10, &t, &e))
		return 0;
	while (trace_next(t, &q, &e) == 1)
		if (name_len(q.qname) > NAME_MAX_LEN)
			__builtin_trap();
	return 0;
}
