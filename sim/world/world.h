/* SPDX-License-Identifier: BSD-2-Clause */
/* world.h - the place apart that a run lives in: namespaces, and processes that end with us.
 *
 * Network namespaces without names, held by file descriptors: "internet" (the authorities),
 * "clients", and one for each resolver; link.h lays the cables between them. Also a pid
 * namespace whose init dies with us, so that nothing is left when we are killed: no process, no
 * namespace, no link. */
#pragma once

#include <sys/types.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"
#include "sim/world/link.h"
#include "sim/world/sandbox.h"

struct world_host { /* where a resolver lives */
	int netns;
	struct sandbox *sandbox; /* that its programs are in; NULL: they are ours, as we are */
};

struct world {
	int internet, clients; /* network namespaces */
	struct world_host hosts[LINK_HOSTS];
	unsigned host_count;
	bool was_root, is_joined;
	pid_t init; /* pid 1 of the pid namespace, our child */
	int init_pipe; /* its end ends it */
	struct children *children; /* those to reap */
};

/* Builds all of it with one resolver's host, links included, in a user namespace when we are not root, and leaves the
 * caller in "internet" with new children in the pid namespace. `p` says how strangers' programs are
 * kept; NULL: those that run in it are the user's own, and have his rights. Call in a process with
 * one thread that is to be used for nothing else. -EPERM, -ENOSYS, -EOPNOTSUPP: with what is
 * missing and the command that mends it. */
int world_init(struct world *ret, const struct sandbox_plan *p, struct err *e);

/* The same for programs that are alone there: the host has no link, and nothing else is. */
int world_init_alone(struct world *ret, const struct sandbox_plan *p, struct err *e);

/* A host for one more resolver, in the sandbox of that plan: its number, or -errno. From the second
 * on resolvers reach each other (link_join()). */
int world_add(struct world *w, const struct sandbox_plan *p, struct err *e);

/* Ends every process in the pid namespace, reaps the adopted ones, and closes. The caller can
 * start no process after it, nor can a sanitizer look for leaks in it: end by _exit(). */
void world_done(struct world *w);

/* 0 when nothing of it leads to anywhere else (link.h). -EXDEV: what does. The caller is in
 * "internet" then. */
int world_check(const struct world *w, struct err *e);

/* Takes a child in the pid namespace for one of those that world_done() reaps, unless its owner
 * has. */
int world_adopt(const struct world *w, pid_t child, struct err *e);
