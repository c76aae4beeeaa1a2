/* SPDX-License-Identifier: BSD-2-Clause */
/* What `make install` puts down is a whole: it runs for an ordinary user, from another folder, with
 * nothing of the source tree in reach, and `make uninstall` takes all of it back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define NOBODY "setpriv --reuid 65534 --regid 65534 --clear-groups "

static int install(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "chmod 755 %s && make -s install DESTDIR=%s/root PREFIX=/opt/sigfault && mkdir "
	      "%s/home "
	      "&& chown 65534:65534 %s/home",
	      d, d, d, d);
	if (sh.status != 0)
		print_error("%s\n", sh.out);
	return sh.status;
}

static void an_ordinary_user_runs_what_was_installed(void **state)
{
	const char *d = folder();

	(void)state;
	need_root();
	ends_with(
		0,
		"cd %s/home && env -i PATH=%s/root/opt/sigfault/bin:/usr/bin:/bin:/usr/sbin " NOBODY
		"sigfault run minute -m none,nta --quiet -o run",
		d, d);
	ends_with(0, "jq -e '[.cells[].valid] == [true, true]' %s/home/run/run.json", d);
	ends_with(0, "test -s %s/home/run/report.html", d);
}

static void what_comes_with_it_is_found(void **state)
{
	static const char *const words[] = { "plan de-2026", "rollover nz-2023 --no-proof",
					     "faults keytrap", "resolvers", "help run" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		shell(&sh, "cd / && %s/root/opt/sigfault/bin/sigfault %s", folder(), words[i]);
		if (sh.status > 1)
			fail_msg("%s: %d: %s", words[i], sh.status, sh.out);
	}
	ends_with(0,
		  "cd %s/root/opt/sigfault/share && test -s man/man1/sigfault.1 -a -s "
		  "man/man5/sigfault-scenario.5 -a -s man/man5/sigfault-driver.5 -a -s "
		  "bash-completion/completions/sigfault -a -s sigfault/schema/run-1.json && find . "
		  "-name LICENSE | grep -q .",
		  folder());
}

static void uninstalling_leaves_no_file(void **state)
{
	(void)state;
	ends_with(0, "make -s uninstall DESTDIR=%s/root PREFIX=/opt/sigfault", folder());
	ends_with(0, "find %s/root ! -type d", folder());
	assert_string_equal(sh.out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ordinary_user_runs_what_was_installed),
		cmocka_unit_test(what_comes_with_it_is_found),
		cmocka_unit_test(uninstalling_leaves_no_file),
	};

	return cmocka_run_group_tests(tests, install, NULL);
}
