/* SPDX-License-Identifier: BSD-2-Clause */
/* Plans of rollovers: what caches may hold, when that is bogus, when each step is safe. */
#include "zones/rollover/rollover_steps.h"

#include <string.h>

#include "sim/base/rng.h"
#include "sim/language/rollover_script.h"
#include "tests/support/test.h"

struct judged {
	struct rollover *r;
	struct rollover_analysis a;
	struct rollover_steps s;
};

static void judged_done(struct judged *j)
{
	rollover_steps_done(&j->s);
	rollover_analysis_done(&j->a);
	rollover_free(j->r);
}

static void judge_plan(struct judged *j)
{
	struct err e = { .text = "" };

	if (rollover_analyse(j->r, &j->a, &e) < 0 ||
	    rollover_steps_make(j->r, &j->a, &j->s, &e) < 0)
		fail_msg("%s", e.text);
}

static void judge(struct judged *j, const char *plan)
{
	struct err e = { .text = "" };

	if (rollover_script_load(plan, NULL, &j->r, &e) < 0)
		fail_msg("%s", e.text);
	judge_plan(j);
}

static simtime at(const char *text)
{
	simtime t = 0;
	struct err e;

	if (simtime_parse(text, &t, &e))
		fail_msg("%s", e.text);
	return t;
}

/* ---- the shipped plans ---- */

static void the_wrong_plans_are_found(void **state)
{
	static const struct {
		const char *plan, *from, *until, *missing;
		enum rollover_set kept, met;
		bool strict;
	} wrong[] = {
		{ "nz-2023", "2023-05-29T10:45Z", "2023-05-31T10:45Z", "'ksk-old'", ROLLOVER_DS,
		  ROLLOVER_DNSKEY, false },
		{ "apnic-2012", "2012-12-07T09:00Z", "2012-12-08T09:00Z", "'zsk-standby'",
		  ROLLOVER_DNSKEY, ROLLOVER_RRSIG, false },
		{ "gov-2013", "2013-08-14T12:00Z", "2013-08-17T00:00Z", "'ksk-7'", ROLLOVER_DS,
		  ROLLOVER_DNSKEY, true },
		{ "al-2026", "2026-07-03T14:15Z", "2026-07-04T19:15Z", "'withdrawn'", ROLLOVER_DS,
		  ROLLOVER_DNSKEY, false },
		{ "slack-2021", "2021-09-30T16:30Z", "2021-10-01T16:00Z", "'ksk'", ROLLOVER_DS,
		  ROLLOVER_DNSKEY, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		const struct rollover_finding *f;
		struct judged j = { 0 };
		char keys[64];

		judge(&j, wrong[i].plan);
		assert_true(j.a.finding_count > 0);
		f = &j.a.findings[0];
		assert_int_equal(f->bogus.from, at(wrong[i].from));
		assert_int_equal(f->bogus.until, at(wrong[i].until));
		assert_int_equal(f->kept_set, wrong[i].kept);
		assert_int_equal(f->met_set, wrong[i].met);
		assert_int_equal(f->strict, wrong[i].strict);
		rollover_keys_text(j.r, f->lacks.keys, " or ", keys, sizeof(keys));
		assert_string_equal(keys, wrong[i].missing);
		judged_done(&j);
	}
}

static const char *const right[] = {
	"zsk-prepublication", "zsk-double-signature", "ksk-double-ksk",
	"ksk-double-ds",      "ksk-double-rrset",     "algorithm-conservative",
	"csk-roll",	      "first-keys",	      "going-unsigned",
};

static void the_right_plans_are_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
		struct judged j = { 0 };

		judge(&j, right[i]);
		if (j.a.finding_count)
			fail_msg("%s is not safe", right[i]);
		for (unsigned s = 0; s < j.s.count; s++)
			if (j.s.list[s].earliest > j.s.list[s].planned)
				fail_msg("%s: step %u would be early", right[i], s);
		judged_done(&j);
	}
}

static void move_time(simtime *t, simtime from, simtime to)
{
	if (*t == from)
		*t = to;
}

