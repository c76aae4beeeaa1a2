/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of commands and options, and what is made of them: errors, help, man pages and
 * completion. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/command.h"
#include "harness/cli/complete.h"
#include "harness/cli/help.h"
#include "harness/cli/man.h"
#include "harness/text/paragraph.h"
#include "harness/text/terminal.h"
#include "harness/text/utf8.h"
#include "sim/base/cleanup.h"
#include "tests/support/test.h"

static char out[200000];
static struct options o;
static struct err e;

/* A stream into `out`. */
static FILE *begin(void)
{
	FILE *f;

	memset(out, 0, sizeof(out));
	f = fmemopen(out, sizeof(out) - 1, "w");
	assert_non_null(f);
	return f;
}

static int parse(const char *line)
{
	static char copy[1024], *argv[64];
	int argc = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *at = copy, *word; (word = strsep(&at, " "));)
		argv[argc++] = word;
	argv[argc] = NULL;
	e.text[0] = '\0';
	return options_parse(&o, command_find(argv[0]), argc, argv, &e);
}

static void refused(const char *line, const char *sentence)
{
	assert_true(parse(line) < 0);
	if (!strstr(e.text, sentence))
		fail_msg("%s: not '%s' but '%s'", line, sentence, e.text);
}

static void every_row_of_the_tables_is_told_to_people(void **state)
{
	const struct command *c;
	uint64_t taken = OPTION_BIT(OPTION_HELP);

	(void)state;
	for (unsigned i = 0; (c = command_at(i)); i++) {
		assert_true(c->main && *c->name && *c->line && *c->text);
		assert_true(c->least <= c->most);
		assert_int_equal(c->most > 0, *c->arguments != '\0');
		assert_ptr_equal(command_find(c->name), c);
		taken |= c->options;
	}
	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		const struct option_row *row = &option_rows[id];

		assert_true(row->name || row->letter);
		assert_true(row->take && row->about && strlen(row->about) > 8);
		assert_true(taken & OPTION_BIT(id));
	}
}

/* Of two rows with one spelling a command takes one. */
static void no_command_has_two_options_of_one_spelling(void **state)
{
	const struct command *c;

	(void)state;
	for (unsigned i = 0; (c = command_at(i)); i++)
		for (unsigned a = 0; a < OPTION_COUNT; a++)
			for (unsigned b = 0; b < a; b++) {
				char x[64], y[64];

				if (command_takes(c, a) && command_takes(c, b))
					assert_string_not_equal(
						option_spelling(&option_rows[a], x),
						option_spelling(&option_rows[b], y));
			}
}

static void values_come_where_they_belong(void **state)
{
	(void)state;
	assert_int_equal(parse("run minute -r bind --seed 7 --jobs 3 --bin 10s --set a=1 --set b=2 "
			       "--pcap --charge-cpu=2.5"),
			 0);
	assert_string_equal(o.args[0], "minute");
	assert_int_equal(o.arg_count, 1);
	assert_string_equal(o.run.resolvers, "bind");
	assert_string_equal(o.run.mitigations, "none");
	assert_int_equal(o.run.scenario_options.seed, 7);
	assert_int_equal(o.run.jobs, 3);
	assert_int_equal(o.run.scenario_options.bin, 10 * SECOND);
	assert_int_equal(o.run.scenario_options.set_count, 2);
	assert_string_equal(o.run.scenario_options.sets[1], "b=2");
	assert_true(o.run.pcap && !o.run.quiet);
	assert_true(o.run.scenario_options.charge == 2.5);
	assert_int_equal(parse("run minute --charge-cpu"), 0);
	assert_true(o.run.scenario_options.charge == 1);
}

static void lists_go_on_and_what_can_be_one_only_is_refused_twice(void **state)
{
	(void)state;
	assert_int_equal(parse("run minute -m serve-stale -m nta,none -r bind -r unbound"), 0);
	assert_string_equal(o.run.mitigations, "serve-stale,nta,none");
	assert_string_equal(o.run.resolvers, "bind,unbound");
	assert_int_equal(parse("run minute --quiet --quiet"), 0);
	refused("run minute --seed 1 --seed 2", "'--seed' is given twice");
	refused("run minute -o a -o b", "'-o' is given twice");
	refused("run minute --bin 1s --bin 2s", "'--bin' is given twice");
	refused("run minute --charge-cpu --charge-cpu=2", "'--charge-cpu' is given twice");
	refused("zone minute de. --at 19:31 --at 19:32", "'--at' is given twice");
	refused("run minute --set rate=1 --set rate=2", "--set: 'rate' is given twice");
}

