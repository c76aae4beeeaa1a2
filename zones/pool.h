/* SPDX-License-Identifier: BSD-2-Clause */
/* pool.h - signatures that processes make for each other: the cells of a run sign the same RRsets with
 * the same keys at the same times.
 *
 * Memory that is shared by the process which made it and all that it forks afterwards. An entry is
 * written once, behind those before it, and found when a place of the table names it; nobody waits for
 * anybody, and who is killed while he writes leaves bytes that nobody finds. When it is full nothing
 * more goes in. An entry is given only when its sum is right, so that what somebody has written over is
 * made anew. It says nothing of an answer that could not be had without it: signatures follow from key
 * and data alone (key.h). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

struct pool;

#define POOL_SIGNATURE_MAX 8192 /* bytes of one */

/* What a signature was made from: the digest of the data, and a number of the key. */
struct pool_key {
	uint8_t digest[32];
	uint64_t signer;
};

/* Of this many bytes, of which those are taken from the machine that are used. NULL: no memory. */
struct pool *pool_new(size_t bytes);
void pool_free(struct pool *p);
DEFINE_FREEP(struct pool, pool)

/* This process and those that it forks take signatures from it, and put theirs in; NULL: from none. Lent. */
void pool_use(struct pool *p);
struct pool *pool_used(void);

/* The length of a signature that somebody made, which is copied; 0: it is not there. */
size_t pool_get(struct pool *p, const struct pool_key *key, uint8_t *ret, size_t room);

/* Puts one in, unless there is no room. */
void pool_put(struct pool *p, const struct pool_key *key, const uint8_t *signature, size_t len);

/* Whether the signature that was given last is out of a file and has to be held against one that is made: the
 * first is, and some of those behind it. One that was not the same bars the pool: nothing more is given to
 * anybody, and it is not written. */
bool pool_doubts(const struct pool *p);
void pool_bar(struct pool *p);

/* What this process has had of it, and those that it comes from: how many signatures it was given, how many of
 * these out of a file, and how many it made and put in, or found no room for; of these that many as one was
 * there with a wrong sum. */
struct pool_counts {
	uint64_t given, kept, made, wrong;
	bool barred; /* by whomever */
};

struct pool_counts pool_counts(const struct pool *p);

/* ---- files: what is in a pool, for the next run ----
 *
 * "sigfault-sigs-1\n", and then for each signature as the machine has them: its sum (8 bytes), the digest (32),
 * the signer (8), its length (4) and itself. */

/* Before the first is put in. What stands behind a signature that is cut off or has a wrong sum is left out.
 * -EINVAL: it is another file. */
int pool_read(struct pool *p, FILE *in, struct err *e);

/* Whether there is more in it than was read. */
bool pool_has_news(const struct pool *p);
void pool_write(struct pool *p, FILE *out);
