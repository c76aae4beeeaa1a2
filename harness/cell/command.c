/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/command.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "harness/cell/cell_state.h"
#include "sim/world/spawn.h"

#define COMMAND_IDLE (10 * SECOND) /* real time in which a command may start and be carried out */
#define COMMAND_LIMIT 30 /* machine seconds that it may take */

/* A command that never ends ends the cell: who waits for it would wait forever. */
static int give_up(pid_t pid, const char *const *argv, struct err *e)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return err_set(e, -ETIMEDOUT,
		       "the control command '%s%s%s' has not ended within %d s (resolver.log has "
		       "what it said)",
		       argv[0], argv[1] ? " " : "", argv[1] ? argv[1] : "", COMMAND_LIMIT);
}

/* Runs a control command. Virtual time stands still while the resolver works on it; it moves on
 * only when both have come to rest for long and the command still waits for something, and then no
 * faster than real time: a machine under load is slow to start programs. */
static int run_command(struct cell *c, const char *const *argv, int out, struct err *e)
{
	struct spawn spawn = { .argv = argv,
			       .folder = c->work,
			       .env = clock_date_env(c->clock),
			       .out = out,
			       .netns = -1,
			       .core = c->plan->core };
	pid_t pid = spawn_start(&c->world, &spawn, e);
	double began = clock_machine_seconds();
	bool is_virtual = clock_mode(c->clock) == CLOCK_VIRTUAL;
	int status, r = 0;

	if (pid < 0)
		return pid;
	while (r == 0 && waitpid(pid, &status, WNOHANG) == 0) {
		bool idle = clock_machine_seconds() - began > (double)COMMAND_IDLE / SECOND;
		struct timespec pause = { 0, idle ? 10 * MSEC : 200 * USEC };

		if (clock_machine_seconds() - began > COMMAND_LIMIT)
			return give_up(pid, argv, e);
		if (is_virtual)
			r = clock_settle(c->clock, e);
		if (r > 0)
			r = cell_take(c, e);
		if (is_virtual) {
			clock_open(c->clock);
			nanosleep(&pause, NULL);
		}
		if (r == 0 && (idle || !is_virtual))
			r = cell_pass(c, clock_now(c->clock) + 10 * MSEC, false, e);
	}
	if (r < 0)
		return r;
	if (is_virtual) {
		clock_nudge(c->clock); /* its connections are closed: that is seen now, not some
					  moment later */
		r = clock_settle(c->clock, e);
	}
	if (r == 0 && (!WIFEXITED(status) || WEXITSTATUS(status)))
		return err_set(e, -EREMOTEIO, "'%s %s' failed (resolver.log has what it said)",
			       argv[0], argv[1] ? argv[1] : "");
	return r < 0 ? r : 0;
}

int command_act(struct cell *c, const struct event *ev, struct err *e)
{
	const char *const *const *commands;
	int r = resolver_operation(c->plan->driver, &c->subject, ev->operation, ev->zone, &commands,
				   e);

	if (r == -EOPNOTSUPP) /* the driver's lack, not the machine's */
		return -EINVAL;
	for (int i = 0; r == 0 && commands[i]; i++)
		r = run_command(c, commands[i], c->log, e);
	return r;
}

static void each_counter(const char *name, double value, void *arg)
{
	struct cell *c = arg;

	record_metric(c->record, clock_now(c->clock), name, value);
}

int command_sample(struct cell *c, struct err *e)
{
	const char *const *argv = resolver_counters(c->plan->driver, &c->subject);
	_cleanup_(closep) int fd = -1;
	static char text[1 << 18];
	ssize_t n;
	int r;

	if (!argv)
		return 0;
	fd = memfd_create("counters", MFD_CLOEXEC);
	if (fd < 0)
		return 0;
	r = run_command(c, argv, fd, e);
	if (r < 0)
		return r == -EREMOTEIO ? 0 : r;
	n = pread(fd, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	return resolver_read_counters(c->plan->driver, text, each_counter, c, e);
}
