/* SPDX-License-Identifier: BSD-2-Clause */
/* trace_log.h - the lines of resolvers' query logs.
 *
 *	05-May-2026 12:00:00.250 queries: info: client @0x7f1 192.0.2.1#5300 (www.x.de): query: www.x.de IN A +E(0)DC (198.18.0.1)
 *	2026-05-05T12:00:00.250Z client @0x7f1 192.0.2.1#5300 (www.x.de): view v: query: www.x.de IN A + (198.18.0.1)
 *	[1777982400] unbound[7:0] info: 192.0.2.1 www.x.de. A IN
 *	[1777982400] unbound[7:0] reply: 192.0.2.1 gone.x.de. A IN NXDOMAIN 0.000000 0 27
 *
 * Times without a zone are taken for UTC. What a log of replies says of the answer is a mark. */
#pragma once

#include "harness/clients/trace.h"

/* false: it is no such line. `line` is changed. */
bool trace_log_read(char *line, struct trace_query *ret);
