/* SPDX-License-Identifier: BSD-2-Clause */
/* Versions side by side: from runs, from the document that is kept, and as FINDINGS.md has it. */
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/report/league_text.h"
#include "harness/results/league.h"
#include "harness/results/recorded.h"
#include "sim/base/cleanup.h"
#include "tests/support/folder.h"
#include "tests/support/recorded.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

/* A run in a folder of its own: an hour, then ten minutes of a fault in which `servfail` of a hundred
 * questions a minute fail, of questions with CD none. */
static const char *put_run(const char *name, const char *scenario, const char *resolver,
			   const char *version, int servfail, bool valid)
{
	static char dirs[8][256];
	static unsigned n;
	char text[1 << 14] = CURVE_HEAD, path[300];
	size_t len = strlen(text);

	assert_int_equal(mkdir(folder_path("%s", name), 0777), 0);
	assert_int_equal(mkdir(folder_path("%s/cell", name), 0777), 0);
	for (int i = 0; i < 80; i++) {
		int failed = i >= 60 && i < 70 ? servfail : 0;

		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%d,x,all,100,0,%d,0,%d,0,0,%d,0,0,0,0,9,9,9,9\n"
					"%d,x,cd,10,0,10,0,0,0,0,10,0,0,0,0,9,9,9,9\n",
					i * 60, 100 - failed, failed, 100 - failed, i * 60);
	}
	snprintf(path, sizeof(path), "%s/cell/curve.csv", name);
	folder_put(path, text);
	snprintf(text, sizeof(text),
		 "{ \"scenario\": \"%s\", \"title\": \"t\", \"clock\": \"virtual\", \"seed\": 1, "
		 "\"from\": \"2026-05-05T13:30:00Z\", \"to\": \"2026-05-05T14:50:00Z\", "
		 "\"windows\": [{ \"from\": \"2026-05-05T14:30:00Z\", "
		 "\"until\": \"2026-05-05T14:40:00Z\", \"kind\": \"sig-by-unpublished-key\", "
		 "\"text\": \"t\", \"zone\": \"de.\" }], \"cells\": [{ \"folder\": \"cell\", "
		 "\"resolver\": \"%s\", \"kind\": \"thing\", \"version\": \"%s\", "
		 "\"mitigation\": \"none\", \"valid\": %s, \"why\": \"it died\", \"queries\": 1 }] "
		 "}",
		 scenario, resolver, version, valid ? "true" : "false");
	snprintf(path, sizeof(path), "%s/run.json", name);
	folder_put(path, text);
	n = (n + 1) % 8;
	snprintf(dirs[n], sizeof(dirs[n]), "%s", folder_path("%s", name));
	return dirs[n];
}

static json_t *load(const char *const *dirs, unsigned count)
{
	struct err e = { .text = "" };
	json_t *league = NULL;

	if (league_load(dirs, count, &league, &e) < 0)
		fail_msg("%s", e.text);
	return league;
}

static const json_t *values_of(const json_t *league, unsigned table, const char *figure)
{
	json_t *f;
	size_t i;

	json_array_foreach(
		recorded_list(json_array_get(recorded_list(league, "tables"), table), "figures"), i,
		f)
	{
		if (strcmp(recorded_text(f, "name"), figure) == 0)
			return json_object_get(f, "values");
	}
	return NULL;
}

static void versions_of_several_runs_are_columns_of_one_table(void **state)
{
	const char *dirs[] = { put_run("a", "night", "thing", "1.0", 50, true),
			       put_run("b", "night", "thing@2.0", "2.0", 20, true),
			       put_run("c", "dark", "thing@2.0", "2.0", 10, true) };
	json_t *league = load(dirs, 3);
	const json_t *versions = recorded_list(league, "versions");

	(void)state;
	assert_int_equal(json_array_size(versions), 2);
	assert_string_equal(recorded_text(json_array_get(versions, 0), "name"), "thing 1.0");
	assert_string_equal(recorded_text(json_array_get(versions, 1), "name"), "thing 2.0");
	assert_int_equal(json_array_size(recorded_list(league, "tables")), 2);
	assert_true(json_number_value(json_array_get(values_of(league, 0, "servfail_share"), 0)) ==
		    0.25);
	assert_true(json_number_value(json_array_get(values_of(league, 0, "servfail_share"), 1)) ==
		    0.1);
	assert_true(json_number_value(
			    json_array_get(values_of(league, 0, "cd_servfail_share"), 1)) == 0);
	/* One version was not run in the dark, and what nobody measured has no row. */
	assert_true(json_is_null(json_array_get(values_of(league, 1, "servfail_share"), 0)));
	assert_null(values_of(league, 1, "zone_upstream"));
	assert_false(league_has_invalid(league));
	json_decref(league);
}

static void a_league_that_was_kept_is_read_like_its_runs(void **state)
{
	const char *dirs[] = { put_run("a", "night", "thing", "1.0", 50, true) }, *file;
	_cleanup_(json_decrefp) json_t *league = load(dirs, 1);
	_cleanup_(json_decrefp) json_t *again = NULL;
	struct err e = { .text = "" };
	char out[256];

	(void)state;
	snprintf(out, sizeof(out), "%s", folder_path("out"));
	if (league_write(league, out, &e) < 0)
		fail_msg("%s", e.text);
	file = folder_path("out/league.json");
	again = load(&file, 1);
	assert_true(json_equal(league, again));
	file = folder_put("other.json",
			  "{ \"schema\": \"run-1\", \"versions\": [], \"tables\": [] }");
	assert_int_equal(league_load(&file, 1, &again, &e), -EINVAL);
	assert_non_null(strstr(e.text, "other.json' is no league"));
}

