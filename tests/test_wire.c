/* SPDX-License-Identifier: BSD-2-Clause */
/* The wire against a page, a clock and sockets that are ours. */
#include "sim/wire/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/wire/sockets.h"
#include "tests/support/test.h"

#define EPOCH (1000 * DAY) /* the date when the page's clock says 0 */
#define START (EPOCH + HOUR)

/* ---- the clock ---- */

/* What was done, a letter for each thing, so that the order can be told. */
static char done[4096];

static void note(const char *what)
{
	assert_true(strlen(done) + strlen(what) < sizeof(done));
	strcat(done, what);
}

static enum clock_mode mode;
static struct page *page;
static bool charged, is_interrupted;
static int settle_result; /* what clock_settle() gives, once */
static simtime deadline; /* of the resolver's threads */
#define AREAS 4
static simtime lead, leads[AREAS], real_asked;
static uint64_t stirred; /* areas that ran */
static unsigned due_threads; /* that clock_wake_due() can still wake */
static int check_result;
static void (*resolver)(void); /* what it does when it is let go; NULL: nothing */

static char distrusted[256]; /* the first sentence of what is garbage */

bool clock_computes(const struct clock *c, bool with_children)
{
	(void)c;
	(void)with_children;
	return false;
}

void clock_distrust(struct clock *c, const char *fmt, ...)
{
	va_list ap;

	(void)c;
	if (distrusted[0])
		return;
	va_start(ap, fmt);
	vsnprintf(distrusted, sizeof(distrusted), fmt, ap);
	va_end(ap);
}

unsigned clock_areas(const struct clock *c)
{
	(void)c;
	return atomic_load(&page->areas);
}

enum clock_mode clock_mode(const struct clock *c)
{
	(void)c;
	return mode;
}

struct page *clock_page(struct clock *c)
{
	(void)c;
	return mode == CLOCK_REAL ? NULL : page;
}

int64_t clock_to_page(const struct clock *c, simtime t)
{
	(void)c;
	return t == SIMTIME_NEVER ? PAGE_NEVER : t - EPOCH;
}

simtime clock_from_page(const struct clock *c, int64_t t)
{
	(void)c;
	return t == PAGE_NEVER ? SIMTIME_NEVER : t + EPOCH;
}

simtime clock_now(const struct clock *c)
{
	(void)c;
	return EPOCH + atomic_load(&page->now);
}

void clock_step(struct clock *c, simtime to)
{
	char text[32];

	(void)c;
	snprintf(text, sizeof(text), "+%d ", (int)((to - clock_now(NULL)) / MSEC));
	note(text);
	page_advance(&page->now, to - EPOCH);
}

void clock_lead(struct clock *c, simtime to)
{
	(void)c;
	if (to)
		lead = to;
}

void clock_lead_all_but(struct clock *c, simtime to, unsigned area, simtime there)
{
	(void)c;
	for (unsigned i = 0; i < AREAS; i++)
		leads[i] = i == area ? there : to;
}

uint64_t clock_stirred(struct clock *c)
{
	(void)c;
	return stirred;
}

bool clock_has_ended(const struct clock *c, unsigned area)
{
	(void)c;
	(void)area;
	return false;
}

void clock_lead_nobody(struct clock *c)
{
	clock_lead_all_but(c, 0, 0, 0);
}

/* All have one time here. */
bool clock_is_apart(const struct clock *c)
{
	(void)c;
	return false;
}

simtime clock_lookahead(const struct clock *c)
{
	(void)c;
	return 0;
}

simtime clock_own_now(const struct clock *c, unsigned area)
{
	(void)area;
	return clock_now(c);
}

bool clock_own_stands(const struct clock *c, unsigned area)
{
	(void)c;
	(void)area;
	return false;
}

bool clock_own_runs(const struct clock *c, unsigned area)
{
	(void)c;
	(void)area;
	return false;
}

simtime clock_own_deadline(struct clock *c, unsigned area)
{
	(void)c;
	(void)area;
	return SIMTIME_NEVER;
}

bool clock_own_wake_due(struct clock *c, unsigned area)
{
	(void)c;
	(void)area;
	return false;
}

void clock_own_step(struct clock *c, unsigned area, simtime to, simtime until)
{
	(void)c;
	(void)area;
	(void)to;
	(void)until;
}

void clock_own_meet(struct clock *c)
{
	(void)c;
}

bool clock_is_charged(const struct clock *c)
{
	(void)c;
	return charged;
}

int clock_settle(struct clock *c, struct err *e)
{
	int r = settle_result;

	(void)c;
	note("s");
	settle_result = 0;
	if (r < 0)
		return err_set(e, r, "the clock says no");
	if (resolver)
		resolver();
	return r;
}

void clock_open(struct clock *c)
{
	(void)c;
	note("o");
}

void clock_nudge(struct clock *c)
{
	(void)c;
	note("n");
}

static simtime led_when_woken; /* how far the one that was woken last may move the clock */

void clock_wake_reader(struct clock *c, struct page_area *a, uint16_t port)
{
	char text[32];

	(void)c;
	led_when_woken = leads[a - page->area];
	snprintf(text, sizeof(text), "w%d:%u ", (int)(a - page->area), port);
	note(text);
}

bool clock_wake_due(struct clock *c)
{
	(void)c;
	if (!due_threads)
		return false;
	due_threads--;
	note("d");
	return true;
}

simtime clock_deadline(struct clock *c)
{
	(void)c;
	return deadline > clock_now(NULL) ? deadline : SIMTIME_NEVER;
}

