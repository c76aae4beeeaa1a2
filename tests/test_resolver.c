/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/matrix.h"
#include "harness/subject/resolver.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/shipped.h"
#include "sim/language/scenario.h"
#include "tests/support/folder.h"
#include "tests/support/need.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

#define KEY                                                                                        \
	"mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="

static const char *put(const char *name, const char *text, int mode)
{
	const char *path = folder_put(name, text);

	chmod(path, (mode_t)mode);
	return path;
}

/* ---- drivers of our own ---- */

#define SAYS "#!/bin/sh\necho 'Thing version 4.2 (built for this test)'\n"

/* A driver for a program at PATH, whose rest is `more`. */
static const char *write_driver(const char *more)
{
	char text[8192];

	put("thing", SAYS, 0755);
	snprintf(text, sizeof(text),
		 "return { name = 'thing', program = '%s', package = 'thing-server',\n"
		 "version = { arguments = { '--version' }, pattern = 'version (%%S+)' },\n"
		 "configuration = 'thing.conf',\n"
		 "mitigations = { none = { about = 'nothing' }, ['nta'] = { about = 'an anchor' } "
		 "},\n"
		 "%s }\n",
		 folder_path("thing"), more);
	return put("thing.lua", text, 0644);
}

#define PLAIN                                                                                      \
	"files = function(s) return { ['thing.conf'] = s.mitigation .. ' ' .. s.address4 } end,\n" \
	"start = function(s) return { s.program, '-x', s.folder } end,\n"

static struct subject subject(void)
{
	return (struct subject){
		.folder = folder(),
		.mitigation = "none",
		.address4 = "198.19.0.53",
		.root_hints = ". 3600 NS a.root.example.\na.root.example. 3600 A 198.18.0.1\n",
		.root_key = "",
		.root_ds = "",
		.seed = 7
	};
}

static struct driver *load(const char *choice)
{
	struct driver *d = NULL;
	struct err e = { .text = "" };

	if (driver_load(choice, &d, &e) < 0)
		fail_msg("%s", e.text);
	return d;
}

static void refused(const char *choice, int code, const char *part)
{
	struct driver *d = NULL;
	struct err e = { .text = "" };

	assert_int_equal(driver_load(choice, &d, &e), code);
	if (!strstr(e.text, part))
		fail_msg("'%s' does not say '%s'", e.text, part);
}

static void a_driver_file_says_who_it_is(void **state)
{
	struct driver *d = load(write_driver(PLAIN));

	(void)state;
	assert_string_equal(driver_name(d), "thing");
	assert_string_equal(driver_version(d), "4.2");
	assert_string_equal(driver_program(d), folder_path("thing"));
	assert_string_equal(driver_mitigation(d, "none"), "nothing");
	assert_null(driver_mitigation(d, "prayer"));
	driver_free(d);
}

static void a_configuration_is_written_and_kept_beside_the_record(void **state)
{
	struct driver *d = load(write_driver(PLAIN));
	struct subject s = subject();
	const char *const *argv;
	struct err e = { .text = "" };
	char cell[128];

	(void)state;
	snprintf(cell, sizeof(cell), "%s/cell", folder());
	mkdir(cell, 0755);
	assert_int_equal(resolver_configure(d, &s, cell, &argv, &e), 0);
	assert_string_equal(argv[0], folder_path("thing"));
	assert_string_equal(argv[1], "-x");
	assert_string_equal(argv[2], folder());
	assert_null(argv[3]);
	assert_string_equal(folder_text("thing.conf"), "none 198.19.0.53");
	assert_string_equal(folder_text("cell/resolver.conf"), "none 198.19.0.53");
	assert_int_equal(strncmp(folder_text("cell/resolver.version"), "thing 4.2\n", 10), 0);
	s.folder = "/no/such/folder";
	assert_int_equal(resolver_configure(d, &s, cell, &argv, &e), -ENOENT);
	assert_non_null(strstr(e.text, "/no/such/folder/thing.conf"));
	driver_free(d);
}

