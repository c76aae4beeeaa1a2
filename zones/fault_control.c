/* SPDX-License-Identifier: BSD-2-Clause */
/* fault_control.c - what is not wrong with DNSSEC, to compare with. */
#include "zones/fault_rows.h"

const struct fault_row fault_control_rows[] = {
	{ .group = GROUP_CONTROL,
	  .name = "valid",
	  .about = "nothing is wrong",
	  .rfc = "RFC 4035 5",
	  .published = "The zone as its table says: for matrices that want a row for it.",
	  .wire = WIRE_AS_ALWAYS },
	{ .group = GROUP_CONTROL,
	  .name = "unsigned",
	  .about = "the zone is not signed, and its parent says so",
	  .rfc = "RFC 4035 4.3",
	  .published = "No DS at the parent, which proves it; no DNSSEC records in the zone.",
	  .needs = NEEDS_DS,
	  .hides_ds = true,
	  .copy = COPY_UNSIGNED },
	{ .group = GROUP_CONTROL,
	  .name = "allow-query-none",
	  .about = "a server refuses everybody",
	  .rfc = "RFC 8914 4.19",
	  .published = "The zone is signed and has a DS; every question for it gets REFUSED, as by "
		       "an access list.",
	  .takes = TAKES_SERVERS,
	  .wire = WIRE_RCODE,
	  .number = 5 },
	{ .group = GROUP_CONTROL,
	  .name = "allow-query-localhost",
	  .about = "a server refuses everybody but its own host",
	  .rfc = "RFC 8914 4.19",
	  .published = "To all others it is the same as allow-query-none.",
	  .takes = TAKES_SERVERS,
	  .wire = WIRE_RCODE,
	  .number = 5 },
	{ 0 },
};
