/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_start.c - where a cell takes place, and its resolver: started, probed until it answers, and
 * stopped. */
#include "harness/cell/cell_state.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "harness/subject/mitigation.h"
#include "sim/world/link.h"
#include "sim/world/rest.h"
#include "sim/world/spawn.h"

#define READY_WITHIN MINUTE /* of virtual time */
#define READY_REAL (5 * SECOND)
#define PROBE_EVERY (500 * MSEC)
#define PLACE_PATHS 40
/* Computed by all that is started before there is a word from it. */
#define START_WITHIN (10 * SECOND)
/* NOERROR, NXDOMAIN: no stub acts on them. A case is over with any answer. */
#define CALM (1u << 0 | 1u << 3)

/* ---- the place ---- */

static int make_folders(struct cell *c, struct err *e)
{
	int n = snprintf(c->work, sizeof(c->work), "%s/work", c->plan->folder);

	if (n < 0 || (size_t)n >= sizeof(c->work))
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", c->plan->folder);
	if (mkdir(c->work, 0755) < 0)
		return err_set(e, -errno, "'%s': %s", c->work, strerror(errno));
	return 0;
}

/* Without mounts of its own a resolver finds its folder where the user put it, and configurations
 * would have to quote the path in as many ways as there are resolvers. */
static int check_folder(const struct cell *c, struct err *e)
{
	const char *folder = sandbox_folder(c->world.sandbox);

	for (const char *p = folder; *p; p++)
		if ((unsigned char)*p <= ' ' || strchr("\"'\\;#{}", *p))
			return err_set(
				e, -EINVAL,
				"a resolver's folder cannot be mounted here, and its path goes "
				"into "
				"a configuration: name one without blanks and quotes with -o");
	return 0;
}

static int check_library(const struct cell *c, struct err *e)
{
	const char *library = c->plan->library;

	return c->plan->clock == CLOCK_REAL || access(library, R_OK) == 0
		       ? 0
		       : err_set(e, -ENOENT,
				 "the clock library '%s' is not there: build it with make",
				 library);
}

/* What the resolver is kept in sees the clock library, too. */
static int make_world(struct cell *c, struct err *e)
{
	const char *const *needed = driver_paths(c->plan->driver);
	const char *paths[PLACE_PATHS + 2] = { c->plan->library };
	const struct mounts_root *root = driver_root(c->plan->driver);
	struct sandbox_plan plan = { .work = c->work, .paths = paths };
	int r;

	if (root) {
		plan.root = *root;
		plan.root.library = c->plan->clock == CLOCK_REAL ? NULL : c->plan->library;
	}

	for (unsigned i = 0; i < PLACE_PATHS && needed[i]; i++)
		paths[i + 1] = needed[i];
	r = world_init(&c->world, &plan, e);
	if (r < 0)
		return r;
	sandbox_give_file(c->world.sandbox, c->log);
	return check_folder(c, e);
}

int cell_place(struct cell *c, struct err *e)
{
	const char *trouble = driver_trouble(c->plan->driver);
	int r = *trouble ? err_set(e, -ELIBACC, "%s", trouble) : check_library(c, e);

	if (r == 0)
		r = make_folders(c, e);
	address_parse(LINK_RESOLVER_V4, &c->resolver.address);
	c->resolver.port = 53;
	address_parse("10.255.255.254", &c->self.address);
	c->self.port = 5300;
	if (r == 0)
		r = cell_open_log(c, e);
	if (r == 0)
		r = make_world(c, e);
	return r == 0 ? world_check(&c->world, e) : r;
}

static simtime lead_in(const struct cell_plan *p)
{
	if (p->clock == CLOCK_VIRTUAL)
		return READY_WITHIN;
	return (simtime)((double)READY_REAL * (p->clock == CLOCK_SCALED ? p->speed : 1));
}

int cell_connect(struct cell *c, simtime at, struct err *e)
{
	struct tree *t = c->scenario->tree;
	int r = clock_new(c->plan->clock, c->plan->speed, at - lead_in(c->plan), 1, &c->clock, e);

	if (r == 0)
		clock_on_wait(c->clock, cell_cut_log, c);
	if (r == 0 && c->plan->patience)
		clock_allow(c->clock, c->plan->patience);
	if (r == 0)
		t->date_shift = clock_date_shift(c->clock);
	if (r == 0)
		r = anchor_make(t, clock_now(c->clock), &c->anchor, e);
	if (r == 0)
		r = wire_new(c->clock, &c->world, &c->wire, e);
	if (r == 0)
		r = authority_new(t, c->wire, c->record, &c->authority, e);
	return r;
}

struct losses_counts cell_lost(const struct cell *c)
{
	struct losses_counts all = c->lost, more;

	if (c->wire) {
		more = wire_losses(c->wire);
		losses_add(&all, &more);
	}
	if (c->authority)
		all.answers += authority_counts(c->authority).lacking;
	return all;
}

struct wire_unread cell_unread(const struct cell *c)
{
	struct wire_unread all = c->unread, more;

	if (c->wire) {
		more = wire_unread(c->wire);
		all.datagrams += more.datagrams;
		all.connections += more.connections;
	}
	return all;
}

struct cell_chances cell_chances(const struct cell *c)
{
	return (struct cell_chances){
		c->out_of_turn + (c->clock ? clock_out_of_turn(c->clock) : 0),
		c->command.slow,
	};
}

void cell_disconnect(struct cell *c)
{
	c->out_of_turn = cell_chances(c).out_of_turn;
	c->lost = cell_lost(c);
	c->unread = cell_unread(c);
	authority_free(c->authority);
	wire_free(c->wire);
	clock_free(c->clock);
	c->authority = NULL;
	c->wire = NULL;
	c->clock = NULL;
}

