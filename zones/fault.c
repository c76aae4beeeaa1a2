/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/fault.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/cleanup.h"
#include "sim/base/rng.h"
#include "zones/fault_rows.h"

const char *const fault_groups[GROUP_COUNT] = {
	[GROUP_CONTROL] = "Controls",
	[GROUP_DS] = "DS at the parent",
	[GROUP_KEYS] = "DNSKEY",
	[GROUP_SIGNATURES] = "Signatures",
	[GROUP_DENIAL] = "Denial of existence",
	[GROUP_ALGORITHMS] = "Algorithms",
	[GROUP_ROLLOVER] = "Rollover mistakes",
	[GROUP_DELEGATION] = "Delegations and glue",
	[GROUP_SERVERS] = "Servers",
	[GROUP_WIRE] = "On the wire",
	[GROUP_COST] = "Cost",
};

static const struct fault_row *const tables[] = {
	fault_control_rows, fault_ds_rows,   fault_keys_rows, fault_rrsig_rows,
	fault_denial_rows,  fault_roll_rows, fault_glue_rows, fault_server_rows,
};

const struct fault_row *fault_row(unsigned n)
{
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
		for (const struct fault_row *r = tables[t]; r->name; r++)
			if (!n--)
				return r;
	return NULL;
}

static const char *share_about(const struct fault_row *r)
{
	if (r->truncates)
		return "the share of delegations that is left";
	return r->wire ? "the share of queries, above 0; otherwise 1"
		       : "the share of RRsets, drawn by name and type; otherwise 1";
}

static const char *servers_about(const struct fault_row *r)
{
	return r->ds || r->hides_ds || r->refers_ds || r->address
		       ? "the parent's servers that have it; otherwise all"
		       : "the zone's servers that have it; otherwise all";
}

/* How any fault on the wire takes aim: zones/aim.h. */
static const struct fault_key aim_keys[] = {
	{ "types", "types that are asked for, like { \"DS\" }; otherwise all", NULL },
	{ "names", "names that are asked for; \"*.x.de.\" is all below; otherwise all", NULL },
	{ "over", "\"udp\" or \"tcp\": how the query comes; otherwise \"both\"", NULL },
	{ "bigger_than", "answers of more bytes alone, header and all", NULL },
	{ "family", "4 or 6: of the server's address; otherwise both", NULL },
	{ "below", "true: the servers of all zones below it too", NULL },
};

unsigned fault_keys(const struct fault_row *r, struct fault_key ret[FAULT_KEYS_MAX])
{
	unsigned n = 0;

	for (unsigned i = 0; i < FAULT_PARAMS && r->params[i].name; i++)
		ret[n++] =
			(struct fault_key){ r->params[i].name, r->params[i].about, &r->params[i] };
	if (r->takes & TAKES_SHARE)
		ret[n++] = (struct fault_key){ "share", share_about(r), NULL };
	if (r->takes & TAKES_TYPES)
		ret[n++] =
			(struct fault_key){ "types", "RRset types that it befalls, like { \"A\" }",
					    NULL };
	if (r->takes & TAKES_BITMAP)
		ret[n++] = (struct fault_key){ "types",
					       "types that the bitmap lacks; otherwise A and AAAA",
					       NULL };
	if (r->takes & TAKES_NAMES)
		ret[n++] = (struct fault_key){ "names",
					       "owner names that it befalls; otherwise all", NULL };
	for (size_t i = 0; fault_row_aims(r) && i < ARRAY_SIZE(aim_keys); i++)
		ret[n++] = aim_keys[i];
	if (r->takes & TAKES_SERVERS)
		ret[n++] = (struct fault_key){ "servers", servers_about(r), NULL };
	if (!r->roll)
		ret[n++] = (struct fault_key){ "to", "when it is over; otherwise it lasts", NULL };
	return n;
}

