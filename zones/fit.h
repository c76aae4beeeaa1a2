/* SPDX-License-Identifier: BSD-2-Clause */
/* fit.h - whether what a signed zone publishes fits a message.
 *
 * A message over TCP has a length of 16 bits, and a zone can plan more than that: many keys, or many
 * signatures over each RRset. Counted here before the run, from the plan alone, so that a scenario
 * is refused whose answers no server could give. */
#pragma once

#include "zones/tree.h"

/* The zone as it is at `now`. `f`: with what this fault puts beside its keys and signatures, NULL
 * for none. -EMSGSIZE: the answer for DNSKEY, or one that denies a name, is more than a message
 * holds; the sentence says how many keys or signatures would fit. */
int fit_check(const struct zone *z, simtime now, const struct fault *f, struct err *e);
