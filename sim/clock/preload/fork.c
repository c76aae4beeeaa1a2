/* SPDX-License-Identifier: BSD-2-Clause */
/* A child process is not under the clock: it leaves the page to its parent. */
#include "sim/clock/preload/slot.h"
#include "sim/clock/preload/table.h"

HOOK pid_t fork(void)
{
	static pid_t (*real)(void);
	pid_t pid;

	if (!real)
		real = shim_libc("fork", NULL);
	pid = real();
	if (pid == 0) {
		shim_detach();
		shim_slot_forked();
		net_forked();
	}
	return pid;
}
