#include "harness/plan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define WIDTH 80
#define TEXT 22 /* the column behind the labels */

static const char *algorithm_name(enum algorithm algorithm)
{
	switch (algorithm) {
	case ALG_NONE:
		return "no algorithm";
	case ALG_RSASHA256:
		return "RSASHA256";
	case ALG_RSASHA512:
		return "RSASHA512";
	case ALG_ECDSAP256SHA256:
		return "ECDSAP256SHA256";
	case ALG_ED25519:
		return "ED25519";
	}
	return "?";
}

static const char *role_name(enum key_role role)
{
	switch (role) {
	case KEY_KSK:
		return "KSK";
	case KEY_ZSK:
		return "ZSK";
	case KEY_CSK:
		return "CSK";
	}
	return "?";
}

/* A paragraph behind a label, its lines broken at spaces and indented alike. */
struct paragraph {
	FILE *out;
	int indent, column;
};

static struct paragraph begin(FILE *out, int at, const char *label, int indent)
{
	struct paragraph p = { .out = out, .indent = indent };

	p.column = fprintf(out, "%*s%s", at, "", label);
	if (p.column < indent)
		p.column += fprintf(out, "%*s", indent - p.column, "");
	return p;
}

static void say(struct paragraph *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct paragraph *p, const char *fmt, ...)
{
	char text[1024], *rest = text, *word;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	while ((word = strsep(&rest, " "))) {
		bool fresh = p->column == p->indent;

		if (!fresh && p->column + 1 + (int)strlen(word) > WIDTH) {
			fprintf(p->out, "\n%*s", p->indent, "");
			p->column = p->indent;
			fresh = true;
		}
		p->column += fprintf(p->out, "%s%s", fresh ? "" : " ", word);
	}
}

static void end(struct paragraph *p)
{
	fputc('\n', p->out);
}

/* 17900000 as "17,900,000". */
static char *grouped(uint64_t n, char ret[32])
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n), to = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			ret[to++] = ',';
		ret[to++] = digits[i];
	}
	ret[to] = '\0';
	return ret;
}

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
		say(p, "NSEC");
		return;
	}
	say(p, "NSEC3 with %u iterations, %s,", z->nsec3_iterations,
	    z->salt_len ? "a salt" : "no salt");
	say(p, z->optout ? "opt-out" : "no opt-out");
}

static void print_key(const struct key_plan *k, bool signs, FILE *out)
{
	struct paragraph p = begin(out, 9, role_name(k->role), TEXT);
	char t[32];

	say(&p, "'%s'", k->name);
	if (k->tag >= 0)
		say(&p, "tag %d,", k->tag);
	say(&p, "%s", algorithm_name(k->algorithm));
	if (k->bits)
		say(&p, "%u bit", k->bits);
	if (k->published)
		say(&p, "from %s", simtime_text(k->published, t));
	if (k->removed != SIMTIME_NEVER)
		say(&p, "until %s", simtime_text(k->removed, t));
	if (signs)
		say(&p, "(signs from the beginning)");
	end(&p);
}

static char *address_text(const struct address *a, char ret[INET6_ADDRSTRLEN])
{
	ret[0] = '\0';
	if (a->family)
		inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, ret, INET6_ADDRSTRLEN);
	return ret;
}

static void print_servers(const struct zone *z, FILE *out)
{
	char name[NAME_TEXT_LEN], v4[INET6_ADDRSTRLEN], v6[INET6_ADDRSTRLEN], d[32];

	for (unsigned i = 0; i < z->server_count; i++) {
		const struct server *server = &z->servers[i];
		struct paragraph p = begin(out, 9, i ? "" : "servers", TEXT);

		say(&p, "%-18s", name_text(server->name, name));
		if (server->v4.family)
			say(&p, "%s", address_text(&server->v4, v4));
		if (server->v6.family)
			say(&p, "%s", address_text(&server->v6, v6));
		say(&p, "(%s away)", simtime_duration_text(server->latency, d));
		end(&p);
	}
}