/* Everything that is planned for one instant. */
static void move_all(struct rollover *r, simtime from, simtime to)
{
	for (unsigned i = 0; i < r->key_count; i++) {
		struct rollover_key *k = &r->keys[i];

		move_time(&k->published.from, from, to);
		move_time(&k->published.until, from, to);
		move_time(&k->signs.from, from, to);
		move_time(&k->signs.until, from, to);
		move_time(&k->ds.from, from, to);
		move_time(&k->ds.until, from, to);
	}
}

static unsigned findings_when_moved(const char *plan, simtime from, simtime to)
{
	struct judged j = { 0 };
	struct err e = { .text = "" };
	unsigned n;

	if (rollover_script_load(plan, NULL, &j.r, &e) < 0)
		fail_msg("%s", e.text);
	move_all(j.r, from, to);
	judge_plan(&j);
	n = j.a.finding_count;
	judged_done(&j);
	return n;
}

/* The earliest instant at which all steps that are planned for `planned` are safe. */
static simtime latest_bound(const struct rollover_steps *s, simtime planned)
{
	simtime bound = ROLLOVER_ALWAYS;

	for (unsigned i = 0; i < s->count; i++)
		if (s->list[i].planned == planned && s->list[i].earliest > bound)
			bound = s->list[i].earliest;
	return bound;
}

static void a_step_is_safe_from_its_earliest_instant_and_not_a_second_before(void **state)
{
	unsigned moved = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
		struct judged j = { 0 };

		judge(&j, right[i]);
		for (unsigned s = 0; s < j.s.count; s++) {
			simtime planned = j.s.list[s].planned;
			simtime bound = latest_bound(&j.s, planned);

			if (bound == ROLLOVER_ALWAYS)
				continue;
			moved++;
			if (findings_when_moved(right[i], planned, bound))
				fail_msg("%s: step %u is not safe at its earliest", right[i], s);
			if (!findings_when_moved(right[i], planned, bound - SECOND))
				fail_msg("%s: step %u is safe before its earliest", right[i], s);
		}
		judged_done(&j);
	}
	assert_true(moved > 15);
}

static void steps_cite_their_sections(void **state)
{
	static const struct {
		const char *plan, *section, *equation;
		enum rollover_step_kind kind;
	} cited[] = {
		{ "zsk-prepublication", "RFC 7583 3.2.1", "Ipub = Dprp + TTLkey", STEP_SIGN },
		{ "zsk-prepublication", "RFC 7583 3.2.1", "Iret = Dsgn + Dprp + TTLsig",
		  STEP_REMOVE },
		{ "zsk-double-signature", "RFC 7583 3.2.2", "Iret = Dsgn + Dprp + TTLsig",
		  STEP_REMOVE },
		{ "ksk-double-ksk", "RFC 7583 3.3.1", "IpubC = DprpC + TTLkey", STEP_DS_IN },
		{ "ksk-double-ksk", "RFC 7583 3.3.1", "IpubC = DprpC + TTLkey", STEP_DS_OUT },
		{ "ksk-double-ksk", "RFC 7583 3.3.1", "Iret = DprpP + TTLds", STEP_REMOVE },
		{ "ksk-double-ds", "RFC 7583 3.3.2", "IpubP = DprpP + TTLds", STEP_REMOVE },
		{ "ksk-double-ds", "RFC 7583 3.3.2", "Iret = DprpC + TTLkey", STEP_DS_OUT },
		{ "ksk-double-rrset", "RFC 7583 3.3.3", "Iret = DprpP + TTLds", STEP_REMOVE },
		{ "csk-roll", "RFC 6781 4.1.3", "Iret = DprpP + TTLds", STEP_REMOVE },
		{ "first-keys", "RFC 7583 3.3.5", "Ipub = Dsgn + Dprp + TTLsig", STEP_DS_IN },
		{ "algorithm-conservative", "RFC 6781 4.1.4", "Iret = DprpP + TTLds", STEP_RETIRE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cited); i++) {
		struct judged j = { 0 };
		bool found = false;

		judge(&j, cited[i].plan);
		for (unsigned s = 0; s < j.s.count; s++)
			found |= j.s.list[s].kind == cited[i].kind &&
				 strcmp(j.s.list[s].section, cited[i].section) == 0 &&
				 strcmp(j.s.list[s].equation, cited[i].equation) == 0;
		if (!found)
			fail_msg("%s: no step cites %s, %s", cited[i].plan, cited[i].section,
				 cited[i].equation);
		judged_done(&j);
	}
}

