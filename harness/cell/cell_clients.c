/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_clients.c - a cell of clients: the scenario's traffic asks one resolver while the timeline
 * goes by, and all that it gets is recorded. */
#include "harness/cell/cell_state.h"
#include "harness/cell/shell.h"

#include <errno.h>
#include <string.h>

#include "sim/authority/error_report.h"
#include "sim/base/names.h"

#define LATE_MAX (10 * MINUTE) /* we may come so late where computing takes time */

/* ---- as those who ask ---- */

static int take(void *self, const struct packet *p, struct err *e)
{
	struct cell *c = self;

	if (p->unreachable)
		return stub_unreachable(c->stub, p, p->at, e);
	if (p->over)
		return stub_over(c->stub, p, p->at, e);
	if (c->lookout && prober_owns(c->prober, p))
		return prober_answer(c->prober, p, e);
	record_packet(c->record, p, p->at);
	return stub_answer(c->stub, p, p->at, e);
}

/* What happens comes before what is asked at the same instant. */
static int run(void *self, simtime now, struct err *e)
{
	struct cell *c = self;
	int r = cell_happen(c, now, e);

	if (r < 0 || command_holds(c))
		return r;
	if (!wire_is_exact(c->wire) && now - stub_due(c->stub) > c->latest)
		c->latest = now - stub_due(c->stub);
	r = stub_run(c->stub, now, cell_next_move(c), e);
	if (r == 0)
		r = record_advance(c->record, now, e);
	progress_tick(&c->progress, now, record_totals(c->record));
	return r;
}

static simtime due(const void *self)
{
	const struct cell *c = self;

	return earlier(stub_due(c->stub), cell_next_event(c));
}

static const struct asker_ops clients = { .take = take, .run = run, .due = due };

/* ---- beginning and end ---- */

/* An aged cache is older than the scenario. */
static simtime begins(const struct scenario *s)
{
	return s->from - s->age;
}

/* Nothing when nobody watches. */
static int build_lookout(struct cell *c, struct err *e)
{
	int r;

	if (!lookout_wanted(c->scenario, c->plan->mitigation))
		return 0;
	r = prober_new(c->scenario, c->wire, c->record, &cell_first_asked(c)->at, &c->self.address,
		       &c->prober, e);
	if (r == 0)
		r = lookout_new(c->scenario, c->plan->mitigation, c->prober, &c->lookout, e);
	if (r == 0)
		stub_tell(c->stub, lookout_outcome, c->lookout);
	return r;
}

/* As the record calls them. */
static const char *name_of(const struct host *h)
{
	return h->name[0] ? h->name : "resolver";
}

static void name_hosts(struct cell *c)
{
	for (unsigned i = 0; i < c->host_count; i++) {
		const struct host *h = &c->hosts[i];

		record_host(c->record, &h->at.address, name_of(h));
		record_host(c->record, &h->at6.address, name_of(h));
	}
}

/* The longest that a client waits for an answer. */
static simtime longest_wait(const struct scenario *s)
{
	simtime longest = 0;

	for (unsigned i = 0; i < s->traffic_count; i++)
		if (s->traffic[i].stub.timeout > longest)
			longest = s->traffic[i].stub.timeout;
	return longest;
}

/* Whose questions, and whom they are asked of, as the record calls them. */
static void name_askers(struct cell *c, struct record_options *ro)
{
	const struct scenario *s = c->scenario;

	for (unsigned i = 0; i < s->traffic_count; i++)
		c->traffics[i] = s->traffic[i].name;
	for (unsigned i = 0; i < c->host_count; i++)
		c->resolvers[i] = name_of(&c->hosts[i]);
	ro->traffics = c->traffics;
	ro->traffic_count = s->traffic_count;
	ro->resolvers = c->resolvers;
	ro->resolver_count = c->host_count;
	ro->transports = scenario_transports(s);
}

/* Who is to be told of new versions of a zone is there. */
static int check_told(const struct cell *c, struct err *e)
{
	const struct tree *t = c->scenario->tree;

	for (unsigned i = 0; t && i < t->zone_count; i++) {
		const struct transfer_plan *plan = t->zones[i]->transfer;

		for (unsigned k = 0; plan && k < plan->notify_count; k++) {
			const struct address *a = &plan->notify[k].address;
			char zone[NAME_TEXT_LEN], text[ADDRESS_TEXT_LEN];

			if (!cell_host_at(c, a))
				return err_set(e, -EINVAL,
					       "zone '%s': transfer: notify: no resolver has the "
					       "address %s",
					       name_text(t->zones[i]->apex, zone),
					       address_text(a, text));
		}
	}
	return 0;
}

