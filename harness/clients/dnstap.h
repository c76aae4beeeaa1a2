/* SPDX-License-Identifier: BSD-2-Clause */
/* dnstap.h - DNS messages out of a dnstap file: Frame Streams by libfstrm, protocol buffers by
 * libprotobuf-c (dnstap.proto).
 *
 * Queries of clients and stubs and to authorities are traffic. What a resolver itself asks, of authorities or
 * of whom it forwards to, is not asked again, but its answers tell of the world: unless that is wanted, and then
 * those are not. */
#pragma once

#include "harness/clients/capture.h"

struct dnstap;

/* Whether a file that begins with these bytes holds Frame Streams. */
bool dnstap_knows(const uint8_t *head, size_t len);

/* A file that is open, at its beginning; it is closed in any case. -EINVAL: it holds something else than
 * dnstap. */
int dnstap_open_file(FILE *file, const char *name, struct dnstap **ret, struct err *e);
void dnstap_free(struct dnstap *d);
DEFINE_FREEP(struct dnstap, dnstap)

/* What resolvers asked themselves from here on, in the place of what their clients did. */
void dnstap_want_own(struct dnstap *d);

/* 1: a query that is wanted or an answer; `from` is always who asked. 0: the end, also where the file is
 * cut off. -EINVAL: it is damaged. */
int dnstap_next(struct dnstap *d, struct capture_message *ret, struct err *e);

/* Frames that were read, those of them that hold no message that is used: of them queries of a kind that is not
 * wanted, and those that cannot be read; and whether it ends before its end. */
struct dnstap_counts {
	uint64_t frames, unwanted, unread;
	bool cut;
};

struct dnstap_counts dnstap_counts(const struct dnstap *d);
