/* SPDX-License-Identifier: BSD-2-Clause */
/* store_fill.h - root folders come into the store (store.h), and go.
 *
 * A folder of the user's own is linked: what he builds there anew is what is run. A release of Debian
 * is fetched by debootstrap into a folder beside the others, and gets its name when it is whole: who
 * is interrupted leaves nothing behind that could be taken for a resolver. */
#pragma once

#include <stddef.h>

#include "sim/base/err.h"

struct store_wish {
	const char
		*name; /* "unbound@1.26.2", or "unbound" for the version that its program tells */
	const char *folder; /* to be linked; NULL: a release is fetched */
	const char *suite, *mirror; /* of it; mirror NULL: the one that this machine's apt uses */
};

/* `ret` gets the name. -EINVAL: there is no such driver or folder, the name is taken, or what is there
 * is no such resolver; -EPERM, -ENOPKG: the machine cannot fetch, with what mends it; -EINTR. */
int store_add(const struct store_wish *w, char *ret, size_t size, struct err *e);

/* A link alone, or the folder that was fetched. -EINVAL: there is none of exactly that name. */
int store_remove(const char *name, struct err *e);
