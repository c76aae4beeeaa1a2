/* clocked - a program under the clock library, for test_clock: does what its first argument names and prints what its clocks say
 * passed, in milliseconds. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
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

/* Five hundred exchanges between two threads, ten seconds apart, each of which must take no time at all. */
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

static void crash(void)
{
	sleep(5);
	abort();
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} table[] = { { "sleeps", sleeps },	{ "polls", polls },
		      { "conds", conds },	{ "sems", sems },
		      { "channels", channels }, { "seeded", seeded },
		      { "forked", forked },	{ "timerfd", on_timerfd },
		      { "alarm", on_alarm },	{ "rcvtimeo", on_timeout_option },
		      { "crash", crash } };

	for (size_t i = 0; argc > 1 && i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(argv[1], table[i].name) == 0)
			table[i].run();
	fflush(stdout);
	return 0;
}
