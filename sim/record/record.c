/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/record/record_inside.h"

#define ALWAYS                                                                                     \
	(1u << CLASS_ALL | 1u << CLASS_SIGNED | 1u << CLASS_UNSIGNED | 1u << CLASS_NXDOMAIN |      \
	 1u << CLASS_OUTSIDE)

static int files_open(struct record *r, const char *folder, struct err *e)
{
	const struct {
		struct record_file *file;
		const char *name, *header;
	} files[] = {
		{ &r->curve, "curve.csv", RECORD_CURVE_HEADER },
		{ &r->ede, "ede.csv", RECORD_EDE_HEADER },
		{ &r->upstream, "upstream.csv", RECORD_UPSTREAM_HEADER },
		{ &r->metrics, "metrics.csv", "t,utc,name,value" },
		{ &r->link_file, "links.csv", RECORD_LINKS_HEADER },
		{ &r->events, "events.csv", "t,utc,kind,operation,zone,what,role" },
		{ &r->asked, "asked.csv", RECORD_ASKED_HEADER },
	};
	/* The last is not there where there is one to ask, and one who asks. */
	size_t count = ARRAY_SIZE(files) - !record_asked_is_wanted(&r->options);
	int rc = 0;

	r->reports.fd = -1;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		files[i].file->fd = -1;
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = record_file_open(files[i].file, folder, files[i].name, files[i].header, e);
	if (rc == 0 && r->options.pcap)
		rc = record_pcap_open(folder, "clients.pcap", &r->clients_pcap, e);
	if (rc == 0 && r->options.pcap)
		rc = record_pcap_open(folder, "upstream.pcap", &r->upstream_pcap, e);
	if (rc == 0 && r->options.has_reports)
		rc = record_file_open(&r->reports, folder, "reports.csv", RECORD_REPORTS_HEADER, e);
	if (rc == 0 && r->options.log_queries)
		rc = record_log_open(folder, &r->log, e);
	return rc;
}

/* Of the only traffic there is nothing to be told apart. */
static bool by_traffic(const struct record *r)
{
	return r->options.traffic_count > 1;
}

static void name_classes(struct record *r)
{
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		r->class_names[i] = class_names[i];
	for (unsigned i = 0; i < r->options.traffic_count; i++)
		r->class_names[CLASS_COUNT + i] = r->options.traffics[i];
	for (unsigned i = 0; by_traffic(r) && i < r->options.traffic_count; i++)
		r->classes |= 1u << (CLASS_COUNT + i);
	for (unsigned i = 0; i < TRANSPORTS; i++)
		r->class_names[CLASS_COUNT + TRAFFICS_MAX + i] = transport_names[i];
	r->classes |= r->options.transports << (CLASS_COUNT + TRAFFICS_MAX);
}

int record_new(const char *folder, const struct record_options *o, struct record **ret,
	       struct err *e)
{
	_cleanup_(record_freep) struct record *r = NULL;
	int rc;

	if (o->bin < SECOND || o->bin % SECOND)
		return err_set(e, -EINVAL, "a bin is one or more whole seconds long");
	if (mkdir(folder, 0777) < 0)
		return err_set(e, -errno, "cannot make folder '%s': %s", folder, strerror(errno));
	r = calloc(1, sizeof(*r));
	if (!r)
		return err_set(e, -ENOMEM, "no memory for the record");
	r->options = *o;
	r->latest = o->from;
	r->classes = ALWAYS;
	r->totals.servfail_share_now = -1;
	name_classes(r);
	rc = files_open(r, folder, e);
	if (rc < 0)
		return rc;
	r->folder = strdup(folder);
	if (!r->folder)
		return err_set(e, -ENOMEM, "no memory for the record");
	*ret = TAKE(r);
	return 0;
}

int record_keep(struct record *r, int rc, const struct err *sentence)
{
	if (rc < 0 && !r->error) {
		r->error = rc;
		r->sentence = *sentence;
	}
	return r->error;
}

int record_keep_no_memory(struct record *r)
{
	struct err e;

	return record_keep(r, err_set(&e, -ENOMEM, "no memory for the record"), &e);
}

static int result(const struct record *r, struct err *e)
{
	return r->error ? err_set(e, r->error, "%s", r->sentence.text) : 0;
}

static simtime bin_start(const struct record *r, int64_t number)
{
	return r->options.from + number * r->options.bin;
}

