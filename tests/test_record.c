/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of a cell: what is booked stands in them, in the right bin, and adds up. */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/rng.h"
#include "sim/record/record.h"
#include "tests/support/folder.h"
#include "tests/support/need.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

#define FROM (1777987800 * SECOND) /* 2026-05-05T13:30:00Z */
#define NAME ((const uint8_t *)"\1a\2de")
#define ZONE ((const uint8_t *)"\2de")

static char cell[64]; /* the folder that the record makes */

static int name_cell(void **state)
{
	(void)state;
	snprintf(cell, sizeof(cell), "%s/cell", folder());
	return 0;
}

static struct record_options options(void)
{
	return (struct record_options){
		.from = FROM, .to = FROM + HOUR, .bin = MINUTE, .patience = 15 * SECOND
	};
}

static struct record *new_record(const struct record_options *o)
{
	struct record *r = NULL;
	struct err e = { .text = "" };

	if (record_new(cell, o, &r, &e) < 0)
		fail_msg("%s", e.text);
	return r;
}

static struct record_query query(simtime sent)
{
	return (struct record_query){ .sent = FROM + sent,
				      .answered = FROM + sent + 20 * MSEC,
				      .class = CLASS_SIGNED,
				      .qname = NAME,
				      .qtype = 1,
				      .name_key = 1,
				      .client = 1,
				      .outcome = OUTCOME_NOERROR,
				      .age = AGE_FRESH,
				      .ede = -1,
				      .ttl = -1 };
}

static void book(struct record *r, const struct record_query *q)
{
	struct err e = { .text = "" };

	if (record_query(r, q, &e) < 0)
		fail_msg("%s", e.text);
}

static void advance(struct record *r, simtime now)
{
	struct err e = { .text = "" };

	if (record_advance(r, FROM + now, &e) < 0)
		fail_msg("%s", e.text);
}

static void finish(struct record *r)
{
	struct err e = { .text = "" };

	if (record_finish(r, &e) < 0)
		fail_msg("%s", e.text);
	record_free(r);
}

static const char *cell_text(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", cell, name);
	return file_text(path);
}

static const char *output_of(const char *fmt)
{
	char command[512];
	const char *text;
	FILE *f;

	snprintf(command, sizeof(command), fmt, cell);
	f = popen(command, "r");
	text = stream_text(f);
	assert_int_equal(pclose(f), 0);
	return text;
}

static void a_query_is_booked_in_the_bin_in_which_it_was_sent(void **state)
{
	struct record_options o = options();
	struct record *r = new_record(&o);
	struct record_query q = query(59 * SECOND);

	(void)state;
	q.outcome = OUTCOME_TIMEOUT;
	q.age = AGE_NONE;
	q.answered = FROM + 64 * SECOND;
	book(r, &q);
	q = query(60 * SECOND);
	q.ad = true;
	q.attempt = 1;
	book(r, &q);
	advance(r, 100 * SECOND);
	finish(r);
	assert_string_equal(
		cell_text("curve.csv"),
		"t,utc,class,queries,retries,noerror,nxdomain,servfail,other,timeout,fresh,cached,"
		"stale,wrong,ad,names,failed_names,clients,failed_clients\n"
		"0,2026-05-05T13:30:00Z,all,1,0,0,0,0,0,1,0,0,0,0,0,1,1,1,1\n"
		"0,2026-05-05T13:30:00Z,signed,1,0,0,0,0,0,1,0,0,0,0,0,1,1,1,1\n"
		"0,2026-05-05T13:30:00Z,unsigned,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n"
		"0,2026-05-05T13:30:00Z,nxdomain,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n"
		"0,2026-05-05T13:30:00Z,outside,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n"
		"60,2026-05-05T13:31:00Z,all,1,1,1,0,0,0,0,1,0,0,0,1,1,0,1,0\n"
		"60,2026-05-05T13:31:00Z,signed,1,1,1,0,0,0,0,1,0,0,0,1,1,0,1,0\n"
		"60,2026-05-05T13:31:00Z,unsigned,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n"
		"60,2026-05-05T13:31:00Z,nxdomain,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n"
		"60,2026-05-05T13:31:00Z,outside,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n");
}

static void a_bin_is_written_when_no_outcome_can_fall_into_it_any_more(void **state)
{
	struct record_options o = options();
	struct record *r = new_record(&o);
	struct record_query q = query(0);

	(void)state;
	book(r, &q);
	advance(r, 60 * SECOND + o.patience - 1);
	assert_int_equal(times_in(cell_text("curve.csv"), "\n"), 1);
	assert_true(record_totals(r)->servfail_share_now == -1);
	q.sent = FROM + 59 * SECOND;
	q.outcome = OUTCOME_SERVFAIL;
	book(r, &q);
	advance(r, 60 * SECOND + o.patience);
	assert_has(cell_text("curve.csv"), "Z,all,2,0,1,0,1,");
	assert_true(record_totals(r)->servfail_share_now == 0.5);
	record_free(r);
	assert_int_equal(times_in(cell_text("curve.csv"), "\n"), 1 + 5);
}

