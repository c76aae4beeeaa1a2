/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/serve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/authority/authority.h"
#include "sim/world/spawn.h"
#include "zones/anchor.h"

#define LOOK_EVERY (20 * MSEC)
#define FIRST_FD 100 /* the command finds its files as /proc/self/fd/100 … */

enum { FILE_HINTS, FILE_ANCHOR, FILE_BIND_ANCHOR, FILE_COUNT };

struct served {
	struct world world;
	struct clock *clock;
	struct wire *wire;
	struct authority *authority;
	int files[FILE_COUNT][2];
};

static int file_with(const char *text, struct err *e)
{
	int fd = memfd_create("anchor", 0);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		return err_set(e, -errno, "no memory for the trust anchor: %s", strerror(errno));
	return fd;
}

static int make_files(struct served *v, const struct anchor *a, struct err *e)
{
	char bind[sizeof(a->key) + 64];
	const char *texts[FILE_COUNT] = { a->hints, a->key, bind };

	anchor_bind(a, bind, sizeof(bind));
	for (int i = 0; i < FILE_COUNT; i++) {
		v->files[i][0] = file_with(texts[i], e);
		v->files[i][1] = FIRST_FD + i;
		if (v->files[i][0] < 0)
			return v->files[i][0];
	}
	return 0;
}

static int build(struct served *v, struct scenario *s, simtime at, struct err *e)
{
	struct anchor anchor;
	int r = world_init(&v->world, NULL, e);

	if (r == 0)
		r = clock_new(CLOCK_REAL, 1, at, 1, &v->clock, e);
	if (r == 0)
		s->tree->date_shift = clock_date_shift(v->clock);
	if (r == 0)
		r = anchor_make(s->tree, at, &anchor, e);
	if (r == 0)
		r = make_files(v, &anchor, e);
	if (r == 0)
		r = wire_new(v->clock, &v->world, &v->wire, e);
	if (r == 0)
		r = authority_new(s->tree, v->wire, NULL, &v->authority, e);
	return r;
}

static int answer_all(struct served *v, struct err *e)
{
	struct packet p;
	simtime next;
	int r = 0;

	while (r == 0 && wire_take(v->wire, &p))
		r = authority_query(v->authority, &p, e);
	if (r == 0)
		r = authority_run(v->authority, clock_now(v->clock), e);
	next = clock_now(v->clock) + LOOK_EVERY;
	if (authority_due(v->authority) < next)
		next = authority_due(v->authority);
	return r < 0 ? r : wire_wait(v->wire, next, e);
}

static int run_command(struct served *v, const char *const *argv, int *status, struct err *e)
{
	static const char *const env[] = { "SIGFAULT_HINTS=/proc/self/fd/100",
					   "SIGFAULT_ANCHOR=/proc/self/fd/101",
					   "SIGFAULT_BIND_ANCHOR=/proc/self/fd/102", NULL };
	struct spawn spawn = { .argv = argv,
			       .folder = ".",
			       .env = env,
			       .keep = (const void *)v->files,
			       .keep_count = FILE_COUNT,
			       .out = STDOUT_FILENO,
			       .netns = -1,
			       .core = -1 };
	pid_t pid = spawn_start(&v->world, &spawn, e);
	int r = pid < 0 ? pid : 0;

	while (r == 0 && waitpid(pid, status, WNOHANG) == 0)
		r = answer_all(v, e);
	return r;
}

enum exit_status serve(struct scenario *s, simtime at, const char *const *argv, struct err *e)
{
	struct served v = { .world = { .init = -1 } };
	int status = 0, r;

	fflush(stdout);
	r = build(&v, s, at, e);
	if (r == 0)
		r = run_command(&v, argv, &status, e);
	authority_free(v.authority);
	wire_free(v.wire);
	clock_free(v.clock);
	if (v.world.init > 0)
		world_done(&v.world);
	if (r < 0)
		return r == -EINVAL ? EXIT_USAGE : EXIT_ENVIRONMENT;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? EXIT_HELD : EXIT_NOT_HELD;
}
