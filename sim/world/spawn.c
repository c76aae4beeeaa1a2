/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "sim/world/netns.h"

#define KEEP_MAX 256
#define CHILD_STACK (256 * 1024)

/* What a child says to its parent when it could not become the program. */
struct failure {
	int code;
	struct err e;
};

static int place_fds(const struct spawn *s, int *report, struct err *e)
{
	int high[KEEP_MAX], above = 3, out, null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (unsigned i = 0; i < s->keep_count; i++)
		if (s->keep[i][1] >= above)
			above = s->keep[i][1] + 1;
	/* First everything to where no wanted number is, then down to the wanted numbers. */
	null = fcntl(null, F_DUPFD_CLOEXEC, above);
	out = s->out < 0 ? null : fcntl(s->out, F_DUPFD_CLOEXEC, above);
	*report = fcntl(*report, F_DUPFD_CLOEXEC, above);
	if (null < 0 || out < 0 || *report < 0)
		return err_set(e, -errno, "cannot place its files: %s", strerror(errno));
	for (unsigned i = 0; i < s->keep_count; i++) {
		high[i] = fcntl(s->keep[i][0], F_DUPFD_CLOEXEC, above);
		if (high[i] < 0)
			return err_set(e, -errno, "cannot pass on file %d: %s", s->keep[i][0],
				       strerror(errno));
	}
	if (close_range(0, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		return err_set(e, -ENOSYS, "the kernel is too old: Linux 5.11 or later is needed");
	if (dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		return err_set(e, -errno, "cannot place its files: %s", strerror(errno));
	for (unsigned i = 0; i < s->keep_count; i++)
		if (dup2(high[i], s->keep[i][1]) < 0)
			return err_set(e, -errno, "cannot pass on file %d: %s", s->keep[i][1],
				       strerror(errno));
	return 0;
}

static int stepped_back; /* by so much is this process nicer than it was begun */

void spawn_step_back(int nicer)
{
	int before = getpriority(PRIO_PROCESS, 0);

	setpriority(PRIO_PROCESS, 0, before + nicer);
	stepped_back += getpriority(PRIO_PROCESS, 0) - before;
}

/* A program begins with nothing of ours: no ignored signals, no blocked ones, no lower priority than
 * we were begun with (raising it again may be refused, which does no harm). */
static void forget_habits(void)
{
	sigset_t none;

	for (int n = 1; n < NSIG; n++)
		signal(n, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) - stepped_back);
}

static int settle_child(const struct world *w, const struct spawn *s, struct err *e)
{
	const struct sandbox *sandbox = w->hosts[s->host].sandbox;
	cpu_set_t cores;
	int r;

	/* The terminal's Ctrl-C is for us alone. A session would do that, too, but it is a
	 * scheduling group of its own, and starves where the core has other work. */
	setpgid(0, 0);
	r = netns_enter(s->netns < 0 ? w->hosts[s->host].netns : s->netns, e);
	if (r < 0)
		return r;
	if (s->core >= 0) {
		CPU_ZERO(&cores);
		CPU_SET((unsigned)s->core, &cores);
		if (sched_setaffinity(0, sizeof(cores), &cores) < 0)
			return err_set(e, -errno, "cannot run on core %d: %s", s->core,
				       strerror(errno));
	}
	forget_habits();
	if (s->same_addresses)
		personality(ADDR_NO_RANDOMIZE); /* refused in some containers, which does no harm */
	if (sandbox)
		r = sandbox_enter(sandbox, e);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a change of user would have undone it */
	if (r == 0 && s->folder && chdir(s->folder) < 0)
		return err_set(e, -errno, "cannot go to '%s': %s", s->folder, strerror(errno));
	return r;
}

static const char NOT_LET[] = " (an unprivileged user runs it, who has to be let: 'chmod go+rX')";

struct child {
	const struct world *w;
	const struct spawn *s;
	char **environment;
	int report;
};

static int run_child(void *arg)
{
	const struct child *c = arg;
	const struct sandbox *sandbox = c->w->hosts[c->s->host].sandbox;
	struct failure f = { 0 };
	int report = c->report;

	f.code = settle_child(c->w, c->s, &f.e);
	if (!f.code)
		f.code = place_fds(c->s, &report, &f.e);
	if (!f.code && sandbox)
		f.code = sandbox_shut(sandbox, &f.e);
	if (!f.code) {
		execvpe(c->s->argv[0], (char *const *)c->s->argv, c->environment);
		f.code = err_set(&f.e, -errno, "%s%s", strerror(errno),
				 errno == EACCES && sandbox ? NOT_LET : "");
	}
	if (write(report, &f, sizeof(f)) < 0)
		_exit(126);
	_exit(127);
}

static bool has_name_of(const char *const *list, const char *variable)
{
	size_t len = strcspn(variable, "=") + 1;

	for (; list && *list; list++)
		if (strncmp(*list, variable, len) == 0)
			return true;
	return false;
}

/* The program's own variables, and those of `others` that it has not. NULL: out of memory. */
static char **make_environment(const char *const *own, const char *const *others)
{
	size_t n = 0, count = 0;
	char **all;

	while (own && own[n])
		n++;
	while (others[count])
		count++;
	all = calloc(n + count + 1, sizeof(*all));
	for (size_t i = 0; all && i < n; i++)
		all[i] = (char *)own[i];
	for (; all && *others; others++)
		if (!has_name_of(own, *others))
			all[n++] = (char *)*others;
	return all;
}

/* Like vfork(), on a stack of its own: a copy of our memory would cost us a fault for each page
 * that we write to afterwards. */
static pid_t start_child(struct child *c)
{
	_cleanup_(freep) char *stack = malloc(CHILD_STACK);

	c->environment = make_environment(c->s->env, c->w->hosts[c->s->host].sandbox
							     ? sandbox_environment
							     : (const char *const *)environ);
	if (!stack || !c->environment) {
		errno = ENOMEM;
		return -1;
	}
	return clone(run_child, stack + CHILD_STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, c);
}

/* Waits until the child has become the program (the pipe closes) or says why not. */
static int await_program(int pipe_end, const char *program, struct err *e)
{
	struct failure f;
	ssize_t n;

	do
		n = read(pipe_end, &f, sizeof(f));
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(f))
		return 0;
	return err_set(e, f.code, "cannot run '%s': %.900s", program, f.e.text);
}

/* Where the first process of a pid namespace has ended the kernel makes no further one in it, and calls
 * that want of memory. */
static int cannot_start(const struct world *w, int code, struct err *e)
{
	siginfo_t info = { 0 };

	if (code == ENOMEM && w->init > 0 &&
	    waitid(P_PID, (id_t)w->init, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid == w->init)
		return err_set(e, -ECHILD,
			       "cannot start a process: the world's first one, 'sigfault-init', "
			       "has ended");
	return netns_no_process(code, e);
}

pid_t spawn_start(const struct world *w, const struct spawn *s, struct err *e)
{
	struct child child = { .w = w, .s = s };
	_cleanup_(closep) int hear = -1;
	int ends[2], r;
	pid_t pid;

	if (s->keep_count > KEEP_MAX)
		return err_set(e, -EINVAL, "at most %d files can be passed on", KEEP_MAX);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	hear = ends[0];
	child.report = ends[1];
	pid = start_child(&child);
	r = errno;
	prctl(PR_SET_DUMPABLE, 1); /* its change of user was one of the memory that we shared */
	free(child.environment);
	close(ends[1]);
	if (pid < 0)
		return cannot_start(w, r, e);
	r = await_program(hear, s->argv[0], e);
	if (!r) {
		r = world_adopt(w, pid, e);
		if (r < 0)
			kill(pid, SIGKILL);
	}
	if (r < 0) {
		waitpid(pid, NULL, 0);
		return r;
	}
	return pid;
}
