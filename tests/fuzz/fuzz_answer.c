/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_answer.c - any bytes at all, sent to a small signed world by UDP and TCP.
 *
 * The first byte says to which server and how; the rest is the query. What comes back has to be a
 * message that ldns reads, within the limit, or silence; of a zone that is transferred each message. */
#include "tests/support/world.h"

#include <ldns/ldns.h>

#include "sim/authority/answer.h"
#include "sim/authority/transfer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint16_t servers[] = {
	0x0001, 0x0101, 0x0201, 0x0301, 0x0401, 0x0402, 0x4000, 0x4005
};

/* A world whose keys are quickly made. */
static struct tree *world(void)
{
	struct tree *t = world_new();

	for (unsigned i = 0; i < t->zone_count; i++) {
		struct zone *z = t->zones[i];

		z->transfer = calloc(1, sizeof(*z->transfer));
		if (!z->transfer)
			abort();
		for (unsigned k = 0; k < z->key_count; k++) {
			z->keys[k].algorithm = ALG_ED25519;
			z->keys[k].bits = 0;
		}
	}
	if (tree_prepare(t, NULL))
		abort();
	return t;
}

static void check_message(const uint8_t *data, size_t len, size_t most)
{
	ldns_pkt *pkt = NULL;

	if (len < 12 || len > most || ldns_wire2pkt(&pkt, data, len) != LDNS_STATUS_OK ||
	    !ldns_pkt_qr(pkt))
		abort();
	ldns_pkt_free(pkt);
}

static int take_part(void *out, size_t len, struct err *e)
{
	(void)e;
	check_message(out, len, 65535);
	return 0;
}

static void transfer(struct tree *tree, const struct packet *p, uint8_t *out, struct answer *a)
{
	const struct transfer_sink sink = { out, take_part, out };
	struct transfer_end end;
	struct err e;

	if (transfer_make(tree, p, &sink, a, &end, &e))
		abort();
}

/* What went in shows in what comes out, and the message holds together. */
static void check(const struct buf *out, const struct answer *a, size_t size, bool tcp)
{
	if (a->kind == ANSWER_SILENT) {
		if (out->len)
			abort();
		return;
	}
	if (size < 12 || (!fault_set_empty(&a->faults) && a->kind != ANSWER_OK))
		abort();
	check_message(out->data, out->len, tcp ? 65535 : 1452);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tree *tree;
	static uint8_t reply[65535];
	struct buf out = buf_over(reply, sizeof(reply));
	struct packet p = { .side = SIDE_AUTHORITY };
	struct answer answer;

	if (!tree)
		tree = world();
	if (!size)
		return 0;
	p.tcp = data[0] & 8;
	p.to.address =
		data[0] & 16 ? world_v6(servers[data[0] & 7]) : world_v4(servers[data[0] & 7]);
	p.at = WORLD_NOW + data[0] * SECOND;
	p.data = data + 1;
	p.len = size - 1;
	answer_make(tree, &p.to.address, p.data, p.len, p.tcp, p.at, &out, &answer);
	if (answer.kind == ANSWER_TRANSFER)
		transfer(tree, &p, reply, &answer);
	else
		check(&out, &answer, p.len, p.tcp);
	return 0;
}
