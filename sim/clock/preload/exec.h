/* SPDX-License-Identifier: BSD-2-Clause */
/* exec.h - programs that this one starts or becomes. */
#pragma once

#include "sim/clock/preload/shim.h"

/* Ends the run if the library cannot be loaded into it. */
void shim_check_program(const char *path);
