/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/shell.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "harness/cell/beside.h"
#include "sim/world/link.h"
#include "sim/world/netns.h"
#include "sim/world/spawn.h"

#define TELL_FD 8 /* what the program finds its pipes under */
#define HEAR_FD 9
#define LOOK_EVERY 5 /* ms of the machine, at what the program does */

struct shell {
	struct cell *cell;
	struct beside beside; /* its queries */
	int hear, tell; /* our ends of its pipes */
	pid_t pid;
};

/* ---- its files ---- */

/* A program that says its own name and argument, and prints what comes back. */
static const char ask_script[] = "#!/bin/sh\n"
				 "# sigfault keeps the clock: it is asked by a pipe\n"
				 "echo \"${0##*/} ${1-}\" >&8\n"
				 "IFS= read -r line <&9 || exit 3\n"
				 "case $line in\n"
				 "'!'*) echo \"${0##*/}: ${line#!}\" >&2; exit 2 ;;\n"
				 "*) echo \"$line\" ;;\n"
				 "esac\n";

/* `until` is a word of the shell, unless it is an alias. The date goes on with the clock. */
static const char rc_script[] = "_sigfault() { echo prompt >&8; read -r SIGFAULT_NOW _date <&9; "
				"[ -z \"$_date\" ] || export \"$_date\"; }\n"
				"PROMPT_COMMAND=_sigfault\n"
				"PS1='$SIGFAULT_NOW $SIGFAULT_HOST\\$ '\n"
				"alias until='command until'\n";

/* Where it is, or whom it asks: the one under test has a name of its own only where there are
 * several. */
static struct host *host_of(const struct cell *c)
{
	const char *name = c->plan->shell->host;

	for (unsigned i = 0; name && i < c->host_count; i++)
		if (strcmp(c->hosts[i].name, name) == 0)
			return &c->hosts[i];
	return c->host;
}

static int write_files(const struct cell *c, struct err *e)
{
	static const char *const asks[] = { "bin/step", "bin/until", "bin/now" };
	const struct host *h = host_of(c);
	char path[sizeof(h->work) + 8];
	int r;

	snprintf(path, sizeof(path), "%s/bin", h->work);
	if (mkdir(path, 0755) < 0)
		return err_set(e, -errno, "cannot make '%s': %s", path, strerror(errno));
	r = sandbox_give(c->world.hosts[h->number].sandbox, path, e);
	for (size_t i = 0; i < ARRAY_SIZE(asks) && r == 0; i++)
		r = beside_write(c, h, asks[i], ask_script, e);
	if (r == 0)
		r = beside_write(c, h, "shell.rc", rc_script, e);
	return r == 0 ? beside_write_anchors(c, h, e) : r;
}

/* ---- its queries ---- */

/* Whoever asks from the clients' network without saying as whom has this address: there all are local,
 * and none is anybody's own. */
static int name_clients(const struct cell *c, struct err *e)
{
	struct ifreq lo = { .ifr_name = "lo:0" };
	struct sockaddr_in a = { .sin_family = AF_INET };
	int r = netns_enter(c->world.clients, e);
	_cleanup_(closep) int fd = r < 0 ? -1 : socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (r < 0)
		return r;
	inet_pton(AF_INET, "10.255.255.252", &a.sin_addr);
	memcpy(&lo.ifr_addr, &a, sizeof(a));
	if (fd < 0 || ioctl(fd, SIOCSIFADDR, &lo) < 0)
		return err_set(e, -errno, "no address for the shell: %s", strerror(errno));
	a.sin_addr.s_addr = INADDR_BROADCAST; /* a network of its own */
	memcpy(&lo.ifr_netmask, &a, sizeof(a));
	if (ioctl(fd, SIOCSIFNETMASK, &lo) < 0)
		return err_set(e, -errno, "no address for the shell: %s", strerror(errno));
	return netns_enter(c->world.internet, e);
}

/* ---- its commands ---- */

static char *now_text(const struct cell *c, char text[40])
{
	simtime now = clock_now(c->clock);
	char utc[32];

	simtime_text(now, utc);
	snprintf(text, 40, "%.19s.%03dZ", utc, (int)(now % SECOND / MSEC));
	return text;
}

/* The instant that a command names. */
static int instant_of(const struct cell *c, const char *word, const char *argument, simtime *ret,
		      struct err *e)
{
	simtime now = clock_now(c->clock), to = c->scenario->to;
	char end[32];
	int r = 0;

	*ret = now;
	if (strcmp(word, "step") == 0) {
		r = simtime_parse_duration(argument, ret, e);
		*ret = *ret > to - now ? to + 1 : now + *ret;
	} else if (strcmp(word, "until") == 0) {
		r = scenario_instant(c->scenario, argument, ret, e);
	}
	if (r < 0)
		return r;
	if (*ret > to)
		return err_set(e, -EINVAL, "the scenario ends at %s", simtime_text(to, end));
	return *ret < now ? err_set(e, -EINVAL, "that is over, and no time comes back") : 0;
}

static int reply(const struct shell *s, const char *text, const char *more)
{
	return dprintf(s->tell, "%s%s%s\n", text, *more ? " " : "", more) < 0 ? -EPIPE : 0;
}

static int do_command(struct shell *s, char *line, struct err *e)
{
	struct cell *c = s->cell;
	char *argument = line + strcspn(line, " "), text[40];
	const char *const *env;
	struct err bad;
	simtime at;
	int r = 0;

	if (*argument)
		*argument++ = '\0';
	if (instant_of(c, line, argument, &at, &bad) < 0) {
		char refusal[sizeof(bad.text) + 1];

		snprintf(refusal, sizeof(refusal), "!%s", bad.text);
		reply(s, refusal, "");
		return 0;
	}
	if (at > clock_now(c->clock))
		r = cell_pass(c, at, e);
	env = strcmp(line, "prompt") == 0 ? clock_date_env(c->clock, s->beside.host->area) : NULL;
	if (r == 0)
		reply(s, now_text(c, text), env ? env[1] : "");
	return r;
}

