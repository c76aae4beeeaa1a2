/* SPDX-License-Identifier: BSD-2-Clause */
/* gunzip.h - what is in a gzip file (RFC 1952), one member after the other, by zlib: it compares the CRC and
 * the length at the end of each, which libarchive passes over. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <zlib.h>

#define GUNZIP_BLOCK 65536

struct gunzip {
	z_stream z;
	FILE *file; /* lent */
	bool is_between; /* members: here the file may end */
	const char *why; /* nothing more comes; lent for ever; NULL: it goes on */
	uint8_t block[GUNZIP_BLOCK];
};

/* From where the file stands. false: no memory. */
bool gunzip_init(struct gunzip *g, FILE *file);
void gunzip_done(struct gunzip *g);

/* As read(): 0 at the end, -1 where what is there is damaged or cut off, and g->why says how. What was unpacked before is
 * given first. */
ssize_t gunzip_read(struct gunzip *g, void *ret, size_t size);
