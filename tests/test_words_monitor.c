/* SPDX-License-Identifier: BSD-2-Clause */
/* What `monitor` means, and how wrong ones are refused. */
#include "sim/language/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/written.h"

#define HEAD                                                                                       \
	"scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+1h' }\n"                        \
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"                                 \
	"local z = zone('a.', { parent = root, servers = { '198.18.1.1' } })\n"

static void a_monitor_is_called_as_its_program_and_any_other_status_than_0_is_an_alarm(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "monitor { every = '1m', command = { '/bin/check', '-x', '' } }\n");
	const struct monitor_plan *m = &s->monitors[0];

	(void)state;
	assert_int_equal(s->monitor_count, 1);
	assert_string_equal(m->name, "check");
	assert_int_equal(m->every, MINUTE);
	assert_int_equal(m->timeout, 30 * SECOND);
	assert_int_equal(m->argc, 3);
	assert_string_equal(m->argv[1], "-x");
	assert_string_equal(m->argv[2], "");
	assert_null(m->argv[3]);
	assert_int_equal(m->status_count + m->word_count, 0);
	assert_string_equal(m->mitigation, "");
}

static void what_is_an_alarm_may_be_statuses_and_texts(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s =
		written(HEAD "monitor { every = '1m', command = { 'a' }, alarm = 0 }\n"
			     "monitor { every = '1m', command = { 'b' }, alarm = 'BOGUS' }\n"
			     "monitor { every = '1m', command = { 'c' }, "
			     "alarm = { 2, 'X', 255, 'Y' } }\n"
			     "mitigation('m', function() monitor { every = '5s', name = 'd', "
			     "command = { 'a' }, timeout = '2s' } end)\n");

	(void)state;
	assert_int_equal(s->monitors[0].status_count, 1);
	assert_int_equal(s->monitors[0].statuses[0], 0);
	assert_string_equal(s->monitors[1].words[0], "BOGUS");
	assert_int_equal(s->monitors[2].status_count, 2);
	assert_int_equal(s->monitors[2].statuses[1], 255);
	assert_int_equal(s->monitors[2].word_count, 2);
	assert_string_equal(s->monitors[2].words[1], "Y");
	assert_string_equal(s->monitors[3].mitigation, "m");
	assert_int_equal(s->monitors[3].timeout, 2 * SECOND);
}

/* As its author sees it, from wherever sigfault is started. */
static void a_program_with_a_slash_stands_beside_the_script(void **state)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	_cleanup_(freep) char *real = NULL;

	(void)state;
	folder_program("check.sh", "#!/bin/sh\n");
	s = written(HEAD "monitor { every = '1m', command = { './check.sh' } }\n");
	real = realpath(folder_path("check.sh"), NULL);
	assert_string_equal(s->monitors[0].argv[0], real);
	assert_string_equal(s->monitors[0].name, "check.sh");
}

static void refused(const char *monitor, const char *part)
{
	char text[2048];

	snprintf(text, sizeof(text), HEAD "monitor { %s }\n", monitor);
	refuses(text, 4, part);
}

static void a_monitor_that_is_told_wrong_is_refused(void **state)
{
	(void)state;
	refused("command = { 'a' }", "monitor: needs 'every'");
	refused("every = '1m'", "monitor: needs 'command'");
	refused("every = '1m', comand = { 'a' }", "unknown key 'comand' in monitor");
	refused("every = '500ms', command = { 'a' }", "every is whole seconds, at least one");
	refused("every = '1m', command = {}", "command is a list of 1 to 256 texts");
	refused("every = '1m', command = { 'a', 7 }", "are texts, not a number");
	refused("every = '1m', command = { '' }", "its program has no name");
	refused("every = '1m', command = { 'a' }, alarm = 256", "an exit status from 0 to 255");
	refused("every = '1m', command = { 'a' }, alarm = -1", "an exit status from 0 to 255");
	refused("every = '1m', command = { 'a' }, alarm = {}", "alarm: the list is empty");
	refused("every = '1m', command = { 'a' }, alarm = ''", "a text, or a list of them");
	refused("every = '1m', command = { 'a' }, timeout = '1h'", "from a second to ten minutes");
	refuses(HEAD "monitor { every = '1m', command = { 'a' } }\n"
		     "monitor { every = '1m', command = { '/usr/bin/a' } }\n",
		5, "there is a monitor 'a' already: give this one a 'name'");
	refuses(HEAD "monitor { every = '1m', command = { 'a' } }\ncase('one', { zone = z })\n", 5,
		"a scenario with cases has no 'monitor'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_monitor_is_called_as_its_program_and_any_other_status_than_0_is_an_alarm),
		cmocka_unit_test(what_is_an_alarm_may_be_statuses_and_texts),
		cmocka_unit_test(a_program_with_a_slash_stands_beside_the_script),
		cmocka_unit_test(a_monitor_that_is_told_wrong_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, folder_remove);
}
