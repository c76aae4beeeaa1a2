/* SPDX-License-Identifier: BSD-2-Clause */
/* The shipped Unbound driver against the real program, in a world whose authorities refuse
 * everything. */
#include "harness/subject/resolver.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "sim/world/link.h"
#include "sim/wire/sockets.h"
#include "sim/world/spawn.h"

#include "tests/support/alone.h"
#include "tests/support/ends.h"

/* www.example. A IN, RD set. */
static const uint8_t query[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\7example\0\0\1\0\1";

struct stage {
	char folder[256];
	struct driver *driver;
	struct subject subject;
	struct world world;
	struct sockets *sockets;
	int log;
};

/* Deeper than the 107 bytes that the path of a unix socket may have. */
static int make_folder(struct stage *s)
{
	char part[64];

	strcpy(s->folder, "/tmp/sigfault-test-XXXXXX");
	want(mkdtemp(s->folder) != NULL);
	memset(part, 'd', sizeof(part) - 1);
	part[0] = '/';
	part[sizeof(part) - 1] = '\0';
	for (int i = 0; i < 3; i++) {
		strcat(s->folder, part);
		want(mkdir(s->folder, 0755) == 0);
	}
	return 0;
}

static int start(struct stage *s, const char *mitigation)
{
	const char *const *argv;
	struct err e = { .text = "" };
	struct spawn spawn;
	int r;

	s->subject = (struct subject){ .folder = s->folder,
				       .mitigation = mitigation,
				       .address4 = LINK_RESOLVER_V4,
				       .address6 = LINK_RESOLVER_V6,
				       .root_hints = ". 3600 NS a.root.example.\n"
						     "a.root.example. 3600 A 198.18.0.1\n"
						     "a.root.example. 3600 AAAA fd00:5f::1\n",
				       .root_key = "",
				       .root_ds = "" };
	if (driver_load("unbound", &s->driver, &e) < 0) {
		say(&e);
		return ends_lacking();
	}
	if (make_folder(s))
		return 1;
	r = make_world(&s->world);
	if (r)
		return r;
	if (sockets_new(&s->world, NULL, true, &s->sockets, &e) < 0 ||
	    resolver_configure(s->driver, &s->subject, s->folder, &argv, &e) < 0)
		return say(&e);
	s->log = open(strcat(strcpy((char[512]){ 0 }, s->folder), "/log"),
		      O_CREAT | O_RDWR | O_CLOEXEC, 0644);
	spawn = (struct spawn){
		.argv = argv, .folder = s->folder, .out = s->log, .netns = -1, .core = -1
	};
	return spawn_start(&s->world, &spawn, &e) < 0 ? say(&e) : 0;
}

static int finish(struct stage *s)
{
	char command[400];
	int r;

	/* Before the end of the world: after it nothing can be started. */
	snprintf(command, sizeof(command), "rm -rf %.25s", s->folder);
	r = system(command);
	sockets_free(s->sockets);
	world_done(&s->world);
	driver_free(s->driver);
	close(s->log);
	return r != 0;
}

/* Authorities refuse what they are asked; true when a client has got something. */
static bool serve(struct stage *s, struct packet *ret, unsigned *upstream)
{
	while (sockets_wait(s->sockets, 20 * MSEC) == 1 && sockets_take(s->sockets, ret)) {
		struct packet answer = *ret;
		uint8_t data[512];

		if (ret->side == SIDE_CLIENT)
			return true;
		(*upstream)++;
		memcpy(data, ret->data, ret->len);
		data[2] = 0x80;
		data[3] = 5;
		answer.from = ret->to;
		answer.to = ret->from;
		answer.data = data;
		sockets_send(s->sockets, &answer, NULL);
	}
	return false;
}

/* Asks again until there is an answer: the program needs a moment to start. */
static int ask(struct stage *s, const char *client, const char *resolver, bool tcp)
{
	struct packet p, got;
	unsigned upstream = 0;

	for (int i = 0; i < 250; i++) {
		p = (struct packet){ .side = SIDE_CLIENT,
				     .tcp = tcp,
				     .from = end_at(client, (uint16_t)(10000 + i)),
				     .to = end_at(resolver, 53),
				     .data = query,
				     .len = sizeof(query) - 1 };
		if (i % 10 == 0)
			want(sockets_send(s->sockets, &p, NULL) == 0);
		if (serve(s, &got, &upstream)) {
			want(got.tcp == tcp && got.len >= 12);
			want(got.data[0] == 0x12 && got.data[1] == 0x34 && (got.data[3] & 15) == 2);
			return 0;
		}
	}
	fprintf(stderr, "no answer; authorities were asked %u times\n", upstream);
	return 1;
}

/* Runs a command of the driver to its end and puts what it said into `text`. */
static int command(struct stage *s, const char *const *argv, char *text, size_t size)
{
	struct spawn spawn = { .argv = argv, .folder = s->folder, .netns = -1, .core = -1 };

	return output(&s->world, &spawn, text, size);
}

static int operate(struct stage *s, enum operation op, const char *zone)
{
	const char *const *const *commands;
	struct err e = { .text = "" };
	char text[4096];

	if (resolver_operation(s->driver, &s->subject, op, zone, &commands, &e) < 0)
		return say(&e);
	for (int i = 0; commands[i]; i++)
		if (command(s, commands[i], text, sizeof(text)))
			return 1;
	return 0;
}

static int list_insecure(struct stage *s, char *text, size_t size)
{
	const char *const argv[] = { "unbound-control", "-c", "unbound.conf", "list_insecure",
				     NULL };

	return command(s, argv, text, size);
}

struct seen {
	double queries, request_list;
	unsigned count;
};

static void note(const char *name, double value, void *arg)
{
	struct seen *seen = arg;

	seen->count++;
	if (!strcmp(name, "total.num.queries"))
		seen->queries = value;
	if (!strcmp(name, "request-list"))
		seen->request_list = value;
}

static int check_mitigation(const char *mitigation)
{
	struct seen seen = { .request_list = -1 };
	static char text[65536];
	struct err e = { .text = "" };
	struct stage s = { .log = -1 };
	int r = start(&s, mitigation);

	if (r)
		return r;
	want(ask(&s, "10.0.0.1", LINK_RESOLVER_V4, false) == 0);
	want(ask(&s, "10.0.0.2", LINK_RESOLVER_V4, true) == 0);
	want(ask(&s, "2001:db8::1", LINK_RESOLVER_V6, false) == 0);

	want(operate(&s, OPERATION_NTA, "de.") == 0);
	want(list_insecure(&s, text, sizeof(text)) == 0 && strstr(text, "de.\n"));
	want(operate(&s, OPERATION_NTA_REMOVE, "de.") == 0);
	want(list_insecure(&s, text, sizeof(text)) == 0 && !strstr(text, "de.\n"));
	want(operate(&s, OPERATION_FLUSH, "de.") == 0);
	want(operate(&s, OPERATION_FLUSH_ALL, "") == 0);
	want(operate(&s, OPERATION_VALIDATION_OFF, "") == 0);
	want(operate(&s, OPERATION_VALIDATION_ON, "") == 0);

	want(command(&s, resolver_ask(s.driver, &s.subject, ASKED_COUNTERS), text, sizeof(text)) ==
	     0);
	want(resolver_read_counters(s.driver, text, note, &seen, &e) == 0);
	want(seen.queries >= 3 && seen.request_list >= 0 && seen.count > 50);

	want(operate(&s, OPERATION_RELOAD, "") == 0);
	want(ask(&s, "10.0.0.3", LINK_RESOLVER_V4, false) == 0);
	return finish(&s);
}

static int check_plain(void)
{
	return check_mitigation("none");
}

static int check_stale(void)
{
	return check_mitigation("serve-stale");
}

static int check_unprivileged(void)
{
	return become_user(65534) ? SKIPPED : check_mitigation("none");
}

static void unbound_answers_and_obeys(void **state)
{
	(void)state;
	alone(check_plain);
}

static void unbound_answers_and_obeys_when_it_serves_stale(void **state)
{
	(void)state;
	alone(check_stale);
}

static void unbound_answers_and_obeys_without_privilege(void **state)
{
	(void)state;
	alone(check_unprivileged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unbound_answers_and_obeys),
		cmocka_unit_test(unbound_answers_and_obeys_when_it_serves_stale),
		cmocka_unit_test(unbound_answers_and_obeys_without_privilege),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
