/* SPDX-License-Identifier: BSD-2-Clause */
/* What others build on agrees with itself: one version everywhere, and what git bisect is told. */

#include <stdio.h>
#include <string.h>

#include "harness/text/version.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

static struct shell said;

static void assert_prints(const char *command, const char *text)
{
	shell(&said, "%s", command);
	if (said.status != 0 || strcmp(said.out, text) != 0)
		fail_msg("%s: status %d, not '%s' but: %s", command, said.status, text, said.out);
}

static void the_version_is_the_same_wherever_it_stands(void **state)
{
	(void)state;
	assert_prints("sed -n '1s/^sigfault (\\(.*\\)) .*/\\1/p' debian/changelog",
		      SIGFAULT_VERSION "\n");
	assert_prints("sed -n 's/^version: \"\\(.*\\)\"$/\\1/p' CITATION.cff",
		      SIGFAULT_VERSION "\n");
	assert_prints("sed -n 's/^## \\[\\([0-9.]*\\)\\] - .*/\\1/p' CHANGELOG.md | head -1",
		      SIGFAULT_VERSION "\n");
}

static void its_day_is_the_same_in_the_changelog_and_the_citation(void **state)
{
	(void)state;
	shell(&said, "sed -n 's/^## \\[[0-9.]*\\] - //p' CHANGELOG.md | head -1");
	assert_int_equal(said.status, 0);
	assert_int_equal(strlen(said.out), strlen("2026-11-26\n"));
	shell(&said,
	      "grep -q \"^date-released: .$(sed -n 's/^## \\[[0-9.]*\\] - //p' CHANGELOG.md | "
	      "head -1).$\" CITATION.cff");
	assert_int_equal(said.status, 0);
}

/* A history of a program that ends with what stands in `state`, oldest first, as `git bisect run`
 * goes through it. */
static void bisect(const char *name, const char *statuses)
{
	shell(&said,
	      "recipe=$PWD/docs/ci/bisect && mkdir %s/%s && cd %s/%s && git init -q . && "
	      "git config user.email x@example.org && git config user.name x && "
	      "printf '#!/bin/sh\\nexit $(cat state)\\n' >fake && chmod 755 fake && n=0 && "
	      "for s in %s; do n=$((n + 1)); echo $s >state; echo $n >n; git add -A; "
	      "git commit -q -m \"$n\"; done && "
	      "git bisect start HEAD $(git rev-list --max-parents=0 HEAD) >/dev/null 2>&1 && "
	      "{ BUILD=true SIGFAULT=./fake git bisect run $recipe run minute 2>&1; "
	      "git log -1 --format='first bad: %%s' refs/bisect/bad; }",
	      folder(), name, folder(), name, statuses);
}

static void bisecting_finds_the_commit_whose_run_got_worse(void **state)
{
	(void)state;
	bisect("plain", "0 0 0 0 1 1 1");
	if (!strstr(said.out, "first bad: 5\n"))
		fail_msg("%s", said.out);
}

static void bisecting_skips_what_says_nothing_of_the_resolver(void **state)
{
	(void)state;
	bisect("skips", "0 0 3 4 1 1");
	if (!strstr(said.out, "skip"))
		fail_msg("%s", said.out);
	assert_null(strstr(said.out, "3 is the first bad"));
	assert_non_null(strstr(said.out, "first bad: 5\n"));
}

static void a_wrong_command_line_ends_the_bisection(void **state)
{
	(void)state;
	bisect("wrong", "0 2 2 2 1");
	assert_non_null(strstr(said.out, "first bad: 5\n"));
	assert_null(strstr(said.out, "is the first bad commit"));
}

