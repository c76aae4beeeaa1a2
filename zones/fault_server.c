/* fault_server.c - what can be wrong with a server. What it does about it stands in sim/. */
#include "zones/fault_rows.h"

#define SERVER_ROW .group = GROUP_SERVERS

const struct fault_row fault_server_rows[] = {
	{ SERVER_ROW, .name = "authority-dark", .takes = TAKES_SERVERS,
	  .about = "a server does not answer", .rfc = "RFC 9520 2.1",
	  .published = "Nothing: each query is lost, by UDP and TCP.",
	  .seen_in = "Facebook, 4 October 2021: about six hours.", .wire = WIRE_DROP },
	{ SERVER_ROW, .name = "authority-drop", .takes = TAKES_SERVERS | TAKES_SHARE,
	  .about = "a server drops a share of its queries", .rfc = "RFC 9520 2.1",
	  .published = "The other queries are answered as always.",
	  .seen_in = "Dyn, 21 October 2016; what caches and retries make of 50, 90 and 100 % was "
		     "measured by Moura et al. (IMC 2018).",
	  .wire = WIRE_DROP },
	{ SERVER_ROW, .name = "authority-delay", .takes = TAKES_SERVERS,
	  .about = "a server answers late", .rfc = "RFC 1035 7.2",
	  .published = "Every answer comes later by a time, and by a random part of another one.",
	  .params = { { "by", PARAM_DURATION, .otherwise = -1, .about = "how much later" },
		      { "jitter", PARAM_DURATION,
			.about = "up to so much more, drawn for each answer" } },
	  .wire = WIRE_DELAY },
	{ 0 },
};
