/* SPDX-License-Identifier: BSD-2-Clause */
/* work.h - the folder in which a resolver lived, once it is over: its scratch files go.
 *
 * A cache on disk is hundreds of megabytes; logs and configuration of a run that went wrong are
 * small and wanted. */
#pragma once

/* Removes the folder with all that is in it. What can't be removed stays: -EBUSY. */
int work_remove(const char *folder);

/* Removes what is in the folder, which stays the same one: a sandbox holds on to it. A negative
 * errno: something is still there. */
int work_empty(const char *folder);

/* Removes the files in it that are larger than people read: 16 MB. */
void work_trim(const char *folder);