int clock_check(struct clock *c, struct err *e)
{
	(void)c;
	return check_result < 0 ? err_set(e, check_result, "the resolver ended") : 0;
}

bool clock_interrupted(void)
{
	return is_interrupted;
}

simtime clock_real(const struct clock *c, simtime duration)
{
	(void)c;
	real_asked = duration;
	return duration / 20;
}

/* ---- the sockets ---- */

static bool has_udp, sockets_are_there;
static struct packet socket_sent[8], socket_came[8];
static unsigned socket_sent_count, socket_came_count, connections;
#define STUCK 1000 /* what is more in flight than that stays there */
static unsigned in_flight;
static int64_t waited; /* of sockets_wait(), -1: not called */
static int wait_result;

int sockets_new(const struct world *w, const struct clock *c, bool udp, struct sockets **ret,
		struct err *e)
{
	(void)c;
	(void)w;
	(void)e;
	has_udp = udp;
	sockets_are_there = true;
	*ret = NULL;
	return 0;
}

void sockets_free(struct sockets *s)
{
	(void)s;
	sockets_are_there = false;
}

int sockets_send(struct sockets *s, const struct packet *p, struct err *e)
{
	(void)s;
	(void)e;
	assert_true(socket_sent_count < 8);
	socket_sent[socket_sent_count++] = *p;
	return 0;
}

bool sockets_take(struct sockets *s, struct packet *ret)
{
	(void)s;
	if (!socket_came_count)
		return false;
	*ret = socket_came[0];
	memmove(socket_came, socket_came + 1, --socket_came_count * sizeof(*socket_came));
	return true;
}

int sockets_wait(struct sockets *s, int64_t timeout)
{
	(void)s;
	note("k");
	waited = timeout;
	return wait_result;
}

int sockets_serve(struct sockets *s)
{
	(void)s;
	note("c");
	return 0;
}

void sockets_pass(struct sockets *s)
{
	(void)s;
}
void sockets_close_idle(struct sockets *s)
{
	(void)s;
}

simtime sockets_due(const struct sockets *s)
{
	(void)s;
	return SIMTIME_NEVER;
}

struct losses_counts sockets_losses(const struct sockets *s)
{
	(void)s;
	return (struct losses_counts){ 0 };
}

bool sockets_turn_away(struct sockets *s)
{
	(void)s;
	return false;
}

uint64_t sockets_untaken(const struct sockets *s)
{
	(void)s;
	return 0;
}

struct sessions *sockets_sessions(const struct sockets *s)
{
	(void)s;
	return NULL;
}

bool sockets_was_lost(struct sockets *s, const struct endpoint *client)
{
	(void)s;
	(void)client;
	return false;
}

unsigned sockets_connections(const struct sockets *s)
{
	(void)s;
	return connections;
}

/* It gets less from look to look. */
unsigned sockets_awaited(const struct sockets *s)
{
	(void)s;
	return in_flight > STUCK ? in_flight : in_flight ? in_flight-- : 0;
}

/* The wire's looks at TCP take no time here. */
int usleep(useconds_t us)
{
	(void)us;
	return 0;
}

static unsigned given_up, not_taken; /* connections that the other side does not take */

unsigned sockets_give_up(struct sockets *s)
{
	(void)s;
	given_up++;
	in_flight -= not_taken;
	return in_flight;
}

/* ---- a wire for each test ---- */

static struct wire *wire;
static struct err err;

static const struct endpoint resolver_end = { { 4, { 198, 19, 0, 53 } }, 53 };
static const struct endpoint other_end = { { 4, { 198, 19, 0, 54 } }, 53 };
static const struct endpoint six_end = { { 6, { 0xfd, 0, 0, 0x53, [15] = 0x54 } }, 53 };
static const struct endpoint client = { { 4, { 10, 0, 0, 1 } }, 4000 };
static const struct endpoint server = { { 4, { 198, 18, 0, 1 } }, 53 };

static void make_areas(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint8_t self4[4] = { 198, 19, 0, (uint8_t)(53 + i) };
		uint8_t self6[16] = { 0xfd, 0, 0, 0x53, [15] = (uint8_t)(0x53 + i) };

		memcpy(page->area[i].self4, self4, sizeof(self4));
		memcpy(page->area[i].self6, self6, sizeof(self6));
	}
	atomic_store(&page->areas, count);
}

static int set_up(enum clock_mode m)
{
	mode = m;
	page = calloc(1, page_size(AREAS));
	assert_non_null(page);
	make_areas(1);
	atomic_store(&page->now, START - EPOCH);
	charged = is_interrupted = false;
	settle_result = check_result = wait_result = 0;
	due_threads = connections = socket_sent_count = socket_came_count = 0;
	in_flight = given_up = not_taken = 0;
	waited = -1;
	deadline = SIMTIME_NEVER;
	stirred = UINT64_MAX;
	resolver = NULL;
	err.text[0] = distrusted[0] = '\0';
	assert_int_equal(wire_new(NULL, NULL, &wire, &err), 0);
	done[0] = '\0';
	return 0;
}

static int set_up_virtual(void **state)
{
	(void)state;
	return set_up(CLOCK_VIRTUAL);
}

static int set_up_real(void **state)
{
	(void)state;
	return set_up(CLOCK_REAL);
}

static int set_up_scaled(void **state)
{
	(void)state;
	return set_up(CLOCK_SCALED);
}

static int tear_down(void **state)
{
	(void)state;
	wire_free(wire);
	assert_false(sockets_are_there);
	free(page);
	return 0;
}

static uint8_t bytes[MESSAGE_MAX];

