#include "tests/world.h"

#include <errno.h>
#include <sys/wait.h>

#include "zones/dump.h"

static struct tree *tree;

static int setup(void **state)
{
	(void)state;
	tree = world_prepared();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_free(tree);
	return 0;
}

/* The zone in a file of its own, whose name comes back. */
static void dump(struct zone *z, char path[64])
{
	struct view v = { .zone = z, .now = WORLD_NOW };
	struct err e = { "" };
	FILE *f;
	int fd, rc;

	strcpy(path, "/tmp/test_dump.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	f = fdopen(fd, "w");
	rc = dump_zone(&v, f, &e);
	if (rc)
		fail_msg("%s", e.text);
	assert_int_equal(fclose(f), 0);
}

static int run(const char *format, const char *a, const char *b)
{
	char command[512];
	int status;

	snprintf(command, sizeof(command), format, a, b);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool have(const char *program)
{
	return !run("command -v %s >/dev/null%s", program, "");
}

static void need(const char *program)
{
	if (have(program))
		return;
	if (getenv("MUST_WORK"))
		fail_msg("%s is not installed", program);
	print_message("%s is not installed: skipped\n", program);
	skip();
}

/* Judges that are not ours read the dump of a zone. */
static void judge(const char *apex)
{
	char path[64];

	dump(tree_zone(tree, N(apex)), path);
	assert_int_equal(run("ldns-verify-zone -t " WORLD_DATE " %s >%s.log 2>&1", path, path), 0);
	assert_int_equal(run("kzonecheck -t 1778007600 -o %s %s 2>&1", apex, path), 0);
	assert_int_equal(run("named-checkzone -i local -q %s %s", apex, path), 0);
	unlink(path);
	strcat(path, ".log");
	unlink(path);
}

static void judges_accept(const char *apex)
{
	need("ldns-verify-zone");
	need("kzonecheck");
	need("named-checkzone");
	judge(apex);
}

static void the_root_passes(void **state)
{
	(void)state;
	judges_accept(".");
}

static void an_opt_out_tld_passes(void **state)
{
	(void)state;
	judges_accept("de.");
}

static void an_nsec_tld_passes(void **state)
{
	(void)state;
	judges_accept("net.");
}

static void an_nsec3_tld_without_opt_out_passes(void **state)
{
	(void)state;
	judges_accept("org.");
}

static void leafs_of_all_kinds_pass(void **state)
{
	(void)state;
	judges_accept("rsa.org.");
	judges_accept("ed.org.");
	judges_accept("deep.under.net.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_root_passes),
		cmocka_unit_test(an_opt_out_tld_passes),
		cmocka_unit_test(an_nsec_tld_passes),
		cmocka_unit_test(an_nsec3_tld_without_opt_out_passes),
		cmocka_unit_test(leafs_of_all_kinds_pass),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
