/* SPDX-License-Identifier: BSD-2-Clause */
/* hostile - a resolver that means harm, for tests/net/test_hostile: it hands each question to the
 * root and the root's answer back, until it has had some; then it does what its first argument
 * names.
 *
 *	hostile WAY ADDRESS4 ADDRESS6		in a folder with root.hints
 *	hostile -V				its version, unless its own name is a way to tell that
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../sim/clock/page.h"

#define HONEST 30 /* questions that are answered as they should be */
#define MAX 65535
#define DNS_HEAD 12

struct client { /* who asked what is on its way to the root */
	struct sockaddr_in at;
	uint8_t id[2];
};

static int to_clients, to_clients6, streams, to_root;
static struct sockaddr_in root;
static struct client asked[65536];
static uint16_t next_id;
static unsigned questions;
static uint8_t last[MAX]; /* the last question, and who asked it */
static size_t last_len;
static struct sockaddr_in last_client;
static struct page *page;

/* ---- answers ---- */

static void (*answer)(uint8_t *message, size_t len, const struct sockaddr_in *to);

static void send_to(const void *data, size_t len, const struct sockaddr_in *to)
{
	sendto(to_clients, data, len, 0, (const struct sockaddr *)to, sizeof(*to));
}

static void answer_well(uint8_t *m, size_t len, const struct sockaddr_in *to)
{
	send_to(m, len, to);
}

static void answer_garbage(uint8_t *m, size_t len, const struct sockaddr_in *to)
{
	for (size_t i = 2; i < len; i++)
		m[i] = (uint8_t)(m[i] * 73 + i);
	send_to(m, len, to);
}

static void answer_short(uint8_t *m, size_t len, const struct sockaddr_in *to)
{
	send_to(m, len < 5 ? len : 5, to);
}

static void answer_empty(uint8_t *m, size_t len, const struct sockaddr_in *to)
{
	(void)len;
	send_to(m, 0, to);
}

static void answer_wrong_id(uint8_t *m, size_t len, const struct sockaddr_in *to)
{
	m[0] ^= 0x5a;
	send_to(m, len, to);
}

static void answer_wrong_question(uint8_t *m, size_t len, const struct sockaddr_in *to)
{
	if (len > DNS_HEAD + 2)
		m[DNS_HEAD + 1] ^= 1;
	send_to(m, len, to);
}

/* The question's name points to itself. */
static void answer_loop(uint8_t *m, size_t len, const struct sockaddr_in *to)
{
	m[DNS_HEAD] = 0xc0;
	m[DNS_HEAD + 1] = DNS_HEAD;
	send_to(m, len, to);
}

static void answer_counts(uint8_t *m, size_t len, const struct sockaddr_in *to)
{
	memset(m + 6, 0xff, 6);
	send_to(m, len, to);
}

static void answer_oversized(uint8_t *m, size_t len, const struct sockaddr_in *to)
{
	static uint8_t big[65507];

	memcpy(big, m, len);
	send_to(big, sizeof(big), to);
}

static void answer_twice(uint8_t *m, size_t len, const struct sockaddr_in *to)
{
	send_to(m, len, to);
	send_to(m, len, to);
}

/* More by TCP, which nobody reads from, or which ends in the middle of a message. */
static void answer_truncated(uint8_t *m, size_t len, const struct sockaddr_in *to)
{
	m[2] |= 2;
	send_to(m, len, to);
}

static void answer_elsewhere(uint8_t *m, size_t len, const struct sockaddr_in *to)
{
	struct sockaddr_in other = *to;

	other.sin_port ^= 1;
	send_to(m, len, &other);
}

/* ---- the page ---- */

static struct page_area *area(void)
{
	return &page->area[0];
}

/* A datagram to a client, its head changed. */
static void send_raw(uint32_t size, uint32_t len, int64_t at, uint8_t family)
{
	struct page_ring *r = &area()->out;
	uint64_t tail = atomic_load(&r->tail);
	struct page_datagram *d = (void *)(r->bytes + tail % PAGE_RING);

	memset(d, 0, sizeof(*d));
	d->size = size;
	d->len = len;
	d->at = at;
	d->family = family;
	d->from_port = 53;
	d->to_port = 4000;
	atomic_store(&area()->attention, 1);
	atomic_store(&r->tail, tail + page_datagram_size(20));
	atomic_fetch_add(&page->bell, 1);
}

