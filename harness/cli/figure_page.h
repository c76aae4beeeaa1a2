/* SPDX-License-Identifier: BSD-2-Clause */
/* figure_page.h - what is measured, as a page: docs/figures.md, out of the table of figures. */
#pragma once

#include <stdio.h>

/* All of them as Markdown, and what a baseline allows of itself. */
void figure_page_markdown(FILE *out);
