/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/yaml_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define DEPTH 64

/* A map or a list that has begun and not ended. */
struct open {
	int entry; /* -1: the document's own */
	unsigned items;
	bool is_map, is_flow, has_key;
	char *key;
	yaml_mark_t key_at;
};

struct reader {
	yaml_parser_t parser;
	const char *text;
	struct yaml_text *y;
	struct open open[DEPTH];
	unsigned depth, documents;
	size_t chars,
		bytes; /* a mark of libyaml's counts characters: the last one turned into bytes */
	struct err *e;
};

void yaml_text_free(struct yaml_text *y)
{
	if (!y)
		return;
	for (size_t i = 0; i < y->count; i++) {
		free(y->entries[i].path);
		free(y->entries[i].value);
	}
	free(y->entries);
	free(y);
}

/* ---- reading ---- */

static size_t byte_of(struct reader *r, const yaml_mark_t *mark)
{
	if (mark->index < r->chars)
		r->chars = r->bytes = 0;
	if (!r->bytes && !strncmp(r->text, "\xef\xbb\xbf", 3))
		r->bytes = 3;
	while (r->chars < mark->index && r->text[r->bytes]) {
		do
			r->bytes++;
		while ((r->text[r->bytes] & 0xc0) == 0x80);
		r->chars++;
	}
	return r->bytes;
}

static int fail(struct reader *r, const yaml_mark_t *mark, const char *why)
{
	return err_set(r->e, -EINVAL, "%zu: %s", mark->line + 1, why);
}

static struct open *top(struct reader *r)
{
	return r->depth ? &r->open[r->depth - 1] : NULL;
}

static char *path_of(const struct reader *r, const struct open *o)
{
	const char *above = o->entry < 0 ? "" : r->y->entries[o->entry].path;
	char *path = NULL;
	int len = o->is_map ? asprintf(&path, "%s%s%s", above, *above ? "." : "", o->key)
			    : asprintf(&path, "%s[%u]", above, o->items);

	return len < 0 ? NULL : path;
}

static int add(struct reader *r, const yaml_event_t *event, enum yaml_kind kind, const char *value)
{
	struct open *o = top(r);
	const yaml_mark_t *begin = o->has_key ? &o->key_at : &event->start_mark;
	struct yaml_text *y = r->y;
	struct yaml_entry *n;

	if (y->count == y->cap) {
		n = reallocarray(y->entries, y->cap ? 2 * y->cap : 64, sizeof(*n));
		if (!n)
			return err_set(r->e, -ENOMEM, "not enough memory");
		y->entries = n;
		y->cap = y->cap ? 2 * y->cap : 64;
	}
	o->items++;
	n = &y->entries[y->count];
	*n = (struct yaml_entry){ .kind = kind,
				  .parent = o->entry,
				  .line = (unsigned)begin->line + 1,
				  .is_flow = o->is_flow,
				  .from = byte_of(r, begin),
				  .path = path_of(r, o),
				  .value = value ? strdup(value) : NULL };
	n->value_from = byte_of(r, &event->start_mark);
	n->to = byte_of(r, &event->end_mark);
	y->count++;
	o->has_key = false;
	return n->path && (n->value || !value) ? 0 : err_set(r->e, -ENOMEM, "not enough memory");
}

static int take_scalar(struct reader *r, const yaml_event_t *event, const char *text)
{
	struct open *o = top(r);

	if (!o)
		return *text ? fail(r, &event->start_mark, "no settings, but a text alone") : 0;
	if (!o->is_map || o->has_key)
		return add(r, event, YAML_TEXT, event->type == YAML_SCALAR_EVENT ? text : NULL);
	free(o->key);
	o->key = strdup(text);
	if (!o->key)
		return err_set(r->e, -ENOMEM, "not enough memory");
	o->has_key = true;
	o->key_at = event->start_mark;
	return 0;
}

static int begin(struct reader *r, const yaml_event_t *event, bool is_map, bool is_flow)
{
	struct open *o = top(r);
	int n;

	if (o && o->is_map && !o->has_key)
		return fail(r, &event->start_mark, "a key that is no text");
	if (r->depth == DEPTH)
		return fail(r, &event->start_mark, "it is too deep");
	n = o ? add(r, event, is_map ? YAML_MAP : YAML_LIST, NULL) : 0;
	if (n < 0)
		return n;
	r->open[r->depth++] = (struct open){ .entry = o ? (int)r->y->count - 1 : -1,
					     .is_map = is_map,
					     .is_flow = is_flow };
	return 0;
}

/* Where a block ends libyaml says that the next thing begins: it ends where the last of it does. */
static void end(struct reader *r, const yaml_event_t *event)
{
	struct open *o = top(r);
	struct yaml_entry *n = o->entry < 0 ? NULL : &r->y->entries[o->entry];

	if (n && o->is_flow)
		n->to = byte_of(r, &event->end_mark);
	else if (n)
		for (size_t i = (size_t)o->entry + 1; i < r->y->count; i++)
			if (r->y->entries[i].to > n->to)
				n->to = r->y->entries[i].to;
	free(TAKE(o->key));
	r->depth--;
}

