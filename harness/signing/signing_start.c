/* SPDX-License-Identifier: BSD-2-Clause */
/* signing_start.c - where a signer lives, how it is started and how it ends. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "harness/signing/signing_state.h"
#include "sim/base/rng.h"
#include "sim/world/apart.h"
#include "sim/world/rest.h"
#include "sim/world/spawn.h"

#define PATHS 40
#define HIDDEN "198.18.31.254" /* nobody else of this world is there */
#define START_WITHIN (10 * SECOND) /* of CPU time, before there is a word from it */
#define ENDS_WITHIN (90 * SECOND) /* when it is asked to */
#define RESTS_WITHIN (1 * SECOND) /* of CPU time, before it is asked to end */
#define LOOK_EVERY (200 * USEC) /* while one that is to end computes */
#define WRITES_MOST (1ULL << 30) /* bytes into one file */

static int make_folder(const char *path, struct err *e)
{
	return mkdir(path, 0755) < 0 ? err_set(e, -errno, "'%s': %s", path, strerror(errno)) : 0;
}

static int open_log(struct signing_life *s, struct err *e)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/signer.log", s->plan->folder);
	s->log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	return s->log < 0 ? err_set(e, -errno, "'%s': %s", path, strerror(errno)) : 0;
}

static int make_world(struct signing_life *s, struct err *e)
{
	const char *const *needed = driver_paths(s->plan->driver);
	const struct mounts_root *root = driver_root(s->plan->driver);
	const char *paths[PATHS + 2] = { s->plan->library };
	struct sandbox_plan plan = { .work = s->work, .paths = paths, .file_size = WRITES_MOST };
	int r;

	if (root) {
		plan.root = *root;
		plan.root.library = s->plan->library;
	}
	for (unsigned i = 0; i < PATHS && needed[i]; i++)
		paths[i + 1] = needed[i];
	r = world_init(&s->world, &plan, e);
	if (r < 0)
		return r;
	sandbox_give_file(s->world.hosts[0].sandbox, s->log);
	return world_check(&s->world, e);
}

/* Who is where: the signer on a resolver's host, the zone's first server is told of new versions, and the
 * parent's first answers for it. */
static void take_addresses(struct signing_life *s)
{
	const struct zone *z = s->plan->signer->zone;

	link_address(0, false, s->address);
	address_parse(s->address, &s->signer.address);
	address_parse("10.255.255.254", &s->self.address);
	s->told.address = z->servers[0].v4;
	s->parent.address = z->parent->servers[0].v4;
	address_text(&s->told.address, s->told_text);
	address_text(&s->parent.address, s->parent_text);
	address_parse(HIDDEN, &s->hidden.address);
	s->signer.port = s->told.port = s->parent.port = s->hidden.port = 53;
	s->self.port = 5300;
	name_text(z->apex, s->zone);
}

int signing_place(struct signing_life *s, struct err *e)
{
	const struct signing_plan *p = s->plan;
	int r = make_folder(p->folder, e);

	take_addresses(s);
	if ((size_t)snprintf(s->work, sizeof(s->work), "%s/work", p->folder) >= sizeof(s->work))
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", p->folder);
	if (r == 0 && access(p->library, R_OK) < 0)
		r = err_set(e, -ENOENT, "the clock library '%s' is not there: build it with make",
			    p->library);
	if (r == 0)
		r = make_folder(s->work, e);
	if (r == 0 && signing_fills_disk(s))
		r = disk_new(s->work, &s->disk, e);
	if (r == 0)
		r = open_log(s, e);
	if (r == 0)
		r = make_world(s, e);
	return r == 0 && p->signer->hsm ? signing_place_hsm(s, e) : r;
}