/* tools/action, of a program that writes `compare` and ends with `status`. Prints its outputs. */
static void act(const char *figure, const char *baseline, const char *compare, int status)
{
	shell(&said,
	      "action=$PWD/tools/action; rm -rf %s/act && mkdir -p %s/act/base && cd %s/act && "
	      "touch base/run.json && cat >sigfault <<'END'\n"
	      "#!/bin/sh\n"
	      "[ $1 = run ] || { printf '\"name\": \"servfail\",\\n\"name\": \"peak\",\\n'; exit; "
	      "}\n"
	      "echo \"$*\" >line; mkdir report; echo told >report/summary.md\n"
	      "printf '%s' >report/compare.csv\n"
	      "exit %d\n"
	      "END\n"
	      "chmod 755 sigfault; touch outputs summary; PATH=$PWD:$PATH SCENARIO=minute "
	      "RESOLVER=unbound MITIGATIONS=none BASELINE='%s' ARGUMENTS='--seed 3' FIGURE=%s "
	      "OUTPUT=report GITHUB_OUTPUT=outputs GITHUB_STEP_SUMMARY=summary $action 2>&1; "
	      "echo \"ended $?\"; for f in line outputs summary; do [ ! -e $f ] || cat $f; done",
	      folder(), folder(), folder(), compare, status, baseline, figure);
}

#define COMPARE "cell,valid,servfail,peak\\na,yes,7,0.5\\nb,yes,12,never\\nc,no,,\\n"

static void the_action_tells_the_worst_and_ends_as_the_program_does(void **state)
{
	(void)state;
	act("servfail", "base", COMPARE, 1);
	assert_string_equal(said.out,
			    "ended 1\n"
			    "run minute -r unbound -m none -o report --baseline base --seed 3\n"
			    "status=1\nreport=report\nworst-figure=servfail\n"
			    "worst-value=12\nworst-cell=b\ntold\n");
	act("peak", "none-yet", COMPARE, 0);
	assert_string_equal(said.out, "ended 0\nrun minute -r unbound -m none -o report --seed 3\n"
				      "status=0\nreport=report\nworst-figure=peak\n"
				      "worst-value=never\nworst-cell=b\ntold\n");
}

static void a_figure_that_is_not_there_ends_the_action_before_a_run(void **state)
{
	(void)state;
	act("sevfail", "", COMPARE, 0);
	assert_string_equal(said.out,
			    "figure: there is no figure 'sevfail'; 'sigfault figures' has "
			    "their names\nended 2\n");
}

/* Each key below `with:` of a step that uses the action, and each output that is read of one. */
static void workflows_give_the_action_what_it_takes(void **state)
{
	(void)state;
	assert_prints("for f in docs/ci/github.yml .github/workflows/ci.yml; do "
		      "awk '/^ *- name:/ { ours = with = 0 } /uses: \\.\\// { ours = 1; n++ } "
		      "/^        with:/ { with = ours; next } !/^          / { with = 0 } "
		      "with { sub(\":\", \"\", $1); print $1 } END { if (!n) print \"none\" }' $f; "
		      "done | sort -u | while read -r key; do "
		      "sed -n '/^inputs:/,/^outputs:/p' action.yml | grep -q \"^  $key:\" || "
		      "echo \"input $key\"; done; "
		      "grep -ho 'steps\\.\\(outage\\|first\\|again\\|worse\\)\\.outputs\\.[a-z-]*' "
		      "docs/ci/github.yml .github/workflows/ci.yml | sed 's/.*\\.//' | sort -u | "
		      "while read -r key; do sed -n '/^outputs:/,/^runs:/p' action.yml | "
		      "grep -q \"^  $key:\" || echo \"output $key\"; done",
		      "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_version_is_the_same_wherever_it_stands),
		cmocka_unit_test(its_day_is_the_same_in_the_changelog_and_the_citation),
		cmocka_unit_test(bisecting_finds_the_commit_whose_run_got_worse),
		cmocka_unit_test(bisecting_skips_what_says_nothing_of_the_resolver),
		cmocka_unit_test(a_wrong_command_line_ends_the_bisection),
		cmocka_unit_test(the_action_tells_the_worst_and_ends_as_the_program_does),
		cmocka_unit_test(a_figure_that_is_not_there_ends_the_action_before_a_run),
		cmocka_unit_test(workflows_give_the_action_what_it_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