static void an_outcome_that_comes_after_its_bin_was_written_is_an_error(void **state)
{
	struct record_options o = options();
	struct record *r = new_record(&o);
	struct record_query q = query(0);
	struct err e = { .text = "" };

	(void)state;
	advance(r, 5 * MINUTE);
	assert_int_equal(record_query(r, &q, &e), -ERANGE);
	assert_string_equal(
		e.text,
		"something of 2026-05-05T13:30:00Z was booked, but its bin is already written");
	assert_int_equal(record_finish(r, &e), -ERANGE);
	record_free(r);
}

static void a_bin_without_queries_has_its_rows_until_the_end_and_none_after_it(void **state)
{
	struct record_options o = options();
	struct record *r = new_record(&o);
	struct record_query q = query(HOUR + 61 * SECOND);

	(void)state;
	advance(r, HOUR + 30 * SECOND);
	assert_int_equal(times_in(cell_text("curve.csv"), ",all,0,"), 60);
	book(r, &q); /* a last retry, sent after the end */
	finish(r);
	assert_int_equal(times_in(cell_text("curve.csv"), ",all,"), 62);
	assert_has(cell_text("curve.csv"), "\n3660,2026-05-05T14:31:00Z,all,1,");
}

static void a_class_of_its_own_has_rows_from_its_first_query_on(void **state)
{
	struct record_options o = options();
	struct record *r = new_record(&o);
	struct record_query q = query(90 * SECOND);

	(void)state;
	q.class = CLASS_CD;
	book(r, &q);
	advance(r, 3 * MINUTE + o.patience);
	finish(r);
	assert_null(strstr(cell_text("curve.csv"), "\n0,2026-05-05T13:30:00Z,cd,"));
	assert_has(cell_text("curve.csv"), "\n60,2026-05-05T13:31:00Z,cd,1,");
	assert_has(cell_text("curve.csv"), "\n120,2026-05-05T13:32:00Z,cd,0,");
}

/* The slow and obvious way to count what record.c counts in one bin. */
struct model {
	uint64_t row[16];
	bool name[300], failed_name[300], client[40], failed_client[40];
};

static void model_query(struct model *m, const struct record_query *q)
{
	bool failed = q->outcome >= OUTCOME_SERVFAIL;

	m->row[0]++;
	m->row[1] += q->attempt > 0;
	m->row[2 + q->outcome]++;
	if (q->outcome == OUTCOME_NOERROR && q->age != AGE_NONE)
		m->row[6 + q->age]++;
	m->row[11] += q->ad;
	m->row[12] += !m->name[q->name_key];
	m->row[13] += failed && !m->failed_name[q->name_key];
	m->row[14] += !m->client[q->client];
	m->row[15] += failed && !m->failed_client[q->client];
	m->name[q->name_key] = m->client[q->client] = true;
	m->failed_name[q->name_key] |= failed;
	m->failed_client[q->client] |= failed;
}

static void assert_row(const char *text, unsigned bin, unsigned class, const struct model *m)
{
	char want[256], stamp[32];
	int n = snprintf(want, sizeof(want), "\n%u,%s,%s", bin * 60,
			 simtime_text(FROM + bin * MINUTE, stamp), class_names[class]);

	for (unsigned i = 0; i < 16; i++)
		n += snprintf(want + n, sizeof(want) - (size_t)n, ",%llu",
			      (unsigned long long)m->row[i]);
	snprintf(want + n, sizeof(want) - (size_t)n, "\n");
	assert_has(text, want);
}

static void every_row_counts_what_was_sent_and_distinct_names_and_clients_exactly(void **state)
{
	static struct model models[10][CLASS_COUNT];
	struct record_options o = options();
	struct record *r = new_record(&o);
	struct rng rng = { 7 };

	(void)state;
	memset(models, 0, sizeof(models));
	for (unsigned i = 0; i < 50000; i++) {
		struct record_query q = query(i * (10 * MINUTE / 50000));

		q.class = 1 + rng_below(rng_next(&rng), CLASS_COUNT - 1);
		q.name_key = rng_below(rng_next(&rng), 300);
		q.client = (uint32_t)rng_below(rng_next(&rng), 40);
		q.outcome = rng_below(rng_next(&rng), 40) ? OUTCOME_NOERROR
							  : rng_below(rng_next(&rng), 5);
		q.age = rng_below(rng_next(&rng), AGE_WRONG + 1);
		q.attempt = (unsigned)rng_below(rng_next(&rng), 3);
		q.ad = rng_below(rng_next(&rng), 2);
		model_query(&models[i / 5000][CLASS_ALL], &q);
		model_query(&models[i / 5000][q.class], &q);
		book(r, &q);
		advance(r, q.sent - FROM);
	}
	finish(r);
	for (unsigned bin = 0; bin < 10; bin++)
		for (unsigned class = 0; class < CLASS_COUNT; class ++)
			assert_row(cell_text("curve.csv"), bin, class, &models[bin][class]);
}

