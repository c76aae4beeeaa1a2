/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/cmd.h"
#include "harness/cli/figure_page.h"
#include "harness/cli/list.h"
#include "harness/cli/list_json.h"

enum exit_status cmd_figures(struct options *o, struct err *e)
{
	if (o->markdown) {
		figure_page_markdown(stdout);
		return EXIT_HELD;
	}
	return (o->json ? list_json_figures(stdout, e) : list_figures(stdout, e)) < 0 ? EXIT_INVALID
										      : EXIT_HELD;
}
