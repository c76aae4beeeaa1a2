/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/monitor.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/cell/beside.h"
#include "harness/cell/monitor_run.h"
#include "harness/results/monitor_rows.h"
#include "harness/text/json_text.h"

#define HUNG_MOST 3 /* times in a row */
#define NO_PROGRAM 126 /* and 127: a shell has found none, or may not run it */

/* One of them. */
struct watcher {
	const struct monitor_plan *plan;
	struct cell_monitor *told;
	simtime next;
	unsigned hung; /* in a row */
	bool is_on, stands; /* an alarm is; and has been since a fault was */
};

struct monitors {
	struct cell *cell;
	struct beside beside;
	struct record_file file;
	struct watcher list[MONITORS_MAX];
	unsigned count;
};

/* ---- what it said ---- */

static bool has_word(const struct monitor_plan *p, const char *text)
{
	for (unsigned i = 0; i < p->word_count; i++)
		if (strstr(text, p->words[i]))
			return true;
	return false;
}

static bool has_status(const struct monitor_plan *p, int status)
{
	for (unsigned i = 0; i < p->status_count; i++)
		if (p->statuses[i] == status)
			return true;
	return !p->status_count && !p->word_count && status != 0;
}

static bool names_status(const struct monitor_plan *p, int status)
{
	return p->status_count && has_status(p, status);
}

/* The last line that has anything in it; `text` is cut there. */
static const char *last_line(char *text)
{
	char *end = text + strlen(text), *line;

	while (end > text && strchr(" \t\r\n", end[-1]))
		*--end = '\0';
	line = strrchr(text, '\n');
	return line ? line + 1 : text;
}

/* How it ended, in a word, and what that says. */
static enum monitor_says read_end(const struct monitor_plan *p, const struct monitor_run *run,
				  char status[24])
{
	int code = WIFEXITED(run->status) ? WEXITSTATUS(run->status) : -1;

	switch (run->end) {
	case MONITOR_HUNG:
		strcpy(status, "hung");
		return MONITOR_NOTHING;
	case MONITOR_MISSING:
		strcpy(status, "missing");
		return MONITOR_NOTHING;
	case MONITOR_ENDED:
		break;
	}
	if (code < 0) {
		snprintf(status, 24, "signal %d", WTERMSIG(run->status));
		return MONITOR_NOTHING;
	}
	snprintf(status, 24, "%d", code);
	if ((code == NO_PROGRAM || code == NO_PROGRAM + 1) && !names_status(p, code))
		return MONITOR_NOTHING;
	return has_status(p, code) || has_word(p, run->text) ? MONITOR_ALARM : MONITOR_FINE;
}

static bool has_fault(const struct tree *t, simtime at)
{
	for (unsigned i = 0; i < t->fault_count; i++)
		if (t->faults[i].from <= at && at < t->faults[i].until)
			return true;
	return false;
}

static void note_failure(struct watcher *w, const struct monitor_run *run,
			 const struct monitor_row *row)
{
	struct cell_monitor *told = w->told;
	char at[32];

	told->failed++;
	if (run->end == MONITOR_HUNG)
		snprintf(told->why, sizeof(told->why),
			 "it did not end at %s, and was ended after %.0f s of the machine",
			 simtime_text(row->at, at), (double)w->plan->timeout / (double)SECOND);
	else if (run->end == MONITOR_MISSING)
		snprintf(told->why, sizeof(told->why), "%.199s", run->why.text);
	else
		snprintf(told->why, sizeof(told->why), "it ended with %s%s at %s%s%.80s",
			 WIFEXITED(run->status) ? "status " : "", row->status,
			 simtime_text(row->at, at), *row->line ? ": " : "", row->line);
}

static void tell(struct cell *c, const struct watcher *w, simtime at, const char *what,
		 const char *more)
{
	char text[240];

	snprintf(text, sizeof(text), "monitor '%.63s' %s%s%.120s", w->plan->name, what,
		 *more ? ": " : "", more);
	record_event(c->record,
		     &(struct record_event){ .at = at, .kind = "monitor", .what = text });
	progress_event(&c->progress, at, text);
}

/* An alarm that stands since a fault was on is none of the false ones. */
static void judge(struct monitors *m, struct watcher *w, struct monitor_row *row)
{
	bool was_on = w->is_on, is_fault = has_fault(m->cell->scenario->tree, row->at);

	if (row->says == MONITOR_NOTHING)
		return;
	w->is_on = row->says == MONITOR_ALARM;
	w->stands = w->is_on && (is_fault || w->stands);
	row->is_false = w->is_on && !w->stands;
	w->told->alarms += w->is_on;
	w->told->false_alarms += row->is_false;
	if (w->is_on != was_on)
		tell(m->cell, w, row->at,
		     !w->is_on	     ? "is well again"
		     : row->is_false ? "says alarm, and no fault is on"
				     : "says alarm",
		     row->line);
}