static void who_failed_in_the_whole_run_is_counted_once(void **state)
{
	struct record_options o = options();
	struct record *r = new_record(&o);

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		struct record_query q = query(i * MINUTE);

		q.name_key = i / 2;
		q.client = i % 3;
		q.outcome = i < 4 && i != 2 ? OUTCOME_SERVFAIL : OUTCOME_NOERROR;
		book(r, &q);
	}
	finish(r);
	assert_has(cell_text("metrics.csv"), "\n0,2026-05-05T13:30:00Z,distinct_failed_names,1\n");
	assert_has(cell_text("metrics.csv"), "\n300,2026-05-05T13:35:00Z,distinct_clients,3\n");
	assert_has(cell_text("metrics.csv"),
		   "\n300,2026-05-05T13:35:00Z,distinct_failed_clients,2\n");
	assert_has(cell_text("metrics.csv"),
		   "\n300,2026-05-05T13:35:00Z,distinct_failed_names,2\n");
	assert_has(cell_text("metrics.csv"), "\n300,2026-05-05T13:35:00Z,distinct_names,3\n");
}

static void a_long_run_has_metrics_every_so_many_bins_and_where_a_fault_begins(void **state)
{
	const simtime marks[] = { FROM + 130 * SECOND };
	struct record_options o = options();
	struct record *r;

	(void)state;
	assert_int_equal(record_metrics_every(0, 2000 * MINUTE, MINUTE), 1);
	assert_int_equal(record_metrics_every(0, 2001 * MINUTE, MINUTE), 2);
	assert_int_equal(record_metrics_every(0, 30 * DAY, MINUTE), 22);
	o.bin = MINUTE;
	o.to = FROM + 9 * MINUTE;
	o.metrics_every = 3;
	o.marks = marks;
	o.mark_count = 1;
	r = new_record(&o);
	advance(r, 9 * MINUTE + 20 * SECOND);
	finish(r);
	assert_string_equal(output_of("awk -F, '/user_minutes/ { printf \"%%s \", $1 }' "
				      "%s/metrics.csv"),
			    "0 120 180 360 480 ");
}

/* Query and answer may lie in different bins; who got no answer has waited for none. */
static void how_long_an_answer_took_is_booked_when_it_came(void **state)
{
	static const struct {
		simtime sent, took;
		enum class class;
		enum outcome outcome;
	} queries[] = {
		{ 10 * SECOND, 20 * MSEC, CLASS_SIGNED, OUTCOME_NOERROR },
		{ 58 * SECOND, 4 * SECOND, CLASS_OUTSIDE, OUTCOME_SERVFAIL },
		{ 61 * SECOND, 1 * SECOND, CLASS_OUTSIDE, OUTCOME_NXDOMAIN },
		{ 62 * SECOND, 15 * SECOND, CLASS_OUTSIDE, OUTCOME_TIMEOUT },
		{ HOUR - 1, 2 * SECOND, CLASS_SIGNED, OUTCOME_NOERROR },
	};
	struct record_options o = options();
	struct record *r = new_record(&o);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		struct record_query q = query(queries[i].sent);

		q.answered = q.sent + queries[i].took;
		q.class = queries[i].class;
		q.outcome = queries[i].outcome;
		book(r, &q);
	}
	finish(r);
	assert_has(cell_text("metrics.csv"), "\n0,2026-05-05T13:30:00Z,answers.all,1\n");
	assert_has(cell_text("metrics.csv"),
		   "\n0,2026-05-05T13:30:00Z,answer_seconds_mean.signed,0.02\n");
	assert_has(cell_text("metrics.csv"), "\n60,2026-05-05T13:31:00Z,answers.outside,2\n");
	assert_has(cell_text("metrics.csv"),
		   "\n60,2026-05-05T13:31:00Z,answer_seconds_mean.outside,2.5\n");
	assert_has(cell_text("metrics.csv"),
		   "\n60,2026-05-05T13:31:00Z,answer_seconds_max.all,4\n");
	assert_has(cell_text("metrics.csv"),
		   "\n3540,2026-05-05T14:29:00Z,answer_seconds_max.signed,2\n");
	assert_null(strstr(cell_text("metrics.csv"), "\n0,2026-05-05T13:30:00Z,answers.outside"));
	assert_null(strstr(cell_text("metrics.csv"), "\n3600,"));
}

static void book_failure(struct record *r, simtime sent, uint32_t client)
{
	struct record_query q = query(sent);

	q.client = client;
	q.outcome = OUTCOME_TIMEOUT;
	q.answered = q.sent + 5 * SECOND;
	book(r, &q);
}

