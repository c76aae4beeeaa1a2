/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_script.h - a plan of rollovers out of a Lua script (rollovers/README.md has its words).
 *
 * The script runs in the sandbox of scenarios (script.h), with param(), rollover { … } and
 * key(NAME, { … }). */
#pragma once

#include "sim/language/scenario.h"
#include "zones/rollover/rollover.h"

/* `name` is a path, or the name of a shipped plan (rollovers/NAME.lua). Of the options --set
 * counts. -ENOENT: no such plan. -EINVAL: the script is wrong; the sentence begins with file:line.
 */
int rollover_script_load(const char *name, const struct scenario_options *o, struct rollover **ret,
			 struct err *e);
