/* SPDX-License-Identifier: BSD-2-Clause */
/* signals.h - SIGSYS is ours: a program may set a handler for it and block it as it likes, and is
 * shown what it set, but its system calls reach us (trap.c). */
#pragma once

#include "sim/clock/preload/shim.h"

/* From here on `handler` has SIGSYS, on the alternate stack where there is one. */
void shim_take_sigsys(void (*handler)(int, siginfo_t *, void *));

/* A SIGSYS that is not ours: as the program wants it, or the process ends by it. */
void shim_pass_sigsys(siginfo_t *info, void *context);

/* This thread does not block it. */
void shim_open_sigsys(void);

/* rt_sigaction() and rt_sigprocmask(), with the kernel's arguments. */
long shim_sigaction(int sig, const void *new, void *old, size_t size);
long shim_sigprocmask(int how, const void *new, void *old, size_t size);
