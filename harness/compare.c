#include "harness/compare.h"

int compare_write(const struct recorded *r, FILE *out, struct err *e)
{
	(void)r;
	(void)out;
	(void)e;
	return 0;
}