static void a_wrong_driver_is_refused_by_a_sentence(void **state)
{
	(void)state;
	refused("no-such-thing", -EINVAL, "shipped are: ");
	refused("no-such-thing=/bin/sh", -EINVAL, "shipped are: ");
	refused("unbund", -EINVAL, "'unbund'; did you mean 'unbound'?");
	refused("./nofile.lua", -EINVAL, "'./nofile.lua': no such file");
	refused(folder_put("a.lua", "return 5"), -EINVAL, "a.lua: a driver returns a table");
	refused(folder_put("b.lua", "return {\n"), -EINVAL, "b.lua:");
	refused(folder_put("c.lua", "local x = nil\nreturn { name = x.y }\n"), -EINVAL, "c.lua:2:");
	refused(write_driver(PLAIN "colour = 'red'"), -EINVAL, "unknown key 'colour'");
	refused(write_driver(PLAIN "operations = { hope = function() end }"), -EINVAL, "'hope'");
	refused(write_driver(PLAIN "operations = { nta = 5 }"), -EINVAL, "'nta' wants a function");
	refused(write_driver(PLAIN "counters = { read = print }"), -EINVAL, "'command'");
	refused(write_driver("start = print"), -EINVAL, "files");
	refused(write_driver(PLAIN "program = 5"), -EINVAL, "program");
	refused(write_driver(PLAIN "mitigations = { nta = { about = 'x' } }"), -EINVAL, "none");
	refused(write_driver(PLAIN "mitigations = { none = { abuot = 'x' } }"), -EINVAL, "abuot");
}

static void the_default_is_the_shipped_driver_that_says_so(void **state)
{
	struct driver *d = load(write_driver(PLAIN "default = true"));
	char name[64], path[512];
	struct err e = { .text = "" };

	(void)state;
	assert_true(driver_is_default(d));
	driver_free(d);
	d = load(write_driver(PLAIN));
	assert_false(driver_is_default(d));
	driver_free(d);
	refused(write_driver(PLAIN "default = 'yes'"), -EINVAL, "default");

	assert_int_equal(driver_default(name, sizeof(name), &e), 0);
	snprintf(path, sizeof(path), "%s/%s.lua", shipped_path(SHIPPED_RESOLVERS), name);
	assert_has(file_text(path), "default = true");
}

static void a_program_that_is_not_there_is_named_with_its_package(void **state)
{
	char choice[256];

	(void)state;
	write_driver(PLAIN);
	snprintf(choice, sizeof(choice), "%s=/no/such/program", folder_path("thing.lua"));
	refused(choice, -EINVAL, "no such file: '/no/such/program'");
	snprintf(choice, sizeof(choice), "%s=%s", folder_path("thing.lua"), folder());
	refused(choice, -EINVAL, "is a folder, and not a program");
	snprintf(choice, sizeof(choice), "%s=/etc/passwd", folder_path("thing.lua"));
	refused(choice, -EINVAL, "is not a program: it may not be executed");
	snprintf(choice, sizeof(choice), "%s=%s", folder_path("thing.lua"),
		 folder_put("other", "#!/bin/sh\necho BIND 9\n"));
	assert_int_equal(chmod(folder_path("other"), 0755), 0);
	refused(choice, -EINVAL, "does not look like 'thing': it says 'BIND 9'");
	refused(write_driver(PLAIN "program = 'no-such-thing'"), -ENOPKG,
		"apt-get install thing-server");
	refused(write_driver(PLAIN "program = 'no-such-thing', package = 'thing|thing6'"), -ENOPKG,
		"'apt-get install thing', or 'thing6'");
}

static void another_build_has_another_name(void **state)
{
	char choice[256], path[128];
	struct driver *d;

	(void)state;
	write_driver(PLAIN);
	snprintf(path, sizeof(path), "%s/thing-5.0", folder());
	mkdir(path, 0755);
	mkdir(folder_path("thing-5.0/sbin"), 0755);
	put("thing-5.0/sbin/thing", SAYS, 0755);
	snprintf(choice, sizeof(choice), "%s=%s/sbin/thing", folder_path("thing.lua"), path);
	d = load(choice);
	assert_string_equal(driver_name(d), "thing-5.0");
	driver_free(d);

	put("thing-5.0/other", SAYS, 0755);
	snprintf(choice, sizeof(choice), "%s=%s/other", folder_path("thing.lua"), path);
	d = load(choice);
	assert_string_equal(driver_name(d), "thing-other");
	driver_free(d);
}

#define WITH_OPTIONS                                                                               \
	"files = function(s) return { ['thing.conf'] = s.address4 .. "                             \
	"(s.options.threads and ' ' .. s.options.threads or ' none') } end,\n"                     \
	"start = function(s) return { s.program, '-x', s.folder } end,\n"                          \
	"options = { threads = { about = 'how many', least = 2, most = 8 } },\n"

