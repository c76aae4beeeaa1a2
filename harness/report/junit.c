/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/junit.h"

#include <errno.h>
#include <libxml/xmlwriter.h>
#include <math.h>
#include <string.h>

#include "harness/report/verdicts.h"
#include "harness/results/known.h"
#include "sim/base/clean.h"

#define TEXT_MAX 4096

/* What a suite sums up, which stands in front of its cases. */
struct suite {
	unsigned tests, failures, errors, skipped;
};

struct writer {
	xmlTextWriterPtr xml;
	const struct recorded *recorded;
	bool failed; /* sticky: a first failure ends all writing */
};

static void begin(struct writer *w, const char *element)
{
	w->failed = w->failed || xmlTextWriterStartElement(w->xml, BAD_CAST element) < 0;
}

static void end(struct writer *w)
{
	w->failed = w->failed || xmlTextWriterEndElement(w->xml) < 0;
}

static void attribute(struct writer *w, const char *name, const char *text)
{
	char safe[TEXT_MAX];

	clean_text(text, safe, sizeof(safe));
	w->failed =
		w->failed || xmlTextWriterWriteAttribute(w->xml, BAD_CAST name, BAD_CAST safe) < 0;
}

static void number(struct writer *w, const char *name, double value)
{
	char text[32];

	snprintf(text, sizeof(text), value == floor(value) ? "%.0f" : "%.3f", value);
	attribute(w, name, text);
}

static void property(struct writer *w, const char *name, const char *value)
{
	if (!*value)
		return;
	begin(w, "property");
	attribute(w, "name", name);
	attribute(w, "value", value);
	end(w);
}

/* A case that did not pass has one child: failure, error or skipped. Readers show its attribute or
 * its content: it has both. */
static void test_case(struct writer *w, const char *suite, const char *name, const char *child,
		      const char *type, const char *message)
{
	char safe[TEXT_MAX];

	begin(w, "testcase");
	attribute(w, "classname", suite);
	attribute(w, "name", name);
	if (child) {
		begin(w, child);
		attribute(w, "message", message);
		attribute(w, "type", type);
		clean_text(message, safe, sizeof(safe));
		w->failed = w->failed || xmlTextWriterWriteString(w->xml, BAD_CAST safe) < 0;
		end(w);
	}
	end(w);
}

static void write_judged(struct writer *w, const struct recorded_cell *c, const char *list,
			 const char *type, const char *what)
{
	char name[1024];
	json_t *one;
	size_t i;

	json_array_foreach(recorded_list(c->json, list), i, one)
	{
		const char *message = recorded_text(one, "message");
		char worse[WORSE_TEXT];

		if (*what)
			message = verdicts_worse(one, worse);
		snprintf(name, sizeof(name), "%s%s", what, recorded_text(one, "text"));
		test_case(w, c->label, name, recorded_held(one) ? NULL : "failure", type,
			  *message ? message : "it did not hold");
	}
}

/* What became of an entry of what is known; NULL: it passed. */
static const char *known_child(const struct writer *w, const struct recorded_cell *c,
			       const json_t *one)
{
	switch (known_verdict_of(one)) {
	case KNOWN_AS_KNOWN:
		break;
	case KNOWN_OTHERWISE:
		return recorded_is_strict(w->recorded, c) ? "failure" : "skipped";
	case KNOWN_NO_VERSION:
	case KNOWN_COUNT:
		return "skipped";
	}
	return NULL;
}

/* What a resolver does otherwise than known is no failure, and readers show why a case was
 * skipped. */
static void write_known(struct writer *w, const struct recorded_cell *c)
{
	char message[2048], source[KNOWN_TEXT];
	json_t *one;
	size_t i;

	json_array_foreach(recorded_list(c->json, "known"), i, one)
	{
		const char *why = recorded_text(one, "message");

		snprintf(message, sizeof(message), "%s%s%.511s (%s)",
			 known_verdict_names[known_verdict_of(one)], *why ? ": " : "", why,
			 known_source(one, source));
		test_case(w, c->label, recorded_text(one, "text"), known_child(w, c, one), "known",
			  message);
	}
}