static int64_t now(void)
{
	return atomic_load(&page->now);
}

static void spoil_len(void)
{
	send_raw(page_datagram_size(20), 900000, now(), 4);
}
static void spoil_size(void)
{
	send_raw(900000, 20, now(), 4);
}
static void spoil_size_0(void)
{
	send_raw(0, 20, now(), 4);
}
static void spoil_family(void)
{
	send_raw(page_datagram_size(20), 20, now(), 77);
}
static void spoil_ahead(void)
{
	send_raw(page_datagram_size(20), 20, now() + 3600000000000, 4);
}
static void spoil_before(void)
{
	send_raw(page_datagram_size(20), 20, -1, 4);
}
static void spoil_out_tail(void)
{
	atomic_store(&area()->out.tail, 1ull << 40);
}
static void spoil_out_head(void)
{
	atomic_fetch_add(&area()->out.head, 64);
}
static void spoil_in_head(void)
{
	atomic_store(&area()->in.head, 1ull << 40);
}
static void spoil_in_tail(void)
{
	atomic_store(&area()->in.tail, 1ull << 40);
}
static void spoil_asks_head(void)
{
	atomic_store(&area()->asks.head, 1ull << 40);
}
static void spoil_asks_tail(void)
{
	atomic_store(&area()->asks.tail, 0);
}
static void spoil_answers_head(void)
{
	atomic_store(&area()->answers.head, 3);
}
static void spoil_areas(void)
{
	atomic_store(&page->areas, 0xffffffff);
}
static void spoil_slots(void)
{
	memset(page->area[0].slots, 0xff, sizeof(page->area[0].slots));
}
static void spoil_slots_ahead(void)
{
	memset(page->area[0].slots + 100, 1, sizeof(page->area[0].slots[0]));
}
static void spoil_slot_top(void)
{
	atomic_store(&page->area[0].slot_top, 0x7fffffff);
}
static void spoil_and_die(void)
{
	spoil_slot_top();
	kill(getpid(), SIGKILL);
}
static void spoil_ports(void)
{
	memset((void *)area()->port_slot, 0xff, 65536);
}
static void spoil_epoch(void)
{
	page->epoch += 86400ll * 1000000000;
}
static void spoil_now_far(void)
{
	atomic_store(&page->now, INT64_MAX - 1);
}
static void spoil_now_back(void)
{
	atomic_store(&page->now, 1);
}
static void spoil_running(void)
{
	atomic_store(&page->running, 0);
}
static void spoil_gate(void)
{
	atomic_store(&page->gate, 77);
}
static void spoil_order(void)
{
	atomic_store(&page->order, UINT64_MAX - 2);
}
static void spoil_streams(void)
{
	atomic_store(&area()->streams, 0xffffffff);
}
static void spoil_addresses(void)
{
	memset(area()->self4, 9, 4);
}
static void spoil_magic(void)
{
	page->magic = 0;
}
static void spoil_speed(void)
{
	page->speed = 1e300;
}
static void spoil_lead(void)
{
	atomic_store(&page->lead.all, INT64_MAX);
}
static void spoil_charge(void)
{
	atomic_store(&page->charge, 1e300);
}
static void spoil_seed(void)
{
	area()->seed = 12345;
}
static void spoil_barrier(void)
{
	atomic_store(&page->barrier, 0xfffffff0);
}
static void spoil_kicks(void)
{
	atomic_store(&page->kicks_seen, 0xfffffff0);
}
static void spoil_all(void)
{
	memset(page, 0xff, page_size(1));
}

static void spoil_refused(void)
{
	memcpy(page->refused_name, "\033[31m<img src=x onerror=alert(1)>",
	       sizeof("\033[31m<img src=x onerror=alert(1)>"));
	atomic_store(&page->refused, 2);
}

static void spoil_refused_code(void)
{
	atomic_store(&page->refused, 9);
}

/* Without the library's close() in the way. */
static void spoil_truncate(void)
{
	if (syscall(SYS_ftruncate, PAGE_FD, 0) < 0)
		fprintf(stderr, "cannot truncate: %s\n", strerror(errno));
}

