/* SPDX-License-Identifier: BSD-2-Clause */
/* cell_cases.c - a cell of cases: each is a question to a resolver of its own, which was started
 * for it in an empty folder.
 *
 * Namespaces, zones, keys and signatures stay; the clock begins again for each case, so that all
 * are asked at the instant that the scenario says, and none knows of the one before. */
#include "harness/cell/cell_state.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/results/case_rows.h"
#include "harness/clients/draw.h"
#include "harness/clients/message.h"
#include "harness/clients/question.h"
#include "harness/cell/work.h"
#include "sim/authority/manners.h"
#include "sim/record/record_log.h"
#include "sim/record/record_pcap.h"
#include "zones/fault.h"

#define HOPELESS                                                                                   \
	5 /* so many resolvers at the beginning that never answered: the others need not be tried  \
	   */

struct cases {
	struct cell *cell;
	struct record_file file;
	struct record_log *log; /* NULL: nobody wants it */
	struct record_pcap *clients, *upstream; /* of the case at hand, likewise */
	bool has_started; /* a resolver, ever */
	unsigned invalid;
	char first_why[600];
};

/* ---- captures, and the log of queries ---- */

static int open_captures(struct cases *k, const struct case_plan *p, struct err *e)
{
	char folder[4096 + 96];
	int r;

	if (!k->cell->plan->pcap)
		return 0;
	snprintf(folder, sizeof(folder), "%s/cases", k->cell->plan->folder);
	mkdir(folder, 0755);
	snprintf(folder, sizeof(folder), "%s/cases/%s", k->cell->plan->folder, p->name);
	if (mkdir(folder, 0755) < 0)
		return err_set(e, -errno, "'%s': %s", folder, strerror(errno));
	r = record_pcap_open(folder, "clients.pcap", &k->clients, e);
	return r == 0 ? record_pcap_open(folder, "upstream.pcap", &k->upstream, e) : r;
}

static int close_captures(struct cases *k, struct err *e)
{
	int r = k->clients ? record_pcap_flush(k->clients, SIMTIME_NEVER, e) : 0;

	if (r == 0 && k->upstream)
		r = record_pcap_flush(k->upstream, SIMTIME_NEVER, e);
	record_pcap_free(k->clients);
	record_pcap_free(k->upstream);
	k->clients = k->upstream = NULL;
	return r;
}

static void capture(const struct packet *p, simtime at, void *arg)
{
	struct cases *k = arg;

	record_pcap_put(p->side == SIDE_CLIENT ? k->clients : k->upstream, p, at);
}

static int log_question(struct cases *k, const struct case_plan *p, const struct question *q,
			struct err *e)
{
	struct record_query rq = { .sent = q->asked,
				   .answered = q->over,
				   .class = q->cd		 ? CLASS_CD
					    : p->zone->is_signed ? CLASS_SIGNED
								 : CLASS_UNSIGNED,
				   .qname = p->qname,
				   .qtype = p->qtype,
				   .outcome = q->answer.rcode == CASE_TIMEOUT
						      ? OUTCOME_TIMEOUT
						      : record_outcome(q->answer.rcode),
				   .rcode = (uint8_t)q->answer.rcode,
				   .ad = q->answer.ad,
				   .ede = q->answer.ede_count ? q->answer.edes[0].code : -1 };
	static const struct record_options no_names;

	return k->log ? record_log_put(k->log, &no_names, &rq, e) : 0;
}

/* ---- one case ---- */

/* Asks, and lets the world go on until there is an answer, or none. */
static int await(struct cases *k, bool cd, struct question *q, struct err *e)
{
	struct cell *c = k->cell;
	int r = question_ask(q, cd, clock_now(c->clock), e);

	while (r >= 0 && !q->is_over)
		r = cell_step(c, q->asked + q->wait, e);
	return r < 0 ? r : 0;
}

static int ask(struct cases *k, const struct case_plan *p, bool cd, struct question *q,
	       struct err *e)
{
	int r = await(k, cd, q, e);

	return r == 0 ? log_question(k, p, q, e) : r;
}

/* What fills the cache for a case that wants that. */
static int ask_before(struct cases *k, const struct case_plan *p, struct question *q, struct err *e)
{
	int r;

	if (p->before == SIMTIME_NEVER)
		return 0;
	q->qtype = p->before_qtype;
	r = await(k, false, q, e);
	q->qtype = p->qtype;
	return r == 0 ? cell_pass(k->cell, p->at, e) : r;
}

