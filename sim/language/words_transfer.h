/* SPDX-License-Identifier: BSD-2-Clause */
/* words_transfer.h - who may have all of a zone: the key `transfer` of zone. */
#pragma once

#include "sim/language/words.h"

void words_transfer(const struct args *zone, struct zone *z);

/* The key `tsig` of signer: what its transfers are signed with. */
void words_signer_key(const struct args *signer, struct signer_plan *p);