/* Lines are short, and one who asks waits for the answer. */
static int take_commands(struct shell *s, struct err *e)
{
	char line[256];
	ssize_t n = read(s->hear, line, sizeof(line) - 1);

	if (n <= 0)
		return 0;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return do_command(s, line, e);
}

/* ---- while it runs ---- */

/* The clock stands; who is woken by a control command's connection goes on. */
static int attend(struct shell *s, int *status, struct err *e)
{
	struct pollfd fds[] = { { s->beside.sockets[0], POLLIN, 0 },
				{ s->beside.sockets[1], POLLIN, 0 },
				{ s->beside.others.udp[0].fd, POLLIN, 0 },
				{ s->beside.others.udp[1].fd, POLLIN, 0 },
				{ s->hear, POLLIN, 0 } };
	int r = 0;

	while (r == 0 && waitpid(s->pid, status, WNOHANG) == 0) {
		poll(fds, ARRAY_SIZE(fds), LOOK_EVERY);
		r = beside_wait(&s->beside, s->pid, e);
		if (r == 0 &&
		    (fds[0].revents || fds[1].revents || fds[2].revents || fds[3].revents))
			r = beside_pass(&s->beside, e);
		if (r > 0)
			r = 0;
		if (r == 0 && fds[4].revents & POLLIN)
			r = take_commands(s, e);
	}
	return r;
}

/* What a program has in its environment, and the texts of that. */
struct environment {
	char texts[8][PATH_MAX + 128];
	const char *list[12];
	unsigned count;
};

static void __attribute__((format(printf, 2, 3))) put(struct environment *v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(v->texts[v->count], sizeof(v->texts[0]), fmt, ap);
	va_end(ap);
	v->list[v->count] = v->texts[v->count];
	v->count++;
}

static void make_environment(const struct cell *c, const char *host, struct environment *ret)
{
	const char *const *date = clock_date_env(c->clock, host_of(c)->area);
	const char *folder = host_of(c)->subject.inside;

	*ret = (struct environment){ .count = 0 };
	put(ret, "PATH=%s/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	    folder);
	put(ret, "HOME=%s", folder);
	put(ret, "TERM=%s", getenv("TERM") ?: "dumb");
	put(ret, "SIGFAULT_HOST=%s", host ?: "clients");
	put(ret, "SIGFAULT_HINTS=%s/anchor.hints", folder);
	put(ret, "SIGFAULT_ANCHOR=%s/anchor.key", folder);
	put(ret, "SIGFAULT_BIND_ANCHOR=%s/anchor.bind", folder);
	for (unsigned i = 0; date && i < 2; i++)
		ret->list[ret->count + i] = date[i];
}

static int start(struct shell *s, const struct shell_plan *plan, int tell, int hear, struct err *e)
{
	struct cell *c = s->cell;
	char rc[PATH_MAX];
	const char *const argv[] = { "bash", "--noprofile", "--rcfile", rc, "-i", NULL };
	const int keep[][2] = {
		{ 0, 0 }, { 1, 1 }, { 2, 2 }, { tell, TELL_FD }, { hear, HEAR_FD }
	};
	struct environment env;
	struct spawn spawn = { .argv = plan->argv ?: argv,
			       .folder = host_of(c)->subject.inside,
			       .env = env.list,
			       .keep = keep,
			       .keep_count = ARRAY_SIZE(keep),
			       .out = STDOUT_FILENO,
			       .host = s->beside.host->number,
			       .netns = plan->host ? -1 : c->world.clients,
			       .core = -1 };

	make_environment(c, plan->host, &env);
	snprintf(rc, sizeof(rc), "%s/shell.rc", host_of(c)->subject.inside);
	s->pid = spawn_start(&c->world, &spawn, e);
	return s->pid < 0 ? s->pid : 0;
}

/* The terminal is the program's while it runs. */
static void lend_terminal(pid_t group)
{
	if (!isatty(STDIN_FILENO))
		return;
	signal(SIGTTOU, SIG_IGN);
	tcsetpgrp(STDIN_FILENO, group);
	kill(-group, SIGCONT);
}

static int begin(struct shell *s, const struct shell_plan *plan, struct err *e)
{
	int there[2], back[2], r;

	if (pipe2(there, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0)
		return err_set(e, -errno, "cannot make a pipe: %s", strerror(errno));
	s->hear = there[0];
	s->tell = back[1];
	r = start(s, plan, there[1], back[0], e);
	close(there[1]);
	close(back[0]);
	return r;
}

int shell_run(struct cell *c, struct err *e)
{
	struct shell_plan *plan = c->plan->shell;
	struct shell s = { .cell = c, .hear = -1, .tell = -1 };
	int r = write_files(c, e);

	if (r == 0)
		r = cell_pass(c, plan->at, e);
	if (r == 0)
		r = name_clients(c, e);
	if (r == 0)
		r = beside_begin(&s.beside, c, host_of(c), e);
	if (r < 0)
		return r;
	r = begin(&s, plan, e);
	if (r == 0) {
		lend_terminal(s.pid);
		r = attend(&s, &plan->status, e);
		lend_terminal(getpgrp());
	}
	beside_done(&s.beside);
	close(s.hear);
	close(s.tell);
	return r < 0 ? r : err_set(e, SHELL_OVER, "the shell has ended");
}
