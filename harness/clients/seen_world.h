/* SPDX-License-Identifier: BSD-2-Clause */
/* seen_world.h - a world in which a trace's names get the answers that they had.
 *
 * Zones come first: those that answers named, signed or not, with their denial. A name that got
 * NXDOMAIN is left out, and so is all below it (RFC 8020): the closest zone that is there denies it,
 * which is the one whose SOA came with the answer where one came. Without it a TLD that the Public
 * Suffix List has is there, any other is not.
 *
 * Names without an answer are taken to be there, but for single labels, and but for those that are
 * drawn to make up a share of NXDOMAIN among all questions. */
#pragma once

#include "harness/clients/note.h"
#include "harness/clients/seen.h"
#include "sim/language/scenario.h"

/* Makes it, and counts. Sets `absent` of each name. */
int seen_make_world(struct seen *s, struct tree *t, double nxdomain, struct traffic_names *ret,
		    struct err *e);

/* Says where the names of replayed traffic are from: whoever reads of NXDOMAIN, or of none, has to
 * know. */
void seen_note(const struct traffic *t, char note[NOTE_LEN]);