/* Of the scenario's minutes, however long bins are, and in whatever order outcomes come. */
static void a_user_minute_is_a_client_and_a_minute_with_a_failure(void **state)
{
	struct record_options o = options();
	struct record_query good = query(70 * SECOND);
	struct record *r;

	(void)state;
	o.bin = 7 * SECOND;
	o.patience = 3 * MINUTE;
	r = new_record(&o);
	book_failure(r, 10 * SECOND, 2);
	book_failure(r, 125 * SECOND, 2);
	book_failure(r, 11 * SECOND, 2);
	book_failure(r, 125 * SECOND, 1);
	book_failure(r, 59 * SECOND, 1);
	book_failure(r, 60 * SECOND, 1);
	book_failure(r, 0, 1);
	book_failure(r, 119 * SECOND, 1);
	book_failure(r, 59 * SECOND, 5000);
	good.client = 7;
	book(r, &good);
	finish(r);
	assert_has(cell_text("metrics.csv"), "\n49,2026-05-05T13:30:49Z,user_minutes,1\n");
	assert_has(cell_text("metrics.csv"), "\n56,2026-05-05T13:30:56Z,user_minutes,4\n");
	assert_has(cell_text("metrics.csv"), "\n119,2026-05-05T13:31:59Z,user_minutes,6\n");
}

static void a_question_is_lost_when_its_last_attempt_failed(void **state)
{
	struct record_options o = options();
	struct record *r = new_record(&o);
	struct record_query q = query(0);

	(void)state;
	q.outcome = OUTCOME_SERVFAIL;
	book(r, &q);
	q.is_last = true;
	book(r, &q);
	q.outcome = OUTCOME_OTHER;
	book(r, &q);
	q.outcome = OUTCOME_NXDOMAIN;
	book(r, &q);
	for (unsigned i = 1; i < 20; i++)
		advance(r, i * MINUTE);
	finish(r);
	assert_has(cell_text("metrics.csv"), "\n0,2026-05-05T13:30:00Z,lost_questions,2\n");
	assert_has(cell_text("metrics.csv"), "\n600,2026-05-05T13:40:00Z,lost_questions,2\n");
}

/* Only what could have carried AD, and is about a name with a DS, counts. */
static void an_answer_without_ad_counts_as_unvalidated_where_ad_was_asked_for(void **state)
{
	static const struct {
		enum class class;
		enum outcome outcome;
		bool wants_ad, ad;
	} queries[] = {
		{ CLASS_SIGNED, OUTCOME_NOERROR, true, false }, /* counts */
		{ CLASS_FRESH_SIGNED, OUTCOME_NXDOMAIN, true, false }, /* counts */
		{ CLASS_FRESH_SIGNED, OUTCOME_NOERROR, true, false }, /* counts */
		{ CLASS_SIGNED, OUTCOME_NOERROR, true, true },
		{ CLASS_SIGNED, OUTCOME_NOERROR, false, false },
		{ CLASS_SIGNED, OUTCOME_SERVFAIL, true, false },
		{ CLASS_UNSIGNED, OUTCOME_NOERROR, true, false },
		{ CLASS_FRESH_UNSIGNED, OUTCOME_NOERROR, true, false },
		{ CLASS_OUTSIDE, OUTCOME_NOERROR, true, false },
		{ CLASS_NXDOMAIN, OUTCOME_NXDOMAIN, true, false },
		{ CLASS_CD, OUTCOME_NOERROR, true, false },
	};
	struct record_options o = options();
	struct record *r = new_record(&o);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		struct record_query q = query(0);

		q.class = queries[i].class;
		q.outcome = queries[i].outcome;
		q.wants_ad = queries[i].wants_ad;
		q.ad = queries[i].ad;
		book(r, &q);
	}
	finish(r);
	assert_has(cell_text("metrics.csv"), "\n0,2026-05-05T13:30:00Z,unvalidated_answers,3\n");
}

static void extended_errors_are_counted_by_response_code(void **state)
{
	static const struct {
		enum outcome outcome;
		uint8_t rcode;
		int ede;
	} answers[] = {
		{ OUTCOME_SERVFAIL, 2, 22 }, { OUTCOME_SERVFAIL, 2, 6 }, { OUTCOME_SERVFAIL, 2, 6 },
		{ OUTCOME_SERVFAIL, 2, -1 }, { OUTCOME_NOERROR, 0, 3 },	 { OUTCOME_NOERROR, 0, -1 },
		{ OUTCOME_TIMEOUT, 0, -1 },  { OUTCOME_OTHER, 5, 18 },
	};
	struct record_options o = options();
	struct record *r = new_record(&o);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct record_query q = query(5 * SECOND);

		q.outcome = answers[i].outcome;
		q.rcode = answers[i].rcode;
		q.ede = answers[i].ede;
		book(r, &q);
	}
	finish(r);
	assert_string_equal(cell_text("ede.csv"), "t,utc,traffic,rcode,code,count\n"
						  "0,2026-05-05T13:30:00Z,,NOERROR,3,1\n"
						  "0,2026-05-05T13:30:00Z,,SERVFAIL,-1,1\n"
						  "0,2026-05-05T13:30:00Z,,SERVFAIL,6,2\n"
						  "0,2026-05-05T13:30:00Z,,SERVFAIL,22,1\n"
						  "0,2026-05-05T13:30:00Z,,REFUSED,18,1\n");
}