static void give_up(struct monitors *m, struct watcher *w, simtime at)
{
	w->told->is_given_up = true;
	w->told->given_up = at;
	w->next = SIMTIME_NEVER;
	tell(m->cell, w, at, "hung three times, and is run no more", "");
}

/* One run of one. */
static int run_one(struct monitors *m, struct watcher *w, struct err *e)
{
	struct cell *c = m->cell;
	struct monitor_row row = { .name = w->plan->name,
				   .start = c->scenario->from,
				   .at = clock_now(c->clock) };
	struct monitor_run *run;
	int r = monitor_run(&m->beside, w->plan, &run, e);

	if (r < 0)
		return r;
	row.took = clock_now(c->clock) - row.at;
	row.says = read_end(w->plan, run, row.status);
	row.line = last_line(run->text);
	w->told->runs++;
	w->hung = run->end == MONITOR_HUNG ? w->hung + 1 : 0;
	if (row.says == MONITOR_NOTHING)
		note_failure(w, run, &row);
	judge(m, w, &row);
	r = monitor_rows_put(&m->file, &row, e);
	free(run);
	while (w->next <= clock_now(c->clock))
		w->next += w->plan->every;
	if (w->hung == HUNG_MOST)
		give_up(m, w, row.at);
	return r;
}

/* ---- all of them ---- */

static int begin(struct monitors *m, struct err *e)
{
	struct cell *c = m->cell;
	const struct scenario *s = c->scenario;
	int r;

	c->monitors = calloc(MONITORS_MAX, sizeof(*c->monitors));
	if (!c->monitors)
		return err_set(e, -ENOMEM, "no memory for the monitors");
	for (unsigned i = 0; i < s->monitor_count; i++) {
		const struct monitor_plan *p = &s->monitors[i];

		if (p->mitigation[0] && strcmp(p->mitigation, c->plan->mitigation) != 0)
			continue;
		m->list[m->count] = (struct watcher){ .plan = p,
						      .told = &c->monitors[m->count],
						      .next = s->from + p->every };
		strcpy(c->monitors[m->count].name, p->name);
		c->monitors[m->count].every = p->every;
		c->monitor_count = ++m->count;
	}
	if (!m->count)
		return 0;
	r = monitor_rows_open(&m->file, c->plan->folder, e);
	if (r == 0)
		r = beside_write_anchors(c, c->host, e);
	return r == 0 ? beside_begin(&m->beside, c, c->host, e) : r;
}

/* The first that is due before all others; NULL: none before `to`. */
static struct watcher *next_of(struct monitors *m, simtime to)
{
	struct watcher *first = NULL;

	for (unsigned i = 0; i < m->count; i++)
		if (m->list[i].next < to && (!first || m->list[i].next < first->next))
			first = &m->list[i];
	return first;
}

int monitors_pass(struct cell *c, simtime to, struct err *e)
{
	struct monitors m = { .cell = c, .file.fd = -1 };
	struct watcher *w;
	int r;

	if (!c->scenario->monitor_count)
		return cell_pass(c, to, e);
	r = begin(&m, e);
	while (r == 0 && (w = next_of(&m, to))) {
		r = cell_pass(c, w->next, e);
		if (r == 0)
			r = run_one(&m, w, e);
	}
	if (r == 0)
		r = cell_pass(c, to, e);
	if (m.beside.cell)
		beside_done(&m.beside);
	record_file_done(&m.file);
	return r;
}

/* ---- told ---- */

json_t *monitors_json(const struct cell_monitor *list, unsigned count)
{
	json_t *all = count ? json_array() : NULL;
	char at[32];

	for (unsigned i = 0; i < count; i++) {
		const struct cell_monitor *m = &list[i];

		json_array_append_new(
			all,
			json_pack("{s:o, s:f, s:i, s:i, s:i, s:i, s:o, s:s?}", "name",
				  json_text(m->name), "every_seconds",
				  (double)m->every / (double)SECOND, "runs", (int)m->runs, "alarms",
				  (int)m->alarms, "false_alarms", (int)m->false_alarms, "failed",
				  (int)m->failed, "why", json_text(m->why), "given_up",
				  m->is_given_up ? simtime_text(m->given_up, at) : NULL));
	}
	return all;
}
