/* fault_control.c - what is not wrong, to compare with. */
#include "zones/fault_rows.h"

const struct fault_row fault_control_rows[] = {
	{ .name = "valid",
	  .group = GROUP_CONTROL,
	  .about = "nothing is wrong",
	  .rfc = "RFC 4035",
	  .published = "The zone as its table says. For matrices that want a row for it.",
	  .wire = WIRE_AS_ALWAYS },
	{ 0 },
};
