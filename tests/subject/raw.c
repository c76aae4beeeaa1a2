/* SPDX-License-Identifier: BSD-2-Clause */
/* raw - a program under the clock library that makes its system calls itself, for test_trap: does
 * what its first argument names and prints what passed, in milliseconds. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static long raw(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return r;
}

#define RAW6(n, a, b, c, d, e, f, ...)                                                             \
	raw((n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define RAW(...) RAW6(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static long long ms_of(const struct timespec *t)
{
	return t->tv_sec * 1000LL + t->tv_nsec / 1000000;
}

static long long now(void)
{
	struct timespec t = { 0 };

	RAW(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
	return ms_of(&t);
}

static long long began;

static void say(const char *what, long r)
{
	printf("%s %ld %lld\n", what, r, now() - began);
	began = now();
}

static void waits(void)
{
	struct timespec hour = { 3600, 0 }, five = { 5, 0 }, at = { 0 };
	struct timeval seven = { 7, 0 };
	int ep = (int)RAW(SYS_epoll_create1, 0);
	struct epoll_event ev;
	uint32_t word = 1;

	began = now();
	say("nanosleep", RAW(SYS_nanosleep, &hour, NULL));
	RAW(SYS_clock_gettime, CLOCK_REALTIME, &at);
	at.tv_sec += 60;
	say("clock_nanosleep", RAW(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &at, NULL));
	say("poll", RAW(SYS_poll, NULL, 0, 5000));
	say("ppoll", RAW(SYS_ppoll, NULL, 0, &five, NULL, 8));
	say("select", RAW(SYS_select, 0, NULL, NULL, NULL, &seven));
	say("pselect6", RAW(SYS_pselect6, 0, NULL, NULL, NULL, &five, NULL));
	say("epoll_wait", RAW(SYS_epoll_wait, ep, &ev, 1, 90000));
	say("epoll_pwait", RAW(SYS_epoll_pwait, ep, &ev, 1, 90000, NULL, 8));
	say("epoll_pwait2", RAW(SYS_epoll_pwait2, ep, &ev, 1, &hour, NULL, 8));
	say("futex", RAW(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, &five));
	say("futex other", RAW(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 2, &five));
	RAW(SYS_clock_gettime, CLOCK_MONOTONIC, &at);
	at.tv_sec += 2;
	say("futex until",
	    RAW(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, 1, &at, NULL, FUTEX_BITSET_MATCH_ANY));
	say("within libc", thrd_sleep(&hour, NULL));
	say("syscall()", syscall(SYS_nanosleep, &five, NULL));
	say("syscall() poll", syscall(SYS_poll, NULL, 0, 1000));
}

/* What tells the time must agree, whoever is asked. */
static void tells(void)
{
	int (*vdso_clock)(clockid_t, struct timespec *);
	int (*vdso_day)(struct timeval *, void *);
	time_t (*vdso_time)(time_t *);
	void *vdso = dlopen("linux-vdso.so.1", RTLD_LAZY | RTLD_NOLOAD);
	struct timespec a, b, hour = { 3600, 0 };
	struct timeval tv;
	struct sysinfo info;
	struct tms tms;
	long ticks;

	vdso_clock = (int (*)(clockid_t, struct timespec *))dlsym(vdso, "__vdso_clock_gettime");
	vdso_day = (int (*)(struct timeval *, void *))dlsym(vdso, "__vdso_gettimeofday");
	vdso_time = (__typeof__(vdso_time))dlsym(vdso, "__vdso_time");
	for (int i = 0; i < 2; i++) {
		clock_gettime(CLOCK_REALTIME, &a);
		RAW(SYS_clock_gettime, CLOCK_REALTIME, &b);
		printf("raw %d", ms_of(&a) == ms_of(&b));
		vdso_clock(CLOCK_REALTIME, &b);
		printf(" vdso %d", ms_of(&a) == ms_of(&b));
		vdso_day(&tv, NULL);
		printf(" %d", tv.tv_sec == a.tv_sec);
		printf(" %d", vdso_time(NULL) == a.tv_sec);
		RAW(SYS_gettimeofday, &tv, NULL);
		printf(" day %d", tv.tv_sec == a.tv_sec);
		printf(" time %d", RAW(SYS_time, NULL) == a.tv_sec);
		clock_gettime(CLOCK_BOOTTIME, &a);
		RAW(SYS_sysinfo, &info);
		ticks = RAW(SYS_times, &tms);
		printf(" up %d %d\n", info.uptime == a.tv_sec, ticks / 100 == a.tv_sec);
		nanosleep(&hour, NULL);
	}
}

