/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/complete.h"

#include <string.h>

#include "harness/cli/command.h"
#include "harness/cli/man.h"
#include "harness/results/figure_info.h"
#include "harness/subject/driver.h"
#include "sim/base/shipped.h"
#include "sim/language/scenario.h"
#include "zones/fault.h"

#define MITIGATIONS 128

/* A place in the command line, and what is written there so far. */
struct place {
	const char *const *words; /* behind the command's name */
	unsigned count; /* of them, the half-written one included */
	const char *written; /* of the part that is to be completed */
	char before[512]; /* what stands before that part in its word: "unbound,", "--clock=" */
	const char *scenario; /* the first argument, or NULL */
	FILE *out;
};

static void offer(const struct place *p, const char *candidate, const char *about)
{
	if (strncmp(candidate, p->written, strlen(p->written)) == 0)
		fprintf(p->out, "%s%s\t%s\n", p->before, candidate, about);
}

/* ---- what there is ---- */

static void offer_shipped(const char *name, void *arg)
{
	offer(arg, name, "comes with sigfault");
}

/* A name comes from several drivers: it is offered once. */
struct mitigations {
	const struct place *place;
	char names[MITIGATIONS][64];
	unsigned count;
};

static void offer_mitigation(const char *name, void *arg)
{
	struct mitigations *m = arg;

	for (unsigned i = 0; i < m->count; i++)
		if (strcmp(m->names[i], name) == 0)
			return;
	if (m->count == MITIGATIONS)
		return;
	snprintf(m->names[m->count++], sizeof(m->names[0]), "%s", name);
	offer(m->place, name, "a mitigation");
}

static void offer_commands(const struct place *p)
{
	const struct command *c;

	for (unsigned i = 0; (c = command_at(i)); i++)
		if (!c->hidden)
			offer(p, c->name, c->line);
}

static void offer_faults(const struct place *p)
{
	const struct fault_row *r;

	for (unsigned i = 0; (r = fault_row(i)); i++)
		offer(p, r->name, r->about);
}

static void offer_figures(const struct place *p)
{
	for (unsigned i = 0; i < figure_info_count; i++)
		offer(p, figure_infos[i].name, figure_infos[i].about);
}

static void offer_pages(const struct place *p)
{
	const struct man_page *page;

	for (unsigned i = 0; (page = man_at(i)); i++)
		offer(p, page->name, page->about);
}

static struct scenario *load(const struct place *p)
{
	struct scenario_options o = { .seed = 1 };
	struct scenario *s = NULL;
	struct err e;

	return p->scenario && scenario_load(p->scenario, &o, &s, &e) == 0 ? s : NULL;
}

static void offer_zones(const struct place *p)
{
	_cleanup_(scenario_freep) struct scenario *s = load(p);
	char apex[NAME_TEXT_LEN];

	for (unsigned i = 0; s && i < s->tree->zone_count; i++)
		offer(p, name_text(s->tree->zones[i]->apex, apex), "a zone");
}

/* KEY= first; behind it what the scenario has. */
static void offer_set(const struct place *p)
{
	_cleanup_(scenario_freep) struct scenario *s = load(p);
	bool has_key = strchr(p->written, '=') != NULL;
	char candidate[400], about[400];

	if (!has_key)
		fputs(":nospace\n", p->out);
	for (unsigned i = 0; s && i < s->param_count; i++) {
		snprintf(candidate, sizeof(candidate), "%s=%s", s->params[i].key,
			 has_key ? s->params[i].value : "");
		snprintf(about, sizeof(about), "otherwise %s", s->params[i].value);
		offer(p, candidate, about);
	}
}

static void offer_mitigations(const struct place *p)
{
	_cleanup_(scenario_freep) struct scenario *s = load(p);
	struct mitigations m = { .place = p };

	offer(p, "all", "whatever one of the resolvers offers");
	driver_list_mitigations(offer_mitigation, &m, NULL);
	for (unsigned i = 0; s && i < s->mitigation_count; i++)
		offer_mitigation(s->mitigations[i].name, &m);
}

static void offer_clocks(const struct place *p)
{
	offer(p, "virtual", "from event to event");
	offer(p, "x20", "twenty times as fast as time is");
	offer(p, "real", "as time is");
}

