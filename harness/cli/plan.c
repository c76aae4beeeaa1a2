/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/plan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "harness/subject/fleet.h"
#include "harness/text/paragraph.h"
#include "harness/text/table.h"
#include "harness/cli/plan_phase.h"
#include "harness/cli/plan_story.h"
#include "zones/key.h"
#include "sim/base/names.h"

#define TEXT 22 /* the column behind the labels */

static void print_params(const struct scenario *s, FILE *out)
{
	if (s->param_count)
		fprintf(out, "\nParameters (--set KEY=VALUE)\n");
	for (unsigned i = 0; i < s->param_count; i++)
		fprintf(out, "  %-18s %s%s\n", s->params[i].key, s->params[i].value,
			s->params[i].is_set ? "   (set)" : "");
}

static void print_denial(const struct zone *z, struct paragraph *p)
{
	if (z->denial == DENIAL_NSEC) {
		paragraph_say(p, "NSEC");
		return;
	}
	paragraph_say(p, "NSEC3 with %u iterations, %s,", z->nsec3_iterations,
		      z->salt_len ? "a salt" : "no salt");
	paragraph_say(p, z->optout ? "opt-out" : "no opt-out");
}

static void print_key(const struct key_plan *k, bool signs, FILE *out)
{
	struct paragraph p = paragraph_begin(out, 9, key_role_names[k->role], TEXT);
	char t[32];

	paragraph_say(&p, "'%s'", k->name);
	if (k->tag >= 0)
		paragraph_say(&p, "tag %d,", k->tag);
	paragraph_say(&p, "%s", key_algorithm_name(k->algorithm));
	if (k->bits)
		paragraph_say(&p, "%u bit", k->bits);
	if (k->published)
		paragraph_say(&p, "from %s", simtime_text(k->published, t));
	if (k->removed != SIMTIME_NEVER)
		paragraph_say(&p, "until %s", simtime_text(k->removed, t));
	if (signs)
		paragraph_say(&p, "(signs from the beginning)");
	paragraph_end(&p);
}

static void print_servers(const struct zone *z, FILE *out)
{
	char name[NAME_TEXT_LEN], v4[INET6_ADDRSTRLEN], v6[INET6_ADDRSTRLEN], d[32];

	for (unsigned i = 0; i < z->server_count; i++) {
		const struct server *server = &z->servers[i];
		struct paragraph p = paragraph_begin(out, 9, i ? "" : "servers", TEXT);

		paragraph_say(&p, "%-18s", name_text(server->name, name));
		if (server->v4.family)
			paragraph_say(&p, "%s", address_text(&server->v4, v4));
		if (server->v6.family)
			paragraph_say(&p, "%s", address_text(&server->v6, v6));
		paragraph_say(&p, "(%s away)", simtime_duration_text(server->latency, d));
		if (server->polls)
			paragraph_say(&p, "looks each %s", simtime_duration_text(server->polls, d));
		if (server->lag)
			paragraph_say(&p, "%s late", simtime_duration_text(server->lag, d));
		paragraph_end(&p);
	}
}

static void print_ttls(const struct zone *z, FILE *out)
{
	struct paragraph p = paragraph_begin(out, 9, "TTLs", TEXT);

	paragraph_say(&p, "delegation %u,", z->ttl.delegation);
	if (z->is_signed)
		paragraph_say(&p, "DS %u, DNSKEY %u, %s %u,", z->ttl.ds, z->ttl.dnskey,
			      z->denial == DENIAL_NSEC3 ? "NSEC3" : "NSEC", z->ttl.denial);
	paragraph_say(&p, "negative %u", z->ttl.negative);
	paragraph_end(&p);
}

static void print_leaf_ttls(const struct population *pop, const char *what, FILE *out)
{
	struct paragraph p = paragraph_begin(out, 9, what, TEXT);

	for (unsigned i = 0; i < pop->ttl_count; i++)
		paragraph_say(&p, "%u (%.3g %%)%s", pop->ttl[i].ttl, pop->ttl[i].share * 100,
			      i + 1 < pop->ttl_count ? "," : "");
	paragraph_end(&p);
}