static _Atomic uint32_t word;

static void *echo(void *arg)
{
	for (int i = 0; i < 500; i++) {
		while (word != 1)
			RAW(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL);
		word = 0;
		RAW(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1);
	}
	return arg;
}

/* Threads wake each other by futexes of their own, ten seconds apart, in no time. */
static void wakes(void)
{
	struct timespec ten = { 10, 0 }, most = { 3, 0 };
	long late = 0;
	pthread_t th;

	pthread_create(&th, NULL, echo, NULL);
	began = now();
	for (int i = 0; i < 500; i++) {
		RAW(SYS_nanosleep, &ten, NULL);
		word = 1;
		RAW(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1);
		while (word)
			late += RAW(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, &most) == -ETIMEDOUT;
	}
	pthread_join(th, NULL);
	say("wakes", late);
}

static int seen;

static void on_signal(int sig)
{
	seen = sig;
}

/* The program wants SIGSYS for itself, or never. */
static void signals(void)
{
	struct timespec hour = { 3600, 0 };
	struct sigaction sa = { .sa_handler = on_signal }, was;
	struct {
		void *handler;
		unsigned long flags;
		void *restorer;
		uint64_t mask;
	} ignore = { .handler = (void *)SIG_IGN };
	sigset_t all;

	began = now();
	sigaction(SIGSYS, &sa, NULL);
	say("handled", RAW(SYS_nanosleep, &hour, NULL));
	sigaction(SIGSYS, NULL, &was);
	printf("shown %d\n", was.sa_handler == on_signal);
	raise(SIGSYS);
	printf("raised %d\n", seen == SIGSYS);
	signal(SIGSYS, SIG_DFL);
	say("default", RAW(SYS_nanosleep, &hour, NULL));
	RAW(SYS_rt_sigaction, SIGSYS, &ignore, NULL, 8);
	say("ignored", RAW(SYS_nanosleep, &hour, NULL));
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	say("blocked", RAW(SYS_nanosleep, &hour, NULL));
	RAW(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 8);
	say("blocked raw", RAW(SYS_nanosleep, &hour, NULL));
}

/* Handlers have a stack of their own, with nothing behind it, that holds a signal and little more. */
static void small_stack(void)
{
	size_t size = getauxval(AT_MINSIGSTKSZ) + 1024;
	struct timespec hour = { 3600, 0 };
	char *map = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stack_t s = { .ss_sp = map + 32768, .ss_size = size }, off = { .ss_flags = SS_DISABLE };
	stack_t was;

	mprotect(map, 32768, PROT_NONE);
	began = now();
	printf("%d\n", sigaltstack(&s, NULL));
	say("small", RAW(SYS_nanosleep, &hour, NULL));
	printf("%d ", sigaltstack(&off, &was));
	printf("%d ", was.ss_size > size);
	printf("%d\n", sigaltstack(&was, NULL));
	say("again", RAW(SYS_nanosleep, &hour, NULL));
}

/* Code that is made while the program runs. */
static void made(void)
{
	static const uint8_t code[] = { 0xb8, 35, 0, 0, 0, 0x0f, 0x05, 0xc3 };
	struct timespec hour = { 3600, 0 };
	long (*sleep_so)(struct timespec *, void *) = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memcpy((void *)sleep_so, code, sizeof(code));
	began = now();
	say("made", sleep_so(&hour, NULL));
}

/* Sums, so that no byte has to be printed; each of them is drawn anew. */
static void draws(void)
{
	static uint8_t b[1 << 20];
	static const char *const names[] = { "/dev/urandom", "/dev/random", "/dev/../dev/urandom" };
	uint64_t sum = 0;
	FILE *f;

	for (int i = 0; i < 3; i++) {
		int fd = open(names[i], O_RDONLY | O_CLOEXEC), copy = dup(fd);
		ssize_t n = 0, more;

		while (n < (ssize_t)sizeof(b) && (more = read(i ? copy : fd, b + n, 4096)) > 0)
			n += more;
		for (size_t k = 0; k < sizeof(b); k++)
			sum = sum * 31 + b[k];
		printf("%s %zd %d %ld\n", names[i], n, fcntl(fd, F_GETFD), (long)lseek(fd, 5, 0));
		printf("pread %zd\n", pread(fd, b, 7, 100));
		printf("raw %ld\n", RAW(SYS_read, copy, b, 9));
		sum = sum * 31 + b[0];
	}
	f = fopen("/dev/urandom", "r");
	printf("stream %zu\n", fread(b, 1, sizeof(b), f));
	for (size_t k = 0; k < sizeof(b); k++)
		sum = sum * 31 + b[k];
	printf("raw %ld %ld\n", RAW(SYS_getrandom, b, 4096, GRND_RANDOM),
	       RAW(SYS_getrandom, b, 8, 99));
	for (size_t k = 0; k < 4096; k++)
		sum = sum * 31 + b[k];
	printf("%016llx\n", (unsigned long long)sum);
}

