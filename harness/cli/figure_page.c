/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/figure_page.h"

#include "harness/judge/threshold.h"
#include "harness/results/figure_info.h"
#include "sim/base/cleanup.h"

static const char *unit_text(enum figure_unit unit)
{
	switch (unit) {
	case FIGURE_COUNT:
		return "count";
	case FIGURE_SHARE:
		return "share, 0 to 1";
	case FIGURE_SECONDS:
		return "seconds";
	case FIGURE_RATIO:
		return "ratio";
	case FIGURE_BYTES:
		return "bytes";
	}
	return "";
}

static const char *sense_text(enum figure_sense sense)
{
	switch (sense) {
	case FIGURE_NEUTRAL:
		return "";
	case FIGURE_LESS:
		return "less";
	case FIGURE_MORE:
		return "more";
	}
	return "";
}

void figure_page_markdown(FILE *out)
{
	fputs("# The figures\n\n"
	      "What is measured of each cell, by the names that `compare.csv`, `allow { }` and "
	      "JSON know. Written by\n"
	      "`make docs/figures.md` from the table in `harness/results/figure_info.c`; `sigfault "
	      "figures` prints the same.\n\n"
	      "Shares are of all queries that clients sent, retries included, in the minute in "
	      "which they were sent; where the time until\n"
	      "something happens is looked for it is steps of ten seconds. `--bin 10s` makes finer "
	      "curves. A figure that was not measured is\n"
	      "missing, never 0.\n\n"
	      "| name | for people | unit | better | is |\n|---|---|---|---|---|\n",
	      out);
	for (unsigned i = 0; i < figure_info_count; i++)
		fprintf(out, "| `%s` | %s | %s | %s | %s |\n", figure_infos[i].name,
			figure_infos[i].label, unit_text(figure_infos[i].unit),
			sense_text(figure_infos[i].sense), figure_infos[i].about);
	fputs("\n## What a baseline allows\n\n"
	      "`--baseline DIR` holds a run against an earlier one. Better is always allowed. "
	      "Where "
	      "the scenario has no `allow { }`:\n\n```\n",
	      out);
	threshold_print_defaults(out);
	fputs("```\n", out);
}