static struct packet packet(enum side side, struct endpoint from, struct endpoint to, size_t len)
{
	return (struct packet){ .side = side, .from = from, .to = to, .data = bytes, .len = len };
}

static struct packet query(void)
{
	return packet(SIDE_CLIENT, client, resolver_end, 40);
}

/* An authority's answer to a port of the resolver. */
static struct packet answer(uint16_t port)
{
	struct endpoint to = resolver_end;

	to.port = port;
	return packet(SIDE_AUTHORITY, server, to, 50);
}

/* ---- the resolver's end of the rings ---- */

static unsigned ring_count(struct page_ring *r)
{
	uint64_t head = atomic_load(&r->head);
	struct page_datagram *g;
	unsigned n = 0;

	for (; (g = page_ring_peek(r)); n++)
		page_ring_pop(r, g);
	atomic_store(&r->head, head);
	return n;
}

static void resolver_sends(unsigned area, struct endpoint from, struct endpoint to,
			   const char *text, simtime at)
{
	struct page_ring *r = &page->area[area].out;
	struct page_datagram *g = page_ring_place(r, (uint32_t)strlen(text));

	assert_non_null(g);
	g->len = (uint32_t)strlen(text);
	g->at = at - EPOCH;
	g->family = from.address.family;
	g->unreachable = 0;
	g->from_port = from.port;
	g->to_port = to.port;
	memcpy(g->from, from.address.bytes, 16);
	memcpy(g->to, to.address.bytes, 16);
	memcpy(g + 1, text, strlen(text));
	atomic_store(&page->area[area].attention, 1);
	page_ring_push(r, g);
}

static void assert_text(const struct packet *p, const char *text)
{
	assert_int_equal(p->len, strlen(text));
	assert_memory_equal(p->data, text, p->len);
}

/* ---- sending now ---- */

static void a_datagram_is_written_whole_into_the_ring_of_what_is_seen_at_once(void **state)
{
	struct packet p = query();
	struct page_datagram *g;

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	assert_int_equal(wire_send(wire, &p, &err), 0);
	g = page_ring_peek(&page->area[0].in);
	assert_non_null(g);
	assert_int_equal(g->len, 40);
	assert_true(g->at == START - EPOCH);
	assert_int_equal(g->family, 4);
	assert_int_equal(g->from_port, 4000);
	assert_int_equal(g->to_port, 53);
	assert_memory_equal(g->from, client.address.bytes, 16);
	assert_memory_equal(g->to, resolver_end.address.bytes, 16);
	assert_memory_equal(g + 1, bytes, 40);
	assert_int_equal(ring_count(&page->area[0].in), 1);
	assert_int_equal(socket_sent_count, 0);
}

static void each_resolver_gets_what_is_sent_to_its_own_addresses(void **state)
{
	struct packet p = query();
	const struct endpoint stranger = { { 4, { 192, 0, 2, 1 } }, 53 };

	(void)state;
	make_areas(2);
	p.to = other_end;
	assert_int_equal(wire_send(wire, &p, &err), 0);
	p.to = six_end;
	p.from = (struct endpoint){ { 6, { 0xfd, [15] = 9 } }, 4000 };
	assert_int_equal(wire_send(wire, &p, &err), 0);
	assert_int_equal(ring_count(&page->area[0].in), 0);
	assert_int_equal(ring_count(&page->area[1].in), 2);
	p.to = stranger;
	assert_int_equal(wire_send(wire, &p, &err), 0);
	assert_int_equal(ring_count(&page->area[0].in), 1);
}

static void tcp_is_the_sockets_own_on_every_clock(void **state)
{
	struct packet p = query();

	(void)state;
	p.tcp = true;
	assert_int_equal(wire_send(wire, &p, &err), 0);
	assert_int_equal(wire_send_at(wire, &p, START + SECOND, &err), 0);
	assert_false(wire_send_later(wire, &p, START + SECOND));
	assert_int_equal(socket_sent_count, 2);
	assert_true(socket_sent[0].tcp);
	assert_int_equal(ring_count(&page->area[0].in), 0);
	assert_int_equal(ring_count(&page->area[0].asks), 0);
}

/* Takes all that has come. */
static void read_all(void)
{
	struct page_datagram *g;

	while ((g = page_ring_peek(&page->area[0].in)))
		page_ring_pop(&page->area[0].in, g);
	note("r");
}

static void fill(struct packet *p, struct page_ring *r)
{
	p->len = 60000;
	while (PAGE_RING - (atomic_load(&r->tail) - atomic_load(&r->head)) > 2 * 60100)
		assert_int_equal(wire_send(wire, p, &err), 0);
}

static void a_full_ring_lets_the_resolver_read_and_nothing_is_lost(void **state)
{
	struct packet p = query();
	unsigned sent = 0;

	(void)state;
	fill(&p, &page->area[0].in);
	sent = ring_count(&page->area[0].in);
	resolver = read_all;
	while (!strchr(done, 'r')) {
		assert_int_equal(wire_send(wire, &p, &err), 0);
		sent++;
	}
	assert_string_equal(done, "w0:53 sr");
	assert_int_equal(ring_count(&page->area[0].in), 1);
	assert_in_range(sent, PAGE_RING / 60100 - 1, PAGE_RING / 60000 + 2);
	assert_int_equal(wire_unread(wire).datagrams, 0);
}

static void what_a_resolver_does_not_read_is_lost_and_counted_when_its_ring_is_full(void **state)
{
	struct packet p = query();

	(void)state;
	fill(&p, &page->area[0].in);
	for (int i = 0; i < 6; i++)
		assert_int_equal(wire_send(wire, &p, &err), 0);
	assert_in_range(wire_unread(wire).datagrams, 4, 6);
	assert_non_null(strstr(done, "w0:53 s"));
	assert_int_equal(wire_wait(wire, START + SECOND, &err), 0);
}

