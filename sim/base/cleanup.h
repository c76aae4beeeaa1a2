/* SPDX-License-Identifier: BSD-2-Clause */
/* cleanup.h - a block lets go of what the block got.
 *
 *	_cleanup_(buf_freep) struct thing *t = thing_new();
 *	...
 *	*ret = TAKE(t);		// hands it on: nothing is freed here
 */
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))

/* The value of `p`, which becomes NULL. */
#define TAKE(p)                                                                                    \
	({                                                                                         \
		__typeof__(p) t_ = (p);                                                            \
		(p) = NULL;                                                                        \
		t_;                                                                                \
	})

/* Defines NAME_freep() for `_cleanup_`, out of NAME_free(). */
#define DEFINE_FREEP(type, name)                                                                   \
	static inline void name##_freep(type **p)                                                  \
	{                                                                                          \
		name##_free(*p);                                                                   \
	}

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline void freep(void *p)
{
	free(*(void **)p);
}

static inline void fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void closedirp(DIR **d)
{
	if (*d)
		closedir(*d);
}

static inline void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
