/* SPDX-License-Identifier: BSD-2-Clause */
/* html.h - report.html: one file that opens anywhere, without a network and without JavaScript,
 * too.
 *
 * Its style, script and frame are shipped files (harness/report/); dygraphs is Debian's, both are
 * put into it. */
#pragma once

#include <stdio.h>

#include "harness/results/recorded.h"

/* -ENOPKG: dygraphs or the shipped files are missing; the sentence says what installs them. */
int html_write(const struct recorded *r, FILE *out, struct err *e);
