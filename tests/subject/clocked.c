/* SPDX-License-Identifier: BSD-2-Clause */
/* clocked - a program under the clock library, for test_clock: does what its first argument names
 * and prints what its clocks say passed, in milliseconds. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long ms(clockid_t c)
{
	struct timespec t;

	clock_gettime(c, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static long long now(void)
{
	return ms(CLOCK_MONOTONIC);
}

static void say(const char *what, long long since)
{
	printf("%s %lld\n", what, now() - since);
}

static void sleeps(void)
{
	struct timespec t = { 3600, 0 };
	long long a = now(), date = ms(CLOCK_REALTIME);

	nanosleep(&t, NULL);
	say("nanosleep", a);
	a = now();
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += 60;
	clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL);
	say("clock_nanosleep", a);
	a = now();
	usleep(250000);
	say("usleep", a);
	a = now();
	sleep(86400);
	say("sleep", a);
	printf("date %lld\n", ms(CLOCK_REALTIME) - date);
	printf("time %lld\n", (long long)time(NULL) - ms(CLOCK_REALTIME) / 1000);
}

static void polls(void)
{
	struct timeval tv = { 7, 0 };
	struct epoll_event ev;
	int ep = epoll_create1(0);
	long long a = now();
	fd_set none;

	poll(NULL, 0, 5000);
	say("poll", a);
	a = now();
	FD_ZERO(&none);
	select(0, &none, NULL, NULL, &tv);
	say("select", a);
	a = now();
	epoll_wait(ep, &ev, 1, 90000);
	say("epoll", a);
}

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER, back = PTHREAD_COND_INITIALIZER;
static int turn;

static void *waiter(void *arg)
{
	for (int i = 0; i < 1000; i++) {
		pthread_mutex_lock(&m);
		while (turn != 1)
			pthread_cond_wait(&c, &m);
		turn = 0;
		pthread_cond_signal(&back);
		pthread_mutex_unlock(&m);
	}
	return arg;
}

/* A thousand turns of a second each, handed from thread to thread and back. */
static void conds(void)
{
	struct timespec t;
	long long a = now();
	pthread_t th;

	pthread_create(&th, NULL, waiter, NULL);
	for (int i = 0; i < 1000; i++) {
		sleep(1);
		pthread_mutex_lock(&m);
		turn = 1;
		pthread_cond_signal(&c);
		while (turn)
			pthread_cond_wait(&back, &m);
		pthread_mutex_unlock(&m);
	}
	pthread_join(th, NULL);
	say("turns", a);
	a = now();
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += 600;
	pthread_mutex_lock(&m);
	while (pthread_cond_timedwait(&c, &m, &t) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&m);
	say("timedwait", a);
}

static void *late_waiter(void *arg)
{
	const struct timespec *at = arg;
	int r;

	pthread_mutex_lock(&m);
	r = pthread_cond_timedwait(&c, &m, at);
	pthread_mutex_unlock(&m);
	return (void *)(long)r;
}

/* One waits no longer than until the instant at which the other one signals: a signal that it has
 * taken must be told. */
static void at_once(void)
{
	struct timespec at;
	pthread_t th;
	void *r;

	clock_gettime(CLOCK_REALTIME, &at);
	at.tv_sec += 10;
	pthread_create(&th, NULL, late_waiter, &at);
	clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &at, NULL);
	pthread_cond_signal(&c);
	pthread_join(th, &r);
	printf("signalled %ld\n", (long)r);
}

static sem_t sem;

static void *poster(void *arg)
{
	sleep(40);
	sem_post(&sem);
	return arg;
}

static void sems(void)
{
	struct timespec t;
	long long a = now();
	pthread_t th;

	sem_init(&sem, 0, 0);
	pthread_create(&th, NULL, poster, NULL);
	sem_wait(&sem);
	say("post", a);
	pthread_join(th, NULL);
	a = now();
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += 20;
	printf("timed %d\n", sem_timedwait(&sem, &t) < 0 && errno == ETIMEDOUT);
	say("timeout", a);
}

