/* SPDX-License-Identifier: BSD-2-Clause */
/* libc.h - the clock library binds to what glibc 2.31 has, whatever it is built against.
 *
 * A resolver may live on another libc than the machine's (mounts.h), and a library asks for the
 * versions of symbols that it was linked with. glibc 2.34 took in libdl and libpthread, and gave
 * their symbols a version of that day beside the one that they had been born with: the older one is
 * in every glibc. Before 2.34 somebody has to load those two libraries, too (driver_preload()).
 * tests/test_preload.c looks at the result. */
#pragma once

__asm__(".symver dladdr1,dladdr1@GLIBC_2.3.3\n"
	".symver dlclose,dlclose@GLIBC_2.2.5\n"
	".symver dlopen,dlopen@GLIBC_2.2.5\n"
	".symver dlsym,dlsym@GLIBC_2.2.5\n"
	".symver dlvsym,dlvsym@GLIBC_2.2.5\n"
	".symver pthread_key_create,pthread_key_create@GLIBC_2.2.5\n"
	".symver pthread_mutex_trylock,pthread_mutex_trylock@GLIBC_2.2.5\n"
	".symver pthread_setspecific,pthread_setspecific@GLIBC_2.2.5\n"
	".symver sem_trywait,sem_trywait@GLIBC_2.2.5\n");
