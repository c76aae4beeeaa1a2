/* SPDX-License-Identifier: BSD-2-Clause */
/* serve.h - `sigfault serve`: a command of the user's among the scenario's live servers.
 *
 * Real time, real packets: the command runs in the resolver's namespace and time goes on from the
 * instant asked for; dates in signatures are shifted, so that they are as old now as they were
 * then. For dig, kdig, drill, delv. In its environment SIGFAULT_HINTS, SIGFAULT_ANCHOR and
 * SIGFAULT_BIND_ANCHOR name files with the root hints, the root's DNSKEY as a master file line, and
 * the same as a BIND trust-anchors statement. */
#pragma once

#include "harness/text/exit.h"
#include "sim/language/scenario.h"

/* EXIT_HELD when the command ran and exited with 0, EXIT_NOT_HELD when with something else. */
enum exit_status serve(struct scenario *s, simtime at, const char *const *argv, struct err *e);
