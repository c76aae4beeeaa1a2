/* SPDX-License-Identifier: BSD-2-Clause */
/* seen_answer.h - what one answer shows, of its name and of zones.
 *
 *	gone.example.com A, NXDOMAIN, SOA example.com.	the name is not there; example.com. says so
 *	www.example.com A, CNAME, A			two names are there, with these records
 *	x.example.net AAAA, NOERROR, SOA		the name is there, the type is not
 *	example.org, RRSIG by example.org.		a zone that is signed
 *	lame.example A, SERVFAIL			its servers fail
 *
 * REFUSED to a question with RD is a resolver's opinion of its client, and shows nothing of the world. */
#pragma once

#include "harness/clients/seen.h"
#include "harness/clients/trace.h"

/* A question, and what a line of text says of its answer. -ENOMEM. */
int seen_query(struct seen *s, const struct trace_query *q);

/* What a log says came of a question that was seen. */
void seen_mark(struct seen *s, const struct trace_query *q);

/* A message that is no answer, or cannot be read, shows nothing. */
void seen_answer(struct seen *s, const uint8_t *data, size_t len);
