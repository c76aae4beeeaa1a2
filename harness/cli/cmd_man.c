/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "harness/cli/cmd.h"
#include "harness/cli/man.h"

enum exit_status cmd_man(struct options *o, struct err *e)
{
	const struct man_page *page = man_find(o->args[0] ? o->args[0] : "sigfault");

	if (!page) {
		err_set(e, -ENOENT,
			"there is no page '%s': sigfault, sigfault-scenario and "
			"sigfault-driver are there",
			o->args[0]);
		return EXIT_USAGE;
	}
	return page->print(page, stdout, e) < 0 ? EXIT_ENVIRONMENT : EXIT_HELD;
}
