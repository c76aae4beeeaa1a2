/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/loadable.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define HEADERS_MAX 128

/* The loader itself is a program without one. */
static bool is_loader(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return strncmp(name, "ld-", 3) == 0 || strncmp(name, "ld.so", 5) == 0;
}

static const char *look_at_elf(int fd, const Elf64_Ehdr *h, const char *path)
{
	Elf64_Phdr all[HEADERS_MAX];
	ssize_t size = (ssize_t)(h->e_phnum * sizeof(all[0]));

	if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_machine != EM_X86_64)
		return "is a program of another machine's";
	if (h->e_phnum > HEADERS_MAX || h->e_phentsize != sizeof(all[0]) ||
	    pread(fd, all, (size_t)size, (off_t)h->e_phoff) != size)
		return NULL; /* the kernel says what it thinks of that */
	for (unsigned i = 0; i < h->e_phnum; i++)
		if (all[i].p_type == PT_INTERP)
			return NULL;
	return is_loader(path) ? NULL : "is a static program";
}

/* "#!/bin/sh -e": the path after it, in `text` itself. */
static char *interpreter(char *text)
{
	char *path = text + 2 + strspn(text + 2, " \t");

	path[strcspn(path, " \t\r\n")] = '\0';
	return path;
}

static const char *look(const char *path, bool follow)
{
	union {
		Elf64_Ehdr elf;
		char text[PATH_MAX];
	} head;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : pread(fd, &head, sizeof(head) - 1, 0);
	const char *why = NULL;

	if (n >= (ssize_t)sizeof(head.elf) && memcmp(head.text, ELFMAG, SELFMAG) == 0)
		why = look_at_elf(fd, &head.elf, path);
	if (fd >= 0)
		close(fd);
	if (n < 3 || !follow || memcmp(head.text, "#!", 2) != 0)
		return why;
	head.text[n] = '\0';
	return look(interpreter(head.text), false);
}

const char *loadable_why_not(const char *path)
{
	return look(path, true);
}