static void count_known(const struct writer *w, const struct recorded_cell *c, struct suite *t)
{
	json_t *one;
	size_t i;

	json_array_foreach(recorded_list(c->json, "known"), i, one)
	{
		const char *child = known_child(w, c, one);

		t->tests++;
		t->failures += child && strcmp(child, "failure") == 0;
		t->skipped += child && strcmp(child, "skipped") == 0;
	}
}

/* What a cell that is not valid never saw is no second failure of it. */
static const char *why_skipped(const struct recorded_cell *c, const json_t *fault)
{
	if (recorded_was_seen(fault))
		return NULL;
	if (recorded_is_true(fault, "never_dnssec_ok"))
		return "the resolver never asks for signatures";
	return recorded_is_true(c->json, "valid") ? NULL : "the cell is not valid";
}

static void write_faults(struct writer *w, const struct recorded_cell *c)
{
	char name[1024];
	json_t *one;
	size_t i;

	json_array_foreach(recorded_list(c->json, "faults"), i, one)
	{
		snprintf(name, sizeof(name), "the resolver was sent the fault: %s",
			 recorded_text(one, "text"));
		if (recorded_was_seen(one))
			test_case(w, c->label, name, NULL, NULL, NULL);
		else if (why_skipped(c, one))
			test_case(w, c->label, name, "skipped", "fault", why_skipped(c, one));
		else
			test_case(w, c->label, name, "failure", "fault",
				  "it never was, so that the cell says nothing about it");
	}
}

/* How a case fared against the baseline, when that was worse. */
static const json_t *worse_case(const struct recorded_cell *c, const char *name)
{
	json_t *one;
	size_t i;

	json_array_foreach(recorded_list(c->json, "thresholds"), i, one)
	{
		if (strcmp(recorded_text(one, "case"), name) == 0 && !recorded_held(one))
			return one;
	}
	return NULL;
}

static void write_cases(struct writer *w, const struct recorded_cell *c)
{
	for (unsigned i = 0; i < c->cases->count; i++) {
		const struct case_row *row = &c->cases->rows[i];
		const json_t *worse = worse_case(c, row->name);
		char message[1024];

		if (!row->valid) {
			test_case(w, c->label, row->name, "error", "validity", row->why);
			continue;
		}
		snprintf(message, sizeof(message), "%s: %s",
			 worse ? recorded_text(worse, "text") : "",
			 worse ? recorded_text(worse, "message") : "");
		test_case(w, c->label, row->name, worse ? "failure" : NULL, "baseline", message);
	}
}

static void count_cases(const struct recorded_cell *c, struct suite *t)
{
	for (unsigned i = 0; i < c->cases->count; i++) {
		const struct case_row *row = &c->cases->rows[i];

		t->tests++;
		t->errors += !row->valid;
		t->failures += row->valid && worse_case(c, row->name);
	}
}

static void count_judged(const struct recorded_cell *c, const char *list, struct suite *t)
{
	json_t *one;
	size_t i;

	json_array_foreach(recorded_list(c->json, list), i, one)
	{
		t->tests++;
		t->failures += !recorded_held(one);
	}
}

static struct suite tally_of(const struct writer *w, const struct recorded_cell *c)
{
	struct suite t = { .tests = 1, .errors = !recorded_is_true(c->json, "valid") };
	json_t *one;
	size_t i;

	json_array_foreach(recorded_list(c->json, "faults"), i, one)
	{
		t.tests++;
		t.skipped += why_skipped(c, one) != NULL;
		t.failures += !recorded_was_seen(one) && !why_skipped(c, one);
	}
	count_judged(c, "expectations", &t);
	count_known(w, c, &t);
	if (c->cases)
		count_cases(c, &t);
	else
		count_judged(c, "thresholds", &t);
	return t;
}

static void begin_suite(struct writer *w, const char *name, const struct suite *t, double seconds)
{
	begin(w, "testsuite");
	attribute(w, "name", name);
	number(w, "tests", t->tests);
	number(w, "failures", t->failures);
	number(w, "errors", t->errors);
	number(w, "skipped", t->skipped);
	if (!isnan(seconds))
		number(w, "time", seconds);
}

