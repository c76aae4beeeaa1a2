/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/asker.h"

#include <string.h>

#include "harness/clients/message.h"
#include "harness/text/utf8.h"

static int send_question(struct asker *a, simtime now, struct err *e)
{
	uint8_t bytes[MESSAGE_QUERY_MAX];
	struct buf b = buf_over(bytes, sizeof(bytes));
	struct packet p = {
		.side = SIDE_CLIENT, .tcp = a->tcp, .from = a->me, .to = a->resolver, .at = now
	};

	message_put_query(&b, &(struct message_query){ .id = a->id,
						       .qtype = a->qtype,
						       .rd = true,
						       .cd = a->cd,
						       .edns = true,
						       .dnssec_ok = true,
						       .qname = a->qname });
	p.data = b.data;
	p.len = b.len;
	return wire_send(a->wire, &p, e);
}

int asker_ask(struct asker *a, bool cd, simtime now, struct err *e)
{
	a->cd = cd;
	a->tcp = a->is_over = false;
	a->id++;
	a->me.port++;
	a->asked = now;
	a->answer = (struct case_answer){ .rcode = CASE_TIMEOUT };
	return send_question(a, now, e);
}

/* A text on one line, of whatever bytes. */
static void copy_text(const struct message_ede *ede, char *ret, size_t size)
{
	char raw[CASE_TEXT];
	size_t len = ede->text_len < sizeof(raw) ? ede->text_len : sizeof(raw) - 1;

	for (size_t i = 0; i < len; i++)
		raw[i] = ede->text[i] >= ' ' ? (char)ede->text[i] : ' ';
	raw[len] = '\0';
	utf8_clean(raw, ret, size);
}

static void read_answer(struct asker *a, const struct packet *p, const struct message *m)
{
	struct message_ede edes[CASE_EDES];

	a->answer = (struct case_answer){ .rcode = m->rcode,
					  .ad = m->ad,
					  .has_data = get16(p->data + 6) > 0 };
	a->answer.ede_count = message_edes(p->data, p->len, edes, CASE_EDES);
	for (unsigned i = 0; i < a->answer.ede_count; i++) {
		a->answer.edes[i].code = edes[i].code;
		copy_text(&edes[i], a->answer.edes[i].text, sizeof(a->answer.edes[i].text));
	}
}

static bool is_mine(const struct asker *a, const struct packet *p, const struct message *m)
{
	if (!endpoint_equal(&p->from, &a->resolver) || !endpoint_equal(&p->to, &a->me) ||
	    p->tcp != a->tcp || !m->is_answer || m->id != a->id)
		return false;
	if (!m->has_question) /* a server that does not understand may send no more than a header */
		return m->rcode == RCODE_FORMERR;
	return m->qtype == a->qtype && name_equal(m->qname, a->qname);
}

int asker_take(struct asker *a, const struct packet *p, struct err *e)
{
	struct message m;

	if (a->is_over || !message_read(p->data, p->len, &m) || !is_mine(a, p, &m))
		return 0;
	if (m.truncated && !a->tcp) {
		a->tcp = true;
		return send_question(a, p->at, e);
	}
	read_answer(a, p, &m);
	a->over = p->at;
	a->is_over = true;
	return 0;
}

simtime asker_due(const struct asker *a)
{
	return a->is_over ? SIMTIME_NEVER : a->asked + a->wait;
}

void asker_give_up(struct asker *a)
{
	if (a->is_over)
		return;
	a->over = a->asked + a->wait;
	a->is_over = true;
}