/* "11,000: A, AAAA (80 %)" */
static void print_hosts(const struct population *pop, struct paragraph *p)
{
	static const char *const types[HOST_TYPES] = { "A", "AAAA", "MX", "TXT" };
	unsigned left = 0;
	char n[48];

	paragraph_say(p, "%s:", table_grouped((double)pop->count, n));
	for (unsigned i = 0; i < HOST_TYPES; i++)
		left += pop->host_share[i] > 0;
	for (unsigned i = 0; i < HOST_TYPES; i++) {
		const char *comma;

		if (pop->host_share[i] <= 0)
			continue;
		comma = --left ? "," : "";
		if (pop->host_share[i] < 1)
			paragraph_say(p, "%s (%.3g %%)%s", types[i], pop->host_share[i] * 100,
				      comma);
		else
			paragraph_say(p, "%s%s", types[i], comma);
	}
}

static void print_population(const struct population *pop, FILE *out)
{
	struct paragraph p = paragraph_begin(out, 9, pop->hosts ? "hosts" : "delegations", TEXT);
	char n[48], name[NAME_TEXT_LEN];

	if (pop->hosts) {
		print_hosts(pop, &p);
		if (pop->parted)
			paragraph_say(&p, "(told as a wildcard: a fault has a share of them)");
		paragraph_end(&p);
		print_leaf_ttls(pop, "TTLs", out);
		return;
	}
	if (pop->wildcard) {
		paragraph_say(&p, "none, but a wildcard for its names:%s%s",
			      pop->wildcard & WILDCARD_A ? " A" : "",
			      pop->wildcard & WILDCARD_AAAA ? " AAAA" : "");
		paragraph_say(&p, "(TTL %u)", pop->ttl[0].ttl);
		paragraph_end(&p);
		return;
	}
	paragraph_say(&p, "%s, %.3g %% of them signed", table_grouped((double)pop->count, n),
		      pop->signed_share * 100);
	if (pop->signed_share > 0)
		paragraph_say(&p, "(%s)", key_algorithm_name(pop->algorithm));
	paragraph_end(&p);
	p = paragraph_begin(out, 9, "hosters", TEXT);
	paragraph_say(&p, "%u%s", pop->hosters, pop->hoster_zone_count ? ":" : "");
	for (unsigned i = 0; i < pop->hoster_zone_count; i++)
		paragraph_say(&p, "%.3g %% in %s%s", pop->hoster_zones[i].share * 100,
			      name_text(pop->hoster_zones[i].zone, name),
			      i + 1 < pop->hoster_zone_count ? "," : "");
	paragraph_end(&p);
	print_leaf_ttls(pop, "leaf TTLs", out);
}

static void print_zone(const struct zone *z, FILE *out)
{
	char apex[NAME_TEXT_LEN];
	struct paragraph p = paragraph_begin(out, 2, name_text(z->apex, apex), 9);

	if (z->is_signed) {
		paragraph_say(&p, "signed,");
		print_denial(z, &p);
	} else {
		paragraph_say(&p, "not signed");
	}
	paragraph_end(&p);
	for (unsigned i = 0; i < z->key_count; i++)
		print_key(&z->keys[i], z->signings[0].key == i, out);
	print_servers(z, out);
	print_ttls(z, out);
	if (z->file) {
		p = paragraph_begin(out, 9, "file", TEXT);
		paragraph_say(&p, "%s", z->file);
		paragraph_end(&p);
	}
	if (z->population)
		print_population(z->population, out);
}

static void print_rates(const struct traffic *t, FILE *out)
{
	struct paragraph p = paragraph_begin(out, 2, "rate", TEXT);
	char at[32];

	for (unsigned i = 0; i < t->rate_count; i++) {
		if (i)
			paragraph_say(&p, "; %.5s", simtime_text(t->rates[i].at, at) + 11);
		paragraph_say(&p, "%g%s", t->rates[i].rate, i ? "" : " queries a second");
	}
	paragraph_end(&p);
}