static int to[2], fro[2];

/* Answers each byte or count that comes. */
static void *echo(void *arg)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int ep = epoll_create1(0);
	char b[8];

	epoll_ctl(ep, EPOLL_CTL_ADD, to[0], &ev);
	for (int i = 0; i < 500; i++) {
		if (epoll_wait(ep, &ev, 1, -1) != 1 || read(to[0], b, 8) < 0 ||
		    write(fro[1], b, 8) < 0)
			abort();
	}
	return arg;
}

/* Five hundred exchanges between two threads, ten seconds apart, each of which must take no time at
 * all. */
static void exchange(const char *what)
{
	struct pollfd f = { .events = POLLIN };
	long long a = now(), late = 0;
	uint64_t one = 1;
	pthread_t th;

	pthread_create(&th, NULL, echo, NULL);
	f.fd = fro[0];
	for (int i = 0; i < 500; i++) {
		long long b;

		sleep(10);
		b = now();
		if (write(to[1], &one, 8) != 8 || poll(&f, 1, 3000) != 1 ||
		    read(fro[0], &one, 8) != 8)
			abort();
		late += now() - b;
	}
	pthread_join(th, NULL);
	say(what, a);
	printf("late %lld\n", late);
}

static void channels(void)
{
	to[0] = to[1] = eventfd(0, EFD_NONBLOCK);
	fro[0] = fro[1] = eventfd(0, 0);
	exchange("eventfd");
	if (pipe(to) < 0 || pipe(fro) < 0)
		abort();
	exchange("pipe");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, to) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, fro) < 0)
		abort();
	exchange("socketpair");
}

#define TOLD 3
#define TICKS 300

static int orders[TOLD][2], done[2], in_vain;

/* Waits with a timeout that is over just when it is told something, by epoll or by poll. */
static void *be_told(void *arg)
{
	int fd = orders[(intptr_t)arg][0], ep = epoll_create1(0);
	struct epoll_event ev = { .events = EPOLLIN };
	struct pollfd f = { fd, POLLIN, 0 };
	char b = 0;

	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
	for (int i = 0; i < TICKS;) {
		int n = (intptr_t)arg % 2 ? poll(&f, 1, 500) : epoll_wait(ep, &ev, 1, 500);

		in_vain += n == 0;
		if (n == 0)
			continue;
		if (read(fd, &b, 1) < 0 || write(done[1], &b, 1) < 0)
			abort();
		i++;
	}
	return NULL;
}

/* At the end of its own timeout one thread tells all others something, one by one, and waits for
 * each: the timeouts of these are over, too, and what they were told comes before that. */
static void due_together(void)
{
	pthread_t t[TOLD];
	char b = 0;

	if (pipe(done) < 0)
		abort();
	for (intptr_t i = 0; i < TOLD; i++)
		if (pipe(orders[i]) < 0 || pthread_create(&t[i], NULL, be_told, (void *)i))
			abort();
	for (int i = 0; i < TICKS; i++) {
		poll(NULL, 0, 500);
		for (int k = 0; k < TOLD; k++)
			if (write(orders[k][1], &b, 1) < 0 || read(done[0], &b, 1) < 0)
				abort();
	}
	for (int i = 0; i < TOLD; i++)
		pthread_join(t[i], NULL);
	printf("in vain %d\n", in_vain);
}

#define SHARERS 6

static _Atomic uint32_t shared_word;
static _Atomic int waiting, place;
static char places[SHARERS + 2];

static void *wait_shared(void *arg)
{
	uint32_t seen = atomic_load(&shared_word);

	waiting++;
	while (atomic_load(&shared_word) == seen)
		syscall(SYS_futex, &shared_word, FUTEX_WAIT, seen, NULL, NULL, 0);
	places[place++] = (char)('a' + (intptr_t)arg);
	return NULL;
}