static void upstream_queries_are_counted_by_zone_and_server(void **state)
{
	const uint8_t *a = (const uint8_t *)"\1a\3nic\2de", *f = (const uint8_t *)"\1f\3nic\2de";
	struct record_options o = options();
	struct record *r = new_record(&o);

	(void)state;
	record_upstream(r, FROM, ZONE, a, false);
	record_upstream(r, FROM + SECOND, ZONE, f, true);
	record_upstream(r, FROM + SECOND, ZONE, a, true);
	record_upstream(r, FROM + 2 * SECOND, NULL, NULL, false);
	record_upstream(r, FROM + MINUTE, ZONE, f, false);
	assert_int_equal(record_totals(r)->upstream, 5);
	finish(r);
	assert_string_equal(cell_text("upstream.csv"),
			    "t,utc,zone,server,queries,answers,dropped\n"
			    "0,2026-05-05T13:30:00Z,de.,a.nic.de.,2,1,1\n"
			    "0,2026-05-05T13:30:00Z,de.,f.nic.de.,1,0,1\n"
			    "0,2026-05-05T13:30:00Z,-,-,1,1,0\n"
			    "60,2026-05-05T13:31:00Z,de.,f.nic.de.,1,1,0\n");
}

static void servers_beyond_what_is_told_apart_share_a_row(void **state)
{
	struct record_options o = options();
	struct record *r = new_record(&o);

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 5000; i++) {
			uint8_t name[NAME_MAX_LEN];
			char label[16];

			snprintf(label, sizeof(label), "ns%u", i);
			assert_int_equal(name_prepend(name, label, ZONE), 0);
			record_upstream(r, FROM, ZONE, name, false);
		}
	}
	finish(r);
	assert_has(cell_text("upstream.csv"), ",de.,ns4095.de.,2,2,0\n");
	assert_has(cell_text("upstream.csv"), ",*,*,1808,1808,0\n");
	assert_int_equal(times_in(cell_text("upstream.csv"), "\n"), 1 + 4096 + 1);
}

static void events_are_there_at_once_and_quoted_where_they_must(void **state)
{
	struct record_options o = options();
	struct record *r = new_record(&o);

	(void)state;
	record_event(r, &(struct record_event){ .at = FROM + 90 * SECOND,
						.kind = "operator",
						.operation = "nta",
						.zone = "de.",
						.what = "nta de." });
	record_event(r,
		     &(struct record_event){ .at = FROM + 91 * SECOND,
					     .kind = "mark",
					     .zone = "",
					     .what = "the \"fix\", \033[1mat last\342\200\256" });
	record_event(r, &(struct record_event){
				.at = FROM - SECOND, .kind = "resolver", .what = "started" });
	assert_string_equal(cell_text("events.csv"),
			    "t,utc,kind,operation,zone,what,role\n"
			    "90,2026-05-05T13:31:30Z,operator,nta,de.,nta de.,\n"
			    "91,2026-05-05T13:31:31Z,mark,,,\"the \"\"fix\"\", \357\277\275[1mat "
			    "last\357\277\275\",\n"
			    "-1,2026-05-05T13:29:59Z,resolver,,,started,\n");
	record_free(r);
}

static void the_query_log_holds_every_query(void **state)
{
	struct record_options o = options();
	struct record_query q = query(5 * SECOND);
	struct record *r;

	(void)state;
	need_program("sqlite3");
	o.log_queries = true;
	r = new_record(&o);
	q.ttl = 300;
	book(r, &q);
	q.ttl = -1;
	q.outcome = OUTCOME_TIMEOUT;
	q.age = AGE_NONE;
	q.attempt = 2;
	q.transport = TRANSPORT_DOT;
	book(r, &q);
	q.outcome = OUTCOME_SERVFAIL;
	q.rcode = 2;
	q.ede = 6;
	book(r, &q);
	finish(r);
	assert_string_equal(
		output_of("sqlite3 %s/queries.db 'select * from queries'"),
		"1777987805000000000|1777987805020000000|1|signed|a.de.|1|0|noerror|0|fresh|0||||"
		"300|udp\n"
		"1777987805000000000|1777987805020000000|1|signed|a.de.|1|2|timeout|||0|||||dot\n"
		"1777987805000000000|1777987805020000000|1|signed|a.de.|1|2|servfail|2||0|6||||"
		"dot\n");
}

static void ttls_of_answers_are_added_up(void **state)
{
	struct record_options o = options();
	struct record_query q = query(5 * SECOND);
	struct record *r = new_record(&o);

	(void)state;
	book(r, &q); /* it has none */
	q.ttl = 300;
	book(r, &q);
	q.ttl = 20;
	book(r, &q);
	q.ttl = 900;
	q.ttl_over = true;
	book(r, &q);
	finish(r);
	assert_string_equal(output_of("grep -F ttl. %s/metrics.csv | cut -d, -f3,4 | sort -u"),
			    "ttl.answers,3\nttl.over,1\nttl.smallest,20\nttl.sum,1220\n");
}

