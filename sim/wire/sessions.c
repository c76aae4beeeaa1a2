/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/sessions.h"

#include <errno.h>
#include <string.h>

#include "sim/wire/sessions_inside.h"

int sessions_new(struct poller *p, struct pool *pool, const struct clock *c, struct sessions **ret,
		 struct err *e)
{
	struct sessions *all = calloc(1, sizeof(*all));

	if (!all)
		return err_set(e, -ENOMEM, "out of memory");
	all->poller = p;
	all->pool = pool;
	all->clock = c;
	all->last_news = &all->news;
	*ret = all;
	return 0;
}

int sessions_trust(struct sessions *all, const char *certificate, struct err *e)
{
	tls_trust_free(TAKE(all->trust));
	return tls_trust_new(certificate, &all->trust, e);
}

static struct session *find(const struct sessions *all, uint32_t number)
{
	struct session *s;

	HASH_FIND(hh, all->all, &number, sizeof(number), s);
	return s;
}

/* ---- lists ---- */

void session_tell(struct sessions *all, struct session *s)
{
	if (s->has_news || s->has_left)
		return;
	s->has_news = true;
	s->next_news = NULL;
	*all->last_news = s;
	all->last_news = &s->next_news;
}

static void untell(struct sessions *all, struct session *s)
{
	struct session **at = &all->news;

	if (!s->has_news)
		return;
	while (*at != s)
		at = &(*at)->next_news;
	*at = s->next_news;
	if (!*at)
		all->last_news = at;
	s->has_news = false;
}

static void let_go(struct sessions *all, struct session *s)
{
	session_close_socket(all, s);
	untell(all, s);
	if (s->is_timed)
		timerqueue_remove(&all->under_way, &s->timer);
	for (int w = 0; w < WAYS; w++)
		while (s->first[w]) {
			struct parcel *p = s->first[w];

			s->first[w] = p->next;
			free(p);
		}
	HASH_DELETE(hh, all->all, s);
	http_free(s->http);
	tls_free(s->tls);
	bytes_done(&s->held);
	bytes_done(&s->out);
	bytes_done(&s->plain);
	bytes_done(&s->answers);
	free(s);
}

/* ---- under way ---- */

/* The first parcel of both ways has changed. */
static void set_timer(struct sessions *all, struct session *s)
{
	simtime due = SIMTIME_NEVER;

	for (int w = 0; w < WAYS; w++)
		if (s->first[w])
			due = earlier(due, s->first[w]->arrives);
	if (s->is_timed)
		timerqueue_remove(&all->under_way, &s->timer);
	s->is_timed = due != SIMTIME_NEVER;
	if (s->is_timed)
		timerqueue_add(&all->under_way, &s->timer, due);
}

int session_post(struct sessions *all, struct session *s, enum way way, enum parcel_kind kind,
		 const void *data, size_t len, struct err *e)
{
	struct parcel *p = malloc(sizeof(*p) + len);

	if (!p)
		return err_set(e, -ENOMEM, "out of memory");
	*p = (struct parcel){ .arrives = clock_now(all->clock) + s->half,
			      .kind = kind,
			      .len = len };
	if (len)
		memcpy(p->data, data, len);
	*s->last[way] = p;
	s->last[way] = &p->next;
	set_timer(all, s);
	return 0;
}

static struct parcel *take_parcel(struct session *s, enum way way, simtime now)
{
	struct parcel *p = s->first[way];

	if (!p || p->arrives > now)
		return NULL;
	s->first[way] = p->next;
	if (!s->first[way])
		s->last[way] = &s->first[way];
	return p;
}

/* ---- what clients do ---- */

int sessions_open(struct sessions *all, const struct session_plan *plan, uint32_t *ret,
		  struct err *e)
{
	struct session *s;
	int r;

