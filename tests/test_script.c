/* SPDX-License-Identifier: BSD-2-Clause */
/* The sandbox: what scripts cannot do, and how their errors read. */
#include "sim/language/script.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"

static void write_file(const char *name, const void *data, size_t len)
{
	FILE *f = fopen(folder_path("%s", name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* Runs a text as a file and gives what came of it. */
static int run(const char *text, struct err *e)
{
	_cleanup_(script_freep) struct script *s = NULL;

	e->text[0] = '\0';
	write_file("x.lua", text, strlen(text));
	assert_int_equal(script_new(folder(), &s, e), 0);
	script_limit_cpu(s, 120); /* sanitized and on a busy machine, what is quick is slow */
	return script_run_file(s, folder_path("x.lua"), 0, e);
}

static void must_run(const char *text)
{
	struct err e;

	if (run(text, &e))
		fail_msg("'%s': %s", text, e.text);
}

/* The sentence is "FOLDER/x.lua:LINE: …sentence…". */
static void must_fail(const char *text, int line, const char *sentence)
{
	char place[64];
	struct err e;

	if (run(text, &e) == 0)
		fail_msg("'%s' did not fail", text);
	snprintf(place, sizeof(place), "x.lua:%d: ", line);
	if (!strstr(e.text, place) || !strstr(e.text, sentence))
		fail_msg("'%s' gave: %s", text, e.text);
	assert_null(strchr(e.text, '\n'));
}

static void nothing_of_the_system_is_there(void **state)
{
	(void)state;
	must_run("for _, name in ipairs { 'os', 'io', 'debug', 'package', 'load', 'loadfile', "
		 "'dofile', 'loadstring', 'collectgarbage', 'coroutine' } do "
		 "assert(_G[name] == nil, name) end "
		 "assert(string.dump == nil) assert(('x').dump == nil)");
}

static void what_scripts_need_is_there(void **state)
{
	(void)state;
	must_run("assert(math.floor(2.5) == 2 and ('a'):rep(3) == 'aaa' and #table.pack(1, 2) == 2)"
		 "assert(pcall(error, 'x') == false and utf8.char(228) == '\\u{e4}')");
}

static void random_numbers_are_the_same_each_time(void **state)
{
	struct err e;

	(void)state;
	must_run("assert(math.randomseed == nil)");
	assert_int_equal(run("error(tostring(math.random(1 << 60)), 0)", &e), -EINVAL);
	char *first = strdup(e.text);

	assert_int_equal(run("error(tostring(math.random(1 << 60)), 0)", &e), -EINVAL);
	assert_string_equal(first, e.text);
	free(first);
}

static void a_syntax_error_tells_its_line(void **state)
{
	(void)state;
	must_fail("x = 1\ny = = 2\n", 2, "unexpected symbol");
}

static void an_error_tells_its_line(void **state)
{
	(void)state;
	must_fail("\n\nnil_value.x = 1\n", 3, "attempt to index a nil value");
	must_fail("\nerror('no place', 0)\n", 2, "no place");
	must_fail("\nerror { 1 }\n", 2, "was given a table");
}

static void an_endless_loop_is_stopped(void **state)
{
	(void)state;
	must_fail("local n = 0\nwhile true do n = n + 1 end\n", 2,
		  "took more than 100 million instructions: an endless loop?");
}

static void pcall_does_not_swallow_the_limit(void **state)
{
	(void)state;
	must_fail("local function f() while true do end end\nwhile true do pcall(f) end\n", 2,
		  "an endless loop?");
	must_fail("local function f() pcall(f) while true do end end\nf()\n", 1,
		  "an endless loop?");
	must_run("assert(xpcall == nil)");
}

static void a_memory_hog_is_stopped(void **state)
{
	struct err e;

	(void)state;
	must_fail("local t = {}\nfor i = 1, 1000 do\nt[i] = ('x'):rep(1000000) .. i\nend\n", 3,
		  "needs more than 256 MB of memory");
	assert_int_equal(run("return ('x'):rep(1 << 30)", &e), -ENOMEM);
	must_run("local t = {} for i = 1, 400 do t[1] = ('x'):rep(1000000) .. i end");
}

static void an_error_is_one_of_memory_by_what_happened_and_not_by_its_words(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(run("error('not enough memory for all of it')", &e), -EINVAL);
	assert_non_null(strstr(e.text, "not enough memory for all of it"));
	assert_int_equal(run("pcall(function() return ('x'):rep(1 << 30) end) error('later')", &e),
			 -EINVAL);
	assert_non_null(strstr(e.text, "later"));
	assert_int_equal(run("pcall(error, 'x') return ('x'):rep(1 << 30)", &e), -ENOMEM);
}

static void the_limits_start_anew_with_each_call(void **state)
{
	_cleanup_(script_freep) struct script *s = NULL;
	struct err e;

	(void)state;
	assert_int_equal(script_new(folder(), &s, &e), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(luaL_loadstring(script_state(s), "for i = 1, 3e7 do end"), 0);
		if (script_call(s, 0, 0, &e))
			fail_msg("%s", e.text);
	}
	assert_int_equal(luaL_loadstring(script_state(s), "while true do end"), 0);
	assert_int_equal(script_call(s, 0, 0, &e), -EINVAL);
	assert_int_equal(luaL_loadstring(script_state(s), "return 1, 2"), 0);
	assert_int_equal(script_call(s, 0, 2, &e), 0);
	assert_int_equal(lua_gettop(script_state(s)), 2);
}

static void finalizers_are_refused(void **state)
{
	(void)state;
	must_fail("setmetatable({}, { __gc = function() while true do end end })", 1, "__gc");
	must_run("assert(setmetatable({}, { __index = { a = 7 } }).a == 7)");
}

static void require_finds_files_below_the_folder_once(void **state)
{
	static const char lib[] = "count = (count or 0) + 1\nreturn { n = count }\n";

	(void)state;
	write_file("lib/x.lua", lib, sizeof(lib) - 1);
	must_run("assert(require('lib.x').n == 1) assert(require 'lib.x'.n == 1)");
	must_fail("require '..x'", 1, "wants a name like");
	must_fail("require 'lib/x'", 1, "wants a name like");
	must_fail("require '/etc/passwd'", 1, "wants a name like");
	must_fail("\nrequire 'lib.nothing'", 2, "there is no 'lib.nothing'");
}

static void a_file_that_requires_itself_is_refused(void **state)
{
	static const char lib[] = "return require 'lib.self'\n";
	struct err e;

	(void)state;
	write_file("lib/self.lua", lib, sizeof(lib) - 1);
	assert_int_equal(run("require 'lib.self'", &e), -EINVAL);
	assert_non_null(strstr(e.text, "requires itself"));
}

/* What a process of its own that runs the text prints, and how it ends. */
static int run_apart(const char *text, char *ret, size_t size)
{
	_cleanup_(script_freep) struct script *s = NULL;
	struct err e = { .text = "" };
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	ret[0] = '\0';
	write_file("x.lua", text, strlen(text));
	assert_int_equal(script_new(folder(), &s, &e), 0);
	script_limit_cpu(s, 1);
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[1]);
		if (script_run_file(s, folder_path("x.lua"), 0, &e))
			dprintf(STDERR_FILENO, "%s", e.text);
		_exit(0);
	}
	close(ends[1]);
	for (size_t len = 0; (n = read(ends[0], ret + len, size - 1 - len)) > 0;)
		ret[len += (size_t)n] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void an_endless_loop_in_a_function_of_luas_own_ends_with_its_line(void **state)
{
	static const char *const texts[] = {
		"\nlocal s = ('a'):rep(30000)\ns:find(('.-'):rep(20) .. 'b')\n",
		"\n\ntable.move({}, 1, 1e18, 2)\n",
		"\n\npcall(string.find, ('a'):rep(30000), ('.-'):rep(20) .. 'b')\n",
	};
	char said[512];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(run_apart(texts[i], said, sizeof(said)), 2);
		if (!strstr(said, "x.lua:3: takes too long in a function of Lua's own"))
			fail_msg("%s", said);
	}
}

static void what_takes_long_and_executes_instructions_is_an_error(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(run_apart("\nlocal function f() end\n"
				   "string.gsub(('a'):rep(3e7), '.', f)\n",
				   said, sizeof(said)),
			 0);
	if (!strstr(said, "took more than 1 s of CPU time") &&
	    !strstr(said, "took more than 100 million instructions"))
		fail_msg("%s", said);
}

static void bytecode_is_refused(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(run("\x1bLuaT", &e), -EINVAL);
	assert_non_null(strstr(e.text, "Lua that has been compiled"));
}

static void a_missing_file_is_named(void **state)
{
	_cleanup_(script_freep) struct script *s = NULL;
	struct err e;

	(void)state;
	assert_int_equal(script_new(folder(), &s, &e), 0);
	assert_int_equal(script_run_file(s, "/nowhere/x.lua", 0, &e), -ENOENT);
	assert_non_null(strstr(e.text, "'/nowhere/x.lua'"));
	assert_true(script_run_file(s, folder(), 0, &e) < 0);
}

static int make_lib(void **state)
{
	(void)state;
	return mkdir(folder_path("lib"), 0700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_of_the_system_is_there),
		cmocka_unit_test(what_scripts_need_is_there),
		cmocka_unit_test(random_numbers_are_the_same_each_time),
		cmocka_unit_test(a_syntax_error_tells_its_line),
		cmocka_unit_test(an_error_tells_its_line),
		cmocka_unit_test(an_endless_loop_is_stopped),
		cmocka_unit_test(pcall_does_not_swallow_the_limit),
		cmocka_unit_test(a_memory_hog_is_stopped),
		cmocka_unit_test(an_error_is_one_of_memory_by_what_happened_and_not_by_its_words),
		cmocka_unit_test(the_limits_start_anew_with_each_call),
		cmocka_unit_test(finalizers_are_refused),
		cmocka_unit_test(require_finds_files_below_the_folder_once),
		cmocka_unit_test(a_file_that_requires_itself_is_refused),
		cmocka_unit_test(bytecode_is_refused),
		cmocka_unit_test(an_endless_loop_in_a_function_of_luas_own_ends_with_its_line),
		cmocka_unit_test(what_takes_long_and_executes_instructions_is_an_error),
		cmocka_unit_test(a_missing_file_is_named),
	};

	return cmocka_run_group_tests(tests, make_lib, NULL);
}
