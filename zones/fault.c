#include "zones/fault.h"

#include <string.h>

#include "sim/base/cleanup.h"

const struct fault_row fault_kinds[] = {
	[FAULT_SIG_BY_UNPUBLISHED_KEY] = { "sig-by-unpublished-key",
					   "RRSIGs made with a key pair that is not in the DNSKEY "
					   "RRset, under a published tag: zone:sign{mismatched=}",
					   true },
	[FAULT_AUTHORITY_DARK] = { "authority-dark",
				   "a server does not answer: zone:server(s):dark{}", false },
	[FAULT_AUTHORITY_DROP] = { "authority-drop",
				   "a server drops a share of its queries: zone:server(s):drop{}",
				   false },
	[FAULT_AUTHORITY_DELAY] = { "authority-delay",
				    "a server answers late: zone:server(s):delay{}", false },
};

const unsigned fault_kind_count = ARRAY_SIZE(fault_kinds);

const struct fault_row *fault_find(const char *name)
{
	for (unsigned i = 0; i < fault_kind_count; i++)
		if (strcmp(fault_kinds[i].name, name) == 0)
			return &fault_kinds[i];
	return NULL;
}
