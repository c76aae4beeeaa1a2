/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_answer.c - any bytes at all, sent to a small signed world by UDP and TCP.
 *
 * The first byte says to which server and how; the rest is the query. What comes back has to be a
 * message that ldns reads, within the limit, or silence. */
#include "tests/support/world.h"

#include <ldns/ldns.h>

#include "sim/authority/answer.h"

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

		for (unsigned k = 0; k < z->key_count; k++) {
			z->keys[k].algorithm = ALG_ED25519;
			z->keys[k].bits = 0;
		}
	}
	if (tree_prepare(t, NULL))
		abort();
	return t;
}

/* What went in shows in what comes out, and the message holds together. */
static void check(const struct buf *out, const struct answer *a, size_t size, bool tcp)
{
	ldns_pkt *pkt = NULL;

	if (a->kind == ANSWER_SILENT) {
		if (out->len)
			abort();
		return;
	}
	if (out->len < 12 || out->len > (tcp ? 65535 : 1452) || size < 12)
		abort();
	if (ldns_wire2pkt(&pkt, out->data, out->len) != LDNS_STATUS_OK)
		abort();
	if (!ldns_pkt_qr(pkt) || (!fault_set_empty(&a->faults) && a->kind != ANSWER_OK))
		abort();
	ldns_pkt_free(pkt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tree *tree;
	static uint8_t reply[65535];
	struct buf out = buf_over(reply, sizeof(reply));
	struct address server;
	struct answer answer;
	bool tcp;

	if (!tree)
		tree = world();
	if (!size)
		return 0;
	tcp = data[0] & 8;
	server = data[0] & 16 ? world_v6(servers[data[0] & 7]) : world_v4(servers[data[0] & 7]);
	answer_make(tree, &server, data + 1, size - 1, tcp, WORLD_NOW + data[0] * SECOND, &out,
		    &answer);
	check(&out, &answer, size - 1, tcp);
	return 0;
}
