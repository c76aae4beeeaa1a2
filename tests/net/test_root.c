/* SPDX-License-Identifier: BSD-2-Clause */
/* A resolver in a root folder of its own: with its own libc, or laid over the machine's files. What a
 * folder lacks costs its own cells alone, and is told with what to do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define LIST_FILES "find own over -printf '%%p %%T@ %%M\\n' | sort"

/* own: a system of a few files, the machine's own program with its loader and its libraries; over: what
 * a build leaves in DESTDIR; lacks: libraries were forgotten; musl: another libc's loader; old: a libc
 * that says it is. */
static int prepare(void **state)
{
	(void)state;
	shell(&sh,
	      "cd %s && mkdir -p own/lib/x86_64-linux-gnu own/lib64 own/etc empty "
	      "over/usr/local/sbin && "
	      "ln -s ../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 own/lib64/ && "
	      "for p in /usr/sbin/unbound /usr/sbin/unbound-control; do cp --parents $p own; "
	      "cp $p over/usr/local/sbin; ldd $p | grep -o '/[^ ]*'; done | grep -v '^/lib64/' | "
	      "sort -u | xargs -I F cp -L F own/lib/x86_64-linux-gnu/ && "
	      "cp -L /lib64/ld-linux-x86-64.so.2 own/lib/x86_64-linux-gnu/ && "
	      "cp -a own lacks && rm lacks/lib/x86_64-linux-gnu/libssl.so.* && "
	      "cp -a own musl && touch musl/lib/ld-musl-x86_64.so.1 && sed -i "
	      "'s,/lib64/ld-linux-x86-64.so.2,/lib/ld-musl-x86_64.so.1\\x00\\x00\\x00,' "
	      "musl/usr/sbin/unbound && cp -a own old && "
	      "sed -i 's/stable release version 2\\.../stable release version 2.28/' "
	      "old/lib/x86_64-linux-gnu/libc.so.6 && " LIST_FILES " >before",
	      folder());
	return sh.status;
}

#define CELLS                                                                                      \
	"unbound,unbound@./own,unbound@./over,unbound@./lacks,unbound@./musl,unbound@./"           \
	"old,unbound@./empty"

static void assert_why(const char *cell, const char *part)
{
	shell(&sh,
	      "jq -r '.cells[] | select(.folder == \"%s\") | \"\\(.valid) \\(.why)\"' "
	      "%s/run/run.json",
	      cell, folder());
	if (strncmp(sh.out, "false ", 6) != 0 || !strstr(sh.out, part))
		fail_msg("%s is not told with '%s' but: %s", cell, part, sh.out);
}

static void assert_same(const char *cell)
{
	static const char *const files[] = { "curve.csv", "events.csv", "upstream.csv", "ede.csv" };

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		ends_with(0, "cmp %s/run/unbound-nta-flush/%s %s/run/%s/%s", folder(), files[i],
			  folder(), cell, files[i]);
}

/* The mitigation has control commands, which run in there as well. */
static void a_root_folder_has_the_same_run_and_a_bad_one_costs_its_own_cells(void **state)
{
	(void)state;
	need_program("unbound");
	ends_with(4, "cd %s && $OLDPWD/" SIGFAULT " run minute -m nta-flush -r " CELLS " -o run",
		  folder());
	assert_says("with its own libc, glibc 2.");
	assert_says("is laid over this machine's files");
	assert_same("unbound@own-nta-flush");
	assert_same("unbound@over-nta-flush");
	assert_why("unbound@lacks-nta-flush",
		   "lacks what its '/usr/sbin/unbound' is linked with: its loader says "
		   "'/usr/sbin/unbound: error while loading shared libraries: libssl.so");
	assert_why("unbound@musl-nta-flush", "built with musl");
	assert_why("unbound@old-nta-flush", "has glibc 2.28");
	assert_why("unbound@empty-nta-flush", "there is no program 'unbound'");
}

