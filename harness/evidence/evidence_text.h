/* SPDX-License-Identifier: BSD-2-Clause */
/* evidence_text.h - what `triage` and `trace` print alike: lines that are broken to fit, instants to the
 * millisecond, servers by address and name, places in captures. */
#pragma once

#include "harness/evidence/evidence.h"

/* A line that is made by printing into `out`. */
struct evidence_line {
	char *text;
	size_t len;
	FILE *out;
};

/* NULL: no memory, and nothing to end. */
FILE *evidence_line_begin(struct evidence_line *l);

/* Prints it, broken at the terminal's width: what goes on stands at `indent`. */
void evidence_line_end(struct evidence_line *l, const char *bullet, unsigned indent, FILE *out);

/* "198.18.1.1 (a.nic.de.)" */
void evidence_print_server(const struct evidence *v, const struct address *a, FILE *out);

/* "2026-05-05T19:19:00.013Z" */
void evidence_print_instant(simtime t, FILE *out);

/* "2026-05-05T19:19:00.013Z, upstream.pcap frame 12" */
void evidence_print_sighting(const struct evidence *v, const struct sighting *s, FILE *out);

/* "SERVFAIL, EDE 6 (DNSSEC Bogus), AD" */
void evidence_print_answer(const struct exchange *x, FILE *out);

/* A finding with the packet, its server, and what it was held against: two lines. */
void evidence_print_finding(const struct evidence *v, const struct finding *f, FILE *out);