/* The question, what it cost, and the same with CD set: `dig +cd` of one who just saw it fail. */
static int ask_both(struct cases *k, const struct case_plan *p, struct case_row *row, struct err *e)
{
	struct cell *c = k->cell;
	struct question q = { .wire = c->wire,
			      .resolver = c->host->at,
			      .me = { draw_address(0), 30000 },
			      .qname = p->qname,
			      .qtype = p->qtype,
			      .wait = p->wait };
	struct authority_counts before, after;
	int r;

	c->asker = question_asker(&q);
	r = ask_before(k, p, &q, e);
	before = authority_counts(c->authority);
	if (r == 0)
		r = ask(k, p, false, &q, e);
	after = authority_counts(c->authority);
	row->first = q.answer;
	row->queries = after.queries - before.queries;
	row->bytes = after.bytes - before.bytes;
	row->seconds = (double)(q.over - q.asked) / (double)SECOND;
	if (r == 0)
		r = ask(k, p, true, &q, e);
	row->cd = q.answer;
	c->asker = (struct asker){ 0 };
	return r;
}

/* Whether a fault is in the case's zone when it is asked for. */
static bool befalls(const struct tree *t, unsigned fault, const struct case_plan *p)
{
	const struct fault *f = &t->faults[fault];

	bool reaches =
		f->zone == p->zone || (f->aim.below && name_under(p->zone->apex, f->zone->apex));

	return reaches && f->from <= p->at && p->at < f->until;
}

/* By what a fault does, since that decides which extended errors can be right. */
static enum case_class class_of(const struct fault *f)
{
	const struct fault_row *r = f->row;

	if (r->is_dnssec)
		return CASE_DNSSEC;
	switch (r->wire) {
	case WIRE_NONE:
	case WIRE_AS_ALWAYS:
	case WIRE_EDE:
		break;
	case WIRE_NO_EDNS:
	case WIRE_CORRUPT:
		return CASE_ANSWERS;
	case WIRE_RCODE:
		return !r->number && manners_rcode(f->values[0]) == RCODE_NXDOMAIN
			       ? CASE_ANSWERS
			       : CASE_CONNECTIVITY;
	case WIRE_DROP:
	case WIRE_DELAY:
	case WIRE_CAP:
	case WIRE_MTU:
	case WIRE_TRUNCATE:
	case WIRE_ID:
	case WIRE_SOURCE:
		return CASE_CONNECTIVITY;
	}
	if (r->address || r->loops)
		return CASE_CONNECTIVITY;
	return r->truncates || r->refers_ds ? CASE_ANSWERS : CASE_NOTHING_WRONG;
}

/* Of several faults DNSSEC's decide. */
static void note_fault(const struct fault *f, struct case_row *row)
{
	size_t len = strlen(row->fault);

	snprintf(row->fault + len, sizeof(row->fault) - len, "%s%s", len ? " " : "", f->row->name);
	if (row->class != CASE_DNSSEC && class_of(f) != CASE_NOTHING_WRONG)
		row->class = class_of(f);
}

static struct case_row begin_row(const struct cell *c, const struct case_plan *p)
{
	struct case_row row = { .name = "" };
	char name[NAME_TEXT_LEN];

	strcpy(row.name, p->name);
	snprintf(row.question, sizeof(row.question), "%.255s %s", name_text(p->qname, name),
		 p->type);
	for (unsigned i = 0; i < c->scenario->tree->fault_count; i++)
		if (befalls(c->scenario->tree, i, p))
			note_fault(&c->scenario->tree->faults[i], &row);
	return row;
}

/* How often the resolver was sent what is wrong. */
static uint64_t sightings(const struct cell *c, const struct case_plan *p)
{
	uint64_t seen = 0;

	for (unsigned i = 0; i < c->scenario->tree->fault_count; i++)
		if (befalls(c->scenario->tree, i, p))
			seen += authority_saw(c->authority, i).count;
	return seen;
}

/* The folder is the sandbox's, which was made with it. */
static int clear_work(struct cell *c, struct err *e)
{
	int r = work_empty(c->host->work);

	return r < 0 ? err_set(e, r, "'%s': %s", c->host->work, strerror(-r)) : 0;
}

