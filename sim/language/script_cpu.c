/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/language/script_cpu.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define WRONG_SCRIPT 2 /* exit status */

static struct {
	lua_State *L;
	lua_Hook hook;
	volatile sig_atomic_t over;
	struct sigaction before;
} running;

static void set_timer(unsigned first, unsigned then)
{
	const struct itimerval t = { .it_value.tv_sec = first, .it_interval.tv_sec = then };

	setitimer(ITIMER_PROF, &t, NULL);
}

static void say(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

static void say_number(int n)
{
	char text[16], *at = text + sizeof(text) - 1;

	*at = '\0';
	do
		*--at = (char)('0' + n % 10);
	while (n /= 10);
	say(at);
}

/* The state is not being changed: it waits for a function in C to come back. */
static void say_place(lua_State *L)
{
	lua_Debug ar;

	for (int level = 0; lua_getstack(L, level, &ar); level++) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline <= 0)
			continue;
		say(ar.short_src);
		say(":");
		say_number(ar.currentline);
		say(": ");
		return;
	}
}

static void on_time(int signal)
{
	(void)signal;
	if (!running.over) {
		running.over = 1;
		lua_sethook(running.L, running.hook, LUA_MASKCOUNT, 1);
		return;
	}
	say("sigfault: ");
	say_place(running.L);
	say("takes too long in a function of Lua's own: an endless loop, or a pattern that tries "
	    "all ways?\n");
	_exit(WRONG_SCRIPT);
}

void script_cpu_begin(lua_State *L, lua_Hook hook, unsigned seconds)
{
	const struct sigaction act = { .sa_handler = on_time, .sa_flags = SA_RESTART };

	running.L = L;
	running.hook = hook;
	running.over = 0;
	sigaction(SIGPROF, &act, &running.before);
	set_timer(seconds, 1);
}

void script_cpu_end(void)
{
	set_timer(0, 0);
	sigaction(SIGPROF, &running.before, NULL);
	running.L = NULL;
}

int script_cpu_is_over(void)
{
	return running.over;
}
