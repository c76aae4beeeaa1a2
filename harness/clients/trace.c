/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/trace.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "harness/clients/capture.h"
#include "harness/clients/message.h"
#include "sim/base/buf.h"
#include "sim/base/names.h"

#define SECONDS_MAX 9000000000 /* what a simtime can hold, with room to spare */

struct trace {
	char *name;
	struct trace_counts counts;

	struct capture *capture;
	uint64_t not_queries; /* messages on DNS ports that are no queries */
	bool wants_answers;
	const uint8_t *answer;
	size_t answer_len;

	FILE *text;
	char *line;
	size_t line_cap;
	uint64_t line_number;
	bool form_known, timed;
	double text_rate;
	simtime last;
};

void trace_free(struct trace *t)
{
	if (!t)
		return;
	if (t->text)
		fclose(t->text);
	capture_free(t->capture);
	free(t->line);
	free(t->name);
	free(t);
}

bool trace_is_text(const struct trace *t)
{
	return t->text;
}

struct trace_counts trace_counts(const struct trace *t)
{
	struct trace_counts counts = t->counts;

	if (t->capture) {
		struct capture_counts c = capture_counts(t->capture);

		counts.packets = c.frames;
		counts.skipped += c.skipped + t->not_queries;
		counts.cut = c.cut;
	}
	return counts;
}

/* Opening. */

enum content { CONTENT_CAPTURE, CONTENT_TEXT, CONTENT_PACKED, CONTENT_FOREIGN };

static enum content content_of(const uint8_t *head, size_t len)
{
	if (capture_knows(head, len))
		return CONTENT_CAPTURE;
	if (capture_is_packed(head, len))
		return CONTENT_PACKED;
	for (size_t i = 0; i < len; i++)
		if (head[i] < ' ' && !strchr("\t\n\r\f", head[i] ? head[i] : '!'))
			return CONTENT_FOREIGN;
	return CONTENT_TEXT;
}

static int open_content(struct trace *t, FILE **file, struct err *e)
{
	uint8_t head[512];
	size_t len = fread(head, 1, sizeof(head), *file);

	if (ferror(*file))
		return err_set(e, -errno, "cannot read '%s': %s", t->name, strerror(errno));
	if (!len)
		return err_set(e, -EINVAL, "'%s' is empty", t->name);
	if (fseek(*file, 0, SEEK_SET))
		return err_set(e, -errno, "'%s' is no regular file: %s", t->name, strerror(errno));
	switch (content_of(head, len)) {
	case CONTENT_CAPTURE:
		return capture_open_file(TAKE(*file), t->name, CAPTURE_QUERIES, &t->capture, e);
	case CONTENT_TEXT:
		t->text = TAKE(*file);
		return 0;
	case CONTENT_PACKED:
		return err_set(e, -EINVAL, "'%s' is packed: unpack it first", t->name);
	case CONTENT_FOREIGN:
		break;
	}
	return err_set(e, -EINVAL, "'%s' is neither a capture (pcap, pcapng) nor a list of queries",
		       t->name);
}

int trace_open_file(FILE *file, const char *name, double text_rate, struct trace **ret,
		    struct err *e)
{
	_cleanup_(fclosep) FILE *mine = file;
	_cleanup_(trace_freep) struct trace *t = calloc(1, sizeof(*t));
	int r;

	if (!t || !(t->name = strdup(name)))
		return -ENOMEM;
	t->text_rate = text_rate;
	r = open_content(t, &mine, e);
	if (r)
		return r;
	*ret = TAKE(t);
	return 0;
}

int trace_open(const char *path, double text_rate, struct trace **ret, struct err *e)
{
	FILE *file = fopen(path, "re");

	if (!file)
		return err_set(e, -errno, "cannot open '%s': %s", path, strerror(errno));
	return trace_open_file(file, path, text_rate, ret, e);
}

/* Captures. */

/* Fills in what the message says; false when it is no query. A query whose records were not
 * captured whole is one, too. */
static bool read_query(const uint8_t *data, size_t len, struct trace_query *ret)
{
	struct message m;

	if (!message_read(data, len, &m) || m.is_answer || m.opcode || !m.has_question ||
	    m.qclass != 1)
		return false;
	name_copy(ret->qname, m.qname);
	ret->qtype = m.qtype;
	ret->rd = m.rd;
	ret->cd = m.cd;
	ret->ad = m.ad;
	ret->edns = m.edns;
	ret->dnssec_ok = m.dnssec_ok;
	return true;
}

