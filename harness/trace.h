/* trace.h - DNS queries out of a capture or a text file.
 *
 * Captures: pcap and pcapng by libpcap; Ethernet (VLAN tags too), Linux cooked v1 and v2, raw IP, null/loop; IPv4 (no fragments) and IPv6 (extension
 * headers skipped); UDP and TCP to port 53, several messages and segments of a TCP stream put together in order.
 * Text: `time name type` (seconds, or an instant) or dnsperf's `name type`, one a line; '#' and ';' begin a comment. */
#pragma once

#include "harness/replay.h"

struct trace_query {
	simtime at; /* as captured; for lines without a time: counted from 0 at text_rate */
	struct address client;
	uint16_t port;
	bool tcp;
	uint8_t qname[NAME_MAX_LEN];
	uint16_t qtype;
	bool rd, cd, ad, edns, dnssec_ok;
};

struct trace;

int trace_open(const char *path, double text_rate, struct trace **ret, struct err *e);
void trace_free(struct trace *t);
DEFINE_FREEP(struct trace, trace)

/* 1: a query. 0: the end. Negative: -EINVAL at a line that is no query (text; file:line in the sentence). */
int trace_next(struct trace *t, struct trace_query *ret, struct err *e);

/* Packets that were read, that were no DNS queries, and whether the file ends in the middle of a packet. */
struct trace_counts {
	uint64_t packets, skipped, queries;
	bool cut;
};

struct trace_counts trace_counts(const struct trace *t);
