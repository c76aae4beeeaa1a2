/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/progress.h"

#include <math.h>
#include <stdio.h>
#include <sys/socket.h>

#include "sim/clock/clock.h"

#define STATE_EVERY 0.2 /* seconds */
#define TWELFTHS 12

void progress_init(struct progress *p, int out, unsigned cell)
{
	const double none = (double)NAN;

	*p = (struct progress){ .out = out,
				.cell = cell,
				.began = clock_machine_seconds(),
				.sample = { none, none, none } };
}

void progress_start(struct progress *p, simtime from, simtime to)
{
	p->from = from;
	p->to = to;
	p->next_line = from + (to - from) / TWELFTHS;
	p->began = clock_machine_seconds();
}

static void tell(const struct progress *p, struct progress_message *m)
{
	m->cell = p->cell;
	if (send(p->out, m, sizeof(*m),
		 MSG_NOSIGNAL | (m->kind == PROGRESS_STATE ? MSG_DONTWAIT : 0)) < 0)
		return; /* nobody looks any more, or has the time to */
}

/* Where the cell is. */
static struct progress_message state_of(const struct progress *p, simtime now, double wall,
					const struct record_totals *t)
{
	struct progress_message m = { .kind = PROGRESS_STATE,
				      .at = now,
				      .totals = *t,
				      .sample = p->sample,
				      .lost_seconds = (double)t->user_minutes * 60 };

	m.share = p->to > p->from ? (double)(now - p->from) / (double)(p->to - p->from) : 1;
	m.seconds = wall - p->began;
	m.speed = m.seconds > 0 ? (double)(now - p->from) / (double)SECOND / m.seconds : 0;
	return m;
}

void progress_tick(struct progress *p, simtime now, const struct record_totals *t)
{
	double wall = p->out < 0 ? 0 : clock_machine_seconds();
	bool is_twelfth = now >= p->next_line;
	struct progress_message m;

	if (p->out < 0 || (!is_twelfth && wall - p->shown < STATE_EVERY))
		return;
	m = state_of(p, now, wall, t);
	if (is_twelfth) {
		m.kind = PROGRESS_TWELFTH;
		p->next_line += (p->to - p->from) / TWELFTHS;
	}
	p->shown = wall;
	tell(p, &m);
}

void progress_over(struct progress *p, simtime now, const struct record_totals *t)
{
	struct progress_message m;

	if (p->out < 0)
		return;
	m = state_of(p, now < p->to ? now : p->to, clock_machine_seconds(), t);
	m.kind = PROGRESS_OVER;
	tell(p, &m);
}

void progress_event(struct progress *p, simtime at, const char *what)
{
	struct progress_message m = { .kind = PROGRESS_EVENT, .at = at };

	if (p->out < 0)
		return;
	snprintf(m.text, sizeof(m.text), "%s", what);
	tell(p, &m);
}

void progress_case(struct progress *p, unsigned number, unsigned count, const char *name)
{
	unsigned step = count > TWELFTHS ? count / TWELFTHS : 1;
	struct progress_message m = { .kind = number % step ? PROGRESS_STATE : PROGRESS_TWELFTH,
				      .share = (double)number / count,
				      .at = SIMTIME_NEVER };

	if (p->out < 0)
		return;
	m.seconds = clock_machine_seconds() - p->began;
	snprintf(m.text, sizeof(m.text), "case %u of %u  %s", number + 1, count, name);
	tell(p, &m);
}
