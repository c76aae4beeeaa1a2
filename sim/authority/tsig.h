/* SPDX-License-Identifier: BSD-2-Clause */
/* tsig.h - queries that are signed with a secret of two servers, and their answers (RFC 8945).
 *
 *	tsig_check(tree, data, len, &query, now, &tsig);
 *	... the answer is made, query.reserved bytes shorter; with tsig.error it is NOTAUTH ...
 *	tsig_put(&tsig, message, &message_len, capacity, now);
 *
 * Of an answer of many messages each is put, in order. Who asks, in the place of an authority:
 *
 *	tsig_begin(&tsig, key);
 *	tsig_put(&tsig, query, &query_len, now);
 *	... for each message of the answer, in order ...
 *	tsig_hear(&tsig, data, len, query_tsig_at(data, len), now);
 */
#pragma once

#include "sim/authority/query.h"
#include "sim/base/err.h"
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
	bool asks; /* what is put next is a question */
	uint8_t *
		behind; /* of an answer that is heard: the messages since the last one that was signed */
	size_t behind_len;
};

/* Looks who signed the query. Sets q->reserved. `now` is dated as the world's servers have it. false:
 * the record is malformed. */
bool tsig_check(const struct tree *t, const uint8_t *data, size_t len, struct query *q,
		uint64_t now, struct tsig *ret);

/* The same of a query for whose zone there is one key, or none: NULL. q->tsig_at says where. */
bool tsig_check_key(const struct tsig_key *key, const uint8_t *data, size_t len, struct query *q,
		    uint64_t now, struct tsig *ret);

/* Begins one's own question; the key is lent. What is in it is let go by tsig_done(), which may be done twice. */
void tsig_begin(struct tsig *s, const struct tsig_key *key);
void tsig_done(struct tsig *s);

/* The next message of the answer: 1, it is not signed, as some of a transfer need not be (section 5.3.1), and a later one is to say
 * that it is right. -EBADMSG: it is nobody's who has the key, and why; -ENOMEM. */
int tsig_hear(struct tsig *s, const uint8_t *data, size_t len, size_t at, uint64_t now,
	      struct err *e);

/* Signs the message, of `len` bytes with room for as many as were reserved. false: no memory. */
bool tsig_put(struct tsig *s, uint8_t *message, size_t *len, uint64_t now);

/* The date, as servers have it. */
uint64_t tsig_now(const struct tree *t, simtime now);

/* What is wrong with it, for people: "TSIG: BADKEY: no zone has a key 'k.' of hmac-md5.sig-alg.reg.int." */
void tsig_error_text(const struct tsig *s, char *ret, size_t size);
