/* SPDX-License-Identifier: BSD-2-Clause */
/* tsig.h - queries that are signed with a secret of two servers, and their answers (RFC 8945).
 *
 *	tsig_check(tree, data, len, &query, now, &tsig);
 *	... the answer is made, query.reserved bytes shorter; with tsig.error it is NOTAUTH ...
 *	tsig_put(&tsig, message, &message_len, capacity, now);
 *
 * Of an answer of many messages each is put, in order. Inside sim/authority only. */
#pragma once

#include "sim/authority/query.h"
#include "zones/tree.h"

enum { TSIG_BADSIG = 16, TSIG_BADKEY = 17, TSIG_BADTIME = 18 };

struct tsig { /* zeros: the query is not signed */
	bool is_there;
	const struct tsig_key *key; /* NULL: of none that is known, by its name or its algorithm */
	unsigned error; /* 0: the query is whose it says it is */
	uint8_t name[NAME_MAX_LEN], algorithm[NAME_MAX_LEN];
	uint64_t time; /* as the query has it */
	uint16_t fudge, id;
	uint8_t mac[TSIG_MAC_MAX]; /* of the message before: the query's at first */
	size_t mac_len;
	unsigned messages; /* that were signed */
};

/* Looks who signed the query. Sets q->reserved. `now` is dated as the world's servers have it. false:
 * the record is malformed. */
bool tsig_check(const struct tree *t, const uint8_t *data, size_t len, struct query *q,
		uint64_t now, struct tsig *ret);

/* Signs the message, of `len` bytes with room for as many as were reserved. false: no memory. */
bool tsig_put(struct tsig *s, uint8_t *message, size_t *len, uint64_t now);

/* The date, as servers have it. */
uint64_t tsig_now(const struct tree *t, simtime now);

/* What is wrong with it, for people: "TSIG: BADKEY: no zone has a key 'k.' of hmac-md5.sig-alg.reg.int." */
void tsig_error_text(const struct tsig *s, char *ret, size_t size);
