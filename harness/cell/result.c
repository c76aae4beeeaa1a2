/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/cell/monitor.h"
#include "harness/cell/result_hosts.h"
#include "harness/cell/result_transports.h"
#include "harness/results/known.h"
#include "harness/subject/driver_option.h"
#include "harness/subject/mitigation.h"
#include "harness/subject/user_config.h"
#include "harness/text/exit.h"
#include "harness/text/json_text.h"
#include "harness/text/memory.h"
#include "harness/text/version.h"
#include "sim/base/names.h"
#include "sim/base/cleanup.h"

static json_t *expectations_json(const struct cell_result *r)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < r->verdict_count; i++) {
		const struct verdict *v = &r->verdicts[i];

		if (v->known)
			continue;
		json_array_append_new(list,
				      json_pack("{s:o, s:b, s:o}", "text", json_text(v->text),
						"held", v->held, "message", json_text(v->message)));
	}
	return list;
}

static enum known_verdict verdict_on_known(const struct verdict *v)
{
	if (!v->version_known)
		return KNOWN_NO_VERSION;
	return v->held ? KNOWN_AS_KNOWN : KNOWN_OTHERWISE;
}

static json_t *known_json(const struct cell_result *r)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < r->verdict_count; i++) {
		const struct verdict *v = &r->verdicts[i];

		if (!v->known)
			continue;
		json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:s, s:o}", "resolver",
						      json_text(v->known->resolver), "versions",
						      json_text(v->known->versions.text), "text",
						      json_text(v->text), "because",
						      json_text(v->known->because), "verdict",
						      known_verdict_names[verdict_on_known(v)],
						      "message", json_text(v->message)));
	}
	return list;
}

void result_put_verdicts(const struct cell_result *r, json_t *cell)
{
	json_object_set_new(cell, "expectations", expectations_json(r));
	json_object_set_new(cell, "known", known_json(r));
}

static json_t *faults_json(const struct scenario *s, const struct cell_result *r)
{
	json_t *list = json_array();
	char first[32];

	for (unsigned i = 0; i < s->tree->fault_count && !s->case_count; i++) {
		const struct fault *f = &s->tree->faults[i];
		const struct sighting *seen = &r->sightings[i];

		json_array_append_new(
			list,
			json_pack("{s:s, s:o, s:I, s:s?, s:b}", "kind", f->row->name, "text",
				  json_text(f->text), "seen", (json_int_t)seen->count, "first_seen",
				  seen->count ? simtime_text(seen->first, first) : NULL,
				  "never_dnssec_ok", r->never_dnssec_ok));
	}
	return list;
}

/* Faults of cases have each their zone, and stand in cases.csv. */
static json_t *windows_json(const struct scenario *s)
{
	const struct tree *t = s->tree;
	json_t *list = json_array();
	char from[32], until[32], mended[32], zone[NAME_TEXT_LEN];

	for (unsigned i = 0; i < t->fault_count && !s->case_count; i++) {
		const struct fault *f = &t->faults[i];

		json_array_append_new(
			list,
			json_pack("{s:s, s:s?, s:s*, s:s, s:o, s:s?}", "from",
				  simtime_text(f->from, from), "until",
				  f->until == SIMTIME_NEVER ? NULL : simtime_text(f->until, until),
				  "mended", f->mended ? simtime_text(f->mended, mended) : NULL,
				  "kind", f->row->name, "text", json_text(f->text), "zone",
				  name_text(f->zone->apex, zone)));
	}
	return list;
}

/* What is swept, and the windows of a cell whose faults are at other times for it. */
static void put_point(const struct sweep_point *p, json_t *head)
{
	json_t *windows, *all;

	if (p->scenario == p->sweep->base && !sweep_point_without(p))
		return;
	json_object_set_new(head, "sweep", sweep_point_json(p));
	windows = windows_json(p->scenario);
	all = windows_json(p->sweep->base);
	if (!json_equal(windows, all))
		json_object_set(head, "windows", windows);
	json_decref(windows);
	json_decref(all);
}

static json_t *root_json(const struct driver *d)
{
	const struct mounts_root *root = driver_root(d);

	return json_pack("{s:o, s:s, s:b}", "folder", json_text(root->folder), "libc",
			 driver_libc(d), "over", root->over);
}

