/* SPDX-License-Identifier: BSD-2-Clause */
/* spawn.h - programs that run in the world: resolvers, and the commands that control them. */
#pragma once

#include <stdbool.h>

#include "sim/world/world.h"

struct spawn {
	const char *const *argv;
	const char *folder;
	const char *const *env;
	const int (*keep)[2]; /* { fd here, number there } */
	unsigned keep_count;
	int out;
	unsigned host; /* whose: its network, and what it is kept in */
	int netns; /* -1: the host's */
	int core; /* pinned to this core; -1: not */
	bool same_addresses; /* its memory lies where it lay last time, if the system lets it */
};

/* Runs argv[0] on a host and the pid namespace as a child of ours that dies
 * with us: stdin is /dev/null, stdout and stderr go to `out` (-1: /dev/null), `folder` is its
 * working directory, `env` NAME=VALUE are added (NULL-terminated, or NULL) to our environment, file
 * descriptors in `keep` stay open under the numbers given, all others are closed. In a world with
 * a sandbox it is in there, with the sandbox's environment, and `folder` is a path in it. Returns the pid as seen from
 * here, or -errno: -ENOENT and the like with why the program could not run. */
pid_t spawn_start(const struct world *w, const struct spawn *s, struct err *e);

/* This process takes a lower priority by `nicer`; programs that it starts keep the one that it had,
 * which is the user's, where the system lets them have it back. */
void spawn_step_back(int nicer);
