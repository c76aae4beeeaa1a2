/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/gunzip.h"

#define GZIP_ALONE (15 + 16) /* of inflateInit2(): the largest window, and a gzip header */

bool gunzip_init(struct gunzip *g, FILE *file)
{
	g->z = (z_stream){ .next_in = NULL };
	g->file = file;
	g->is_between = false;
	g->why = NULL;
	return inflateInit2(&g->z, GZIP_ALONE) == Z_OK;
}

void gunzip_done(struct gunzip *g)
{
	inflateEnd(&g->z);
}

/* false: the file is at its end, or cannot be read. */
static bool fill(struct gunzip *g)
{
	if (g->z.avail_in)
		return true;
	g->z.next_in = g->block;
	g->z.avail_in = (uInt)fread(g->block, 1, sizeof(g->block), g->file);
	if (g->z.avail_in)
		return true;
	if (ferror(g->file))
		g->why = "it cannot be read";
	else if (!g->is_between)
		g->why = "it is cut off";
	return false;
}

/* Zeros behind a member are what fills blocks of a tape. */
static void skip_zeros(struct gunzip *g)
{
	while (g->z.avail_in && !*g->z.next_in) {
		g->z.next_in++;
		g->z.avail_in--;
	}
}

/* Some more of it, or the reason why not. */
static void go_on(struct gunzip *g)
{
	int r;

	if (g->is_between) {
		skip_zeros(g);
		if (!g->z.avail_in)
			return;
		inflateReset(&g->z);
	}
	r = inflate(&g->z, Z_NO_FLUSH);
	if (r == Z_STREAM_END)
		g->is_between = true;
	else if (r != Z_OK && r != Z_BUF_ERROR)
		g->why = g->z.msg && !g->is_between ? g->z.msg : "what follows its end is no gzip";
	else
		g->is_between = false;
}

ssize_t gunzip_read(struct gunzip *g, void *ret, size_t size)
{
	g->z.next_out = ret;
	g->z.avail_out = (uInt)(size < INT32_MAX ? size : INT32_MAX);
	size = g->z.avail_out;
	while (g->z.avail_out == size && !g->why && fill(g))
		go_on(g);
	if (g->z.avail_out < size)
		return (ssize_t)(size - g->z.avail_out);
	return g->why ? -1 : 0;
}
