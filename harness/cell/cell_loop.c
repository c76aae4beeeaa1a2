/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_loop.c - time passes in a cell: packets are handed on, and what is due is done. */
#include "harness/cell/cell_state.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define DNS_PORT 53
#define LOOK_EVERY (10 * MSEC) /* of the cell's time, at a command that runs */
#define FLOOD 33000 /* packets at one instant that a second of patience bears: a million in all */

/* Any answer without an error says that the resolver is up. */
static bool is_own_answer(const struct cell *c, const struct packet *p)
{
	return p->to.port == c->self.port &&
	       memcmp(&p->to.address, &c->self.address, sizeof(p->to.address)) == 0;
}

static void note_probe(struct host *h, unsigned rcode)
{
	if (rcode == RCODE_NOERROR) {
		h->ready = true;
		return;
	}
	h->failing++;
	h->failing_rcode = rcode;
}

static int hand_on(struct cell *c, const struct packet *p, struct err *e)
{
	struct host *h;

	if (c->hops && hops_owns(c->hops, p))
		return hops_take(c->hops, p, e);
	/* An answer of theirs to what an authority has sent comes from the port that clients ask. */
	if (p->side == SIDE_AUTHORITY || p->to.port == DNS_PORT)
		return authority_query(c->authority, p, e);
	if (!is_own_answer(c, p))
		return c->asker.ops ? c->asker.ops->take(c->asker.self, p, e) : 0;
	h = cell_host_at(c, &p->from.address);
	if (!h || p->unreachable || p->len < 12)
		return 0;
	note_probe(h, p->data[3] & 15);
	cell_note_answer(c, h, p->data[3] & 15);
	return 0;
}

/* One that sends for ever would keep us here, and the clock where it is. */
static int bear(struct cell *c, struct err *e)
{
	simtime now = clock_now(c->clock), patience = c->plan->patience ?: CLOCK_PATIENCE;
	unsigned most = (unsigned)(patience / MSEC * FLOOD / 1000);
	char at[32];
	int r;

	if (clock_interrupted())
		return err_set(e, -EINTR, "interrupted");
	if (now != c->took_at)
		c->took = 0;
	c->took_at = now;
	if (++c->took <= most)
		return 0;
	r = clock_audit(c->clock, e);
	return r < 0 ? r
		     : err_set(e, -EDEADLK,
			       "the resolver has sent %u packets at one instant, %s, and does not "
			       "come to "
			       "an end",
			       most, simtime_text(now, at));
}

/* Hands on every packet that has come. */
static int take(struct cell *c, struct err *e)
{
	struct packet p;
	int r = 0;

	while (r == 0 && wire_take(c->wire, &p)) {
		r = bear(c, e);
		if (r == 0)
			r = hand_on(c, &p, e);
	}
	return r;
}

static int serve(struct cell *c, struct err *e)
{
	int r = take(c, e);

	if (r == 0 && c->hops)
		r = hops_run(c->hops, clock_now(c->clock), e);
	return r == 0 ? authority_run(c->authority, clock_now(c->clock), e) : r;
}

/* When one of our servers or links has something to send, or what is under way arrives. */
static simtime world_due(const struct cell *c)
{
	simtime due = earlier(authority_due(c->authority), wire_due(c->wire));

	return c->hops ? earlier(due, hops_due(c->hops)) : due;
}

/* Virtual time stands still while the resolver works on a command; it moves on only when both have
 * come to rest for long and the command still waits for something, and then only while they sleep: a
 * machine under load is slow to start programs. */
static int hold(struct cell *c, struct err *e)
{
	bool is_slow = command_is_slow(c);
	struct timespec pause = { 0, is_slow ? 10 * MSEC : 200 * USEC };
	int r;

	if (clock_now(c->clock) < c->held_until)
		return wire_wait(c->wire, earlier(c->held_until, world_due(c)), e);
	r = clock_settle(c->clock, e);
	if (r > 0)
		r = take(c, e);
	if (r < 0)
		return r;
	clock_open(c->clock);
	nanosleep(&pause, NULL);
	if (is_slow && command_rests(c))
		c->held_until = clock_now(c->clock) + LOOK_EVERY;
	return 0;
}

/* The asker does what is due; nobody does anything after `until`. */
static int ask(struct cell *c, simtime until, struct err *e)
{
	simtime now = clock_now(c->clock);
	int r = c->asker.ops ? c->asker.ops->run(c->asker.self, earlier(now, until), e) : 0;

	return r == 0 && !command_holds(c) ? cell_ask_restarted(c, now, e) : r;
}

static simtime next_due(const struct cell *c, simtime now)
{
	simtime due = world_due(c);

	if (c->asker.ops)
		due = earlier(due, c->asker.ops->due(c->asker.self));
	due = earlier(due, cell_next_probe(c));
	return command_runs(c) ? earlier(due, now + LOOK_EVERY) : due;
}

simtime cell_next(const struct cell *c)
{
	return earlier(next_due(c, clock_now(c->clock)), wire_next(c->wire));
}

int cell_step(struct cell *c, simtime until, struct err *e)
{
	bool held = command_holds(c);
	simtime now, next;
	int r = 0;

	cell_watch_logs(c);
	if (c->host_count > 1) {
		cell_watch_cores(c);
		r = cell_note_ends(c, e);
	}
	if (r == 0 && (!held || command_is_slow(c)))
		r = serve(c, e);
	now = clock_now(c->clock);
	if (r == 0 && (!held || now >= c->held_until))
		r = command_poll(c, e);
	if (r == 0 && command_holds(c))
		return hold(c, e);
	if (r == 0)
		r = ask(c, until, e);
	if (r < 0 || command_holds(c))
		return r;
	next = next_due(c, now);
	if (now < until)
		return earlier(next, until) > now ? wire_wait(c->wire, earlier(next, until), e) : 0;
	/* What was begun is carried out. */
	return command_runs(c) ? wire_wait(c->wire, now + LOOK_EVERY, e) : 1;
}

int cell_pass(struct cell *c, simtime until, struct err *e)
{
	int r;

	while ((r = cell_step(c, until, e)) == 0)
		;
	return r < 0 ? r : 0;
}
