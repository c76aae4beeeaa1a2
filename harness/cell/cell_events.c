/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_events.c - what happens in a cell at its instant: the timeline, what waits for the first
 * failure, what those who watch want done, and samples. */
#include "harness/cell/cell_state.h"

#include "harness/cell/usage.h"

#define SAMPLES 48 /* of the resolver's own counters, and of its requests, in a run */

static simtime next_event_at(const struct cell *c)
{
	const struct timeline *tl = &c->scenario->timeline;

	return c->next_event < tl->count ? tl->events[c->next_event].at : SIMTIME_NEVER;
}

/* What waits for the first failure; never what would come after the end. */
static simtime next_awaited_at(const struct cell *c)
{
	const struct timeline *tl = &c->scenario->timeline;
	simtime failed = stub_first_failure(c->stub);

	if (c->next_awaited == tl->awaited_count || failed == SIMTIME_NEVER ||
	    tl->awaited[c->next_awaited].at > tl->to - failed)
		return SIMTIME_NEVER;
	return failed + tl->awaited[c->next_awaited].at;
}

/* ---- what happens ---- */

static int do_probe(struct cell *c, const struct event *ev, struct err *e)
{
	uint8_t apex[NAME_MAX_LEN];
	int r = name_parse(ev->zone, apex, e);

	if (r < 0)
		return r;
	return prober_ask(c->prober, tree_zone(c->scenario->tree, apex), ev->names,
			  clock_now(c->clock), e);
}

/* Whose resolvers an operator acts on, 1 and the number; 0: there is one. */
static unsigned role_of(const struct cell *c, const struct event *ev)
{
	if (ev->kind != EVENT_OPERATOR || !c->scenario->role_count)
		return 0;
	return ev->role ? ev->role : c->plan->chain->tested + 1;
}

static void record_timeline_event(struct cell *c, const struct event *ev, simtime at,
				  const char *kind, const char *what)
{
	unsigned role = role_of(c, ev);
	bool is_other = role && role - 1 != c->plan->chain->tested;

	record_event(c->record,
		     &(struct record_event){
			     .at = at,
			     .kind = kind,
			     .operation = ev->kind == EVENT_OPERATOR ? operation_name(ev->operation)
								     : NULL,
			     .zone = ev->zone,
			     .what = what,
			     .role = is_other ? c->scenario->roles[role - 1].name : NULL,
			     .role_number = role });
}

static int operate(struct cell *c, const struct event *ev, struct err *e)
{
	if (ev->operation == OPERATION_PROBE)
		return do_probe(c, ev, e);
	if (ev->operation == OPERATION_MOVE)
		return stub_move(c->stub, &ev->move, e);
	return command_act(c, ev, e);
}

static int happen(struct cell *c, const struct event *ev, struct err *e)
{
	int r = 0;

	if (ev->kind == EVENT_SIGNER || !timeline_applies(ev, c->plan->mitigation))
		return 0; /* there are no signers in a cell */
	record_timeline_event(c, ev, ev->at, ev->fault >= 0 ? "fault" : event_kind_name(ev->kind),
			      ev->what);
	progress_event(&c->progress, ev->at, ev->what);
	if (ev->kind == EVENT_OPERATOR)
		r = operate(c, ev, e);
	return r;
}

static void miss(struct cell *c, const struct event *ev, simtime at, const char *why)
{
	char what[240];

	if (!timeline_applies(ev, c->plan->mitigation))
		return;
	snprintf(what, sizeof(what), "%s: %s", ev->what, why);
	record_timeline_event(c, ev, at, "missed", what);
}

/* An instant that only the run could tell may turn out to be too late. */
static int happen_awaited(struct cell *c, const struct event *awaited, simtime at, struct err *e)
{
	struct event ev = *awaited;

	ev.at = at;
	if (!ev.before || at < ev.before)
		return happen(c, &ev, e);
	miss(c, &ev, at, "the operator's next act came before");
	return 0;
}

/* What the functions of watches want done; they know of probes that were in vain. */
static int do_watches(struct cell *c, simtime now, struct err *e)
{
	struct event ev;
	int r = 0;

	prober_run(c->prober, now);
	while (!command_holds(c) && (r = lookout_next(c->lookout, now, &ev, e)) > 0) {
		r = happen(c, &ev, e);
		if (r < 0)
			break;
	}
	return r;
}

/* ---- samples ---- */

