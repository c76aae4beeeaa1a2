/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/list.h"

#include <errno.h>
#include <string.h>

#include "harness/subject/driver.h"
#include "harness/subject/store.h"
#include "harness/results/figure_info.h"
#include "harness/judge/threshold.h"
#include "harness/text/paragraph.h"
#include "sim/base/shipped.h"
#include "sim/language/scenario.h"

int list_figures(FILE *out, struct err *e)
{
	static const char *const senses[] = { "", "less is better", "more is better" };

	(void)e;
	for (unsigned i = 0; i < figure_info_count; i++) {
		struct paragraph p = paragraph_begin(out, 0, figure_infos[i].name, 29);

		if (*senses[figure_infos[i].sense])
			paragraph_say(&p, "%s:", senses[figure_infos[i].sense]);
		paragraph_say(&p, "%s", figure_infos[i].about);
		paragraph_end(&p);
	}
	fputs("\nWhat --baseline allows where the scenario has no allow { }:\n", out);
	threshold_print_defaults(out);
	return 0;
}

static void print_resolver(const char *name, void *arg)
{
	_cleanup_(driver_freep) struct driver *d = NULL;
	struct err e = { .text = "" };

	struct paragraph p = paragraph_begin(arg, 0, name, 13);

	int r = driver_load(name, &d, &e);

	if (r < 0)
		paragraph_say(&p, "%s%s", r == -EOPNOTSUPP ? "" : "not found: ", e.text);
	else
		paragraph_say(&p, "%-10s %s%s", *driver_version(d) ? driver_version(d) : "-",
			      driver_program(d), driver_is_default(d) ? " (without -r)" : "");
	if (d && *driver_version_why(d))
		paragraph_say(&p, "(%s)", driver_version_why(d));
	paragraph_end(&p);
}

/* Linked or fetched: where it really is. */
static void print_stored(const char *kind, const char *version, const char *path, void *arg)
{
	_cleanup_(driver_freep) struct driver *d = NULL;
	char name[2 * STORE_VERSION + 2];
	struct err e = { .text = "" };
	struct paragraph p;

	(void)path;
	snprintf(name, sizeof(name), "%s@%s", kind, version);
	p = paragraph_begin(arg, 0, name, 25);
	if (driver_load(name, &d, &e) < 0 || *driver_trouble(d))
		paragraph_say(&p, "not found: %s", d ? driver_trouble(d) : e.text);
	else
		paragraph_say(&p, "%-10s %s in %s, glibc %s",
			      *driver_version(d) ? driver_version(d) : "-", driver_program(d),
			      driver_root(d)->folder, *driver_libc(d) ? driver_libc(d) : "-");
	paragraph_end(&p);
}

int list_resolvers(FILE *out, struct err *e)
{
	int r = driver_list(print_resolver, out, e);

	return r == 0 ? store_each(print_stored, out, e) : r;
}

/* The names of the faults, each once: "no-dnskey, no-ds". */
static char *fault_names(const struct tree *t, char *ret, size_t size)
{
	size_t len = 0;

	*ret = '\0';
	for (unsigned i = 0; i < t->fault_count && len < size; i++) {
		bool told = false;

		for (unsigned j = 0; j < i; j++)
			told = told || t->faults[j].row == t->faults[i].row;
		if (!told)
			len += (size_t)snprintf(ret + len, size - len, "%s%s", len ? ", " : "",
						t->faults[i].row->name);
	}
	return ret;
}

/* A scenario of cases has too many faults to name. */
static char *case_text(const struct scenario *s, char *ret, size_t size)
{
	snprintf(ret, size, "%u cases", s->case_count);
	return ret;
}

void list_fault_span(const struct scenario *s, simtime *from, simtime *until)
{
	const struct tree *t = s->tree;

	*from = t->fault_count ? s->to : s->from;
	*until = t->fault_count ? s->from : s->to;
	for (unsigned i = 0; i < t->fault_count; i++) {
		if (t->faults[i].from < *from)
			*from = t->faults[i].from;
		if (t->faults[i].until > *until)
			*until = t->faults[i].until;
	}
	if (*until > s->to)
		*until = s->to;
}

static void print_scenario(const char *name, void *out)
{
	struct scenario_options o = { .seed = 1 };
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	char took[32], day[32], faults[128];
	simtime from, until;
	struct paragraph p;
	struct err e = { .text = "" };

	if (scenario_load(name, &o, &s, &e) < 0) {
		fprintf(out, "%-16s %s\n", name, e.text);
		return;
	}
	list_fault_span(s, &from, &until);
	p = paragraph_begin(out, 0, name, 17);
	paragraph_say(&p, "%.10s  %-14s %s", simtime_text(from, day),
		      simtime_duration_text(until - from, took),
		      s->case_count ? case_text(s, faults, sizeof(faults))
				    : fault_names(s->tree, faults, sizeof(faults)));
	paragraph_end(&p);
	p = paragraph_begin(out, 0, "", 18);
	paragraph_say(&p, "%s", s->title);
	paragraph_end(&p);
}

int list_scenarios(FILE *out, struct err *e)
{
	return shipped_each(SHIPPED_SCENARIOS, print_scenario, out)
		       ? err_set(e, -ENOENT, "the shipped scenarios are not there")
		       : 0;
}
