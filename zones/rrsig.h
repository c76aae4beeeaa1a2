/* SPDX-License-Identifier: BSD-2-Clause */
/* rrsig.h - RRSIG records, made to an order: inside zones/ only. */
#pragma once

#include "zones/order.h"

/* Adds the RRSIG by key `i`, whose tag it carries, even where its twin signs; and those that its
 * flaws put beside it, or none when they take it away. -ENOMEM. -EIO: OpenSSL failed. */
int rrsig_add(struct zone *z, const struct order *o, unsigned i, struct rrset *ret, struct err *e);