static void print_stub(const struct stub_plan *stub, FILE *out)
{
	static const char *const outcomes[] = { "SERVFAIL", "timeout", "REFUSED" };
	struct paragraph p = paragraph_begin(out, 2, "stub resolvers", TEXT);
	const char *between = "after";
	char d[32];

	paragraph_say(&p, "%u attempts of %s", stub->attempts,
		      simtime_duration_text(stub->timeout, d));
	for (unsigned i = 0; i < ARRAY_SIZE(outcomes); i++) {
		if (!(stub->retry_on & 1u << i))
			continue;
		paragraph_say(&p, "%s %s", between, outcomes[i]);
		between = "or";
	}
	if (stub->pause)
		paragraph_say(&p, "and a pause of %s", simtime_duration_text(stub->pause, d));
	paragraph_end(&p);
}

/* By what they ask, where that is not UDP alone, and how far they are away. */
static void print_transports(const struct stub_plan *stub, FILE *out)
{
	struct paragraph p;
	char d[32];

	if (!stub->has_transports && !stub->round_trip && !stub->loss && !stub->capacity &&
	    !stub->mtu)
		return;
	p = paragraph_begin(out, 2, "transport", TEXT);
	for (unsigned t = 0; stub->has_transports && t < TRANSPORTS; t++)
		if (stub->share[t] > 0)
			paragraph_say(&p, "%.4g %% %s,", 100 * stub->share[t], transport_names[t]);
	if (stub->has_transports) {
		paragraph_say(&p, "connections idle for %s are closed,",
			      simtime_duration_text(stub->idle, d));
		paragraph_say(&p, "%u questions on one at most;", stub->in_flight);
	}
	if (stub->loss > 0)
		paragraph_say(&p, "of datagrams %.4g %% are lost each way;", 100 * stub->loss);
	if (stub->mtu)
		paragraph_say(&p, "datagrams of more than %u bytes are lost;", stub->mtu);
	if (stub->capacity > 0)
		paragraph_say(&p, "%.4g bits a second, for which they wait up to %s;",
			      stub->capacity, simtime_duration_text(stub->queue, d));
	paragraph_say(&p, "round trip %s", simtime_duration_text(stub->round_trip, d));
	paragraph_end(&p);
}

/* Whom they ask, where there is a choice. */
static void print_asked(const struct scenario *s, const struct stub_plan *stub, FILE *out)
{
	struct paragraph p;

	if (s->role_count < 2)
		return;
	p = paragraph_begin(out, 2, "asked", TEXT);
	for (unsigned i = 0; i < stub->asks_count; i++)
		paragraph_say(&p, "%s%s", stub->asks[i], i + 1 < stub->asks_count ? "," : "");
	if (stub->asks_count > 1)
		paragraph_say(&p, "(%s)", stub_strategy_names[stub->strategy]);
	paragraph_end(&p);
}

static void print_share(FILE *out, const char *what, double share, const char *of)
{
	struct paragraph p;

	if (share <= 0)
		return;
	p = paragraph_begin(out, 2, what, TEXT);
	paragraph_say(&p, "%.3g %% %s", share * 100, of);
	paragraph_end(&p);
}

static void print_job(const struct job_plan *j, FILE *out)
{
	char from[32], to[32], apex[NAME_TEXT_LEN], type[NAMES_LEN];
	struct paragraph p = paragraph_begin(out, 2, "a job", TEXT);

	paragraph_say(&p,
		      "from %s to %s %g questions a second of type %s, each for another name "
		      "below %s that is not there",
		      simtime_text(j->from, from), simtime_text(j->to, to), j->rate,
		      names_type(j->qtype, type), name_text(j->zone->apex, apex));
	paragraph_end(&p);
}