static void write_properties(struct writer *w, const struct recorded_cell *c)
{
	const json_t *run = w->recorded->runs[c->run];
	char seed[32], name[72];
	const char *key;
	json_t *value;

	snprintf(seed, sizeof(seed), "%.0f", recorded_number(run, "seed"));
	begin(w, "properties");
	property(w, "scenario", recorded_text(run, "scenario"));
	property(w, "resolver", c->resolver);
	property(w, "version", c->version);
	property(w, "mitigation", c->mitigation);
	json_object_foreach((json_t *)c->sweep, key, value)
	{
		snprintf(name, sizeof(name), "sweep.%.60s", key);
		property(w, name, json_string_value(value) ?: "");
	}
	property(w, "clock", recorded_text(c->json, "clock"));
	property(w, "seed", seed);
	property(w, "sigfault", recorded_text(run, "sigfault"));
	end(w);
}

static void write_cell(struct writer *w, const struct recorded_cell *c)
{
	bool valid = recorded_is_true(c->json, "valid");
	const struct suite t = tally_of(w, c);

	begin_suite(w, c->label, &t, recorded_number(c->json, "wall_seconds"));
	write_properties(w, c);
	test_case(w, c->label, "the run is valid", valid ? NULL : "error", "validity",
		  recorded_text(c->json, "why"));
	write_faults(w, c);
	write_judged(w, c, "expectations", "expectation", "");
	write_known(w, c);
	if (c->cases)
		write_cases(w, c);
	else
		write_judged(w, c, "thresholds", "baseline", "against the baseline, ");
	end(w);
}

static void write_gap(struct writer *w, const json_t *gap)
{
	const struct suite t = { .tests = 1, .skipped = 1 };
	char name[256];

	snprintf(name, sizeof(name), "%s-%s", recorded_text(gap, "resolver"),
		 recorded_text(gap, "mitigation"));
	begin_suite(w, name, &t, 0);
	test_case(w, name, "the resolver offers this mitigation", "skipped", "not offered",
		  recorded_text(gap, "why"));
	end(w);
}

/* Cells of a matrix that ran elsewhere, and whose folders nobody brought. */
static void write_missing(struct writer *w)
{
	const struct suite t = { .tests = 1, .errors = 1 };
	const char *name = "matrix";
	char message[64];

	snprintf(message, sizeof(message), "missing: %u", w->recorded->missing);
	begin_suite(w, name, &t, 0);
	test_case(w, name, "every cell is there", "error", "validity", message);
	end(w);
}

static void write_all(struct writer *w)
{
	const struct recorded *r = w->recorded;
	json_t *gap;
	size_t i;

	w->failed = w->failed || xmlTextWriterSetIndent(w->xml, 1) < 0 ||
		    xmlTextWriterStartDocument(w->xml, NULL, "UTF-8", NULL) < 0;
	begin(w, "testsuites");
	attribute(w, "name", recorded_text(r->run, "scenario"));
	for (unsigned n = 0; n < r->cell_count; n++)
		write_cell(w, &r->cells[n]);
	json_array_foreach(r->not_offered, i, gap) write_gap(w, gap);
	if (r->missing)
		write_missing(w);
	end(w);
	w->failed = w->failed || xmlTextWriterEndDocument(w->xml) < 0;
}

int junit_write(const struct recorded *r, FILE *out, struct err *e)
{
	xmlBufferPtr text = xmlBufferCreate();
	struct writer w = { .xml = text ? xmlNewTextWriterMemory(text, 0) : NULL, .recorded = r };

	w.failed = !w.xml;
	if (w.xml) {
		write_all(&w);
		xmlFreeTextWriter(w.xml); /* flushes */
	}
	if (!w.failed)
		fwrite(xmlBufferContent(text), 1, (size_t)xmlBufferLength(text), out);
	if (text)
		xmlBufferFree(text);
	return w.failed ? err_set(e, -ENOMEM, "junit.xml could not be made") : 0;
}
