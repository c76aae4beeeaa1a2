/* SPDX-License-Identifier: BSD-2-Clause */
/* disk.h - a small disk of its own over a folder, in memory, that can be full: so that what is full is a program's
 * disk, and not the machine's. */
#pragma once

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

struct disk;

/* Lays an empty one over a folder, which is there, in a mount namespace that is the caller's alone from then on, as
 * world_init() wants it: before that. -EPERM: mounts are refused. */
int disk_new(const char *folder, struct disk **ret, struct err *e);

/* From here on no byte more than there is can be written; and again as much as at first. */
int disk_fill(const struct disk *d, struct err *e);
int disk_empty(const struct disk *d, struct err *e);

/* What is on it is copied to the folder below. */
int disk_keep(const struct disk *d, struct err *e);
void disk_free(struct disk *d);
DEFINE_FREEP(struct disk, disk)
