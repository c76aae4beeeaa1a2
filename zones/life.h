/* SPDX-License-Identifier: BSD-2-Clause */
/* life.h - the life of a key, as its plan has it. */
#pragma once

#include "zones/tree.h"

/* Whether it is in the DNSKEY RRset. */
bool life_published(const struct key_plan *k, simtime now);

/* Whether its REVOKE bit is set (RFC 5011 section 2.1). */
bool life_revoked(const struct key_plan *k, simtime now);

/* Whether it is a KSK or CSK whose plan lets it sign the DNSKEY RRset: in its own span, or while it
 * is published; one that is revoked does, or nobody would believe it. */
bool life_signs_keys(const struct key_plan *k, simtime now);

/* Whether the key's DS stands at the parent: a KSK or CSK in its own span, or while it is
 * published. */
bool life_has_ds(const struct key_plan *k, simtime now);
