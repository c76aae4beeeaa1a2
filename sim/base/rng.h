/* SPDX-License-Identifier: BSD-2-Clause */
/* rng.h - numbers from a seed: the same seed, the same run.
 *
 * Two kinds. `rng_hash` draws by key: the number for (seed, thing) is the same whoever asks, in
 * whatever order, so that a lottery over RRsets needs no memory. `struct rng` draws a sequence
 * (splitmix64, Steele, Lea and Flood 2014). */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};

static inline uint64_t rng_mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static inline uint64_t rng_next(struct rng *r)
{
	return rng_mix(r->state += 0x9e3779b97f4a7c15u);
}

/* Uniform in [0, 1). */
static inline double rng_unit(uint64_t bits)
{
	return (double)(bits >> 11) * 0x1p-53;
}

/* Uniform in [0, n), n > 0 (multiply and shift; the bias is below 2^-32 for n < 2^32). */
static inline uint64_t rng_below(uint64_t bits, uint64_t n)
{
	return (uint64_t)((unsigned __int128)bits * n >> 64);
}

/* The number drawn for `data` under `seed`. */
uint64_t rng_hash(uint64_t seed, const void *data, size_t len);

/* The number drawn for the number `n` under `seed`. */
static inline uint64_t rng_of(uint64_t seed, uint64_t n)
{
	return rng_mix(rng_mix(seed + 0x9e3779b97f4a7c15u) ^ (n + 1) * 0xd6e8feb86659fd93u);
}

/* `len` bytes of the sequence. */
void rng_fill(struct rng *r, void *data, size_t len);
