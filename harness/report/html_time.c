/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html_time.h"

#include <string.h>

char *html_time(const struct html_page *p, double t, char text[HTML_TIME_TEXT])
{
	bool has_seconds = recorded_number(p->recorded->run, "bin_seconds") < 60;
	bool has_date = p->recorded->span > 86400;
	char all[32];

	/* 2026-05-05T19:31:05Z */
	simtime_text(simtime_plus(p->recorded->from, simtime_of_seconds(t)), all);
	snprintf(text, HTML_TIME_TEXT, "%.5s%s%.*s", has_date ? all + 5 : "", has_date ? " " : "",
		 has_seconds ? 8 : 5, all + 11);
	return text;
}