/* Who wakes several at a futex that other processes might share goes on until it waits itself, and
 * they come after it in the order in which they waited. */
static void share_futex(void)
{
	for (int round = 0; round < 20; round++) {
		pthread_t t[SHARERS];

		waiting = place = 0;
		memset(places, 0, sizeof(places));
		for (intptr_t i = 0; i < SHARERS; i++)
			pthread_create(&t[i], NULL, wait_shared, (void *)i);
		while (waiting < SHARERS)
			usleep(1000);
		shared_word++;
		syscall(SYS_futex, &shared_word, FUTEX_WAKE, SHARERS, NULL, NULL, 0);
		for (volatile int i = 0; i < 2000000; i++)
			;
		places[place++] = '!';
		for (int i = 0; i < SHARERS; i++)
			pthread_join(t[i], NULL);
		printf("%s\n", places);
	}
}

static long long take(int fd)
{
	uint64_t n = 0;

	return read(fd, &n, 8) == 8 ? (long long)n : -errno;
}

static long long give(int fd, uint64_t n)
{
	return write(fd, &n, 8) == 8 ? 8 : -errno;
}

static void say_taken(const char *what, int fd, int times)
{
	printf("%s", what);
	for (int i = 0; i < times; i++)
		printf(" %lld", take(fd));
	printf("\n");
}

/* What an epoll set says of an eventfd that it holds with these flags: when it is empty, after a
 * write, again, after another write, after MOD, after a read. */
static void watch_event(const char *what, uint32_t flags)
{
	struct epoll_event ev = { .events = EPOLLIN | flags }, got;
	int ep = epoll_create1(0), fd = eventfd(0, EFD_NONBLOCK), n[6];

	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
	n[0] = epoll_wait(ep, &got, 1, 0);
	give(fd, 1);
	n[1] = epoll_wait(ep, &got, 1, 0);
	n[2] = epoll_wait(ep, &got, 1, 0);
	give(fd, 1);
	n[3] = epoll_wait(ep, &got, 1, 0);
	epoll_ctl(ep, EPOLL_CTL_MOD, fd, &ev);
	n[4] = epoll_wait(ep, &got, 1, 0);
	take(fd);
	n[5] = epoll_wait(ep, &got, 1, 0);
	printf("%s %d %d %d %d %d %d\n", what, n[0], n[1], n[2], n[3], n[4], n[5]);
	ev.events = EPOLLOUT;
	epoll_ctl(ep, EPOLL_CTL_MOD, fd, &ev);
	n[0] = epoll_wait(ep, &got, 1, 0);
	epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL);
	n[1] = epoll_wait(ep, &got, 1, 0);
	printf("%s out %d %d\n", what, n[0], n[1]);
	close(fd);
	close(ep);
}

/* A set has two descriptors: what is added at one is seen at the other, for as long as one is
 * there. The number of the first is another set's then. */
static void watch_by_copy(void)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET }, got;
	int ep = epoll_create1(0), copy = fcntl(ep, F_DUPFD_CLOEXEC, 3), fd = eventfd(0, 0), n[4];

	epoll_ctl(copy, EPOLL_CTL_ADD, fd, &ev);
	give(fd, 1);
	n[0] = epoll_wait(ep, &got, 1, 0);
	give(fd, 1);
	close(ep);
	n[1] = epoll_create1(0) == ep;
	n[2] = epoll_wait(ep, &got, 1, 0);
	n[3] = epoll_wait(copy, &got, 1, 0);
	printf("copy %d %d %d %d\n", n[0], n[1], n[2], n[3]);
	close(fd);
	close(ep);
	close(copy);
}

static void *late_giver(void *arg)
{
	usleep(30000);
	give(*(int *)arg, 5);
	return NULL;
}

