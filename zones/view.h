/* SPDX-License-Identifier: BSD-2-Clause */
/* view.h - a zone as one of its servers publishes it at an instant, which is what everything that is
 * made of a zone is made for. */
#pragma once

#include "zones/tree.h"

struct view {
	struct zone *zone;
	unsigned server;
	simtime now;
	bool is_unsigned; /* this server has a copy without DNSSEC */
	bool is_lost; /* there was no memory for the version that it has */
	simtime given; /* what addresses carry, when `now` is that of an old copy; 0: `now` */
	/* what is made for it adds the faults that it carries; NULL: nobody asks */
	struct fault_set *seen;
	/* set when something that is asked of it cannot be made for want of memory; NULL: nobody
	 * asks */
	bool *lacks;
};

/* The zone as its server has it at `now`: an old copy, perhaps, or one without signatures. */
struct view view_at(struct zone *z, unsigned server, simtime now, struct fault_set *seen);

/* Whether it is signed. */
bool view_signed(const struct view *v);

/* Notes that something could not be made. */
void view_lacks(const struct view *v);

/* Notes that a fault is in what was made. */
void view_saw(const struct view *v, const struct fault *f);