static const char *const traffics[] = { "users", "origins" };
static const char *const sites[] = { "site-a", "site-b" };

/* Two who ask, and two that are asked. */
static struct record_options two_of_each(void)
{
	struct record_options o = options();

	o.to = FROM + MINUTE;
	o.traffics = traffics;
	o.resolvers = sites;
	o.traffic_count = o.resolver_count = 2;
	return o;
}

static void extended_errors_are_told_apart_by_traffic(void **state)
{
	struct record_options o = two_of_each();
	struct record_query q = query(5 * SECOND);
	struct record *r = new_record(&o);

	(void)state;
	q.outcome = OUTCOME_SERVFAIL;
	q.rcode = RCODE_SERVFAIL;
	q.traffic = 1;
	q.ede = 6;
	book(r, &q);
	book(r, &q);
	q.traffic = 0;
	book(r, &q);
	q.ede = 22;
	book(r, &q);
	finish(r);
	assert_string_equal(cell_text("ede.csv"), "t,utc,traffic,rcode,code,count\n"
						  "0,2026-05-05T13:30:00Z,users,SERVFAIL,6,1\n"
						  "0,2026-05-05T13:30:00Z,users,SERVFAIL,22,1\n"
						  "0,2026-05-05T13:30:00Z,origins,SERVFAIL,6,2\n");
}

static void a_failure_that_another_resolver_mends_is_none_of_the_clients(void **state)
{
	struct record_options o = two_of_each();
	struct record_query q = query(5 * SECOND);
	struct record *r = new_record(&o);

	(void)state;
	q.outcome = OUTCOME_SERVFAIL;
	q.age = AGE_NONE;
	q.goes_on = true;
	book(r, &q);
	q.outcome = OUTCOME_NOERROR;
	q.attempt = 1;
	q.goes_on = false;
	q.came_on = q.is_last = true;
	q.resolver = 1;
	book(r, &q);
	q = query(6 * SECOND);
	q.client = 2;
	q.name_key = 2;
	q.traffic = 1;
	q.is_last = true;
	q.outcome = OUTCOME_TIMEOUT;
	book(r, &q);
	finish(r);
	assert_string_equal(cell_text("asked.csv"),
			    "t,utc,traffic,resolver,queries,questions,noerror,nxdomain,servfail,"
			    "other,timeout,went_on,recovered,lost\n"
			    "0,2026-05-05T13:30:00Z,users,site-a,1,1,0,0,1,0,0,1,0,0\n"
			    "0,2026-05-05T13:30:00Z,users,site-b,1,0,1,0,0,0,0,0,1,0\n"
			    "0,2026-05-05T13:30:00Z,origins,site-a,1,1,0,0,0,0,1,0,0,1\n");
	assert_string_equal(
		output_of("grep -E ',(all|users|origins),' %s/curve.csv | cut -d, -f 3-10,16-"),
		"all,3,1,1,0,1,0,1,2,1,2,1\n"
		"users,2,1,1,0,1,0,0,1,0,1,0\n"
		"origins,1,0,0,0,0,0,1,1,1,1,1\n");
	assert_string_equal(
		output_of("grep -E 'user_minutes|lost_questions' %s/metrics.csv | cut -d, -f 3-"),
		"user_minutes,1\nlost_questions,1\n");
}

static void who_asks_one_resolver_alone_has_no_file_of_it(void **state)
{
	struct record_options o = two_of_each();
	struct record_query q = query(5 * SECOND);
	struct record *r;

	(void)state;
	o.traffic_count = o.resolver_count = 1;
	r = new_record(&o);
	book(r, &q);
	finish(r);
	assert_string_equal(output_of("ls %s | grep -c asked || true"), "0\n");
	assert_string_equal(output_of("grep -c users %s/curve.csv || true"), "0\n");
}

/* "a.de. A IN" with this ID. */
static size_t message(uint8_t *data, uint16_t id)
{
	static const uint8_t rest[] = { 1, 0,	0, 1,	0,   0, 0, 0, 0, 0,
					1, 'a', 2, 'd', 'e', 0, 0, 1, 0, 1 };

	data[0] = (uint8_t)(id >> 8);
	data[1] = (uint8_t)id;
	memcpy(data + 2, rest, sizeof(rest));
	return 2 + sizeof(rest);
}

/* A response with a TXT record of `size` bytes of text, a multiple of 256. */
static size_t big_response(uint8_t *data, uint16_t id, size_t size)
{
	static const uint8_t record[] = { 0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60 };
	size_t len = message(data, id);

	data[2] = 0x81;
	data[7] = 1;
	memcpy(data + len, record, sizeof(record));
	len += sizeof(record);
	data[len++] = (uint8_t)(size >> 8);
	data[len++] = (uint8_t)size;
	for (size_t i = 0; i < size; i++)
		data[len + i] = i % 256 ? 'x' : 255;
	return len + size;
}

