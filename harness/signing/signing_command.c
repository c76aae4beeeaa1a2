/* SPDX-License-Identifier: BSD-2-Clause */
/* signing_command.c - a signer's control commands: each is run beside it while the clock stands, so that what it
 * asks for is done at that instant. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "harness/signing/signing_state.h"
#include "sim/base/rng.h"
#include "sim/world/rest.h"
#include "sim/world/spawn.h"

#define PAUSE (200 * USEC) /* of the machine, between two looks */
#define PAUSE_LONG (20 * MSEC) /* when all have slept for a second */
/* For how long the one who looks got no core says nothing: a look counts so many seconds at most. */
#define LOOK_COUNTS 0.02
#define LOOK_AFTER 0.01
#define SLOW 5 /* seconds after which one may wait for time to pass */
#define GIVE_UP 20 /* seconds for which all have slept, or have computed */

struct running {
	pid_t pid;
	int status;
	double looked, idle; /* seconds of the machine */
	simtime computed; /* when it was looked at first; -1: it was not */
	bool hangs;
};

/* A script lives on no clock: all that it does is done at this instant, however long the machine takes, and it draws what it draws
 * from the seed. */
static const char *const *environment_of(const struct signing_life *s)
{
	uint64_t seed = rng_of(s->plan->scenario->chance, s->commands);

	return signing_is_script(s) ? clock_seeded_env(s->clock, 0, seed)
				    : clock_date_env(s->clock, 0);
}

static int start(struct signing_life *s, const char *const *argv, int out, pid_t *ret,
		 struct err *e)
{
	struct spawn spawn = { .argv = argv,
			       .folder = sandbox_folder(s->world.hosts[0].sandbox),
			       .env = environment_of(s),
			       .out = out,
			       .netns = -1,
			       .core = -1,
			       /* OpenSSL draws from where its memory lies, too. */
			       .same_addresses = signing_is_script(s) };
	int r = driver_check_program(s->plan->driver, argv[0], e);

	if (r < 0)
		return r;
	s->commands++;
	*ret = spawn_start(&s->world, &spawn, e);
	return *ret < 0 ? *ret : 0;
}

static void look(const struct signing_life *s, struct running *u)
{
	double now = clock_machine_seconds(), passed = now - u->looked;
	simtime computed;

	if (passed < LOOK_AFTER)
		return;
	u->looked = now;
	if (world_rests(&s->world, &computed))
		u->idle += passed < LOOK_COUNTS ? passed : LOOK_COUNTS;
	if (u->computed < 0)
		u->computed = computed;
	u->hangs = u->idle > GIVE_UP || computed - u->computed > GIVE_UP * SECOND;
}

/* Who only waits may wait for time to pass. */
static simtime until(const struct signing_life *s, const struct running *u)
{
	simtime now = clock_now(s->clock);

	return u->idle > SLOW && !signing_is_script(s) ? now + SECOND : now;
}

/* The signer answers it meanwhile. */
static int attend(struct signing_life *s, struct running *u, struct err *e)
{
	struct timespec pause = { 0, PAUSE };
	struct rusage ru = { 0 };
	int r = 0;

	while (r == 0 && !u->hangs && wait4(u->pid, &u->status, WNOHANG, &ru) == 0) {
		r = signing_pass(s, until(s, u), e);
		clock_open(s->clock);
		pause.tv_nsec = u->idle > 1 ? PAUSE_LONG : PAUSE;
		nanosleep(&pause, NULL);
		look(s, u);
	}
	if (r < 0 || u->hangs) {
		kill(u->pid, SIGKILL);
		wait4(u->pid, &u->status, 0, &ru);
	}
	signing_count(s, &ru);
	if (r < 0)
		return r;
	clock_nudge(s->clock); /* its connections are closed: that is seen now */
	return signing_pass(s, clock_now(s->clock), e);
}

/* ---- what it says ---- */

/* Its words, in one line, behind what is in `said`. */
static void keep(char said[SIGNING_SAID], const char *text)
{
	size_t len = strlen(said);

	if (len && len + 2 < SIGNING_SAID) {
		strcpy(said + len, "; ");
		len += 2;
	}
	for (; *text && len + 1 < SIGNING_SAID; text++) {
		bool is_blank = (unsigned char)*text <= ' ';

		if (is_blank && (!len || said[len - 1] == ' '))
			continue;
		said[len++] = (char)(is_blank ? ' ' : *text == '"' ? '\'' : *text);
	}
	while (len && said[len - 1] == ' ')
		len--;
	said[len] = '\0';
}

static void hear(const struct signing_life *s, int out, const char *const *argv,
		 char said[SIGNING_SAID])
{
	char text[4096], head[256];
	ssize_t n = pread(out, text, sizeof(text) - 1, 0);
	int len = snprintf(head, sizeof(head), "==== sigfault: %.100s %.100s said:\n", argv[0],
			   argv[1] ? argv[1] : "");

	text[n > 0 ? n : 0] = '\0';
	keep(said, text);
	if (n <= 0)
		return;
	if (write(s->log, head, (size_t)len) < 0 || write(s->log, text, strlen(text)) < 0)
		keep(said, "(signer.log takes no more)");
}

static void keep_end(const struct running *u, char said[SIGNING_SAID])
{
	char how[96];

	if (u->hangs)
		snprintf(how, sizeof(how), "it did not end within %d s", GIVE_UP);
	else if (WIFSIGNALED(u->status))
		snprintf(how, sizeof(how), "ended by signal %d", WTERMSIG(u->status));
	else
		snprintf(how, sizeof(how), "status %d", WEXITSTATUS(u->status));
	keep(said, how);
}

/* 1: it has failed. */
static int run_one(struct signing_life *s, const char *const *argv, char said[SIGNING_SAID],
		   struct err *e)
{
	_cleanup_(closep) int out = memfd_create("said", MFD_CLOEXEC);
	struct running u = { .computed = -1, .looked = clock_machine_seconds() };
	int r = out < 0 ? err_set(e, -errno, "no memory for a command: %s", strerror(errno))
			: start(s, argv, out, &u.pid, e);

	if (r == 0)
		r = attend(s, &u, e);
	if (r < 0)
		return r;
	hear(s, out, argv, said);
	if (!u.hangs && WIFEXITED(u.status) && WEXITSTATUS(u.status) == 0)
		return 0;
	keep_end(&u, said);
	return 1;
}

int signing_command(struct signing_life *s, const char *function, const char *what,
		    char said[SIGNING_SAID], struct err *e)
{
	struct signer_subject subject;
	const char *const *const *next;
	int r;

	*said = '\0';
	signing_subject(s, &subject);
	r = signer_commands(s->plan->driver, &subject, function, what, &next, e);
	for (; r == 0 && *next; next++)
		r = run_one(s, *next, said, e);
	return r;
}
