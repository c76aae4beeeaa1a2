/* replay.h - who asks what, in time order.
 *
 * A source of first attempts: drawn from the seed (traffic.kind synthetic) or read from a trace. What happens
 * after an attempt fails is the stub's business (stub.h). */
#pragma once

#include "sim/scenario.h"

/* One question of one client. Plain data. */
struct ask {
	simtime at;
	uint32_t client; /* dense number, 0 … clients-1 */
	struct address address; /* the client's own */
	uint16_t port; /* 0: any */
	uint8_t qname[NAME_MAX_LEN];
	uint16_t qtype;
	enum class class;
	bool tcp, cd, rd, edns, dnssec_ok, ad;
	uint64_t name_key; /* rng_hash() of qname */
	int64_t ttl; /* planned TTL of the answer's address records, -1 when it is not known to the plan */
};

struct replay;

/* Opens a trace (adding its names to the tree: see tree_add_name) or prepares the draw. Errors name the file: -ENOENT, -EINVAL (foreign
 * or truncated). `s` must outlive it. */
int replay_new(struct scenario *s, struct replay **ret, struct err *e);
void replay_free(struct replay *r);
DEFINE_FREEP(struct replay, replay)

/* The next question. false: no more before the scenario's end. Times never go back. A truncated trace ends where it is cut
 * and replay_note() says so. */
bool replay_next(struct replay *r, struct ask *ret);

/* A sentence worth telling the user ("'x.pcap' is cut off after 812 packets; 14 packets were not DNS queries"), or NULL. */
const char *replay_note(const struct replay *r);

/* How many clients there are, known from the beginning. */
uint32_t replay_clients(const struct replay *r);
