/* SPDX-License-Identifier: BSD-2-Clause */
/* signing_state.h - what the modules of a signer's life share: signing*.c alone. */
#pragma once

#include <limits.h>

#include "harness/signing/signing.h"
#include "sim/clock/clock.h"
#include "sim/wire/wire.h"
#include "sim/world/world.h"

#define SIGNING_LEAD MINUTE /* so long before the scenario it is started */

struct signing_life {
	const struct signing_plan *plan;
	struct world world;
	struct clock *clock;
	struct wire *wire;
	struct secondary *secondary;
	struct registry *registry;
	struct history *history;
	struct endpoint signer, self, told, parent;
	char zone[NAME_TEXT_LEN];
	char work[PATH_MAX];
	char address[LINK_ADDRESS_LEN], told_text[ADDRESS_TEXT_LEN], parent_text[ADDRESS_TEXT_LEN];
	uint32_t max_zone_ttl;
	int log;
	pid_t pid;
};

/* signing_zone.c: the unsigned zone as a master file in the work folder, and the longest of its TTLs. */
#define SIGNING_ZONE "unsigned.zone"
int signing_write_zone(struct signing_life *s, struct err *e);

/* signing_start.c: folders, world, clock and wire; then the program, until all that was started rests. The CPU
 * seconds that it took are told at its end. */
int signing_place(struct signing_life *s, struct err *e);
int signing_start(struct signing_life *s, struct err *e);
double signing_stop(struct signing_life *s);
