/* SPDX-License-Identifier: BSD-2-Clause */
/* sigfault bisect on a real repository, of a resolver that is made of the installed one and what a
 * commit adds to its configuration. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

/* The fourth commit is not to be built, the sixth serves expired records at once: then `minute` has
 * stale answers. */
static const char make_repository[] =
	"set -e; mkdir %1$s/repo; cd %1$s/repo; git init -q .; "
	"git config user.email maker@example.net; git config user.name Maker; "
	"printf '#!/bin/sh\\ncase \"$*\" in *unbound.conf*) ;; *) exec /usr/sbin/unbound \"$@\" ;; "
	"esac\\n{ cat unbound.conf; echo server:; cat <<E; } > own.conf\\n' > head; "
	"printf 'E\\nexec /usr/sbin/unbound -d -p -c own.conf\\n' > tail; "
	"printf 'all:\\n\\tcat head extra tail > unbound && chmod +x unbound\\n' > Makefile; "
	"echo ' verbosity: 1' > extra; git add -A; git commit -qm first; git tag v1; "
	"echo ' prefetch: no' >> extra; git commit -qam 'prefetch is off'; "
	"echo ' harden-glue: yes' >> extra; git commit -qam 'glue is hardened'; "
	"cp Makefile was; printf 'all:\\n\\tfalse\\n' > Makefile; git commit -qam broken; "
	"mv was Makefile; git commit -qam mended; "
	"printf ' serve-expired: yes\\n serve-expired-client-timeout: 0\\n' >> extra; "
	"git commit -qam 'Serve expired records by default'; git tag changed; "
	"echo a > notes; git add -A; git commit -qm notes; "
	"echo b >> notes; git commit -qam 'more notes'; git tag v2; "
	"echo mine > notes";

#define BISECT                                                                                     \
	"cd %s/repo && TMPDIR=%s " SIGFAULT_HERE " bisect minute %s --bad v2 --build '%s' "        \
	"-r unbound=./unbound"
#define SIGFAULT_HERE "\"$OLDPWD\"/" SIGFAULT

/* The user's own checkout, with what he has changed in it, and nothing else. */
static void assert_nothing_is_left(void)
{
	ends_with(0,
		  "cd %s/repo && git worktree list | wc -l && git status --short && "
		  "git bisect log 2>&1 | head -1; ls -d %s/sigfault-bisect-* 2>/dev/null | wc -l",
		  folder(), folder());
	assert_says("1\n M notes\n");
	assert_does_not_say("git bisect start");
	if (strcmp(sh.out + strlen(sh.out) - 2, "0\n") != 0)
		fail_msg("%s", sh.out);
}

static void the_commit_that_changed_a_figure_is_found(void **state)
{
	char first[64];

	(void)state;
	ends_with(0, "cd %s/repo && git rev-parse changed", folder());
	snprintf(first, sizeof(first), "%.40s", sh.out);
	ends_with(0, BISECT " --good v1 -o %s/kept", folder(), folder(), "stale", "make", folder());
	assert_says(first);
	assert_says("Serve expired records by default (Maker");
	assert_says(" with it, 0 in its parent ");
	assert_nothing_is_left();
	ends_with(0, "ls %s/kept/%.12s/build.log %s/kept/%.12s/run/run.json", folder(), first,
		  folder(), first);
}

static void programs_are_told_each_commit_and_those_that_were_skipped(void **state)
{
	json_t *all, *first;

	(void)state;
	/* Of v1~0..v2 the middle is tried first; a threshold above 0 judges as nearness does. */
	ends_with(0, "(" BISECT " --good v1 --threshold 10 --json 2>%s/log)", folder(), folder(),
		  "stale", "make", folder());
	all = json_loads(sh.out, 0, NULL);
	assert_non_null(all);
	folder_put("document", sh.out);
	ends_with(0, "! python3 -c 'import jsonschema' || tests/support/valid-json %s/document",
		  folder());
	first = json_object_get(all, "first_bad");
	assert_string_equal(json_string_value(json_object_get(first, "subject")),
			    "Serve expired records by default");
	assert_true(json_number_value(json_object_get(first, "value")) > 10);
	assert_true(json_number_value(json_object_get(json_object_get(all, "parent"), "value")) ==
		    0);
	assert_true(json_array_size(json_object_get(all, "tried")) >= 4);
	json_decref(all);
	ends_with(0, "cat %s/log", folder());
	assert_says("skip               the build ended with 2: make");
}

static void where_only_skipped_commits_are_left_it_says_which(void **state)
{
	(void)state;
	ends_with(1, BISECT " --good v1", folder(), folder(), "stale",
		  "git log -1 --format=%s | grep -qE \"^(first|more notes)$\" && make");
	assert_says("The first bad commit is one of ");
	assert_says("since those between could not be measured");
	assert_nothing_is_left();
}

