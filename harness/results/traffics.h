/* SPDX-License-Identifier: BSD-2-Clause */
/* traffics.h - the figures of each of a scenario's traffics, where it has several: what its users got, and what the job
 * beside them. */
#pragma once

#include "harness/results/figures.h"

struct traffic_figures {
	char name[32];
	struct figures figures;
};

/* Those of a cell, in the order of its curve.csv; the caller frees them. None where there is one traffic. -ENOMEM, and as
 * figures_compute(). */
int traffics_compute(const char *folder, const struct curve *curve,
		     const struct figures_fault *fault, struct traffic_figures **ret,
		     unsigned *count, struct err *e);
