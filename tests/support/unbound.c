/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/unbound.h"

#include <stdio.h>

#include "tests/support/folder.h"

void put_unbound_driver(const char *name, const char *line, const char *start,
			const char *operation)
{
	char file[64];

	snprintf(file, sizeof(file), "%s.lua", name);
	folder_print(
		file,
		"return { name = '%s', program = 'unbound', package = 'unbound',\n"
		"version = { arguments = { '-V' }, pattern = '^Version (%%S+)' },\n"
		"configuration = 'unbound.conf', files = function(s) return { ['unbound.conf'] =\n"
		"'server:\\n directory: \"' .. s.folder .. '\"\\n chroot: \"\"\\n username: "
		"\"\"\\n' ..\n"
		"' do-daemonize: no\\n use-syslog: no\\n logfile: \"\"\\n pidfile: \"pid\"\\n' ..\n"
		"' num-threads: 1\\n do-ip6: no\\n interface: ' .. s.address4 .. '\\n' ..\n"
		"' access-control: 0.0.0.0/0 allow\\n root-hints: \"root.hints\"\\n' ..\n"
		"' trust-anchor-file: \"root.key\"\\n %s\\n',\n"
		"['root.hints'] = s.root_hints, ['root.key'] = s.root_key .. '\\n' } end,\n"
		"start = function(s) return %s end,\n"
		"operations = { nta = function(s) return { %s } end,\n"
		"flush = function(s) return { %s } end,\n"
		"['nta-remove'] = function(s) return { { '/bin/true' } } end },\n"
		"mitigations = { none = { about = 'none' }, nta = { about = 'nta' } } }\n",
		name, line, start, operation, operation);
}

void put_wrapper(const char *name, const char *first, const char *last)
{
	folder_program(name,
		       "#!/bin/sh\nPATH=$PATH:/usr/sbin\n[ \"$1\" = -V ] && exec unbound "
		       "-V\n%s\n%s\n",
		       first, last);
}
