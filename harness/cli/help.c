/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/help.h"

#include <string.h>

#include "harness/text/paragraph.h"

#define COLUMN 26 /* where a row's text begins */

/* Sentences of any length; "\n" ends a paragraph. */
static void print_text(const char *text, FILE *out)
{
	while (*text) {
		struct paragraph p = paragraph_begin(out, 0, "", 0);
		size_t len = strcspn(text, "\n");

		for (const char *end = text + len; text < end; text += strspn(text, " ")) {
			size_t word = strcspn(text, " \n");

			paragraph_say(&p, "%.*s", (int)word, text);
			text += word;
		}
		paragraph_end(&p);
		text += strspn(text, "\n");
	}
}

static void print_row(const char *label, const char *text, FILE *out)
{
	struct paragraph p = paragraph_begin(out, 2, label, COLUMN);

	paragraph_say(&p, "%s", text);
	paragraph_end(&p);
}

void help_overview(FILE *out)
{
	const struct command *c;
	char label[64];

	print_text("sigfault replays DNSSEC outages against real resolvers, on a virtual clock.",
		   out);
	fputs("\nusage: sigfault COMMAND [OPTION]… [ARGUMENT]…\n\n", out);
	for (unsigned i = 0; (c = command_at(i)); i++) {
		if (c->hidden)
			continue;
		snprintf(label, sizeof(label), "%s %s", c->name, c->arguments);
		print_row(label, c->line, out);
	}
	fputc('\n', out);
	print_text("'sigfault help COMMAND' or 'sigfault COMMAND --help' has its options; "
		   "sigfault(1), sigfault-scenario(5) and sigfault-driver(5) have all of it.\n"
		   "'sigfault run minute' is a first run of three seconds.",
		   out);
}

void help_of_command(const struct command *c, FILE *out)
{
	char usage[96];

	fprintf(out, "usage: sigfault %s [OPTION]…%s%s\n\n", c->name, *c->arguments ? " " : "",
		c->arguments);
	print_text(c->text, out);
	fputs("\noptions:\n", out);
	for (unsigned id = 0; id < OPTION_COUNT; id++)
		if (command_takes(c, id))
			print_row(option_usage(&option_rows[id], usage), option_rows[id].about,
				  out);
	for (unsigned i = 0; i < ARRAY_SIZE(c->examples) && c->examples[i]; i++)
		fprintf(out, "%s  %s\n", i ? "" : "\nexamples:\n", c->examples[i]);
}