/* Everything that an eventfd does; the kernel's own do the same. */
static void eventfds(void)
{
	int fd = eventfd(3, EFD_NONBLOCK), one = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
	struct timeval none = { 0, 0 };
	struct pollfd f = { fd, POLLIN | POLLOUT, 0 };
	pthread_t th;
	fd_set set;
	int n;

	n = poll(&f, 1, 0);
	printf("poll %d %x\n", n, (unsigned)f.revents);
	say_taken("first", fd, 2);
	give(fd, 4);
	give(fd, 5);
	FD_ZERO(&set);
	FD_SET(fd, &set);
	printf("select %d\n", select(fd + 1, &set, NULL, NULL, &none));
	say_taken("sum", fd, 2);
	say_taken("one by one", one, 3);
	n = (int)read(fd, &th, 4);
	printf("short %d %d, too much %lld\n", n, errno, give(fd, UINT64_MAX));
	printf("full %lld", give(fd, UINT64_MAX - 1));
	printf(" %lld\n", give(fd, 1));
	say_taken("all", fd, 1);
	fcntl(one, F_SETFL, 0);
	pthread_create(&th, NULL, late_giver, &one);
	say_taken("blocking", one, 2);
	pthread_join(th, NULL);
	watch_event("level", 0);
	watch_event("edge", EPOLLET);
	watch_event("once", EPOLLONESHOT);
	watch_event("edge once", EPOLLET | EPOLLONESHOT);
	watch_by_copy();
}

/* What the kernel has to tell when nobody has just written: data that is older than the set's
 * knowledge of it, data that is taken in pieces, data of another process, a set with a former one's
 * number. */
static void elsewhere(void)
{
	struct epoll_event ev = { .events = EPOLLIN }, got;
	int ep = epoll_create1(0), p[2], fd = eventfd(0, EFD_NONBLOCK), again;
	long long a;
	char b[4];

	if (pipe(p) < 0 || write(p[1], "abcdefgh", 8) != 8)
		abort();
	sleep(1);
	epoll_wait(ep, &got, 1, 5);
	a = now();
	epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev);
	printf("old data %d\n", epoll_wait(ep, &got, 1, 1000));
	for (int i = 0; i < 2; i++) {
		ssize_t n = read(p[0], b, 4);

		printf("piece %zd %d\n", n, epoll_wait(ep, &got, 1, 1000));
	}
	say("passed", a);
	if (fork() == 0)
		_exit(write(p[1], "x", 1) != 1);
	wait(NULL);
	printf("child's %d\n", epoll_wait(ep, &got, 1, -1));
	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
	close(ep);
	again = epoll_create1(0);
	give(fd, 1);
	printf("former set %d %d\n", again == ep, epoll_wait(again, &got, 1, 1000));
}

/* Says 'e' and 'p' for bytes that another process writes to its input, as epoll and poll tell it of
 * them. */
static void hears(void)
{
	struct epoll_event ev = { .events = EPOLLIN }, got;
	struct pollfd p = { .fd = 0, .events = POLLIN };
	int ep = epoll_create1(0);
	char byte;

	epoll_ctl(ep, EPOLL_CTL_ADD, 0, &ev);
	while (epoll_wait(ep, &got, 1, -1) == 1 && read(0, &byte, 1) == 1 &&
	       write(1, "e", 1) == 1 && poll(&p, 1, -1) == 1 && read(0, &byte, 1) == 1 &&
	       write(1, "p", 1) == 1)
		;
}

#define RING 9
#define ROUNDS 3000

static int links[RING][2];
static pthread_mutex_t ring_m[RING];
static pthread_cond_t ring_c[RING];
static sem_t ring_s[RING];
static int ring_turn[RING];

/* A third of the ring hands on by eventfds, a third by condition variables and semaphores, a third
 * by pipes. */
static void hand_to(int i)
{
	char b[8] = "";

	if (i % 3 == 0) {
		give(links[i][1], 1);
	} else if (i % 3 == 1) {
		pthread_mutex_lock(&ring_m[i]);
		ring_turn[i]++;
		pthread_cond_signal(&ring_c[i]);
		pthread_mutex_unlock(&ring_m[i]);
		sem_post(&ring_s[i]);
	} else if (write(links[i][1], b, 8) != 8) {
		abort();
	}
}

