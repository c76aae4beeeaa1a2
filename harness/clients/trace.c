/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/trace.h"

#include <errno.h>
#include <string.h>

#include "harness/clients/capture.h"
#include "harness/clients/dnstap.h"
#include "harness/clients/message.h"
#include "harness/clients/trace_text.h"
#include "harness/clients/unpack.h"
#include "sim/base/buf.h"
#include "sim/base/names.h"

struct trace {
	char *name;
	char *damage; /* UNPACK_WHY: of the file, when it is packed */
	struct trace_counts counts;

	struct capture *capture;
	struct dnstap *dnstap;
	char *const *paths; /* of files that follow */
	unsigned path_count;
	struct capture_counts before; /* of captures that are over */
	struct dnstap_counts tapped; /* the same of dnstap */
	uint16_t ports[CAPTURE_PORTS_MAX];
	unsigned port_count;
	uint64_t not_queries; /* messages on DNS ports that are no queries */
	bool wants_answers, wants_own;
	const uint8_t *answer;
	size_t answer_len;

	struct trace_text text; /* without a file: it is none */
};

void trace_free(struct trace *t)
{
	if (!t)
		return;
	trace_text_done(&t->text);
	capture_free(t->capture);
	dnstap_free(t->dnstap);
	free(t->damage);
	free(t->name);
	free(t);
}

bool trace_is_text(const struct trace *t)
{
	return t->text.file;
}

static void add_counts(struct capture_counts *sum, const struct capture_counts *c)
{
	sum->frames += c->frames;
	sum->skipped += c->skipped;
	sum->other_protocols += c->other_protocols;
	sum->fragments += c->fragments;
	sum->other_ports += c->other_ports;
	sum->cut |= c->cut;
	if (c->busiest_frames <= sum->busiest_frames)
		return;
	sum->busiest = c->busiest;
	sum->busiest_frames = c->busiest_frames;
}

static void add_dnstap(struct trace *t)
{
	struct dnstap_counts c;

	if (!t->dnstap)
		return;
	c = dnstap_counts(t->dnstap);
	t->tapped.frames += c.frames;
	t->tapped.unwanted += c.unwanted;
	t->tapped.unread += c.unread;
	t->tapped.cut |= c.cut;
}

/* Of all files of dnstap so far. */
static struct dnstap_counts tapped(const struct trace *t)
{
	struct trace sum = { .dnstap = t->dnstap, .tapped = t->tapped };

	add_dnstap(&sum);
	return sum.tapped;
}

/* Of all captures so far. */
static struct capture_counts captured(const struct trace *t)
{
	struct capture_counts sum = t->before, c;

	if (t->capture) {
		c = capture_counts(t->capture);
		add_counts(&sum, &c);
	}
	return sum;
}

struct trace_counts trace_counts(const struct trace *t)
{
	struct trace_counts counts = t->counts;
	struct capture_counts c = captured(t);

	struct dnstap_counts d = tapped(t);

	counts.packets += c.frames + d.frames + t->text.lines;
	counts.skipped += c.skipped + d.unwanted + d.unread + t->not_queries + t->text.others +
			  t->text.replies;
	counts.cut |= c.cut || d.cut;
	return counts;
}

/* Opening. */

enum content { CONTENT_CAPTURE, CONTENT_DNSTAP, CONTENT_TEXT, CONTENT_FOREIGN };

static enum content content_of(const uint8_t *head, size_t len)
{
	if (capture_knows(head, len))
		return CONTENT_CAPTURE;
	if (dnstap_knows(head, len))
		return CONTENT_DNSTAP;
	for (size_t i = 0; i < len; i++)
		if (head[i] < ' ' && !strchr("\t\n\r\f", head[i] ? head[i] : '!'))
			return CONTENT_FOREIGN;
	return CONTENT_TEXT;
}

static int open_content(struct trace *t, FILE **file, struct err *e)
{
	uint8_t head[512];
	size_t len = fread(head, 1, sizeof(head), *file);

	if (*t->damage)
		return unpack_err(e, t->name, t->damage);
	if (ferror(*file))
		return err_set(e, -errno, "cannot read '%s': %s", t->name, strerror(errno));
	if (!len)
		return err_set(e, -EINVAL, "'%s' is empty", t->name);
	if (fseek(*file, 0, SEEK_SET))
		return err_set(e, -errno, "'%s' is no regular file: %s", t->name, strerror(errno));
	switch (content_of(head, len)) {
	case CONTENT_CAPTURE:
		return capture_open_file(TAKE(*file), t->name, CAPTURE_QUERIES, &t->capture, e);
	case CONTENT_DNSTAP:
		return dnstap_open_file(TAKE(*file), t->name, &t->dnstap, e);
	case CONTENT_TEXT:
		t->text.file = TAKE(*file);
		return 0;
	case CONTENT_FOREIGN:
		break;
	}
	return err_set(e, -EINVAL,
		       "'%s' is neither a capture (pcap, pcapng, dnstap) nor a list of queries",
		       t->name);
}

int trace_open_file(FILE *file, const char *name, double text_rate, struct trace **ret,
		    struct err *e)
{
	_cleanup_(fclosep) FILE *mine = file;
	_cleanup_(trace_freep) struct trace *t = calloc(1, sizeof(*t));
	int r;

