/* SPDX-License-Identifier: BSD-2-Clause */
/* trace_log.h - the lines of resolvers' query logs, to a file or by syslog.
 *
 *	05-May-2026 12:00:00.250 queries: info: client @0x7f1 192.0.2.1#5300 (www.x.de): query: www.x.de IN A +E(0)DC (198.18.0.1)
 *	2026-05-05T12:00:00.250Z client @0x7f1 192.0.2.1#5300 (www.x.de): view v: query: www.x.de IN A + (198.18.0.1)
 *	[1777982400] unbound[7:0] info: 192.0.2.1 www.x.de. A IN
 *	[1777982400] unbound[7:0] reply: 192.0.2.1 gone.x.de. A IN NXDOMAIN 0.250000 0 27
 *	May  5 12:00:00 host unbound[7]: [7:0] info: 192.0.2.1 www.x.de. A IN
 *	2026-05-05T14:00:00.250+02:00 host named[7]: client @0x7f1 192.0.2.1#5300 (www.x.de): query: www.x.de IN A + (198.18.0.1)
 *
 * Times without a zone are taken for UTC, and those without a year are of 2000 and the years that follow. A reply tells
 * its question, as many seconds before as it took (whole ones, where times are of whole ones), and what came of it,
 * which is a mark. */
#pragma once

#include "harness/clients/trace.h"

/* TRACE_LOG_NONE: no such time begins it; TRACE_LOG_OTHER: it is of something else. */
enum trace_log_line { TRACE_LOG_NONE, TRACE_LOG_OTHER, TRACE_LOG_QUERY, TRACE_LOG_REPLY };

/* What lines before say of those that follow; zeros at first. */
struct trace_log {
	simtime last; /* time without a year */
	unsigned years; /* since 2000 */
};

/* `line` is changed; `ret` only where it is a query or a reply. */
enum trace_log_line trace_log_read(struct trace_log *log, char *line, struct trace_query *ret);
