/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/monitor_rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/csv.h"
#include "sim/base/clean.h"

/* ---- writing ---- */

int monitor_rows_open(struct record_file *f, const char *folder, struct err *e)
{
	return record_file_open(f, folder, MONITOR_FILE,
				"t,utc,monitor,status,alarm,false,seconds,line", e);
}

int monitor_rows_put(struct record_file *f, const struct monitor_row *row, struct err *e)
{
	static const char *const alarms[] = { "", "0", "1" };
	char utc[32], line[400];

	record_file_put(f, "%lld,%s,", (long long)simtime_seconds(row->at - row->start),
			simtime_text(row->at, utc));
	record_file_put_field(f, row->name);
	record_file_put(f, ",%s,%s,%s,%.3f,", row->status, alarms[row->says],
			row->says == MONITOR_ALARM ? alarms[1 + row->is_false] : "",
			(double)row->took / (double)SECOND);
	record_file_put_field(f, clean_line(row->line, line, sizeof(line)));
	record_file_put(f, "\n");
	return record_file_flush(f, e);
}

/* ---- adding up ---- */

enum { NAME, ALARM, FALSE, COLUMNS };

void monitor_sums_done(struct monitor_sums *s)
{
	free(s->list);
	*s = (struct monitor_sums){ 0 };
}

static struct monitor_sum *sum_of(struct monitor_sums *s, const char *name)
{
	struct monitor_sum *grown;

	for (unsigned i = 0; i < s->count; i++)
		if (strcmp(s->list[i].name, name) == 0)
			return &s->list[i];
	grown = reallocarray(s->list, s->count + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	s->list = grown;
	grown += s->count++;
	*grown = (struct monitor_sum){ .first = (double)NAN,
				       .first_alarm = (double)NAN,
				       .cleared = (double)NAN };
	snprintf(grown->name, sizeof(grown->name), "%s", name);
	return grown;
}

/* What it said is one of few words. */
static int read_flag(const struct csv *csv, unsigned column, int *ret, struct err *e)
{
	const char *text = csv_text(csv, column);

	if (*text && strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
		return csv_wrong(csv, e, "'%.20s' is neither 0 nor 1", text);
	*ret = *text ? *text - '0' : -1;
	return 0;
}

static int add_row(const struct csv *csv, const unsigned columns[COLUMNS], double from,
		   double until, struct monitor_sums *s, struct err *e)
{
	struct monitor_sum *m = sum_of(s, csv_text(csv, columns[NAME]));
	int alarm = -1, is_false = -1, rc;
	double t = 0;

	if (!m)
		return err_set(e, -ENOMEM, "no memory to read '" MONITOR_FILE "'");
	rc = csv_time(csv, &t, e);
	if (rc == 0)
		rc = read_flag(csv, columns[ALARM], &alarm, e);
	if (rc == 0)
		rc = read_flag(csv, columns[FALSE], &is_false, e);
	if (rc < 0)
		return rc;
	m->runs++;
	m->failed += alarm < 0;
	m->alarms += alarm == 1;
	m->false_alarms += is_false == 1;
	if (alarm == 1 && isnan(m->first))
		m->first = t;
	if (alarm == 1 && is_false != 1 && t >= from && isnan(m->first_alarm))
		m->first_alarm = t - from;
	if (alarm == 0 && t >= until && !isnan(m->first_alarm) && isnan(m->cleared))
		m->cleared = t - until;
	return 0;
}

int monitor_sums_load(const char *folder, double from, double until, struct monitor_sums *ret,
		      struct err *e)
{
	static const char *const names[COLUMNS] = { "monitor", "alarm", "false" };
	_cleanup_(csv_freep) struct csv *csv = NULL;
	int rc = csv_open_if_there(folder, MONITOR_FILE, &csv, e);
	unsigned columns[COLUMNS];

	*ret = (struct monitor_sums){ 0 };
	if (rc <= 0)
		return rc;
	for (size_t i = 0; i < COLUMNS; i++) {
		rc = csv_column(csv, names[i], e);
		if (rc < 0)
			return rc;
		columns[i] = (unsigned)rc;
	}
	while ((rc = csv_next(csv, e)) == 1) {
		rc = add_row(csv, columns, from, until, ret, e);
		if (rc < 0)
			break;
	}
	if (rc < 0)
		monitor_sums_done(ret);
	return rc;
}
