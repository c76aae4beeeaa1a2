/* SPDX-License-Identifier: BSD-2-Clause */
/* written.h - scenarios that a test writes itself: x.lua of its folder, with the seed 7. */
#pragma once

#include "sim/language/scenario.h"

/* As scenario_load(); `o` NULL: no options but the seed. */
int written_load(const char *text, const struct scenario_options *o, struct scenario **ret,
		 struct err *e);

/* One that loads; the caller's. */
struct scenario *written(const char *text);

/* What was said is one line, begins with the place (line 0: the file alone) and has `part`. */
void assert_refused(const struct err *e, int line, const char *part);

/* The script does not load, for what stands in that line. */
void refuses_with(const char *text, const struct scenario_options *o, int line, const char *part);
void refuses(const char *text, int line, const char *part);
