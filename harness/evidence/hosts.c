/* SPDX-License-Identifier: BSD-2-Clause */
/* hosts.c - the names of hosts, from the hosts(5) file that a run of several resolvers leaves beside its
 * captures. */
#include "harness/evidence/hosts.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/cleanup.h"

static int read_line(struct evidence *v, char *line)
{
	uint8_t wire[NAME_MAX_LEN];
	struct address a;
	struct err e = { 0 };
	char *rest, *address, *name;

	line[strcspn(line, "#")] = '\0';
	address = strtok_r(line, " \t\r\n", &rest);
	name = address ? strtok_r(NULL, " \t\r\n", &rest) : NULL;
	if (!address)
		return 0;
	if (!name || !address_parse(address, &a) || name_parse(name, wire, &e) < 0)
		return -EINVAL;
	return facts_name_server(v->facts, &a, wire);
}

int hosts_read(struct evidence *v, const char *folder, struct err *e)
{
	_cleanup_(freep) char *path = NULL, *line = NULL;
	unsigned number = 0;
	size_t room = 0;
	FILE *f;
	int r = 0;

	if (asprintf(&path, "%s/" HOSTS_FILE, folder) < 0)
		return err_set(e, -ENOMEM, "no memory");
	f = fopen(path, "re");
	if (!f) /* a capture, or a run of one resolver */
		return errno == ENOENT || errno == ENOTDIR
			       ? 0
			       : err_set(e, -errno, "cannot open '%s': %s", path, strerror(errno));
	while (r == 0 && getline(&line, &room, f) > 0) {
		number++;
		r = read_line(v, line);
	}
	fclose(f);
	if (r == -EINVAL)
		return err_set(e, r, "%s:%u: is no line of hosts(5): 'ADDRESS NAME'", path, number);
	return r < 0 ? err_set(e, r, "no memory") : 0;
}
