/* SPDX-License-Identifier: BSD-2-Clause */
/* command.h - what an operator does to the resolver: its control commands, one at a time.
 *
 * The commands are the driver's; here they are started beside the resolver. One that runs is a
 * state that the cell's loop looks at (command_poll()); what is wanted meanwhile waits behind it, in
 * order. In real and scaled time the clients ask on while a command runs. In virtual time it holds
 * the clock: what a command does is done at the instant at which it was wanted. */
#pragma once

#include <sys/types.h>

#include "harness/cell/cell.h"
#include "sim/language/timeline.h"

struct cell;
struct errand;
struct talk;

/* What is wanted of the resolver, the first of it under way; {0}: nothing. */
struct command {
	struct errand *orders;
	const char *const *const *next; /* commands of the first order that are still to run */
	pid_t pid; /* of the one that runs; 0: none does */
	struct talk *talk; /* in its place: what it is asked by its socket; NULL: nothing */
	char said[96]; /* the command that runs: its first two words, for what went wrong */
	double began, looked; /* machine seconds */
	double rested; /* seconds for which all have been asleep, up to the last look */
	double idle; /* the same, all in all */
	simtime computed; /* by the world when it was looked at first; -1: it was not */
	bool rests; /* all slept at the last look */
	bool computes_on; /* so much was computed that it is no use */
	bool is_slow;
	unsigned slow; /* commands that were */
	struct command_failures failures; /* of those that ask for counters */
};

/* Carries out an event of an operator, on one resolver that is meant after the other and command by
 * command; begins at once when nothing else is wanted. -EINVAL: the driver has no such operation. */
int command_act(struct cell *c, const struct event *ev, struct err *e);

/* Records the resolver's own counters, by its control command; a resolver that does not answer it
 * goes on without. Nothing happens while they are being asked for already. */
int command_sample(struct cell *c, struct err *e);

/* The same of the requests that it works on. */
int command_list(struct cell *c, struct err *e);

/* Whether a command runs, and whether the virtual clock waits for it. */
bool command_runs(const struct cell *c);
bool command_holds(const struct cell *c);

/* Whether one and the resolver have slept for so long that the virtual clock has to move on for it to
 * end; and whether both slept when command_poll() last looked. */
bool command_is_slow(const struct cell *c);
bool command_rests(const struct cell *c);

/* Looks at the command that runs, and begins what is next when it is over. -EREMOTEIO: one failed,
 * which is an event's; -ETIMEDOUT: one does not end. */
int command_poll(struct cell *c, struct err *e);

/* Ends what runs, and forgets the rest; when the cell is over. */
void command_done(struct cell *c);
