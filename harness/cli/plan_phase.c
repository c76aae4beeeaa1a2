/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/plan_phase.h"

#include "harness/text/paragraph.h"

#define TURNS 10 /* so often at most a record is fetched anew at once */

struct phase {
	const struct scenario *s;
	FILE *out;
	bool has_begun; /* the heading is there */
};

static bool is_in_step(uint32_t ttl, simtime d)
{
	return ttl && d > 0 && d % (ttl * SECOND) == 0 && d / (ttl * SECOND) <= TURNS;
}

/* "; DS 1 h, negative 1 h", of those in step. Returns how many they are. */
static unsigned list(const struct zone *z, simtime d, char *ret, size_t size)
{
	const struct {
		const char *what;
		uint32_t ttl;
	} ttls[] = { { "delegation", z->ttl.delegation },
		     { "DS", z->is_signed ? z->ttl.ds : 0 },
		     { "DNSKEY", z->is_signed ? z->ttl.dnskey : 0 },
		     { z->denial == DENIAL_NSEC3 ? "NSEC3" : "NSEC",
		       z->is_signed ? z->ttl.denial : 0 },
		     { "negative", z->ttl.negative } };
	unsigned count = 0;
	size_t len = 0;
	char text[32];

	ret[0] = '\0';
	for (unsigned i = 0; i < ARRAY_SIZE(ttls); i++) {
		if (!is_in_step(ttls[i].ttl, d))
			continue;
		len += (size_t)snprintf(ret + len, size - len, "%s%s %s", count++ ? ", " : "",
					ttls[i].what,
					simtime_duration_text(ttls[i].ttl * SECOND, text));
	}
	return count;
}

/* `which` end of the fault that an event begins. */
static void look_at(struct phase *p, const struct event *ev, const char *which, simtime at)
{
	const struct zone *z = p->s->tree->faults[ev->fault].zone;
	char apex[NAME_TEXT_LEN], t[32], d[32], ttls[256];
	struct paragraph line;

	if (!list(z, at - p->s->from, ttls, sizeof(ttls)))
		return;
	if (!p->has_begun)
		fprintf(p->out, "\nIn step with the start\n");
	p->has_begun = true;
	line = paragraph_begin(p->out, 2, "-", 4);
	paragraph_say(&line, "%s: fault %u %s %s after the start, at %.8s,", ev->place,
		      (unsigned)ev->fault + 1, which, simtime_duration_text(at - p->s->from, d),
		      simtime_text(at, t) + 11);
	paragraph_say(&line, "a multiple of TTLs of %s (%s):", name_text(z->apex, apex), ttls);
	paragraph_say(&line, "what a cache takes in at the start runs out just then, and chance "
			     "says which comes first; choose another TTL or start");
	paragraph_end(&line);
}

void plan_phase_print(const struct scenario *s, FILE *out)
{
	struct phase p = { s, out, false };

	for (unsigned i = 0; i < s->timeline.count && !s->case_count; i++) {
		const struct event *ev = &s->timeline.events[i];
		const struct fault *f;

		if (ev->fault < 0)
			continue;
		f = &s->tree->faults[ev->fault];
		if (f->zone)
			look_at(&p, ev, "begins", f->from);
		if (f->zone && f->until != SIMTIME_NEVER && f->until <= s->to)
			look_at(&p, ev, "ends", f->until);
	}
}