static void numbers_are_digits_to_the_base_of_ten(void **state)
{
	static const char *const bad[] = {
		"-1", "+1", "0x10", "1e3", "abc", "1.0", "18446744073709551616"
	};
	char *argv[] = { "run", "--seed", " -1", NULL };
	char line[64];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(line, sizeof(line), "run minute --seed %s", bad[i]);
		refused(line, "--seed: '");
		snprintf(line, sizeof(line), "run minute --jobs %s", bad[i]);
		refused(line, "--jobs: '");
	}
	assert_true(options_parse(&o, command_find("run"), 3, argv, &e) < 0);
	assert_string_equal(e.text, "--seed: ' -1' is not a whole number");
	assert_int_equal(parse("run minute --seed 010"), 0);
	assert_int_equal(o.run.scenario_options.seed, 10);
	assert_int_equal(parse("run minute --seed 9223372036854775807"), 0);
	refused("run minute --seed 9223372036854775808", "is more than 9223372036854775807");
	refused("run minute --charge-cpu=0x1", "'0x1' is not a factor");
	refused("run minute --clock x0x10", "is no clock");
	refused("run minute --clock x1e3", "is no clock");
	refused("run minute --jobs 0", "not from 1 to 256");
	refused("run minute --cell 1000000", "not from 1 to");
}

static void an_option_of_another_command_is_refused_by_name(void **state)
{
	(void)state;
	refused("plan minute --pcap", "'--pcap' is not for 'plan' but for 'run'");
	refused("plan minute --baseline x", "'--baseline' is not for 'plan' but for 'run'");
	refused("zone minute de. --json", "'--json' is not for 'zone'");
	refused("version --cell 3", "'--cell' is not for 'version' but for 'run'");
	refused("scenarios --at nonsense", "'--at' is not for 'scenarios' but for 'zone', 'serve'");
	refused("faults -r bind", "'-r' is not for 'faults' but for 'run', 'shell', 'rollover'");
	refused("plan --jobs=3 minute", "'--jobs' is not for 'plan'");
}

static void a_mistyped_option_says_what_was_meant(void **state)
{
	(void)state;
	refused("run minute --log-querys", "'--log-querys'; did you mean '--log-queries'?");
	refused("run minute --sede 1", "did you mean '--seed'?");
	refused("run minute --frobnicate", "there is no option '--frobnicate'; see");
	refused("run minute -x", "there is no option '-x'");
	refused("run minute --seed", "'--seed' wants a value: N");
	refused("run minute -o", "'-o' wants a value: DIR");
	refused("run minute --quiet=yes", "'--quiet' takes no value");
}

static void what_serve_runs_keeps_its_options(void **state)
{
	(void)state;
	assert_int_equal(parse("serve --at +1s minute dig -x 1.2.3.4 --help"), 0);
	assert_int_equal(o.arg_count, 5);
	assert_string_equal(o.args[2], "-x");
	assert_false(o.help);
}

