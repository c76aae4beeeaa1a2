/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/clients/asked.h"

#include <errno.h>
#include <stdlib.h>

int asked_add(struct asked *a, unsigned role, const struct endpoint *four,
	      const struct endpoint *six, struct err *e)
{
	struct asked_one *more = realloc(a->all, (a->count + 1) * sizeof(*more));

	if (!more)
		return err_set(e, -ENOMEM, "no memory for the clients");
	a->all = more;
	more += a->count;
	*more = (struct asked_one){ .role = role, .number = a->count };
	if (!a->of_role[role]++)
		a->first[role] = a->count;
	a->count++;
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

const struct asked_one *asked_by(const struct asked *a, unsigned role, uint64_t client)
{
	return &a->all[a->first[role] + client % a->of_role[role]];
}

bool asked_is(const struct asked_one *one, const struct endpoint *end)
{
	return endpoint_equal(end, &one->at[end->address.family == 6]);
}
