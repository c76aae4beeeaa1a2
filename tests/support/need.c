/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/need.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/test.h"

bool must_work(void)
{
	return getenv("MUST_WORK") != NULL;
}

void lacking(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (must_work())
		fail_msg("%s", text);
	print_message("%s\n", text);
	skip();
}

void need_root(void)
{
	if (geteuid() != 0)
		lacking("this test must be run as root");
}

/* Whether a command of the shell ends well. */
static bool holds(const char *fmt, const char *what)
{
	char command[512];

	snprintf(command, sizeof(command), fmt, what);
	return system(command) == 0;
}

void need_program(const char *name)
{
	if (!holds("PATH=$PATH:/usr/sbin; command -v %s >/dev/null", name))
		lacking("'%s' is not installed", name);
}

void need_file(const char *path, const char *package)
{
	if (access(path, F_OK) < 0)
		lacking("there is no '%s': apt-get install %s", path, package);
}

void need_python(const char *module)
{
	if (!holds("python3 -c 'import %s' 2>/dev/null", module))
		lacking("python3 has no module '%s'", module);
}
