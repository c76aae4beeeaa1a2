/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_delays.h - TTLs and delays that a signer's state files do not tell.
 *
 * From the weakest to the strongest: what the signer has when nobody configures it, its policy
 * (--policy), what servers answer (--ask, --ask-parent), --set dnskey-ttl=1h. What is taken, and
 * from whom, is told. */
#pragma once

#include "harness/rollover/rollover_read.h"

/* Fills the plan's TTLs and delays. -EINVAL, -EIO. */
int rollover_delays_take(const struct rollover_input *in, enum rollover_signer signer, FILE *notes,
			 struct rollover *r, struct err *e);

/* "since=TIME", which is no delay. */
bool rollover_is_since(const char *set);