static int next_of_capture(struct trace *t, struct trace_query *ret, struct err *e)
{
	struct capture_message m;
	int r;

	while ((r = capture_next(t->capture, &m, e)) == 1) {
		struct trace_query q = {
			.at = m.at, .client = m.from, .port = m.from_port, .tcp = m.tcp
		};

		if (read_query(m.data, m.len, &q)) {
			*ret = q;
			return 1;
		}
		if (t->wants_answers && m.len >= MESSAGE_HEADER_LEN && m.data[2] & 0x80) {
			t->answer = m.data;
			t->answer_len = m.len;
			ret->at = m.at;
			return TRACE_ANSWER;
		}
		t->not_queries++;
	}
	return r;
}

void trace_use_ports(struct trace *t, const uint16_t *ports, unsigned count)
{
	if (t->capture)
		capture_use_ports(t->capture, ports, count);
}

typedef unsigned long long count;

void trace_note(const struct trace *t, char note[NOTE_LEN])
{
	struct trace_counts all = trace_counts(t);
	struct capture_counts c = { 0 };
	char why[NOTE_LEN] = "", most[64] = "";

	if (!all.skipped)
		return;
	if (t->capture)
		c = capture_counts(t->capture);
	if (c.busiest)
		snprintf(most, sizeof(most), ", most of them %u: port = %u reads those", c.busiest,
			 c.busiest);
	if (c.other_protocols)
		note_add(why, "%llu carry no UDP or TCP that can be read",
			 (count)c.other_protocols);
	if (c.fragments)
		note_add(why, "%llu are fragments whose rest is missing", (count)c.fragments);
	if (c.other_ports)
		note_add(why, "%llu are of other ports%s", (count)c.other_ports, most);
	if (t->not_queries)
		note_add(why, "%llu hold no query of class IN", (count)t->not_queries);
	note_add(note, "%llu of %llu packets were not DNS queries (%s)", (count)all.skipped,
		 (count)all.packets, why);
}

void trace_want_answers(struct trace *t)
{
	t->wants_answers = true;
	if (t->capture)
		capture_want_both(t->capture);
}

const uint8_t *trace_answer(const struct trace *t, size_t *len)
{
	*len = t->answer_len;
	return t->answer;
}

/* Text. */

static int line_err(struct trace *t, struct err *e, const char *what, const char *word)
{
	return err_set(e, -EINVAL, "%s:%llu: '%.200s' %s", t->name,
		       (unsigned long long)t->line_number, word, what);
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
static int take_class(struct trace *t, char **words, unsigned *n, struct err *e)
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

static int read_line_time(struct trace *t, char **words, unsigned n, simtime *ret, struct err *e)
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
	if (!t->timed && !(t->text_rate > 0))
		return line_err(t, e, "has no time, and there is no rate for such lines", words[0]);
	if (!t->timed) {
		double seconds = (double)(t->counts.packets - 1) / t->text_rate;

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

static int read_line(struct trace *t, char **words, unsigned n, struct trace_query *ret,
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
		err_prefix(e, "%s:%llu", t->name, (unsigned long long)t->line_number);
		return r;
	}
	type = names_type_number(last[1]);
	if (type < 0)
		return line_err(t, e, "is no type", last[1]);
	q.qtype = (uint16_t)type;
	*ret = q;
	return 1;
}

static int next_of_text(struct trace *t, struct trace_query *ret, struct err *e)
{
	char *words[WORDS_MAX];
	ssize_t len;

	while ((len = getline(&t->line, &t->line_cap, t->text)) >= 0) {
		t->line_number++;
		if (memchr(t->line, '\0', (size_t)len))
			return line_err(t, e, "is followed by a zero byte: no text", t->line);

		unsigned n = split(t->line, words);

		if (!n)
			continue;
		t->counts.packets++;
		return read_line(t, words, n, ret, e);
	}
	if (ferror(t->text))
		return err_set(e, -EIO, "cannot read '%s'", t->name);
	return 0;
}

int trace_next(struct trace *t, struct trace_query *ret, struct err *e)
{
	int r = t->text ? next_of_text(t, ret, e) : next_of_capture(t, ret, e);

	if (r == 1)
		t->counts.queries++;
	return r;
}
