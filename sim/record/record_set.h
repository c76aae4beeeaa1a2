/* SPDX-License-Identifier: BSD-2-Clause */
/* record_set.h - which keys came up, and in which classes: the exact count of distinct names and
 * clients.
 *
 * Open addressing over 64-bit keys. Each key carries two sets of classes as bits: those it was
 * seen in and those it failed in, so one lookup serves every row of curve.csv. Emptied and used
 * again, bin after bin. A zeroed struct is an empty set. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record_set_entry {
	uint64_t key;
	uint32_t seen; /* 0: the place is free */
	uint32_t failed;
};

struct record_set {
	struct record_set_entry *entries;
	size_t cap, count;
	bool failed; /* no memory to grow: counts are wrong from here on */
};

/* The bits that an addition set for the first time. */
struct record_set_news {
	uint32_t seen, failed;
};

/* `seen` is not 0. */
struct record_set_news record_set_add(struct record_set *s, uint64_t key, uint32_t seen,
				      uint32_t failed);

bool record_set_has(const struct record_set *s, uint64_t key);

void record_set_clear(struct record_set *s);
void record_set_done(struct record_set *s);
