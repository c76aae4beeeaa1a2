/* SPDX-License-Identifier: BSD-2-Clause */
/* trace.h - DNS queries out of a capture or a text file.
 *
 * Captures: pcap and pcapng by libpcap; Ethernet (VLAN tags too), Linux cooked v1 and v2, raw
 * IP, null/loop; IPv4 and IPv6 (extension headers skipped), fragments put together; UDP and TCP to port
 * 53, several messages and segments of a TCP stream put together in order. Only queries count:
 * QR 0, opcode 0, one question of class IN.
 *
 * Text: `time name type` (seconds, or an instant) or dnsperf's `name type`, one a line; '#' and
 * ';' begin a comment. The first line decides which of the two the file holds; times must not go
 * back. A class IN is passed over; behind the type may stand what came of it: nxdomain, nodata or
 * servfail.
 *	0.25			de. SOA
 *	2026-05-05T19:30:01.5Z	www.example.de AAAA
 *	2026-05-05T19:30:02Z	gone.example.de A nxdomain
 *
 * Captures are handed out in the order of the file: where two of their packets changed places,
 * time goes back. */
#pragma once

#include "harness/clients/note.h"
#include "harness/clients/replay.h"

/* What a line of text says of its answer; MARK_NOERROR: of a log, with data or without. */
enum trace_mark { MARK_NONE, MARK_NXDOMAIN, MARK_NODATA, MARK_SERVFAIL, MARK_NOERROR };

struct trace_query {
	simtime at; /* as captured; for lines without a time: counted from 0 at text_rate */
	struct address client; /* family 0: a text file does not tell */
	uint16_t port;
	bool tcp;
	uint8_t qname[NAME_MAX_LEN];
	uint16_t qtype;
	bool rd, cd, ad, edns, dnssec_ok; /* of text: rd, ad and edns */
	enum trace_mark mark;
};

struct trace;

/* A regular file: what it holds is told by its first bytes. -ENOENT … as fopen(); -EINVAL: it is
 * empty, packed, neither capture nor text, of a link type that is not read, or cut off before
 * its first packet. `text_rate` must be positive for lines without a time. */
int trace_open(const char *path, double text_rate, struct trace **ret, struct err *e);

/* The same for a file that is open and can seek; it is closed in any case. `name` is for
 * sentences. */
int trace_open_file(FILE *file, const char *name, double text_rate, struct trace **ret,
		    struct err *e);
void trace_free(struct trace *t);
DEFINE_FREEP(struct trace, trace)

bool trace_is_text(const struct trace *t);

/* Files that follow when this one is at its end; `paths` is lent. */
void trace_go_on(struct trace *t, char *const *paths, unsigned count);

/* Of captures: these ports instead of 53. */
void trace_use_ports(struct trace *t, const uint16_t *ports, unsigned count);

/* Of dnstap: what resolvers asked themselves, with RD, and not what clients asked of them. -EINVAL: it is none. */
int trace_want_own(struct trace *t, struct err *e);

/* trace_next() gives answers of a capture, too, and the marks of a log that has queries and replies. */
void trace_want_answers(struct trace *t);

/* 1: a query. TRACE_ANSWER: an answer, see trace_answer(). TRACE_MARK: what came of a query that was told
 * already. 0: the end, also where a capture is cut off. Negative: -EINVAL at a line that is
 * no query (text; file:line in the sentence) or where a capture is damaged. */
int trace_next(struct trace *t, struct trace_query *ret, struct err *e);
#define TRACE_ANSWER 2
#define TRACE_MARK 3

/* The answer that was read last, lent until the next call of trace_next(). */
const uint8_t *trace_answer(const struct trace *t, size_t *len);

/* Packets (or lines with data) that were read, that were no DNS queries, and whether the file
 * ends in the middle of a packet. A TCP segment may hold no query and not be skipped, or hold
 * several. */
struct trace_counts {
	uint64_t packets, skipped, queries;
	bool cut;
};

struct trace_counts trace_counts(const struct trace *t);

/* What of the file was not used, by reason. */
void trace_note(const struct trace *t, char note[NOTE_LEN]);