static void the_record_says_which_root_it_was_and_whose_libc(void **state)
{
	(void)state;
	ends_with(0,
		  "jq -r '.cells[:3][] | .program, (.root | if . then (.folder | split(\"/\") | "
		  "last), .over, (.libc | test(\"^2\\\\.[0-9]+$\")) else \"none\" end)' "
		  "%s/run/run.json",
		  folder());
	assert_string_equal(sh.out, "/usr/sbin/unbound\nnone\n/usr/sbin/unbound\nown\nfalse\ntrue\n"
				    "/usr/local/sbin/unbound\nover\ntrue\ntrue\n");
	ends_with(0, "grep -o '<dt>root folder</dt><dd>[^<]*' %s/run/report.html | sed 's/.*[/]//'",
		  folder());
	assert_says("own: glibc 2.");
	assert_says("over: glibc 2.");
}

/* rndc and named refuse each other when their dates differ, and each finds the clock library where its own root has
 * it: whoever started first says nothing of that. */
static void of_several_resolvers_each_root_has_its_commands_on_the_clocks_date(void **state)
{
	(void)state;
	need_program("named");
	ends_with(0,
		  "cd %s && mkdir bind && cp -a own/lib own/lib64 own/etc bind && "
		  "for p in /usr/sbin/named /usr/sbin/rndc /bin/sh /bin/cat; do "
		  "cp -L --parents $p bind; ldd $p | grep -o '/[^ ]*'; done | grep -v '^/lib64/' | "
		  "sort -u | xargs -I F cp -L F bind/lib/x86_64-linux-gnu/",
		  folder());
	ends_with(0,
		  SIGFAULT " run tests/scenarios/chain.lua -r host=bind@%s/bind -m nta-everywhere "
			   "--quiet -o %s/chain",
		  folder(), folder());
	ends_with(0, "jq -r '.cells[] | .valid, .counters_failed' %s/chain/run.json", folder());
	assert_string_equal(sh.out, "true\nnull\n");
}

static void nothing_is_written_into_a_root_folder(void **state)
{
	(void)state;
	ends_with(0, "cd %s && " LIST_FILES " | diff before -", folder());
}

static void who_has_no_such_folder_is_told_at_once(void **state)
{
	(void)state;
	ends_with(2, SIGFAULT " run minute -r unbound@%s/nowhere --list-cells", folder());
	assert_says("no such folder");
	ends_with(2, SIGFAULT " run minute -r unbound@/ --list-cells");
	assert_says("this machine's own root");
	ends_with(2,
		  "cd %s && SIGFAULT_RESOLVERS=$PWD $OLDPWD/" SIGFAULT
		  " run minute -r unbound@own --list-cells",
		  folder());
	assert_says("the folder here is named unbound@./own");
}

/* The version question is a program of the folder's: here one that looks about. */
static void assert_sees(const char *arguments, const char *seen)
{
	ends_with(0,
		  "cd %s && cat >look.lua <<'END'\n"
		  "return { name = 'look', program = 'look', package = 'x', configuration = 'f',\n"
		  "version = { arguments = { '-m', %s }, pattern = '(.*)\\n' },\n"
		  "files = function(s) return { f = '' } end, start = function(s) return { "
		  "s.program } "
		  "end,\nmitigations = { none = { about = 'x' } } }\n"
		  "END\n"
		  "$OLDPWD/" SIGFAULT " run minute -r ./look.lua@./seen --quiet --list-cells",
		  folder(), arguments);
	assert_says(seen);
}

static void a_program_in_it_sees_the_folder_and_what_each_world_has(void **state)
{
	(void)state;
	ends_with(
		0,
		"cd %s && cp -a own seen && cp -L /bin/ls seen/usr/sbin/look && mkdir seen/home && "
		"touch seen/home/x seen/run && ldd /bin/ls | grep -o '/[^ ]*' | grep -v '^/lib64/' "
		"| "
		"xargs -I F cp -L --parents F seen",
		folder());
	assert_sees("'/'", "\tdev, etc, home, lib, lib64, proc, run, sys, tmp, usr\t");
	assert_sees("'/home', '/run', '/tmp'", "\t/home:\nx\n\n/run:\nsigfault\n\n/tmp:\t");
	assert_sees("'/dev'", "\tfd, full, null, random, shm, stderr, stdin, stdout, urandom, ");
}

