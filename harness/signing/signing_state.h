/* SPDX-License-Identifier: BSD-2-Clause */
/* signing_state.h - what the modules of a signer's life share: signing*.c alone. */
#pragma once

#include <limits.h>
#include <sys/resource.h>

#include "harness/signing/primary.h"
#include "harness/signing/signing.h"
#include "harness/signing/zone_file.h"
#include "sim/clock/clock.h"
#include "sim/wire/wire.h"
#include "sim/world/disk.h"
#include "sim/world/hsm.h"
#include "sim/world/world.h"

#define SIGNING_LEAD MINUTE /* so long before the scenario it is started */
#define SIGNING_PROCESSES 4 /* of one signer, at most */

struct signing_life {
	const struct signing_plan *plan;
	struct world world;
	struct clock *clock;
	struct wire *wire;
	struct secondary *secondary;
	struct registry *registry;
	struct primary *primary; /* NULL: it has its zone as a file */
	struct history *history;
	struct endpoint signer, self, told, parent, hidden;
	bool has_key; /* transfers are signed, by the secondary with this: */
	struct tsig_key key;
	char zone[NAME_TEXT_LEN];
	char work[PATH_MAX], submitted[PATH_MAX + 256];
	char address[LINK_ADDRESS_LEN], told_text[ADDRESS_TEXT_LEN], parent_text[ADDRESS_TEXT_LEN];
	uint32_t max_zone_ttl, soa_ttl, negative_ttl; /* of the unsigned zone */
	char ds[REGISTRY_LINES]; /* that its parent has: registry_lines() */
	int log;
	pid_t pids[SIGNING_PROCESSES]; /* its processes'; 0: that one does not run */
	unsigned processes;
	struct signer_policy policy; /* as it is now */
	unsigned next_event; /* of the scenario's, for any signer */
	simtime up; /* it is started again then; SIMTIME_NEVER: it is not down */
	unsigned restarts, commands; /* so many began */
	simtime run; /* of a script: when it is run next */
	struct zone_file left; /* that it was seen to have left */
	bool is_ending; /* it has been asked to: that it ends is no failure */
	double spent; /* CPU seconds of those of its processes that have ended */
	struct signing_acts acts;
	const char *signing; /* as drivers are told: "on", "leaving", "off" */
	simtime off; /* its DS is out of all caches then; SIMTIME_NEVER */
	struct hsm_faults hsm; /* what is wrong with its HSM, where it has one */
	simtime tells; /* signing_tells(), as soon as it runs */
	struct disk *disk; /* under its folder, where it is to be full some time; NULL */
};

/* signing_zone.c: the unsigned zone as a master file in the work folder, and what of its TTLs drivers are told. With another
 * serial, unless that is 0. */
#define SIGNING_ZONE "unsigned.zone"
int signing_write_zone(struct signing_life *s, uint32_t serial, struct err *e);

/* Where it has its zone from a hidden primary: what was written is what that one has from then on. */
int signing_serve_zone(struct signing_life *s, struct err *e);

/* signing_start.c: folders and world; clock and wire, for as many processes as the driver starts; then these, one after
 * the other, each when all that was started before rests. That may be done again when they have ended. What they took of the
 * CPU is in `spent` then. */
int signing_place(struct signing_life *s, struct err *e);
int signing_make_clock(struct signing_life *s, struct err *e);
int signing_start(struct signing_life *s, struct err *e);
void signing_stop(struct signing_life *s);

/* Its files anew, by its policy. */
int signing_rewrite(struct signing_life *s, struct err *e);

/* Asks it to end, and waits until it has. */
int signing_end(struct signing_life *s, struct err *e);

/* signing.c: takes what has come, lets the neighbours do what is due, and waits for more, until an instant at the
 * latest. */
int signing_pass(struct signing_life *s, simtime until, struct err *e);

/* signing_command.c: the driver's commands for a function of it, beside the signer, while the clock stands. What they say is in
 * signer.log, and the beginning of it in `said`. 1: one has failed, and `said` says how; the others were not run. */
#define SIGNING_SAID 300
int signing_command(struct signing_life *s, const char *function, const char *what,
		    char said[SIGNING_SAID], struct err *e);

/* signing_hsm.c: its HSM, in the work folder; tells the HSM what is wrong with it; the files that hold the private keys, as patterns
 * of glob(7). */
int signing_place_hsm(struct signing_life *s, struct err *e);
int signing_tell_hsm(const struct signing_life *s, struct err *e);
extern const char *const signing_hsm_keys[];

/* signing_script.c: one that is a script, which is run when it is due. What it has left as a file, unless that was seen, is
 * published. */
bool signing_is_script(const struct signing_life *s);
simtime signing_script_due(const struct signing_life *s);
int signing_script_run(struct signing_life *s, struct err *e);
int signing_script_take(struct signing_life *s, struct err *e);

/* What a process that has ended took of the CPU, for `spent`. */
void signing_count(struct signing_life *s, const struct rusage *ru);

/* What a driver is told of it. */
void signing_subject(const struct signing_life *s, struct signer_subject *ret);

/* Whether it runs: its first process does, and then all do; a script does, too, as long as cron would run it. */
static inline bool signing_runs(const struct signing_life *s)
{
	return s->pids[0] > 0 || (signing_is_script(s) && s->up == SIMTIME_NEVER);
}

/* Of the clock: for each process, or for what a script starts. */
static inline unsigned signing_areas(const struct signing_life *s)
{
	return s->processes ? s->processes : 1;
}

/* When it is to be told what DS its parent has; SIMTIME_NEVER: it knows, or does not listen. */
static inline simtime signing_tells(const struct signing_life *s)
{
	return signing_runs(s) && !s->is_ending ? s->tells : SIMTIME_NEVER;
}

/* signing_events.c: what the scenario has happen to it. */
simtime signing_next_event(const struct signing_life *s);
int signing_happen(struct signing_life *s, simtime now, struct err *e);

/* signing_standby.c: another machine takes its place. */
int signing_stand_by(struct signing_life *s, const struct signer_event *ev, char said[SIGNING_SAID],
		     struct err *e);

/* The parent has another DS: who waits for it to be gone goes unsigned some time later. */
void signing_note_ds(struct signing_life *s, simtime at);

/* Whether its disk is full at some time. */
bool signing_fills_disk(const struct signing_life *s);
