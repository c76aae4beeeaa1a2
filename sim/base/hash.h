/* SPDX-License-Identifier: BSD-2-Clause */
/* hash.h - uthash, whose tables end the program with a sentence where they find no memory. By itself
 * it ends it with status 255 and none. Where a caller can go on without an element, it defines
 * HASH_NONFATAL_OOM and takes <uthash.h>. */
#pragma once

/* Ends the process: "not enough memory", and the status of what the machine lacks. */
_Noreturn void hash_lacks_memory(void);

#define uthash_fatal(message) hash_lacks_memory()
#include <uthash.h>