/* ---- the resolver ---- */

int cell_check_program(const struct cell *c, const char *program, struct err *e)
{
	return c->plan->clock == CLOCK_REAL ? 0 : driver_check_program(c->plan->driver, program, e);
}

/* Its files were written by us, and are its own. */
static int give_work(struct cell *c, struct err *e)
{
	_cleanup_(closedirp) DIR *d = opendir(c->work);
	char path[sizeof(c->work) + 256];
	struct dirent *file;
	int r = d ? 0 : err_set(e, -errno, "'%s': %s", c->work, strerror(errno));

	while (r == 0 && (file = readdir(d))) {
		if (strcmp(file->d_name, ".") == 0 || strcmp(file->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", c->work, file->d_name);
		r = sandbox_give(c->world.sandbox, path, e);
	}
	return r;
}

static int start_resolver(struct cell *c, struct err *e)
{
	const char *name = c->plan->mitigation;
	char preload[PATH_MAX];
	struct clock_share share;
	struct spawn spawn;
	int r;

	c->subject =
		(struct subject){ .folder = c->work,
				  .without = c->plan->without,
				  .inside = sandbox_folder(c->world.sandbox),
				  .mitigation = mitigation_base(c->scenario, c->plan->driver, name),
				  .settings =
					  mitigation_settings(c->scenario, c->plan->driver, name),
				  .address4 = LINK_RESOLVER_V4,
				  .address6 = LINK_RESOLVER_V6,
				  .root_hints = c->anchor.hints,
				  .root_key = c->anchor.key,
				  .root_ds = c->anchor.ds,
				  .seed = c->scenario->chance };
	r = resolver_configure(c->plan->driver, &c->subject, c->plan->folder, &c->argv, e);
	if (r == 0)
		r = cell_check_program(c, c->argv[0], e);
	if (r == 0)
		r = give_work(c, e);
	if (r < 0)
		return r;
	r = clock_join(c->clock,
		       driver_preload(c->plan->driver, c->plan->library, preload, sizeof(preload)),
		       c->scenario->chance | 1, &share, e);
	if (r < 0)
		return r;
	if (share.area) {
		struct address six;

		address_parse(LINK_RESOLVER_V6, &six);
		memcpy(share.area->self4, c->resolver.address.bytes, 4);
		memcpy(share.area->self6, six.bytes, 16);
		share.area->calm_rcodes = c->scenario->case_count ? 0 : CALM;
		clock_fix(c->clock);
	}
	spawn = (struct spawn){
		.argv = c->argv,
		.folder = c->subject.inside,
		.env = share.env,
		.keep = share.keep,
		.keep_count = share.keep_count,
		.out = c->log,
		.netns = -1,
		.core = c->plan->core,
		/* What it orders by addresses comes in the same order every time. */
		.same_addresses = share.area != NULL
	};
	c->pid = spawn_start(&c->world, &spawn, e);
	if (c->pid < 0)
		return c->pid;
	return clock_watch(c->clock, &share, c->pid, e);
}

/* Between a wrapper and the program that it becomes nothing runs on the clock, and virtual time would
 * be over at once: it waits until all that was started sleeps, however long the machine takes. */
static int await_rest(struct cell *c, simtime limit, struct err *e)
{
	const struct timespec pause = { 0, MSEC };
	simtime computed;
	int r = 0;

	while (r == 0 && !world_rests(&c->world, &computed) && computed < limit) {
		clock_open(c->clock);
		nanosleep(&pause, NULL);
		r = clock_settle(c->clock, e);
	}
	return r < 0 ? r : 0;
}

/* ". SOA" with RD, asked every half second until it is answered. */
static int probe_until_ready(struct cell *c, simtime from, struct err *e)
{
	static const uint8_t query[17] = { 0x51, 0x9a, 1, 0, 0, 1,	0, 0, 0,
					   0,	 0,    0, 0, 0, RR_SOA, 0, 1 };
	struct packet p = { .side = SIDE_CLIENT,
			    .from = c->self,
			    .to = c->resolver,
			    .data = query,
			    .len = sizeof(query) };
	int r = 0;

	while (r == 0 && !c->ready) {
		simtime now = clock_now(c->clock);

		if (now >= from)
			return err_set(e, -ETIMEDOUT,
				       "the resolver did not answer '. SOA' before the scenario "
				       "began (resolver.log may say why)");
		if (clock_mode(c->clock) == CLOCK_VIRTUAL)
			r = await_rest(c, START_WITHIN, e);
		if (r == 0)
			r = wire_send(c->wire, &p, e);
		if (r == 0)
			r = cell_pass(c, now + PROBE_EVERY < from ? now + PROBE_EVERY : from, e);
	}
	return r;
}

int cell_start(struct cell *c, simtime from, struct err *e)
{
	int r = start_resolver(c, e);

	/* What is sent while it is still about to start would find it as far as the machine has let
	 * it come. */
	if (r == 0 && clock_mode(c->clock) == CLOCK_VIRTUAL)
		r = clock_settle(c->clock, e);
	if (r >= 0)
		r = probe_until_ready(c, from, e);
	if (r == -ETIMEDOUT || r == -EDEADLK)
		cell_blame_children(c, e);
	if (r == 0)
		r = cell_pass(c, from, e);
	if (r == 0)
		clock_charge(c->clock, c->plan->charge);
	return r;
}

double cell_stop(struct cell *c)
{
	struct rusage ru;
	int status;
	pid_t pid = c->pid;

	c->pid = 0;
	c->ready = false;
	if (pid <= 0)
		return 0;
	kill(pid, SIGKILL);
	if (wait4(pid, &status, 0, &ru) != pid)
		return 0;
	return (double)ru.ru_utime.tv_sec + (double)ru.ru_stime.tv_sec +
	       (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}
