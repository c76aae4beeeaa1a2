#include "sim/link.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/net/alone.h"

#define MARK "SIGFAULT_TEST_MARK"

static const char *self;

static void rest(long ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* ---- packets ---- */

union name {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage room;
};

static socklen_t name_of(const char *ip, uint16_t port, union name *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, ip, &ret->v4.sin_addr) == 1) {
		ret->v4.sin_family = AF_INET;
		ret->v4.sin_port = htons(port);
		return sizeof(ret->v4);
	}
	ret->v6.sin6_family = AF_INET6;
	ret->v6.sin6_port = htons(port);
	inet_pton(AF_INET6, ip, &ret->v6.sin6_addr);
	return sizeof(ret->v6);
}

static int udp_at(int netns, const char *ip, uint16_t port)
{
	union name n;
	socklen_t len = name_of(ip, port, &n);
	int fd, on = 1;

	if (link_enter(netns, NULL) < 0)
		return -1;
	fd = socket(n.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on));
	return bind(fd, &n.any, len) < 0 ? -1 : fd;
}

static bool comes(int fd, const char *from)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	union name n, wanted;
	socklen_t len = sizeof(n);
	char byte;

	name_of(from, 0, &wanted);
	if (poll(&p, 1, 1000) != 1 || recvfrom(fd, &byte, 1, 0, &n.any, &len) != 1)
		return false;
	if (n.any.sa_family == AF_INET)
		return n.v4.sin_addr.s_addr == wanted.v4.sin_addr.s_addr;
	return !memcmp(&n.v6.sin6_addr, &wanted.v6.sin6_addr, 16);
}

static bool goes(int fd, const char *to, uint16_t port)
{
	union name n;
	socklen_t len = name_of(to, port, &n);

	return sendto(fd, "x", 1, 0, &n.any, len) == 1;
}

/* A datagram there and one back, between `ip` in one place and the resolver. */
static int exchange(const struct world *w, int netns, const char *ip, const char *resolver)
{
	int there = udp_at(netns, ip, 4000), here = udp_at(w->resolver, resolver, 4000);

	want(there >= 0 && here >= 0);
	want(goes(there, resolver, 4000));
	want(comes(here, ip));
	want(goes(here, ip, 4000));
	want(comes(there, resolver));
	close(there);
	close(here);
	return 0;
}

static int check_reach(void)
{
	struct world w;
	int r = make_world(&w);

	if (r)
		return r;
	r = exchange(&w, w.internet, "198.18.0.1", LINK_RESOLVER_V4);
	r |= exchange(&w, w.internet, "198.18.255.254", LINK_RESOLVER_V4);
	r |= exchange(&w, w.internet, "fd00:5f:1234::9", LINK_RESOLVER_V6);
	r |= exchange(&w, w.clients, "10.1.2.3", LINK_RESOLVER_V4);
	r |= exchange(&w, w.clients, "203.0.113.200", LINK_RESOLVER_V4);
	r |= exchange(&w, w.clients, "2001:db8::7", LINK_RESOLVER_V6);
	r |= exchange(&w, w.clients, "fd00:77::1", LINK_RESOLVER_V6);
	link_done(&w);
	return r;
}

static void any_authority_and_any_client_reaches_the_resolver(void **state)
{
	(void)state;
	alone(check_reach);
}

static int check_source(void)
{
	struct world w;
	int r = make_world(&w), authority, upstream;

	if (r)
		return r;
	authority = udp_at(w.internet, "198.18.4.4", 53);
	upstream = udp_at(w.resolver, "0.0.0.0", 0);
	want(goes(upstream, "198.18.4.4", 53) && comes(authority, LINK_RESOLVER_V4));
	authority = udp_at(w.internet, "fd00:5f::44", 53);
	upstream = udp_at(w.resolver, "::", 0);
	want(goes(upstream, "fd00:5f::44", 53) && comes(authority, LINK_RESOLVER_V6));
	link_done(&w);
	return 0;
}

static void an_unbound_socket_of_the_resolver_asks_from_its_own_address(void **state)
{
	(void)state;
	alone(check_source);
}

/* Everything that passes the resolver's interfaces from now on. */
static int listen_to_all(const struct world *w)
{
	link_enter(w->resolver, NULL);
	return socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
}

static int frames(int fd)
{
	struct sockaddr_ll from;
	socklen_t len = sizeof(from);
	char frame[2048];
	int n = 0;

	while (recvfrom(fd, frame, sizeof(frame), 0, (struct sockaddr *)&from, &len) >= 0) {
		n++;
		len = sizeof(from);
	}
	return n;
}

