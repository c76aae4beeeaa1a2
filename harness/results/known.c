/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/known.h"

#include <stdio.h>
#include <string.h>

#include "harness/results/recorded.h"

const char *const known_verdict_names[KNOWN_COUNT] = {
	[KNOWN_AS_KNOWN] = "as known",
	[KNOWN_OTHERWISE] = "otherwise than known",
	[KNOWN_NO_VERSION] = "version not known",
};

enum known_verdict known_verdict_of(const json_t *known)
{
	const char *name = recorded_text(known, "verdict");

	for (unsigned i = 0; i < KNOWN_COUNT; i++)
		if (strcmp(known_verdict_names[i], name) == 0)
			return i;
	return KNOWN_OTHERWISE;
}

struct known_tally known_tally_of(const json_t *cell)
{
	struct known_tally t = { { 0 } };
	json_t *one;
	size_t i;

	json_array_foreach(recorded_list(cell, "known"), i, one) t.n[known_verdict_of(one)]++;
	return t;
}

unsigned known_judged(const struct known_tally *t)
{
	return t->n[KNOWN_AS_KNOWN] + t->n[KNOWN_OTHERWISE];
}

char *known_source(const json_t *known, char ret[KNOWN_TEXT])
{
	const char *versions = recorded_text(known, "versions");
	bool any = strcmp(versions, "any") == 0;

	snprintf(ret, KNOWN_TEXT, "known of %.31s%s%.127s: %.511s",
		 recorded_text(known, "resolver"), any ? "" : " ", any ? "" : versions,
		 recorded_text(known, "because"));
	return ret;
}