	if (HASH_COUNT(all->all) >= SESSIONS_MAX)
		return err_set(e, -EMFILE, "more than %d connections of clients at once",
			       SESSIONS_MAX);
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(e, -ENOMEM, "out of memory");
	s->handle.kind = SESSION;
	s->handle.fd = -1;
	s->plan = *plan;
	s->half = plan->round_trip / 2;
	for (int w = 0; w < WAYS; w++)
		s->last[w] = &s->first[w];
	while (!++all->last_number || find(all, all->last_number))
		;
	s->number = all->last_number;
	HASH_ADD(hh, all->all, number, sizeof(s->number), s);
	session_counts(all, s)->opened++;
	*ret = s->number;
	r = session_post(all, s, OUT, PARCEL_OPEN, NULL, 0, e);
	sessions_run(all);
	return r;
}

int sessions_send(struct sessions *all, const struct packet *p, struct err *e)
{
	struct session *s = find(all, p->connection);
	int r;

	if (!s || s->is_over)
		return 0;
	if (!bytes_put_message(&s->held, p->data, p->len))
		return err_set(e, -ENOMEM, "out of memory");
	r = s->is_open ? session_put_held(all, s, e) : 0;
	if (r < 0)
		r = session_break_off(all, s, r, e);
	sessions_run(all);
	return r;
}

bool sessions_is_open(const struct sessions *all, uint32_t number)
{
	const struct session *s = find(all, number);

	return s && s->is_open;
}

void sessions_leave(struct sessions *all, uint32_t number)
{
	struct session *s = find(all, number);
	struct err e;

	if (!s)
		return;
	untell(all, s);
	s->has_left = true;
	if (session_post(all, s, OUT, PARCEL_END, NULL, 0, &e) < 0)
		let_go(all, s);
	sessions_run(all);
}

/* ---- what happens ---- */

simtime sessions_due(const struct sessions *all)
{
	return all ? timerqueue_due(&all->under_way) : SIMTIME_NEVER;
}

/* All that has arrived of one session. */
static int run(struct sessions *all, struct session *s, simtime now, struct err *e)
{
	int r = 0;

	for (int w = 0; w < WAYS; w++) {
		struct parcel *p;

		while (r == 0 && (p = take_parcel(s, (enum way)w, now))) {
			r = w == OUT ? session_come_to_resolver(all, s, p, e)
				     : session_come_to_client(all, s, p, e);
			free(p);
		}
	}
	if (s->has_left && !s->first[OUT])
		let_go(all, s);
	else
		set_timer(all, s);
	return r;
}

void sessions_run(struct sessions *all)
{
	while (all && !all->error && timerqueue_first(&all->under_way) &&
	       timerqueue_due(&all->under_way) <= clock_now(all->clock))
		all->error = run(
			all, TIMER_OWNER(timerqueue_first(&all->under_way), struct session, timer),
			clock_now(all->clock), &all->sentence);
}

int sessions_check(const struct sessions *all, struct err *e)
{
	return all && all->error ? err_set(e, all->error, "%s", all->sentence.text) : 0;
}

bool sessions_take(struct sessions *all, uint8_t *message, struct packet *ret)
{
	struct session *s;

	while ((s = all->news)) {
		*ret = (struct packet){ .side = SIDE_CLIENT,
					.tcp = true,
					.transport = s->plan.transport,
					.connection = s->number,
					.from = s->plan.to,
					.to = s->plan.from,
					.data = message };
		if (bytes_take_message(s->http ? &s->answers : &s->plain, message, &ret->len)) {
			ret->unreachable = s->http && ret->len == 2;
			return true;
		}
		untell(all, s);
		if (!s->is_over)
			continue;
		ret->over = true;
		let_go(all, s);
		return true;
	}
	return false;
}

uint64_t sessions_untaken(const struct sessions *all)
{
	return all ? all->untaken : 0;
}

unsigned sessions_count(const struct sessions *all)
{
	return all ? HASH_COUNT(all->all) : 0;
}

bool sessions_stirred(struct sessions *all)
{
	bool stirred = all && all->stirred;

	if (all)
		all->stirred = false;
	return stirred;
}

const struct sessions_counts *sessions_counted(const struct sessions *all, enum transport t)
{
	return &all->counts[t];
}

const char *sessions_failure(const struct sessions *all)
{
	return all->failure;
}

void sessions_free(struct sessions *all)
{
	if (!all)
		return;
	while (all->all)
		let_go(all, all->all);
	tls_trust_free(all->trust);
	free(all);
}