static void ends_that_do_not_differ_are_told(void **state)
{
	(void)state;
	ends_with(1, BISECT " --good changed", folder(), folder(), "stale", "make");
	assert_says("There is nothing to find: stale answers is ");
	/* They do, and lie on one side of what was asked about. */
	ends_with(1, BISECT " --good v1 --threshold 1000000", folder(), folder(), "stale", "make");
	assert_says("at the bad one, on one side of the threshold.");
	assert_nothing_is_left();
}

static void an_end_that_cannot_be_built_is_told_with_the_builds_last_words(void **state)
{
	(void)state;
	ends_with(4, BISECT " --good v1", folder(), folder(), "stale",
		  "echo nothing to build with; exit 3");
	assert_says("the good end, ");
	assert_says("the build ended with 3: nothing to build with");
	assert_nothing_is_left();
}

static void bad_input_is_told_before_anything_is_built(void **state)
{
	static const struct {
		const char *figure, *more, *says;
	} rows[] = {
		{ "stales", "--good v1", "there is no figure 'stales'; did you mean 'stale'?" },
		{ "stale", "", "'bisect' wants --good COMMIT" },
		{ "stale", "--good v7", "'v7' is no commit of the repository '" },
		{ "stale", "--good v2", "'v2' and 'v2' are the same commit" },
		{ "stale", "--good v1 --threshold much", "--threshold: 'much' is no number" },
		{ "stale", "--good v1 -m none,nta", "a commit is judged by one cell" },
		{ "stale", "--good v1 -C /", "'/' is in no git repository" },
		{ "stale", "--good v1 -o .", "/.' is there already" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ends_with(2, BISECT " %s", folder(), folder(), rows[i].figure,
			  "touch $TMPDIR/built", rows[i].more);
		assert_says(rows[i].says);
	}
	ends_with(2,
		  "cd %s/repo && " SIGFAULT_HERE " bisect minute stale --good v1 --bad v2 "
		  "--build make -r unbound",
		  folder());
	assert_says("no commit changes it: name the program, as in -r unbound=./PROGRAM");
	ends_with(1, "test -e %s/built", folder());
	assert_nothing_is_left();
}

/* What has fallen asleep in a build has ended, but for what nobody has waited for yet. */
static void assert_nobody_sleeps(void)
{
	ends_with(0, "test -s %s/asleep", folder());
	ends_with(
		1,
		"for i in $(seq 100); do ps -o stat= -p $(paste -s -d , %s/asleep) | grep -qv Z || "
		"exit 1; sleep 0.05; done",
		folder());
}

/* Who clears up then is another process, which takes a moment. */
static void a_kill_leaves_nothing_behind(void **state)
{
	(void)state;
	ends_with(128 + 9,
		  BISECT " --good v1 & p=$!; for i in $(seq 200); do pgrep -fx 'sleep 98[6]' "
			 ">%s/asleep && break; sleep 0.05; done; kill -KILL $p; wait $p",
		  folder(), folder(), "stale", "sleep 986; make", folder());
	assert_nobody_sleeps();
	ends_with(0,
		  "for i in $(seq 200); do ls -d %s/sigfault-bisect-* || exit 0; sleep 0.05; done",
		  folder());
	assert_nothing_is_left();
}

static void an_interrupt_leaves_nothing_behind(void **state)
{
	(void)state;
	ends_with(130,
		  BISECT " --good v1 & p=$!; for i in $(seq 200); do pgrep -fx 'sleep 98[7]' "
			 ">%s/asleep && break; sleep 0.05; done; kill -TERM $p; wait $p",
		  folder(), folder(), "stale", "sleep 987; make", folder());
	assert_nobody_sleeps();
	assert_nothing_is_left();
}

static int before(void **state)
{
	(void)state;
	shell(&sh, "command -v git && command -v unbound && command -v make");
	if (sh.status != 0)
		return must_work() ? -1 : 1;
	shell(&sh, make_repository, folder());
	if (sh.status != 0)
		print_message("%s\n", sh.out);
	return sh.status;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_commit_that_changed_a_figure_is_found),
		cmocka_unit_test(programs_are_told_each_commit_and_those_that_were_skipped),
		cmocka_unit_test(where_only_skipped_commits_are_left_it_says_which),
		cmocka_unit_test(ends_that_do_not_differ_are_told),
		cmocka_unit_test(an_end_that_cannot_be_built_is_told_with_the_builds_last_words),
		cmocka_unit_test(bad_input_is_told_before_anything_is_built),
		cmocka_unit_test(an_interrupt_leaves_nothing_behind),
		cmocka_unit_test(a_kill_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, before, folder_remove);
}
