/* SPDX-License-Identifier: BSD-2-Clause */
/* version.h - which version of a zone a server has: the signing that is in force there, and since
 * when.
 *
 * A version comes with every tick of zone->version_every and with each signing that arrives; a
 * signing reaches the servers one after the other. */
#pragma once

#include "zones/view.h"

/* The signing that has reached this server last; NULL: the plan has none. */
const struct signing *version_signing(const struct view *v);

/* When the version came that this server has. */
simtime version_at(const struct view *v);

/* When the next one comes. */
simtime version_next(const struct view *v);

/* The serial that this server has: the epoch second of the zone's latest version. */
uint32_t version_serial(const struct view *v);

/* An instant as the world shall see it: see tree->date_shift. */
uint32_t version_dated(const struct zone *z, simtime t);

/* The last instant not after `now` of those that come every `period`, one of them at `phase`. */
simtime version_tick(simtime now, simtime period, simtime phase);