void cell_metric(struct cell *c, const struct host *h, simtime now, const char *name, double value)
{
	char full[128];

	snprintf(full, sizeof(full), "%s%s%s", h->name, h->name[0] ? "/" : "", name);
	record_metric(c->record, now, full, value);
}

static void sample_host(struct cell *c, const struct host *h, simtime now)
{
	struct usage u = usage_of(h->pid);

	if (!u.known)
		return;
	if (h == c->host) {
		c->progress.sample.cpu_seconds = h->spent + u.cpu_seconds;
		c->progress.sample.rss_bytes = u.rss_bytes;
	}
	cell_metric(c, h, now, "cpu_seconds", h->spent + u.cpu_seconds);
	cell_metric(c, h, now, "rss_bytes", u.rss_bytes);
}

void cell_sample(struct cell *c, simtime now)
{
	for (unsigned i = 0; i < c->host_count; i++)
		sample_host(c, &c->hosts[i], now);
}

/* What came that nobody could do anything with: malformed or misdirected queries, answers that
 * nobody waited for. */
static void sample_world(struct cell *c, simtime now)
{
	struct authority_counts n = authority_counts(c->authority);

	record_metric(c->record, now, "authority.queries", (double)n.queries);
	record_metric(c->record, now, "authority.formerr", (double)n.formerr);
	record_metric(c->record, now, "authority.refused", (double)n.refused);
	record_metric(c->record, now, "authority.silent", (double)n.silent);
	record_metric(c->record, now, "clients.unexpected_answers", (double)stub_dropped(c->stub));
	record_metric(c->record, now, "resolver.receive_buffer_full",
		      (double)wire_unread(c->wire).datagrams);
}

static int do_metrics(struct cell *c, simtime now, struct err *e)
{
	simtime span = (c->scenario->to - c->scenario->from) / SAMPLES, bin = c->scenario->bin;
	int r = 0;

	cell_sample(c, now);
	sample_world(c, now);
	if (now >= c->next_counters) {
		r = command_sample(c, e);
		c->next_counters += span > bin ? span : bin;
	}
	if (r == 0 && now >= c->next_requests) {
		r = command_list(c, e);
		c->next_requests += c->plan->requests ?: span > bin ? span : bin;
	}
	c->next_metrics +=
		c->scenario->bin *
		record_metrics_every(c->scenario->from, c->scenario->to, c->scenario->bin);
	return r;
}

/* ---- all of it ---- */

/* A command that holds the clock is over before anything else happens. */
int cell_happen(struct cell *c, simtime now, struct err *e)
{
	int r = 0;

	while (r == 0 && !command_holds(c) && next_event_at(c) <= now)
		r = happen(c, &c->scenario->timeline.events[c->next_event++], e);
	while (r == 0 && !command_holds(c) && next_awaited_at(c) <= now) {
		simtime at = next_awaited_at(c);

		r = happen_awaited(c, &c->scenario->timeline.awaited[c->next_awaited++], at, e);
	}
	if (r == 0 && c->lookout && !command_holds(c))
		r = do_watches(c, now, e);
	if (r == 0 && c->next_metrics <= now && !command_holds(c))
		r = do_metrics(c, now, e);
	return r;
}

simtime cell_next_event(const struct cell *c)
{
	simtime next = earlier(next_event_at(c), next_awaited_at(c));

	if (c->lookout)
		next = earlier(next, earlier(lookout_due(c->lookout), prober_due(c->prober)));
	return earlier(next, c->next_metrics);
}

/* What waits for a failure may come with any answer, and who watches may do whatever can be done. */
simtime cell_next_move(const struct cell *c)
{
	if (!c->scenario->has_moves && !(c->lookout && c->host_count > 1))
		return SIMTIME_NEVER;
	if (c->next_awaited < c->scenario->timeline.awaited_count)
		return clock_now(c->clock);
	return earlier(next_event_at(c), c->lookout ? lookout_due(c->lookout) : SIMTIME_NEVER);
}

/* What did not happen is said: nobody failed, or not early enough. */
void cell_miss(struct cell *c)
{
	const struct timeline *tl = &c->scenario->timeline;
	bool failed = stub_first_failure(c->stub) != SIMTIME_NEVER;

	for (unsigned i = c->next_awaited; i < tl->awaited_count; i++)
		miss(c, &tl->awaited[i], tl->to,
		     failed ? "its instant would come after the end" : "nobody failed");
}