/* Its threads sleep, or wait for each other. */
static void queries_that_nobody_reads_do_not_hold_up_time(void **state)
{
	struct packet p = query();

	(void)state;
	for (int i = 0; i < 200; i++)
		assert_int_equal(wire_send_at(wire, &p, START + (i / 2 + 1) * MSEC, &err), 0);
	deadline = START + 500 * USEC;
	assert_int_equal(wire_wait(wire, START + 2 * MSEC, &err), 0);
	assert_string_equal(done, "s+0 s+0 w0:53 s+1 w0:53 s");
	assert_int_equal(wire_wait(wire, START + SECOND, &err), 0);
	assert_true(clock_now(NULL) == START + SECOND);
	assert_int_equal(ring_count(&page->area[0].asks), 200);
}

/* ---- what a resolver may have written over ---- */

static void assert_distrusted(const char *text)
{
	struct packet p;

	while (wire_take(wire, &p))
		;
	wire_wait(wire, clock_now(NULL), &err);
	if (strcmp(distrusted, text) != 0)
		fail_msg("'%s' instead of '%s'", distrusted, text);
	assert_false(wire_take(wire, &p));
}

static void ends_of_rings_that_cannot_be_are_distrusted(void **state)
{
	struct page_area *a = &page->area[0];
	struct packet p = query();

	(void)state;
	assert_int_equal(wire_send(wire, &p, &err), 0);
	atomic_store(&a->out.tail, (uint64_t)1 << 40);
	assert_distrusted("out.tail is 1099511627776");
	tear_down(state);
	set_up_virtual(state);
	atomic_store(&page->area[0].out.tail, 12);
	assert_distrusted("out.tail is 12");
	tear_down(state);
	set_up_virtual(state);
	resolver_sends(0, resolver_end, client, "answer", START);
	atomic_store(&page->area[0].out.head, 8);
	assert_distrusted("out.head is 8");
	tear_down(state);
	set_up_virtual(state);
	atomic_store(&page->area[0].in.head, 8);
	assert_int_equal(wire_send(wire, &p, &err), 0);
	assert_distrusted("in.head is 8");
	tear_down(state);
	set_up_virtual(state);
	assert_int_equal(wire_send_at(wire, &p, START + SECOND, &err), 0);
	atomic_store(&page->area[0].asks.tail, 0);
	assert_int_equal(wire_wait(wire, START + MSEC, &err), 0);
	assert_distrusted("asks.tail is 0");
}

static void datagrams_that_cannot_be_are_distrusted(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
		const char *text;
	} rows[] = {
		{ offsetof(struct page_datagram, size), 0, "out: a datagram's size is 0" },
		{ offsetof(struct page_datagram, size), 900000,
		  "out: a datagram's size is 900000" },
		{ offsetof(struct page_datagram, len), 20, "out: a datagram's length is 20" },
		{ offsetof(struct page_datagram, len), 900000,
		  "out: a datagram's length is 900000" },
		{ offsetof(struct page_datagram, len), 0xffffffff,
		  "out: a datagram's length is 4294967295" },
		{ offsetof(struct page_datagram, family), 5,
		  "out: a datagram's address family is 5" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tear_down(state);
		set_up_virtual(state);
		resolver_sends(0, resolver_end, client, "answer", START);
		memcpy((uint8_t *)page_ring_peek(&page->area[0].out) + rows[i].at, &rows[i].value,
		       sizeof(rows[i].value));
		assert_distrusted(rows[i].text);
	}
	tear_down(state);
	set_up_virtual(state);
	resolver_sends(0, resolver_end, client, "answer", START + HOUR);
	wire_wait(wire, START, &err);
	assert_distrusted("out: a datagram's instant is 7200000000000");
}

static void what_the_clock_says_of_a_full_ring_is_handed_on(void **state)
{
	struct packet p = query();
	int r = 0;

	(void)state;
	fill(&p, &page->area[0].in);
	settle_result = -ECHILD;
	for (int i = 0; r == 0 && i < 4; i++)
		r = wire_send(wire, &p, &err);
	assert_int_equal(r, -ECHILD);
}

static void where_computing_takes_time_a_full_ring_overflows_and_is_counted(void **state)
{
	struct packet p = query();

	(void)state;
	charged = true;
	fill(&p, &page->area[0].in);
	for (int i = 0; i < 6; i++)
		assert_int_equal(wire_send(wire, &p, &err), 0);
	assert_in_range(wire_unread(wire).datagrams, 4, 6);
	assert_null(strchr(done, 's'));
}

static void overflows_of_all_resolvers_are_summed(void **state)
{
	(void)state;
	make_areas(3);
	atomic_store(&page->area[0].overflowed, 1);
	atomic_store(&page->area[2].overflowed, 10);
	atomic_store(&page->area[3].overflowed, 100); /* no resolver has it */
	assert_int_equal(wire_unread(wire).datagrams, 11);
}

/* ---- sending ahead, and later ---- */

static void a_query_ahead_stands_among_the_asks_with_its_instant(void **state)
{
	struct packet p = query();
	struct page_datagram *g;

	(void)state;
	assert_int_equal(wire_send_at(wire, &p, START + SECOND, &err), 0);
	g = page_ring_peek(&page->area[0].asks);
	assert_non_null(g);
	assert_true(g->at == START + SECOND - EPOCH);
	assert_int_equal(ring_count(&page->area[0].in), 0);
}