/* ---- the same by trying every instant ---- */

/* Plans with small whole times; caches are tried at every quarter, so that something lies between
 * any two events. */
#define UNIT 4
#define FIRST (-40 * UNIT)
#define LAST (110 * UNIT)
#define INSTANTS (LAST - FIRST)

struct content {
	uint64_t keys, signers;
};

/* What may be at each instant: bit n of a mask is contents[set][n]. */
struct tried {
	const struct rollover *r;
	struct content contents[3][64];
	unsigned content_count[3];
	uint64_t now[3][INSTANTS], given[3][INSTANTS], held[3][INSTANTS], valid[3][INSTANTS];
};

static bool in(const struct rollover_span *s, simtime t)
{
	return s->from <= t && t < s->until;
}

static struct content content_at(const struct rollover *r, int set, simtime t)
{
	struct content c = { 0, 0 };
	simtime last = ROLLOVER_ALWAYS;
	uint64_t stopped = 0, published = 0;

	for (unsigned i = 0; i < r->key_count; i++) {
		const struct rollover_key *k = &r->keys[i];
		uint64_t bit = 1ull << i;

		if (in(&k->published, t))
			published |= bit;
		if (set == 0 && in(&k->ds, t))
			c.keys |= bit;
		if (set == 1 && in(&k->published, t)) {
			c.keys |= bit;
			if (k->role != KEY_ZSK && in(&k->signs, t))
				c.signers |= bit;
		}
		if (set != 2 || k->role == KEY_KSK)
			continue;
		if (in(&k->signs, t))
			c.signers |= bit;
		if (k->signs.until <= t && k->signs.until > k->signs.from &&
		    k->signs.until >= last) {
			stopped = k->signs.until > last ? bit : stopped | bit;
			last = k->signs.until;
		}
	}
	if (set == 2 && !c.signers && published)
		c.signers = stopped;
	return c;
}

static unsigned number_of(struct tried *t, int set, struct content c)
{
	for (unsigned i = 0; i < t->content_count[set]; i++)
		if (t->contents[set][i].keys == c.keys && t->contents[set][i].signers == c.signers)
			return i;
	assert_true(t->content_count[set] < 64);
	t->contents[set][t->content_count[set]] = c;
	return t->content_count[set]++;
}

static simtime clamp(simtime t)
{
	return t < 0 ? 0 : t;
}

static simtime ttl_of(const struct tried *t, int set, unsigned n)
{
	const struct content *c = &t->contents[set][n];

	if (set == 2)
		return t->r->ttl.zone;
	return !c->keys ? t->r->ttl.negative : set == 0 ? t->r->ttl.ds : t->r->ttl.dnskey;
}

/* What servers publish at instant i: of signatures the old ones, too, while the signer works
 * through the zone. */
static uint64_t publish(const struct tried *t, int set, simtime i)
{
	uint64_t mask = t->now[set][i];

	for (simtime v = clamp(i - t->r->signing); set == 2 && v < i; v++)
		if (t->now[2][v] != t->now[2][v + 1] && v + 1 + t->r->signing > i &&
		    t->contents[2][__builtin_ctzll(t->now[2][v + 1])].signers)
			mask |= t->now[2][v];
	return mask;
}

static void try_servers(struct tried *t)
{
	for (int set = 0; set < 3; set++) {
		simtime prop = set ? t->r->propagation.zone : t->r->propagation.parent;

		for (simtime i = 0; i < INSTANTS; i++)
			t->now[set][i] = 1ull
					 << number_of(t, set, content_at(t->r, set, FIRST + i));
		for (simtime i = 0; i < INSTANTS; i++) {
			for (simtime u = clamp(i - prop); u <= i; u++)
				t->given[set][i] |= publish(t, set, u);
			t->given[set][i] |= publish(t, set, i);
		}
		for (simtime i = 0; i < INSTANTS; i++)
			for (unsigned n = 0; n < t->content_count[set]; n++)
				for (simtime f = clamp(i - ttl_of(t, set, n)); f <= i; f++)
					t->held[set][i] |= t->given[set][f] & 1ull << n;
	}
}

