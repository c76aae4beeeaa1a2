/* SPDX-License-Identifier: BSD-2-Clause */
/* What a signer is said to have published, version after version: a zone of a scenario, or refused; and the version
 * of an instant, put together. One input is all files of the folder (fuzz_files()). */
#include "harness/signing/history_read.h"
#include "harness/signing/zone_copy.h"
#include "sim/language/scenario.h"
#include "tests/fuzz/file.h"
#include "zones/content.h"
#include "zones/published.h"
#include "zones/version.h"

#define SCRIPT                                                                                     \
	"scenario { name = 't', from = '2026-05-05T12:00:30Z', to = '+1h' }\n"                     \
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"                                 \
	"local x = zone('x.', { parent = root, versions = '.', servers = { '198.18.1.1',\n"        \
	"{ '198.18.1.2', polls = '4m', lag = '90s' } } })\n"

/* What each server has in the hour, and what the parent has. */
static void look(const struct scenario *s)
{
	const uint8_t apex[] = "\1x";
	struct zone *z = tree_zone(s->tree, apex);
	struct rrset rs;

	for (simtime now = s->from; z && now < s->to; now += 7 * MINUTE) {
		for (unsigned server = 0; server < 2; server++) {
			struct view v = view_at(z, server, now, NULL);

			content_rrset(&v, apex, RR_SOA, &rs);
			content_rrset(&v, apex, RR_NS, &rs);
		}
		published_ds(z, now, &rs);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	_cleanup_(zone_copy_freep) struct zone_copy *copy = NULL;
	struct scenario_options o = { .seed = 1 };
	struct err e = { .text = "" };

	if (!fuzz_files(data, size))
		return 0;
	fuzz_file("x.lua", (const uint8_t *)SCRIPT, strlen(SCRIPT));
	if (scenario_load(fuzz_path("x.lua"), &o, &s, &e) == 0)
		look(s);
	else if (!e.text[0])
		__builtin_trap();
	e.text[0] = '\0';
	if (history_zone(fuzz_folder(), (simtime)1777982700 * SECOND, &copy, &e) < 0 && !e.text[0])
		__builtin_trap();
	return 0;
}