static void there_is_room_ahead_until_half_of_a_ring_of_any_resolver_is_taken(void **state)
{
	struct packet p = query();

	(void)state;
	make_areas(2);
	p.len = 60000;
	p.to = other_end;
	assert_true(wire_has_room(wire));
	for (int i = 0; i < 8; i++)
		assert_int_equal(wire_send_at(wire, &p, START + SECOND, &err), 0);
	assert_true(wire_has_room(wire));
	assert_int_equal(wire_send_at(wire, &p, START + SECOND, &err), 0);
	assert_false(wire_has_room(wire));
}

static void a_query_ahead_that_finds_no_room_is_an_error(void **state)
{
	struct packet p = query();
	int r = 0;

	(void)state;
	p.len = 60000;
	for (int i = 0; r == 0 && i < 20; i++)
		r = wire_send_at(wire, &p, START + SECOND, &err);
	assert_int_equal(r, -ENOBUFS);
}

static void an_answer_for_later_stands_among_the_answers_with_its_instant(void **state)
{
	struct packet p = answer(2000);
	struct page_datagram *g;

	(void)state;
	assert_true(wire_send_later(wire, &p, START + 30 * MSEC));
	g = page_ring_peek(&page->area[0].answers);
	assert_non_null(g);
	assert_true(g->at == START + 30 * MSEC - EPOCH);
	assert_int_equal(g->to_port, 2000);
}

static void what_is_due_already_or_finds_no_room_cannot_be_sent_later(void **state)
{
	struct packet p = answer(2000);
	int sent = 0;

	(void)state;
	assert_false(wire_send_later(wire, &p, START));
	assert_false(wire_send_later(wire, &p, START - SECOND));
	assert_int_equal(ring_count(&page->area[0].answers), 0);
	p.len = 60000;
	while (wire_send_later(wire, &p, START + SECOND))
		sent++;
	assert_in_range(sent, 10, 18);
}

/* ---- taking ---- */

static void what_the_resolver_sent_is_taken_with_its_ends_and_its_instant(void **state)
{
	struct endpoint from = resolver_end;
	struct packet p;

	(void)state;
	from.port = 2000;
	resolver_sends(0, from, server, "a question", START - 5 * MSEC);
	resolver_sends(0, resolver_end, client, "an answer", START - 3 * MSEC);
	assert_true(wire_take(wire, &p));
	assert_int_equal(p.side, SIDE_AUTHORITY);
	assert_true(endpoint_equal(&p.from, &from));
	assert_true(endpoint_equal(&p.to, &server));
	assert_true(p.at == START - 5 * MSEC);
	assert_false(p.tcp);
	assert_text(&p, "a question");
	assert_true(wire_take(wire, &p));
	assert_int_equal(p.side, SIDE_CLIENT);
	assert_true(endpoint_equal(&p.to, &client));
	assert_text(&p, "an answer");
	assert_false(wire_take(wire, &p));
}

static void what_was_taken_stays_readable_while_the_resolver_writes_on(void **state)
{
	struct packet p;

	(void)state;
	resolver_sends(0, resolver_end, client, "first", START);
	assert_true(wire_take(wire, &p));
	memset(page->area[0].out.bytes, 'x', PAGE_RING);
	assert_text(&p, "first");
}

static void all_resolvers_are_taken_from_and_then_have_nothing_that_cannot_wait(void **state)
{
	struct packet p;

	(void)state;
	make_areas(3);
	resolver_sends(2, resolver_end, client, "third", START);
	resolver_sends(0, resolver_end, client, "first", START);
	atomic_store(&page->area[1].attention, 1);
	assert_true(wire_take(wire, &p));
	assert_text(&p, "first");
	assert_true(wire_take(wire, &p));
	assert_text(&p, "third");
	assert_int_equal(atomic_load(&page->area[1].attention), 0);
	assert_int_equal(atomic_load(&page->area[2].attention), 1);
	assert_false(wire_take(wire, &p));
	assert_int_equal(atomic_load(&page->area[2].attention), 0);
}

static void of_many_resolvers_only_those_that_ran_are_looked_at(void **state)
{
	struct packet p;

	(void)state;
	make_areas(3);
	stirred = 0;
	resolver_sends(2, resolver_end, client, "third", START);
	assert_false(wire_take(wire, &p));
	stirred = page_bit(1);
	assert_false(wire_take(wire, &p));
	stirred = page_bit(2);
	assert_true(wire_take(wire, &p));
	assert_text(&p, "third");
}

static void datagrams_come_before_messages_by_tcp_which_came_now(void **state)
{
	struct packet p;

	(void)state;
	socket_came[0] = packet(SIDE_AUTHORITY, resolver_end, server, 12);
	socket_came[0].tcp = true;
	socket_came_count = 1;
	resolver_sends(0, resolver_end, client, "datagram", START - MSEC);
	assert_true(wire_take(wire, &p));
	assert_false(p.tcp);
	assert_true(wire_take(wire, &p));
	assert_true(p.tcp);
	assert_true(p.at == START);
	assert_false(wire_take(wire, &p));
}

/* ---- waiting ---- */

static void waiting_with_nothing_to_do_moves_the_clock_to_the_end(void **state)
{
	(void)state;
	assert_int_equal(wire_wait(wire, START + 5 * MSEC, &err), 0);
	assert_true(clock_now(NULL) == START + 5 * MSEC);
	assert_string_equal(done, "s+5 s");
	assert_true(lead == START + 5 * MSEC);
}