static void an_argument_too_few_or_too_many_is_named(void **state)
{
	static const struct {
		char *argv[5];
		const char *says;
	} bad[] = {
		{ { "sigfault", "run" }, "'run' wants SCENARIO" },
		{ { "sigfault", "run", "minute", "extra" }, "'extra' is one argument too many" },
		{ { "sigfault", "zone", "minute" }, "'zone' wants SCENARIO ZONE" },
		{ { "sigfault", "version", "7" }, "'7' is one argument too many" },
		{ { "sigfault", "rnu" }, "there is no command 'rnu'; did you mean 'run'?" },
		{ { "sigfault", "--frob" }, "'--frob' stands where the command does" },
		{ { "sigfault", "help", "scenaros" }, "did you mean 'scenarios'?" },
		{ { "sigfault", "faults", "rrsig-exp" }, "there is no fault 'rrsig-exp'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char *argv[6] = { NULL };
		int argc = 0;

		for (; argc < 5 && bad[i].argv[argc]; argc++)
			argv[argc] = bad[i].argv[argc];
		e.text[0] = '\0';
		assert_int_equal(command_line(argc, argv, &e), EXIT_USAGE);
		if (!strstr(e.text, bad[i].says))
			fail_msg("not '%s' but '%s'", bad[i].says, e.text);
	}
}

/* No line of `text` is wider, but for those of its examples. */
static void assert_width(const char *text, unsigned width)
{
	static char copy[sizeof(out)];
	char *at = copy, *line;

	snprintf(copy, sizeof(copy), "%s", text);
	while ((line = strsep(&at, "\n")) && strcmp(line, "examples:") != 0)
		if (utf8_width(line) > width)
			fail_msg("wider than %u: %s", width, line);
}

static void help_says_every_option_and_keeps_to_the_width(void **state)
{
	static const char *const widths[] = { "60", "80", "100" };
	const struct command *c;

	(void)state;
	for (size_t w = 0; w < sizeof(widths) / sizeof(*widths); w++) {
		_cleanup_(fclosep) FILE *f = begin();

		setenv("COLUMNS", widths[w], 1);
		help_overview(f);
		fflush(f);
		assert_width(out, (unsigned)atoi(widths[w]));
		for (unsigned i = 0; (c = command_at(i)); i++)
			assert_int_equal(strstr(out, c->line) != NULL || atoi(widths[w]) < 80,
					 !c->hidden || atoi(widths[w]) < 80);
	}
	for (unsigned i = 0; (c = command_at(i)); i++) {
		_cleanup_(fclosep) FILE *f = begin();
		char spelling[64];

		setenv("COLUMNS", "80", 1);
		help_of_command(c, f);
		fflush(f);
		assert_width(out, 80);
		for (unsigned id = 0; id < OPTION_COUNT; id++)
			if (command_takes(c, id))
				assert_non_null(
					strstr(out, option_spelling(&option_rows[id], spelling)));
	}
	unsetenv("COLUMNS");
}

static void columns_says_how_wide_lines_are(void **state)
{
	_cleanup_(fclosep) FILE *f = begin();

	(void)state;
	setenv("COLUMNS", "64", 1);
	assert_int_equal(terminal_width(f), 64);
	setenv("COLUMNS", "20", 1);
	assert_int_equal(terminal_width(f), 40);
	setenv("COLUMNS", "400", 1);
	assert_int_equal(terminal_width(f), 120);
	setenv("COLUMNS", "wide", 1);
	assert_int_equal(terminal_width(f), 80);
	unsetenv("COLUMNS");
	assert_int_equal(terminal_width(f), 80);
	assert_false(terminal_has_colours(f));
}

static void a_label_as_wide_as_its_column_keeps_a_space_behind_it(void **state)
{
	FILE *f = begin();
	struct paragraph p = paragraph_begin(f, 0, "12345", 5);

	(void)state;
	paragraph_say(&p, "%s", "word");
	paragraph_end(&p);
	p = paragraph_begin(f, 0, "ü…", 3);
	paragraph_say(&p, "%s", "word");
	paragraph_end(&p);
	fclose(f);
	assert_string_equal(out, "12345 word\nü… word\n");
}

static void the_man_page_has_every_command_and_option(void **state)
{
	const struct man_page *page = man_find("sigfault.1");
	const struct command *c;
	FILE *f = begin();

	(void)state;
	assert_int_equal(page->print(page, f, &e), 0);
	fclose(f);
	assert_int_equal(strncmp(out, ".TH SIGFAULT 1 ", 15), 0);
	for (unsigned i = 0; (c = command_at(i)); i++) {
		char heading[64];

		snprintf(heading, sizeof(heading), ".SS sigfault %s ", c->name);
		assert_int_equal(strstr(out, heading) != NULL, !c->hidden);
	}
	for (unsigned id = 0; id < OPTION_HELP; id++) {
		char tag[96];

		snprintf(tag, sizeof(tag), "\n\\fB\\-%c", option_rows[id].letter);
		if (option_rows[id].name) {
			size_t n = (size_t)sprintf(tag, "\n\\fB\\-\\-");

			for (const char *p = option_rows[id].name; *p; p++)
				n += (size_t)sprintf(tag + n, *p == '-' ? "\\%c" : "%c", *p);
		}
		if (!strstr(out, tag))
			fail_msg("no %s", tag + 1);
	}
	assert_null(man_find("sigfault.2"));
	assert_null(man_find("ls"));
	assert_ptr_equal(man_find("sigfault-driver"), man_at(2));
}

static const char *complete(const char *line)
{
	static char copy[256];
	const char *words[32];
	unsigned n = 0;
	FILE *f = begin();

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *at = copy, *word; (word = strsep(&at, " "));)
		words[n++] = word;
	complete_words(words, n, f);
	fclose(f);
	return out;
}