static void put(struct record *r, struct packet p, bool tcp, const uint8_t *data, size_t len)
{
	p.tcp = tcp;
	p.data = data;
	p.len = len;
	record_packet(r, &p, p.at);
}

static struct packet turned(struct packet p)
{
	struct packet t = p;

	t.from = p.to;
	t.to = p.from;
	return t;
}

static void write_captures(void)
{
	static uint8_t big[65535];
	struct packet p4 = { .side = SIDE_CLIENT,
			     .at = FROM + 123456789,
			     .from = { { 4, { 10, 0, 0, 1 } }, 40000 },
			     .to = { { 4, { 198, 19, 0, 53 } }, 53 } };
	struct packet p6 = { .side = SIDE_AUTHORITY,
			     .at = FROM + SECOND,
			     .from = { { 6, { 0xfd, 0, 0, 0x53, [15] = 0x53 } }, 40001 },
			     .to = { { 6, { 0xfd, 0, 0, 0x5f, [15] = 1 } }, 53 } };
	struct record_options o = options();
	struct record *r;
	uint8_t small[64];

	o.pcap = true;
	r = new_record(&o);
	put(r, p4, false, small, message(small, 1));
	put(r, p4, true, small, message(small, 2));
	put(r, turned(p4), true, big, big_response(big, 2, 65280));
	put(r, p4, true, small, message(small, 3));
	put(r, turned(p4), true, big, big_response(big, 3, 256));
	put(r, p6, false, small, message(small, 4));
	put(r, turned(p6), false, big, big_response(big, 4, 1024));
	put(r, p6, true, small, message(small, 5));
	finish(r);
}

static void a_capture_can_be_read_from_its_first_moment_on(void **state)
{
	struct record_options o = options();
	struct record *r;

	(void)state;
	o.pcap = true;
	r = new_record(&o);
	assert_string_equal(output_of("stat -c %%s %s/clients.pcap"), "24\n");
	record_free(r);
}

#define TSHARK                                                                                     \
	"tshark -n -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o "                       \
	"tcp.check_checksum:TRUE"

static void tshark_decodes_the_captures(void **state)
{
	(void)state;
	need_program("tshark");
	write_captures();
	assert_string_equal(
		output_of(TSHARK
			  " -r %s/clients.pcap -Y dns -T fields -e frame.time_epoch -e ip.src -e "
			  "dns.id -e dns.flags.response -e dns.qry.name 2>&1 | grep -v root | "
			  "sed 's/False/0/; s/True/1/'"), /* as tshark 4.4 has it */
		"1777987800.123456789\t10.0.0.1\t0x0001\t0\ta.de\n"
		"1777987800.123456789\t10.0.0.1\t0x0002\t0\ta.de\n"
		"1777987800.123456789\t198.19.0.53\t0x0002\t1\ta.de\n"
		"1777987800.123456789\t10.0.0.1\t0x0003\t0\ta.de\n"
		"1777987800.123456789\t198.19.0.53\t0x0003\t1\ta.de\n");
	assert_string_equal(
		output_of(TSHARK " -r %s/upstream.pcap -Y dns -T fields -e ipv6.src -e udp.srcport "
				 "-e tcp.srcport -e dns.id 2>&1 | grep -v root"),
		"fd00:53::53\t40001\t\t0x0004\n"
		"fd00:5f::1\t53\t\t0x0004\n"
		"fd00:53::53\t\t40001\t0x0005\n");
}

static void tshark_finds_no_wrong_checksum_and_no_gap_in_the_captures(void **state)
{
	static const char bad[] = TSHARK
		" -r %s/clients.pcap -Y 'ip.checksum.status == 0 || udp.checksum.status == 0 || "
		"tcp.checksum.status == 0 || tcp.analysis.lost_segment || "
		"tcp.analysis.retransmission || tcp.analysis.ack_lost_segment || _ws.malformed' "
		"2>&1 | grep -v root || true";

	(void)state;
	need_program("tshark");
	write_captures();
	assert_string_equal(output_of(bad), "");
	assert_string_equal(output_of("tshark -r %s/upstream.pcap -o udp.check_checksum:TRUE -o "
				      "tcp.check_checksum:TRUE -T fields -e udp.checksum.status -e "
				      "tcp.checksum.status 2>&1 | grep -v root"),
			    "1\t\n1\t\n\t1\n");
}

static void a_folder_that_exists_is_refused(void **state)
{
	struct record_options o = options();
	struct record *r = NULL;
	struct err e = { .text = "" };

	(void)state;
	assert_int_equal(mkdir(cell, 0777), 0);
	assert_int_equal(record_new(cell, &o, &r, &e), -EEXIST);
	assert_has(e.text, cell);
	assert_null(r);
}

/* What fills the disk. */
enum filler { FILL_CURVE, FILL_PCAP, FILL_LOG };

