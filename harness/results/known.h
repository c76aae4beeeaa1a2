/* SPDX-License-Identifier: BSD-2-Clause */
/* known.h - whether resolvers did what they are known to do: `cells[].known[]` of run.json.
 *
 * What is known is judged on the record as an expectation is, but says of the resolver what an
 * expectation says of the replay: that it did otherwise is no failure, unless the run was strict. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

enum known_verdict {
	KNOWN_AS_KNOWN,
	KNOWN_OTHERWISE,
	KNOWN_NO_VERSION, /* the resolver's version is not known: neither of the two */
	KNOWN_COUNT
};

/* As run.json and reports have it: "as known", "otherwise than known", "version not known". */
extern const char *const known_verdict_names[KNOWN_COUNT];

/* The verdict of an entry; KNOWN_OTHERWISE when it has none that there is. */
enum known_verdict known_verdict_of(const json_t *known);

/* How many entries of a cell have each verdict. */
struct known_tally {
	unsigned n[KNOWN_COUNT];
};

struct known_tally known_tally_of(const json_t *cell);

/* Those that were judged: as known, and otherwise. */
unsigned known_judged(const struct known_tally *t);

/* Of which versions it is known, and why: "known of unbound < 1.20: REASON". Gives `ret`. */
#define KNOWN_TEXT 800
char *known_source(const json_t *known, char ret[KNOWN_TEXT]);
