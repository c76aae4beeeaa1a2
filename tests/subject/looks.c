/* SPDX-License-Identifier: BSD-2-Clause */
/* looks - a program that waits by looking, for test_look: looks in the way that its first argument
 * names until five milliseconds are over, three times, and prints how many looks and microseconds
 * each took. */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define LONG 5000 /* microseconds */

static int ep, event;

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void by_epoll_wait(void)
{
	struct epoll_event ev;

	epoll_wait(ep, &ev, 1, 0);
}

static void by_epoll_pwait(void)
{
	struct epoll_event ev;

	epoll_pwait(ep, &ev, 1, 0, NULL);
}

static void by_epoll_pwait2(void)
{
	struct timespec none = { 0, 0 };
	struct epoll_event ev;

	epoll_pwait2(ep, &ev, 1, &none, NULL);
}

static void by_poll(void)
{
	struct pollfd f = { event, POLLIN, 0 };

	poll(&f, 1, 0);
}

static void by_ppoll(void)
{
	struct timespec none = { 0, 0 };

	ppoll(NULL, 0, &none, NULL);
}

static void by_select(void)
{
	struct timeval none = { 0, 0 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(event, &set);
	select(event + 1, &set, NULL, NULL, &none);
}

static void by_pselect(void)
{
	struct timespec none = { 0, 0 };

	pselect(0, NULL, NULL, NULL, &none, NULL);
}

static void by_recv(void)
{
	static int fd = -1;
	char b[8];

	if (fd < 0)
		fd = socket(AF_INET, SOCK_DGRAM, 0);
	recv(fd, b, sizeof(b), MSG_DONTWAIT);
}

static void by_clock(void)
{
}

static void by_date(void)
{
	struct timeval tv;

	gettimeofday(&tv, NULL);
	time(NULL);
}

/* Works at one instant: it looks at every turn, and has something to do. */
static void at_work(void)
{
	long long began = now();

	for (int turn = 0; turn < 100; turn++) {
		for (int i = 0; i < 50; i++)
			by_epoll_wait();
		if (eventfd_write(event, 1) < 0 || eventfd_read(event, &(eventfd_t){ 0 }) < 0)
			abort();
	}
	printf("%lld\n", now() - began);
}

/* The same without anything to do, but never for long at one instant. */
static void over_instants(void)
{
	long long began = now();

	for (int turn = 0; turn < 100; turn++) {
		for (int i = 0; i < 50; i++)
			by_epoll_wait();
		usleep(10);
	}
	printf("%lld\n", now() - began);
}

/* What comes while it looks is seen at its instant, and not at the end of a moment. */
static void *writer(void *arg)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += 1234000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL); /* which no slack delays */
	eventfd_write(event, 1);
	return arg;
}

static void for_another(void)
{
	struct epoll_event ev;
	long long began = now();
	pthread_t t;

	pthread_create(&t, NULL, writer, NULL);
	while (epoll_wait(ep, &ev, 1, 0) == 0)
		;
	printf("%lld\n", now() - began);
	pthread_join(t, NULL);
}

/* A loop that has something to see at every turn: it wakes itself until a timer is due. */
static void by_waking_itself(void)
{
	struct epoll_event ev;

	if (eventfd_write(event, 1) < 0 || epoll_wait(ep, &ev, 1, 0) != 1 ||
	    eventfd_read(event, &(eventfd_t){ 0 }) < 0)
		abort();
}

/* What waits of five milliseconds take: polls of all kinds, a sleep, and a poll that something comes to. */
static void timeouts(void)
{
	struct pollfd f = { event, POLLIN, 0 };
	struct timespec t = { 0, LONG * 1000L };
	struct epoll_event ev;
	long long at[6];
	pthread_t by;

	epoll_wait(ep, &ev, 1, LONG / 1000); /* to the first multiple */
	at[0] = now();
	epoll_wait(ep, &ev, 1, LONG / 1000);
	at[1] = now();
	poll(&f, 1, LONG / 1000);
	at[2] = now();
	nanosleep(&t, NULL);
	at[3] = now();
	poll(NULL, 0, LONG / 1000);
	at[4] = now();
	pthread_create(&by, NULL, writer, NULL);
	epoll_wait(ep, &ev, 1, LONG / 1000);
	at[5] = now();
	pthread_join(by, NULL);
	eventfd_read(event, &(eventfd_t){ 0 });
	for (int i = 0; i < 5; i++)
		printf("%lld ", at[i + 1] - at[i]);
}

/* From a port, to one of another host. */
static void send_between(uint16_t from, uint16_t to)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(from) };
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(to) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	there.sin_addr.s_addr = htonl(0xc6120001);
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)) < 0 ||
	    sendto(fd, "?", 1, 0, (struct sockaddr *)&there, sizeof(there)) != 1)
		abort();
	close(fd);
}

/* The same while a question of its own is open, when another answer than its own has gone, and when the question
 * has been open for minutes. */
static void in_work(void)
{
	struct epoll_event ev;

	send_between(2000, 53);
	timeouts();
	send_between(53, 2000);
	timeouts();
	send_between(2000, 53);
	epoll_wait(ep, &ev, 1, 299000);
	timeouts();
	epoll_wait(ep, &ev, 1, 1000);
	timeouts();
}

/* The same with a connection to itself that was just made, that nobody has used for minutes, and that is used. */
static void connected(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	socklen_t len = sizeof(here);
	struct epoll_event ev;
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);

	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&here, len) < 0 || listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&here, &len) < 0 ||
	    connect(fd, (struct sockaddr *)&here, len) < 0)
		abort();
	timeouts();
	epoll_wait(ep, &ev, 1, 299000);
	timeouts();
	epoll_wait(ep, &ev, 1, 1000);
	timeouts();
	if (send(fd, "?", 1, 0) != 1)
		abort();
	timeouts();
}

static void spin(void (*look)(void))
{
	for (int i = 0; i < 3; i++) {
		long long began = now(), looks = 0;

		for (; now() - began < LONG; looks++)
			look();
		printf("%lld looks %lld\n", looks, now() - began);
		eventfd_write(event, 1);
		eventfd_read(event, &(eventfd_t){ 0 });
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*look)(void);
	} table[] = { { "epoll_wait", by_epoll_wait },
		      { "epoll_pwait", by_epoll_pwait },
		      { "epoll_pwait2", by_epoll_pwait2 },
		      { "poll", by_poll },
		      { "ppoll", by_ppoll },
		      { "select", by_select },
		      { "pselect", by_pselect },
		      { "recv", by_recv },
		      { "waking itself", by_waking_itself },
		      { "clock_gettime", by_clock },
		      { "gettimeofday and time", by_date } };
	struct epoll_event ev = { .events = EPOLLIN };

	ep = epoll_create1(0);
	event = eventfd(0, EFD_NONBLOCK);
	epoll_ctl(ep, EPOLL_CTL_ADD, event, &ev);
	for (size_t i = 0; argc > 1 && i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(argv[1], table[i].name) == 0)
			spin(table[i].look);
	if (argc > 1 && strcmp(argv[1], "at work") == 0)
		at_work();
	if (argc > 1 && strcmp(argv[1], "over instants") == 0)
		over_instants();
	if (argc > 1 && strcmp(argv[1], "for another") == 0)
		for_another();
	if (argc > 1 && strcmp(argv[1], "in work") == 0)
		in_work();
	if (argc > 1 && strcmp(argv[1], "connected") == 0)
		connected();
	if (argc > 1 && strcmp(argv[1], "timeouts") == 0)
		timeouts();
	fflush(stdout);
	return 0;
}