static struct record_stamp stamp(const struct record *r, simtime at)
{
	struct record_stamp s = { .t = simtime_seconds(at - r->options.from) };

	simtime_text(at, s.utc);
	return s;
}

static bool open_next(struct record *r)
{
	if (r->open_count == r->open_cap) {
		unsigned cap = r->open_cap + 8;
		struct record_bin **grown = reallocarray(r->open, cap, sizeof(struct record_bin *));

		if (!grown)
			return false;
		memset(grown + r->open_cap, 0, 8 * sizeof(struct record_bin *));
		r->open = grown;
		r->open_cap = cap;
	}
	if (!r->open[r->open_count])
		r->open[r->open_count] = calloc(1, sizeof(struct record_bin));
	if (!r->open[r->open_count])
		return false;
	r->open_count++;
	return true;
}

struct record_bin *record_bin_at(struct record *r, simtime at)
{
	int64_t number = at < r->options.from ? -1 : (at - r->options.from) / r->options.bin;
	char text[32];
	struct err e;

	if (number < r->first || at > r->options.to + DAY) {
		record_keep(r,
			    err_set(&e, -ERANGE, "something of %s was booked, but %s",
				    simtime_text(at, text),
				    number < r->first ? "its bin is already written"
						      : "the run ends long before"),
			    &e);
		return NULL;
	}
	while (number - r->first >= r->open_count) {
		if (!open_next(r)) {
			record_keep_no_memory(r);
			return NULL;
		}
	}
	if (at > r->latest)
		r->latest = at;
	return r->open[number - r->first];
}

static void count_totals(struct record *r, const struct record_query *q)
{
	r->totals.queries++;
	r->totals.retries += q->attempt > 0;
	r->totals.outcomes[q->outcome]++;
	r->totals.stale += q->age == AGE_STALE;
	r->totals.wrong += q->age == AGE_WRONG;
	r->totals.lost_questions += record_is_lost(q);
	r->totals.unvalidated += record_is_unvalidated(q);
}

/* `sent`: the bin of the query. */
static void book_answer(struct record *r, struct record_bin *sent, const struct record_query *q)
{
	struct record_bin *b = q->answered < r->options.to ? record_bin_at(r, q->answered) : sent;

	if (b)
		record_bin_answer(b, &r->options, q);
}

int record_query(struct record *r, const struct record_query *q, struct err *e)
{
	struct record_leaks leaks = { 0 };
	struct record_bin *b;
	struct err sentence;
	bool is_new;

	if (r->error || q->sent < r->options.from)
		return result(r, e);
	b = record_bin_at(r, q->sent);
	if (!b)
		return result(r, e);
	record_bin_query(b, &r->options, q);
	if (record_asked_is_wanted(&r->options) &&
	    record_asked_query(&b->asked, &r->options, q) < 0)
		record_keep_no_memory(r);
	record_leak_query(&r->leak, q, &leaks);
	record_leaks_add(&b->leaks, &leaks);
	record_leaks_add(&r->totals.leaks, &leaks);
	if (q->outcome != OUTCOME_TIMEOUT)
		book_answer(r, b, q);
	is_new = record_is_users(q) &&
		 record_run_minute(&r->run, q->client, (q->sent - r->options.from) / MINUTE);
	b->user_minutes += is_new;
	r->totals.user_minutes += is_new;
	count_totals(r, q);
	if (r->log)
		record_keep(r, record_log_put(r->log, &r->options, q, &sentence), &sentence);
	if (b->failed || r->run.failed || r->leak.failed)
		record_keep_no_memory(r);
	return result(r, e);
}

void record_upstream(struct record *r, simtime at, const uint8_t *zone, const uint8_t *server,
		     bool dropped)
{
	bool within = at >= r->options.from && at < r->options.to;
	struct record_bin *b = within && !r->error ? record_bin_at(r, at) : NULL;
	int number = b ? record_servers_number(&r->servers, zone, server) : -1;

	if (!b)
		return;
	if (number >= 0)
		record_bin_upstream(b, (unsigned)number, dropped);
	if (number < 0 || b->failed)
		record_keep_no_memory(r);
	r->totals.upstream++;
	r->totals.upstream_dropped += dropped;
}

void record_metric(struct record *r, simtime at, const char *name, double value)
{
	struct record_stamp s = stamp(r, at);

	record_file_put(&r->metrics, "%" PRId64 ",%s,", s.t, s.utc);
	record_file_put_field(&r->metrics, name);
	record_file_put(&r->metrics, ",%.15g\n", value);
}

