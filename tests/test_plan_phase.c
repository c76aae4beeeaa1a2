/* SPDX-License-Identifier: BSD-2-Clause */
/* A plan tells where what a cache holds from the start runs out just as a fault begins or ends. */
#include "harness/cli/plan_phase.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/shipped.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"

/* What the plan of a script says, in one line. */
static char *told_of(const char *path)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	char *ret = NULL;
	size_t len = 0;
	struct err e = { .text = "" };
	FILE *out = open_memstream(&ret, &len);

	if (scenario_load(path, NULL, &s, &e))
		fail_msg("%s", e.text);
	plan_phase_print(s, out);
	fclose(out);
	for (char *c = ret; *c; c++)
		if (*c == '\n')
			*c = ' ';
	return ret;
}

/* Of a zone with this TTL of its proofs, dark from `from` to `to`. */
static char *told(int ttl, const char *from, const char *to)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+10m' }\n"
		 "local root = zone('.', { servers = { '198.18.0.1' } })\n"
		 "local de = zone('de.', { parent = root, servers = { '198.18.1.1' }, nsec3 = {},\n"
		 "ttl = { nsec3 = %d } })\n"
		 "at('%s', de:fault('authority-dark', { to = '%s' }))\n",
		 ttl, from, to);
	return told_of(folder_put("x.lua", text));
}

static void says(int ttl, const char *from, const char *to, const char *sentence)
{
	char *text = told(ttl, from, to);

	if (sentence ? !strstr(text, sentence) : text[0])
		fail_msg("'%s'", text);
	free(text);
}

static void a_fault_in_step_is_told_with_its_line(void **state)
{
	char place[300];

	(void)state;
	snprintf(place, sizeof(place), "%s:5:", "x.lua");
	says(20, "+60s", "+131s", place);
	says(20, "+60s", "+131s", "fault 1 begins");
	says(20, "+61s", "+120s", "fault 1 ends");
}

static void one_out_of_step_is_not(void **state)
{
	(void)state;
	says(23, "+60s", "+120s", NULL);
	says(20, "+61s", "+131s", NULL);
	says(5, "+60s", "+121s", NULL); /* the twelfth turn is not in step any more */
}

static void look_at_shipped(const char *name, void *arg)
{
	char path[PATH_MAX], *text;
	unsigned *count = arg;

	assert_int_equal(shipped_script(SHIPPED_SCENARIOS, name, path, NULL), 0);
	text = told_of(path);
	if (text[0])
		fail_msg("%s: %s", name, text);
	free(text);
	(*count)++;
}

static void no_shipped_scenario_is_in_step_with_its_start(void **state)
{
	unsigned count = 0;

	(void)state;
	assert_int_equal(shipped_each(SHIPPED_SCENARIOS, look_at_shipped, &count), 0);
	assert_true(count > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fault_in_step_is_told_with_its_line),
		cmocka_unit_test(one_out_of_step_is_not),
		cmocka_unit_test(no_shipped_scenario_is_in_step_with_its_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