static void print_ttls(const struct zone *z, FILE *out)
{
	struct paragraph p = begin(out, 9, "TTLs", TEXT);

	say(&p, "delegation %u,", z->ttl.delegation);
	if (z->is_signed)
		say(&p, "DS %u, DNSKEY %u, %s %u,", z->ttl.ds, z->ttl.dnskey,
		    z->denial == DENIAL_NSEC3 ? "NSEC3" : "NSEC", z->ttl.denial);
	say(&p, "negative %u", z->ttl.negative);
	end(&p);
}

static void print_population(const struct population *pop, FILE *out)
{
	struct paragraph p = begin(out, 9, "delegations", TEXT);
	char n[32], name[NAME_TEXT_LEN];

	say(&p, "%s, %.3g %% of them signed", grouped(pop->count, n), pop->signed_share * 100);
	if (pop->signed_share > 0)
		say(&p, "(%s)", algorithm_name(pop->algorithm));
	end(&p);
	p = begin(out, 9, "hosters", TEXT);
	say(&p, "%u%s", pop->hosters, pop->hoster_zone_count ? ":" : "");
	for (unsigned i = 0; i < pop->hoster_zone_count; i++)
		say(&p, "%.3g %% in %s%s", pop->hoster_zones[i].share * 100,
		    name_text(pop->hoster_zones[i].zone, name),
		    i + 1 < pop->hoster_zone_count ? "," : "");
	end(&p);
	p = begin(out, 9, "leaf TTLs", TEXT);
	for (unsigned i = 0; i < pop->ttl_count; i++)
		say(&p, "%u (%.3g %%)%s", pop->ttl[i].ttl, pop->ttl[i].share * 100,
		    i + 1 < pop->ttl_count ? "," : "");
	end(&p);
}

static void print_zone(const struct zone *z, FILE *out)
{
	char apex[NAME_TEXT_LEN];
	struct paragraph p = begin(out, 2, name_text(z->apex, apex), 9);

	if (z->is_signed) {
		say(&p, "signed,");
		print_denial(z, &p);
	} else {
		say(&p, "not signed");
	}
	end(&p);
	for (unsigned i = 0; i < z->key_count; i++)
		print_key(&z->keys[i], z->signings[0].key == i, out);
	print_servers(z, out);
	print_ttls(z, out);
	if (z->population)
		print_population(z->population, out);
}

static void print_rates(const struct traffic *t, FILE *out)
{
	struct paragraph p = begin(out, 2, "rate", TEXT);
	char at[32];

	for (unsigned i = 0; i < t->rate_count; i++) {
		if (i)
			say(&p, "; %.5s", simtime_text(t->rates[i].at, at) + 11);
		say(&p, "%g%s", t->rates[i].rate, i ? "" : " queries a second");
	}
	end(&p);
}

static void print_stub(const struct stub_plan *stub, FILE *out)
{
	static const char *const outcomes[] = { "SERVFAIL", "timeout", "REFUSED" };
	struct paragraph p = begin(out, 2, "stub resolvers", TEXT);
	const char *between = "after";
	char d[32];

	say(&p, "%u attempts of %s", stub->attempts, simtime_duration_text(stub->timeout, d));
	for (unsigned i = 0; i < ARRAY_SIZE(outcomes); i++) {
		if (!(stub->retry_on & 1u << i))
			continue;
		say(&p, "%s %s", between, outcomes[i]);
		between = "or";
	}
	if (stub->pause)
		say(&p, "and a pause of %s", simtime_duration_text(stub->pause, d));
	end(&p);
}

static void print_share(FILE *out, const char *what, double share, const char *of)
{
	struct paragraph p;

	if (share <= 0)
		return;
	p = begin(out, 2, what, TEXT);
	say(&p, "%.3g %% %s", share * 100, of);
	end(&p);
}