static void print_synthetic(const struct traffic *t, FILE *out)
{
	struct paragraph p;
	char apex[NAME_TEXT_LEN], n[48], other[NAME_TEXT_LEN + 32], absent[128], from[32];
	double rest = 1 - t->outside - t->nxdomain - t->fresh - t->cd;
	double popular = rest > 1e-9 ? rest : 0; /* what rounding leaves is no share */

	print_rates(t, out);
	p = paragraph_begin(out, 2, "clients", TEXT);
	paragraph_say(&p, "%s,%s%s", table_grouped((double)t->clients, n),
		      t->edns ? " EDNS" : " no EDNS", t->dnssec_ok ? ", DO set" : "");
	paragraph_end(&p);
	p = paragraph_begin(out, 2, "popular", TEXT);
	paragraph_say(&p, "%.3g %% for %s names in %s, Zipf with exponent %g", popular * 100,
		      table_grouped((double)t->names, n), name_text(t->zone->apex, apex),
		      t->zipf_exponent);
	paragraph_end(&p);
	if (t->outside_zone) {
		snprintf(other, sizeof(other), "for popular names in %s",
			 name_text(t->outside_zone->apex, apex));
		print_share(out, "outside", t->outside, other);
	}
	snprintf(absent, sizeof(absent),
		 "for names that do not exist, %u labels below the zone from %s on",
		 t->nxdomain_labels, simtime_text(t->deep_from, from));
	print_share(out, "nxdomain", t->nxdomain,
		    t->nxdomain_labels > 1 ? absent : "for names that do not exist");
	print_share(out, "fresh", t->fresh, "for names asked once, half of them signed");
	print_share(out, "cd", t->cd, "for names asked once, with CD set");
	print_share(out, "AAAA", t->aaaa, "of the questions; the rest is A");
	for (unsigned i = 0; i < t->job_count; i++)
		print_job(&t->jobs[i], out);
}

/* Each is asked of a resolver of its own. */
static void print_cases(const struct scenario *s, FILE *out)
{
	char name[NAME_TEXT_LEN], at[32], wait[32];

	fprintf(out,
		"\nCases (%u, each with a resolver started for it; then the same with CD set)\n",
		s->case_count);
	for (unsigned i = 0; i < s->case_count; i++) {
		const struct case_plan *c = &s->cases[i];
		struct paragraph p = paragraph_begin(out, 2, c->name, 30);

		paragraph_say(&p, "%s %s", name_text(c->qname, name), c->type);
		paragraph_say(&p, "at %.19sZ,", simtime_text(c->at, at));
		paragraph_say(&p, "for %s", simtime_duration_text(c->wait, wait));
		if (c->before != SIMTIME_NEVER)
			paragraph_say(&p, "(after a question at %.19sZ)",
				      simtime_text(c->before, at));
		paragraph_end(&p);
	}
}

static void print_one_traffic(const struct scenario *s, const struct traffic *t, FILE *out)
{
	struct paragraph p;
	char at[32];

	fprintf(out, "\nTraffic%s%s\n", t->name[0] ? " of " : "", t->name);
	switch (t->kind) {
	case TRAFFIC_NONE:
		break;
	case TRAFFIC_SYNTHETIC:
		print_synthetic(t, out);
		break;
	case TRAFFIC_TRACE:
		p = paragraph_begin(out, 2, t->is_text ? "text" : "capture", TEXT);
		paragraph_say(&p, "%s, %g times as fast, its first query at %s", t->path, t->speed,
			      simtime_text(t->at, at));
		paragraph_end(&p);
		break;
	}
	print_stub(&t->stub, out);
	print_transports(&t->stub, out);
	print_asked(s, &t->stub, out);
}

static void print_traffic(const struct scenario *s, FILE *out)
{
	if (s->case_count)
		print_cases(s, out);
	else if (!s->traffic_count)
		fprintf(out, "\nTraffic\n  nobody asks anything\n");
	for (unsigned i = 0; i < s->traffic_count; i++)
		print_one_traffic(s, &s->traffic[i], out);
}

/* What it teaches, and where its facts are from. */
static void print_reading(const struct scenario *s, FILE *out)
{
	struct paragraph p;

	if (s->teaches[0]) {
		p = paragraph_begin(out, 0, "Teaches:", 9);
		paragraph_say(&p, "%s", s->teaches);
		paragraph_end(&p);
	}
	for (unsigned i = 0; i < s->source_count; i++) {
		p = paragraph_begin(out, 0, i ? "" : "Sources:", 9);
		paragraph_say(&p, "%s", s->sources[i]);
		paragraph_end(&p);
	}
}

