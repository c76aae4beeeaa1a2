/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "sim/world/link.h"
#include "sim/world/netns.h"
#include "sim/world/userns.h"

/* Processes we started in the pid namespace and may still have to reap. */
struct children {
	unsigned count, cap;
	pid_t *pids;
};

/* Pid namespace first: it tells whether we have the privilege at all. */
static int leave_pids(struct err *e)
{
	int r;

	if (geteuid() == 0 && unshare(CLONE_NEWPID) == 0)
		return 0;
	if (geteuid() == 0 && errno != EPERM)
		return netns_refused("pid", errno, e);
	r = userns_become_root(e);
	if (r < 0)
		return r;
	return unshare(CLONE_NEWPID) < 0 ? netns_refused("pid", errno, e) : 0;
}

/* Pid 1 of the pid namespace: when it ends the kernel kills everything in there. It ends with its
 * parent, by whichever comes first: the signal, or the end of a pipe that only the parent can
 * write to, which holds even when the parent was gone before the signal was asked for. */
static void __attribute__((noreturn)) run_init(int pipe_end)
{
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "sigfault-init");
	setsid();
	signal(SIGCHLD, SIG_IGN); /* the kernel reaps orphans */
	if (dup2(pipe_end, 0) == 0)
		close_range(1, ~0u, 0);
	while (read(0, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

static int start_init(struct world *w, struct err *e)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	w->init = fork();
	if (w->init == 0)
		run_init(ends[0]);
	close(ends[0]);
	w->init_pipe = ends[1];
	if (w->init < 0)
		return netns_no_process(errno, e);
	return 0;
}

static const int *places_of(const struct world *w, int ret[PLACES])
{
	ret[PLACE_INTERNET] = w->internet;
	ret[PLACE_RESOLVER] = w->resolver;
	ret[PLACE_CLIENTS] = w->clients;
	return ret;
}

int world_check(const struct world *w, struct err *e)
{
	int places[PLACES];

	return link_check(places_of(w, places), e);
}

/* What every world has: processes that end with us, and where strangers are kept. */
static int begin(struct world *w, const struct sandbox_plan *p, struct err *e)
{
	bool was_root = geteuid() == 0;
	int r = leave_pids(e);

	w->children = calloc(1, sizeof(*w->children));
	if (r == 0 && !w->children)
		r = err_set(e, -ENOMEM, "out of memory");
	if (r == 0)
		r = start_init(w, e);
	if (r == 0 && p)
		r = sandbox_new(p, was_root, &w->sandbox, &w->resolver, e);
	return r;
}

static int add_networks(struct world *w, struct err *e)
{
	int places[PLACES], r = netns_new(&w->internet, e);

	if (!r && w->resolver < 0)
		r = netns_new(&w->resolver, e);
	if (!r)
		r = netns_new(&w->clients, e);
	if (!r)
		r = link_build(places_of(w, places), e);
	return r ? r : netns_enter(w->internet, e);
}

static int make(struct world *ret, const struct sandbox_plan *p, bool has_networks, struct err *e)
{
	struct world w = { .internet = -1, .resolver = -1, .clients = -1, .init_pipe = -1 };
	int r = begin(&w, p, e);

	if (!r && has_networks)
		r = add_networks(&w, e);
	if (r < 0) {
		world_done(&w);
		return r;
	}
	*ret = w;
	return 0;
}

int world_init(struct world *ret, const struct sandbox_plan *p, struct err *e)
{
	return make(ret, p, true, e);
}

int world_init_alone(struct world *ret, const struct sandbox_plan *p, struct err *e)
{
	return make(ret, p, false, e);
}

#define PATIENCE 5000 /* milliseconds */

/* The kernel ends a pid namespace only after its last process is reaped, ours by us. */
static void reap(struct world *w)
{
	for (unsigned i = 0; i < PATIENCE; i++) {
		for (unsigned c = 0; c < w->children->count; c++)
			waitpid(w->children->pids[c], NULL, WNOHANG);
		if (waitpid(w->init, NULL, WNOHANG) != 0)
			return;
		usleep(1000);
	}
}

void world_done(struct world *w)
{
	closep(&w->init_pipe);
	if (w->init > 0) {
		kill(w->init, SIGKILL);
		reap(w);
	}
	closep(&w->internet);
	closep(&w->resolver);
	closep(&w->clients);
	sandbox_free(w->sandbox);
	if (w->children)
		free(w->children->pids);
	free(w->children);
	*w = (struct world){ .internet = -1, .resolver = -1, .clients = -1, .init_pipe = -1 };
}

int world_adopt(const struct world *w, pid_t child, struct err *e)
{
	struct children *c = w->children;
	siginfo_t info;
	unsigned kept = 0;

	for (unsigned i = 0; i < c->count; i++)
		if (waitid(P_PID, (id_t)c->pids[i], &info, WEXITED | WNOHANG | WNOWAIT) == 0)
			c->pids[kept++] = c->pids[i];
	c->count = kept;
	if (c->count == c->cap) {
		unsigned cap = c->cap ? 2 * c->cap : 8;
		pid_t *pids = realloc(c->pids, cap * sizeof(*pids));

		if (!pids)
			return err_set(e, -ENOMEM, "out of memory");
		c->pids = pids;
		c->cap = cap;
	}
	c->pids[c->count++] = child;
	return 0;
}
