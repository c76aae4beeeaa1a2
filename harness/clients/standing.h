/* SPDX-License-Identifier: BSD-2-Clause */
/* standing.h - whether an address may be a client's on a network, or only its own host's word.
 *
 * Captures have others, too: 127.0.0.1 and ::1 of stubs on the same host as the resolver, 0.0.0.0 of
 * hosts without an address yet, link-local ones, and what forged packets came from. None of them can be
 * answered over a link. Nor may a client have an address of the world: 198.18.0.0/15, fd00:53::/32,
 * fd00:5f::/32. */
#pragma once

#include "zones/address.h"

bool standing_of_client(const struct address *a);
