#include "harness/cell.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "harness/cell_inside.h"
#include "harness/commands.h"
#include "harness/mitigation.h"
#include "harness/operator.h"
#include "harness/work.h"
#include "sim/link.h"
#include "sim/spawn.h"

#define READY_WITHIN MINUTE /* of virtual time */
#define READY_REAL (5 * SECOND)
#define PROBE_EVERY (500 * MSEC)
#define CALM (1u << 0 | 1u << 3) /* NOERROR, NXDOMAIN: no stub acts on them */

/* ---- the resolver ---- */

static int make_folders(struct cell *c, struct err *e)
{
	int n = snprintf(c->work, sizeof(c->work), "%s/work", c->plan->folder);

	if (n < 0 || (size_t)n >= sizeof(c->work))
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", c->plan->folder);
	if (mkdir(c->work, 0755) < 0)
		return err_set(e, -errno, "'%s': %s", c->work, strerror(errno));
	return 0;
}

static int open_log(struct cell *c, struct err *e)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/resolver.log", c->plan->folder);
	c->log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	return c->log < 0 ? err_set(e, -errno, "'%s': %s", path, strerror(errno)) : 0;
}

static int start_resolver(struct cell *c, struct err *e)
{
	const char *name = c->plan->mitigation;
	struct clock_share share;
	struct spawn spawn;
	int r;

	c->subject =
		(struct subject){ .folder = c->work,
				  .mitigation = mitigation_base(c->scenario, c->plan->driver, name),
				  .settings =
					  mitigation_settings(c->scenario, c->plan->driver, name),
				  .address4 = LINK_RESOLVER_V4,
				  .address6 = LINK_RESOLVER_V6,
				  .root_hints = c->anchor.hints,
				  .root_key = c->anchor.key,
				  .root_ds = c->anchor.ds,
				  .seed = c->scenario->seed };
	r = resolver_configure(c->plan->driver, &c->subject, c->plan->folder, &c->command, e);
	if (r < 0)
		return r;
	r = clock_join(c->clock, c->plan->library, c->scenario->seed | 1, &share, e);
	if (r < 0)
		return r;
	if (share.area) {
		struct address six;

		address_parse(LINK_RESOLVER_V6, &six);
		memcpy(share.area->self4, c->resolver.address.bytes, 4);
		memcpy(share.area->self6, six.bytes, 16);
		share.area->calm_rcodes = CALM;
	}
	spawn = (struct spawn){
		.argv = c->command,
		.folder = c->work,
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

/* ---- beginning and end ---- */

/* ". SOA" with RD, asked every half second until it is answered. */
static int probe_until_ready(struct cell *c, struct err *e)
{
	static const uint8_t query[17] = { 0x51, 0x9a, 1, 0, 0, 1,	0, 0, 0,
					   0,	 0,    0, 0, 0, RR_SOA, 0, 1 };
	struct packet p = { .side = SIDE_CLIENT,
			    .from = c->prober,
			    .to = c->resolver,
			    .data = query,
			    .len = sizeof(query) };
	simtime from = c->scenario->from;
	int r = 0;

	while (r == 0 && !c->ready) {
		simtime now = clock_now(c->clock);

		if (now >= from)
			return err_set(e, -ETIMEDOUT,
				       "the resolver did not answer '. SOA' before the scenario "
				       "began (resolver.log may say why)");
		r = wire_send(c->wire, &p, e);
		if (r == 0)
			r = cell_pass(c, now + PROBE_EVERY < from ? now + PROBE_EVERY : from, false,
				      e);
	}
	return r;
}

static simtime lead_in(const struct cell_plan *p)
{
	if (p->clock == CLOCK_VIRTUAL)
		return READY_WITHIN;
	return (simtime)((double)READY_REAL * (p->clock == CLOCK_SCALED ? p->speed : 1));
}

/* Nothing when nobody watches. */
static int build_watcher(struct cell *c, struct err *e)
{
	int r;

	if (!watcher_wanted(c->scenario, c->plan->mitigation))
		return 0;
	r = prober_new(c->scenario, c->wire, c->record, &c->resolver, &c->prober.address,
		       &c->probes, e);
	if (r == 0)
		r = watcher_new(c->scenario, c->plan->mitigation, c->probes, &c->watcher, e);
	if (r == 0)
		stub_tell(c->stub, watcher_outcome, c->watcher);
	return r;
}

static int build(struct cell *c, struct err *e)
{
	struct scenario *s = c->scenario;
	struct record_options ro = { .from = s->from,
				     .to = s->to,
				     .bin = s->bin,
				     .patience = s->traffic.stub.timeout,
				     .pcap = c->plan->pcap,
				     .log_queries = c->plan->log_queries };
	int r;

	address_parse(LINK_RESOLVER_V4, &c->resolver.address);
	c->resolver.port = 53;
	address_parse("10.255.255.254", &c->prober.address);
	c->prober.port = 5300;
	r = record_new(c->plan->folder, &ro, &c->record, e);
	if (r == 0)
		r = make_folders(c, e);
	if (r == 0)
		r = open_log(c, e);
	if (r == 0)
		r = replay_new(s, &c->replay, e);
	if (r == 0)
		r = world_init(&c->world, e);
	if (r == 0)
		r = link_check(&c->world, e);
	if (r == 0)
		r = clock_new(c->plan->clock, c->plan->speed, s->from - lead_in(c->plan), &c->clock,
			      e);
	if (r == 0 && c->plan->clock == CLOCK_REAL)
		s->tree->date_shift = clock_machine_date() - clock_now(c->clock);
	if (r == 0)
		r = anchor_make(s->tree, clock_now(c->clock), &c->anchor, e);
	if (r == 0)
		r = wire_new(c->clock, &c->world, &c->wire, e);
	if (r == 0)
		r = authority_new(s->tree, c->wire, c->record, &c->authority, e);
	if (r == 0)
		r = stub_new(s, c->replay, c->wire, c->record, &c->resolver, &c->stub, e);
	if (r == 0) {
		struct endpoint six = { .port = 53 };

		address_parse(LINK_RESOLVER_V6, &six.address);
		stub_add_resolver(c->stub, &six);
		r = build_watcher(c, e);
	}
	return r;
}

static int live(struct cell *c, struct err *e)
{
	struct scenario *s = c->scenario;
	int r = start_resolver(c, e);

	if (r == 0)
		r = probe_until_ready(c, e);
	if (r == 0)
		r = cell_pass(c, s->from, false, e);
	if (r < 0)
		return r;
	c->next_metrics = c->next_counters = s->from;
	watch_start(&c->watch, s->from, s->to);
	r = cell_pass(c, s->to, true, e);
	if (r == 0)
		cell_sample(c, s->to);
	if (r == 0)
		cell_miss(c);
	return r;
}

/* What is still open when the scenario ends is waited for, so that every query is booked. */
static int finish(struct cell *c, struct err *e)
{
	simtime limit = c->scenario->to + c->scenario->traffic.stub.timeout + SECOND;
	int r = 0;

	c->next_metrics = SIMTIME_NEVER;
	if (stub_waiting(c->stub))
		r = cell_pass(c, limit, true, e);
	return r;
}

static void stop_resolver(struct cell *c, struct cell_result *ret)
{
	struct rusage ru;
	int status;

	if (c->pid <= 0)
		return;
	kill(c->pid, SIGKILL);
	if (wait4(c->pid, &status, 0, &ru) == c->pid)
		ret->resolver_cpu = (double)ru.ru_utime.tv_sec + (double)ru.ru_stime.tv_sec +
				    (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}

static void count_self(struct cell_result *ret)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	ret->harness_cpu = (double)ru.ru_utime.tv_sec + (double)ru.ru_stime.tv_sec +
			   (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
	ret->harness_kilobytes = ru.ru_maxrss;
}

/* A fault that the resolver was never sent was not tested; but a resolver that does not validate need not ask for
 * signatures, and is then out of reach of what is wrong with them. */
static int check_sightings(const struct cell *c, struct cell_result *ret, struct err *e)
{
	const struct tree *t = c->scenario->tree;
	int r = 0;

	ret->never_dnssec_ok = !authority_counts(c->authority).dnssec_ok;
	for (unsigned i = 0; i < t->fault_count; i++) {
		ret->sightings[i] = authority_saw(c->authority, i);
		if (!ret->sightings[i].count && t->faults[i].from < c->scenario->to &&
		    !ret->never_dnssec_ok)
			r = err_set(e, -ENODATA, "the resolver never saw the fault '%s'",
				    t->faults[i].text);
	}
	return r;
}

static void take_down(struct cell *c)
{
	stub_free(c->stub);
	watcher_free(c->watcher);
	prober_free(c->probes);
	authority_free(c->authority);
	wire_free(c->wire);
	replay_free(c->replay);
	clock_free(c->clock);
	if (c->world.init > 0)
		world_done(&c->world);
	if (c->log >= 0)
		close(c->log);
}

static int judge(const struct cell *c, struct cell_result *ret, struct err *e)
{
	static const char *const clocks[] = { "virtual", "scaled", "real" };
	struct judge_cell jc = { .folder = c->plan->folder,
				 .resolver = driver_name(c->plan->driver),
				 .version = driver_version(c->plan->driver),
				 .mitigation = c->plan->mitigation,
				 .clock = clocks[c->plan->clock] };

	return judge_cell(c->scenario, &jc, stdout, &ret->verdicts, &ret->verdict_count, e);
}

void cell_run(const struct cell_plan *p, struct cell_result *ret)
{
	struct cell c = { .plan = p, .scenario = p->scenario, .log = -1, .world = { .init = -1 } };
	double began = clock_machine_seconds();
	struct err err = { "" }, *e = &err;
	struct err late = { "" };
	int r;

	*ret = (struct cell_result){ 0 };
	watch_init(&c.watch, driver_name(p->driver), p->mitigation, p->quiet, p->terminal);
	r = build(&c, e);
	if (r == 0)
		r = live(&c, e);
	if (r == 0)
		r = finish(&c, e);
	watch_stop(&c.watch);
	ret->wall_seconds = clock_machine_seconds() - began;
	stop_resolver(&c, ret);
	count_self(ret);
	if (c.record) {
		int rr = record_finish(c.record, &late);

		ret->queries = record_totals(c.record).queries;
		if (r == 0 && rr < 0) {
			r = rr;
			err = late;
		}
	}
	if (c.authority) {
		int rr = check_sightings(&c, ret, &late);

		if (r == 0 && rr < 0) {
			r = rr;
			err = late;
		}
	}
	if (r == 0)
		r = judge(&c, ret, e);
	if (c.command)
		commands_quote(c.command, ret->command, sizeof(ret->command));
	ret->code = r;
	snprintf(ret->why, sizeof(ret->why), "%s", r < 0 ? err.text : "");
	record_free(c.record);
	take_down(&c);
	if (c.work[0] && r == 0)
		work_remove(c.work);
	else if (c.work[0])
		work_trim(c.work);
}