/* What cache of which fleet it is. */
static json_t *fleet_json(const struct result_cell *c)
{
	const struct fleet_cache *f = &c->cell->cache;
	char row[MATRIX_ROW];

	return json_pack("{s:o, s:o, s:i, s:i, s:f, s:f, s:f}", "sum", json_text(c->cell->fleet),
			 "row", json_text(matrix_row(c->matrix, c->cell, row)), "cache",
			 (int)f->number, "caches", (int)f->count, "age_seconds",
			 (double)f->age / (double)SECOND, "share_of_clients", f->share / f->count,
			 "stagger_seconds", (double)f->delay / (double)SECOND);
}

/* Which cell it is; the rest is added to this. */
static json_t *head_json(const struct result_cell *c)
{
	const struct driver *d = c->cell->driver;
	json_t *head = json_pack(
		"{s:i, s:s, s:o, s:o, s:o, s:o, s:s, s:s}", "number", (int)c->cell->number,
		"folder", c->cell->folder, "resolver", json_text(driver_name(d)), "kind",
		json_text(driver_kind(d)), "program", json_text(driver_program(d)), "version",
		json_text(driver_version(d)), "mitigation", c->cell->mitigation, "clock", c->clock);

	put_point(c->cell->point, head);
	if (c->cell->fleet)
		json_object_set_new(head, "fleet", fleet_json(c));
	if (driver_root(d))
		json_object_set_new(head, "root", root_json(d));
	if (driver_has_chosen(d))
		json_object_set_new(head, "options", driver_options_json(d));
	if (driver_config(d))
		json_object_set_new(head, "config", user_config_json(driver_config(d)));
	if (!driver_lists_requests(d))
		json_object_set_new(head, "lists_no_requests", json_true());
	if (*driver_version_why(d))
		json_object_set_new(head, "version_why", json_text(driver_version_why(d)));
	if (*c->clock_why)
		json_object_set_new(head, "clock_why", json_text(c->clock_why));
	return head;
}

static json_t *with_head(const struct result_cell *c, json_t *rest)
{
	json_t *all = head_json(c);

	json_object_update(all, rest);
	json_decref(rest);
	return all;
}

/* NULL, which leaves it out: it lived. */
static json_t *death_json(const struct result_cell *c, const struct cell_death *d)
{
	json_t *list = json_array();
	char at[32], name[NAME_TEXT_LEN], type[NAMES_LEN];

	for (unsigned i = 0; i < d->last_count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "at",
						      simtime_text(d->last[i].at, at), "name",
						      name_text(d->last[i].qname, name), "type",
						      names_type(d->last[i].qtype, type)));
	if (d->happened)
		return json_pack("{s:s, s:o, s:o}", "at", simtime_text(d->at, at), "questions",
				 list, "repeat", json_text(c->repeat));
	json_decref(list);
	return NULL;
}

/* A text a line. */
static json_t *lines_json(const char *text)
{
	json_t *list = json_array();

	while (*text) {
		size_t len = strcspn(text, "\n");
		char line[1024];

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		json_array_append_new(list, json_text(line));
		text += len + (text[len] == '\n');
	}
	return list;
}

static json_t *lost_json(const struct losses_counts *l)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "sockets", (json_int_t)l->sockets, "clients",
			 (json_int_t)l->clients, "sends", (json_int_t)l->sends, "receives",
			 (json_int_t)l->receives, "answers", (json_int_t)l->answers);
}

/* What the mitigation is, with what is swept: its sentence speaks of the scenario's own instant. */
static json_t *about_json(const struct result_cell *c, const struct scenario *s)
{
	const char *about = mitigation_about(s, c->cell->driver, c->cell->mitigation);
	char swept[SWEEP_NAME], text[512];

	if (!*sweep_point_text(c->cell->point, swept))
		return json_text(about);
	snprintf(text, sizeof(text), "%.300s; here %s%s", about,
		 sweep_point_without(c->cell->point) ? "" : "with ", swept);
	return json_text(text);
}

