/* SPDX-License-Identifier: BSD-2-Clause */
/* What this process, or a child of it, becomes must be able to load the library: otherwise it would
 * be on the machine's time, and the filter that it inherits would kill it without a word. */
#include "sim/clock/preload/exec.h"

#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/loadable.h"

extern char **environ;

void shim_check_program(const char *path)
{
	struct page *p = page() ? page() : shim_parent;
	const char *why = p ? loadable_why_not(path) : NULL, *name = path;
	char call[sizeof(p->refused_name)];

	if (!why)
		return;
	while (strlen(name) > 24 && strchr(name, '/'))
		name = strchr(name, '/') + 1;
	snprintf(call, sizeof(call), "execve (%.24s %s)", name, why);
	shim_refuse(p, call);
}

/* As execvp() looks for it. */
static void check_searched(const char *file)
{
	const char *path = getenv("PATH");
	char full[PATH_MAX];

	if (strchr(file, '/')) {
		shim_check_program(file);
		return;
	}
	for (size_t len; path && *path; path += len + (path[len] == ':')) {
		len = strcspn(path, ":");
		snprintf(full, sizeof(full), "%.*s/%s", (int)len, path, file);
		if (access(full, X_OK) == 0) {
			shim_check_program(full);
			return;
		}
	}
}

HOOK int execve(const char *path, char *const argv[], char *const env[])
{
	shim_check_program(path);
	return (int)RAW(SYS_execve, path, argv, env, 0, 0, 0);
}

HOOK int execv(const char *path, char *const argv[])
{
	return execve(path, argv, environ);
}

HOOK int execvpe(const char *file, char *const argv[], char *const env[])
{
	static int (*real)(const char *, char *const[], char *const[]);

	check_searched(file);
	if (!real)
		real = shim_libc("execvpe", NULL);
	return real(file, argv, env);
}

HOOK int execvp(const char *file, char *const argv[])
{
	return execvpe(file, argv, environ);
}

HOOK int fexecve(int fd, char *const argv[], char *const env[])
{
	static int (*real)(int, char *const[], char *const[]);
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	shim_check_program(path);
	if (!real)
		real = shim_libc("fexecve", NULL);
	return real(fd, argv, env);
}

/* The arguments of an execl(): `first`, those that follow, NULL, and what stands after it. */
#define LIST(first, call)                                                                          \
	({                                                                                         \
		size_t n_ = 1;                                                                     \
		va_list ap_;                                                                       \
                                                                                                   \
		va_start(ap_, first);                                                              \
		while (va_arg(ap_, char *))                                                        \
			n_++;                                                                      \
		va_end(ap_);                                                                       \
		char *list[n_ + 1];                                                                \
		va_start(ap_, first);                                                              \
		list[0] = (char *)first;                                                           \
		for (size_t i_ = 1; i_ <= n_; i_++)                                                \
			list[i_] = va_arg(ap_, char *);                                            \
		char *const *after __attribute__((unused)) = va_arg(ap_, char *const *);           \
		va_end(ap_);                                                                       \
		call;                                                                              \
	})

HOOK int execl(const char *path, const char *first, ...)
{
	return LIST(first, execve(path, list, environ));
}

HOOK int execlp(const char *file, const char *first, ...)
{
	return LIST(first, execvpe(file, list, environ));
}

HOOK int execle(const char *path, const char *first, ...)
{
	return LIST(first, execve(path, list, after));
}

HOOK int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		     const posix_spawnattr_t *attr, char *const argv[], char *const env[])
{
	static int (*real)(pid_t *, const char *, const posix_spawn_file_actions_t *,
			   const posix_spawnattr_t *, char *const[], char *const[]);

	shim_check_program(path);
	if (!real)
		real = shim_libc("posix_spawn", "GLIBC_2.15");
	return real(pid, path, actions, attr, argv, env);
}

HOOK int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
		      const posix_spawnattr_t *attr, char *const argv[], char *const env[])
{
	static int (*real)(pid_t *, const char *, const posix_spawn_file_actions_t *,
			   const posix_spawnattr_t *, char *const[], char *const[]);

	check_searched(file);
	if (!real)
		real = shim_libc("posix_spawnp", "GLIBC_2.15");
	return real(pid, file, actions, attr, argv, env);
}
