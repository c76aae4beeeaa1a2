/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_text.h - what is bogus, as a sentence, and how late or early steps were. */
#pragma once

#include <stddef.h>

#include "zones/cached/cached_judge.h"

#define GATE_SENTENCE 1024

/* "caches may have a DNSKEY RRset without key 4021, which signed 'de. SOA', until 2026-05-05T20:19:00Z". */
char *gate_text_first(const struct cached *c, const struct cached_first *f,
		      char ret[GATE_SENTENCE]);

/* "A", "TYPE65280". */
char *gate_text_type(uint16_t type, char ret[32]);

/* "2 h 3 min", or "-5 min": so long some cache was bogus. */
char *gate_text_margin(simtime margin, char ret[40]);
