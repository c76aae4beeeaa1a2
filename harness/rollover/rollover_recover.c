/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_recover.h"

#include <errno.h>
#include <string.h>

#include "harness/rollover/rollover_json.h"
#include "harness/rollover/rollover_text.h"
#include "harness/text/memory.h"
#include "harness/text/paragraph.h"
#include "harness/text/table.h"
#include "harness/text/terminal.h"
#include "harness/text/wrap.h"

#define SCHEMA "rollover-recover-1" /* docs/schema/rollover-recover-1.json */

#define TEXT (ROLLOVER_KEYS_TEXT + 200)

/* What a way does. */
static char *does_text(const struct rollover_ways *all, const struct rollover_way *w,
		       char ret[TEXT])
{
	char keys[ROLLOVER_KEYS_TEXT], when[32];
	bool at_once = w->removal <= all->at;

	rollover_names_text(w->plan, w->keys, keys);
	switch (w->kind) {
	case WAY_NOTHING:
		return strcpy(ret, "what is published stays as it is");
	case WAY_KEYS_BACK:
		snprintf(ret, TEXT, "%s published and signing again, beside the others", keys);
		break;
	case WAY_DS_BESIDE:
		snprintf(ret, TEXT, "DS of %s, beside those of the parent", keys);
		break;
	case WAY_DS_OUT:
		return strcpy(ret, "no DS at the parent any more");
	case WAY_UNSIGNED:
		snprintf(ret, TEXT,
			 "no DS at the parent any more, and no keys and signatures %s%s%s",
			 at_once ? "either" : "from ",
			 at_once ? "" : rollover_time_text(w->removal, when),
			 at_once ? "" : " on, when no cache has a DS");
		break;
	case WAY_UNSIGNED_NOW:
		return strcpy(ret,
			      "no DS at the parent, no keys and no signatures any more, all at "
			      "once");
	case WAY_FLUSH:
		snprintf(ret, TEXT,
			 "nothing is published anew; a resolver that is emptied %s is well from "
			 "then "
			 "on, and others are as if nothing were done",
			 w->well <= all->at ? "now or later"
					    : "when all servers have the last "
					      "change, or later,");
		break;
	}
	return ret;
}

/* Until when what the way breaks by itself is bogus; the instant itself: it breaks nothing. */
static simtime breaks_until(const struct rollover_ways *all, const struct rollover_way *w)
{
	simtime until = all->at;

	for (unsigned i = 0; i < w->analysis.finding_count; i++)
		if (rollover_way_breaks(all, &w->analysis.findings[i]))
			until = later(until, w->analysis.findings[i].bogus.until);
	return until;
}

/* ---- for people ---- */

static void print_standing(const struct rollover *r, const struct rollover_ways *w, FILE *out)
{
	const struct rollover_versions *v = w->list[WAY_NOTHING].analysis.versions;
	const struct rollover_version *keys = rollover_version_at(&v[ROLLOVER_DNSKEY], w->at);
	uint64_t ds = rollover_version_at(&v[ROLLOVER_DS], w->at)->keys;
	uint64_t signers = rollover_version_at(&v[ROLLOVER_RRSIG], w->at)->signers;
	char text[ROLLOVER_KEYS_TEXT], when[32];
	struct paragraph p;

	fputc('\n', out);
	p = paragraph_begin(out, 0, "", 2);
	paragraph_say(&p, "At %s (UTC) there is", rollover_time_text(w->at, when));
	paragraph_say(&p, "%s%s at the parent,", ds ? "the DS of " : "no DS",
		      rollover_names_text(r, ds, text));
	paragraph_say(&p, "%s%s in the zone;", keys->keys ? "" : "no DNSKEY",
		      rollover_names_text(r, keys->keys, text));
	paragraph_say(&p, "the DNSKEY RRset is signed by %s,",
		      keys->signers ? rollover_names_text(r, keys->signers, text) : "nobody");
	paragraph_say(&p, "other RRsets by %s.",
		      signers ? rollover_names_text(r, signers, text) : "nobody");
	paragraph_end(&p);
}

/* "at once", "never", or to the minute where that is all there is to tell. */
static const char *cell_text(const struct rollover_ways *w, simtime t, const char *at_once,
			     char text[32])
{
	if (t <= w->at)
		return at_once;
	if (t == SIMTIME_NEVER)
		return "never";
	rollover_time_text(t, text);
	if (t % MINUTE == 0)
		text[16] = '\0';
	return text;
}

static void print_table(const struct rollover_ways *all, FILE *out)
{
	_cleanup_(table_freep) struct table *t = table_new(3);
	char text[32];

	if (!t) {
		memory_ended();
		return;
	}
	table_row(t, "Way out");
	table_set(t, 0, "all caches well");
	table_set(t, 1, "emptied ones");
	table_set(t, 2, "breaks until");
	for (unsigned i = 0; i < ROLLOVER_WAYS; i++) {
		const struct rollover_way *w = &all->list[i];
		simtime until = breaks_until(all, w);

		if (w->why_not)
			continue;
		table_row(t, rollover_way_names[w->kind]);
		table_set(t, 0, "%s",
			  w->kind == WAY_FLUSH ? "" : cell_text(all, w->well, "at once", text));
		table_set(t, 1, "%s", cell_text(all, w->emptied, "at once", text));
		table_set(t, 2, "%s",
			  until == SIMTIME_NEVER ? "for ever"
						 : cell_text(all, until, "nothing", text));
	}
	fputc('\n', out);
	table_print(t, terminal_width(out), out);
}