static int check_silence(void)
{
	struct world w;
	int r = make_world(&w), all;

	if (r)
		return r;
	all = listen_to_all(&w);
	want(all >= 0);
	rest(1500);
	want(frames(all) == 0);
	want(exchange(&w, w.clients, "10.1.2.3", LINK_RESOLVER_V4) == 0);
	want(exchange(&w, w.internet, "fd00:5f::1", LINK_RESOLVER_V6) == 0);
	want(frames(all) == 4);
	link_done(&w);
	return 0;
}

static void the_cables_carry_nothing_but_what_is_sent(void **state)
{
	(void)state;
	alone(check_silence);
}

/* ---- no way out ---- */

static int run(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static pid_t foreigner(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWNET) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		return -1;
	close(ready[0]);
	return pid;
}

static int check_closed(void)
{
	struct err e = { "" };
	char command[128];
	struct world w;
	pid_t pid;
	int r = make_world(&w);

	if (r)
		return r;
	if (run("ip -V >/dev/null 2>&1") != 0)
		return SKIPPED;
	want(link_check(&w, &e) == 0);
	link_enter(w.clients, NULL);
	want(run("ip link add extra type bridge && ip link set extra up") == 0);
	want(link_check(&w, &e) == -EXDEV && strstr(e.text, "extra") && strstr(e.text, "clients"));
	link_enter(w.clients, NULL);
	want(run("ip link del extra") == 0);
	want(link_check(&w, &e) == 0);

	pid = foreigner();
	want(pid > 0);
	link_enter(w.resolver, NULL);
	snprintf(command, sizeof(command),
		 "ip link add leak type veth peer name out netns /proc/%d/ns/net", (int)pid);
	want(run(command) == 0);
	want(link_check(&w, &e) == -EXDEV && strstr(e.text, "leak") && strstr(e.text, "resolver"));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	link_done(&w);
	return 0;
}

static void a_way_out_of_the_world_is_found(void **state)
{
	(void)state;
	alone(check_closed);
}

/* ---- processes ---- */