static void what_is_chosen_of_a_driver_is_told_and_configured(void **state)
{
	struct subject s = subject();
	const char *const *argv;
	struct err e = { .text = "" };
	struct driver *d;
	char choice[256];

	(void)state;
	write_driver(WITH_OPTIONS);
	snprintf(choice, sizeof(choice), "%s:threads=4", folder_path("thing.lua"));
	d = load(choice);
	assert_string_equal(driver_name(d), "thing+threads=4");
	assert_string_equal(driver_kind(d), "thing");
	assert_int_equal(resolver_configure(d, &s, folder(), &argv, &e), 0);
	assert_string_equal(folder_text("thing.conf"), "198.19.0.53 4");
	driver_free(d);
	d = load(folder_path("thing.lua"));
	assert_int_equal(resolver_configure(d, &s, folder(), &argv, &e), 0);
	assert_string_equal(folder_text("thing.conf"), "198.19.0.53 none");
	driver_free(d);
}

static void an_option_that_a_driver_lacks_or_cannot_have_so_is_refused(void **state)
{
	static const struct {
		const char *option, *part;
	} rows[] = {
		{ ":thread=4", "has no option 'thread'; did you mean 'threads'?" },
		{ ":colour=4", "has no option 'colour'; it has: threads" },
		{ ":threads=9", "'9', and not a number from 2 to 8" },
		{ ":threads=1", "'1', and not a number from 2 to 8" },
		{ ":threads=4x", "'4x', and not a number" },
		{ ":threads=4:threads=4", "given twice" },
		{ ":threads", "it is ':NAME=VALUE'" },
	};
	char choice[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		write_driver(WITH_OPTIONS);
		snprintf(choice, sizeof(choice), "%s%s", folder_path("thing.lua"), rows[i].option);
		refused(choice, -EINVAL, rows[i].part);
	}
	write_driver(PLAIN);
	snprintf(choice, sizeof(choice), "%s:threads=4", folder_path("thing.lua"));
	refused(choice, -EINVAL, "it has none at all");
	refused(write_driver(PLAIN "options = { threads = { most = 4 } }"), -EINVAL, "about");
	refused(write_driver(PLAIN "options = { threads = { about = 'x', mots = 4 } }"), -EINVAL,
		"mots");
}

static void two_builds_that_would_have_one_name_are_told(void **state)
{
	char choices[512], a[128], b[128];
	struct err e = { .text = "" };
	struct matrix m;

	(void)state;
	write_driver(PLAIN);
	mkdir(folder_path("a"), 0755);
	mkdir(folder_path("b"), 0755);
	mkdir(folder_path("a/same"), 0755);
	mkdir(folder_path("b/same"), 0755);
	snprintf(a, sizeof(a), "%s", put("a/same/thing", SAYS, 0755));
	snprintf(b, sizeof(b), "%s", put("b/same/thing", SAYS, 0755));
	snprintf(choices, sizeof(choices), "%s/thing.lua=%s,%s/thing.lua=%s", folder(), a, folder(),
		 b);
	assert_int_equal(matrix_load(&m, NULL, choices, &e), -EINVAL);
	assert_non_null(strstr(e.text, "would both be called 'thing-same'"));
	matrix_done(&m);
}

static void an_operation_is_a_list_of_commands(void **state)
{
	struct driver *d =
		load(write_driver(PLAIN "control = 'thing-control',\n"
					"operations = { flush = function(s, z) return { { "
					"s.control, 'a', z }, { 'b' } } end,\n"
					"  reload = function() return {} end, ['flush-all'] = "
					"function() return { { 1 } } end }"));
	const char *const *const *commands;
	struct subject s = subject();
	struct err e = { .text = "" };

	(void)state;
	assert_int_equal(resolver_operation(d, &s, OPERATION_FLUSH, "de.", &commands, &e), 0);
	assert_string_equal(commands[0][0], "thing-control");
	assert_string_equal(commands[0][2], "de.");
	assert_null(commands[0][3]);
	assert_string_equal(commands[1][0], "b");
	assert_null(commands[1][1]);
	assert_null(commands[2]);
	assert_int_equal(resolver_operation(d, &s, OPERATION_NTA, "de.", &commands, &e),
			 -EOPNOTSUPP);
	assert_non_null(strstr(e.text, "no operation 'nta'"));
	assert_int_equal(resolver_operation(d, &s, OPERATION_RELOAD, "", &commands, &e), -EINVAL);
	assert_int_equal(resolver_operation(d, &s, OPERATION_FLUSH_ALL, "", &commands, &e),
			 -EINVAL);
	assert_non_null(strstr(e.text, "word 1 of the command is a number"));
	driver_free(d);
}