static int fill_minute(struct record *r, enum filler what, unsigned minute, struct err *e)
{
	static const uint8_t data[1200] = { 0, 1, 0x81 };
	struct packet p = { .side = SIDE_CLIENT,
			    .from = { .address = { 4, { 10, 0, 0, 1 } } },
			    .to = { .address = { 4, { 198, 19, 0, 53 } } },
			    .data = data,
			    .len = sizeof(data) };
	struct record_query q = query(minute * MINUTE);

	if (what == FILL_PCAP)
		record_packet(r, &p, FROM + minute * MINUTE);
	for (unsigned i = 0; i < (what == FILL_LOG ? 20 : 0); i++)
		if (record_query(r, &q, e) < 0)
			return -ENOSPC;
	return record_advance(r, FROM + minute * MINUTE, e);
}

/* Fills a small disk in a mount namespace of its own. Exit code 0: as it should be; 77: cannot
 * mount. */
static int fill_a_disk(enum filler what)
{
	struct record_options o = options();
	struct err e = { .text = "" }, again = { .text = "" };
	struct record *r;
	int rc = 0;

	o.to = FROM + DAY;
	o.pcap = what == FILL_PCAP;
	o.log_queries = what == FILL_LOG;
	if (unshare(CLONE_NEWNS | (geteuid() ? CLONE_NEWUSER : 0)) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", folder(), "tmpfs", 0, "size=96k") < 0)
		return 77;
	if (record_new(cell, &o, &r, &e) < 0)
		return 1;
	for (unsigned i = 0; i < 1440 && rc == 0; i++)
		rc = fill_minute(r, what, i, &e);
	if (rc != -ENOSPC || !strstr(e.text, "disk full"))
		return 2;
	if (record_finish(r, &again) != -ENOSPC || strcmp(e.text, again.text) != 0)
		return 3;
	record_free(r);
	if (times_in(cell_text("curve.csv"), "\n") % 5 != 1)
		return 4;
	return cell_text("curve.csv")[strlen(cell_text("curve.csv")) - 1] == '\n' ? 0 : 5;
}

static void assert_full_disk_is_reported(enum filler what)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fill_a_disk(what));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		lacking("cannot mount a small disk here");
	assert_int_equal(status, 0);
}

static void a_full_disk_is_reported_and_leaves_whole_bins(void **state)
{
	(void)state;
	assert_full_disk_is_reported(FILL_CURVE);
}

static void a_disk_that_captures_fill_is_reported(void **state)
{
	(void)state;
	assert_full_disk_is_reported(FILL_PCAP);
}

static void a_disk_that_the_query_log_fills_is_reported(void **state)
{
	(void)state;
	assert_full_disk_is_reported(FILL_LOG);
}

#define RECORD_TEST(f) cmocka_unit_test_setup_teardown(f, name_cell, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RECORD_TEST(a_query_is_booked_in_the_bin_in_which_it_was_sent),
		RECORD_TEST(a_bin_is_written_when_no_outcome_can_fall_into_it_any_more),
		RECORD_TEST(an_outcome_that_comes_after_its_bin_was_written_is_an_error),
		RECORD_TEST(a_bin_without_queries_has_its_rows_until_the_end_and_none_after_it),
		RECORD_TEST(a_class_of_its_own_has_rows_from_its_first_query_on),
		RECORD_TEST(every_row_counts_what_was_sent_and_distinct_names_and_clients_exactly),
		RECORD_TEST(who_failed_in_the_whole_run_is_counted_once),
		RECORD_TEST(a_long_run_has_metrics_every_so_many_bins_and_where_a_fault_begins),
		RECORD_TEST(how_long_an_answer_took_is_booked_when_it_came),
		RECORD_TEST(a_user_minute_is_a_client_and_a_minute_with_a_failure),
		RECORD_TEST(a_question_is_lost_when_its_last_attempt_failed),
		RECORD_TEST(an_answer_without_ad_counts_as_unvalidated_where_ad_was_asked_for),
		RECORD_TEST(extended_errors_are_counted_by_response_code),
		RECORD_TEST(upstream_queries_are_counted_by_zone_and_server),
		RECORD_TEST(servers_beyond_what_is_told_apart_share_a_row),
		RECORD_TEST(events_are_there_at_once_and_quoted_where_they_must),
		RECORD_TEST(the_query_log_holds_every_query),
		RECORD_TEST(ttls_of_answers_are_added_up),
		RECORD_TEST(extended_errors_are_told_apart_by_traffic),
		RECORD_TEST(a_failure_that_another_resolver_mends_is_none_of_the_clients),
		RECORD_TEST(who_asks_one_resolver_alone_has_no_file_of_it),
		RECORD_TEST(a_capture_can_be_read_from_its_first_moment_on),
		RECORD_TEST(tshark_decodes_the_captures),
		RECORD_TEST(tshark_finds_no_wrong_checksum_and_no_gap_in_the_captures),
		RECORD_TEST(a_folder_that_exists_is_refused),
		RECORD_TEST(a_full_disk_is_reported_and_leaves_whole_bins),
		RECORD_TEST(a_disk_that_captures_fill_is_reported),
		RECORD_TEST(a_disk_that_the_query_log_fills_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
