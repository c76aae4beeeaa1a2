/* SPDX-License-Identifier: BSD-2-Clause */
/* What 'sigfault rollover' reads in the state of a real signer, at hours of its rolls, is what it had published by
 * then; the plan is safe, and a step that is still to come comes when it says. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/need.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

/* An hour of the scenario: the signer lives until then, its state is read, and keys that are published and sign are
 * held against the last version. The delays are the scenario's. */
static const char look[] =
	"set -eu\n"
	"d=$1 s=$2 h=$3\n"
	"build/sigfault sign tests/scenarios/signer.lua -s $s --set to=+${h}h -o $d/$h "
	">/dev/null\n"
	"at=$(date -u -d \"2026-01-01 + $h hours\" +%Y-%m-%dT%H:%M:%SZ)\n"
	"cell=$d/$h/registry-$s\n"
	"case $s in\n"
	"bind) state=\"$cell/work --set signing=7d\" ;;\n"
	"knot) keymgr -D $cell/work/keys de. list -j >$cell/keys.json\n"
	"	state=\"$cell/keys.json --set parent-propagation=0\" ;;\n"
	"esac\n"
	"build/sigfault rollover $state --no-proof --set zone-propagation=1h "
	"--at "
	"$at --json >$d/$h.json 2>$d/said || { cat $d/said; exit 1; }\n"
	"there() {\n"
	"	jq -r --arg at $at \"[.keys[] | select($1) | select(.$2 != null and .$2.from <= "
	"\\$at and "
	"(.$2.until == null or .$2.until > \\$at)) | .tag] | sort | join(\\\"+\\\")\" $d/$h.json\n"
	"}\n"
	"published=$(tail -1 $cell/versions.csv | cut -d, -f8 | tr + '\\n' | cut -d: -f3 | sort -n "
	"| "
	"paste -sd+)\n"
	"signs=$(tail -1 $cell/versions.csv | cut -d, -f9)\n"
	"echo \"$h: safe $(jq .safe $d/$h.json), $(there true published)\" is $published, $(there "
	"'.role == \"ZSK\"' signs) is $signs\n"
	"[ $(jq .safe $d/$h.json) = true ] && [ \"$(there true published)\" = $published ] &&\n"
	"	[ \"$(there '.role == \"ZSK\"' signs)\" = $signs ]\n";

/* Before, within and after the roll of the first ZSK (30 January to 8 February) and of the KSK and a ZSK (1 to 10
 * March); signed for the first time. */
static void state_is_read_as_it_was_published_at_hours_of_a_roll(void **state)
{
	static const int hours[] = { 2, 30, 716, 719, 726, 913, 916, 1436, 1439, 1446, 1466, 1500 };
	const char *d = folder(), *script = folder_program("look", "#!/bin/sh\n%s", look);

	(void)state;
	need_program("named");
	need_program("jq");
	for (size_t i = 0; i < sizeof(hours) / sizeof(*hours); i++) {
		ends_with(0, "%s %s bind %d", script, d, hours[i]);
		assert_says("safe true");
	}
}

/* The same of the other: its ZSK is rolled from 30 January on, the KSK from 1 March on. It sees the DS an hour after it
 * came, when all of the parent's servers have it, and waits for no more. */
static void so_is_what_keymgr_lists(void **state)
{
	static const int hours[] = { 2, 721, 723, 1443, 1446, 1470 };
	const char *d = folder(), *script = folder_program("look", "#!/bin/sh\n%s", look);

	(void)state;
	need_program("knotd");
	need_program("keymgr");
	need_program("jq");
	ends_with(0, "mkdir %s/knot", d);
	for (size_t i = 0; i < sizeof(hours) / sizeof(*hours); i++) {
		ends_with(0, "%s %s/knot knot %d", script, d, hours[i]);
		assert_says("safe true");
	}
}

/* While the old ZSK is still there the state says when it goes; so it does. */
static void a_step_to_come_comes_when_the_state_says(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "cd %s && tag=$(sed -n 2p 726/registry-bind/versions.csv | cut -d, -f9) && "
		  "said=$(jq "
		  "-r \".keys[] | select(.tag == $tag) | .published.until\" 726.json) && echo said "
		  "$said "
		  "&& awk -F, -v tag=\"256:[0-9]+:$tag([+]|$)\" 'NR > 1 && $8 !~ tag { print $2; "
		  "exit }' "
		  "1500/registry-bind/versions.csv && [ $said = $(awk -F, -v "
		  "tag=\"256:[0-9]+:$tag([+]|$)\" 'NR > 1 && $8 !~ tag { print $2; exit }' "
		  "1500/registry-bind/versions.csv) ]",
		  d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(state_is_read_as_it_was_published_at_hours_of_a_roll),
		cmocka_unit_test(a_step_to_come_comes_when_the_state_says),
		cmocka_unit_test(so_is_what_keymgr_lists),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