static void print_synthetic(const struct traffic *t, FILE *out)
{
	struct paragraph p;
	char apex[NAME_TEXT_LEN], n[32], other[NAME_TEXT_LEN + 32];
	double rest = 1 - t->outside - t->nxdomain - t->fresh - t->cd;

	print_rates(t, out);
	p = begin(out, 2, "clients", TEXT);
	say(&p, "%s,%s%s", grouped(t->clients, n), t->edns ? " EDNS" : " no EDNS",
	    t->dnssec_ok ? ", DO set" : "");
	end(&p);
	p = begin(out, 2, "popular", TEXT);
	say(&p, "%.3g %% for %s names in %s, Zipf with exponent %g", rest * 100,
	    grouped(t->names, n), name_text(t->zone->apex, apex), t->zipf_exponent);
	end(&p);
	if (t->outside_zone) {
		snprintf(other, sizeof(other), "for popular names in %s",
			 name_text(t->outside_zone->apex, apex));
		print_share(out, "outside", t->outside, other);
	}
	print_share(out, "nxdomain", t->nxdomain, "for names that do not exist");
	print_share(out, "fresh", t->fresh, "for names asked once, half of them signed");
	print_share(out, "cd", t->cd, "for names asked once, with CD set");
	print_share(out, "AAAA", t->aaaa, "of the questions; the rest is A");
}

static void print_traffic(const struct scenario *s, FILE *out)
{
	const struct traffic *t = &s->traffic;
	struct paragraph p;
	char at[32];

	fprintf(out, "\nTraffic\n");
	switch (t->kind) {
	case TRAFFIC_NONE:
		fprintf(out, "  nobody asks anything\n");
		return;
	case TRAFFIC_SYNTHETIC:
		print_synthetic(t, out);
		break;
	case TRAFFIC_TRACE:
		p = begin(out, 2, t->is_text ? "text" : "capture", TEXT);
		say(&p, "%s, %g times as fast, its first query at %s", t->path, t->speed,
		    simtime_text(t->at, at));
		end(&p);
		break;
	}
	print_stub(&t->stub, out);
}

