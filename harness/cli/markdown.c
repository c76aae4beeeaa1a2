/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/markdown.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/roff.h"
#include "sim/base/cleanup.h"

#define CELLS 16

struct page {
	FILE *out;
	bool fenced, in_table, in_paragraph, in_list;
	bool begins; /* right behind a heading, where man(7) has a paragraph already */
	char heads[CELLS][64];
};

/* "| a | b |" becomes its cells, in place; `\|` is no border. Gives how many there are. */
static unsigned split_row(char *line, char *cells[CELLS])
{
	unsigned n = 0;
	char *at = line + 1;

	while (n < CELLS && *at) {
		char *end = at;

		while (*end && (*end != '|' || end[-1] == '\\'))
			end++;
		if (!*end)
			break;
		*end = '\0';
		at += strspn(at, " ");
		for (char *tail = at + strlen(at); tail > at && tail[-1] == ' ';)
			*--tail = '\0';
		cells[n++] = at;
		at = end + 1;
	}
	return n;
}

static void drop_backslashes(char *text)
{
	for (char *p; (p = strstr(text, "\\|"));)
		memmove(p, p + 1, strlen(p));
}

/* What stands behind the tag: the second cell, and others with what their column is called. */
static void about_row(const struct page *p, char *cells[CELLS], unsigned n, char *ret, size_t size)
{
	size_t len = 0;

	*ret = '\0';
	for (unsigned i = 1; i < n && len < size; i++) {
		const char *head = i > 1 || n > 3 ? p->heads[i] : "";

		if (*cells[i])
			len += (size_t)snprintf(ret + len, size - len, "%s%s%s%s", len ? "; " : "",
						head, *head ? ": " : "", cells[i]);
	}
}

static void take_row(struct page *p, char *line)
{
	char *cells[CELLS], about[4096];
	unsigned n = split_row(line, cells);

	for (unsigned i = 0; i < n; i++)
		drop_backslashes(cells[i]);
	if (!p->in_table) {
		for (unsigned i = 0; i < CELLS; i++)
			snprintf(p->heads[i], sizeof(p->heads[i]), "%s", i < n ? cells[i] : "");
		p->in_table = true;
		return;
	}
	if (n && cells[0][strspn(cells[0], ":-")] == '\0' && *cells[0])
		return;
	about_row(p, cells, n, about, sizeof(about));
	if (n)
		roff_item(p->out, cells[0], about);
}

static void take_fence(struct page *p)
{
	if (p->fenced)
		roff_example_end(p->out);
	else
		roff_example_begin(p->out, p->begins);
	p->begins = false;
	p->fenced = !p->fenced;
	p->in_paragraph = p->in_list = false;
}

static void take_text(struct page *p, const char *line)
{
	if (strncmp(line, "- ", 2) == 0) {
		fputs(".IP \\(bu 2\n", p->out);
		p->in_list = true;
		line += 2;
	} else if (!p->in_paragraph && !p->in_list) {
		fputs(p->begins ? "" : ".PP\n", p->out);
		p->in_paragraph = true;
	}
	roff_inline(p->out, line + strspn(line, " "));
	fputc('\n', p->out);
}

static void take_line(struct page *p, char *line)
{
	line[strcspn(line, "\r\n")] = '\0';
	if (strncmp(line, "```", 3) == 0) {
		take_fence(p);
	} else if (p->fenced) {
		roff_line(p->out, line);
	} else if (*line == '|') {
		p->in_paragraph = p->in_list = false;
		take_row(p, line);
		p->begins = false;
		return;
	} else if (strncmp(line, "### ", 4) == 0) {
		roff_subheading(p->out, line + 4);
	} else if (strncmp(line, "## ", 3) == 0) {
		roff_heading(p->out, line + 3);
	} else if (!line[strspn(line, " ")] || *line == '#') {
		p->in_paragraph = p->in_list = false;
	} else {
		take_text(p, line);
	}
	if (*line == '#' && !p->fenced)
		p->in_paragraph = p->in_list = false;
	p->begins = *line ? *line == '#' && !p->fenced : p->begins;
	p->in_table = false;
}

int markdown_to_roff(const char *path, FILE *out, struct err *e)
{
	_cleanup_(fclosep) FILE *f = fopen(path, "re");
	_cleanup_(freep) char *line = NULL;
	struct page p = { .out = out, .begins = true };
	size_t size = 0;

	if (!f)
		return err_set(e, -errno, "cannot read '%s': %s", path, strerror(errno));
	while (getline(&line, &size, f) >= 0)
		take_line(&p, line);
	return ferror(f) ? err_set(e, -EIO, "cannot read '%s'", path) : 0;
}
