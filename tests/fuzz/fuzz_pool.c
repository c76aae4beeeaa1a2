/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_pool.c - any bytes at all as a file of signatures, and what was taken from it written and read again. */
#include <stdlib.h>

#include "zones/pool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(pool_freep) struct pool *p = pool_new(65536), *again = pool_new(65536);
	_cleanup_(fclosep) FILE *in = size ? fmemopen((void *)data, size, "r") : NULL;
	FILE *file;
	char *text;
	size_t len;
	struct err e;

	if (!p || !again || !in || pool_read(p, in, &e) < 0)
		return 0;
	file = open_memstream(&text, &len);
	if (!file)
		return 0;
	pool_write(p, file);
	fclose(file);
	file = fmemopen(text, len, "r");
	if (!file || pool_read(again, file, &e) < 0)
		abort();
	fclose(file);
	free(text);
	return 0;
}
