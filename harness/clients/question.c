/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/question.h"

#include <string.h>

#include "harness/clients/message.h"
#include "sim/base/clean.h"

static int send_question(struct question *q, simtime now, struct err *e)
{
	uint8_t bytes[MESSAGE_QUERY_MAX];
	struct packet p = {
		.side = SIDE_CLIENT, .tcp = q->tcp, .from = q->me, .to = q->resolver, .at = now
	};

	message_fill(&p, bytes,
		     &(struct message_query){ .id = q->id,
					      .qtype = q->qtype,
					      .rd = true,
					      .cd = q->cd,
					      .edns = true,
					      .dnssec_ok = true,
					      .qname = q->qname });
	return wire_send(q->wire, &p, e);
}

int question_ask(struct question *q, bool cd, simtime now, struct err *e)
{
	q->cd = cd;
	q->tcp = q->is_over = false;
	q->id++;
	q->me.port++;
	q->asked = now;
	q->answer = (struct case_answer){ .rcode = CASE_TIMEOUT };
	return send_question(q, now, e);
}

/* A text on one line, of whatever bytes. */
static void copy_text(const struct message_ede *ede, char *ret, size_t size)
{
	char raw[CASE_TEXT];
	size_t len = ede->text_len < sizeof(raw) ? ede->text_len : sizeof(raw) - 1;

	for (size_t i = 0; i < len; i++)
		raw[i] = ede->text[i] >= ' ' ? (char)ede->text[i] : ' ';
	raw[len] = '\0';
	clean_text(raw, ret, size);
}

static void read_answer(struct question *q, const struct packet *p, const struct message *m)
{
	struct message_ede edes[CASE_EDES];

	q->answer = (struct case_answer){ .rcode = m->rcode,
					  .ad = m->ad,
					  .has_data = get16(p->data + 6) > 0 };
	q->answer.ede_count = message_edes(p->data, p->len, edes, CASE_EDES);
	for (unsigned i = 0; i < q->answer.ede_count; i++) {
		q->answer.edes[i].code = edes[i].code;
		copy_text(&edes[i], q->answer.edes[i].text, sizeof(q->answer.edes[i].text));
	}
}

static bool is_mine(const struct question *q, const struct packet *p, const struct message *m)
{
	if (!endpoint_equal(&p->from, &q->resolver) || !endpoint_equal(&p->to, &q->me) ||
	    p->tcp != q->tcp || !m->is_answer || m->id != q->id)
		return false;
	if (!m->has_question) /* a server that does not understand may send no more than a header */
		return m->rcode == RCODE_FORMERR;
	return m->qtype == q->qtype && name_equal(m->qname, q->qname);
}

static int take(void *self, const struct packet *p, struct err *e)
{
	struct question *q = self;
	struct message m;

	if (q->is_over || !message_read(p->data, p->len, &m) || !is_mine(q, p, &m))
		return 0;
	if (m.truncated && !q->tcp) {
		q->tcp = true;
		return send_question(q, p->at, e);
	}
	read_answer(q, p, &m);
	q->over = p->at;
	q->is_over = true;
	return 0;
}

static simtime due(const void *self)
{
	const struct question *q = self;

	return q->is_over ? SIMTIME_NEVER : q->asked + q->wait;
}

static int give_up(void *self, simtime now, struct err *e)
{
	struct question *q = self;

	(void)e;
	if (due(q) <= now) {
		q->over = q->asked + q->wait;
		q->is_over = true;
	}
	return 0;
}

struct asker question_asker(struct question *q)
{
	static const struct asker_ops ops = { .take = take, .run = give_up, .due = due };

	return (struct asker){ &ops, q };
}