/* What it answers without asking says nothing of what is wrong. */
static int check_asked(const struct cell *c, struct err *e)
{
	return authority_counts(c->authority).queries
		       ? 0
		       : err_set(e, -ENODATA, "the resolver never asked an authority");
}

/* A resolver that lives for this case. */
static int live(struct cases *k, const struct case_plan *p, struct case_row *row, struct err *e)
{
	struct cell *c = k->cell;
	simtime begins = p->before == SIMTIME_NEVER ? p->at : p->before;
	int r = clear_work(c, e);

	dprintf(c->host->log, "==== case %s\n", p->name);
	if (r == 0)
		r = cell_connect(c, begins, e);
	if (r == 0)
		r = open_captures(k, p, e);
	if (r == 0 && k->clients)
		wire_tap(c->wire, capture, k);
	if (r == 0)
		r = cell_start(c, begins, e);
	if (r < 0)
		return r;
	k->has_started = true;
	r = ask_both(k, p, row, e);
	if (r == 0)
		r = cell_audit(c, e);
	if (r == 0)
		r = check_asked(c, e);
	row->seen = sightings(c, p);
	row->valid = r == 0;
	return r;
}

/* Whether it says something of this resolver process alone, so that the next case may be tried. */
static bool is_of_the_case(int r)
{
	return r == -ECHILD || r == -ETIMEDOUT || r == -EBADRQC || r == -EDEADLK || r == -EBADMSG ||
	       r == -ENODATA;
}

/* A row for what says nothing. */
static struct case_row invalid_row(struct cases *k, const struct case_plan *p, const char *why)
{
	struct case_row row = begin_row(k->cell, p);

	snprintf(row.why, sizeof(row.why), "%.500s", why);
	if (!k->invalid++)
		snprintf(k->first_why, sizeof(k->first_why), "%s: %s", row.name, row.why);
	return row;
}

static int clear_away(struct cases *k, struct cell_result *ret, struct err *e)
{
	ret->resolver_cpu += cell_stop(k->cell);
	cell_disconnect(k->cell);
	return close_captures(k, e);
}

static int run_case(struct cases *k, const struct case_plan *p, struct cell_result *ret,
		    struct err *e)
{
	struct case_row row = begin_row(k->cell, p);
	struct err late = { .text = "" };
	int r, rr;

	if (!k->has_started && k->invalid >= HOPELESS) {
		row = invalid_row(k, p, "not tried: no resolver had started before");
		return case_rows_put(&k->file, &row, e);
	}
	r = live(k, p, &row, e);
	rr = clear_away(k, ret, &late);
	if (is_of_the_case(r)) {
		row = invalid_row(k, p, e->text);
		r = 0;
	}
	ret->queries += row.valid ? 2 : 0;
	if (r == 0 && rr < 0) {
		*e = late;
		r = rr;
	}
	return r == 0 ? case_rows_put(&k->file, &row, e) : r;
}

/* ---- all of them ---- */

static int open_files(struct cases *k, struct err *e)
{
	const struct cell_plan *p = k->cell->plan;
	int r = mkdir(p->folder, 0755) < 0
			? err_set(e, -errno, "'%s': %s", p->folder, strerror(errno))
			: 0;

	if (r == 0)
		r = case_rows_open(&k->file, p->folder, e);
	if (r == 0 && p->log_queries)
		r = record_log_open(p->folder, &k->log, e);
	return r;
}

static int end(const struct cases *k, struct err *e)
{
	if (!k->invalid)
		return 0;
	return err_set(e, -ECHILD, "%u of %u cases %s not valid, the first is %s", k->invalid,
		       k->cell->scenario->case_count, k->invalid == 1 ? "is" : "are", k->first_why);
}

int cell_cases(struct cell *c, struct cell_result *ret, struct err *e)
{
	const struct scenario *s = c->scenario;
	struct cases k = { .cell = c, .file.fd = -1 };
	int r = open_files(&k, e);

	if (r == 0)
		r = cell_place(c, e);
	for (unsigned i = 0; r == 0 && i < s->case_count; i++) {
		progress_case(&c->progress, i, s->case_count, s->cases[i].name);
		r = run_case(&k, &s->cases[i], ret, e);
	}
	if (r == 0 && k.log)
		r = record_log_commit(k.log, e);
	record_log_free(k.log);
	record_file_done(&k.file);
	return r == 0 ? end(&k, e) : r;
}
