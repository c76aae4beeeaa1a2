/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/asked.h"

#include <errno.h>
#include <stdlib.h>

int asked_add(struct asked *a, const struct endpoint *four, const struct endpoint *six,
	      struct err *e)
{
	struct asked_one *more = realloc(a->all, (a->count + 1) * sizeof(*more));

	if (!more)
		return err_set(e, -ENOMEM, "no memory for the clients");
	a->all = more;
	more += a->count++;
	*more = (struct asked_one){ .at = { { .port = 0 } } };
	if (four)
		more->at[0] = *four;
	if (six)
		more->at[1] = *six;
	return 0;
}

void asked_done(struct asked *a)
{
	free(a->all);
	*a = (struct asked){ 0 };
}

const struct asked_one *asked_by(const struct asked *a, uint64_t client)
{
	return &a->all[client % a->count];
}

bool asked_has(const struct asked *a, const struct endpoint *end)
{
	for (unsigned i = 0; i < a->count; i++)
		if (endpoint_equal(end, &a->all[i].at[end->address.family == 6]))
			return true;
	return false;
}
