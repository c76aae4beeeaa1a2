/* SPDX-License-Identifier: BSD-2-Clause */
/* sandbox.h - what a stranger's program is kept in, so that nothing of it comes out but its answers,
 * its log and what it writes into one folder.
 *
 * A user namespace in which it is root, and outside of which it is an unprivileged user; below it a
 * network namespace and one for shared memory; a view of the file system (mounts.h), made before
 * with privileges that the program has not, so that it cannot be unmade; few capabilities and a
 * filter of system calls (filter.h); limits; an environment of its own. Processes are the world's
 * matter (world.h). What cannot be had on a machine is left out, and told. */
#pragma once

#include <stdbool.h>

#include "sim/base/cleanup.h"
#include "sim/world/mounts.h"

struct sandbox_plan {
	const char *work; /* the folder that the program may write to; NULL: one in memory */
	const char *const *paths; /* what it needs of the file system, as mounts.h has it */
	struct mounts_root root; /* likewise; where mounts are refused there is no sandbox then */
	unsigned long long file_size; /* that it may write, in bytes; 0: SANDBOX_FILE_SIZE */
};

#define SANDBOX_FILE_SIZE (8ULL << 30)
#define SANDBOX_PROCESSES 4096 /* and threads, that it may have */

struct sandbox;

/* The caller is root in his user namespace, and his children are in the pid namespace that the
 * programs are to be in. `was_root`: he was root without it, too. `netns` gets the programs'
 * network namespace, which is the caller's. The work folder, empty yet, becomes the programs'. */
int sandbox_new(const struct sandbox_plan *p, bool was_root, struct sandbox **ret, int *netns,
		struct err *e);
void sandbox_free(struct sandbox *s);
DEFINE_FREEP(struct sandbox, sandbox)

/* What the work folder is called in it. */
const char *sandbox_folder(const struct sandbox *s);

/* Sentences, a line each, of what could not be had here; "": it is whole. */
const char *sandbox_lacks(const struct sandbox *s);

/* Makes a file that we wrote into the work folder the programs', or one that we have open. */
int sandbox_give(const struct sandbox *s, const char *path, struct err *e);
void sandbox_give_file(const struct sandbox *s, int fd);

/* The variables that its programs have beside their own. */
extern const char *const sandbox_environment[];

/* In a program's process: goes in, and then, as the last thing, gives up what is not needed. */
int sandbox_enter(const struct sandbox *s, struct err *e);
int sandbox_shut(const struct sandbox *s, struct err *e);
