/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/cell.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "harness/cell/cell_state.h"
#include "harness/subject/commands.h"
#include "harness/cell/result.h"
#include "harness/cell/work.h"
#include "sim/world/link.h"

/* ---- beginning and end ---- */

#define LATE_MAX (10 * MINUTE) /* we may come so late where computing takes time */

/* Nothing when nobody watches. */
static int build_lookout(struct cell *c, struct err *e)
{
	int r;

	if (!lookout_wanted(c->scenario, c->plan->mitigation))
		return 0;
	r = prober_new(c->scenario, c->wire, c->record, &c->resolver, &c->self.address, &c->prober,
		       e);
	if (r == 0)
		r = lookout_new(c->scenario, c->plan->mitigation, c->prober, &c->lookout, e);
	if (r == 0)
		stub_tell(c->stub, lookout_outcome, c->lookout);
	return r;
}

static int build(struct cell *c, struct err *e)
{
	struct scenario *s = c->scenario;
	bool is_charged = c->plan->charge > 0 && c->plan->clock == CLOCK_VIRTUAL;
	struct record_options ro = { .from = s->from,
				     .to = s->to,
				     .bin = s->bin,
				     .patience =
					     s->traffic.stub.timeout + (is_charged ? LATE_MAX : 0),
				     .pcap = c->plan->pcap,
				     .log_queries = c->plan->log_queries };
	int r;

	r = record_new(c->plan->folder, &ro, &c->record, e);
	if (r == 0)
		r = replay_new(s, &c->replay, e);
	if (r == 0)
		r = cell_place(c, e);
	if (r == 0)
		r = cell_connect(c, s->from, e);
	if (r == 0)
		r = stub_new(s, c->replay, c->wire, c->record, &c->resolver, &c->stub, e);
	if (r == 0) {
		struct endpoint six = { .port = 53 };

		address_parse(LINK_RESOLVER_V6, &six.address);
		stub_add_resolver(c->stub, &six);
		r = build_lookout(c, e);
	}
	return r;
}

static int live(struct cell *c, struct err *e)
{
	struct scenario *s = c->scenario;
	int r = cell_start(c, s->from, e);

	if (r < 0)
		return r;
	c->next_metrics = c->next_counters = s->from;
	progress_start(&c->progress, s->from, s->to);
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

static int serve_clients(struct cell *c, struct err *e)
{
	int r = build(c, e);

	if (r == 0)
		r = live(c, e);
	return r == 0 ? finish(c, e) : r;
}

static void count_self(struct cell_result *ret)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	ret->harness_cpu = (double)ru.ru_utime.tv_sec + (double)ru.ru_stime.tv_sec +
			   (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
	ret->harness_kilobytes = ru.ru_maxrss;
}

/* A fault that the resolver was never sent was not tested; but a resolver that does not validate
 * need not ask for signatures, and is then out of reach of what is wrong with them. */
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
	lookout_free(c->lookout);
	prober_free(c->prober);
	cell_disconnect(c);
	replay_free(c->replay);
	if (c->world.init > 0)
		world_done(&c->world);
	if (c->log >= 0)
		close(c->log);
}

static int judge(const struct cell *c, struct cell_result *ret, struct err *e)
{
	char clock[CLOCK_TEXT_LEN];
	struct judge_cell jc = { .folder = c->plan->folder,
				 .resolver = driver_name(c->plan->driver),
				 .version = driver_version(c->plan->driver),
				 .mitigation = c->plan->mitigation,
				 .clock = result_clock_text(c->plan->clock, c->plan->speed,
							    c->plan->charge, clock) };

	return judge_cell(c->scenario, &jc, &ret->verdicts, &ret->verdict_count, e);
}

void cell_run(const struct cell_plan *p, struct cell_result *ret)
{
	struct cell c = { .plan = p, .scenario = p->scenario, .log = -1, .world = { .init = -1 } };
	double began = clock_machine_seconds();
	struct err err = { "" }, *e = &err;
	struct err late = { "" };
	int r;

	*ret = (struct cell_result){ 0 };
	progress_init(&c.progress, driver_name(p->driver), p->mitigation, p->quiet, p->terminal);
	r = p->scenario->case_count ? cell_cases(&c, ret, e) : serve_clients(&c, e);
	progress_stop(&c.progress);
	ret->wall_seconds = clock_machine_seconds() - began;
	ret->resolver_cpu += cell_stop(&c);
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
	if (r == 0 && !p->scenario->case_count)
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
