/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/cell.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>

#include "harness/cell/cell_state.h"
#include "harness/subject/commands.h"
#include "harness/subject/user_config.h"
#include "harness/cell/result.h"
#include "harness/cell/work.h"

static void count_self(struct cell_result *ret)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	ret->harness_cpu = (double)ru.ru_utime.tv_sec + (double)ru.ru_stime.tv_sec +
			   (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
	ret->harness_kilobytes = ru.ru_maxrss;
	if (pool_used())
		ret->signatures = pool_counts(pool_used());
}

/* A resolver that asks nobody has its answers from elsewhere, or makes them up: whatever it says, it
 * says nothing. A fault that it was never sent was not tested; but a resolver that does not validate
 * need not ask for signatures, and is then out of reach of what is wrong with them. */
static int check_sightings(const struct cell *c, struct cell_result *ret, struct err *e)
{
	const struct tree *t = c->scenario->tree;
	struct authority_counts counts = authority_counts(c->authority);
	int r = 0;

	if (!counts.queries)
		r = err_set(e, -ENODATA, "the resolver never asked an authority");
	ret->never_dnssec_ok = counts.queries && !counts.dnssec_ok;
	for (unsigned i = 0; i < t->fault_count; i++) {
		ret->sightings[i] = authority_saw(c->authority, i);
		if (r == 0 && !ret->sightings[i].count && t->faults[i].from < c->scenario->to &&
		    !ret->never_dnssec_ok)
			r = err_set(e, -ENODATA, "the resolver never saw the fault '%s'",
				    t->faults[i].text);
	}
	return r;
}

/* What the testbed lost is not the resolver's doing, and nobody knows what it would have answered. */
static int check_losses(const struct cell *c, struct cell_result *ret, struct err *e)
{
	const struct losses_counts *l = &ret->lost;

	ret->lost = cell_lost(c);
	ret->unread = cell_unread(c);
	if (c->stub)
		ret->lost_on_way = stub_lost(c->stub);
	cell_count_transports(c, &ret->transports);
	if (!losses_sum(l))
		return 0;
	return err_set(e, -EIO,
		       "the testbed itself lost questions or answers: %" PRIu64 " sockets that it "
		       "could not open, %" PRIu64 " clients too many, %" PRIu64
		       " sends and %" PRIu64 " receives that failed, %" PRIu64
		       " answers that no message holds",
		       l->sockets, l->clients, l->sends, l->receives, l->answers);
}

static void take_down(struct cell *c)
{
	command_done(c);
	stub_free(c->stub);
	lookout_free(c->lookout);
	prober_free(c->prober);
	cell_disconnect(c);
	replay_free(c->replay);
	if (c->world.init > 0)
		world_done(&c->world);
}

static int judge(const struct cell *c, struct cell_result *ret, struct err *e)
{
	char clock[CLOCK_TEXT_LEN];
	struct judge_cell jc = { .folder = c->plan->folder,
				 .resolver = driver_name(c->plan->driver),
				 .kind = driver_kind(c->plan->driver),
				 .version = driver_version(c->plan->driver),
				 .mitigation = c->plan->mitigation,
				 .clock = result_clock_text(c->plan->clock, c->plan->speed,
							    c->plan->charge, clock) };

	return judge_cell(c->scenario, &jc, &ret->verdicts, &ret->verdict_count, e);
}

/* What the resolver has to say of the user's configuration goes before what came of it. */
static void blame_config(const struct cell *c, struct cell_result *ret)
{
	const struct user_config *config = driver_config(c->plan->driver);
	char log[PATH_MAX], says[400], why[sizeof(ret->why)];

	snprintf(log, sizeof(log), "%s/resolver.log", c->plan->folder);
	if (!config || !user_config_complaint(config, log, says, sizeof(says)))
		return;
	snprintf(why, sizeof(why), "%s (%.500s)", says, ret->why);
	strcpy(ret->why, why);
}

static void clear_work(const struct host *h, bool is_well)
{
	if (h->work[0] && is_well)
		work_remove(h->work);
	else if (h->work[0])
		work_trim(h->work);
}

