/* SPDX-License-Identifier: BSD-2-Clause */
/* namesake - a program with a function of its own that is called as one of libc's is, for test_namesake. The linker lets it
 * stand before libc's, and before the clock library's, for all that is loaded. */
#include <stdio.h>
#include <sys/select.h>
#include <time.h>

/* As ported programs have it, for systems that lack it. */
int pselect(int n, fd_set *r, fd_set *w, fd_set *x, const struct timespec *t, const sigset_t *mask)
{
	struct timeval tv = { t->tv_sec, t->tv_nsec / 1000 };

	(void)mask;
	return select(n, r, w, x, &tv);
}

int main(void)
{
	const struct timespec hour = { 3600, 0 };
	time_t began = time(NULL);

	pselect(0, NULL, NULL, NULL, &hour, NULL);
	printf("pselect %lld\n", (long long)(time(NULL) - began));
	return 0;
}
