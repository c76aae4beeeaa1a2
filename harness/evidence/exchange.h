/* SPDX-License-Identifier: BSD-2-Clause */
/* exchange.h - a captured question and its answer, or that there was none.
 *
 * Pairs are found by addresses, ports, transport, ID and question. A question that is sent again from
 * the same port with the same ID is the same one, asked several times. Who asks the resolver, and whom
 * the resolver asks, is told by the file's name where a run wrote it (evidence.h); else by the flag RD
 * (RFC 1035 section 4.1.1), and by whether the asker is asked himself, as one that forwards is. */
#pragma once

#include "harness/clients/capture.h"
#include "harness/evidence/facts.h"
#include "sim/wire/packet.h"

struct exchange {
	enum side side; /* SIDE_CLIENT: the resolver is asked; SIDE_AUTHORITY: it asks */
	simtime asked, answered; /* SIMTIME_NEVER: it was not */
	uint64_t asked_frame, answered_frame;
	unsigned file, answered_file;
	struct address asker, server;
	bool tcp, rd, cd, dnssec_ok;
	unsigned sends;
	const uint8_t *qname; /* the facts' */
	uint16_t qtype;
	/* of the answer */
	bool ad, aa, tc, has_data; /* the last: records of the type asked for, or a CNAME */
	uint16_t rcode;
	int ede; /* -1: none */
	const uint8_t *referral; /* the zone that it leads to; NULL: it is none */
	unsigned findings; /* how many, in check.h's list from first_finding on */
	size_t first_finding;
	unsigned good; /* RRsets in it whose signatures are good */
	unsigned unchecked; /* whose keys were not seen */
	bool insecure; /* its zone has no DS, so that nothing is checked */
};

/* Who receives questions of others: told apart from those who only ask. */
struct askers;

struct pairing; /* questions of one capture that wait for their answers */

/* What is done with each pair: `answer` is NULL where none came, and lent. 0, or what ends it. */
typedef int pairing_done(struct exchange *x, const struct capture_message *answer, void *arg,
			 struct err *e);

enum sides { SIDES_CLIENTS, SIDES_UPSTREAM, SIDES_MIXED };

/* What a capture held. Questions and answers are counted by side. */
struct pairing_counts {
	uint64_t frames, messages, questions[2], answers[2];
	uint64_t in_part; /* messages of which the capture has only a beginning */
	bool cut;
	simtime first, last;
};

struct pairing_file {
	char *path;
	const char *label; /* its name without folders */
	enum sides sides;
	struct pairing_counts counts;
};

#define PAIRING_FILES 2

/* Reads all of some captures as one, by time: the answer to a question in one may stand in the other, as of
 * a resolver that asks another one. Fills their counts. -EINVAL: damaged; -ENOMEM. */
int pairing_read(struct pairing_file *files, unsigned count, const struct askers *askers,
		 struct facts *facts, pairing_done *done, void *arg, struct err *e);

/* Those who receive questions in a capture, for SIDES_MIXED. */
int askers_read(const char *path, struct askers **ret, struct err *e);
void askers_free(struct askers *a);
DEFINE_FREEP(struct askers, askers)
