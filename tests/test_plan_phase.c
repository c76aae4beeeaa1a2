/* SPDX-License-Identifier: BSD-2-Clause */
/* A plan tells where what a cache holds from the start runs out just as a fault begins or ends. */
#include "harness/cli/plan_phase.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"

/* What the plan says of a zone with this TTL of its proofs, dark from `from` for `length`. */
static char *told(int ttl, const char *from, const char *length)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	char text[512], *ret = NULL;
	size_t len = 0;
	struct err e = { .text = "" };
	FILE *out = open_memstream(&ret, &len);

	snprintf(text, sizeof(text),
		 "scenario { name = 'x', from = '2026-05-05T12:00Z', to = '+10m' }\n"
		 "local root = zone('.', { servers = { '198.18.0.1' } })\n"
		 "local de = zone('de.', { parent = root, servers = { '198.18.1.1' }, nsec3 = {},\n"
		 "ttl = { nsec3 = %d } })\n"
		 "at('%s', de:fault('authority-dark', { to = '%s' }))\n",
		 ttl, from, length);
	if (scenario_load(folder_put("x.lua", text), NULL, &s, &e))
		fail_msg("%s", e.text);
	plan_phase_print(s, out);
	fclose(out);
	for (char *c = ret; *c; c++)
		if (*c == '\n')
			*c = ' ';
	return ret;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fault_in_step_is_told_with_its_line),
		cmocka_unit_test(one_out_of_step_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
