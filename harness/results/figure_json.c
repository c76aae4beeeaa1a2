/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/figure_json.h"

json_t *figure_json(const struct figure *f)
{
	switch (f->kind) {
	case FIGURE_MISSING:
		break;
	case FIGURE_VALUE:
		return json_real(f->value);
	case FIGURE_NEVER:
		return json_string("never");
	case FIGURE_ALREADY:
		return json_string("already");
	}
	return json_null();
}
