/* SPDX-License-Identifier: BSD-2-Clause */
/* folder.h - the folder that a run writes into, and run.json in it.
 *
 * run.json is there from the beginning, for the time being: a run that is killed leaves one that
 * says so. The room of the last one is taken beforehand (in `.run.json`, which replaces it): a disk
 * that fills up still takes it. */
#pragma once

#include <jansson.h>

#include "sim/base/err.h"

struct folder {
	char path[4096]; /* absolute */
	int json; /* .run.json, open until it is written */
};

/* Makes `wanted`, or takes it when it is there and empty. NULL: run-SCENARIO-N, the first that
 * is free. With `cell` the folder is cell-N in `wanted`, which may be there and hold other cells;
 * several machines may make theirs at once. -EEXIST: it holds something; -ENAMETOOLONG: its path
 * leaves no room for what a run writes; -ENOSPC: the disk is full. */
int folder_make(struct folder *ret, const char *wanted, unsigned cell, const char *scenario,
		struct err *e);

/* Writes run.json as it is so far. When that fails the one before it stays, and nobody is told.
 * Takes `run`, which may be NULL. */
void folder_note_json(struct folder *f, json_t *run);

/* Writes run.json for good. Takes `run`, which is NULL when there was no memory for it. */
int folder_write_json(struct folder *f, json_t *run, struct err *e);
