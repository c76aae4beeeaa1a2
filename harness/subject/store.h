/* SPDX-License-Identifier: BSD-2-Clause */
/* store.h - root folders that have a name: a folder of them, KIND@VERSION each.
 *
 *	~/.local/share/sigfault/resolvers/unbound@1.26.2		a folder, or a link to one
 *	~/.local/share/sigfault/resolvers/bind@9.20.30
 *
 * SIGFAULT_RESOLVERS names the folder, else XDG_DATA_HOME has it. VERSION is any word of letters,
 * digits and ".-_+~"; a name is also meant by the beginning of its version, up to a sign that is
 * none of a number: 1.26 means 1.26.2, and not 1.261. */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "sim/base/err.h"

#define STORE_VERSION 64

/* The store's folder, whether it is there or not. -EINVAL: the environment names none. */
int store_folder(char ret[PATH_MAX], struct err *e);

/* What `version` of `kind` means: the version as the store has it, and the path of its root folder.
 * -EINVAL: it has none, or several and none is exactly that. */
int store_find(const char *kind, const char *version, char ret_version[STORE_VERSION],
	       char ret_path[PATH_MAX], struct err *e);

/* Calls back for each, in the order of kinds and then of versions. Where there is no store there are
 * none. */
int store_each(void (*each)(const char *kind, const char *version, const char *path, void *arg),
	       void *arg, struct err *e);

/* Splits "unbound@1.26". -EINVAL: it is no such name. */
int store_parse(const char *name, char ret_kind[STORE_VERSION], char ret_version[STORE_VERSION],
		struct err *e);
