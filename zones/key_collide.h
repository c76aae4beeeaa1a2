/* SPDX-License-Identifier: BSD-2-Clause */
/* key_collide.h - keys that have the tag of another one, and that nobody has the private half of
 * (KeyTrap, CVE-2023-50387). */
#pragma once

#include "zones/key.h"

/* Whether key_colliding() can make keys of this algorithm. */
bool key_can_collide(enum algorithm a);

/* The DNSKEY RDATA of a ZSK that has the tag of `k`: a number or a point that a validator has to
 * reckon with. Its length; 0 when the algorithm has none. */
size_t key_colliding(const struct key *k, uint64_t seed, uint8_t ret[KEY_RDATA_MAX]);