static void readers_are_woken_when_we_wait_the_first_port_of_each_resolver(void **state)
{
	struct packet p = answer(2000), q = answer(3000), other = answer(4000);

	(void)state;
	make_areas(2);
	other.to = (struct endpoint){ other_end.address, 4000 };
	assert_int_equal(wire_send(wire, &p, &err), 0);
	assert_int_equal(wire_send(wire, &q, &err), 0);
	assert_int_equal(wire_send(wire, &other, &err), 0);
	assert_string_equal(done, "");
	led_when_woken = 1;
	assert_int_equal(wire_wait(wire, START, &err), 0);
	assert_string_equal(done, "w0:2000 w1:4000 s");
	assert_true(led_when_woken == 0); /* which of the two would be the last is the machine's */
	done[0] = '\0';
	assert_int_equal(wire_wait(wire, START, &err), 0);
	assert_string_equal(done, "s");
}

static int64_t led[3][2]; /* how far each of two resolvers is, whenever it is let go */
static unsigned led_count;

static void note_leads(void)
{
	for (int i = 0; i < 2 && led_count < ARRAY_SIZE(led); i++)
		led[led_count][i] = leads[i] - START;
	led_count++;
}

static void no_resolver_is_led_past_what_is_ahead_for_another(void **state)
{
	struct packet p = answer(2000), other = answer(4000);

	(void)state;
	make_areas(2);
	other.to = (struct endpoint){ other_end.address, 4000 };
	assert_true(wire_send_later(wire, &p, START + 20 * MSEC));
	assert_true(wire_send_later(wire, &other, START + 50 * MSEC));
	led_count = 0;
	resolver = note_leads;
	assert_int_equal(wire_wait(wire, START + 70 * MSEC, &err), 0);
	resolver = NULL;
	assert_true(led[0][0] == 50 * MSEC - 1 && led[0][1] == 20 * MSEC - 1);
	assert_true(led[1][0] == 50 * MSEC - 1 && led[1][1] == 70 * MSEC);
	assert_true(led[2][0] == 70 * MSEC && led[2][1] == 70 * MSEC);
}

static void threads_whose_time_has_come_run_one_after_the_other_before_time_moves(void **state)
{
	(void)state;
	due_threads = 2;
	assert_int_equal(wire_wait(wire, START + MSEC, &err), 0);
	assert_string_equal(done, "sdsds+1 s");
}

static void the_clock_stops_where_a_thread_wants_to_be_woken(void **state)
{
	(void)state;
	deadline = START + 3 * MSEC;
	assert_int_equal(wire_wait(wire, START + 10 * MSEC, &err), 0);
	assert_string_equal(done, "s+3 s+7 s");
}

static void the_clock_stops_at_each_answer_for_later_and_its_reader_is_woken(void **state)
{
	struct packet p = answer(2000), q = answer(3000), same = answer(4000);

	(void)state;
	assert_true(wire_send_later(wire, &q, START + 7 * MSEC));
	assert_true(wire_send_later(wire, &p, START + 4 * MSEC));
	assert_true(wire_send_later(wire, &same, START + 4 * MSEC));
	assert_int_equal(wire_wait(wire, START + 10 * MSEC, &err), 0);
	assert_string_equal(done, "s+4 w0:2000 s+3 w0:3000 s+3 s");
}

/* Takes the first of the asks. */
static void read_ask(void)
{
	struct page_datagram *g = page_ring_peek(&page->area[0].asks);

	if (g && g->at <= atomic_load(&page->now))
		page_ring_pop(&page->area[0].asks, g);
}

static void the_clock_stops_at_a_query_ahead_and_its_reader_is_woken(void **state)
{
	struct packet p = query();

	(void)state;
	assert_int_equal(wire_send_at(wire, &p, START + 2 * MSEC, &err), 0);
	resolver = read_ask;
	assert_int_equal(wire_wait(wire, START + 3 * MSEC, &err), 0);
	assert_string_equal(done, "s+2 w0:53 s+1 s");
	assert_int_equal(ring_count(&page->area[0].asks), 0);
}

/* What the library moved the clock to itself. */
static void read_later(void)
{
	note("l");
	page_advance(&page->now, START + 6 * MSEC - EPOCH);
}

static void an_answer_that_the_library_has_moved_the_clock_to_is_seen_already(void **state)
{
	struct packet p = answer(2000);

	(void)state;
	assert_true(wire_send_later(wire, &p, START + 5 * MSEC));
	resolver = read_later;
	assert_int_equal(wire_wait(wire, START + 10 * MSEC, &err), 0);
	assert_string_equal(done, "sl+4 sl");
}

static void what_computing_has_passed_is_still_to_be_told(void **state)
{
	struct packet p = answer(2000);

	(void)state;
	charged = true;
	assert_true(wire_send_later(wire, &p, START + 5 * MSEC));
	resolver = read_later;
	assert_int_equal(wire_wait(wire, START + 10 * MSEC, &err), 0);
	assert_string_equal(done, "sl+-1 w0:2000 sl+4 sl");
}

/* The resolver answers at once. */
static void answer_once(void)
{
	resolver_sends(0, resolver_end, client, "answer", START);
	resolver = NULL;
}

static void waiting_ends_as_soon_as_there_is_something_to_take(void **state)
{
	struct packet p;

	(void)state;
	resolver = answer_once;
	assert_int_equal(wire_wait(wire, START + HOUR, &err), 0);
	assert_true(clock_now(NULL) == START);
	assert_string_equal(done, "s");
	assert_true(wire_take(wire, &p));
}

