/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/draw.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "harness/clients/draw_job.h"
#include "harness/clients/zipf.h"
#include "sim/base/buf.h"

#define WWW_SHARE 0.6
#define CACHE_SIZE 8192 /* a power of two */

enum { STREAM_ASKS = 0x61736b73, STREAM_MAP, STREAM_WWW, STREAM_ABSENT };
enum { STREAM_TRAFFIC = 0x74726166 };

/* What is asked for when a rank is drawn. */
struct popular {
	uint64_t rank; /* from 1; 0: nothing here */
	uint64_t key;
	uint32_t ttl;
	bool is_signed;
	uint8_t qname[NAME_MAX_LEN];
};

/* Which delegation of a zone a rank stands for: rank r for (r * step + offset) mod count. */
struct shuffle {
	uint64_t count; /* of delegations */
	uint64_t step, offset;
};

/* The population of one zone, by rank. */
struct names {
	const struct zone *zone; /* NULL: nobody asks for it */
	struct zipf zipf;
	struct shuffle order;
	uint64_t www; /* seed of who is asked as "www." */
	struct popular cache[CACHE_SIZE];
};

struct draw {
	const struct scenario *s;
	const struct traffic *t;
	struct rng rng;
	simtime now;
	unsigned rate;
	uint32_t first_client; /* its number */
	struct names inside, outside;
	uint64_t fresh_rank[2]; /* the next to be tried for an unsigned and for a signed name, */
	unsigned fresh_step; /* behind which all traffics have one in turn */
	unsigned fresh_turn, cd_turn;
	uint64_t absent, absent_base;
	uint64_t missed;
	struct draw_jobs jobs;
	struct ask ahead; /* of the clients, while a job asks */
	bool has_ahead, is_over;
};

struct address draw_address(uint32_t client)
{
	struct address a = { .family = 4 };

	put32(a.bytes, 0x0a000001 + client);
	return a;
}

void draw_free(struct draw *d)
{
	free(d);
}

