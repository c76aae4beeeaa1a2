/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/man.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "harness/cli/command.h"
#include "harness/cli/markdown.h"
#include "harness/cli/roff.h"

static void print_options(const struct command *c, FILE *out)
{
	char usage[96], tag[128];

	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		if (!command_takes(c, id) || id == OPTION_HELP)
			continue;
		snprintf(tag, sizeof(tag), "`%s`", option_usage(&option_rows[id], usage));
		roff_item(out, tag, option_rows[id].about);
	}
}

/* Behind a heading, which begins a paragraph by itself. */
static void print_paragraphs(const char *text, FILE *out)
{
	for (const char *p = text; *text;) {
		size_t len = strcspn(text, "\n");

		fputs(text == p ? "" : ".PP\n", out);
		roff_text(out, text, len);
		fputc('\n', out);
		text += len + strspn(text + len, "\n");
	}
}

static void print_command(const struct command *c, FILE *out)
{
	char usage[160];

	snprintf(usage, sizeof(usage), "sigfault %s [OPTION]…%s%s", c->name,
		 *c->arguments ? " " : "", c->arguments);
	roff_subheading(out, usage);
	print_paragraphs(c->text, out);
	print_options(c, out);
}

static void print_examples(FILE *out)
{
	const struct command *c;

	roff_heading(out, "examples");
	roff_example_begin(out, true);
	for (unsigned i = 0; (c = command_at(i)); i++)
		for (unsigned j = 0; j < ARRAY_SIZE(c->examples) && c->examples[j]; j++)
			roff_line(out, c->examples[j]);
	roff_example_end(out);
}

static void print_table(FILE *out, const char *heading, const char *const (*rows)[2], size_t count)
{
	roff_heading(out, heading);
	for (size_t i = 0; i < count; i++)
		roff_item(out, rows[i][0], rows[i][1]);
}

static const char *const statuses[][2] = {
	{ "0", "every expectation held, and nothing is worse than the baseline allows" },
	{ "1", "one did not, or is; with --strict, a resolver did otherwise than known; a plan of "
	       "rollovers is not safe" },
	{ "2", "the command line, a scenario or a driver is wrong; a script's file and line are "
	       "named" },
	{ "3", "the machine lacks something: the sentence says which command mends it" },
	{ "4",
	  "the run says nothing about the resolver: it died, the clock could not be kept, or a "
	  "fault never reached it" },
	{ "5", "`gate`: the version is to be held back" },
	{ "130", "interrupted; what was recorded is there" },
};

static const char *const variables[][2] = {
	{ "`COLUMNS`", "how wide what people read may be; without it as wide as the terminal" },
	{ "`NO_COLOR`", "when it is set to anything, no escape sequences are written" },
	{ "`PATH`", "where resolvers are looked for, before the system's folders" },
};

static const char *const files[][2] = {
	{ "`share/sigfault/scenarios`, `share/sigfault/rollovers`",
	  "the outages and plans that come with sigfault, below the folder it is installed in" },
	{ "`share/sigfault/resolvers`", "the drivers of resolvers" },
	{ "`share/sigfault/schema`", "JSON schemas of what --json prints, and of run.json" },
};

static int print_program(const struct man_page *page, FILE *out, struct err *e)
{
	const struct command *c;

	(void)e;
	roff_begin(out, "SIGFAULT", page->section, page->name, page->about);
	roff_heading(out, "synopsis");
	fputs(".B sigfault\n.I COMMAND\n[OPTION]… [ARGUMENT]…\n", out);
	roff_heading(out, "description");
	print_paragraphs(
		"A scenario in Lua describes a small Internet, what breaks in it and when, "
		"and who asks what. sigfault builds that Internet in network namespaces "
		"which lead nowhere, starts a real resolver in it, moves the clock as fast "
		"as the work allows, and records what the resolver's users got. The same "
		"seed gives the same run.",
		out);
	roff_heading(out, "commands");
	for (unsigned i = 0; (c = command_at(i)); i++)
		if (!c->hidden)
			print_command(c, out);
	print_table(out, "exit status", statuses, ARRAY_SIZE(statuses));
	print_table(out, "environment", variables, ARRAY_SIZE(variables));
	print_table(out, "files", files, ARRAY_SIZE(files));
	print_examples(out);
	roff_heading(out, "see also");
	fputs(".BR sigfault\\-scenario (5),\n.BR sigfault\\-driver (5)\n", out);
	return 0;
}

static int print_readme(const struct man_page *page, FILE *out, struct err *e)
{
	const char *folder = shipped_path(page->kind);
	char path[PATH_MAX], title[64];

	if (!folder || (size_t)snprintf(path, sizeof(path), "%s/README.md", folder) >= sizeof(path))
		return err_set(e, -ENOENT, "the README of which '%s' is made is not there",
			       page->name);
	snprintf(title, sizeof(title), "%s", page->name);
	for (char *p = title; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	roff_begin(out, title, page->section, page->name, page->about);
	roff_heading(out, "description");
	return markdown_to_roff(path, out, e);
}

static const struct man_page pages[] = {
	{ "sigfault", "1", print_program,
	  "replays DNSSEC outages against real resolvers, on a virtual clock", SHIPPED_COUNT },
	{ "sigfault-scenario", "5", print_readme, "the language in which an outage is told",
	  SHIPPED_SCENARIOS },
	{ "sigfault-driver", "5", print_readme, "how a resolver is found, configured and started",
	  SHIPPED_RESOLVERS },
};

const struct man_page *man_at(unsigned i)
{
	return i < ARRAY_SIZE(pages) ? &pages[i] : NULL;
}

const struct man_page *man_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		size_t len = strlen(pages[i].name);

		if (strncmp(name, pages[i].name, len) == 0 &&
		    (!name[len] || (name[len] == '.' && !strcmp(name + len + 1, pages[i].section))))
			return &pages[i];
	}
	return NULL;
}
