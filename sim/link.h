/* link.h - namespaces, links and addresses: the world's cables, with no end in the host.
 *
 * Three network namespaces without names, held by file descriptors: "internet" (the authorities), "resolver" and
 * "clients". Point-to-point veth pairs internet-resolver and clients-resolver with fixed MACs; local routes, so
 * that internet answers for 198.18.0.0/16 and fd00:5f::/32 and clients for everything else. Nothing leads out: link_check() proves it. The only user of
 * libnl. Also a pid namespace whose init dies with us, so that nothing is left when we are killed. */
#pragma once

#include <sys/types.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

#define LINK_RESOLVER_V4 "198.19.0.53" /* with more resolvers: .54, .55 … */
#define LINK_RESOLVER_V6 "fd00:53::53"

struct world {
	int internet, resolver, clients; /* network namespaces */
	pid_t init; /* pid 1 of the pid namespace, our child */
	int init_pipe; /* its end ends it */
	struct children *children; /* what link_spawn() started */
};

/* Builds all of it, in a user namespace when we are not root, and leaves the caller in "internet" with new children in the
 * pid namespace. Call in a process with one thread that is to be used for nothing else. -EPERM, -ENOSYS, -EOPNOTSUPP: with what is
 * missing and the command that mends it. */
int link_world(struct world *ret, struct err *e);

/* Ends every process in the pid namespace, reaps those that link_spawn() started, and closes. The
 * caller can start no process after it, nor can a sanitizer look for leaks in it: end by _exit(). */
void link_done(struct world *w);

/* Goes into one of the namespaces; sockets made there stay there. */
int link_enter(int netns, struct err *e);

/* 0 when no interface of the three has a peer outside them and no route leads out. */
int link_check(const struct world *w, struct err *e);

/* Runs argv[0] in the "resolver" namespace and the pid namespace as a child of ours that dies with us: stdin is /dev/null, stdout and stderr go to
 * `out` (-1: /dev/null), `folder` is its working directory, `env` NAME=VALUE are added (NULL-terminated, or NULL), file descriptors in `keep`
 * stay open under the numbers given, all others are closed. Returns the pid as seen from here, or -errno. */
struct spawn {
	const char *const *argv;
	const char *folder;
	const char *const *env;
	const int (*keep)[2]; /* { fd here, number there } */
	unsigned keep_count;
	int out;
	int netns; /* -1: world->resolver */
	int core; /* pinned to this core; -1: not */
};

pid_t link_spawn(const struct world *w, const struct spawn *s, struct err *e);