static void note(const char *name, double value, void *arg)
{
	char *text = arg;

	sprintf(text + strlen(text), "%s=%g ", name, value);
}

static void counters_come_in_the_order_of_their_names(void **state)
{
	struct driver *d = load(write_driver(
		PLAIN
		"counters = { command = function(s) return { 'count', s.folder } end,\n"
		"read = function(text) local t = {} for k, v in text:gmatch('(%a+)=(%S+)') do "
		"t[k] = tonumber(v) or v end return t end }"));
	struct subject s = subject();
	struct err e = { .text = "" };
	char text[256] = "";

	(void)state;
	assert_string_equal(resolver_ask(d, &s, ASKED_COUNTERS)[1], folder());
	assert_int_equal(resolver_read_counters(d, "c=3 a=1.5 b=-2", note, text, &e), 0);
	assert_string_equal(text, "a=1.5 b=-2 c=3 ");
	assert_int_equal(resolver_read_counters(d, "c=x", note, text, &e), -EINVAL);
	assert_non_null(strstr(e.text, "thing.lua: counters.read"));
	driver_free(d);
	d = load(write_driver(PLAIN));
	assert_null(resolver_ask(d, &s, ASKED_COUNTERS));
	driver_free(d);
}

#define COUNTS                                                                                     \
	PLAIN "counters = { command = function() return { 'count' } end, read = function() "       \
	      "return {} end, socket = { "

static void a_socket_says_what_a_command_prints(void **state)
{
	static const char *const wrong[][2] = {
		{ "say = 'hello' } }", "file" },
		{ "file = 'a' } }", "say" },
		{ "file = '../a', say = 'hello' } }", "'../a' is no plain name" },
		{ "file = 'a', say = 'hello', port = 1 } }", "port" },
	};
	struct driver *d =
		load(write_driver(COUNTS "file = 'control', say = 'hello\\n', failed = 'no' } }"));
	const struct driver_socket *s = resolver_socket(d, ASKED_COUNTERS);
	struct err e = { .text = "" };

	(void)state;
	assert_string_equal(s->file, "control");
	assert_string_equal(s->say, "hello\n");
	assert_string_equal(s->failed, "no");
	assert_null(resolver_socket(d, ASKED_REQUESTS));
	driver_free(d);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		char text[1024];

		snprintf(text, sizeof(text), COUNTS "%s", wrong[i][0]);
		assert_int_equal(driver_load(write_driver(text), &d, &e), -EINVAL);
		assert_non_null(strstr(e.text, wrong[i][1]));
		assert_non_null(strstr(e.text, "thing.lua:"));
	}
}

/* ---- the ones we ship ---- */

static void find_unbound(const char *name, void *arg)
{
	*(bool *)arg |= !strcmp(name, "unbound");
}

static void unbound_is_shipped(void **state)
{
	struct err e = { .text = "" };
	bool found = false;

	(void)state;
	assert_int_equal(driver_list(find_unbound, &found, &e), 0);
	assert_true(found);
}

static struct driver *installed(const char *name)
{
	struct driver *d = NULL;
	struct err e = { .text = "" };

	if (driver_load(name, &d, &e) == 0)
		return d;
	lacking("%s", e.text);
	return NULL;
}

static void a_driver_that_leaves_settings_out_is_refused(void **state)
{
	struct driver *d = NULL;
	struct subject s = subject();
	const char *const *argv;
	struct err e = { .text = "" };

	(void)state;
	assert_int_equal(driver_load(write_driver(PLAIN), &d, &e), 0);
	s.settings = "max-ttl: 5\n";
	assert_int_equal(resolver_configure(d, &s, folder(), &argv, &e), -EINVAL);
	assert_non_null(strstr(e.text, "subject.settings"));
	s.settings = "";
	assert_int_equal(resolver_configure(d, &s, folder(), &argv, &e), 0);
	driver_free(d);
}