static void a_resolver_that_has_sent_much_is_taken_from_before_it_rests(void **state)
{
	(void)state;
	settle_result = 1;
	assert_int_equal(wire_wait(wire, START + HOUR, &err), 0);
	assert_string_equal(done, "sk");
	assert_true(clock_now(NULL) == START);
}

static void what_the_clock_says_ends_the_waiting(void **state)
{
	(void)state;
	settle_result = -EBADRQC;
	assert_int_equal(wire_wait(wire, START + HOUR, &err), -EBADRQC);
	assert_string_equal(err.text, "the clock says no");
}

static void time_does_not_move_while_tcp_has_something_on_its_way(void **state)
{
	(void)state;
	connections = 1;
	in_flight = 3;
	assert_int_equal(wire_wait(wire, START + MSEC, &err), 0);
	assert_int_equal(in_flight, 0);
	assert_string_equal(done, "sonskonsk+1 sonskonsk");
}

static void what_tcp_does_not_bring_ends_the_run_with_a_sentence(void **state)
{
	(void)state;
	connections = 1;
	in_flight = STUCK + 1;
	assert_int_equal(wire_wait(wire, START + MSEC, &err), -EDEADLK);
	assert_non_null(strstr(err.text, "would not be the same twice"));
	assert_true(clock_now(NULL) == START);
}

static void connections_that_nobody_takes_are_given_up(void **state)
{
	(void)state;
	connections = 1;
	in_flight = not_taken = STUCK + 1;
	assert_int_equal(wire_wait(wire, START + MSEC, &err), 0);
	assert_int_equal(given_up, 1);
	assert_true(clock_now(NULL) == START + MSEC);
}

static void connections_that_only_the_resolver_has_are_waited_for_too(void **state)
{
	(void)state;
	make_areas(2);
	atomic_store(&page->area[1].streams, 1);
	assert_int_equal(wire_wait(wire, START, &err), 0);
	assert_string_equal(done, "sonsconsck");
}

static void a_message_by_tcp_ends_the_waiting_and_is_taken_first(void **state)
{
	struct packet p;

	(void)state;
	connections = 1;
	socket_came[0] = packet(SIDE_AUTHORITY, resolver_end, server, 12);
	socket_came[0].tcp = true;
	socket_came_count = 1;
	assert_int_equal(wire_wait(wire, START + HOUR, &err), 0);
	assert_true(clock_now(NULL) == START);
	assert_string_equal(done, "sonsk");
	resolver_sends(0, resolver_end, client, "datagram", START);
	assert_true(wire_take(wire, &p));
	assert_true(p.tcp);
	assert_true(p.at == START);
	assert_true(wire_take(wire, &p));
	assert_false(p.tcp);
}

/* Another one may send at this instant, too. */
static void in_a_chain_it_is_read_when_all_have_sent(void **state)
{
	(void)state;
	make_areas(2);
	connections = 1;
	socket_came[0] = packet(SIDE_AUTHORITY, resolver_end, server, 12);
	socket_came[0].tcp = true;
	socket_came_count = 1;
	assert_int_equal(wire_wait(wire, START + HOUR, &err), 0);
	assert_string_equal(done, "sonsconsck");
}

/* ---- who looks on ---- */

static char seen[256];

static void look(const struct packet *p, simtime at, void *arg)
{
	size_t len = strlen(seen);

	snprintf(seen + len, sizeof(seen) - len, "%s%s%d ", (const char *)arg,
		 p->side == SIDE_CLIENT ? "c" : "a", (int)((at - START) / MSEC));
}

static void who_looks_is_shown_what_is_sent_later_and_taken_with_its_instant(void **state)
{
	struct packet q = query(), a = answer(2000), p;

	(void)state;
	seen[0] = '\0';
	wire_tap(wire, look, "-");
	assert_int_equal(wire_send(wire, &q, &err), 0);
	assert_true(wire_send_later(wire, &a, START + 30 * MSEC));
	assert_false(wire_send_later(wire, &a, START)); /* not sent, not shown */
	assert_int_equal(wire_send_at(wire, &q, START + SECOND, &err),
			 0); /* sent ahead: not shown */
	resolver_sends(0, resolver_end, client, "answer", START - 2 * MSEC);
	assert_true(wire_take(wire, &p));
	assert_string_equal(seen, "-c0 -a30 -c-2 ");
	wire_tap(wire, NULL, NULL);
	assert_int_equal(wire_send(wire, &q, &err), 0);
	assert_string_equal(seen, "-c0 -a30 -c-2 ");
}

/* ---- where the clock runs by itself ---- */

static void only_a_virtual_clock_moves_datagrams_itself_and_is_exact(void **state)
{
	struct packet p = query(), a = answer(2000), got;

	(void)state;
	assert_true(has_udp);
	assert_false(wire_is_exact(wire));
	assert_false(wire_has_room(wire));
	assert_int_equal(wire_unread(wire).datagrams, 0);
	seen[0] = '\0';
	wire_tap(wire, look, "-");
	assert_int_equal(wire_send(wire, &p, &err), 0);
	assert_int_equal(wire_send_at(wire, &p, START + SECOND, &err), 0);
	assert_false(wire_send_later(wire, &a, START + SECOND));
	assert_int_equal(socket_sent_count, 2);
	assert_string_equal(seen, "-c0 -c0 ");
	socket_came[0] = packet(SIDE_CLIENT, resolver_end, client, 12);
	socket_came_count = 1;
	assert_true(wire_take(wire, &got));
	assert_true(got.at == START);
	assert_false(wire_take(wire, &got));
	assert_int_equal(ring_count(&page->area[0].in), 0);
}

