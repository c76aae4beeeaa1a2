/* SPDX-License-Identifier: BSD-2-Clause */
/* talk.h - a resolver is asked by its control socket: all is said at once, and heard until it closes the
 * connection.
 *
 * The socket is where the resolver's program put it, who may put anything there: nothing but a socket in that
 * very folder is spoken to. */
#pragma once

#include "sim/base/err.h"
#include "sim/base/simtime.h"

struct talk;

/* NULL: nobody can be spoken to there, and nothing was said. `file` is a plain name in `folder`. */
struct talk *talk_begin(const char *folder, const char *file, const char *say);
void talk_free(struct talk *t);

/* Puts what has come into a file. 1: that is all of it; 0: more may come. -EREMOTEIO: it broke off, or
 * is what begins with `failed` (NULL: nothing is); -EIO: the file takes no more. */
int talk_hear(struct talk *t, int out, const char *failed, struct err *e);

/* Until more has come, or for so long. */
void talk_wait(const struct talk *t, simtime most);