static void await_turn(int i, int ep)
{
	struct epoll_event got;
	char b[8];

	if (i % 3 == 1) {
		pthread_mutex_lock(&ring_m[i]);
		while (!ring_turn[i])
			pthread_cond_wait(&ring_c[i], &ring_m[i]);
		ring_turn[i]--;
		pthread_mutex_unlock(&ring_m[i]);
		sem_wait(&ring_s[i]);
		return;
	}
	while (epoll_wait(ep, &got, 1, 3600000) != 1 || read(links[i][0], b, 8) != 8)
		abort();
}

static void *in_ring(void *arg)
{
	int i = (int)(long)arg, ep = epoll_create1(0);
	struct epoll_event ev = { .events = EPOLLIN };

	if (i % 3 != 1)
		epoll_ctl(ep, EPOLL_CTL_ADD, links[i][0], &ev);
	for (int round = 0; round < ROUNDS; round++) {
		await_turn(i, ep);
		if (i == 0)
			usleep(1000);
		hand_to((i + 1) % RING);
	}
	return NULL;
}

/* Four tokens go round a ring of threads that wait in different ways: each hop must find its
 * thread, and only the sleeps take time. */
static void ring(void)
{
	pthread_t th[RING];
	long long a = now();

	for (int i = 0; i < RING; i++) {
		pthread_mutex_init(&ring_m[i], NULL);
		pthread_cond_init(&ring_c[i], NULL);
		sem_init(&ring_s[i], 0, 0);
		if (i % 3 == 0)
			links[i][0] = links[i][1] = eventfd(0, EFD_SEMAPHORE);
		else if (pipe(links[i]) < 0)
			abort();
	}
	for (long i = 0; i < RING; i++)
		pthread_create(&th[i], NULL, in_ring, (void *)i);
	for (int i = 0; i < 4; i++)
		hand_to(0);
	for (int i = 0; i < RING; i++)
		pthread_join(th[i], NULL);
	say("ring", a);
}

static _Atomic int answered;
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

static void *answerer(void *arg)
{
	if (arg)
		pthread_mutex_lock(&held);
	sem_wait(&sem);
	answered = 1;
	if (arg)
		pthread_mutex_unlock(&held);
	return NULL;
}

/* Whoever woke another one waits for it in a way that the clock cannot see: it turns round and
 * round, yields, wants a mutex that the other one holds, meets it at a barrier, or ends. */
static void unseen(void)
{
	pthread_t th;

	sem_init(&sem, 0, 0);
	for (int way = 0; way < 3; way++) {
		answered = 0;
		pthread_create(&th, NULL, answerer, way == 2 ? &held : NULL);
		usleep(10);
		sem_post(&sem);
		while (way == 0 && !answered)
			;
		while (way == 1 && !answered)
			sched_yield();
		pthread_mutex_lock(&held);
		pthread_mutex_unlock(&held);
		pthread_join(th, NULL);
		printf("answered %d\n", answered);
	}
}

static pthread_barrier_t barrier;

static void *meeter(void *arg)
{
	sem_wait(&sem);
	pthread_barrier_wait(&barrier);
	return arg;
}

static void *ender(void *arg)
{
	sem_post(&sem);
	return arg;
}

static void meets(void)
{
	pthread_t th[2];
	long long a = now();

	sem_init(&sem, 0, 0);
	pthread_barrier_init(&barrier, NULL, 3);
	for (int i = 0; i < 2; i++)
		pthread_create(&th[i], NULL, meeter, NULL);
	sleep(1);
	sem_post(&sem);
	sem_post(&sem);
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 2; i++)
		pthread_join(th[i], NULL);
	pthread_create(&th[0], NULL, ender, NULL);
	sem_wait(&sem);
	pthread_join(th[0], NULL);
	say("met", a);
}

static void event_twice(void)
{
	dup(eventfd(0, 0));
}

