/* SPDX-License-Identifier: BSD-2-Clause */
/* blame_inside.h - what the files of blame.h share. */
#pragma once

#include "harness/evidence/blame.h"
#include "sim/base/hash.h"

#define DEPENDS_MAX 48
#define CHAIN_MAX 8

/* The exchanges for a name, by the instant of asking. */
struct name_index {
	const uint8_t *name;
	size_t *list, count, cap;
	UT_hash_handle hh;
};

struct blame_index {
	struct evidence *v;
	struct name_index *names;
	struct name_index *zones; /* by the zone whose server was asked */
};

/* NULL: nothing was asked for that name. */
struct name_index *blame_named(struct name_index *names, const uint8_t *name);

/* The first behind those asked until then. */
size_t blame_behind(const struct evidence *v, const struct name_index *n, simtime until);

/* Names that a question depends on, itself first. */
struct depends {
	const uint8_t *names[DEPENDS_MAX];
	unsigned count;
};

struct depends blame_depends(struct facts *f, const uint8_t *qname);