static void unbound_accepts_its_configuration(void **state)
{
	static const char *const mitigations[] = {
		"none",	     "serve-stale",  "prefetch",    "serve-stale-now", "no-validation",
		"long-ttls", "long-denials", "short-bogus", "strict"
	};
	struct driver *d = installed("unbound");
	struct subject s = subject();
	const char *const *argv;
	struct err e = { .text = "" };
	char command[256];

	(void)state;
	if (!d)
		skip();
	s.address6 = "fd00:53::53";
	s.root_key = ". 3600 IN DNSKEY 257 3 13 " KEY;
	s.settings = "server:\n    cache-max-negative-ttl: 86400\n";
	snprintf(command, sizeof(command), "cd %s && unbound-checkconf unbound.conf >/dev/null",
		 folder());
	for (size_t i = 0; i < ARRAY_SIZE(mitigations); i++) {
		assert_non_null(driver_mitigation(d, mitigations[i]));
		s.mitigation = mitigations[i];
		if (resolver_configure(d, &s, folder(), &argv, &e) < 0)
			fail_msg("%s", e.text);
		assert_string_equal(argv[0], driver_program(d));
		assert_int_equal(system(command), 0);
		assert_int_equal(strstr(folder_text("unbound.conf"), "serve-expired: yes") != NULL,
				 i == 1 || i == 3);
	}
	driver_free(d);
}

static void unbound_tells_its_counters(void **state)
{
	struct driver *d = installed("unbound");
	struct err e = { .text = "" };
	char text[512] = "";

	(void)state;
	if (!d)
		skip();
	assert_int_equal(
		resolver_read_counters(d,
				       "thread0.num.queries=3\ntotal.num.queries=3\n"
				       "total.requestlist.current.all=12\ntime.up=1.500000\n"
				       "histogram.000000.000000.to.000000.000001=0\n"
				       "num.query.type.A=3\n",
				       note, text, &e),
		0);
	assert_string_equal(text, "num.query.type.A=3 request-list=12 time.up=1.5 "
				  "total.num.queries=3 total.requestlist.current.all=12 ");
	driver_free(d);
}

/* The example of harness/subject/resolvers/README.md is a driver, and BIND is content with what it
 * writes. */
static void the_example_of_the_documentation_works(void **state)
{
	const char *const *argv;
	struct driver *d = NULL;
	struct err e = { .text = "" };
	struct subject s = subject();
	char path[4096], command[256], *text, *end;

	(void)state;
	snprintf(path, sizeof(path), "%s/README.md", shipped_path(SHIPPED_RESOLVERS));
	text = file_text(path);
	end = strstr(strstr(text, "```lua\n"), "\n```\n");
	assert_non_null(end);
	*end = '\0';
	put("bind.lua", strstr(text, "```lua\n") + 7, 0644);
	d = installed(folder_path("bind.lua"));
	if (!d)
		skip();
	s.address6 = "fd00:53::53";
	s.root_key = ". 3600 IN DNSKEY 257 3 13 " KEY;
	snprintf(command, sizeof(command), "cd %s && named-checkconf named.conf", folder());
	for (int stale = 0; stale < 2; stale++) {
		s.mitigation = stale ? "serve-stale" : "none";
		if (resolver_configure(d, &s, folder(), &argv, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(system(command), 0);
	}
	driver_free(d);
}

int main(void)
{
#define in_a_folder(test) cmocka_unit_test_teardown(test, folder_remove)
	const struct CMUnitTest tests[] = {
		in_a_folder(a_driver_file_says_who_it_is),
		in_a_folder(a_configuration_is_written_and_kept_beside_the_record),
		in_a_folder(a_wrong_driver_is_refused_by_a_sentence),
		in_a_folder(the_default_is_the_shipped_driver_that_says_so),
		in_a_folder(a_program_that_is_not_there_is_named_with_its_package),
		in_a_folder(another_build_has_another_name),
		in_a_folder(what_is_chosen_of_a_driver_is_told_and_configured),
		in_a_folder(an_option_that_a_driver_lacks_or_cannot_have_so_is_refused),
		in_a_folder(two_builds_that_would_have_one_name_are_told),
		in_a_folder(an_operation_is_a_list_of_commands),
		in_a_folder(counters_come_in_the_order_of_their_names),
		in_a_folder(a_socket_says_what_a_command_prints),
		cmocka_unit_test(unbound_is_shipped),
		in_a_folder(unbound_accepts_its_configuration),
		cmocka_unit_test(unbound_tells_its_counters),
		in_a_folder(a_driver_that_leaves_settings_out_is_refused),
		in_a_folder(the_example_of_the_documentation_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
