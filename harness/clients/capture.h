/* SPDX-License-Identifier: BSD-2-Clause */
/* capture.h - the DNS messages of a capture, in the order of the file.
 *
 * pcap and pcapng by libpcap; what frame.h takes apart, fragments put together (fragment.h); UDP and TCP
 * to and from port 53, several messages and segments of a TCP stream put together in order (stream.h). */
#pragma once

#include "harness/clients/frame.h"
#include "sim/base/cleanup.h"
#include "sim/base/simtime.h"

struct capture;

enum capture_ports {
	CAPTURE_QUERIES, /* to port 53 alone */
	CAPTURE_BOTH, /* from there, too */
};

struct capture_message {
	uint64_t
		frame; /* its number in the file, from 1 on; of a message in several the last one's */
	simtime at;
	struct address from, to;
	uint16_t from_port, to_port;
	bool tcp;
	bool in_part; /* the capture has only a beginning of it */
	const uint8_t *data; /* lent until the next call */
	size_t len;
};

/* Whether a file that begins with these bytes is a capture. */
bool capture_knows(const uint8_t *head, size_t len);

/* A file that is open, at its beginning; it is closed in any case. -EINVAL: it has no sound
 * beginning, or was captured from links that frame.h does not know. `name` is for sentences. */
int capture_open_file(FILE *file, const char *name, enum capture_ports ports, struct capture **ret,
		      struct err *e);

/* A regular file by its path, packed or not (unpack.h). -EINVAL also where it is empty or no capture; -ENOENT … as
 * fopen(). */
int capture_open(const char *path, enum capture_ports ports, struct capture **ret, struct err *e);
void capture_free(struct capture *c);
DEFINE_FREEP(struct capture, capture)

/* 1: a message, or what a datagram to or from the port holds in its place. 0: the end, also where
 * the file is cut off. -EINVAL: it is damaged. */
int capture_next(struct capture *c, struct capture_message *ret, struct err *e);

/* Frames that were read, those of them that were not used, and whether the file ends in the middle of one.
 * Why they were not used: they carry neither UDP nor TCP whole; they are parts of packets whose rest is
 * missing; they go to and from other ports, the busiest of which is told. */
struct capture_counts {
	uint64_t frames, skipped;
	uint64_t other_protocols, fragments, other_ports;
	uint16_t busiest; /* of the other ports; 0: none */
	uint64_t busiest_frames;
	bool cut;
};

/* These ports instead of 53. */
#define CAPTURE_PORTS_MAX 8
void capture_use_ports(struct capture *c, const uint16_t *ports, unsigned count);

/* Messages of both directions from now on. */
void capture_want_both(struct capture *c);

struct capture_counts capture_counts(const struct capture *c);
