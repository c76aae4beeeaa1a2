/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/trace_text.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "sim/base/names.h"

#define SECONDS_MAX 9000000000 /* what a simtime can hold, with room to spare */

void trace_text_done(struct trace_text *t)
{
	if (t->file)
		fclose(t->file);
	free(t->line);
}

void trace_text_go_on(struct trace_text *t, FILE *file)
{
	fclose(t->file);
	t->file = file;
	t->number = 0;
}

static int line_err(struct trace_text *t, struct err *e, const char *what, const char *word)
{
	return err_set(e, -EINVAL, "%s:%llu: '%.200s' %s", t->name, (unsigned long long)t->number,
		       word, what);
}

/* "1778009400.25", "0.5", or an instant. */
static bool read_time(const char *text, simtime *ret)
{
	simtime whole = 0, unit = SECOND, part = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9' && whole <= SECONDS_MAX; p++)
		whole = whole * 10 + (*p - '0');
	if (p == text || whole > SECONDS_MAX)
		return false;
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9'; p++)
			part += (*p - '0') * (unit /= 10);
	if (*p == '-' && whole >= 1970 && whole < 2200) /* years that a simtime can hold */
		return !simtime_parse(text, ret, NULL);
	if (*p)
		return false;
	*ret = whole * SECOND + part;
	return true;
}

#define WORDS_MAX 6

/* Cuts a line into words; the number of them, WORDS_MAX for that many and more. */
static unsigned split(char *line, char *words[WORDS_MAX])
{
	unsigned n = 0;
	char *rest = line, *word;

	while (n < WORDS_MAX && (word = strtok_r(rest, " \t\r\n\f", &rest))) {
		if (*word == '#' || *word == ';')
			break;
		words[n++] = word;
	}
	return n;
}

static enum trace_mark mark_of(const char *word)
{
	static const char *const words[] = { "", "nxdomain", "nodata", "servfail" };

	for (unsigned i = 1; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(word, words[i]) == 0)
			return (enum trace_mark)i;
	return MARK_NONE;
}

/* Takes a class out of the words: IN goes without saying. -EINVAL: another one. A name may be called as
 * classes are: behind a time the third word from the end is one. */
static int take_class(struct trace_text *t, char **words, unsigned *n, struct err *e)
{
	static const char *const classes[] = { "IN", "CH", "HS", "CHAOS", "HESIOD" };
	char *word = *n > 2 ? words[*n - 2] : "";
	simtime at;

	if (*n == 3 && (t->form_known ? t->timed : read_time(words[0], &at)))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (strcasecmp(word, classes[i]) != 0)
			continue;
		if (i)
			return line_err(
				t, e, "is a class that is not replayed: questions are of class IN",
				word);
		words[*n - 2] = words[*n - 1];
		--*n;
		return 0;
	}
	return 0;
}

static int read_line_time(struct trace_text *t, char **words, unsigned n, simtime *ret,
			  struct err *e)
{
	if (!t->form_known) {
		t->timed = n == 3;
		t->form_known = true;
	}
	if (n != (t->timed ? 3 : 2))
		return line_err(t, e,
				t->timed ? "does not begin a line of time, name and type"
					 : "does not begin a line of name and type",
				words[0]);
	if (!t->timed && !(t->rate > 0))
		return line_err(t, e, "has no time, and there is no rate for such lines", words[0]);
	if (!t->timed) {
		double seconds = (double)(t->lines - 1) / t->rate;

		*ret = seconds < SECONDS_MAX ? (simtime)(seconds * SECOND) : SECONDS_MAX * SECOND;
		return 0;
	}
	if (!read_time(words[0], ret))
		return line_err(t, e, "is no time in seconds and no instant", words[0]);
	if (*ret < t->last)
		return line_err(t, e, "is earlier than the line before", words[0]);
	t->last = *ret;
	return 0;
}

static int read_line(struct trace_text *t, char **words, unsigned n, struct trace_query *ret,
		     struct err *e)
{
	struct trace_query q = { .rd = true, .ad = true, .edns = true };
	char **last;
	int type, r;

	if (n > 2)
		q.mark = mark_of(words[n - 1]);
	n -= q.mark != MARK_NONE;
	r = take_class(t, words, &n, e);
	if (!r)
		r = read_line_time(t, words, n, &q.at, e);
	if (r)
		return r;
	last = words + n - 2;
	r = name_parse(last[0], q.qname, e);
	if (r) {
		err_prefix(e, "%s:%llu", t->name, (unsigned long long)t->number);
		return r;
	}
	type = names_type_number(last[1]);
	if (type < 0)
		return line_err(t, e, "is no type", last[1]);
	q.qtype = (uint16_t)type;
	*ret = q;
	return 1;
}

/* A line of a log. 0: it is of something else, or tells nothing new. */
static int read_log(struct trace_text *t, struct trace_query *ret, struct err *e)
{
	_cleanup_(freep) char *copy = strdup(t->line);
	enum trace_log_line kind;

	if (!copy)
		return err_set(e, -ENOMEM, "no memory for a line");
	kind = trace_log_read(&t->log, copy, ret);
	t->is_log |= kind != TRACE_LOG_NONE;
	t->has_queries |= kind == TRACE_LOG_QUERY;
	t->lines += t->is_log;
	switch (kind) {
	case TRACE_LOG_NONE:
	case TRACE_LOG_OTHER:
		t->others += t->is_log;
		return 0;
	case TRACE_LOG_QUERY:
		return 1;
	case TRACE_LOG_REPLY:
		break;
	}
	if (!t->has_queries)
		return 1;
	t->replies++;
	return t->wants_marks ? TRACE_MARK : 0;
}

int trace_text_next(struct trace_text *t, const char *name, struct trace_query *ret, struct err *e)
{
	char *words[WORDS_MAX];
	ssize_t len;

	t->name = name;

	while ((len = getline(&t->line, &t->cap, t->file)) >= 0) {
		t->number++;
		if (memchr(t->line, '\0', (size_t)len))
			return line_err(t, e, "is followed by a zero byte: no text", t->line);

		if (!t->form_known || t->is_log) {
			int r = read_log(t, ret, e);

			if (r)
				return r;
			if (t->is_log)
				continue;
		}

		unsigned n = split(t->line, words);

		if (!n)
			continue;
		t->lines++;
		return read_line(t, words, n, ret, e);
	}
	if (ferror(t->file))
		return err_set(e, -EIO, "cannot read '%s'", t->name);
	return 0;
}
