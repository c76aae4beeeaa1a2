/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "harness/cli/cmd.h"
#include "harness/cli/list.h"
#include "harness/cli/list_json.h"
#include "harness/subject/store.h"
#include "harness/subject/store_fill.h"

static enum exit_status list(const struct options *o, struct err *e)
{
	return (o->json ? list_json_resolvers(stdout, e) : list_resolvers(stdout, e)) < 0
		       ? EXIT_INVALID
		       : EXIT_HELD;
}

static enum exit_status status_of(int r)
{
	if (r == -EINTR)
		return EXIT_INTERRUPTED;
	if (r == -EIO)
		return EXIT_INVALID;
	return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
}

static enum exit_status add(const struct options *o, struct err *e)
{
	struct store_wish wish = { .name = o->args[1],
				   .folder = o->suite ? NULL : o->args[2],
				   .suite = o->suite,
				   .mirror = o->mirror };
	char name[2 * STORE_VERSION + 2] = "";
	int r;

	if (o->arg_count != (o->suite ? 2 : 3)) {
		err_set(e, -EINVAL,
			"'add' wants a name, and a folder or --debian SUITE: sigfault resolvers "
			"add NAME@VERSION DIR");
		return EXIT_USAGE;
	}
	r = store_add(&wish, name, sizeof(name), e);
	if (r < 0)
		return status_of(r);
	printf("%s: 'sigfault run minute -r %s' puts it to the test%s\n", name, name,
	       o->suite ? "" : "; its folder is linked, not copied");
	return EXIT_HELD;
}

static enum exit_status take_away(const struct options *o, struct err *e)
{
	int r = o->arg_count == 2 ? store_remove(o->args[1], e)
				  : err_set(e, -EINVAL,
					    "'remove' wants a name: sigfault resolvers remove "
					    "NAME@VERSION");

	return r < 0 ? EXIT_USAGE : EXIT_HELD;
}

enum exit_status cmd_resolvers(struct options *o, struct err *e)
{
	const char *verb = o->arg_count ? o->args[0] : "";

	if (strcmp(verb, "add") == 0)
		return add(o, e);
	if (o->suite || o->mirror) {
		err_set(e, -EINVAL, "--debian and --mirror are for 'sigfault resolvers add'");
		return EXIT_USAGE;
	}
	if (strcmp(verb, "remove") == 0)
		return take_away(o, e);
	if (!*verb)
		return list(o, e);
	err_set(e, -EINVAL, "'%s' is neither add nor remove; see 'sigfault help resolvers'", verb);
	return EXIT_USAGE;
}