/* ---- not reading ---- */

static void sleep_3(void)
{
	sleep(3);
}
static void sleep_long(void)
{
	sleep(100000);
}
static void poll_forever(void)
{
	poll(NULL, 0, -1);
}

static void pause_forever(void)
{
	for (;;)
		pause();
}

static void poll_loop(void)
{
	for (;;)
		poll(NULL, 0, 1000);
}

static void sleep_loop(void)
{
	for (;;)
		sleep(1);
}

static void cond_wait(void)
{
	static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	static pthread_cond_t c = PTHREAD_COND_INITIALIZER;

	pthread_mutex_lock(&m);
	for (;;)
		pthread_cond_wait(&c, &m);
}

static void semaphore_wait(void)
{
	static sem_t s;

	sem_init(&s, 0, 0);
	for (;;)
		sem_wait(&s);
}

static void close_socket(void)
{
	close(to_clients);
	to_clients = -1;
}

static void poll_closed(void)
{
	close(to_clients);
}

static void child_reads(void)
{
	uint8_t m[MAX];

	if (fork() == 0) {
		for (;;)
			if (recv(to_clients, m, sizeof(m), 0) < 0)
				_exit(1);
	}
	pause_forever();
}

/* ---- getting stuck ---- */

static void stop(void)
{
	raise(SIGSTOP);
}
static void raw_pause(void)
{
	syscall(SYS_pause);
}

static void busy(void)
{
	for (volatile unsigned i = 0;; i++)
		;
}

static void yield(void)
{
	for (;;)
		sched_yield();
}

static void deadlock(void)
{
	static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&m);
	pthread_mutex_lock(&m);
}

static void tick(void)
{
	struct timespec t = { 0, 1 };

	for (;;)
		nanosleep(&t, NULL);
}

static void flood_clients(void)
{
	for (;;)
		send_to(last, last_len, &last_client);
}

static void flood_root(void)
{
	for (;;)
		sendto(to_root, last, last_len, 0, (struct sockaddr *)&root, sizeof(root));
}

static void flood_garbage(void)
{
	static uint8_t big[60000];

	for (;;)
		sendto(to_root, big, sizeof(big), 0, (struct sockaddr *)&root, sizeof(root));
}

/* ---- going away ---- */

static void exit_0(void)
{
	exit(0);
}
static void exit_3(void)
{
	exit(3);
}
static void segv(void)
{
	raise(SIGSEGV);
}
static void kill_self(void)
{
	kill(getpid(), SIGKILL);
}
static void kill_all(void)
{
	kill(-1, SIGKILL);
}

static void kill_first(void)
{
	kill(1, SIGKILL);
	kill(1, SIGTERM);
}

static void kill_parent(void)
{
	kill(getppid(), SIGKILL);
	kill(0, SIGUSR1);
}

static void daemonise(void)
{
	if (fork() > 0)
		_exit(0);
	setsid();
	for (;;)
		sleep(1);
}

static void become_another(void)
{
	execlp("sleep", "sleep", "1000", NULL);
}

static void fork_bomb(void)
{
	unsigned n = 0;

	while (n < 2000) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0)
			for (;;)
				syscall(SYS_pause);
		n++;
	}
	fprintf(stderr, "%u children\n", n);
}

static void close_all(void)
{
	syscall(SYS_close_range, 0, ~0u, 0);
}
static void close_log(void)
{
	close(1), close(2);
}

/* ---- talking ---- */

static void log_much(void)
{
	static char line[1 << 20];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\n';
	for (int i = 0; i < 200; i++)
		if (write(2, line, sizeof(line)) < 0)
			break;
}

static void log_escapes(void)
{
	for (int i = 0; i < 100; i++)
		fprintf(stderr,
			"\033]0;title\007\033[31m\x01\x02</script><script>alert(1)</script>\n");
}

/* Questions whose names are controls and markup. */
static void ask_escapes(void)
{
	uint8_t q[] = { 0,   1,	  0,   0,   0,	 1,   0,   0,	0, 0, 0, 0, 9, 0x1b,
			'[', '3', '1', 'm', '<', 'b', '>', '"', 0, 0, 1, 0, 1 };

	for (int i = 0; i < 20; i++)
		sendto(to_root, q, sizeof(q), 0, (struct sockaddr *)&root, sizeof(root));
}