static int take(struct reader *r, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return ++r->documents > 1 ? fail(r, &event->start_mark, "a second document") : 0;
	case YAML_SCALAR_EVENT:
		return take_scalar(r, event, (const char *)event->data.scalar.value);
	case YAML_ALIAS_EVENT:
		return take_scalar(r, event, (const char *)event->data.alias.anchor);
	case YAML_MAPPING_START_EVENT:
		return begin(r, event, true,
			     event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
	case YAML_SEQUENCE_START_EVENT:
		return begin(r, event, false,
			     event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		end(r, event);
		return 0;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return 0;
	}
	return 0;
}

static int read_all(struct reader *r)
{
	yaml_event_t event;
	bool is_end = false;
	int result = 0;

	while (!result && !is_end) {
		if (!yaml_parser_parse(&r->parser, &event))
			return fail(r, &r->parser.problem_mark, r->parser.problem ?: "no YAML");
		is_end = event.type == YAML_STREAM_END_EVENT;
		result = take(r, &event);
		yaml_event_delete(&event);
	}
	return result;
}

int yaml_text_read(const char *text, struct yaml_text **ret, struct err *e)
{
	_cleanup_(yaml_text_freep) struct yaml_text *y = calloc(1, sizeof(*y));
	struct reader r = { .text = text, .y = y, .e = e };
	int result;

	if (!y || !yaml_parser_initialize(&r.parser))
		return err_set(e, -ENOMEM, "not enough memory");
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, strlen(text));
	result = read_all(&r);
	while (r.depth)
		free(r.open[--r.depth].key);
	yaml_parser_delete(&r.parser);
	if (!result)
		*ret = TAKE(y);
	return result;
}

/* ---- changing ---- */

/* Which entries are out: those that are named, what is in them, and what has nothing left. */
static void find_out(const struct yaml_text *y, const char *const *changes, bool *out,
		     unsigned *left)
{
	for (size_t i = 0; i < y->count; i++) {
		const struct yaml_entry *n = &y->entries[i];

		out[i] = (changes[i] && !*changes[i]) || (n->parent >= 0 && out[n->parent]);
		if (n->parent >= 0)
			left[n->parent] += !out[i];
	}
	for (size_t i = y->count; i-- > 0;) {
		const struct yaml_entry *n = &y->entries[i];
		bool had = i + 1 < y->count && y->entries[i + 1].parent == (int)i;

		if (out[i] || left[i] || !had)
			continue;
		out[i] = true;
		if (n->parent >= 0)
			left[n->parent]--;
	}
}

/* Whether nothing stands before it on its line but blanks, and its own dash if it is in a list. */
static bool has_lines(const struct yaml_text *y, const char *text, const struct yaml_entry *n)
{
	bool in_list = n->parent >= 0 && y->entries[n->parent].kind == YAML_LIST;
	size_t at = n->from;

	while (at > 0 && text[at - 1] != '\n')
		if (!strchr(in_list ? " \t-" : " \t", text[--at]))
			return false;
	return !n->is_flow;
}

/* A block's text may end in blanks and line ends that are not its own. */
static size_t end_of(const char *text, const struct yaml_entry *n)
{
	size_t to = n->to;

	while (to > n->from && strchr(" \t\r\n", text[to - 1]))
		to--;
	return to;
}

/* To the end of the line in which it ends, each line of it. */
static void comment(char *lines, const char *text, const struct yaml_entry *n)
{
	size_t at = n->from, to = end_of(text, n);

	while (at > 0 && text[at - 1] != '\n')
		at--;
	for (; at < to; at += strcspn(text + at, "\n") + 1)
		lines[at] = 1;
}

/* With the comma behind it. */
static void blank(char *copy, const char *text, const struct yaml_entry *n)
{
	size_t to = end_of(text, n), comma = to + strspn(text + to, " \t\r\n");

	if (text[comma] == ',')
		to = comma + 1;
	for (size_t i = n->from; i < to; i++)
		if (copy[i] != '\n' && copy[i] != '\r')
			copy[i] = ' ';
}

static void write_changed(FILE *f, const struct yaml_text *y, const char *copy, const char *lines,
			  const char *const *changes, const bool *out, const char *mark)
{
	size_t at = 0, len = strlen(copy);

	for (size_t i = 0; at < len; at++) {
		if (lines[at])
			fputs(mark, f);
		while (i < y->count && (!changes[i] || out[i] || y->entries[i].value_from < at))
			i++;
		if (i < y->count && y->entries[i].value_from == at) {
			fputs(changes[i], f);
			at = end_of(copy, &y->entries[i++]) - 1;
			continue;
		}
		fputc(copy[at], f);
	}
}

char *yaml_text_change(const struct yaml_text *y, const char *text, const char *const *changes,
		       const char *mark)
{
	_cleanup_(freep) bool *out = calloc(y->count + 1, sizeof(*out));
	_cleanup_(freep) unsigned *left = calloc(y->count + 1, sizeof(*left));
	_cleanup_(freep) char *copy = strdup(text);
	_cleanup_(freep) char *lines = calloc(strlen(text) + 1, 1);
	char *ret = NULL;
	size_t size;
	FILE *f;

	if (!out || !left || !copy || !lines)
		return NULL;
	find_out(y, changes, out, left);
	for (size_t i = 0; i < y->count; i++) {
		const struct yaml_entry *n = &y->entries[i];

		if (!out[i] || (n->parent >= 0 && out[n->parent]))
			continue;
		if (has_lines(y, text, n))
			comment(lines, text, n);
		else
			blank(copy, text, n);
	}
	f = open_memstream(&ret, &size);
	if (!f)
		return NULL;
	write_changed(f, y, copy, lines, changes, out, mark);
	return fclose(f) == 0 ? ret : NULL;
}