/* Whether (a, b) stand in one chain: of sets 0 and 1, 1 and 2, or strictly of 0 and 1, 0 and 2. */
static bool chain(const struct tried *t, int sa, unsigned na, int sb, unsigned nb)
{
	const struct content *a = &t->contents[sa][na], *b = &t->contents[sb][nb];

	if (sa == 0)
		return !a->keys || a->keys & b->keys & b->signers;
	return !a->keys || a->keys & b->signers;
}

static bool strict_chain(const struct tried *t, unsigned nd, int sb, unsigned nb)
{
	uint64_t ds = t->contents[0][nd].keys, signers = t->contents[sb][nb].signers;

	if (sb == 1)
		signers &= t->contents[1][nb].keys;
	for (unsigned i = 0; signers && i < t->r->key_count; i++) {
		bool signed_by = false;

		for (unsigned k = 0; k < t->r->key_count; k++)
			signed_by |= signers >> k & 1 &&
				     t->r->keys[k].algorithm == t->r->keys[i].algorithm;
		if (ds >> i & 1 && !signed_by)
			return false;
	}
	return true;
}

#define EACH(n, mask)                                                                              \
	for (unsigned n = 0; n < 64; n++)                                                          \
		if ((mask) >> n & 1)

static void try_validation(struct tried *t)
{
	for (simtime i = 0; i < INSTANTS; i++) {
		t->valid[0][i] = t->given[0][i];
		EACH(d, t->held[0][i])
		{
			EACH(k, t->given[1][i])
			if (chain(t, 0, d, 1, k))
				t->valid[1][i] |= 1ull << k;
			if (!t->contents[0][d].keys)
				t->valid[2][i] = t->given[2][i];
			EACH(k, t->held[1][i])
			EACH(s, t->given[2][i])
			if (t->contents[0][d].keys && chain(t, 0, d, 1, k) && chain(t, 1, k, 2, s))
				t->valid[2][i] |= 1ull << s;
		}
	}
}

static bool fits_pair(const struct tried *t, int sa, unsigned a, int sb, unsigned b, bool strict)
{
	int lo = sa < sb ? sa : sb, hi = sa < sb ? sb : sa;
	unsigned l = sa < sb ? a : b, h = sa < sb ? b : a;

	return strict ? strict_chain(t, l, hi, h) : chain(t, lo, l, hi, h);
}

/* Something of `kept`, valid when it was fetched and still there, meets something of `met` that is
 * fetched now. */
static bool meets_fetched(const struct tried *t, int kept, int met, simtime now, bool strict)
{
	EACH(m, t->given[met][now])
	EACH(k, ~0ull >> (64 - t->content_count[kept]))
	for (simtime f = clamp(now - ttl_of(t, kept, k)); f <= now; f++)
		if (t->valid[kept][f] >> k & 1 && !fits_pair(t, kept, k, met, m, strict))
			return true;
	return false;
}

/* … or that was fetched after it, valid as it was, and is still there. */
static bool meets_kept(const struct tried *t, int kept, int met, simtime now, bool strict)
{
	EACH(k, ~0ull >> (64 - t->content_count[kept]))
	EACH(m, ~0ull >> (64 - t->content_count[met]))
	{
		simtime f = clamp(now - ttl_of(t, kept, k));

		if (fits_pair(t, kept, k, met, m, strict))
			continue;
		while (f <= now && !(t->valid[kept][f] >> k & 1))
			f++;
		for (simtime g = clamp(now - ttl_of(t, met, m)); g <= now; g++)
			if (g >= f && t->valid[met][g] >> m & 1)
				return true;
	}
	return false;
}

static bool secure_at(const struct tried *t, simtime now)
{
	EACH(d, t->held[0][now])
	if (t->contents[0][d].keys)
		return true;
	return false;
}

static bool bogus_by_trying(const struct tried *t, simtime now, bool strict)
{
	if (strict)
		return meets_fetched(t, 0, 1, now, true) || meets_kept(t, 1, 0, now, true) ||
		       meets_fetched(t, 0, 2, now, true) || meets_kept(t, 2, 0, now, true);
	return meets_fetched(t, 0, 1, now, false) || meets_kept(t, 1, 0, now, false) ||
	       (secure_at(t, now) &&
		(meets_fetched(t, 1, 2, now, false) || meets_kept(t, 2, 1, now, false)));
}