static void ask_garbage(void)
{
	uint8_t q[40];

	for (int i = 0; i < 100; i++) {
		memset(q, i * 37, sizeof(q));
		sendto(to_root, q, (size_t)i % sizeof(q), 0, (struct sockaddr *)&root,
		       sizeof(root));
	}
}

/* ---- calls that the clock cannot virtualise ---- */

static void use_alarm(void)
{
	alarm(1);
}
static void use_dup(void)
{
	close(dup(to_clients));
}

static void use_timerfd(void)
{
	struct itimerspec t = { .it_value.tv_sec = 1 };

	timerfd_settime(timerfd_create(CLOCK_MONOTONIC, 0), 0, &t, NULL);
}

static void use_timeout(void)
{
	struct timeval t = { 1, 0 };

	setsockopt(to_clients, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
}

static void use_stamp(void)
{
	struct timeval t;

	ioctl(to_clients, SIOCGSTAMP, &t);
}

/* Whoever wakes us waits until we have read. */
static void stop_wakes(void)
{
	const uint64_t full = UINT64_MAX - 1;

	for (int fd = PAGE_FD + 1; fd <= PAGE_FD + PAGE_SLOTS; fd++)
		if (write(fd, &full, sizeof(full)) < 0 || fcntl(fd, F_SETFL, 0) < 0)
			continue;
}

/* ---- the ways ---- */

static const struct way {
	const char *name;
	void (*act)(void); /* once; NULL: nothing */
	void (*answer)(uint8_t *message, size_t len, const struct sockaddr_in *to);
} ways[] = {
	{ "none" },
	{ "sleep-3", sleep_3 },
	{ "sleep-long", sleep_long },
	{ "sleep-loop", sleep_loop },
	{ "poll-loop", poll_loop },
	{ "poll-forever", poll_forever },
	{ "pause", pause_forever },
	{ "cond-wait", cond_wait },
	{ "sem-wait", semaphore_wait },
	{ "close-socket", close_socket },
	{ "poll-closed", poll_closed },
	{ "child-reads", child_reads },

	{ "stop", stop },
	{ "raw-pause", raw_pause },
	{ "busy", busy },
	{ "yield", yield },
	{ "deadlock", deadlock },
	{ "tick", tick },
	{ "flood-clients", flood_clients },
	{ "flood-root", flood_root },
	{ "flood-garbage", flood_garbage },

	{ "exit-0", exit_0 },
	{ "exit-3", exit_3 },
	{ "abort", abort },
	{ "segv", segv },
	{ "kill-self", kill_self },
	{ "kill-first", kill_first },
	{ "kill-parent", kill_parent },
	{ "kill-all", kill_all },
	{ "daemonise", daemonise },
	{ "become-another", become_another },
	{ "fork-bomb", fork_bomb },
	{ "close-all", close_all },
	{ "close-log", close_log },

	{ "log-much", log_much },
	{ "log-escapes", log_escapes },
	{ "ask-escapes", ask_escapes },
	{ "ask-garbage", ask_garbage },

	{ "use-alarm", use_alarm },
	{ "use-dup", use_dup },
	{ "use-timerfd", use_timerfd },
	{ "use-timeout", use_timeout },
	{ "use-stamp", use_stamp },

	{ "page-len", spoil_len },
	{ "page-size", spoil_size },
	{ "page-size-0", spoil_size_0 },
	{ "page-family", spoil_family },
	{ "page-ahead", spoil_ahead },
	{ "page-before", spoil_before },
	{ "page-out-tail", spoil_out_tail },
	{ "page-out-head", spoil_out_head },
	{ "page-in-head", spoil_in_head },
	{ "page-in-tail", spoil_in_tail },
	{ "page-asks-head", spoil_asks_head },
	{ "page-asks-tail", spoil_asks_tail },
	{ "page-answers-head", spoil_answers_head },
	{ "page-areas", spoil_areas },
	{ "page-slots", spoil_slots },
	{ "page-slots-ahead", spoil_slots_ahead },
	{ "page-slot-top", spoil_slot_top },
	{ "page-and-die", spoil_and_die },
	{ "page-ports", spoil_ports },
	{ "page-epoch", spoil_epoch },
	{ "page-now-far", spoil_now_far },
	{ "page-now-back", spoil_now_back },
	{ "page-running", spoil_running },
	{ "page-gate", spoil_gate },
	{ "page-order", spoil_order },
	{ "page-streams", spoil_streams },
	{ "page-addresses", spoil_addresses },
	{ "page-magic", spoil_magic },
	{ "page-speed", spoil_speed },
	{ "page-lead", spoil_lead },
	{ "page-charge", spoil_charge },
	{ "page-seed", spoil_seed },
	{ "page-barrier", spoil_barrier },
	{ "page-kicks", spoil_kicks },
	{ "page-all", spoil_all },
	{ "page-refused", spoil_refused },
	{ "page-refused-code", spoil_refused_code },
	{ "page-truncate", spoil_truncate },
	{ "page-wakes", stop_wakes },

	{ "answer-garbage", NULL, answer_garbage },
	{ "answer-short", NULL, answer_short },
	{ "answer-empty", NULL, answer_empty },
	{ "answer-wrong-id", NULL, answer_wrong_id },
	{ "answer-wrong-question", NULL, answer_wrong_question },
	{ "answer-loop", NULL, answer_loop },
	{ "answer-counts", NULL, answer_counts },
	{ "answer-oversized", NULL, answer_oversized },
	{ "answer-twice", NULL, answer_twice },
	{ "answer-elsewhere", NULL, answer_elsewhere },
	{ "tcp-silent", NULL, answer_truncated },
	{ "tcp-half", NULL, answer_truncated },
	{ "tcp-closed", NULL, answer_truncated },

	{ "never-asks" }, /* from the beginning, and so are the others from here on */
	{ "exit-early", exit_0 },
	{ "silent", pause_forever },
	{ "never-binds", pause_forever },
};

static bool is_way(const struct way *w, const char *name)
{
	return strcmp(w->name, name) == 0;
}

/* ---- being a resolver ---- */

static int open_socket(int family, int type, const char *address, int port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(family, type, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	inet_pton(AF_INET, address, &four.sin_addr);
	inet_pton(AF_INET6, address, &six.sin6_addr);
	if (bind(fd, family == AF_INET ? (void *)&four : (void *)&six,
		 family == AF_INET ? sizeof(four) : sizeof(six)) < 0) {
		perror(address);
		exit(1);
	}
	return fd;
}

/* The first IPv4 address in the hints. */
static void find_root(void)
{
	char line[512], text[64];
	FILE *f = fopen("root.hints", "r");
	const char *a;

	while (f && fgets(line, sizeof(line), f)) {
		a = strstr(line, " A ");
		if (!a)
			a = strstr(line, "\tA\t");
		if (a && sscanf(a + 3, "%63s", text) == 1 &&
		    inet_pton(AF_INET, text, &root.sin_addr) == 1)
			break;
	}
	if (f)
		fclose(f);
	root.sin_family = AF_INET;
	root.sin_port = htons(53);
}

static size_t question_end(const uint8_t *m, size_t len)
{
	size_t at = DNS_HEAD;

	while (at < len && m[at])
		at += m[at] + 1u;
	return at + 5;
}

/* The client's question to the root, with DO set. */
static void ask_root(const uint8_t *m, size_t len, const struct sockaddr_in *from)
{
	static const uint8_t opt[11] = { 0, 0, 41, 4, 208, 0, 0, 0x80, 0 };
	uint8_t q[600] = { 0 };
	size_t end = question_end(m, len);

	if (end > len || end > 500)
		return;
	memcpy(q, m, end);
	next_id++;
	asked[next_id].at = *from;
	memcpy(asked[next_id].id, m, 2);
	q[0] = (uint8_t)(next_id >> 8);
	q[1] = (uint8_t)next_id;
	q[2] = q[3] = 0;
	memset(q + 6, 0, 6);
	q[11] = 1;
	memcpy(q + end, opt, sizeof(opt));
	sendto(to_root, q, end + sizeof(opt), 0, (struct sockaddr *)&root, sizeof(root));
}

/* What it knows without asking. */
static void make_up(uint8_t *m, size_t len, const struct sockaddr_in *from)
{
	m[2] |= 0x80;
	m[3] = 0x80;
	send_to(m, len, from);
}

static void take_question(const struct way *w)
{
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	uint8_t m[MAX];
	ssize_t n = recvfrom(to_clients, m, sizeof(m), MSG_DONTWAIT, (struct sockaddr *)&from,
			     &from_len);

	if (n < DNS_HEAD)
		return;
	memcpy(last, m, (size_t)n);
	last_len = (size_t)n;
	last_client = from;
	if (++questions == HONEST) {
		answer = w->answer ? w->answer : answer_well;
		if (w->act)
			w->act();
	}
	if (is_way(w, "never-asks"))
		make_up(m, (size_t)n, &from);
	else
		ask_root(m, (size_t)n, &from);
}

static void take_answer(void)
{
	uint8_t m[MAX];
	ssize_t n = recv(to_root, m, sizeof(m), MSG_DONTWAIT);
	const struct client *c;

	if (n < DNS_HEAD)
		return;
	c = &asked[m[0] << 8 | m[1]];
	memcpy(m, c->id, 2);
	m[3] |= 0x80;
	answer(m, (size_t)n, &c->at);
}

static void take_stream(const struct way *w)
{
	int fd = accept(streams, NULL, NULL);

	if (fd < 0)
		return;
	if (is_way(w, "tcp-half") && send(fd, "\1\0abc", 5, MSG_NOSIGNAL) < 0)
		return;
	if (is_way(w, "tcp-closed"))
		close(fd);
}

static void __attribute__((noreturn)) serve(const struct way *w)
{
	struct pollfd p[] = { { 0, POLLIN }, { to_root, POLLIN }, { streams, POLLIN } };

	for (;;) {
		p[0].fd = to_clients;
		if (poll(p, 3, -1) < 0 && errno != EINTR)
			exit(9);
		if (p[0].revents)
			take_question(w);
		if (p[1].revents & POLLIN)
			take_answer();
		if (p[2].revents & POLLIN)
			take_stream(w);
	}
}

/* ---- its version ---- */

static int tell_version(const char *self)
{
	const char *name = strrchr(self, '/');
	static char line[1 << 20];

	name = name ? name + 1 : self;
	if (strcmp(name, "hangs") == 0)
		for (;;)
			sleep(1000);
	if (strcmp(name, "floods") == 0)
		for (int i = 0; i < 1500; i++)
			fwrite(line, 1, sizeof(line), stdout);
	if (strcmp(name, "controls") == 0)
		printf("hostile 1\033[31m\007\x01<b>|*[x]`\n");
	else if (strcmp(name, "lines") == 0)
		printf("hostile 1\n2\n3\n");
	else if (strcmp(name, "fails") != 0)
		printf("hostile 1.0\n");
	return strcmp(name, "fails") == 0;
}

static const struct way *find_way(const char *name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (is_way(&ways[i], name))
			return &ways[i];
	fprintf(stderr, "no such way: %s\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	const struct way *w;

	if (argc == 2 && strcmp(argv[1], "-V") == 0)
		return tell_version(argv[0]);
	if (argc == 2 && strcmp(argv[1], "ways") == 0) {
		for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
			puts(ways[i].name);
		return 0;
	}
	if (argc != 4)
		return 2;
	w = find_way(argv[1]);
	if (is_way(w, "exit-early") || is_way(w, "never-binds"))
		w->act();
	page = mmap(NULL, page_size(1), PROT_READ | PROT_WRITE, MAP_SHARED, PAGE_FD, 0);
	answer = answer_well;
	find_root();
	to_clients = open_socket(AF_INET, SOCK_DGRAM, argv[2], 53);
	to_clients6 = open_socket(AF_INET6, SOCK_DGRAM, argv[3], 53);
	streams = open_socket(AF_INET, SOCK_STREAM, argv[2], 53);
	listen(streams, 8);
	to_root = open_socket(AF_INET, SOCK_DGRAM, argv[2], 0);
	if (is_way(w, "silent"))
		w->act();
	serve(w);
}