	if (!t || !(t->name = strdup(name)) || !(t->damage = calloc(1, UNPACK_WHY)))
		return err_set(e, -ENOMEM, "no memory");
	t->text.rate = text_rate;
	r = unpack_file(TAKE(mine), name, t->damage, &mine, e);
	if (r == 0)
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

static int next_message(struct trace *t, struct capture_message *ret, struct err *e)
{
	return t->dnstap ? dnstap_next(t->dnstap, ret, e) : capture_next(t->capture, ret, e);
}

static int next_of_capture(struct trace *t, struct trace_query *ret, struct err *e)
{
	struct capture_message m;
	int r;

	while ((r = next_message(t, &m, e)) == 1) {
		struct trace_query q = {
			.at = m.at, .client = m.from, .port = m.from_port, .tcp = m.tcp
		};

		if (read_query(m.data, m.len, &q)) {
			q.rd |= t->wants_own; /* as if a client had asked it */
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
	memcpy(t->ports, ports, count * sizeof(*ports));
	t->port_count = count;
	if (t->capture)
		capture_use_ports(t->capture, ports, count);
}

int trace_want_own(struct trace *t, struct err *e)
{
	t->wants_own = true;
	if (!t->dnstap)
		return err_set(e, -EINVAL,
			       "'%s' is no dnstap, which alone tells what a resolver asked itself: "
			       "leave out messages",
			       t->name);
	dnstap_want_own(t->dnstap);
	return 0;
}

void trace_note(const struct trace *t, char note[NOTE_LEN])
{
	struct trace_counts all = trace_counts(t);
	struct capture_counts c = captured(t);
	struct dnstap_counts d = tapped(t);
	char why[NOTE_LEN] = "", most[64] = "";

	if (!all.skipped)
		return;
	if (c.busiest)
		snprintf(most, sizeof(most), ", most of them %u: port = %u reads those", c.busiest,
			 c.busiest);
	if (t->text.others)
		note_add(why, "%llu are other lines of the log",
			 (unsigned long long)t->text.others);
	if (t->text.replies)
		note_add(why, "%llu are replies to queries that the log has, too",
			 (unsigned long long)t->text.replies);
	if (d.unwanted)
		note_add(why, "%llu are what %s: messages = \"%s\" reads those",
			 (unsigned long long)d.unwanted,
			 t->wants_own ? "clients asked" : "a resolver asked itself",
			 t->wants_own ? "client" : "resolver");
	if (d.unread)
		note_add(why, "%llu are no DNS messages with an address",
			 (unsigned long long)d.unread);
	if (c.other_protocols)
		note_add(why, "%llu carry no UDP or TCP that can be read",
			 (unsigned long long)c.other_protocols);
	if (c.fragments)
		note_add(why, "%llu are fragments whose rest is missing",
			 (unsigned long long)c.fragments);
	if (c.other_ports)
		note_add(why, "%llu are of other ports%s", (unsigned long long)c.other_ports, most);
	if (t->not_queries)
		note_add(why, "%llu hold no query of class IN", (unsigned long long)t->not_queries);
	note_add(note, "%llu of %llu packets were not DNS queries (%s)",
		 (unsigned long long)all.skipped, (unsigned long long)all.packets, why);
}

void trace_want_answers(struct trace *t)
{
	t->wants_answers = t->text.wants_marks = true;
	if (t->capture)
		capture_want_both(t->capture);
}

const uint8_t *trace_answer(const struct trace *t, size_t *len)
{
	*len = t->answer_len;
	return t->answer;
}

/* ---- one file after the other ---- */

void trace_go_on(struct trace *t, char *const *paths, unsigned count)
{
	t->paths = paths;
	t->path_count = count;
}

/* Takes the place of the file that is over with the next one of the same kind. */
static int open_next(struct trace *t, struct err *e)
{
	_cleanup_(trace_freep) struct trace *next = NULL;
	bool is_text = trace_is_text(t);
	int r = trace_open(*t->paths, t->text.rate, &next, e);

	if (r)
		return r;
	if (trace_is_text(next) != is_text)
		return err_set(e, -EINVAL, "'%s' is a %s, and '%s' is none", *t->paths,
			       is_text ? "capture" : "list of queries", t->name);
	t->before = captured(t);
	add_dnstap(t);
	capture_free(t->capture);
	dnstap_free(t->dnstap);
	free(t->name);
	t->dnstap = TAKE(next->dnstap);
	t->name = TAKE(next->name);
	t->capture = TAKE(next->capture);
	if (next->text.file)
		trace_text_go_on(&t->text, TAKE(next->text.file));
	free(t->damage); /* the file that was lent it is closed */
	t->damage = TAKE(next->damage);
	t->paths++;
	t->path_count--;
	if (t->port_count)
		trace_use_ports(t, t->ports, t->port_count);
	if (t->wants_answers)
		trace_want_answers(t);
	return t->wants_own ? trace_want_own(t, e) : 0;
}

/* Of a packed file that is damaged the end is none, whatever was read of it. */
static int next_of_file(struct trace *t, struct trace_query *ret, struct err *e)
{
	int r = t->text.file ? trace_text_next(&t->text, t->name, ret, e)
			     : next_of_capture(t, ret, e);

	return r <= 0 && *t->damage ? unpack_err(e, t->name, t->damage) : r;
}

int trace_next(struct trace *t, struct trace_query *ret, struct err *e)
{
	int r = next_of_file(t, ret, e);

	while (!r && t->path_count) {
		r = open_next(t, e);
		if (!r)
			r = next_of_file(t, ret, e);
	}
	if (r == 1)
		t->counts.queries++;
	return r;
}
