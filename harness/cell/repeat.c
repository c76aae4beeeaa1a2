/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cell/repeat.h"

#include <inttypes.h>

#include "harness/subject/commands.h"

#define WORDS_MAX 256

struct words {
	const char *list[WORDS_MAX + 1];
	unsigned count;
};

static void put(struct words *w, const char *option, const char *value)
{
	if (w->count + 2 > WORDS_MAX)
		return;
	w->list[w->count++] = option;
	w->list[w->count++] = value;
}

char *repeat_text(const struct run_options *o, unsigned cell, char ret[REPEAT_TEXT])
{
	const struct scenario_options *so = &o->scenario_options;
	char seed[24], speed[32], charge[48], bin[32], number[16], fleet[16];
	struct words w = { .count = 0 };

	snprintf(seed, sizeof(seed), "%" PRIu64, so->seed);
	snprintf(speed, sizeof(speed), "x%g", o->speed);
	snprintf(charge, sizeof(charge), "--charge-cpu=%g", so->charge);
	snprintf(bin, sizeof(bin), "%llds", (long long)(so->bin / SECOND));
	snprintf(number, sizeof(number), "%u", cell);
	snprintf(fleet, sizeof(fleet), "%u", so->fleet);
	put(&w, "sigfault", "run");
	w.list[w.count++] = o->scenario;
	if (*o->resolvers) /* none: the default one */
		put(&w, "-r", o->resolvers);
	if (o->config)
		put(&w, "--config", o->config);
	if (o->ablate)
		w.list[w.count++] = "--ablate";
	put(&w, "-m", o->mitigations);
	put(&w, "--seed", seed);
	for (unsigned i = 0; i < so->set_count; i++)
		put(&w, "--set", so->sets[i]);
	for (unsigned i = 0; i < o->sweep_count; i++)
		put(&w, "--sweep", o->sweeps[i]);
	if (so->fleet)
		put(&w, "--fleet", fleet);
	for (unsigned i = 0; i < so->mitigation_file_count; i++)
		put(&w, "--mitigation-file", so->mitigation_files[i]);
	if (o->clock != CLOCK_VIRTUAL)
		put(&w, "--clock", o->clock == CLOCK_REAL ? "real" : speed);
	if (so->has_charge)
		w.list[w.count++] = charge;
	if (so->bin)
		put(&w, "--bin", bin);
	put(&w, "--cell", number);
	put(&w, "-o", "again");
	w.list[w.count] = NULL;
	commands_quote(w.list, ret, REPEAT_TEXT);
	return ret;
}