static bool bogus_by_analysis(const struct rollover_analysis *a, simtime now, bool strict)
{
	for (unsigned i = 0; i < a->finding_count; i++)
		if (a->findings[i].strict == strict && in(&a->findings[i].bogus, now))
			return true;
	return false;
}

static struct rollover_span random_span(struct rng *g)
{
	simtime a = (simtime)rng_below(rng_next(g), 40) * UNIT;
	simtime b = a + (simtime)(1 + rng_below(rng_next(g), 25)) * UNIT;

	switch (rng_below(rng_next(g), 5)) {
	case 0:
		return (struct rollover_span){ ROLLOVER_ALWAYS, SIMTIME_NEVER };
	case 1:
		return (struct rollover_span){ ROLLOVER_ALWAYS, b };
	case 2:
		return (struct rollover_span){ a, SIMTIME_NEVER };
	default:
		return (struct rollover_span){ a, b };
	}
}

static simtime random_time(struct rng *g, unsigned below)
{
	return (simtime)rng_below(rng_next(g), below) * UNIT;
}

static void random_plan(struct rng *g, struct rollover *r)
{
	r->key_count = 2 + (unsigned)rng_below(rng_next(g), 3);
	r->ttl.dnskey = UNIT + random_time(g, 8);
	r->ttl.ds = UNIT + random_time(g, 8);
	r->ttl.zone = UNIT + random_time(g, 8);
	r->ttl.negative = UNIT + random_time(g, 5);
	r->propagation.zone = random_time(g, 4);
	r->propagation.parent = random_time(g, 4);
	r->signing = random_time(g, 4);
	for (unsigned i = 0; i < r->key_count; i++) {
		struct rollover_key *k = &r->keys[i];

		*k = (struct rollover_key){ .role = i == 0   ? KEY_KSK
						    : i == 1 ? KEY_ZSK
							     : (enum key_role)rng_below(rng_next(g),
											3),
					    .algorithm = rng_below(rng_next(g), 4) ? 8 : 13,
					    .tag = -1,
					    .ds = rollover_never() };
		k->published = random_span(g);
		k->signs = rng_below(rng_next(g), 3) ? k->published : random_span(g);
		if (k->role != KEY_ZSK)
			k->ds = rng_below(rng_next(g), 3) ? random_span(g) : k->published;
	}
}

static void intervals_say_what_trying_every_instant_says(void **state)
{
	struct rollover_key keys[8];
	struct rollover r = { .name = "x", .keys = keys, .from = ROLLOVER_ALWAYS };
	struct rng g = { .state = 7 };
	unsigned bogus = 0, strictly = 0, fine = 0;

	(void)state;
	for (int n = 0; n < 2000; n++) {
		struct tried *t = calloc(1, sizeof(*t));
		struct rollover_analysis a;
		struct err e = { .text = "" };

		random_plan(&g, &r);
		t->r = &r;
		try_servers(t);
		try_validation(t);
		assert_int_equal(rollover_analyse(&r, &a, &e), 0);
		for (simtime now = -2 * UNIT + 2; now < 100 * UNIT; now += UNIT) {
			for (int strict = 0; strict < 2; strict++) {
				bool tried = bogus_by_trying(t, now - FIRST, strict);

				if (tried != bogus_by_analysis(&a, now, strict))
					fail_msg("plan %d at %g%s: trying says %s", n,
						 (double)now / UNIT, strict ? ", strictly" : "",
						 tried ? "bogus" : "fine");
				bogus += tried && !strict;
				strictly += tried && strict;
				fine += !tried;
			}
		}
		rollover_analysis_done(&a);
		free(t);
	}
	/* All of it was there to be told apart. */
	assert_true(bogus > 1000 && strictly > 1000 && fine > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wrong_plans_are_found),
		cmocka_unit_test(the_right_plans_are_safe),
		cmocka_unit_test(a_step_is_safe_from_its_earliest_instant_and_not_a_second_before),
		cmocka_unit_test(steps_cite_their_sections),
		cmocka_unit_test(intervals_say_what_trying_every_instant_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