#define STORE "cd %s && SIGFAULT_RESOLVERS=$PWD/store PATH=$PWD/bin:$PATH $OLDPWD/" SIGFAULT " "

static void a_folder_gets_a_name_and_loses_it_again(void **state)
{
	(void)state;
	ends_with(0, STORE "resolvers add unbound ./own", folder());
	ends_with(0, STORE "resolvers add unbound@mine ./own", folder());
	ends_with(2, STORE "resolvers add unbound@mine ./over", folder());
	assert_says("resolvers remove unbound@mine");
	ends_with(2, STORE "resolvers add unbound@bad ./empty", folder());
	assert_says("there is no program 'unbound'");
	ends_with(0, STORE "resolvers --json | jq -r '.resolvers[] | select(.root) | .found'",
		  folder());
	assert_string_equal(sh.out, "true\ntrue\n");
	ends_with(0, STORE "run minute --list-cells --quiet -r unbound@1,unbound@mine | wc -l",
		  folder());
	assert_string_equal(sh.out, "2\n");
	ends_with(0, STORE "resolvers remove unbound@mine && ls store own", folder());
	assert_does_not_say("unbound@mine");
	assert_says("lib64");
}

/* One in debootstrap's place, that says how it was called. */
static void a_release_that_is_not_fetched_whole_leaves_nothing(void **state)
{
	(void)state;
	ends_with(0,
		  "cd %s && rm -rf store && mkdir bin && "
		  "printf '#!/bin/sh\necho \"$2 $3 $5\"\nmkdir $4 && touch $4/half && exit 1' "
		  ">bin/debootstrap && chmod +x bin/debootstrap",
		  folder());
	ends_with(4, STORE "resolvers add unbound --debian trixie --mirror http://x/debian",
		  folder());
	assert_says("--include=unbound trixie http://x/debian");
	assert_says("nothing was kept");
	ends_with(0, "ls -A %s/store", folder());
	assert_string_equal(sh.out, "");
	ends_with(0, "cd %s && printf '#!/bin/sh\ncp -a own/. \"$4\"' >bin/debootstrap", folder());
	/* What was killed before is cleared away; what another one fetches is locked by it. */
	ends_with(
		0,
		"here=$PWD && cd %s && mkdir -p store/.fetched-1/usr store/.fetched-2/usr && exec "
		"9<store/.fetched-2 && flock 9 && SIGFAULT_RESOLVERS=$PWD/store "
		"PATH=$PWD/bin:$PATH $here/" SIGFAULT
		" resolvers add unbound --debian trixie && ls -A "
		"store && rm -r store/.fetched-2",
		folder());
	assert_says(".fetched-2");
	assert_does_not_say(".fetched-1");
	ends_with(0,
		  "cd %s/store && ls -A | sed 's/@[0-9].*/@/' && ls */usr/sbin/unbound | sed "
		  "'s/.*@[^/]*//'",
		  folder());
	assert_string_equal(sh.out, "unbound@\n/usr/sbin/unbound\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_root_folder_has_the_same_run_and_a_bad_one_costs_its_own_cells),
		cmocka_unit_test(the_record_says_which_root_it_was_and_whose_libc),
		cmocka_unit_test(
			of_several_resolvers_each_root_has_its_commands_on_the_clocks_date),
		cmocka_unit_test(nothing_is_written_into_a_root_folder),
		cmocka_unit_test(who_has_no_such_folder_is_told_at_once),
		cmocka_unit_test(a_program_in_it_sees_the_folder_and_what_each_world_has),
		cmocka_unit_test(a_folder_gets_a_name_and_loses_it_again),
		cmocka_unit_test(a_release_that_is_not_fetched_whole_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, prepare, folder_remove);
}