static void offer_kind(const struct place *p, enum completes kind)
{
	switch (kind) {
	case COMPLETES_NOTHING:
		return;
	case COMPLETES_COMMAND:
		offer_commands(p);
		return;
	case COMPLETES_SCENARIO:
		fputs(":files\n", p->out);
		shipped_each(SHIPPED_SCENARIOS, offer_shipped, (void *)p);
		return;
	case COMPLETES_PLAN:
		fputs(":files\n", p->out);
		shipped_each(SHIPPED_ROLLOVERS, offer_shipped, (void *)p);
		return;
	case COMPLETES_ZONE:
		offer_zones(p);
		return;
	case COMPLETES_FAULT:
		offer_faults(p);
		return;
	case COMPLETES_FIGURE:
		offer_figures(p);
		return;
	case COMPLETES_RESOLVERS:
		fputs(strchr(p->written, '=') || strchr(p->written, '/') ? ":files\n" : "", p->out);
		shipped_each(SHIPPED_RESOLVERS, offer_shipped, (void *)p);
		return;
	case COMPLETES_SIGNERS:
		fputs(strchr(p->written, '=') || strchr(p->written, '/') ? ":files\n" : "", p->out);
		shipped_each(SHIPPED_SIGNERS, offer_shipped, (void *)p);
		return;
	case COMPLETES_MITIGATIONS:
		offer_mitigations(p);
		return;
	case COMPLETES_SET:
		offer_set(p);
		return;
	case COMPLETES_CLOCK:
		offer_clocks(p);
		return;
	case COMPLETES_PAGE:
		offer_pages(p);
		return;
	case COMPLETES_FILE:
	case COMPLETES_PROGRAM:
		fputs(":files\n", p->out);
		return;
	case COMPLETES_FOLDER:
		fputs(":folders\n", p->out);
		return;
	}
}

/* ---- where we are ---- */

static const struct option_row *row_of(const struct command *c, const char *word)
{
	char spelling[64];

	for (unsigned id = 0; id < OPTION_COUNT; id++)
		if (command_takes(c, id) &&
		    (strcmp(option_spelling(&option_rows[id], spelling), word) == 0 ||
		     (option_rows[id].letter && word[0] == '-' &&
		      word[1] == option_rows[id].letter && !word[2])))
			return &option_rows[id];
	return NULL;
}

static bool is_given(const struct place *p, const struct command *c, const struct option_row *row)
{
	for (unsigned i = 0; i + 1 < p->count; i++)
		if (row_of(c, p->words[i]) == row)
			return true;
	return false;
}

static void offer_options(const struct place *p, const struct command *c)
{
	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		const struct option_row *row = &option_rows[id];
		char spelling[64];

		if (command_takes(c, id) && (row->repeats || !is_given(p, c, row)))
			offer(p, option_spelling(row, spelling), row->about);
	}
}

/* What stands before the part that is written: the names of a list that are done, or "--name=". */
static void cut(struct place *p, const char *until)
{
	size_t len = (size_t)(until - p->written) + strlen(p->before);

	snprintf(p->before + strlen(p->before), sizeof(p->before) - strlen(p->before), "%.*s",
		 (int)(until - p->written), p->written);
	p->written = len < sizeof(p->before) ? until : "";
}

static void offer_value(struct place *p, const struct option_row *row)
{
	const char *comma =
		row->take == option_rows[OPTION_RESOLVERS].take ? strrchr(p->written, ',') : NULL;

	if (comma)
		cut(p, comma + 1);
	offer_kind(p, row->completes);
}

/* An option, or --name=VALUE in one word. */
static void offer_option(struct place *p, const struct command *c)
{
	const char *equals = strncmp(p->written, "--", 2) == 0 ? strchr(p->written, '=') : NULL;
	const struct option_row *row;
	char name[64];

	if (!equals) {
		offer_options(p, c);
		return;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(equals - p->written), p->written);
	row = row_of(c, name);
	if (row && row->value) {
		cut(p, equals + 1);
		offer_value(p, row);
	}
}

/* Counts the arguments before the half-written word. The option whose value that is; or NULL. */
static const struct option_row *walk(struct place *p, const struct command *c, unsigned *args,
				     bool *only_args)
{
	const struct option_row *row = NULL;

	*args = 0;
	*only_args = false;
	for (unsigned i = 0; i + 1 < p->count; i++) {
		const char *word = p->words[i];

		if (row) {
			row = NULL;
			continue;
		}
		if (!*only_args && strcmp(word, "--") == 0) {
			*only_args = true;
			continue;
		}
		row = *only_args ? NULL : row_of(c, word);
		if (row && (!row->value || row->may_lack))
			row = NULL;
		else if (!row && (*only_args || word[0] != '-')) {
			if (!(*args)++)
				p->scenario = word;
			*only_args |= c->stops;
		}
	}
	return row;
}

void complete_words(const char *const *words, unsigned count, FILE *out)
{
	struct place p = { .words = words + 1, .count = count - 1, .out = out };
	const struct command *c = count > 1 ? command_find(words[0]) : NULL;
	const struct option_row *row;
	unsigned args;
	bool only_args;

	if (!count)
		return;
	p.written = words[count - 1];
	if (count == 1) {
		offer_commands(&p);
		offer(&p, "--help", "what there is to do");
		offer(&p, "--version", "which sigfault this is");
		return;
	}
	if (!c)
		return;
	row = walk(&p, c, &args, &only_args);
	if (row)
		offer_value(&p, row);
	else if (!only_args && p.written[0] == '-')
		offer_option(&p, c);
	else if (args < c->most)
		offer_kind(&p, c->completes[args && c->completes[1] ? 1 : 0]);
}