static void print_way(const struct rollover_ways *all, const struct rollover_way *w, FILE *out)
{
	char text[TEXT + 300], does[TEXT];
	unsigned broken = 0;

	snprintf(text, sizeof(text), "%s: %s%s.", rollover_way_names[w->kind],
		 w->why_not ? "not here, " : does_text(all, w, does), w->why_not ? w->why_not : "");
	wrap_print("", text, 2, terminal_width(out), out);
	for (unsigned i = 0; i < w->analysis.finding_count; i++) {
		if (!rollover_way_breaks(all, &w->analysis.findings[i]))
			continue;
		if (!broken++)
			fputs("  It breaks what would be well otherwise:\n", out);
		rollover_print_finding(w->plan, &w->analysis.findings[i], out);
	}
	if (!w->why_not && w->insecure && !all->list[WAY_NOTHING].insecure)
		wrap_print("  ", "Who has no DS in the cache does not validate the zone any more.",
			   2, terminal_width(out), out);
}

static const char NOT_COUNTED[] = "Resolvers may remember for a while of their own that something "
				  "was bogus (RFC 4035 section "
				  "4.7); that is not counted.";

void rollover_recover_print(const struct rollover *r, const struct rollover_ways *w, FILE *out)
{
	const struct rollover_analysis *none = &w->list[WAY_NOTHING].analysis;

	rollover_print_head(r, out);
	print_standing(r, w, out);
	if (!rollover_ways_needed(w)) {
		fputc('\n', out);
		wrap_print("",
			   "Nothing is bogus then, nor later: there is nothing to recover from.", 2,
			   terminal_width(out), out);
		return;
	}
	fputs("\nIf nothing is done, bogus:\n", out);
	for (unsigned i = 0; i < none->finding_count; i++)
		rollover_print_finding(r, &none->findings[i], out);
	print_table(w, out);
	fputc('\n', out);
	for (unsigned i = WAY_NOTHING + 1; i < ROLLOVER_WAYS; i++)
		print_way(w, &w->list[i], out);
	wrap_print("", NOT_COUNTED, 2, terminal_width(out), out);
}

/* ---- for machines ---- */

static json_t *findings_json(const struct rollover_ways *all, const struct rollover_way *w)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < w->analysis.finding_count; i++) {
		const struct rollover_finding *f = &w->analysis.findings[i];
		json_t *o = rollover_finding_json(w->plan, f);

		json_object_set_new(o, "own", json_boolean(rollover_way_breaks(all, f)));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *way_json(const struct rollover_ways *all, const struct rollover_way *w)
{
	char does[TEXT];
	json_t *o = json_pack("{ss sb}", "way", rollover_way_names[w->kind], "possible",
			      w->why_not == NULL);

	if (w->why_not) {
		json_object_set_new(o, "why_not", json_string(w->why_not));
		return o;
	}
	json_object_set_new(o, "does", json_string(does_text(all, w, does)));
	json_object_set_new(o, "keys", rollover_keys_json(w->plan, w->keys));
	if (w->kind == WAY_UNSIGNED)
		json_object_set_new(o, "removal", rollover_time_json(w->removal));
	json_object_set_new(o, "well_at", rollover_time_json(w->well));
	json_object_set_new(o, "emptied_well_at", rollover_time_json(w->emptied));
	json_object_set_new(o, "insecure", json_boolean(w->insecure));
	json_object_set_new(o, "bogus", findings_json(all, w));
	return o;
}

static json_t *standing_json(const struct rollover *r, const struct rollover_ways *w)
{
	const struct rollover_versions *v = w->list[WAY_NOTHING].analysis.versions;
	const struct rollover_version *keys = rollover_version_at(&v[ROLLOVER_DNSKEY], w->at);

	return json_pack(
		"{so so so so}", "ds",
		rollover_keys_json(r, rollover_version_at(&v[ROLLOVER_DS], w->at)->keys), "dnskey",
		rollover_keys_json(r, keys->keys), "signs_dnskey",
		rollover_keys_json(r, keys->signers), "signs_others",
		rollover_keys_json(r, rollover_version_at(&v[ROLLOVER_RRSIG], w->at)->signers));
}

int rollover_recover_json(const struct rollover *r, const struct rollover_ways *w,
			  const struct rollover_judged *plans, const struct rollover_proof *p,
			  FILE *out, struct err *e)
{
	json_t *ways = json_array(), *o;
	int rc;

	for (unsigned i = 0; i < ROLLOVER_WAYS; i++)
		json_array_append_new(ways, way_json(w, &w->list[i]));
	o = json_pack("{ss ss ss ss so so so sb so}", "schema", SCHEMA, "name", r->name, "title",
		      r->title, "zone", r->zone, "at", rollover_time_json(w->at), "delays",
		      rollover_delays_json(r), "published", standing_json(r, w), "needed",
		      rollover_ways_needed(w), "ways", ways);
	if (o && p)
		json_object_set_new(o, "proof", rollover_proof_json(plans, p));
	rc = o && json_dumpf(o, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF ? 0 : -ENOMEM;
	json_decref(o);
	return rc ? err_set(e, rc, "no memory for the ways' JSON") : 0;
}
