#include "harness/mitigation.h"

#include <errno.h>

enum mitigation_offer mitigation_offered(const struct scenario *s, const struct driver *d,
					 const char *name, struct err *e)
{
	(void)s;
	if (driver_mitigation(d, name))
		return MITIGATION_OFFERED;
	err_set(e, -EINVAL, "'%s' does not offer the mitigation '%s'", driver_name(d), name);
	return MITIGATION_NOT_OFFERED;
}

const char *mitigation_about(const struct scenario *s, const struct driver *d, const char *name)
{
	const char *about = driver_mitigation(d, name);

	(void)s;
	return about ? about : "";
}

void mitigation_list(const struct scenario *s, const struct driver *d,
		     void (*each)(const char *name, void *arg), void *arg)
{
	const char *name;

	(void)s;
	for (unsigned i = 0; (name = driver_mitigation_at(d, i)); i++)
		each(name, arg);
}