uint64_t draw_missed(const struct draw *d)
{
	return d->missed;
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static struct shuffle order_of(const struct zone *z, uint64_t seed)
{
	struct rng r = { rng_of(rng_of(seed, STREAM_MAP), z->seed) };
	struct shuffle o = { .count = z->population->count };

	do
		o.step = rng_below(rng_next(&r), o.count);
	while (gcd(o.step, o.count) != 1);
	o.offset = rng_below(rng_next(&r), o.count);
	return o;
}

static void names_init(struct names *n, const struct zone *z, double popular, double exponent,
		       uint64_t seed)
{
	uint64_t ranks;

	n->zone = z;
	n->order = order_of(z, seed);
	ranks = popular < 1			   ? 1
		: popular < (double)n->order.count ? (uint64_t)popular
						   : n->order.count;
	n->zipf = zipf_over(ranks, exponent);
	n->www = rng_of(seed, STREAM_WWW);
}

static uint64_t number_of(const struct shuffle *o, uint64_t rank)
{
	return (uint64_t)(((unsigned __int128)rank * o->step + o->offset) % o->count);
}

uint64_t draw_last(const struct scenario *s, const struct zone *z, uint64_t n)
{
	struct shuffle o = order_of(z, s->seed);

	return number_of(&o, o.count - n);
}

/* What a rank stands for, which need not be a popular one. */
static void resolve(const struct names *n, uint64_t rank, const struct delegation *plan,
		    struct popular *ret)
{
	ret->rank = rank;
	ret->ttl = plan->ttl;
	ret->is_signed = plan->is_signed;
	if (n->zone->population->hosts || rng_unit(rng_of(n->www, rank)) >= WWW_SHARE ||
	    name_prepend(ret->qname, "www", plan->name))
		name_copy(ret->qname, plan->name);
	ret->key = rng_hash(0, ret->qname, name_len(ret->qname));
}

static const struct popular *popular_of(struct names *n, uint64_t rank)
{
	struct popular *p = &n->cache[rank % CACHE_SIZE];

	if (p->rank != rank) {
		struct delegation plan;

		tree_delegation_plan(n->zone, number_of(&n->order, rank), &plan);
		resolve(n, rank, &plan, p);
	}
	return p;
}

static void ask_for(struct ask *a, const struct popular *p, enum class class)
{
	name_copy(a->qname, p->qname);
	a->name_key = p->key;
	a->ttl = p->ttl;
	a->class = class;
}

static void ask_popular(struct draw *d, struct ask *a)
{
	const struct popular *p = popular_of(&d->inside, zipf_draw(&d->inside.zipf, &d->rng));

	ask_for(a, p, p->is_signed ? CLASS_SIGNED : CLASS_UNSIGNED);
}

static void ask_outside(struct draw *d, struct ask *a)
{
	ask_for(a, popular_of(&d->outside, zipf_draw(&d->outside.zipf, &d->rng)), CLASS_OUTSIDE);
}

/* A name under the apex that is not there: the numbers of a population have another form, and
 * rng_mix() never gives two of them the same. What is new is right below the apex: nothing that a
 * resolver learned of one such name tells it of the next. */
static void ask_absent(struct draw *d, struct ask *a)
{
	const struct traffic *t = d->t;
	unsigned labels = a->at >= t->deep_from ? t->nxdomain_labels : 1;
	char label[32];

	snprintf(label, sizeof(label), "nx%016llx",
		 (unsigned long long)rng_mix(d->absent_base + d->absent++));
	if (name_prepend(a->qname, label, d->inside.zone->apex))
		name_copy(a->qname, d->inside.zone->apex);
	for (unsigned i = 1; i < labels; i++)
		name_prepend(a->qname, "a", a->qname);
	a->name_key = rng_hash(0, a->qname, name_len(a->qname));
	a->ttl = -1;
	a->class = CLASS_NXDOMAIN;
}

/* false: there is no such delegation left. */
static bool find_fresh(struct draw *d, bool is_signed, struct popular *ret)
{
	struct names *n = &d->inside;
	const struct population *p = n->zone->population;
	uint64_t *rank = &d->fresh_rank[is_signed];
	struct delegation plan;

	if (is_signed ? p->signed_share <= 0 : p->signed_share >= 1)
		return false;
	while (*rank <= n->order.count) {
		uint64_t r = *rank;

		*rank += d->fresh_step;
		tree_delegation_plan(n->zone, number_of(&n->order, r), &plan);
		if (plan.is_signed == is_signed) {
			resolve(n, r, &plan, ret);
			return true;
		}
	}
	return false;
}

static void ask_fresh(struct draw *d, unsigned *turn, bool cd, struct ask *a)
{
	const struct population *p = d->inside.zone->population;
	bool is_signed = population_delegates(p) ? (*turn)++ % 2 == 0 : p->signed_share > 0;
	struct popular fresh;

	if (!find_fresh(d, is_signed, &fresh)) {
		d->missed++;
		ask_popular(d, a);
		return;
	}
	ask_for(a, &fresh, cd ? CLASS_CD : is_signed ? CLASS_FRESH_SIGNED : CLASS_FRESH_UNSIGNED);
	a->cd = cd;
}

static void ask_something(struct draw *d, struct ask *a)
{
	const struct traffic *t = d->t;
	double u = rng_unit(rng_next(&d->rng));

	if (d->outside.zone && u < t->outside)
		ask_outside(d, a);
	else if (((u -= t->outside) >= 0 && u < t->nxdomain) || !d->inside.zone->population)
		ask_absent(d, a);
	else if ((u -= t->nxdomain) >= 0 && u < t->fresh)
		ask_fresh(d, &d->fresh_turn, false, a);
	else if ((u -= t->fresh) >= 0 && u < t->cd)
		ask_fresh(d, &d->cd_turn, true, a);
	else
		ask_popular(d, a);
}

/* Moves to the next arrival: the integral of the rate from one to the next is exponential with
 * mean 1. */
static bool next_arrival(struct draw *d)
{
	const struct traffic *t = d->t;
	double need = -log1p(-rng_unit(rng_next(&d->rng)));

	while (d->now < d->s->to) {
		bool last = d->rate + 1 == t->rate_count;
		simtime end = last ? d->s->to : t->rates[d->rate + 1].at;
		double rate = t->rates[d->rate].rate / (double)SECOND;
		double left = end > d->now ? (double)(end - d->now) : 0;

		if (need < rate * left) {
			d->now += (simtime)(need / rate);
			return d->now < d->s->to;
		}
		need -= rate * left;
		if (last)
			break;
		if (end > d->now)
			d->now = end;
		d->rate++;
	}
	d->now = d->s->to;
	return false;
}

static bool next_of_clients(struct draw *d, struct ask *ret)
{
	const struct traffic *t = d->t;

	if (!next_arrival(d))
		return false;
	ret->at = d->now;
	ret->client = d->first_client + (uint32_t)rng_below(rng_next(&d->rng), t->clients);
	ret->address = draw_address(ret->client);
	ret->port = 0;
	ret->qtype = rng_unit(rng_next(&d->rng)) < t->aaaa ? RR_AAAA : RR_A;
	ret->tcp = ret->cd = false;
	ret->rd = ret->ad = true;
	ret->edns = t->edns || t->dnssec_ok;
	ret->dnssec_ok = t->dnssec_ok;
	ask_something(d, ret);
	return true;
}

bool draw_next(struct draw *d, struct ask *ret)
{
	simtime job = draw_jobs_due(&d->jobs);

	if (job == SIMTIME_NEVER && !d->has_ahead)
		return next_of_clients(d, ret);
	if (!d->has_ahead && !d->is_over) {
		d->has_ahead = next_of_clients(d, &d->ahead);
		d->is_over = !d->has_ahead;
	}
	if (d->has_ahead && d->ahead.at <= job) {
		*ret = d->ahead;
		d->has_ahead = false;
		return true;
	}
	if (job == SIMTIME_NEVER)
		return false;
	draw_jobs_next(&d->jobs, ret);
	ret->client += d->first_client;
	ret->address = draw_address(ret->client);
	return true;
}

static bool is_share(double x)
{
	return x >= 0 && x <= 1;
}

static int check(const struct traffic *t, struct err *e)
{
	double sum = t->outside + t->nxdomain + t->fresh + t->cd;

	if (!t->zone || (t->zone->population ? !t->zone->population->count
					     : t->outside + t->nxdomain < 1 - 1e-9))
		return err_set(e, -EINVAL, "traffic asks for a zone without delegations");
	if (t->outside > 0 && (!t->outside_zone || !t->outside_zone->population ||
			       !t->outside_zone->population->count))
		return err_set(e, -EINVAL, "traffic outside needs a zone with delegations");
	if (!is_share(t->outside) || !is_share(t->nxdomain) || !is_share(t->fresh) ||
	    !is_share(t->cd) || !is_share(t->aaaa) || sum > 1 + 1e-9)
		return err_set(e, -EINVAL, "the shares of the traffic add up to more than 1");
	if (!t->clients || t->clients > DRAW_CLIENTS_MAX)
		return err_set(e, -EINVAL, "traffic needs 1 to %d clients, not %u",
			       DRAW_CLIENTS_MAX, t->clients);
	if (!t->rate_count)
		return err_set(e, -EINVAL, "traffic has no rate");
	for (unsigned i = 0; i < t->rate_count; i++)
		if (!(t->rates[i].rate >= 0) || isinf(t->rates[i].rate) ||
		    (i && t->rates[i].at < t->rates[i - 1].at))
			return err_set(e, -EINVAL, "the rates of the traffic are not in order");
	if (!(t->zipf_exponent >= 0) || t->zipf_exponent > 20 || !t->names)
		return err_set(e, -EINVAL,
			       "traffic needs popular names and an exponent of 0 to 20");
	return 0;
}

uint64_t draw_chance(const struct scenario *s, unsigned traffic)
{
	return traffic ? rng_of(s->chance ^ STREAM_TRAFFIC, traffic) : s->chance;
}

/* Behind the popular names of all that ask in the same zone. */
static void begin_fresh(struct draw *d, unsigned traffic)
{
	uint64_t popular = d->inside.zipf.n;

	for (unsigned i = 0; i < d->s->traffic_count; i++) {
		const struct traffic *t = &d->s->traffic[i];

		if (t != d->t && t->zone == d->t->zone && t->names > popular)
			popular = t->names;
	}
	d->fresh_rank[0] = d->fresh_rank[1] = popular + 1 + traffic;
	d->fresh_step = d->s->traffic_count ?: 1;
}

int draw_new(const struct scenario *s, unsigned traffic, uint32_t first_client, struct draw **ret,
	     struct err *e)
{
	const struct traffic *t = &s->traffic[traffic];
	double rest = 1 - t->outside - t->nxdomain - t->fresh - t->cd;
	double popular = rest > 1e-9 ? rest : 0; /* what rounding leaves is no share */
	uint64_t chance = draw_chance(s, traffic);
	int r = check(t, e);
	struct draw *d;

	if (r)
		return r;
	d = calloc(1, sizeof(*d));
	if (!d)
		return err_set(e, -ENOMEM, "no memory for the traffic");
	d->s = s;
	d->t = t;
	d->first_client = first_client;
	d->rng.state = rng_of(chance, STREAM_ASKS);
	d->absent_base = rng_of(chance, STREAM_ABSENT);
	d->now = t->rates[0].at > s->from ? t->rates[0].at : s->from - s->age;
	d->inside.zone = t->zone;
	if (t->zone->population)
		names_init(&d->inside, t->zone, (double)t->names, t->zipf_exponent, s->seed);
	if (t->outside > 0)
		names_init(&d->outside, t->outside_zone,
			   (double)t->names * (popular > 0 ? t->outside / popular : 1),
			   t->zipf_exponent, s->seed);
	begin_fresh(d, traffic);
	draw_jobs_init(&d->jobs, t, chance);
	*ret = d;
	return 0;
}