int64_t fault_choice(const struct fault_param *p, const char *word)
{
	size_t len = strlen(word);
	int64_t n = 0;

	for (const char *at = p->choices; *at; n++) {
		size_t this = strcspn(at, " ");

		if (this == len && strncmp(at, word, len) == 0)
			return n;
		at += this + strspn(at + this, " ");
	}
	return -1;
}

char *fault_choice_word(const struct fault_param *p, int64_t number, char ret[FAULT_WORD])
{
	const char *word = p->choices;

	while (number--)
		word += strcspn(word, " ") + 1;
	snprintf(ret, FAULT_WORD, "%.*s", (int)strcspn(word, " "), word);
	return ret;
}

/* What stands behind "nsec3-iter-" or "rcode-"; -1 when it is another name. */
static int64_t member_of(const struct fault_row *r, const char *name)
{
	size_t len = strlen(r->name);
	const char *what = name + len + 1;

	if (!r->is_family || strncmp(name, r->name, len) != 0 || name[len] != '-' || !*what)
		return -1;
	if (r->params[0].type == PARAM_CHOICE)
		return fault_choice(&r->params[0], what);
	return strspn(what, "0123456789") == strlen(what) && strlen(what) < 10 ? atoll(what) : -1;
}

const struct fault_row *fault_find_number(const char *name, int64_t *ret_number)
{
	const struct fault_row *r;

	for (unsigned n = 0; (r = fault_row(n)); n++) {
		int64_t number = member_of(r, name);

		if (number < 0 && strcmp(r->name, name) != 0 &&
		    (!r->alias || strcmp(r->alias, name) != 0))
			continue;
		if (ret_number)
			*ret_number = number;
		return r;
	}
	return NULL;
}

const struct fault_row *fault_find(const char *name)
{
	return fault_find_number(name, NULL);
}

void fault_done(struct fault *f)
{
	free(f->types);
	free(f->names);
}

/* Signatures that end with a fault were made before it. */
static simtime first_effect(const struct fault *f)
{
	return f->row->early ? f->from - f->zone->validity : f->from;
}

bool fault_acts(const struct fault *f, unsigned server, simtime now)
{
	return first_effect(f) <= now && now < f->until &&
	       (!f->servers || (server < 64 && f->servers >> server & 1));
}

static bool is_of_type(const struct fault *f, uint16_t type)
{
	const struct fault_row *r = f->row;

	unsigned told = r->takes & TAKES_TYPES ? f->type_count : 0;

	for (unsigned i = 0; i < told; i++)
		if (f->types[i] == type)
			return true;
	for (unsigned i = 0; !told && i < ARRAY_SIZE(r->types); i++)
		if (r->types[i] == type)
			return true;
	return !told && !r->types[0] && !(r->spares_keys && type == RR_DNSKEY);
}

static bool is_of_name(const struct fault *f, const uint8_t *owner)
{
	for (unsigned i = 0; i < f->name_count; i++)
		if (name_equal(f->names[i], owner))
			return true;
	return !f->name_count;
}

/* The draw is the same for every fault of a kind: a larger share holds all of a smaller one. */
static bool is_drawn(const struct fault *f, const uint8_t *owner, uint16_t type)
{
	uint64_t seed = rng_hash(f->zone->seed, f->row->name, strlen(f->row->name));

	return f->share >= 1 ||
	       rng_unit(rng_hash(rng_of(seed, type), owner, name_len(owner))) < f->share;
}

bool fault_befalls(const struct fault *f, const uint8_t *owner, uint16_t type)
{
	return is_of_type(f, type) && is_of_name(f, owner) && is_drawn(f, owner, type);
}

const struct fault *fault_next(const struct zone *z, unsigned server, simtime now, unsigned *i)
{
	while (*i < z->fault_count) {
		const struct fault *f = &z->tree->faults[z->faults[(*i)++]];

		if (fault_acts(f, server, now))
			return f;
	}
	return NULL;
}
