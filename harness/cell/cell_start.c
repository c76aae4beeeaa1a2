/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_start.c - where a cell takes place, and its resolver: started, probed until it answers, and
 * stopped. */
#include "harness/cell/cell_state.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "harness/subject/commands.h"
#include "harness/subject/mitigation.h"
#include "sim/base/rng.h"
#include "sim/world/apart.h"
#include "sim/world/rest.h"
#include "sim/world/spawn.h"

#define READY_WITHIN MINUTE /* of virtual time */
#define READY_REAL (5 * SECOND)
#define START_EACH (2 * SECOND) /* and so much more for each of several */
#define PROBE_EVERY (500 * MSEC)
#define FAILING_MOST 20 /* so many bad answers show that it is up, in a world that is broken */
#define PLACE_PATHS 40
/* Computed by all that is started before there is a word from it. */
#define START_WITHIN (10 * SECOND)

/* ---- the place ---- */

/* Without mounts of its own a resolver finds its folder where the user put it, and configurations
 * would have to quote the path in as many ways as there are resolvers. */
static int check_folder(const struct cell *c, const struct host *h, struct err *e)
{
	const char *folder = sandbox_folder(c->world.hosts[h->number].sandbox);

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

/* What a resolver is kept in sees the clock library, too. The first one's place is made with the
 * world. */
static int make_place(struct cell *c, struct host *h, struct err *e)
{
	const char *const *needed = driver_paths(h->driver);
	const char *paths[PLACE_PATHS + MONITORS_MAX + 2] = { c->plan->library };
	const struct scenario *s = c->scenario;
	unsigned count = 1;
	const struct mounts_root *root = driver_root(h->driver);
	struct sandbox_plan plan = { .work = h->work, .paths = paths };
	int r;

	if (root) {
		plan.root = *root;
		plan.root.library = c->plan->clock == CLOCK_REAL ? NULL : c->plan->library;
	}

	for (unsigned i = 0; i < PLACE_PATHS && needed[i]; i++)
		paths[count++] = needed[i];
	for (unsigned i = 0; i < s->monitor_count; i++)
		if (*s->monitors[i].argv[0] == '/' && access(s->monitors[i].argv[0], F_OK) == 0)
			paths[count++] = s->monitors[i].argv[0];
	r = h->number ? world_add(&c->world, &plan, e) : world_init(&c->world, &plan, e);
	if (r < 0)
		return r;
	sandbox_give_file(c->world.hosts[h->number].sandbox, h->log);
	return check_folder(c, h, e);
}

static int check_driver(const struct driver *d, struct err *e)
{
	const char *trouble = driver_trouble(d);

	return *trouble ? err_set(e, -ELIBACC, "%s", trouble) : 0;
}

int cell_place(struct cell *c, struct err *e)
{
	int r = check_driver(c->plan->driver, e);

	if (r == 0)
		r = check_library(c, e);
	address_parse("10.255.255.254", &c->self.address);
	c->self.port = 5300;
	if (r == 0)
		r = cell_plan_hosts(c, e);
	if (r == 0)
		r = cell_make_folders(c, e);
	for (unsigned i = 0; r == 0 && i < c->host_count; i++)
		r = check_driver(c->hosts[i].driver, e);
	for (unsigned i = 0; r == 0 && i < c->host_count; i++) {
		r = cell_open_log(&c->hosts[i], e);
		if (r == 0)
			r = make_place(c, &c->hosts[i], e);
	}
	return r == 0 ? world_check(&c->world, e) : r;
}

/* They start one after the other. */
static simtime lead_in(const struct cell *c)
{
	const struct cell_plan *p = c->plan;
	simtime more = (simtime)(c->host_count - 1) * START_EACH;

	if (p->clock == CLOCK_VIRTUAL)
		return READY_WITHIN + more;
	return (simtime)((double)(READY_REAL + more) * (p->clock == CLOCK_SCALED ? p->speed : 1));
}

int cell_connect(struct cell *c, simtime at, struct err *e)
{
	struct tree *t = c->scenario->tree;
	int r = clock_new(c->plan->clock, c->plan->speed, at - lead_in(c), c->host_count, &c->clock,
			  e);

	/* Nobody has an area of this one: each case has a clock of its own. */
	for (unsigned i = 0; i < c->host_count; i++)
		c->hosts[i].area = -1;
	if (r == 0) {
		clock_call(c->clock, "resolver");
		clock_on_wait(c->clock, cell_cut_logs, c);
		clock_part(c->clock, cell_lookahead(c));
	}
	if (r == 0 && c->plan->patience)
		clock_allow(c->clock, c->plan->patience);
	if (r == 0)
		t->date_shift = clock_date_shift(c->clock) + c->scenario->clock_behind;
	if (r == 0)
		r = anchor_make(t, clock_now(c->clock), &c->anchor, e);
	if (r == 0)
		r = wire_new(c->clock, &c->world, &c->wire, e);
	if (r == 0)
		r = cell_plan_transports(c, e);
	if (r == 0)
		r = authority_new(t, c->wire, c->record, &c->authority, e);
	return r == 0 ? cell_open_hops(c, e) : r;
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
	hops_free(c->hops);
	authority_free(c->authority);
	wire_free(c->wire);
	clock_free(c->clock);
	c->hops = NULL;
	c->authority = NULL;
	c->wire = NULL;
	c->clock = NULL;
}

/* ---- the resolver ---- */

int cell_check_program(const struct cell *c, const struct host *h, const char *program,
		       struct err *e)
{
	return c->plan->clock == CLOCK_REAL ? 0 : driver_check_program(h->driver, program, e);
}

/* Its files were written by us, and are its own. */
static int give_work(struct cell *c, const struct host *h, struct err *e)
{
	_cleanup_(closedirp) DIR *d = opendir(h->work);
	char path[sizeof(h->work) + 256];
	struct dirent *file;
	int r = d ? 0 : err_set(e, -errno, "'%s': %s", h->work, strerror(errno));

	while (r == 0 && (file = readdir(d))) {
		if (strcmp(file->d_name, ".") == 0 || strcmp(file->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", h->work, file->d_name);
		r = sandbox_give(c->world.hosts[h->number].sandbox, path, e);
	}
	return r;
}

/* Where it stands in the order in which all of them drew: the same seed for the only one as ever. */
static uint64_t seed_of(const struct cell *c, const struct host *h)
{
	uint64_t seed = c->scenario->chance + h->number;

	return h->restarts ? rng_of(seed, h->restarts) : seed;
}

static int configure(struct cell *c, struct host *h, const char *const **argv, struct err *e)
{
	int r;

	h->subject.folder = h->work;
	h->subject.without = h == c->host ? c->plan->without : NULL;
	h->subject.inside = sandbox_folder(c->world.hosts[h->number].sandbox);
	h->subject.mitigation = mitigation_base(c->scenario, h->driver, h->mitigation);
	h->subject.settings = mitigation_settings(c->scenario, h->driver, h->mitigation);
	h->subject.address4 = h->address4;
	h->subject.address6 = h->address6;
	h->subject.root_hints = c->anchor.hints;
	h->subject.root_key = c->anchor.key;
	h->subject.root_ds = c->anchor.ds;
	h->subject.seed = seed_of(c, h);
	r = resolver_configure(h->driver, &h->subject, h->folder, argv, e);
	if (r == 0)
		r = cell_check_program(c, h, (*argv)[0], e);
	if (r == 0)
		commands_quote(*argv, h->started, sizeof(h->started));
	if (r == 0)
		r = cell_write_certificate(c, h, e);
	return r == 0 ? give_work(c, h, e) : r;
}

static int join_clock(struct cell *c, struct host *h, struct clock_share *share, struct err *e)
{
	char preload[PATH_MAX];
	int r = 0;

	if (h->area >= 0)
		clock_rejoin(c->clock, (unsigned)h->area, seed_of(c, h) | 1, share);
	else
		r = clock_join(
			c->clock,
			driver_preload(h->driver, c->plan->library, preload, sizeof(preload)),
			seed_of(c, h) | 1, share, e);
	if (r < 0 || !share->area)
		return r;
	if (h->area < 0)
		h->area = (int)clock_areas(c->clock) - 1;
	c->by_area[h->area] = h;
	memcpy(share->area->self4, h->at.address.bytes, 4);
	memcpy(share->area->self6, h->at6.address.bytes, 16);
	share->area->calm_rcodes = cell_calm_rcodes(c, h);
	share->area->idle_slack = c->scenario->idle_slack;
	clock_fix(c->clock);
	return 0;
}

static int start_resolver(struct cell *c, struct host *h, struct err *e)
{
	const char *const *argv;
	struct clock_share share;
	struct spawn spawn;
	int r = configure(c, h, &argv, e);

	if (r == 0)
		r = join_clock(c, h, &share, e);
	if (r < 0)
		return r;
	spawn = (struct spawn){
		.argv = argv,
		.folder = h->subject.inside,
		.env = share.env,
		.keep = share.keep,
		.keep_count = share.keep_count,
		.out = h->log,
		.host = h->number,
		.netns = -1,
		.core = cell_core_of(c, h),
		/* What it orders by addresses comes in the same order every time. */
		.same_addresses = share.area != NULL
	};
	h->pid = spawn_start(&c->world, &spawn, e);
	if (h->pid < 0)
		return h->pid;
	cell_use_core(c, h);
	return clock_watch(c->clock, &share, h->pid, e);
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

/* It is up, and answers nothing well: it was started into an outage, its clock is wrong, or those it
 * forwards to are dead. */
static void note_failing(struct cell *c, struct host *h, simtime from)
{
	char rcode[NAMES_LEN], what[160];

	h->ready = true;
	if (!c->record)
		return;
	snprintf(what, sizeof(what), "%s%sanswers '. SOA' with %s before the scenario begins",
		 h->name, h->name[0] ? " " : "", names_rcode(h->failing_rcode, rcode));
	record_event(c->record,
		     &(struct record_event){ .at = from, .kind = "resolver", .what = what });
}

/* With RD. */
int cell_probe(struct cell *c, const struct host *h, struct err *e)
{
	static const uint8_t query[17] = { 0x51, 0x9a, 1, 0, 0, 1,	0, 0, 0,
					   0,	 0,    0, 0, 0, RR_SOA, 0, 1 };
	struct packet p = { .side = SIDE_CLIENT,
			    .from = c->self,
			    .to = h->at,
			    .data = query,
			    .len = sizeof(query) };

	return wire_send(c->wire, &p, e);
}

/* Asked every half second until it is answered: any answer shows that it is up, but one that fails
 * may be of a start that is not over. */
static int probe_until_ready(struct cell *c, struct host *h, simtime from, struct err *e)
{
	int r = 0;

	while (r == 0 && !h->ready) {
		simtime now = clock_now(c->clock);

		if (h->failing >= FAILING_MOST || (now >= from && h->failing)) {
			note_failing(c, h, from);
			break;
		}
		if (now >= from)
			return err_set(
				e, -ETIMEDOUT,
				"the resolver%s%s%s did not answer '. SOA' before the scenario "
				"began (resolver.log may say why)",
				h->name[0] ? " '" : "", h->name, h->name[0] ? "'" : "");
		if (clock_mode(c->clock) == CLOCK_VIRTUAL)
			r = await_rest(c, START_WITHIN, e);
		if (r == 0)
			r = cell_probe(c, h, e);
		if (r == 0)
			r = cell_pass(c, now + PROBE_EVERY < from ? now + PROBE_EVERY : from, e);
	}
	return r;
}

/* What is sent while it is still about to start would find it as far as the machine has let it
 * come. */
int cell_start_process(struct cell *c, struct host *h, struct err *e)
{
	int r = start_resolver(c, h, e);

	if (r == 0 && clock_mode(c->clock) == CLOCK_VIRTUAL)
		r = clock_settle(c->clock, e);
	if (r >= 0 && h->restarts && clock_mode(c->clock) == CLOCK_VIRTUAL)
		r = await_rest(c, START_WITHIN, e);
	return r < 0 ? r : 0;
}

static int start(struct cell *c, struct host *h, simtime from, struct err *e)
{
	int r = cell_start_process(c, h, e);

	return r == 0 ? probe_until_ready(c, h, from, e) : r;
}

/* All that it forwards to answer. */
static bool may_start(const struct cell *c, const struct host *h)
{
	const struct role *r = h->role < 0 ? NULL : &c->scenario->roles[h->role];

	for (unsigned i = 0; r && i < r->forward_count; i++)
		for (unsigned k = 0; k < c->host_count; k++)
			if (c->hosts[k].role == (int)r->forwards[i].role && !c->hosts[k].ready)
				return false;
	return true;
}

/* Whom others forward to first: an answer to ". SOA" may be theirs. */
static int start_all(struct cell *c, simtime from, struct err *e)
{
	int r = 0;

	for (bool again = true; r == 0 && again;) {
		again = false;
		for (unsigned i = 0; r == 0 && i < c->host_count; i++) {
			struct host *h = &c->hosts[i];

			if (h->pid > 0 || !may_start(c, h))
				continue;
			again = true;
			r = start(c, h, from, e);
		}
	}
	return r;
}

static void note_slack(const struct cell *c, simtime from)
{
	char slack[32], what[96];

	snprintf(what, sizeof(what), "with nothing in work it looks round up to %s late",
		 simtime_duration_text(c->scenario->idle_slack, slack));
	record_event(c->record,
		     &(struct record_event){ .at = from, .kind = "resolver", .what = what });
}

int cell_start(struct cell *c, simtime from, struct err *e)
{
	int r = start_all(c, from, e);

	if (r == 0 && c->host_count > 1)
		clock_bear_ends(c->clock);
	if (r == -ETIMEDOUT || r == -EDEADLK)
		cell_blame_children(c, e);
	if (r == 0)
		r = cell_pass(c, from, e);
	if (r == 0)
		clock_charge(c->clock, c->plan->charge);
	if (r == 0 && c->record && c->scenario->idle_slack && clock_mode(c->clock) == CLOCK_VIRTUAL)
		note_slack(c, from);
	return r;
}

double cell_end_process(struct host *h)
{
	struct rusage ru;
	int status;
	pid_t pid = h->pid;

	h->pid = 0;
	h->ready = false;
	h->failing = 0;
	if (pid <= 0)
		return 0;
	world_end(pid);
	if (wait4(pid, &status, 0, &ru) != pid)
		return 0;
	return (double)ru.ru_utime.tv_sec + (double)ru.ru_stime.tv_sec +
	       (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}

double cell_stop(struct cell *c)
{
	double cpu = 0;

	for (unsigned i = 0; i < c->host_count; i++)
		cpu += cell_end_process(&c->hosts[i]) + c->hosts[i].spent;
	return cpu;
}
