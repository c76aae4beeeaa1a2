/* SPDX-License-Identifier: BSD-2-Clause */
/* What resolvers should not have given, or not in silence: counted by sigfault as it goes, and by SQLite
 * from every single query. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

/* The anchor stands from +70 s to +150 s, the fault ends at +120 s. With `leaky` what was fetched under
 * the anchor is given out stale behind it; `mute` does not say that; of `left` nobody takes it away. */
static const char mitigations[] =
	"local function anchored(options, removed)\n"
	"	options.operator = function()\n"
	"		at('+70s', resolver:nta 'de.')\n"
	"		at('+70s', resolver:flush 'de.')\n"
	"		if removed then at(removed, resolver:nta_remove 'de.') end\n"
	"	end\n"
	"	return options\n"
	"end\n"
	"mitigation('anchor', anchored({}, '+150s'))\n"
	"mitigation('gone', anchored({}, '+115s'))\n"
	"mitigation('left', anchored({}))\n"
	"mitigation('leaky', anchored({ like = 'serve-stale-now' }, '+150s'))\n"
	"mitigation('mute', anchored({ like = 'serve-stale-now', settings = {\n"
	"	unbound = 'server:\\n    ede-serve-expired: no\\n' } }, '+150s'))\n";

static char run[128];

static int make_run(void **state)
{
	(void)state;
	snprintf(run, sizeof(run), "%s/run", folder());
	folder_put("leaks.lua", mitigations);
	shell(&sh,
	      SIGFAULT " run minute -r %s -m none,anchor,gone,left,leaky,mute --mitigation-file "
		       "%s/leaks.lua --log-queries --quiet -o %s",
	      RESOLVERS, folder(), run);
	if (sh.status != 0)
		fprintf(stderr, "%d: %s\n", sh.status, sh.out);
	return sh.status;
}

/* A field of compare.csv, as it stands there. */
static const char *field(const char *cell, const char *figure)
{
	static char text[64];

	shell(&sh,
	      "awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == \"%s\") c = i } "
	      "$1 == \"%s\" && c { print \"(\" $c \")\" }' %s/compare.csv",
	      figure, cell, run);
	if (sscanf(sh.out, "(%63[^)])", text) != 1)
		*text = '\0';
	if (*sh.out != '(')
		fail_msg("compare.csv has no '%s' of %s: %s", figure, cell, sh.out);
	return text;
}

static double number(const char *cell, const char *figure)
{
	return strtod(field(cell, figure), NULL);
}

/* Minute 0 is that of the scenario's start. */
#define VIEW                                                                                       \
	"create temp view q as select *, sent / 1e9 - 1778008680 as t, "                           \
	"answered / 1e9 - 1778008680 as u, outcome in ('noerror', 'nxdomain') as good, "           \
	"class in ('signed', 'fresh-signed') as signed from queries;"
#define UNDER "t >= 70 and u < 150 and good and name like '%%.de.' and "

static double by_sql(const char *cell, const char *where)
{
	shell(&sh, "sqlite3 %s/%s/queries.db \"" VIEW " select count(*) from q where %s;\"", run,
	      cell, where);
	if (sh.status != 0)
		fail_msg("%s: %s", where, sh.out);
	return strtod(sh.out, NULL);
}

static void is_by_sql(const char *cell, const char *figure, const char *where)
{
	double mine = number(cell, figure), its = by_sql(cell, where);

	if (!*field(cell, figure) || mine != its)
		fail_msg("%s of %s is '%s', and %g by SQLite", figure, cell, field(cell, figure),
			 its);
}

static const char *const resolvers[] = { "unbound", "bind", "knot", "powerdns" };

static void who_has_no_anchor_and_nothing_stale_leaks_nothing(void **state)
{
	static const char *const figures[] = { "stale_unvalidated", "ad_under_nta",
					       "stale_without_ede", "nta_without_ede" };
	char cell[64];

	(void)state;
	for (size_t i = 0; i < sizeof(resolvers) / sizeof(*resolvers); i++) {
		snprintf(cell, sizeof(cell), "%s-none", resolvers[i]);
		for (size_t k = 0; k < sizeof(figures) / sizeof(*figures); k++)
			assert_string_equal(field(cell, figures[k]), "0");
		assert_string_equal(field(cell, "nta_left"), "");
	}
}

static void answers_under_an_anchor_are_those_that_sqlite_finds(void **state)
{
	static const char *const with[] = { "anchor", "leaky", "mute" };
	char cell[64];

	(void)state;
	for (size_t i = 0; i < sizeof(resolvers) / sizeof(*resolvers); i++) {
		for (size_t k = 0; k < (i < 1 ? 3 : i < 2 ? 2 : 1); k++) {
			snprintf(cell, sizeof(cell), "%s-%s", resolvers[i], with[k]);
			is_by_sql(cell, "ad_under_nta", UNDER "ad");
			is_by_sql(cell, "nta_without_ede",
				  UNDER "signed and not ad and coalesce(ede, -1) <> 33");
		}
		snprintf(cell, sizeof(cell), "%s-anchor", resolvers[i]);
		assert_true(number(cell, "accepted_without_validation") > 20);
	}
	/* None of Debian 12's says it, and Unbound goes on with what it had validated. */
	assert_true(number("bind-anchor", "nta_without_ede") > 100);
	assert_true(number("unbound-leaky", "ad_under_nta") > 0);
}

/* An address has been given with AD or it has not: names that never had AD are the least. */
static void what_an_anchor_let_in_and_is_given_out_stale_was_never_validated(void **state)
{
	static const char *const cells[] = { "unbound-leaky", "bind-leaky", "unbound-mute" };

	(void)state;
	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++) {
		double most = by_sql(cells[i], "t >= 60 and good and age = 'stale' and signed and "
					       "not ad"),
		       least = by_sql(cells[i], "t >= 60 and good and age = 'stale' and signed and "
						"not ad and name not in (select name from q where "
						"ad)"),
		       mine = number(cells[i], "stale_unvalidated");

		if (mine < least || mine > most || mine == 0)
			fail_msg("%s: %g is not between %g and %g", cells[i], mine, least, most);
	}
}

static void who_does_not_say_that_an_answer_is_stale_is_told(void **state)
{
	const char *stale =
		"t >= 60 and good and age = 'stale' and coalesce(ede, -1) not in (3, 19)";

	(void)state;
	is_by_sql("unbound-leaky", "stale_without_ede", stale);
	is_by_sql("bind-leaky", "stale_without_ede", stale);
	is_by_sql("unbound-mute", "stale_without_ede", stale);
	assert_true(number("unbound-leaky", "stale") > 100);
	assert_true(number("unbound-leaky", "stale_without_ede") == 0);
	assert_true(number("unbound-mute", "stale_without_ede") > 100);
}

static void an_anchor_that_is_left_is_told(void **state)
{
	(void)state;
	assert_string_equal(field("unbound-anchor", "nta_left"), "30");
	assert_string_equal(field("unbound-gone", "nta_left"), "0");
	assert_string_equal(field("unbound-left", "nta_left"), "never");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_has_no_anchor_and_nothing_stale_leaks_nothing),
		cmocka_unit_test(answers_under_an_anchor_are_those_that_sqlite_finds),
		cmocka_unit_test(what_an_anchor_let_in_and_is_given_out_stale_was_never_validated),
		cmocka_unit_test(who_does_not_say_that_an_answer_is_stale_is_told),
		cmocka_unit_test(an_anchor_that_is_left_is_told),
	};

	return cmocka_run_group_tests(tests, make_run, NULL);
}