static void event_by_parts(void)
{
	uint64_t n = 1;
	struct iovec iov = { &n, 8 };

	if (writev(eventfd(0, 0), &iov, 1) < 0)
		abort();
}

static void event_full(void)
{
	int fd = eventfd(1, 0);

	give(fd, UINT64_MAX - 1);
}

static void seeded(void)
{
	unsigned char b[8];
	FILE *f;

	if (getrandom(b, 8, 0) != 8)
		abort();
	for (int i = 0; i < 8; i++)
		printf("%02x", b[i]);
	f = fopen("/dev/null", "r");
	printf("\nfile %d\n", f != NULL);
}

static void forked(void)
{
	long long a = now();
	pid_t pid = fork();

	if (pid == 0) {
		usleep(20000); /* the child is on the machine's time */
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	sleep(100);
	say("fork", a);
}

static void on_timerfd(void)
{
	struct itimerspec t = { .it_value.tv_sec = 1 };

	timerfd_settime(timerfd_create(CLOCK_MONOTONIC, 0), 0, &t, NULL);
}

static void on_timeout_option(void)
{
	struct timeval tv = { 1, 0 };

	setsockopt(socket(AF_INET, SOCK_DGRAM, 0), SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
}

static void on_alarm(void)
{
	alarm(5);
}

static void tell(const char *what, long r)
{
	printf("%s %s\n", what, r < 0 ? strerrorname_np(errno) : "ok");
}

static int bind_to(int fd, int family, const char *address, int port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };

	if (family == AF_INET) {
		inet_pton(AF_INET, address, &four.sin_addr);
		return bind(fd, (struct sockaddr *)&four, sizeof(four));
	}
	inet_pton(AF_INET6, address, &six.sin6_addr);
	return bind(fd, (struct sockaddr *)&six, sizeof(six));
}

static int port_of(int fd)
{
	struct sockaddr_in sa = { 0 };
	socklen_t len = sizeof(sa);

	getsockname(fd, (struct sockaddr *)&sa, &len);
	return ntohs(sa.sin_port);
}

/* UDP sockets: what names they take, and what they say of them. No port is printed. */
static void names(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(53) };
	int a = socket(AF_INET, SOCK_DGRAM, 0), b = socket(AF_INET, SOCK_DGRAM, 0), one = 1;
	int six = socket(AF_INET6, SOCK_DGRAM, 0), port;
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);

	tell("any port", bind_to(a, AF_INET, "0.0.0.0", 0));
	port = port_of(a);
	printf("%d\n", port > 0);
	tell("bound twice", bind_to(a, AF_INET, "0.0.0.0", 0));
	tell("taken", bind_to(b, AF_INET, "0.0.0.0", port));
	tell("taken for loopback", bind_to(b, AF_INET, "127.0.0.1", 0));
	tell("somebody else's address",
	     bind_to(socket(AF_INET, SOCK_DGRAM, 0), AF_INET, "198.18.0.1", 0));
	tell("another family", bind_to(six, AF_INET, "0.0.0.0", 0));
	setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	tell("its family", bind_to(six, AF_INET6, "::", port));
	for (int i = 0; i < 2; i++) {
		int shared = socket(AF_INET, SOCK_DGRAM, 0);

		setsockopt(shared, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		tell("shared",
		     bind_to(shared, AF_INET, "0.0.0.0", port == 65535 ? 1024 : port + 1));
	}
	tell("no peer", getpeername(a, (struct sockaddr *)&sa, &len));
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	tell("peer", connect(a, (struct sockaddr *)&to, sizeof(to)));
	len = sizeof(sa);
	tell("a peer", getpeername(a, (struct sockaddr *)&sa, &len));
	printf("%d %d\n", (int)len, ntohs(((struct sockaddr_in *)&sa)->sin_port));
	printf("%d\n", port_of(a) == port);
	to.sin_family = AF_UNSPEC;
	tell("no more", connect(a, (struct sockaddr *)&to, sizeof(to)));
	tell("no peer", getpeername(a, (struct sockaddr *)&sa, &len));
	close(a);
	tell("free again", bind_to(socket(AF_INET, SOCK_DGRAM, 0), AF_INET, "0.0.0.0", port));
	printf("%d\n", fcntl(b, F_GETFL) & O_NONBLOCK);
	tell("flags", fcntl(b, F_SETFL, fcntl(b, F_GETFL) | O_NONBLOCK));
	printf("%d\n", (fcntl(b, F_GETFL) & O_NONBLOCK) == O_NONBLOCK);
	tell("nothing there", recv(b, &sa, sizeof(sa), 0));
}