void cell_result_done(struct cell_result *r)
{
	free(r->host_ends);
	free(r->monitors);
	r->host_ends = NULL;
	r->monitors = NULL;
}

static void count_hosts(const struct cell *c, struct cell_result *ret)
{
	for (unsigned i = 0; i < c->host_count; i++) {
		ret->log_cut += c->hosts[i].log_cut;
		ret->restarts += c->hosts[i].restarts;
	}
	ret->counters = c->command.failures;
	ret->chances = cell_chances(c);
	ret->latest = c->latest;
}

static int finish_record(struct cell *c, struct cell_result *ret, struct err *e)
{
	int r;

	if (!c->record)
		return 0;
	r = record_finish(c->record, e);
	ret->queries = record_totals(c->record)->queries;
	if (c->clock)
		progress_over(&c->progress, clock_now(c->clock), record_totals(c->record));
	return r;
}

static int finish_authority(struct cell *c, struct cell_result *ret, struct err *e)
{
	struct authority_counts counts;

	if (!c->authority)
		return 0;
	counts = authority_counts(c->authority);
	ret->transfers = counts.transfers;
	ret->notifies = counts.notifies;
	ret->transfers_refused = counts.transfers_refused;
	return check_sightings(c, ret, e);
}

/* What a cell ended by first is what is said of it. */
static void keep_first(int *r, struct err *e, int later, const struct err *said)
{
	if (*r == 0 && later < 0) {
		*r = later;
		*e = *said;
	}
}

/* One out of a file was not what is made: of those before it not each was held against another. */
static int check_signatures(const struct cell_result *ret, struct err *e)
{
	if (!ret->signatures.barred || ret->signatures.kept <= 1)
		return 0;
	return err_set(
		e, -EIO,
		"a signature of --signatures is not the one that is made here, though others "
		"were: somebody has changed that file; delete it");
}

/* All that it leaves is taken in, whatever ended it. */
static int finish(struct cell *c, struct cell_result *ret, int r, struct err *e)
{
	struct err late = { .text = "" };

	keep_first(&r, e, finish_record(c, ret, &late), &late);
	keep_first(&r, e, finish_authority(c, ret, &late), &late);
	keep_first(&r, e, check_losses(c, ret, &late), &late);
	keep_first(&r, e, check_signatures(ret, &late), &late);
	return r;
}

void cell_run(const struct cell_plan *p, struct cell_result *ret)
{
	struct cell c = { .plan = p, .scenario = p->scenario, .world = { .init = -1 } };
	double began = clock_machine_seconds();
	struct err err = { .text = "" }, *e = &err;
	int r;

	*ret = (struct cell_result){ 0 };
	progress_init(&c.progress, p->progress, p->index);
	r = p->scenario->case_count ? cell_cases(&c, ret, e) : cell_clients(&c, ret, e);
	ret->wall_seconds = clock_machine_seconds() - began;
	ret->resolver_cpu += cell_stop(&c);
	cell_close_logs(&c);
	count_hosts(&c, ret);
	if (r < 0 && r != -EINTR && r != -ENOSPC && r != -EDQUOT)
		cell_blame_disk(&c, e);
	count_self(ret);
	r = finish(&c, ret, r, e);
	if (r == 0 && !p->scenario->case_count && !p->is_member)
		r = judge(&c, ret, e);
	if (c.host)
		strcpy(ret->command, c.host->started);
	ret->code = r;
	snprintf(ret->why, sizeof(ret->why), "%s", r < 0 ? err.text : "");
	if (r < 0 && r != -EINTR)
		blame_config(&c, ret);
	if (c.world.hosts[0].sandbox)
		snprintf(ret->sandbox_lacks, sizeof(ret->sandbox_lacks), "%s",
			 sandbox_lacks(c.world.hosts[0].sandbox));
	record_free(c.record);
	take_down(&c);
	ret->host_ends = TAKE(c.ends);
	ret->host_end_count = c.end_count;
	ret->monitors = TAKE(c.monitors);
	ret->monitor_count = c.monitor_count;
	for (unsigned i = 0; i < c.host_count; i++)
		clear_work(&c.hosts[i], r == 0);
	cell_forget_hosts(&c);
}
