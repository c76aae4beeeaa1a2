/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "harness/cli/cmd.h"
#include "harness/cli/fault_page.h"
#include "sim/base/nearest.h"

static enum exit_status no_fault(const char *name, struct err *e)
{
	struct nearest n = nearest_to(name);
	char hint[NEAREST_LEN + 24];
	const struct fault_row *r;

	for (unsigned i = 0; (r = fault_row(i)); i++)
		nearest_try(&n, r->name);
	nearest_hint(&n, hint);
	err_set(e, -ENOENT, "there is no fault '%s'%s%s", name, hint,
		*hint ? "" : "; 'sigfault faults' lists them");
	return EXIT_USAGE;
}

enum exit_status cmd_faults(struct options *o, struct err *e)
{
	const struct fault_row *r;

	if (o->markdown) {
		fault_page_markdown(stdout);
		return EXIT_HELD;
	}
	r = o->args[0] ? fault_find(o->args[0]) : NULL;
	if (o->args[0] && !r)
		return no_fault(o->args[0], e);
	if (o->json)
		return fault_page_json(stdout, r, e) < 0 ? EXIT_INVALID : EXIT_HELD;
	if (r)
		fault_page_print(stdout, r);
	else
		fault_page_list(stdout);
	return EXIT_HELD;
}
