/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/instant.h"

int instant_of(const struct options *o, const struct scenario *s, simtime *ret, struct err *e)
{
	int r = 0;

	*ret = s->from;
	if (o->at)
		r = scenario_instant(s, o->at, ret, e);
	if (r < 0)
		err_prefix(e, "--at");
	return r;
}
