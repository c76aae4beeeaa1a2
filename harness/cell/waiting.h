/* SPDX-License-Identifier: BSD-2-Clause */
/* waiting.h - time passes while a program of a shell waits for an answer by TCP.
 *
 * What it sends by UDP comes by us, and we know when it is answered. Its connections are the kernel's, to a resolver or
 * to an authority, in TLS or not: as long as it sleeps over one, one thing after another happens in the cell,
 * and after each is looked whether it still does. */
#pragma once

#include <sys/types.h>

#include "harness/cell/cell_state.h"

struct waiting { /* zeros */
	uint64_t sleep; /* what was seen last; another one when anything was sent or came since */
	simtime since;
};

/* Until neither the program nor any that it has started waits so, or it has for ten seconds in vain. The clock
 * is open then. */
int waiting_pass(struct waiting *w, struct cell *c, pid_t pid, struct err *e);