/* Children are on the machine's time, whatever way they come to be; and none is killed. */
static void children(void)
{
	char *const argv[] = { "sh", "-c", "sleep 0.01; date >/dev/null", NULL };
	struct timespec moment = { 0, 10000000 };
	extern char **environ;
	char text[16] = "";
	int status = -1;
	pid_t pid;
	FILE *f;

	began = now();
	posix_spawnp(&pid, "sh", NULL, NULL, argv, environ);
	waitpid(pid, &status, 0);
	printf("spawned %d\n", status);
	printf("system %d\n", system("sleep 0.01"));
	f = popen("echo here", "r");
	printf("popen %d\n", fgets(text, sizeof(text), f) && strcmp(text, "here\n") == 0);
	pclose(f);
	pid = vfork();
	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	printf("vfork %d\n", status);
	pid = (pid_t)RAW(SYS_fork);
	if (pid == 0)
		_exit((int)RAW(SYS_nanosleep, &moment, NULL));
	waitpid(pid, &status, 0);
	printf("fork %d\n", status);
	say("passed", 0);
}

/* Waits for a child that takes its time, which is none of the clock's. */
static void waits_for_child(void)
{
	struct timespec t;
	int status = -1;
	pid_t pid = fork();

	while (pid == 0) {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
		if (t.tv_sec >= 3)
			_exit(0);
	}
	began = now();
	waitpid(pid, &status, 0);
	say("child", status);
}

/* It is what it was before, by another exec(), though all is closed then. */
static void again(void)
{
	close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
	RAW(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC);
	execl("/proc/self/exe", "raw", "waits", NULL);
}

static char stack[65536];

static int in_thread(void *arg)
{
	(void)arg;
	return 0;
}

static void refused(const char *what)
{
	struct itimerspec t = { .it_value.tv_sec = 1 };
	struct timespec five = { 5, 0 };
	struct timex tx = { 0 };

	if (strcmp(what, "timerfd_settime") == 0)
		RAW(SYS_timerfd_settime, timerfd_create(CLOCK_MONOTONIC, 0), 0, &t, NULL);
	if (strcmp(what, "adjtimex") == 0)
		RAW(SYS_adjtimex, &tx);
	if (strcmp(what, "semtimedop") == 0)
		RAW(SYS_semtimedop, 0, NULL, 0, &five);
	if (strcmp(what, "io_getevents") == 0)
		RAW(SYS_io_getevents, 0, 1, 1, NULL, &five);
	if (strcmp(what, "clone") == 0)
		clone(in_thread, stack + sizeof(stack),
		      CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_FS | CLONE_FILES, NULL);
	if (strcmp(what, "clone raw") == 0)
		RAW(SYS_clone, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, stack + sizeof(stack));
	if (strcmp(what, "static") == 0)
		execl("/sbin/ldconfig", "ldconfig", "-V", NULL);
	if (strcmp(what, "static child") == 0 && system("/sbin/ldconfig -V") == 0)
		sleep(1);
	if (strcmp(what, "x32") == 0)
		RAW(0x40000000 + SYS_nanosleep, &five, NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} table[] = { { "waits", waits },
		      { "tells", tells },
		      { "wakes", wakes },
		      { "signals", signals },
		      { "made", made },
		      { "draws", draws },
		      { "children", children },
		      { "again", again },
		      { "child", waits_for_child },
		      { "small stack", small_stack } };

	for (size_t i = 0; argc > 1 && i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(argv[1], table[i].name) == 0)
			table[i].run();
	if (argc > 1)
		refused(argv[1]);
	fflush(stdout);
	return 0;
}
