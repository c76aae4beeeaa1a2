/* SPDX-License-Identifier: BSD-2-Clause */
/* replay.h - who asks what, in time order.
 *
 * A source of first attempts: drawn from the seed (traffic.kind synthetic: draw.h) or read from
 * a trace (trace.h). What happens after an attempt fails is the stub's business (stub.h).
 *
 * The first query of a trace lands on traffic.at. Clients of a capture keep their addresses and
 * the bits of their queries (EDNS and DO are added when the traffic asks for them); their ports
 * are not kept. A text file does not tell who asks: traffic.clients (0: 1000) share its lines. A
 * name at or below traffic.zone (NULL: the first zone of the tree that a fault befalls, or else
 * that has a population) is signed or unsigned, every other one outside. Where captured packets
 * changed places the later one is asked together with the one before it: times are clamped,
 * nothing is sorted, and replay_note() says how many and by how much.
 *
 * A scenario may have several traffics: what they ask comes in one order of time, and their clients
 * have numbers one after the other. */
#pragma once

#include "sim/language/scenario.h"

/* One question of one client. Plain data. */
struct ask {
	simtime at;
	unsigned traffic; /* whose it is: a number of the scenario's */
	uint32_t client; /* dense number, 0 … clients-1 */
	struct address address; /* the client's own */
	uint16_t port; /* 0: any */
	uint8_t qname[NAME_MAX_LEN];
	uint16_t qtype;
	enum class class;
	bool tcp, cd, rd, edns, dnssec_ok, ad;
	uint64_t name_key; /* rng_hash() of qname under seed 0 */
	int64_t ttl; /* planned TTL of the answer's address records, -1 when it is not known to the
			plan */
};

struct replay;

/* Opens a trace (adding its names to the tree: see tree_add_name) or prepares the draw. Errors
 * name the file: -ENOENT, -EINVAL (foreign or truncated). `s` must outlive it. */
int replay_new(struct scenario *s, struct replay **ret, struct err *e);
void replay_free(struct replay *r);
DEFINE_FREEP(struct replay, replay)

/* The next question. false: no more before the scenario's end. Times never go back. A truncated
 * trace ends where it is cut and replay_note() says so. */
bool replay_next(struct replay *r, struct ask *ret);

/* A sentence worth telling the user ("'x.pcap' is cut off after 812 packets; 14 packets were not
 * DNS queries"), or NULL. Lent until the next call. */
/* Reads the traffic as a run will, to find what is wrong with a trace before anything is started,
 * and tells the note. -ENODATA: a trace without any query for this scenario; else as replay_new().
 */
int replay_check(struct scenario *s, FILE *notes, struct err *e);

const char *replay_note(const struct replay *r);

/* How many clients there are, known from the beginning. */
uint32_t replay_clients(const struct replay *r);