json_t *result_of_cell(const struct result_cell *c, const struct scenario *s,
		       const struct cell_result *r)
{
	json_t *cell = with_head(
		c,
		json_pack("{s:o, s:o, s:f, s:I, s:b, s:o, s:i, s:o*, s:o, s:o, s:o, s:o, s:f, s:f, "
			  "s:I}",
			  "about", about_json(c, s), "command", json_text(r->command),
			  "wall_seconds", r->wall_seconds, "queries", (json_int_t)r->queries,
			  "valid", r->code == 0, "why", json_text(r->why), "code", r->code, "death",
			  death_json(c, &r->death), "lost", lost_json(&r->lost), "faults",
			  faults_json(s, r), "expectations", expectations_json(r), "known",
			  known_json(r), "resolver_cpu_seconds", r->resolver_cpu,
			  "harness_cpu_seconds", r->harness_cpu, "harness_kilobytes",
			  (json_int_t)r->harness_kilobytes));

	json_object_set_new(cell, "sandbox_lacks", lines_json(r->sandbox_lacks));
	if (s->role_count)
		json_object_set_new(cell, "hosts", result_hosts(c, s, r));
	if (r->unread.datagrams || r->unread.connections)
		json_object_set_new(cell, "unread",
				    json_pack("{s:I, s:I}", "datagrams",
					      (json_int_t)r->unread.datagrams, "connections",
					      (json_int_t)r->unread.connections));
	if (r->lost_on_way.questions || r->lost_on_way.answers)
		json_object_set_new(cell, "client_link",
				    json_pack("{s:I, s:I, s:I}", "questions",
					      (json_int_t)r->lost_on_way.questions, "answers",
					      (json_int_t)r->lost_on_way.answers, "queue_full",
					      (json_int_t)r->lost_on_way.queue_full));
	result_transports(cell, &r->transports);
	if (r->signatures.made || r->signatures.given)
		json_object_set_new(
			cell, "signatures",
			json_pack("{s:I, s:I, s:I}", "made", (json_int_t)r->signatures.made,
				  "shared", (json_int_t)(r->signatures.given - r->signatures.kept),
				  "kept", (json_int_t)r->signatures.kept));
	if (r->chances.out_of_turn || r->chances.slow_commands)
		json_object_set_new(cell, "chances",
				    json_pack("{s:I, s:i}", "out_of_turn",
					      (json_int_t)r->chances.out_of_turn, "slow_commands",
					      (int)r->chances.slow_commands));
	if (r->latest >= SECOND / 10)
		json_object_set_new(cell, "late_seconds",
				    json_real((double)r->latest / (double)SECOND));
	if (r->log_cut)
		json_object_set_new(cell, "log_cut_bytes", json_integer((json_int_t)r->log_cut));
	if (r->transfers || r->transfers_refused || r->notifies)
		json_object_set_new(cell, "transfers",
				    json_pack("{s:I, s:I, s:I}", "given", (json_int_t)r->transfers,
					      "refused", (json_int_t)r->transfers_refused,
					      "notified", (json_int_t)r->notifies));
	if (r->monitor_count)
		json_object_set_new(cell, "monitors", monitors_json(r->monitors, r->monitor_count));
	if (r->restarts)
		json_object_set_new(cell, "restarts", json_integer((json_int_t)r->restarts));
	if (r->counters.count)
		json_object_set_new(cell, "counters_failed",
				    json_pack("{s:i, s:o}", "count", (int)r->counters.count, "why",
					      json_text(r->counters.why)));
	return cell;
}

static json_t *nothing_json(const struct result_cell *c, const char *why, int code)
{
	return with_head(c, json_pack("{s:f, s:i, s:b, s:s, s:i, s:[], s:[], s:[]}", "wall_seconds",
				      0.0, "queries", 0, "valid", 0, "why", why, "code", code,
				      "faults", "expectations", "known"));
}

json_t *result_of_lost(const struct result_cell *c, int status, int code)
{
	char why[96];

	if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "the cell's process was ended by signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == EXIT_ENVIRONMENT)
		snprintf(why, sizeof(why), MEMORY_ENDED " for its result");
	else
		snprintf(why, sizeof(why), "the cell's process exited with status %d",
			 WEXITSTATUS(status));
	return nothing_json(c, why, code);
}

json_t *result_of_unfinished(const struct result_cell *c)
{
	json_t *cell = nothing_json(c, "the run ended before this cell did", -EINTR);

	json_object_set_new(cell, "unfinished", json_true());
	return cell;
}

static json_t *set_json(const struct scenario *s)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < s->param_count; i++)
		json_object_set_new(o, s->params[i].key, json_text(s->params[i].value));
	return o;
}

/* NULL, which leaves it out: it has none. */
static json_t *cases_json(const struct scenario *s)
{
	json_t *list = s->case_count ? json_array() : NULL;

	for (unsigned i = 0; i < s->case_count; i++)
		json_array_append_new(list, json_string(s->cases[i].name));
	return list;
}

