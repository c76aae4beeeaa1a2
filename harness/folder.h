/* folder.h - the folder that a run writes into, and run.json in it.
 *
 * run.json is opened, and its room taken, beforehand: a disk that fills up still takes it. */
#pragma once

#include <jansson.h>

#include "sim/base/err.h"

struct folder {
	char path[4096]; /* absolute */
	int json; /* run.json, open until it is written */
};

/* Makes `wanted`, or takes it when it is there and empty. NULL: run-SCENARIO-N, the first that
 * is free. -EEXIST: it holds something; -ENAMETOOLONG: its path leaves no room for what a run
 * writes; -ENOSPC: the disk is full. */
int folder_make(struct folder *ret, const char *wanted, const char *scenario, struct err *e);

/* Writes run.json and closes it. Takes `run`, which is NULL when there was no memory for it. */
int folder_write_json(struct folder *f, json_t *run, struct err *e);
