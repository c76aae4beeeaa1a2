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

union head {
	Elf64_Ehdr elf;
	char text[PATH_MAX];
};

/* How many bytes of it there are; 0: it cannot be read. */
static ssize_t read_head(int fd, union head *ret)
{
	ssize_t n = fd < 0 ? 0 : pread(fd, ret, sizeof(*ret) - 1, 0);

	return n > 0 ? n : 0;
}

static bool is_elf(const union head *h, ssize_t n)
{
	return n >= (ssize_t)sizeof(h->elf) && memcmp(h->text, ELFMAG, SELFMAG) == 0;
}

static bool is_script(union head *h, ssize_t n)
{
	if (n < 3 || memcmp(h->text, "#!", 2) != 0)
		return false;
	h->text[n] = '\0';
	return true;
}

static const char *look(const char *path, bool follow)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	union head head;
	ssize_t n = read_head(fd, &head);
	const char *why = is_elf(&head, n) ? look_at_elf(fd, &head.elf, path) : NULL;

	if (fd >= 0)
		close(fd);
	return follow && is_script(&head, n) ? look(interpreter(head.text), false) : why;
}

const char *loadable_why_not(const char *path)
{
	return look(path, true);
}

/* The text of PT_INTERP, which ends with a zero byte there. */
static void read_loader(int fd, const Elf64_Ehdr *h, char *ret, size_t size)
{
	for (unsigned i = 0; i < h->e_phnum && i < HEADERS_MAX; i++) {
		Elf64_Phdr p;

		if (pread(fd, &p, sizeof(p), (off_t)(h->e_phoff + i * sizeof(p))) != sizeof(p))
			return;
		if (p.p_type == PT_INTERP && p.p_filesz && p.p_filesz <= size &&
		    pread(fd, ret, p.p_filesz, (off_t)p.p_offset) == (ssize_t)p.p_filesz)
			ret[p.p_filesz - 1] = '\0';
	}
}

char *loadable_interpreter(const char *path, char *ret, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	union head head;
	ssize_t n = read_head(fd, &head);

	memset(ret, 0, size);
	if (is_elf(&head, n) && head.elf.e_ident[EI_CLASS] == ELFCLASS64)
		read_loader(fd, &head.elf, ret, size);
	else if (is_script(&head, n) && strlen(interpreter(head.text)) < size)
		strcpy(ret, interpreter(head.text));
	if (fd >= 0)
		close(fd);
	return ret;
}