int record_requests(struct record *r, simtime at, unsigned depth, const char *text, struct err *e)
{
	struct record_stamp s = stamp(r, at);
	struct err sentence;

	if (!r->error)
		record_keep(
			r, record_requests_put(&r->requests, r->folder, &s, depth, text, &sentence),
			&sentence);
	return result(r, e);
}

void record_event(struct record *r, const struct record_event *ev)
{
	struct record_stamp s = stamp(r, ev->at);
	const char *const fields[] = { ev->kind, ev->operation, ev->zone, ev->what, ev->role };
	struct err e;

	if (r->error)
		return;
	record_leak_event(&r->leak, ev);
	record_file_put(&r->events, "%" PRId64 ",%s", s.t, s.utc);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		record_file_put(&r->events, ",");
		record_file_put_field(&r->events, fields[i] ?: "");
	}
	record_file_put(&r->events, "\n");
	record_keep(r, record_file_flush(&r->events, &e), &e);
}

#define METRIC_ROWS 2000 /* of one metric, or a few more */

unsigned record_metrics_every(simtime from, simtime to, simtime bin)
{
	simtime bins = (to - from) / bin;

	return bins > METRIC_ROWS ? (unsigned)((bins + METRIC_ROWS - 1) / METRIC_ROWS) : 1;
}

static bool has_metrics(const struct record *r, simtime start)
{
	const struct record_options *o = &r->options;
	bool has = o->metrics_every <= 1 || (start - o->from) / o->bin % o->metrics_every == 0 ||
		   start + o->bin >= o->to;

	for (unsigned i = 0; i < o->mark_count && !has; i++)
		has = start < o->marks[i] && o->marks[i] <= start + o->bin;
	return has;
}

/* What the run knows now becomes metrics of the bin. */
static void write_run(struct record *r, const struct record_bin *b, simtime start)
{
	const struct record_run *run = &r->run;

	record_run_add(&r->run, b);
	if (run->failed)
		record_keep_no_memory(r);
	if (!has_metrics(r, start))
		return;
	record_metric(r, start, "distinct_clients", (double)run->clients.count);
	record_metric(r, start, "distinct_failed_clients", (double)run->failed_clients);
	record_metric(r, start, "distinct_names", (double)run->names.count);
	record_metric(r, start, "distinct_failed_names", (double)run->failed_names);
	record_metric(r, start, "user_minutes", (double)run->user_minutes);
	record_metric(r, start, "lost_questions", (double)run->lost_questions);
	record_metric(r, start, "unvalidated_answers", (double)run->unvalidated);
	record_metric(r, start, "leaks.stale_unvalidated", (double)run->leaks.stale_unvalidated);
	record_metric(r, start, "leaks.ad_under_nta", (double)run->leaks.ad_under_nta);
	record_metric(r, start, "leaks.stale_without_ede", (double)run->leaks.stale_without_ede);
	record_metric(r, start, "leaks.nta_without_ede", (double)run->leaks.nta_without_ede);
	for (unsigned i = TRANSPORT_TCP; i < TRANSPORTS; i++) {
		char name[32];

		if (!(r->options.transports >> i & 1))
			continue;
		snprintf(name, sizeof(name), "connections.%s", transport_names[i]);
		record_metric(r, start, name, (double)run->connections[i].opened);
		snprintf(name, sizeof(name), "reused.%s", transport_names[i]);
		record_metric(r, start, name, (double)run->connections[i].reused);
	}
	if (!run->ttls.answers)
		return;
	record_metric(r, start, "ttl.answers", (double)run->ttls.answers);
	record_metric(r, start, "ttl.sum", (double)run->ttls.sum);
	record_metric(r, start, "ttl.over", (double)run->ttls.over);
	record_metric(r, start, "ttl.smallest", (double)run->ttls.smallest);
}

static double seconds(simtime t)
{
	return (double)t / (double)SECOND;
}

static void write_waits(struct record *r, const struct record_bin *b, simtime start)
{
	for (unsigned i = 0; i < RECORD_CLASSES; i++) {
		const struct record_waits *w = &b->waits[i];
		char name[64];

		if (!w->answers)
			continue;
		snprintf(name, sizeof(name), "answers.%s", r->class_names[i]);
		record_metric(r, start, name, (double)w->answers);
		snprintf(name, sizeof(name), "answer_seconds_mean.%s", r->class_names[i]);
		record_metric(r, start, name, seconds(w->sum) / (double)w->answers);
		snprintf(name, sizeof(name), "answer_seconds_max.%s", r->class_names[i]);
		record_metric(r, start, name, seconds(w->longest));
	}
}