/* The whole matrix, also when this run is of one of its cells. */
static json_t *matrix_json(const struct matrix *m, bool of_sums)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < m->fleet_count && of_sums; i++)
		json_array_append_new(list, json_string(m->fleets[i]));
	for (unsigned i = 0; i < m->cell_count && !of_sums; i++)
		json_array_append_new(list, json_string(m->cells[i].folder));
	return list;
}

static json_t *gaps_json(const struct matrix *m)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < m->gap_count; i++) {
		const struct matrix_gap *g = &m->gaps[i];

		json_array_append_new(list,
				      json_pack("{s:o, s:s, s:o}", "resolver",
						json_text(driver_name(g->driver)), "mitigation",
						g->mitigation, "why", json_text(g->why)));
	}
	return list;
}

const char *result_clock_text(enum clock_mode mode, double speed, double charge,
			      char text[CLOCK_TEXT_LEN])
{
	if (mode == CLOCK_SCALED)
		snprintf(text, CLOCK_TEXT_LEN, "x%g", speed);
	else if (mode == CLOCK_VIRTUAL && charge > 0)
		snprintf(text, CLOCK_TEXT_LEN, "virtual, CPU time charged x%g", charge);
	else
		snprintf(text, CLOCK_TEXT_LEN, "%s", mode == CLOCK_REAL ? "real" : "virtual");
	return text;
}

/* What its sums are judged by, where its cells run one by one. */
static void put_script(const struct run_options *o, const struct matrix *m, json_t *run)
{
	const struct scenario_options *so = &o->scenario_options;
	json_t *files;

	if (!m->fleet_count)
		return;
	files = json_array();
	for (unsigned i = 0; i < so->mitigation_file_count; i++)
		json_array_append_new(files, json_text(so->mitigation_files[i]));
	json_object_set_new(run, "mitigation_files", files);
	json_object_set_new(run, "script", json_text(o->scenario));
}

/* Of replayed traffic: where its names are from. */
static void add_trace(const struct traffic *t, json_t *trace)
{
	const struct traffic_names *n = &t->names_seen;
	const struct {
		const char *key;
		uint64_t value;
	} counts[] = {
		{ "known", n->known },
		{ "nxdomain", n->absent },
		{ "made_up", n->assumed },
		{ "drawn_nxdomain", n->drawn },
		{ "single_labels", n->single },
		{ "scenario", n->planned },
		{ "contradicted", n->contradicted },
		{ "questions", n->questions },
		{ "questions_nxdomain", n->nxdomain },
	};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		json_int_t before = json_integer_value(json_object_get(trace, counts[i].key));

		json_object_set_new(trace, counts[i].key,
				    json_integer(before + (json_int_t)counts[i].value));
	}
}

/* NULL: nothing is replayed. */
static json_t *trace_json(const struct scenario *s)
{
	json_t *trace = NULL;

	for (unsigned i = 0; i < s->traffic_count; i++) {
		if (s->traffic[i].kind != TRAFFIC_TRACE)
			continue;
		if (!trace)
			trace = json_pack("{s:o}", "note", json_text(s->trace_note));
		add_trace(&s->traffic[i], trace);
	}
	return trace;
}

json_t *result_of_run(const struct run_options *o, const struct scenario *s, const struct matrix *m,
		      double wall_seconds, json_t *cells)
{
	char from[32], to[32], clock[CLOCK_TEXT_LEN];
	json_t *trace,
		*run = json_pack(
			"{s:s, s:s, s:o, s:o, s:I, s:b, s:s, s:s, s:s, s:f, s:f, s:o, s:o*, s:o, "
			"s:o*, s:o, s:o, s:o}",
			"schema", "run-1", "sigfault", SIGFAULT_VERSION, "scenario",
			json_text(s->name), "title", json_text(s->title), "seed",
			(json_int_t)s->seed, "strict", o->strict, "clock",
			result_clock_text(o->clock, o->speed, s->charge, clock), "from",
			simtime_text(s->from, from), "to", simtime_text(s->to, to), "bin_seconds",
			(double)s->bin / (double)SECOND, "wall_seconds", wall_seconds, "set",
			set_json(s), "sweep", m->sweep->axis_count ? sweep_json(m->sweep) : NULL,
			"windows", windows_json(s), "cases", cases_json(s), "matrix",
			matrix_json(m, m->fleet_count && !o->cell), "not_offered", gaps_json(m),
			"cells", cells);

	trace = trace_json(s);
	if (trace)
		json_object_set_new(run, "trace", trace);
	put_script(o, m, run);
	return run;
}