static int build(struct cell *c, struct err *e)
{
	struct scenario *s = c->scenario;
	bool is_charged = c->plan->charge > 0 && c->plan->clock == CLOCK_VIRTUAL;
	struct record_options ro = { .from = s->from,
				     .to = s->to,
				     .bin = s->bin,
				     .patience = longest_wait(s) + (is_charged ? LATE_MAX : 0),
				     .pcap = c->plan->pcap,
				     .log_queries = c->plan->log_queries,
				     .metrics_every = record_metrics_every(s->from, s->to, s->bin),
				     .has_reports = s->tree && error_report_is_wanted(s->tree),
				     .marks = c->marks };
	int r;

	for (unsigned i = 0; s->tree && i < s->tree->fault_count; i++)
		c->marks[ro.mark_count++] = s->tree->faults[i].from;

	r = cell_plan_hosts(c, e);
	if (r < 0)
		return r;
	r = check_told(c, e);
	if (r < 0)
		return r;
	name_askers(c, &ro);
	r = record_new(c->plan->folder, &ro, &c->record, e);
	if (r == 0)
		r = replay_new(s, &c->replay, e);
	if (r == 0)
		r = cell_place(c, e);
	if (r == 0)
		name_hosts(c);
	if (r == 0)
		r = cell_connect(c, begins(s), e);
	if (r == 0)
		r = stub_new(s, c->replay, c->wire, c->record, &c->stub, e);
	for (unsigned i = 0; r == 0 && i < c->host_count; i++)
		r = stub_add_resolver(c->stub,
				      c->hosts[i].role < 0 ? 0 : (unsigned)c->hosts[i].role,
				      &c->hosts[i].at, &c->hosts[i].at6, e);
	return r == 0 ? build_lookout(c, e) : r;
}

void cell_clients_begin(struct cell *c)
{
	c->asker = (struct asker){ &clients, c };
}

static int live(struct cell *c, struct err *e)
{
	struct scenario *s = c->scenario;
	int r = cell_start(c, begins(s), e);

	if (r < 0)
		return r;
	cell_clients_begin(c);
	c->next_metrics = c->next_counters = c->next_requests = s->from;
	progress_start(&c->progress, begins(s), s->to);
	r = c->plan->shell ? shell_run(c, e) : monitors_pass(c, s->to, e);
	if (r == 0)
		cell_sample(c, s->to);
	if (r == 0)
		cell_miss(c);
	return r;
}

/* What is still open when the scenario ends is waited for, so that every query is booked. */
static int finish(struct cell *c, struct err *e)
{
	simtime limit = c->scenario->to + longest_wait(c->scenario) + SECOND;
	int r = 0;

	c->next_metrics = SIMTIME_NEVER;
	if (stub_waiting(c->stub) || cell_awaits_restarted(c))
		r = cell_pass(c, limit, e);
	if (r == 0 && stub_unasked(c->stub))
		return err_set(
			e, -EBUSY,
			"the machine was too busy for real time: the scenario ended before %llu "
			"of its questions could be asked; let it do less, or use the virtual clock",
			(unsigned long long)stub_unasked(c->stub));
	return r;
}

/* Its instant and the last question go into the sentence, and into the record. */
static void note_death(struct cell *c, struct cell_death *ret, struct err *e)
{
	char at[32], name[NAME_TEXT_LEN], type[NAMES_LEN], what[160];
	const struct recent_question *last;
	size_t len = strlen(e->text);

	ret->happened = true;
	ret->at = clock_now(c->clock);
	ret->last_count = recent_take(stub_recent(c->stub), ret->at, ret->last, DEATH_QUESTIONS);
	snprintf(e->text + len, sizeof(e->text) - len, " at %s", simtime_text(ret->at, at));
	if (ret->last_count) {
		last = &ret->last[ret->last_count - 1];
		len = strlen(e->text);
		snprintf(e->text + len, sizeof(e->text) - len, ", after '%.255s %s'",
			 name_text(last->qname, name), names_type(last->qtype, type));
	}
	snprintf(what, sizeof(what), "%.159s", e->text);
	record_event(c->record,
		     &(struct record_event){ .at = ret->at, .kind = "resolver", .what = what });
}

int cell_clients(struct cell *c, struct cell_result *ret, struct err *e)
{
	int r = build(c, e);

	if (r == 0)
		r = live(c, e);
	if (r == 0)
		r = finish(c, e);
	if (r == 0)
		r = cell_audit(c, e);
	if (r == 0)
		r = cell_check_restarts(c, e);
	if (r == 0)
		return cell_check_ends(c, e);
	if (r == -ECHILD && c->asker.ops)
		note_death(c, &ret->death, e);
	return r;
}