/* Its files were written by us, and are its own. */
static int give_work(struct signing_life *s, struct err *e)
{
	_cleanup_(closedirp) DIR *d = opendir(s->work);
	char path[PATH_MAX + 257];
	struct dirent *file;
	int r = d ? 0 : err_set(e, -errno, "'%s': %s", s->work, strerror(errno));

	while (r == 0 && (file = readdir(d))) {
		if (strcmp(file->d_name, ".") == 0 || strcmp(file->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", s->work, file->d_name);
		r = sandbox_give(s->world.hosts[0].sandbox, path, e);
	}
	return r;
}

void signing_subject(const struct signing_life *s, struct signer_subject *ret)
{
	const struct signing_plan *p = s->plan;

	*ret = (struct signer_subject){
		.folder = s->work,
		.inside = sandbox_folder(s->world.hosts[0].sandbox),
		.address4 = s->address,
		.zone = s->zone,
		.unsigned_zone = SIGNING_ZONE,
		.max_zone_ttl = s->max_zone_ttl,
		.soa_ttl = s->soa_ttl,
		.negative_ttl = s->negative_ttl,
		.notify = s->told_text,
		.transfers_from = "10.255.255.254",
		.primary = p->signer->by_transfer ? HIDDEN : NULL,
		.key = s->has_key ? &p->signer->key : NULL,
		.secret = p->signer->secret,
		.parent = s->parent_text,
		.ds_ttl = p->signer->zone->parent->ttl.ds,
		.ds = s->ds,
		.plan = p->signer,
		.policy = &s->policy,
		.signing = s->signing,
		.lasts = p->scenario->to - (s->clock ? clock_now(s->clock) : p->scenario->from),
		.hsm = p->signer->hsm,
		.seed = p->scenario->chance,
	};
}

int signing_rewrite(struct signing_life *s, struct err *e)
{
	struct signer_subject subject;
	int r;

	signing_subject(s, &subject);
	r = signer_rewrite(s->plan->driver, &subject, s->plan->folder, e);
	return r == 0 ? give_work(s, e) : r;
}

static int configure(struct signing_life *s, const char *const *const **ret, struct err *e)
{
	const struct signing_plan *p = s->plan;
	struct signer_subject subject;
	int r;

	signing_subject(s, &subject);
	r = signer_configure(p->driver, &subject, p->folder, ret, e);
	for (s->processes = 0; r == 0 && (*ret)[s->processes]; s->processes++)
		r = driver_check_program(p->driver, (*ret)[s->processes][0], e);
	if (r == 0 && s->processes > SIGNING_PROCESSES)
		r = err_set(e, -E2BIG, "start: more than %d commands for one signer",
			    SIGNING_PROCESSES);
	return r == 0 ? give_work(s, e) : r;
}

int signing_make_clock(struct signing_life *s, struct err *e)
{
	const char *const *const *commands;
	int r = configure(s, &commands, e);

	if (r == 0)
		r = clock_new(CLOCK_VIRTUAL, 1, s->plan->scenario->from - SIGNING_LEAD,
			      signing_areas(s), &s->clock, e);
	if (r < 0)
		return r;
	clock_call(s->clock, "signer");
	return wire_new(s->clock, &s->world, &s->wire, e);
}

/* Each process of each life has its own. */
static uint64_t seed_of(const struct signing_life *s, unsigned number)
{
	uint64_t seed = s->plan->scenario->chance;

	seed = s->restarts ? rng_of(seed, s->restarts) : seed;
	return (number ? rng_of(seed, UINT32_MAX + (uint64_t)number) : seed) | 1;
}

static int join_clock(struct signing_life *s, unsigned number, struct clock_share *share,
		      struct err *e)
{
	char preload[PATH_MAX];
	int r = 0;

	if (s->restarts)
		clock_rejoin(s->clock, number, seed_of(s, number), share);
	else
		r = clock_join(
			s->clock,
			driver_preload(s->plan->driver, s->plan->library, preload, sizeof(preload)),
			seed_of(s, number), share, e);
	if (r < 0)
		return r;
	if (number == 0)
		memcpy(share->area->self4, s->signer.address.bytes, 4);
	signer_slack(s->plan->driver, &share->area->slack, &share->area->sleep_slack);
	clock_fix(s->clock);
	return 0;
}

/* Until it has come to rest the clock would be through before it begins. */
static int await_rest(struct signing_life *s, struct err *e)
{
	const struct timespec pause = { 0, MSEC };
	simtime computed;
	int r = clock_settle(s->clock, e);

	while (r >= 0 && !world_rests(&s->world, &computed) && computed < START_WITHIN) {
		clock_open(s->clock);
		nanosleep(&pause, NULL);
		r = clock_settle(s->clock, e);
	}
	return r < 0 ? r : 0;
}

static int start_one(struct signing_life *s, unsigned number, const char *const *argv,
		     struct err *e)
{
	struct clock_share share;
	struct spawn spawn;
	pid_t pid;
	int r = join_clock(s, number, &share, e);

	if (r < 0)
		return r;
	spawn = (struct spawn){ .argv = argv,
				.folder = sandbox_folder(s->world.hosts[0].sandbox),
				.env = share.env,
				.keep = share.keep,
				.keep_count = share.keep_count,
				.out = s->log,
				.netns = -1,
				.core = -1,
				.same_addresses = true };
	pid = spawn_start(&s->world, &spawn, e);
	if (pid < 0)
		return pid;
	s->pids[number] = pid;
	r = clock_watch(s->clock, &share, pid, e);
	return r == 0 ? await_rest(s, e) : r;
}

/* What it is told once, when it runs for the first time. */
static int begin(struct signing_life *s, struct err *e)
{
	char said[SIGNING_SAID];
	int r;

	if (s->restarts || !signer_can(s->plan->driver, "begin"))
		return 0;
	r = signing_command(s, "begin", "", said, e);
	return r > 0 ? err_set(e, -EPROTO, "the signer could not be told what to do: %s", said) : r;
}

int signing_start(struct signing_life *s, struct err *e)
{
	const char *const *const *commands;
	struct clock_share share;
	int r = configure(s, &commands, e);

	if (r == 0 && !s->processes)
		r = join_clock(s, 0, &share, e);
	for (unsigned i = 0; r == 0 && i < s->processes; i++)
		r = start_one(s, i, commands[i], e);
	return r == 0 ? begin(s, e) : r;
}

void signing_count(struct signing_life *s, const struct rusage *ru)
{
	s->spent += (double)ru->ru_utime.tv_sec + (double)ru->ru_stime.tv_sec +
		    (double)(ru->ru_utime.tv_usec + ru->ru_stime.tv_usec) / 1e6;
}

static void stop_one(struct signing_life *s, unsigned number)
{
	pid_t pid = s->pids[number];
	struct rusage ru;
	int status;

	s->pids[number] = 0;
	if (pid <= 0)
		return;
	world_end(pid);
	if (wait4(pid, &status, 0, &ru) == pid)
		signing_count(s, &ru);
}

void signing_stop(struct signing_life *s)
{
	for (unsigned i = s->processes; i-- > 0;)
		stop_one(s, i);
}

/* ---- once more ---- */

/* Also who ends within so much of the machine's time. */
static bool has_ended(int process, simtime within)
{
	const struct timespec wait = { 0, within };
	struct pollfd end = { process, POLLIN, 0 };

	return ppoll(&end, 1, &wait, NULL) > 0;
}

/* All its threads sleep in the kernel, and none has run between two looks: none is about to do anything before something happens.
 * By the page alone one may still be on its way to sleep, or not yet have heard of what wakes it. */
static bool is_asleep(pid_t pid, simtime *computed)
{
	uint64_t first, second;

	return world_sleeps(pid, &first, computed) && world_sleeps(pid, &second, computed) &&
	       first == second;
}

/* A signal ends a wait. One that comes between a program's look for it and the wait that follows is not heard before that wait
 * is over: of Knot DNS that is an hour later. */
static int ask_to_end(pid_t pid, int *ret, struct err *e)
{
	simtime before, computed;

	*ret = (int)syscall(SYS_pidfd_open, pid, 0);
	if (*ret < 0)
		return err_set(e, -errno, "the signer's process: %s", strerror(errno));
	is_asleep(pid, &before);
	while (!is_asleep(pid, &computed) && computed - before < RESTS_WITHIN &&
	       !has_ended(*ret, LOOK_EVERY))
		;
	kill(pid, SIGTERM);
	return 0;
}

/* Time passes for who has been asked to end only when he sleeps with nothing in his way, however long the machine takes
 * over it. */
static int pass(struct signing_life *s, pid_t pid, int process, struct err *e)
{
	simtime now = clock_now(s->clock), computed;

	clock_open(s->clock);
	if (is_asleep(pid, &computed))
		return signing_pass(s, now + SECOND, e);
	return has_ended(process, LOOK_EVERY) ? 0 : signing_pass(s, now, e);
}

/* Who does not end when he is asked to is ended, as a service manager does it. What he does until then is done in time: by
 * looks that are a minute late each he would not come to its end. */
static int end_one(struct signing_life *s, unsigned number, struct err *e)
{
	const simtime limit = clock_now(s->clock) + ENDS_WITHIN;
	_cleanup_(closep) int process = -1;
	pid_t pid = s->pids[number];
	int r = ask_to_end(pid, &process, e);

	clock_set_slack(s->clock, number, 0, 0);
	while (r == 0 && !has_ended(process, 0) && clock_now(s->clock) < limit)
		r = pass(s, pid, process, e);
	clock_forget(s->clock, pid);
	stop_one(s, number);
	return r;
}

/* Who was started last ends first. */
int signing_end(struct signing_life *s, struct err *e)
{
	int r = 0;

	s->is_ending = true;
	for (unsigned i = s->processes; r == 0 && i-- > 0;)
		r = end_one(s, i, e);
	s->is_ending = false;
	signing_stop(s);
	wire_begin_anew(s->wire, &s->signer.address);
	s->restarts++;
	return r;
}