static void print_fleet(const struct scenario *s, FILE *out)
{
	const struct fleet_plan *f = &s->fleet;
	struct fleet_cache first, last;
	char from[32], to[32], stagger[32];

	if (!f->count)
		return;
	fleet_cache(s, 1, &first);
	fleet_cache(s, f->count, &last);
	fprintf(out, "A fleet of %u cache%s, %s to %s old at the start", f->count,
		f->count == 1 ? "" : "s", simtime_duration_text(first.age, from),
		simtime_duration_text(last.age, to));
	if (f->stagger)
		fprintf(out, "; operators reach each %s after the one before",
			simtime_duration_text(f->stagger, stagger));
	fprintf(out, "\n");
}

static const char *driver_of(const struct scenario *s, const struct role *r)
{
	const struct role *base = r->like < 0 ? r : &s->roles[r->like];

	return *base->driver ? base->driver : "what -r says";
}

static bool is_asked(const struct scenario *s, const struct role *r)
{
	for (unsigned i = 0; i < s->traffic_count; i++)
		for (unsigned k = 0; k < s->traffic[i].stub.asks_count; k++)
			if (&s->roles[s->traffic[i].stub.roles[k]] == r)
				return true;
	return false;
}

static void print_role(const struct scenario *s, const struct role *r, FILE *out)
{
	char delay[32];

	fprintf(out, "  %-12s %u × %s%s, %s away", r->name, r->count, driver_of(s, r),
		is_asked(s, r) ? ", asked by clients" : "", simtime_duration_text(r->delay, delay));
	if (r->loss > 0)
		fprintf(out, ", %.3g %% lost", 100 * r->loss);
	if (r->capacity > 0)
		fprintf(out, ", %.3g bits a second", r->capacity);
	if (r->cap)
		fprintf(out, ", %u questions a second%s", r->cap,
			r->is_cap_shared ? "" : " of each who asks");
	fprintf(out, "\n");
	for (unsigned i = 0; i < r->forward_count; i++)
		fprintf(out, "  %-12s forwards %s to %s\n", "", r->forwards[i].zone,
			s->roles[r->forwards[i].role].name);
}

static void print_roles(const struct scenario *s, FILE *out)
{
	if (s->role_count)
		fprintf(out, "\nResolvers\n");
	for (unsigned i = 0; i < s->role_count; i++)
		print_role(s, &s->roles[i], out);
}

int plan_print(const struct scenario *s, FILE *out, struct err *e)
{
	char from[32], to[32], length[32], bin[32], off[32];

	fprintf(out, "%s: %s\n", s->name, s->title);
	fprintf(out, "%s to %s (%s), bins of %s, seed %llu\n", simtime_text(s->from, from),
		simtime_text(s->to, to), simtime_duration_text(s->to - s->from, length),
		simtime_duration_text(s->bin, bin), (unsigned long long)s->seed);
	if (s->clock_behind)
		fprintf(out, "Resolvers' clocks are %s %s.\n",
			simtime_duration_text(
				s->clock_behind > 0 ? s->clock_behind : -s->clock_behind, off),
			s->clock_behind > 0 ? "behind" : "ahead");
	if (s->idle_slack)
		fprintf(out, "Resolvers with nothing in work look round up to %s late\n",
			simtime_duration_text(s->idle_slack, off));
	if (s->charge > 0)
		fprintf(out, "A second of the resolver's CPU time takes %g of the clock\n",
			s->charge);
	print_fleet(s, out);
	print_reading(s, out);
	print_params(s, out);
	fprintf(out, "\nWorld\n");
	for (unsigned i = 0; i < s->tree->zone_count; i++)
		print_zone(s->tree->zones[i], out);
	print_roles(s, out);
	print_traffic(s, out);
	plan_story_print(s, out);
	plan_phase_print(s, out);
	if (fflush(out) || ferror(out))
		return err_set(e, -EIO, "cannot write the plan: %s", strerror(errno));
	return 0;
}
