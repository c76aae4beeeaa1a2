/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_loop.c - time passes in a cell: packets are handed on, and what is due is done. */
#include "harness/cell/cell_state.h"

#include <string.h>

#include "harness/cell/command.h"
#include "harness/cell/usage.h"

#define SAMPLES 48 /* of the resolver's own counters in a run */

/* ---- packets ---- */

/* Any answer without an error says that the resolver is up. */
static bool is_probe_answer(const struct cell *c, const struct packet *p)
{
	return p->to.port == c->self.port &&
	       memcmp(&p->to.address, &c->self.address, sizeof(p->to.address)) == 0;
}

int cell_take(struct cell *c, struct err *e)
{
	struct packet p;
	int r = 0;

	while (r == 0 && wire_take(c->wire, &p)) {
		if (p.side == SIDE_AUTHORITY) {
			r = authority_query(c->authority, &p, e);
		} else if (is_probe_answer(c, &p)) {
			c->ready |= p.len >= 12 && (p.data[3] & 15) == 0;
		} else if (c->asker) {
			r = asker_take(c->asker, &p, e);
		} else if (c->lookout && prober_owns(c->prober, &p)) {
			r = prober_answer(c->prober, &p, e);
		} else {
			record_packet(c->record, &p, p.at);
			r = stub_answer(c->stub, &p, p.at, e);
		}
	}
	return r;
}

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

int cell_event(struct cell *c, const struct event *ev, struct err *e)
{
	int r = 0;

	if (!timeline_applies(ev, c->plan->mitigation))
		return 0;
	record_event(c->record, ev->at, ev->fault >= 0 ? "fault" : event_kind_name(ev->kind),
		     ev->what);
	progress_event(&c->progress, ev->at, ev->what);
	if (ev->kind == EVENT_OPERATOR)
		r = ev->operation == OPERATION_PROBE ? do_probe(c, ev, e) : command_act(c, ev, e);
	if (r < 0)
		err_prefix(e, "%s", ev->what);
	return r;
}

void cell_sample(struct cell *c, simtime now)
{
	struct usage u = usage_of(c->pid);

	if (!u.known)
		return;
	c->resolver_cpu = u.cpu_seconds;
	record_metric(c->record, now, "cpu_seconds", u.cpu_seconds);
	record_metric(c->record, now, "rss_bytes", u.rss_bytes);
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
	if (clock_is_charged(c->clock))
		record_metric(c->record, now, "resolver.receive_buffer_full",
			      (double)wire_overflowed(c->wire));
}

static int do_metrics(struct cell *c, simtime now, struct err *e)
{
	simtime span = (c->scenario->to - c->scenario->from) / SAMPLES;
	int r = 0;

	cell_sample(c, now);
	sample_world(c, now);
	if (now >= c->next_counters) {
		r = command_sample(c, e);
		c->next_counters += span > c->scenario->bin ? span : c->scenario->bin;
	}
	c->next_metrics += c->scenario->bin;
	return r;
}

/* What the functions of watches want done; they know of probes that were in vain. */
static int do_watches(struct cell *c, simtime now, struct err *e)
{
	struct event ev;
	int r;

	prober_run(c->prober, now);
	while ((r = lookout_next(c->lookout, now, &ev, e)) > 0) {
		r = cell_event(c, &ev, e);
		if (r < 0)
			break;
	}
	return r;
}

static int do_events(struct cell *c, simtime now, struct err *e)
{
	int r = 0;

	while (r == 0 && next_event_at(c) <= now)
		r = cell_event(c, &c->scenario->timeline.events[c->next_event++], e);
	while (r == 0 && next_awaited_at(c) <= now) {
		struct event ev = c->scenario->timeline.awaited[c->next_awaited];

		ev.at = next_awaited_at(c);
		c->next_awaited++;
		r = cell_event(c, &ev, e);
	}
	if (r == 0 && c->lookout)
		r = do_watches(c, now, e);
	if (r == 0 && c->next_metrics <= now)
		r = do_metrics(c, now, e);
	return r;
}

/* What did not happen is said: nobody failed, or not early enough. */
void cell_miss(struct cell *c)
{
	const struct timeline *tl = &c->scenario->timeline;
	bool failed = stub_first_failure(c->stub) != SIMTIME_NEVER;
	char what[240];

	for (unsigned i = c->next_awaited; i < tl->awaited_count; i++) {
		if (!timeline_applies(&tl->awaited[i], c->plan->mitigation))
			continue;
		snprintf(what, sizeof(what), "%s: %s", tl->awaited[i].what,
			 failed ? "its instant would come after the end" : "nobody failed");
		record_event(c->record, tl->to, "missed", what);
	}
}

/* ---- the loop ---- */

static simtime next_due(const struct cell *c)
{
	simtime due = earlier(next_event_at(c), next_awaited_at(c));

	if (c->lookout)
		due = earlier(due, earlier(lookout_due(c->lookout), prober_due(c->prober)));
	return earlier(due, c->next_metrics);
}

int cell_step(struct cell *c, simtime until, bool started, struct err *e)
{
	simtime now, next = until;
	int r = cell_take(c, e);

	now = clock_now(c->clock);
	if (r == 0)
		r = authority_run(c->authority, now, e);
	next = earlier(next, authority_due(c->authority));
	if (started && r == 0) {
		r = do_events(c, now, e);
		if (r == 0)
			r = stub_run(c->stub, now, e);
		if (r == 0)
			r = record_advance(c->record, now, e);
		next = earlier(next, earlier(stub_due(c->stub), next_due(c)));
		progress_tick(&c->progress, now, record_totals(c->record));
	}
	if (r < 0)
		return r;
	if (now >= until)
		return 1;
	return next > now ? wire_wait(c->wire, next, e) : 0;
}

int cell_pass(struct cell *c, simtime until, bool started, struct err *e)
{
	int r;

	while ((r = cell_step(c, until, started, e)) == 0)
		;
	return r < 0 ? r : 0;
}
