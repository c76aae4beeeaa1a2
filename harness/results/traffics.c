/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/traffics.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/transport.h"
#include "sim/language/scenario.h"

/* What is neither a class of names nor a transport. */
static bool is_traffic(const char *class)
{
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		if (strcmp(class, class_names[i]) == 0)
			return false;
	for (unsigned i = 0; i < TRANSPORTS; i++)
		if (strcmp(class, transport_names[i]) == 0)
			return false;
	return true;
}

int traffics_compute(const char *folder, const struct curve *curve,
		     const struct figures_fault *fault, struct traffic_figures **ret,
		     unsigned *count, struct err *e)
{
	_cleanup_(freep) struct traffic_figures *list =
		calloc(curve->class_count + 1, sizeof(*list));
	unsigned n = 0;

	if (!list)
		return err_set(e, -ENOMEM, "no memory for the figures");
	for (unsigned i = 0; i < curve->class_count; i++) {
		int rc;

		if (!is_traffic(curve->classes[i].name))
			continue;
		snprintf(list[n].name, sizeof(list[n].name), "%s", curve->classes[i].name);
		rc = figures_of_traffic(folder, curve, fault, list[n].name, &list[n].figures, e);
		if (rc < 0)
			return rc;
		n++;
	}
	*ret = TAKE(list);
	*count = n;
	return 0;
}
