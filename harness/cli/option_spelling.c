/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "harness/cli/option.h"

char *option_spelling(const struct option_row *row, char ret[64])
{
	if (row->name)
		snprintf(ret, 64, "--%s", row->name);
	else
		snprintf(ret, 64, "-%c", row->letter);
	return ret;
}

char *option_usage(const struct option_row *row, char ret[96])
{
	char spelling[64];
	int n;

	option_spelling(row, spelling);
	if (row->name && row->letter)
		n = snprintf(ret, 96, "-%c, %s", row->letter, spelling);
	else
		n = snprintf(ret, 96, "%s", spelling);
	if (row->value)
		snprintf(ret + n, 96 - (size_t)n, row->may_lack ? "[=%s]" : " %s", row->value);
	return ret;
}
