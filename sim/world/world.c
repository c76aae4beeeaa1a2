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

static void places_of(const struct world *w, unsigned host, int ret[PLACES])
{
	ret[PLACE_INTERNET] = w->internet;
	ret[PLACE_RESOLVER] = w->hosts[host].netns;
	ret[PLACE_CLIENTS] = w->clients;
}

int world_check(const struct world *w, struct err *e)
{
	int all[LINK_HOSTS + 2] = { w->internet, w->clients };

	for (unsigned i = 0; i < w->host_count; i++)
		all[2 + i] = w->hosts[i].netns;
	return link_check(all, 2 + w->host_count, e);
}

/* Without a sandbox it is a network namespace, in which the caller is then. */
static int add_host(struct world *w, const struct sandbox_plan *p, struct err *e)
{
	struct world_host *h = &w->hosts[w->host_count];

	*h = (struct world_host){ .netns = -1 };
	w->host_count++;
	return p ? sandbox_new(p, w->was_root, &h->sandbox, &h->netns, e) : 0;
}

/* What every world has: processes that end with us, and where strangers are kept. */
static int begin(struct world *w, const struct sandbox_plan *p, struct err *e)
{
	int r;

	w->was_root = geteuid() == 0;
	r = leave_pids(e);
	w->children = calloc(1, sizeof(*w->children));
	if (r == 0 && !w->children)
		r = err_set(e, -ENOMEM, "out of memory");
	if (r == 0)
		r = start_init(w, e);
	return r == 0 ? add_host(w, p, e) : r;
}

static int add_networks(struct world *w, struct err *e)
{
	int places[PLACES], r = netns_new(&w->internet, e);

	if (!r && w->hosts[0].netns < 0)
		r = netns_new(&w->hosts[0].netns, e);
	if (!r)
		r = netns_new(&w->clients, e);
	if (!r) {
		places_of(w, 0, places);
		r = link_build(places, e);
	}
	return r ? r : netns_enter(w->internet, e);
}

static int join(struct world *w, unsigned host, struct err *e)
{
	int places[PLACES];

	places_of(w, host, places);
	return link_join(places, host, e);
}

static int connect_host(struct world *w, unsigned host, struct err *e)
{
	int places[PLACES], r = 0;

	if (w->hosts[host].netns < 0)
		r = netns_new(&w->hosts[host].netns, e);
	places_of(w, host, places);
	if (!r)
		r = link_add(places, host, e);
	if (!r && !w->is_joined)
		r = join(w, 0, e);
	w->is_joined |= !r;
	return r ? r : join(w, host, e);
}

int world_add(struct world *w, const struct sandbox_plan *p, struct err *e)
{
	unsigned host = w->host_count;
	int r;

	if (host == LINK_HOSTS)
		return err_set(e, -EMFILE, "more than %d resolvers in one world", LINK_HOSTS);
	r = add_host(w, p, e);
	if (!r)
		r = connect_host(w, host, e);
	if (!r)
		r = netns_enter(w->internet, e);
	return r ? r : (int)host;
}

static int make(struct world *ret, const struct sandbox_plan *p, bool has_networks, struct err *e)
{
	struct world w = { .internet = -1, .clients = -1, .init_pipe = -1 };
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
	closep(&w->clients);
	for (unsigned i = 0; i < w->host_count; i++) {
		closep(&w->hosts[i].netns);
		sandbox_free(w->hosts[i].sandbox);
	}
	if (w->children)
		free(w->children->pids);
	free(w->children);
	*w = (struct world){ .internet = -1, .clients = -1, .init_pipe = -1 };
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
