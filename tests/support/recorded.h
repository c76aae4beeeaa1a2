/* SPDX-License-Identifier: BSD-2-Clause */
/* recorded.h - runs that a test writes into its folder by hand, read as reports read them. */
#pragma once

#include <jansson.h>

#include "harness/results/recorded_load.h"

/* The first line of curve.csv. */
#define CURVE_HEAD                                                                                 \
	"t,utc,class,queries,retries,noerror,nxdomain,servfail,other,timeout,fresh,cached,stale,"  \
	"wrong,ad,names,failed_names,clients,failed_clients\n"

/* The run in a folder of the test's, "": in that itself. The test fails unless it can be read. */
void load_run(const char *name, struct recorded *ret);

/* run.json of that folder. */
void put_run_json(const char *name, const json_t *json);

/* The figures of a cell's folder in the test's, "": of that itself. */
struct figures figures_of(const char *cell, const struct figures_fault *fault);

void assert_value(struct figure f, double wanted);