/* Runs argv to its end and gives what it wrote. */
static int output(const struct world *w, struct spawn *s, char *text, size_t cap)
{
	struct err e = { "" };
	int ends[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	want(pipe2(ends, O_CLOEXEC) == 0);
	s->out = ends[1];
	pid = link_spawn(w, s, &e);
	close(ends[1]);
	if (pid < 0)
		return say(&e);
	while ((n = read(ends[0], text + len, cap - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(ends[0]);
	want(waitpid(pid, &status, 0) == pid && status == 0);
	return 0;
}

static int check_spawn(void)
{
	const char *const argv[] = {
		"sh", "-c",
		"pwd; echo $GREETING; cat <&5; cat <&7; ls /proc/self/fd | tr '\\n' ' '; nice; "
		"grep -c SigIgn.*0000 /proc/self/status; "
		"read pid name state parent group session rest </proc/self/stat; "
		"test $session = $pid && echo of its own",
		NULL
	};
	const char *const env[] = { "GREETING=hello world", NULL };
	int one[2], two[2], r;
	char text[4096];
	struct world w;

	/* The two swap numbers: 5 here is 7 there. */
	want(pipe(one) == 0 && pipe(two) == 0);
	want(write(one[1], "one\n", 4) == 4 && write(two[1], "two\n", 4) == 4);
	close(one[1]);
	close(two[1]);
	want(dup2(one[0], 107) == 107 && dup2(two[0], 105) == 105);
	want(dup2(105, 5) == 5 && dup2(107, 7) == 7);
	r = make_world(&w);
	if (r)
		return r;
	signal(SIGPIPE, SIG_IGN);

	const int keep[][2] = { { 7, 5 }, { 5, 7 } };
	struct spawn s = { .argv = argv,
			   .folder = "/usr",
			   .env = env,
			   .keep = keep,
			   .keep_count = 2,
			   .netns = -1,
			   .core = 0 };

	want(output(&w, &s, text, sizeof(text)) == 0);
	want(!strcmp(text, "/usr\nhello world\none\ntwo\n0 1 2 3 5 7 0\n1\nof its own\n"));
	link_done(&w);
	return 0;
}

static void a_program_gets_its_folder_environment_and_files_and_nothing_else(void **state)
{
	(void)state;
	alone(check_spawn);
}

static int check_place(void)
{
	const char *const argv[] = { "readlink", "/proc/self/ns/net", NULL };
	struct spawn s = { .argv = argv, .netns = -1, .core = -1 };
	char text[256], wanted[256];
	struct stat st;
	struct world w;
	int r = make_world(&w);

	if (r)
		return r;
	want(output(&w, &s, text, sizeof(text)) == 0);
	want(fstat(w.resolver, &st) == 0);
	snprintf(wanted, sizeof(wanted), "net:[%lu]\n", (unsigned long)st.st_ino);
	want(!strcmp(text, wanted));
	s.netns = w.clients;
	want(output(&w, &s, text, sizeof(text)) == 0);
	want(fstat(w.clients, &st) == 0);
	snprintf(wanted, sizeof(wanted), "net:[%lu]\n", (unsigned long)st.st_ino);
	want(!strcmp(text, wanted));
	link_done(&w);
	return 0;
}

static void a_program_runs_where_it_is_told_to(void **state)
{
	(void)state;
	alone(check_place);
}

static int check_missing(void)
{
	const char *const missing[] = { "/no/such/program", NULL };
	const char *const there[] = { "true", NULL };
	struct spawn s = { .argv = missing, .out = -1, .netns = -1, .core = -1 };
	struct err e = { "" };
	struct world w;
	int r = make_world(&w);

	if (r)
		return r;
	want(link_spawn(&w, &s, &e) == -ENOENT);
	want(!strcmp(e.text, "cannot run '/no/such/program': No such file or directory"));
	s.argv = there;
	s.folder = "/no/such/folder";
	want(link_spawn(&w, &s, &e) == -ENOENT && strstr(e.text, "/no/such/folder"));
	s.folder = NULL;
	s.core = 1000;
	want(link_spawn(&w, &s, &e) == -EINVAL && strstr(e.text, "core 1000"));
	want(waitpid(-1, NULL, WNOHANG) == 0); /* init is all there is */
	link_done(&w);
	want(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	return 0;
}

static void a_program_that_cannot_run_is_told_by_a_sentence(void **state)
{
	(void)state;
	alone(check_missing);
}

/* ---- endings ---- */

/* Visits the processes whose environment carries MARK=value: they and what they started. */
static int marked(const char *value, int signal_to_send)
{
	char path[300], wanted[128], environment[16384];
	DIR *proc = opendir("/proc");
	struct dirent *d;
	int n = 0;

	snprintf(wanted, sizeof(wanted), MARK "=%s", value);
	while ((d = readdir(proc))) {
		size_t len;
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%s/environ", d->d_name);
		f = *d->d_name >= '1' && *d->d_name <= '9' ? fopen(path, "re") : NULL;
		if (!f)
			continue;
		len = fread(environment, 1, sizeof(environment), f);
		fclose(f);
		if (!memmem(environment, len, wanted, strlen(wanted) + 1))
			continue;
		n++;
		if (signal_to_send)
			kill(atoi(d->d_name), signal_to_send);
	}
	closedir(proc);
	return n;
}

static bool all_gone(const char *value)
{
	for (int i = 0; i < 500; i++) {
		if (marked(value, 0) == 0)
			return true;
		rest(10);
	}
	return false;
}

/* What the marked process is when this program is started with --victim: builds a world, runs a
 * program that hides a daemon in it, and waits for its end. */
static int be_victim(bool ends_itself)
{
	const char *const argv[] = { "sh", "-c",
				     "setsid sh -c 'sleep 1000 & sleep 1000' & sleep 1000", NULL };
	struct spawn s = { .argv = argv, .out = -1, .netns = -1, .core = -1 };
	struct err e = { "" };
	struct world w;
	int r = make_world(&w);

	if (r)
		return r;
	for (int i = 0; i < 3; i++)
		if (link_spawn(&w, &s, &e) < 0)
			return say(&e);
	if (write(1, "x", 1) != 1)
		return 1;
	if (ends_itself) {
		rest(100);
		link_done(&w);
		return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : 1;
	}
	for (;;)
		pause();
}

static pid_t start_victim(const char *kind, const char *mark, int *ready)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		setenv(MARK, mark, 1);
		dup2(ends[1], 1);
		close(ends[0]);
		close(ends[1]);
		execl(self, self, kind, NULL);
		_exit(1);
	}
	close(ends[1]);
	*ready = ends[0];
	return pid;
}

static void what_hides_in_a_world_ends_with_link_done(void **state)
{
	char byte, mark[32];
	int ready, status;
	pid_t pid;

	(void)state;
	snprintf(mark, sizeof(mark), "done-%d", (int)getpid());
	pid = start_victim("--victim-ends", mark, &ready);
	assert_true(pid > 0);
	if (read(ready, &byte, 1) == 1) {
		rest(50);
		assert_true(marked(mark, 0) >= 8); /* itself, init, 3 times sh and sleeps */
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		skip();
	assert_int_equal(status, 0);
	assert_true(all_gone(mark));
	close(ready);
}

/* Network namespaces of the marked victim, by what its files and its own place point to. */
static unsigned netns_of(pid_t pid, ino_t found[8])
{
	char path[300], target[64];
	unsigned n = 0;
	struct dirent *d;
	DIR *fds;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	fds = opendir(path);
	while (fds && (d = readdir(fds))) {
		unsigned long inode;
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/%d/fd/%s", (int)pid, d->d_name);
		len = readlink(path, target, sizeof(target) - 1);
		if (len < 0)
			continue;
		target[len] = '\0';
		if (n < 8 && sscanf(target, "net:[%lu]", &inode) == 1)
			found[n++] = inode;
	}
	if (fds)
		closedir(fds);
	return n;
}

/* Whether any process is in one of these namespaces, or holds it by a file. */
static bool namespace_lives(const ino_t *ns, unsigned count)
{
	DIR *proc = opendir("/proc");
	bool lives = false;
	struct dirent *d;

	while (!lives && (d = readdir(proc))) {
		pid_t pid = atoi(d->d_name);
		ino_t held[9];
		struct stat st;
		char path[64];
		unsigned n = 0;

		if (pid <= 0)
			continue;
		n = netns_of(pid, held);
		snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
		if (stat(path, &st) == 0)
			held[n++] = st.st_ino;
		for (unsigned i = 0; i < n; i++)
			for (unsigned k = 0; k < count; k++)
				lives = lives || held[i] == ns[k];
	}
	closedir(proc);
	return lives;
}

static bool dies_out(const ino_t *ns, unsigned count)
{
	for (int i = 0; i < 500; i++) {
		if (!namespace_lives(ns, count))
			return true;
		rest(10);
	}
	return false;
}

static unsigned host_links(void)
{
	struct if_nameindex *list = if_nameindex();
	unsigned n = 0;

	while (list && list[n].if_index)
		n++;
	if_freenameindex(list);
	return n;
}

/* Killed at moments spread from its first instruction to long after the world is complete. */
static void a_killed_program_leaves_no_process_and_no_namespace(void **state)
{
	unsigned links = host_links(), complete = 0;

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		ino_t ns[8] = { 0 };
		int ready, status;
		unsigned count;
		char byte, mark[32];
		pid_t pid;

		snprintf(mark, sizeof(mark), "kill-%d-%u", (int)getpid(), i);
		pid = start_victim("--victim", mark, &ready);
		assert_true(pid > 0);
		if (i % 4 == 3)
			complete += read(ready, &byte, 1) == 1;
		else
			rest(i % 30);
		kill(pid, SIGSTOP);
		count = netns_of(pid, ns);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		close(ready);
		if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
			skip();
		assert_true(WIFSIGNALED(status));
		assert_true(all_gone(mark));
		assert_true(dies_out(ns, count));
	}
	assert_true(complete > 0);
	assert_int_equal(host_links(), links);
}

static int check_unprivileged(void)
{
	if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setresgid(65534, 65534, 65534) < 0 ||
			       setresuid(65534, 65534, 65534) < 0))
		return SKIPPED;
	prctl(PR_SET_DUMPABLE, 1); /* as a program that this user had started would be */
	int r = check_reach();
	return r;
}

static void a_user_without_privilege_gets_the_same_world(void **state)
{
	(void)state;
	alone(check_unprivileged);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_authority_and_any_client_reaches_the_resolver),
		cmocka_unit_test(an_unbound_socket_of_the_resolver_asks_from_its_own_address),
		cmocka_unit_test(the_cables_carry_nothing_but_what_is_sent),
		cmocka_unit_test(a_way_out_of_the_world_is_found),
		cmocka_unit_test(a_program_gets_its_folder_environment_and_files_and_nothing_else),
		cmocka_unit_test(a_program_runs_where_it_is_told_to),
		cmocka_unit_test(a_program_that_cannot_run_is_told_by_a_sentence),
		cmocka_unit_test(what_hides_in_a_world_ends_with_link_done),
		cmocka_unit_test(a_killed_program_leaves_no_process_and_no_namespace),
		cmocka_unit_test(a_user_without_privilege_gets_the_same_world),
	};

	if (argc == 2 && !strcmp(argv[1], "--victim"))
		_exit(be_victim(false));
	if (argc == 2 && !strcmp(argv[1], "--victim-ends"))
		_exit(be_victim(true));
	self = realpath("/proc/self/exe", NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
