/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/interrupt.h"

#include <stdbool.h>
#include <unistd.h>

#include "harness/text/exit.h"
#include "sim/base/cleanup.h"
#include "sim/clock/clock.h"

static volatile sig_atomic_t interrupts;

/* GNU timeout sends a signal twice, to its child and to the group. */
#define TWICE_WITHIN 0.3 /* machine seconds */
#define TWICE_WITHIN_BY_HAND 0.02 /* nobody presses Ctrl-C so fast */

static bool is_the_same(int sig)
{
	static double last;
	double at = clock_machine_seconds();
	double within = sig == SIGINT ? TWICE_WITHIN_BY_HAND : TWICE_WITHIN;

	if (interrupts && at - last < within)
		return true;
	last = at;
	return false;
}

static void on_interrupt(int sig)
{
	if (!is_the_same(sig))
		interrupts = interrupts + 1;
}

/* The run is over by the first one, and is being reported. */
static void on_late(int sig)
{
	if (!is_the_same(sig))
		_exit(EXIT_INTERRUPTED);
}

unsigned interrupt_count(void)
{
	return (unsigned)interrupts;
}

static const int signals[INTERRUPT_SIGNALS] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };

static void on_child(int sig)
{
	(void)sig;
}

void interrupt_catch(struct interrupt_caught *ret)
{
	sigset_t mine;

	interrupts = 0;
	sigemptyset(&mine);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		struct sigaction sa = { .sa_handler =
						signals[i] == SIGCHLD ? on_child : on_interrupt,
					.sa_flags = SA_NOCLDSTOP };

		sigaction(signals[i], &sa, &ret->before[i]);
		if (signals[i] == SIGHUP && ret->before[i].sa_handler == SIG_IGN)
			signal(SIGHUP, SIG_IGN); /* nohup */
		sigaddset(&mine, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &mine, &ret->open);
	sigdelset(&ret->open, SIGCHLD);
}

void interrupt_let_go(const struct interrupt_caught *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (interrupts && signals[i] != SIGCHLD && c->before[i].sa_handler == SIG_DFL)
			signal(signals[i], on_late);
		else
			sigaction(signals[i], &c->before[i], NULL);
	sigprocmask(SIG_SETMASK, &c->open, NULL);
}