static void a_run_that_is_not_valid_is_told_and_has_no_value(void **state)
{
	const char *dirs[] = { put_run("a", "night", "thing", "1.0", 50, true),
			       put_run("b", "night", "thing@2.0", "2.0", 20, false) };
	_cleanup_(json_decrefp) json_t *league = load(dirs, 2);
	_cleanup_(freep) char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_true(league_has_invalid(league));
	assert_true(json_is_null(json_array_get(values_of(league, 0, "servfail_share"), 1)));
	league_print(league, out);
	fclose(out);
	assert_non_null(strstr(text, "thing@2.0 is not valid: it died"));
}

static void two_runs_of_one_version_are_refused(void **state)
{
	const char *dirs[] = { put_run("a", "night", "thing", "1.0", 50, true),
			       put_run("b", "night", "thing", "1.0", 20, true) };
	struct err e = { .text = "" };
	json_t *league;

	(void)state;
	assert_int_equal(league_load(dirs, 2, &league, &e), -EINVAL);
	assert_string_equal(e.text, "'thing' has two runs of 'night' with 'none': a league has one "
				    "of each");
}

static void values_are_told_as_figures_are(void **state)
{
	static const struct {
		const char *figure, *value, *text;
	} rows[] = {
		{ "servfail_share", "0.25", "25.0 %" },
		{ "user_minutes", "26200", "26,200" },
		{ "after_repair", "\"never\"", "never" },
		{ "after_repair", "0", "at once" },
		{ "after_repair", "\"already\"", "under 1 % before it" },
		{ "after_repair", "null", "–" },
		{ "no_code", "12", "12" },
	};
	char text[LEAGUE_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		json_t *v = json_loads(rows[i].value, JSON_DECODE_ANY, NULL);

		assert_string_equal(league_value_text(rows[i].figure, v, text), rows[i].text);
		json_decref(v);
	}
}

/* ---- the one that the repository keeps ---- */

/* Every number of a text from a thousand on, like 26,200, is one of the tables'. Returns how many. */
static unsigned assert_has_numbers(const char *tables, const char *text)
{
	unsigned count = 0;
	regmatch_t at;
	regex_t number;

	assert_int_equal(regcomp(&number, "[0-9]{1,3}(,[0-9]{3})+", REG_EXTENDED), 0);
	for (; regexec(&number, text, 1, &at, 0) == 0; text += at.rm_eo, count++) {
		char cell[64];

		snprintf(cell, sizeof(cell), "| %.*s |", (int)(at.rm_eo - at.rm_so),
			 text + at.rm_so);
		if (!strstr(tables, cell))
			fail_msg("'%s' is in no table of the league", cell);
	}
	regfree(&number);
	return count;
}

/* `make FINDINGS.md` writes the tables; what is said above them is of them. */
static void findings_have_the_league_that_is_kept(void **state)
{
	const char *file = "docs/league.json";
	_cleanup_(json_decrefp) json_t *league = load(&file, 1);
	_cleanup_(freep) char *text = NULL;
	char *page = file_text("FINDINGS.md");
	struct err e = { .text = "" };
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_true(json_array_size(recorded_list(league, "versions")) >= 10);
	assert_false(league_has_invalid(league));
	assert_int_equal(league_print_markdown(league, out, &e), 0);
	fclose(out);
	if (!strstr(page, text))
		fail_msg("FINDINGS.md and docs/league.json do not agree: 'make FINDINGS.md' writes "
			 "the "
			 "tables anew");
	*strstr(page, "\n<!-- league -->") = '\0';
	assert_true(assert_has_numbers(text, strstr(page, "\n## Version by version\n")) >= 3);
}

/* Which version the README speaks of first, and that its figure is of the league. */
static void the_readmes_answer_names_its_version_and_is_of_the_league(void **state)
{
	const char *file = "docs/league.json";
	_cleanup_(json_decrefp) json_t *league = load(&file, 1);
	char *page = file_text("README.md");
	char *answer = strstr(page, "\n**Unbound 1.17.1 "), said[256], text[LEAGUE_TEXT];
	char *tables = file_text("FINDINGS.md");
	unsigned found = 0;
	json_t *one;
	size_t i;

	(void)state;
	assert_non_null(answer);
	answer[1 + strcspn(answer + 1, "\n")] = '\0';
	json_array_foreach(recorded_list(league, "versions"), i, one)
	{
		if (strcmp(recorded_text(one, "name"), "unbound 1.17.1") != 0)
			continue;
		league_value_text("user_minutes",
				  json_array_get(values_of(league, 0, "user_minutes"), i), text);
		snprintf(said, sizeof(said), "%s user-minutes", text);
		assert_non_null(strstr(answer, said));
		found++;
	}
	assert_int_equal(found, 1);
	assert_has_numbers(tables, answer);
}

int main(void)
{
#define in_a_folder(test) cmocka_unit_test_teardown(test, folder_remove)
	const struct CMUnitTest tests[] = {
		in_a_folder(versions_of_several_runs_are_columns_of_one_table),
		in_a_folder(a_league_that_was_kept_is_read_like_its_runs),
		in_a_folder(a_run_that_is_not_valid_is_told_and_has_no_value),
		in_a_folder(two_runs_of_one_version_are_refused),
		cmocka_unit_test(values_are_told_as_figures_are),
		cmocka_unit_test(findings_have_the_league_that_is_kept),
		cmocka_unit_test(the_readmes_answer_names_its_version_and_is_of_the_league),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