static int receive_buffer(int fd)
{
	socklen_t len = sizeof(int);
	int size = 0;

	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, &len);
	return size;
}

/* Sockets that are opened and closed again, as a resolver does for each question: a new one has
 * nothing of an old one. */
static void reopens(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(53) };
	int a = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), b, size, small = 8192;
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);

	inet_pton(AF_INET, "198.18.0.1", &to.sin_addr);
	tell("bound", bind_to(a, AF_INET, "0.0.0.0", 5300));
	connect(a, (struct sockaddr *)&to, sizeof(to));
	tell("closed", close(a));
	tell("closed again", close(a));
	tell("bound again", bind_to(a, AF_INET, "0.0.0.0", 5300));
	tell("sent", send(a, &small, sizeof(small), 0));
	tell("received", recv(a, &size, sizeof(size), MSG_DONTWAIT));
	tell("controlled", fcntl(a, F_GETFL));
	printf("%d\n", poll(&(struct pollfd){ .fd = a, .events = POLLIN }, 1, 0));
	b = socket(AF_INET, SOCK_DGRAM, 0);
	size = receive_buffer(b);
	printf("%d %d %d\n", port_of(b), fcntl(b, F_GETFL) & O_NONBLOCK, size == small * 2);
	tell("no peer", getpeername(b, (struct sockaddr *)&sa, &len));
	tell("free again", bind_to(b, AF_INET, "0.0.0.0", 5300));
	setsockopt(b, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	tell("closed", close(b));
	a = socket(AF_INET6, SOCK_DGRAM, 0);
	b = socket(AF_INET, SOCK_DGRAM, 0);
	len = sizeof(sa);
	tell("family", getsockname(a, (struct sockaddr *)&sa, &len));
	printf("%d %d\n", sa.ss_family == AF_INET6, receive_buffer(b) == size);
	tell("closed", close(b));
	tell("number", dup2(STDOUT_FILENO, b) == b ? 0 : -1);
	printf("%d\n", socket(AF_INET, SOCK_DGRAM, 0) != b);
	tell("still there", fcntl(b, F_GETFD));
}