/* "+05:49:00" */
static char *offset_text(simtime d, char ret[32])
{
	long s = (long)(d / SECOND);

	snprintf(ret, 32, "+%02ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
	return ret;
}

static void print_timeline(const struct scenario *s, FILE *out)
{
	char t[32], offset[32], day[32] = "";

	fprintf(out, "\nTimeline (UTC)\n");
	if (!s->timeline.count)
		fprintf(out, "  nothing happens\n");
	for (unsigned i = 0; i < s->timeline.count; i++) {
		const struct event *ev = &s->timeline.events[i];
		struct paragraph p;

		if (ev->mitigation[0])
			continue;
		simtime_text(ev->at, t);
		if (strncmp(day, t, 10) != 0)
			fprintf(out, "  %.10s\n", t);
		strcpy(day, t);
		fprintf(out, "  %.8s %-9s", t + 11, offset_text(ev->at - s->from, offset));
		p = begin(out, 1, event_kind_name(ev->kind), 10);
		p.indent = p.column = 31;
		say(&p, "%s", ev->what);
		if (ev->fault >= 0)
			say(&p, "[fault %d begins]", ev->fault + 1);
		end(&p);
	}
}

static void print_mitigation_event(const struct scenario *s, const struct event *ev, bool awaited,
				   FILE *out)
{
	struct paragraph p;
	char t[32], offset[32], d[32];

	if (awaited)
		fprintf(out, "    %-18s", "");
	else
		fprintf(out, "    %.8s %-9s", simtime_text(ev->at, t) + 11,
			offset_text(ev->at - s->from, offset));
	p = begin(out, 1, event_kind_name(ev->kind), 10);
	p.indent = p.column = 33;
	say(&p, "%s", ev->what);
	if (awaited)
		say(&p, "%s after the first failure", simtime_duration_text(ev->at, d));
	end(&p);
}

static bool has_events(const struct timeline *tl, const char *mitigation)
{
	for (unsigned i = 0; i < tl->count; i++)
		if (strcmp(tl->events[i].mitigation, mitigation) == 0)
			return true;
	for (unsigned i = 0; i < tl->awaited_count; i++)
		if (strcmp(tl->awaited[i].mitigation, mitigation) == 0)
			return true;
	return false;
}

static void print_mitigation(const struct scenario *s, const struct mitigation *m, FILE *out)
{
	const struct timeline *tl = &s->timeline;
	struct paragraph p = begin(out, 2, m->name, 14);

	if (m->about[0])
		say(&p, "%s", m->about);
	if (m->like[0])
		say(&p, "(like '%s')", m->like);
	if (m->setting_count)
		say(&p, "(settings for");
	for (unsigned i = 0; i < m->setting_count; i++)
		say(&p, "%s%s", m->settings[i].kind, i + 1 < m->setting_count ? "," : ")");
	if (!m->like[0] && !m->setting_count && !has_events(tl, m->name))
		say(&p, "(its operator has nothing to do here)");
	end(&p);
	for (unsigned i = 0; i < tl->count; i++)
		if (strcmp(tl->events[i].mitigation, m->name) == 0)
			print_mitigation_event(s, &tl->events[i], false, out);
	for (unsigned i = 0; i < tl->awaited_count; i++)
		if (strcmp(tl->awaited[i].mitigation, m->name) == 0)
			print_mitigation_event(s, &tl->awaited[i], true, out);
}

static void print_mitigations(const struct scenario *s, FILE *out)
{
	fprintf(out,
		"\nMitigations (-m NAME; what resolvers have themselves goes without saying)\n");
	for (unsigned i = 0; i < s->mitigation_count; i++)
		print_mitigation(s, &s->mitigations[i], out);
}

static void print_faults(const struct scenario *s, FILE *out)
{
	char from[32], until[32], number[16];

	if (s->tree->fault_count)
		fprintf(out, "\nFaults\n");
	for (unsigned i = 0; i < s->tree->fault_count; i++) {
		const struct fault *f = &s->tree->faults[i];
		struct paragraph p;

		snprintf(number, sizeof(number), "%u", i + 1);
		p = begin(out, 2, number, 6);
		say(&p, "%s: %s;", f->kind, f->text);
		if (f->until == SIMTIME_NEVER)
			say(&p, "from %s on", simtime_text(f->from, from));
		else
			say(&p, "%s to %s", simtime_text(f->from, from),
			    simtime_text(f->until, until));
		end(&p);
	}
}

static void print_expectations(const struct scenario *s, FILE *out)
{
	if (s->expectation_count)
		fprintf(out, "\nExpectations\n");
	for (unsigned i = 0; i < s->expectation_count; i++) {
		const struct expectation *x = &s->expectations[i];
		struct paragraph p = begin(out, 2, "-", 4);

		say(&p, "%s", x->text);
		if (x->mitigation[0])
			say(&p, "(with mitigation '%s')", x->mitigation);
		end(&p);
	}
}

int plan_print(const struct scenario *s, FILE *out, struct err *e)
{
	char from[32], to[32], length[32], bin[32];

	fprintf(out, "%s: %s\n", s->name, s->title);
	fprintf(out, "%s to %s (%s), bins of %s, seed %llu\n", simtime_text(s->from, from),
		simtime_text(s->to, to), simtime_duration_text(s->to - s->from, length),
		simtime_duration_text(s->bin, bin), (unsigned long long)s->seed);
	print_params(s, out);
	fprintf(out, "\nWorld\n");
	for (unsigned i = 0; i < s->tree->zone_count; i++)
		print_zone(s->tree->zones[i], out);
	print_traffic(s, out);
	print_timeline(s, out);
	print_mitigations(s, out);
	print_faults(s, out);
	print_expectations(s, out);
	if (fflush(out) || ferror(out))
		return err_set(e, -EIO, "cannot write the plan: %s", strerror(errno));
	return 0;
}