static void real_waiting_is_at_most_a_second_of_the_clock(void **state)
{
	(void)state;
	assert_int_equal(wire_wait(wire, START + HOUR, &err), 0);
	assert_true(real_asked == SECOND);
	assert_int_equal(waited, SECOND / 20);
	assert_int_equal(wire_wait(wire, START + 100 * MSEC, &err), 0);
	assert_int_equal(waited, 5 * MSEC);
	assert_int_equal(wire_wait(wire, START - SECOND, &err), 0);
	assert_int_equal(waited, 0);
}

static void only_a_signal_that_ends_the_run_ends_real_waiting(void **state)
{
	(void)state;
	wait_result = -EINTR;
	assert_int_equal(wire_wait(wire, START + SECOND, &err), 0);
	is_interrupted = true;
	assert_int_equal(wire_wait(wire, START + SECOND, &err), -EINTR);
	check_result = -ECHILD;
	assert_int_equal(wire_wait(wire, START + SECOND, &err), -ECHILD);
}

static void a_virtual_clock_is_exact_and_needs_no_udp_of_the_kernel(void **state)
{
	(void)state;
	assert_false(has_udp);
	assert_true(wire_is_exact(wire));
}

#define VIRTUAL(f) cmocka_unit_test_setup_teardown(f, set_up_virtual, tear_down)
#define REAL(f) cmocka_unit_test_setup_teardown(f, set_up_real, tear_down)
#define SCALED(f) cmocka_unit_test_setup_teardown(f, set_up_scaled, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		VIRTUAL(a_datagram_is_written_whole_into_the_ring_of_what_is_seen_at_once),
		VIRTUAL(each_resolver_gets_what_is_sent_to_its_own_addresses),
		VIRTUAL(tcp_is_the_sockets_own_on_every_clock),
		REAL(tcp_is_the_sockets_own_on_every_clock),
		VIRTUAL(a_full_ring_lets_the_resolver_read_and_nothing_is_lost),
		VIRTUAL(what_a_resolver_does_not_read_is_lost_and_counted_when_its_ring_is_full),
		VIRTUAL(queries_that_nobody_reads_do_not_hold_up_time),
		VIRTUAL(what_the_clock_says_of_a_full_ring_is_handed_on),
		VIRTUAL(where_computing_takes_time_a_full_ring_overflows_and_is_counted),
		VIRTUAL(overflows_of_all_resolvers_are_summed),
		VIRTUAL(a_query_ahead_stands_among_the_asks_with_its_instant),
		VIRTUAL(there_is_room_ahead_until_half_of_a_ring_of_any_resolver_is_taken),
		VIRTUAL(a_query_ahead_that_finds_no_room_is_an_error),
		VIRTUAL(an_answer_for_later_stands_among_the_answers_with_its_instant),
		VIRTUAL(what_is_due_already_or_finds_no_room_cannot_be_sent_later),
		VIRTUAL(what_the_resolver_sent_is_taken_with_its_ends_and_its_instant),
		VIRTUAL(what_was_taken_stays_readable_while_the_resolver_writes_on),
		VIRTUAL(all_resolvers_are_taken_from_and_then_have_nothing_that_cannot_wait),
		VIRTUAL(of_many_resolvers_only_those_that_ran_are_looked_at),
		VIRTUAL(datagrams_come_before_messages_by_tcp_which_came_now),
		VIRTUAL(ends_of_rings_that_cannot_be_are_distrusted),
		VIRTUAL(datagrams_that_cannot_be_are_distrusted),
		VIRTUAL(waiting_with_nothing_to_do_moves_the_clock_to_the_end),
		VIRTUAL(readers_are_woken_when_we_wait_the_first_port_of_each_resolver),
		VIRTUAL(no_resolver_is_led_past_what_is_ahead_for_another),
		VIRTUAL(threads_whose_time_has_come_run_one_after_the_other_before_time_moves),
		VIRTUAL(the_clock_stops_where_a_thread_wants_to_be_woken),
		VIRTUAL(the_clock_stops_at_each_answer_for_later_and_its_reader_is_woken),
		VIRTUAL(the_clock_stops_at_a_query_ahead_and_its_reader_is_woken),
		VIRTUAL(an_answer_that_the_library_has_moved_the_clock_to_is_seen_already),
		VIRTUAL(what_computing_has_passed_is_still_to_be_told),
		VIRTUAL(waiting_ends_as_soon_as_there_is_something_to_take),
		VIRTUAL(a_resolver_that_has_sent_much_is_taken_from_before_it_rests),
		VIRTUAL(what_the_clock_says_ends_the_waiting),
		VIRTUAL(what_tcp_does_not_bring_ends_the_run_with_a_sentence),
		VIRTUAL(connections_that_nobody_takes_are_given_up),
		VIRTUAL(time_does_not_move_while_tcp_has_something_on_its_way),
		VIRTUAL(connections_that_only_the_resolver_has_are_waited_for_too),
		VIRTUAL(a_message_by_tcp_ends_the_waiting_and_is_taken_first),
		VIRTUAL(in_a_chain_it_is_read_when_all_have_sent),
		VIRTUAL(who_looks_is_shown_what_is_sent_later_and_taken_with_its_instant),
		VIRTUAL(a_virtual_clock_is_exact_and_needs_no_udp_of_the_kernel),
		REAL(only_a_virtual_clock_moves_datagrams_itself_and_is_exact),
		SCALED(only_a_virtual_clock_moves_datagrams_itself_and_is_exact),
		SCALED(real_waiting_is_at_most_a_second_of_the_clock),
		REAL(only_a_signal_that_ends_the_run_ends_real_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
