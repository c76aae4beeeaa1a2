/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_world.h - the scenario in which samples are tried: a copy of the zone for each, below
 * the same parent.
 *
 * Caches of different zones do not touch, so that one resolver holds all the states at once. Every
 * copy has the plan's keys, with the plan's times; the questions are a text trace beside the
 * script. Both are for people to read and to run again: `sigfault run FOLDER/proof.lua`. */
#pragma once

#include "harness/rollover/rollover_sample.h"

/* The name of the zone that stands for sample `i`: "co-3.nz.". */
void rollover_copy_name(const struct rollover *r, unsigned i, char ret[300]);

/* Writes FOLDER/proof.lua and FOLDER/proof.txt. The plans, by the samples' numbers, are of one zone. -EINVAL: the plan has what a scenario cannot tell.
 * -errno. */
int rollover_world_write(const struct rollover_judged *plans, const struct rollover_samples *s,
			 const char *folder, struct err *e);

/* The mitigations to run the scenario with: "none", or "long-ttls" where resolvers would not keep
 * what the plan lets them; with `strict`, "…,strict". */
const char *rollover_world_mitigations(const struct rollover *r, bool strict);