/* Listeners that share a port, as a resolver's threads do: which of them gets who connects. */
static void shares(void)
{
	int fds[3], port = 0, one = 1;

	for (int i = 0; i < 3; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		setsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
		if (bind_to(fds[i], AF_INET, "127.0.0.1", port) < 0 || listen(fds[i], 5) < 0)
			printf("no listener\n");
		port = port_of(fds[i]);
	}
	for (int from = 1; from <= 6; from++) {
		struct sockaddr_in to = { .sin_family = AF_INET,
					  .sin_port = htons((uint16_t)port) };
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		char address[32];

		snprintf(address, sizeof(address), "127.0.0.%d", from);
		inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
		if (bind_to(fd, AF_INET, address, 0) < 0 ||
		    connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
			printf("no connection ");
		for (int i = 0; i < 3; i++)
			if (accept(fds[i], NULL, NULL) >= 0)
				printf("%d ", i);
	}
	printf("\n");
}

/* A UDP socket and an eventfd in an epoll set. */
static void watches(void)
{
	int fds[] = { socket(AF_INET, SOCK_DGRAM, 0), eventfd(0, 0) };

	for (int i = 0; i < 2; i++) {
		struct epoll_event ev = { .events = EPOLLIN };
		int ep = epoll_create1(0);

		tell("absent", epoll_ctl(ep, EPOLL_CTL_MOD, fds[i], &ev));
		tell("absent", epoll_ctl(ep, EPOLL_CTL_DEL, fds[i], &ev));
		tell("added", epoll_ctl(ep, EPOLL_CTL_ADD, fds[i], &ev));
		tell("twice", epoll_ctl(ep, EPOLL_CTL_ADD, fds[i], &ev));
		printf("%d\n", epoll_wait(ep, &ev, 1, 0));
		ev.events = EPOLLIN | EPOLLOUT;
		tell("to write", epoll_ctl(ep, EPOLL_CTL_MOD, fds[i], &ev));
		printf("%d\n", epoll_wait(ep, &ev, 1, 0));
		ev.events = EPOLLIN;
		tell("no more", epoll_ctl(ep, EPOLL_CTL_MOD, fds[i], &ev));
		printf("%d\n", epoll_wait(ep, &ev, 1, 0));
		tell("gone", epoll_ctl(ep, EPOLL_CTL_DEL, fds[i], &ev));
		tell("unknown", epoll_ctl(ep, 77, fds[i], &ev));
	}
}

/* Prints how many virtual milliseconds a thousand of CPU time were, and when, of them, another
 * thread's sleep of 10 was over. */
static void *napper(void *arg)
{
	long long *woken = arg;

	usleep(10000);
	*woken = now();
	return NULL;
}

static void computes(void)
{
	long long woken = 0, began, cpu;
	pthread_t t;

	pthread_create(&t, NULL, napper, &woken);
	usleep(1000);
	cpu = ms(CLOCK_PROCESS_CPUTIME_ID);
	began = now();
	while (ms(CLOCK_PROCESS_CPUTIME_ID) < cpu + 1000)
		;
	printf("%lld ", now() - began);
	pthread_join(t, NULL);
	printf("%lld\n", woken - began);
}

static void crash(void)
{
	sleep(5);
	abort();
}

static void say_date(const char *what, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0)
		printf("%s %lld\n", what, (long long)(st.st_mtime - time(NULL)));
}

/* Who writes with a buffer, who without, and who opens a file and does not. */
static void files(void)
{
	char path[] = "/tmp/clocked-XXXXXX";
	int fd = mkstemp(path);
	FILE *f;

	sleep(10);
	if (write(fd, "a", 1) == 1 && fsync(fd) == 0 && fdatasync(fd) == 0)
		close(fd);
	say_date("written", path);
	sleep(86400);
	close(open(path, O_RDWR));
	say_date("opened", path);
	f = fopen(path, "a");
	if (f && fputs("b", f) >= 0)
		fclose(f);
	say_date("appended", path);
	printf("closed %d\n", fsync(fd) < 0 && errno == EBADF);
	unlink(path);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} table[] = { { "sleeps", sleeps },
		      { "polls", polls },
		      { "conds", conds },
		      { "sems", sems },
		      { "channels", channels },
		      { "seeded", seeded },
		      { "forked", forked },
		      { "timerfd", on_timerfd },
		      { "alarm", on_alarm },
		      { "rcvtimeo", on_timeout_option },
		      { "crash", crash },
		      { "eventfds", eventfds },
		      { "elsewhere", elsewhere },
		      { "ring", ring },
		      { "unseen", unseen },
		      { "meets", meets },
		      { "dup", event_twice },
		      { "writev", event_by_parts },
		      { "full", event_full },
		      { "computes", computes },
		      { "names", names },
		      { "reopens", reopens },
		      { "watches", watches },
		      { "shares", shares },
		      { "hears", hears },
		      { "at once", at_once },
		      { "due together", due_together },
		      { "share futex", share_futex },
		      { "files", files } };

	for (size_t i = 0; argc > 1 && i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(argv[1], table[i].name) == 0)
			table[i].run();
	fflush(stdout);
	return 0;
}
