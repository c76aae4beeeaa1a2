/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/display.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/text/shown.h"
#include "harness/text/terminal.h"
#include "sim/clock/clock.h"

#define DRAW_EVERY 0.25 /* seconds */
#define DRAW_WAIT (250 * MSEC)
#define LINE_MAX_LEN 320

struct line {
	char name[96];
	enum { LINE_WAITS, LINE_RUNS, LINE_OVER } state;
	struct progress_message last;
};

struct display {
	FILE *out;
	bool redraws, is_silent;
	struct metrics *metrics; /* NULL: nobody collects them */
	int ends[2]; /* ours, the cells' */
	double began, drawn_at; /* machine seconds */
	unsigned drawn; /* lines that stand below where events go */
	unsigned count;
	struct line lines[];
};

static bool can_redraw(FILE *out)
{
	return terminal_has_colours(out);
}

int display_new(FILE *out, bool silent, unsigned count, struct metrics *m, struct display **ret,
		struct err *e)
{
	struct display *d = calloc(1, sizeof(*d) + count * sizeof(d->lines[0]));

	if (!d)
		return err_set(e, -ENOMEM, "no memory for the progress of %u cells", count);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, d->ends) < 0) {
		free(d);
		return err_set(e, -errno, "no socket for the cells' progress: %s", strerror(errno));
	}
	d->out = out;
	d->is_silent = silent;
	d->redraws = !silent && can_redraw(out);
	d->metrics = m;
	d->began = clock_machine_seconds();
	d->count = count;
	*ret = d;
	return 0;
}

int display_socket(const struct display *d)
{
	return d->ends[1];
}

/* ---- lines ---- */

static int put_left(char *at, size_t size, double seconds, double share)
{
	char text[32];
	double left = share > 0 ? seconds * (1 - share) / share : 0;

	if (!(left >= 1) || left > 1e6)
		return 0;
	return snprintf(at, size, "  ~%s left",
			simtime_duration_text((simtime)left * SECOND, text));
}

static void cell_line(const struct line *l, char ret[LINE_MAX_LEN])
{
	const struct progress_message *m = &l->last;
	char utc[32];
	int n = snprintf(ret, LINE_MAX_LEN, "%s  %.0f %%", l->name, 100 * m->share);

	if (m->text[0])
		n += snprintf(ret + n, LINE_MAX_LEN - (size_t)n, "  %s", m->text);
	else if (m->seconds > 0)
		n += snprintf(ret + n, LINE_MAX_LEN - (size_t)n, "  %.5s",
			      simtime_text(m->at, utc) + 11);
	if (m->seconds > 0 && !m->text[0] && m->totals.servfail_share_now >= 0)
		n += snprintf(ret + n, LINE_MAX_LEN - (size_t)n, "  SERVFAIL %.0f %%",
			      100 * m->totals.servfail_share_now);
	put_left(ret + n, LINE_MAX_LEN - (size_t)n, m->seconds, m->share);
}

static void total_line(const struct display *d, char ret[LINE_MAX_LEN])
{
	double sum = 0;
	unsigned over = 0;
	int n;

	for (unsigned i = 0; i < d->count; i++) {
		over += d->lines[i].state == LINE_OVER;
		sum += d->lines[i].state == LINE_OVER	? 1
		       : d->lines[i].state == LINE_RUNS ? d->lines[i].last.share
							: 0;
	}
	n = snprintf(ret, LINE_MAX_LEN, "%u of %u cells  %.0f %%", over, d->count,
		     100 * sum / d->count);
	put_left(ret + n, LINE_MAX_LEN - (size_t)n, clock_machine_seconds() - d->began,
		 sum / d->count);
}

static void print_cut(struct display *d, const char *text)
{
	fprintf(d->out, "%.*s\n", (int)terminal_width(d->out) - 1, text);
	d->drawn++;
}

static void erase(struct display *d)
{
	if (d->drawn)
		fprintf(shown_raw(d->out), "\033[%uA\r\033[J", d->drawn);
	d->drawn = 0;
}

static void draw(struct display *d)
{
	char text[LINE_MAX_LEN];

	erase(d);
	for (unsigned i = 0; i < d->count; i++) {
		if (d->lines[i].state != LINE_RUNS)
			continue;
		cell_line(&d->lines[i], text);
		print_cut(d, text);
	}
	if (d->count > 1) {
		total_line(d, text);
		print_cut(d, text);
	}
	fflush(d->out);
	d->drawn_at = clock_machine_seconds();
}

/* ---- messages ---- */

static void print_twelfth(struct display *d, const struct line *l)
{
	const struct progress_message *m = &l->last;
	char utc[32], share[16] = "-";

	if (m->text[0]) {
		fprintf(d->out, "%s  %s\n", l->name, m->text);
		return;
	}
	if (m->totals.servfail_share_now >= 0)
		snprintf(share, sizeof(share), "%.1f %%", 100 * m->totals.servfail_share_now);
	fprintf(d->out, "%s  %.19s  %.0fx  %llu queries  SERVFAIL %s\n", l->name,
		simtime_text(m->at, utc), m->speed, (unsigned long long)m->totals.queries, share);
}

static void take(struct display *d, const struct progress_message *m)
{
	struct line *l = &d->lines[m->cell];
	char utc[32];

	if (d->metrics)
		metrics_take(d->metrics, m);
	if (m->kind == PROGRESS_EVENT && d->is_silent)
		return;
	if (m->kind == PROGRESS_EVENT) {
		erase(d);
		fprintf(d->out, "%s  %.19s  %s\n", l->name, simtime_text(m->at, utc), m->text);
		return;
	}
	l->last = *m;
	if (!d->is_silent && !d->redraws && m->kind == PROGRESS_TWELFTH)
		print_twelfth(d, l);
}

static void take_all(struct display *d)
{
	struct progress_message m;

	while (recv(d->ends[0], &m, sizeof(m), MSG_DONTWAIT) == sizeof(m))
		if (m.cell < d->count)
			take(d, &m);
}

void display_wait(struct display *d, const sigset_t *open)
{
	struct pollfd fd = { .fd = d->ends[0], .events = POLLIN };
	const struct timespec while_drawing = { 0, DRAW_WAIT };

	ppoll(&fd, 1, d->redraws ? &while_drawing : NULL, open);
	take_all(d);
	if (d->redraws && (!d->drawn || clock_machine_seconds() - d->drawn_at >= DRAW_EVERY))
		draw(d);
	fflush(d->out);
}

void display_begin(struct display *d, unsigned cell, const char *name)
{
	struct line *l = &d->lines[cell];

	*l = (struct line){ .state = LINE_RUNS, .last.totals.servfail_share_now = -1 };
	snprintf(l->name, sizeof(l->name), "%s", name);
}

void display_end(struct display *d, unsigned cell)
{
	take_all(d);
	d->lines[cell].state = LINE_OVER;
	if (d->redraws)
		draw(d);
}

void display_free(struct display *d)
{
	if (!d)
		return;
	take_all(d);
	erase(d);
	fflush(d->out);
	close(d->ends[0]);
	close(d->ends[1]);
	free(d);
}
