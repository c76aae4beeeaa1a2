/* SPDX-License-Identifier: BSD-2-Clause */
/* signing_keys.h - files that hold a signer's private keys: taken away, copied, and put back, as happens to an HSM.
 *
 * Files are those below a folder that match patterns of glob(7), NULL behind the last. A copy is a folder of the same
 * shape. */
#pragma once

#include "sim/base/err.h"

/* Copies them to a folder, which is made; -ENOENT: there are none. */
int keys_copy(const char *from, const char *const *patterns, const char *to, struct err *e);

/* One file, with its mode and owner. */
int keys_copy_file(const char *from, const char *to, struct err *e);

/* Takes them away. */
int keys_remove(const char *folder, const char *const *patterns, struct err *e);

/* Calls back for each, with its path. */
int keys_each(const char *folder, const char *const *patterns,
	      int (*each)(const char *path, void *arg, struct err *e), void *arg, struct err *e);