static void completes(const char *line, const char *candidate)
{
	char start[128];

	snprintf(start, sizeof(start), "%s\t", candidate);
	complete(line);
	if (strncmp(out, start, strlen(start)) != 0) {
		snprintf(start, sizeof(start), "\n%s\t", candidate);
		if (!strstr(out, start))
			fail_msg("'%s' is not completed to '%s': %s", line, candidate, out);
	}
}

static void completion_knows_commands_options_and_what_their_values_are(void **state)
{
	(void)state;
	completes("", "rollover");
	completes("re", "report");
	completes("--v", "--version");
	completes("run ", "minute");
	completes("run de-2", "de-2026");
	completes("run minute --l", "--list-cells");
	completes("run minute -r un", "unbound");
	completes("run minute -r unbound,kn", "unbound,knot");
	completes("run minute -m none,nt", "none,nta");
	completes("run minute --set ", "rate=");
	completes("run minute --set rate=", "rate=20");
	completes("run --set ra minute --set ra", "rate=");
	completes("run minute --clock=v", "--clock=virtual");
	completes("run minute --clock r", "real");
	completes("zone minute d", "de.");
	completes("faults keyt", "keytrap");
	completes("rollover ksk-d", "ksk-double-ds");
	completes("help pl", "plan");
	assert_string_equal(complete("report "), ":folders\n");
	assert_string_equal(complete("run minute --mitigation-file "), ":files\n");
	assert_string_equal(complete("run minute extra"), "");
	assert_string_equal(complete("serve minute dig -"), ":files\n");
	assert_string_equal(complete("run no-such-scenario --set "), ":nospace\n");
	assert_string_equal(complete("nothing "), "");
	assert_null(strstr(complete("plan minute -"), "--pcap"));
	assert_null(strstr(complete("run minute --seed 3 --se"), "--seed"));
	assert_null(strstr(complete(""), "complete"));
}

/* Whatever stands in a table can be completed. */
static void completion_offers_every_command_and_each_of_its_options(void **state)
{
	const struct command *c;
	char line[64], spelling[64];

	(void)state;
	for (unsigned i = 0; (c = command_at(i)); i++) {
		if (!c->hidden)
			completes("", c->name);
		snprintf(line, sizeof(line), "%s -", c->name);
		for (unsigned id = 0; id < OPTION_COUNT; id++)
			if (command_takes(c, id))
				completes(line, option_spelling(&option_rows[id], spelling));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_the_tables_is_told_to_people),
		cmocka_unit_test(no_command_has_two_options_of_one_spelling),
		cmocka_unit_test(values_come_where_they_belong),
		cmocka_unit_test(lists_go_on_and_what_can_be_one_only_is_refused_twice),
		cmocka_unit_test(numbers_are_digits_to_the_base_of_ten),
		cmocka_unit_test(an_option_of_another_command_is_refused_by_name),
		cmocka_unit_test(a_mistyped_option_says_what_was_meant),
		cmocka_unit_test(what_serve_runs_keeps_its_options),
		cmocka_unit_test(an_argument_too_few_or_too_many_is_named),
		cmocka_unit_test(help_says_every_option_and_keeps_to_the_width),
		cmocka_unit_test(columns_says_how_wide_lines_are),
		cmocka_unit_test(a_label_as_wide_as_its_column_keeps_a_space_behind_it),
		cmocka_unit_test(the_man_page_has_every_command_and_option),
		cmocka_unit_test(completion_knows_commands_options_and_what_their_values_are),
		cmocka_unit_test(completion_offers_every_command_and_each_of_its_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