/* The first open bin goes to the files' buffers and to the end of the queue, empty. */
static void write_first(struct record *r)
{
	struct record_bin *b = r->open[0];
	simtime start = bin_start(r, r->first);
	struct record_stamp at = stamp(r, start);
	const struct record_counts *all = &b->counts[CLASS_ALL];

	for (unsigned i = 0; i < RECORD_CLASSES; i++)
		r->classes |= b->counts[i].queries ? 1u << i : 0;
	record_bin_write_curve(b, &at, r->classes, r->class_names, &r->curve);
	record_asked_write(&b->asked, &r->options, &at, &r->asked);
	record_bin_write_ede(b, &r->options, &at, &r->ede);
	record_bin_write_upstream(b, &at, &r->servers, &r->upstream);
	record_links_write(&r->links, &b->links, &at, &r->link_file);
	write_run(r, b, start);
	if (has_metrics(r, start))
		write_waits(r, b, start);
	if (all->queries)
		r->totals.servfail_share_now =
			(double)all->outcomes[OUTCOME_SERVFAIL] / (double)all->queries;
	record_bin_clear(b);
	r->open_count--;
	memmove(r->open, r->open + 1, r->open_count * sizeof(struct record_bin *));
	r->open[r->open_count] = b;
	r->first++;
}

/* `until`: packets after that are kept back, since earlier ones may still come. */
static void flush(struct record *r, simtime until)
{
	struct record_file *const files[] = { &r->curve,  &r->ede,	 &r->upstream, &r->metrics,
					      &r->events, &r->link_file, &r->asked };
	struct err e;

	for (size_t i = 0; i < ARRAY_SIZE(files) && !r->error; i++)
		record_keep(r, record_file_flush(files[i], &e), &e);
	if (!r->error)
		record_keep(r, record_requests_flush(&r->requests, &e), &e);
	if (r->log && !r->error)
		record_keep(r, record_log_commit(r->log, &e), &e);
	if (r->clients_pcap && !r->error)
		record_keep(r, record_pcap_flush(r->clients_pcap, until, &e), &e);
	if (r->upstream_pcap && !r->error)
		record_keep(r, record_pcap_flush(r->upstream_pcap, until, &e), &e);
}

/* Writes the bins that are over at `now`. Bins of the scenario are written even when nothing was
 * sent in them, later ones (of a last retry) only when something was. */
static bool write_until(struct record *r, simtime now)
{
	bool any = false;

	while (!r->error) {
		simtime start = bin_start(r, r->first);

		if (start + r->options.bin > now)
			break;
		if (r->open_count == 0 && (start >= r->options.to || !open_next(r)))
			break;
		write_first(r);
		any = true;
	}
	return any;
}

int record_advance(struct record *r, simtime now, struct err *e)
{
	if (now > r->latest)
		r->latest = now;
	if (!r->error && write_until(r, now - r->options.patience))
		flush(r, now - SECOND);
	return result(r, e);
}

int record_finish(struct record *r, struct err *e)
{
	simtime last = bin_start(r, r->first + r->open_count);

	/* The bin that time is in counts too, unless it has just begun. */
	while (last < r->latest)
		last += r->options.bin;
	write_until(r, last);
	if (!r->error)
		flush(r, SIMTIME_NEVER);
	return result(r, e);
}

void record_free(struct record *r)
{
	if (!r)
		return;
	record_file_done(&r->curve);
	record_file_done(&r->ede);
	record_file_done(&r->upstream);
	record_file_done(&r->metrics);
	record_file_done(&r->events);
	record_file_done(&r->link_file);
	record_file_done(&r->asked);
	record_file_done(&r->reports);
	record_links_done(&r->links);
	record_requests_done(&r->requests);
	free(r->folder);
	record_pcap_free(r->clients_pcap);
	record_pcap_free(r->upstream_pcap);
	record_log_free(r->log);
	for (unsigned i = 0; i < r->open_cap; i++)
		record_bin_free(r->open[i]);
	free(r->open);
	record_servers_done(&r->servers);
	record_run_done(&r->run);
	record_leak_done(&r->leak);
	free(r);
}

const struct record_totals *record_totals(const struct record *r)
{
	return &r->totals;
}
