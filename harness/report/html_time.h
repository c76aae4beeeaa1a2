/* SPDX-License-Identifier: BSD-2-Clause */
/* html_time.h - instants of a run as report.html tells them: UTC, to the second where bins are
 * short, with the date where the run is longer than a day. */
#pragma once

#include "harness/report/html_page.h"

#define HTML_TIME_TEXT 32

/* Of seconds since the start: "19:31", "19:31:05", "05-06 01:30". Gives `text`. */
char *html_time(const struct html_page *p, double t, char text[HTML_TIME_TEXT]);
