/* SPDX-License-Identifier: BSD-2-Clause */
/* What sigfault says and does when something is wrong around it, as a user meets it: one sentence,
 * an exit status, nothing left behind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define HEAD "scenario { name = 'bad', title = 'Bad', from = '2026-05-05T19:00Z', to = '+60s' }\n"
#define ROOT                                                                                       \
	"local root = zone('.', { algorithm = 'ECDSAP256SHA256', servers = { '198.18.0.1' } })\n"
#define TLD                                                                                        \
	"local de = zone('de.', { parent = root, algorithm = 'ECDSAP256SHA256', servers = { "      \
	"'198.18.1.1' }, delegations = population { count = 100, signed = 0.1 } })\n"
#define WORLD HEAD ROOT TLD /* three lines */

/* The words on stderr are one sentence that says `what`. */
static void assert_one_sentence(const char *what)
{
	const char *end;

	shell(&sh, "cat %s/err", folder());
	end = strchr(sh.out, '\n');
	if (strncmp(sh.out, "sigfault: ", 10) != 0 || !end || end[1] || !strstr(sh.out, what))
		fail_msg("not one sentence with '%s': %s", what, sh.out);
}

/* Runs a command line, its stderr put aside, and wants an exit status and one sentence. */
__attribute__((format(printf, 3, 4))) static void refused(int status, const char *what,
							  const char *fmt, ...)
{
	char line[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	shell(&sh, "({ %s; } 2>%s/err)", line, folder());
	if (sh.status != status) {
		int got = sh.status;

		shell(&sh, "cat %s/err", folder());
		fail_msg("status %d, not %d: %s: %s", got, status, line, sh.out);
	}
	assert_one_sentence(what);
}

static void assert_absent(const char *name)
{
	shell(&sh, "test ! -e %s/%s", folder(), name);
	if (sh.status != 0)
		fail_msg("'%s' was left", name);
}

static void every_error_of_a_scenario_is_exit_2_with_file_and_line(void **state)
{
	static const struct {
		const char *text, *what;
	} bad[] = {
		{ HEAD "local x = = 3\n", "bad.lua:2: unexpected symbol" },
		{ HEAD "frobnicate { }\n", "bad.lua:2: unknown word 'frobnicate'" },
		{ HEAD "os.execute('true')\n", "bad.lua:2: unknown word 'os'" },
		{ WORLD "root:recrod('x')\n",
		  "bad.lua:4: a zone has no method 'recrod'; it has: fault," },
		{ WORLD "root:record('x')\n", "bad.lua:4: record: 'x': is no record" },
		{ HEAD "zoen '.'\n", "bad.lua:2: unknown word 'zoen'; did you mean 'zone'?" },
		{ WORLD "collect { bins = '10s' }\n", "bad.lua:4: unknown key 'bins'" },
		{ WORLD "collect { bin = '10 parsecs' }\n",
		  "bad.lua:4: collect: bin: '10 parsecs'" },
		{ WORLD "collect { bin = '500ms' }\n", "bad.lua:4: collect: bin is whole seconds" },
		{ WORLD "at('+2h', resolver:flush 'de.')\n", "bad.lua:4: 2026-05-05T21:00:00Z is "
							     "outside of the scenario" },
		{ HEAD "zone('de.', { algorithm = 'ED25519', servers = { '198.18.1.1' } })\n",
		  "bad.lua:2: zone: 'de.' has no parent" },
		{ WORLD "zone('de.', { parent = root, servers = { '198.18.1.1' } })\n",
		  "bad.lua:4: zone: 'de.' is told twice" },
		{ HEAD "while true do end\n", "bad.lua:2: took more than" },
		{ HEAD "local t = {}\nwhile true do t[#t + 1] = ('x'):rep(1000000) end\n",
		  "bad.lua:3: needs more than" },
		{ WORLD "at('+9s', de:sign { key = 'other' })\n",
		  "bad.lua:4: sign: there is no ZSK "
		  "'other'" },
		{ HEAD ROOT "zone('de.', { parent = root, algorithm = 'ED25519', servers = { "
			    "'198.18.1.1' },\n delegations = population { count = 9, signed = 1.5 "
			    "} })\n",
		  "bad.lua:4: population: signed is 1.5" },
		{ "scenario { name = 'bad', title = 'Bad', from = '2026-05-05T19:00Z',\n"
		  "to = '2026-05-05T18:00Z' }\n",
		  "bad.lua:1: scenario: ends before it begins" },
		{ HEAD "error { }\n", "bad.lua:2: " },
		{ "", "bad.lua: there is no scenario { … } in it" },
	};
	const char *d = folder();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		folder_put("bad.lua", bad[i].text);
		refused(2, bad[i].what, SIGFAULT " plan %s/bad.lua", d);
		refused(2, bad[i].what, SIGFAULT " zone %s/bad.lua de.", d);
		refused(2, bad[i].what, SIGFAULT " run %s/bad.lua -o %s/out", d, d);
		assert_absent("out");
	}
	refused(2, "there is no scenario", SIGFAULT " run %s -o %s/out", d, d);
}

static void a_wrong_command_line_is_exit_2_and_one_sentence(void **state)
{
	static const struct {
		const char *line, *what;
	} bad[] = {
		{ "--bin 500ms", "whole seconds" },
		{ "--bin 0s", "whole seconds" },
		{ "--bin soon", "'soon' is not a" },
		{ "--seed", "'--seed' wants a value" },
		{ "--seed -1", "'-1' is not a whole" },
		{ "--sede 1", "no option '--sede'; did you mean '--seed'?" },
		{ "-x", "no option '-x'" },
		{ "--seed ' -1'", "' -1' is not a whole" },
		{ "--seed 0x10", "'0x10' is not a whole" },
		{ "--jobs abc", "--jobs: 'abc' is not a whole number" },
		{ "--jobs 0", "--jobs: '0' is not from 1 to 256" },
		{ "--seed 1 --seed 2", "'--seed' is given twice" },
		{ "--clock sundial", "'sundial'" },
		{ "--charge-cpu=x", "--charge-cpu: 'x' is not a factor from 0 to 1000" },
		{ "--charge-cpu=-1", "not a factor from 0" },
		{ "--charge-cpu=", "not a factor from 0" },
		{ "--charge-cpu=1001", "not a factor from 0" },
		{ "--charge-cpu --clock real", "for the virtual clock" },
		{ "--charge-cpu=2 --clock x20", "for the virtual clock" },
		{ "-m hope", "mitigation 'hope'" },
		{ "-r nobodys", "no resolver driver" },
		{ "--set nothing", "not KEY=VALUE" },
		{ "--set rat=1", "did you mean 'rate'?" },
		{ "-r unbund", "did you mean 'unbound'?" },
		{ "-m serve-stal", "did you mean 'serve-stale'?" },
		{ "another", "'another' is one argument too many" },
		{ "--set rate=fast", "rate" },
	};
	const char *d = folder();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(2, bad[i].what, SIGFAULT " run minute -o %s/out %s", d, bad[i].line);
	assert_absent("out");
	refused(2, "no zone 'nowhere.'", SIGFAULT " zone minute nowhere.");
	refused(2, "not the folder of a run", SIGFAULT " report %s", d);
}

/* What somebody may have at hand, given as a scenario, as a driver and as a plan of rollovers. */
static void a_file_that_is_no_script_is_said_to_be_what_it_is(void **state)
{
	static const struct {
		const char *make, *what;
	} foreign[] = {
		{ "cat build/sigfault", "but a program" },
		{ "cat tests/data/dns.pcap", "but a capture of packets" },
		{ "gzip -c README.md", "but packed: unpack it first" },
		{ "printf '#!/bin/sh\\nset -e\\n'", "but a script for another program" },
		{ "printf '\\044ORIGIN x.\\n@ IN SOA a. b. 1 2 3 4 5\\n'",
		  "but a zone in master file format" },
		{ "printf 'x. 60 IN SOA a. b. 1 2 3 4 5\\n'", "but a zone in master file format" },
		{ "printf 'server:\\n  verbosity: 1\\n'",
		  "but a resolver's configuration: run SCENARIO --config FILE" },
		{ "printf 'local-address=::1\\n'", "but a resolver" },
		{ "printf '; config options\\nserver:\\nCONFIG_END\\n'", "but a replay file" },
		{ "printf 'd0a1 ksk=yes zsk=no tag=1\\n'", "but a signer" },
	};
	const char *d = folder();

	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		shell(&sh, "%s > %s/foreign.lua", foreign[i].make, d);
		assert_int_equal(sh.status, 0);
		refused(2, foreign[i].what, SIGFAULT " plan %s/foreign.lua", d);
		refused(2, foreign[i].what, SIGFAULT " run minute -r %s/foreign.lua", d);
		refused(2, foreign[i].what, SIGFAULT " rollover %s/foreign.lua", d);
	}
	shell(&sh, "echo '{ \"a\": 1 }' > %s/foreign.lua", d);
	refused(2, "but JSON", SIGFAULT " plan %s/foreign.lua", d);
	refused(2, "'sigfault rollover FILE' reads such",
		SIGFAULT " plan tests/data/rollover/knot-zsk.json");
	/* A driver with a mistake in it holds a configuration, and is still a driver. */
	shell(&sh,
	      "sed 's/^return {/return { = /' harness/subject/resolvers/unbound.lua > "
	      "%s/foreign.lua",
	      d);
	refused(2, "foreign.lua:", SIGFAULT " run minute -r %s/foreign.lua", d);
	refused(2, "near '='", SIGFAULT " run minute -r %s/foreign.lua", d);
	refused(2, "'minutes'; did you mean 'minute'?", SIGFAULT " plan minutes");
	refused(2, "'./nofile.lua': no such file", SIGFAULT " plan ./nofile.lua");
	refused(2, "it has: ., net., de.", SIGFAULT " zone minute com.");
}

static void a_trace_that_cannot_be_replayed_is_exit_2(void **state)
{
	static const struct {
		const char *make, *key, *what;
	} bad[] = {
		{ "head -c 3000 /dev/zero", "pcap", "trace' is neither a capture" },
		{ "true", "pcap", "trace' is empty" },
		{ "gzip -c tests/data/dns.pcap | head -c 200", "pcap",
		  "trace' is packed, and cannot be unpacked: " },
		{ "head -c 30 tests/data/dns.pcap", "pcap", "trace' has no query for this" },
		{ "head -c 2000 tests/data/dns.pcap; head -c 4000 /dev/zero | tr '\\0' '\\377'",
		  "pcap", "trace' is damaged behind packet" },
		{ "printf 'a.de. A\\n'", "pcap", "trace' is a list of queries, not a capture" },
		{ "cat tests/data/dns.pcap", "text", "trace' is a capture, not a list" },
		{ "printf '0.1 a.de. A\\n0.2 a.de. FISH\\n'", "text",
		  "trace:2: 'FISH' is no type" },
		{ "printf '0.2 a.de. A\\n0.1 a.de. A\\n'", "text", "trace:2: '0.1' is earlier" },
		{ "printf '0.1 a.de. IN A\\n0.2 a.de. CH A\\n'", "text",
		  "trace:2: 'CH' is a class that is not replayed" },
		{ "printf 'a.de. A\\nb..de. A\\n'", "text",
		  "trace:2: name 'b..de.' has an empty label" },
	};
	const char *d = folder();
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), WORLD "traffic { %s = 'trace' }\n", bad[i].key);
		folder_put("bad.lua", text);
		shell(&sh, "{ %s; } > %s/trace", bad[i].make, d);
		refused(2, bad[i].what, SIGFAULT " plan %s/bad.lua", d);
		refused(2, bad[i].what, SIGFAULT " run %s/bad.lua -o %s/out", d, d);
		assert_absent("out");
	}
	shell(&sh, "rm %s/trace", d);
	refused(2, "bad.lua:4: traffic: cannot read", SIGFAULT " run %s/bad.lua -o %s/out", d, d);
	shell(&sh, "mkdir %s/trace", d);
	refused(2, "trace': Is a directory", SIGFAULT " run %s/bad.lua -o %s/out", d, d);
	assert_absent("out");
}

static void a_trace_that_is_cut_off_is_replayed_and_said_to_be(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("cut.lua", WORLD "traffic { pcap = 'cut.pcap', speed = 1000 }\n");
	shell(&sh, "head -c 1000 tests/data/dns.pcap > %s/cut.pcap", d);
	refused(0, "is cut off after", SIGFAULT " run %s/cut.lua --quiet -o %s/cut", d, d);
}

static void a_missing_program_is_exit_3_with_the_command_that_brings_it(void **state)
{
	const char *d = folder();

	(void)state;
	refused(2, "no such file: '/no/such/program'",
		SIGFAULT " run minute -r unbound=/no/such/program -o %s/out", d);
	refused(2, "'/etc/passwd' is not a program",
		SIGFAULT " run minute -r unbound=/etc/passwd -o %s/out", d);
	refused(2, "does not look like 'unbound': it says 'BIND ",
		SIGFAULT " run minute -r unbound=named -o %s/out", d);
	shell(&sh,
	      "sed 's/program = \"unbound\"/program = \"not-there\"/' "
	      "harness/subject/resolvers/unbound.lua > %s/missing.lua",
	      d);
	refused(3, "'not-there' is not installed: 'apt-get install unbound'",
		SIGFAULT " run minute -r %s/missing.lua -o %s/out", d, d);
	need_root();
	refused(3, "'unbound' is not installed: 'apt-get install unbound'",
		"unshare -m sh -c 'mount --bind /dev/null $(command -v unbound) && "
		"exec " SIGFAULT " run minute -o %s/out'",
		d);
	assert_absent("out");
}

static void an_error_in_a_driver_is_told_with_file_and_line(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("driver.lua", "return {\n\tname = = 'x',\n}\n");
	refused(2, "driver.lua:2: ", SIGFAULT " run minute -r %s/driver.lua -o %s/out", d, d);
	folder_put("driver.lua", "local x\nreturn { name = x.y }\n");
	refused(2, "driver.lua:2: ", SIGFAULT " run minute -r %s/driver.lua -o %s/out", d, d);
	folder_put("driver.lua", "return { nmae = 'x' }\n");
	refused(2, "driver.lua: unknown key 'nmae'",
		SIGFAULT " run minute -r %s/driver.lua -o %s/out", d, d);
	assert_absent("out");
	shell(&sh,
	      "sed 's/return { subject.program,/return { subject.no.program,/' "
	      "harness/subject/resolvers/unbound.lua > %s/driver.lua",
	      d);
	refused(4, "driver.lua:", SIGFAULT " run minute --quiet -r %s/driver.lua -o %s/late", d, d);
}

static void a_configuration_that_the_resolver_refuses_is_exit_4_with_its_words(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "sed 's/num-threads:/num-threats:/' harness/subject/resolvers/unbound.lua > "
	      "%s/refused.lua",
	      d);
	shell(&sh, SIGFAULT " run minute --quiet -r %s/refused.lua -o %s/refused", d, d);
	assert_int_equal(sh.status, 4);
	assert_non_null(
		strstr(sh.out, "sigfault: unbound-none: the resolver exited with status 1"));
	assert_non_null(strstr(sh.out, "unknown keyword 'num-threats'"));
	shell(&sh, SIGFAULT " report %s/refused", d);
	assert_int_equal(sh.status, 4);
}

/* A driver for a program of one's own, compiled here: with an argument it tells its version,
 * without one it does `body`. */
static void make_resolver(const char *name, const char *flags, const char *body)
{
	const char *d = folder();
	char text[1024], file[64];

	snprintf(text, sizeof(text),
		 "#include <stdio.h>\n#include <stdlib.h>\n#include <sys/timerfd.h>\n#include "
		 "<unistd.h>\n"
		 "int main(int argc, char **argv)\n{\n\t(void)argv;\n"
		 "\tif (argc > 1)\n\t\treturn puts(\"1.0\") < 0;\n\t%s\n}\n",
		 body);
	snprintf(file, sizeof(file), "%s.c", name);
	folder_put(file, text);
	shell(&sh, "cc %s -o %s/%s %s/%s.c", flags, d, name, d, name);
	assert_int_equal(sh.status, 0);
	snprintf(text, sizeof(text),
		 "return { name = '%s', program = '%s/%s', package = 'none',\n"
		 "version = { arguments = { '-V' }, pattern = '%%S+' }, configuration = 'c',\n"
		 "files = function() return { c = '' } end,\n"
		 "start = function(subject) return { subject.program } end,\n"
		 "mitigations = { none = { about = 'none' } } }\n",
		 name, d, name);
	snprintf(file, sizeof(file), "%s.lua", name);
	folder_put(file, text);
}

static void a_static_program_is_refused_by_name_before_it_runs(void **state)
{
	const char *d = folder();

	(void)state;
	make_resolver("fixed", "-static", "return sleep(3600) != 0;");
	refused(4, "/fixed' is a static program: the clock library cannot be loaded into it",
		SIGFAULT " run minute --quiet -r %s/fixed.lua -o %s/fixed.run", d, d);
}

static void what_a_resolver_starts_is_refused_by_name_where_it_is_static(void **state)
{
	const char *d = folder();

	(void)state;
	make_resolver("starter", "", "return system(\"/sbin/ldconfig -V\") || sleep(3600);");
	refused(4, "is a static program)', which the clock cannot virtualise",
		SIGFAULT " run minute --quiet -r %s/starter.lua -o %s/starter.run", d, d);
}

static void a_call_that_the_clock_does_not_know_is_exit_4_and_named(void **state)
{
	const char *d = folder();

	(void)state;
	make_resolver("timer", "",
		      "struct itimerspec t = { .it_value = { 1, 0 } };\n"
		      "return timerfd_settime(timerfd_create(CLOCK_MONOTONIC, 0), 0, &t, NULL);");
	refused(4, "called 'timerfd_settime', which the clock cannot virtualise",
		SIGFAULT " run minute --quiet -r %s/timer.lua -o %s/timer.run", d, d);
}

static void a_folder_that_cannot_be_used_is_exit_2_and_left_as_it_was(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh, "mkdir %s/used && echo kept > %s/used/file", d, d);
	refused(2, "is there already", SIGFAULT " run minute -o %s/used", d);
	refused(2, "Not a directory", SIGFAULT " run minute -o %s/used/file/run", d);
	refused(2, "Not a directory", SIGFAULT " run minute -o %s/used/file", d);
	refused(2, "No such file or directory", SIGFAULT " run minute -o %s/none/run", d);
	refused(2, "cannot make the folder ''", SIGFAULT " run minute -o ''");
	refused(2, "bytes, 3500 may be used",
		SIGFAULT " run minute -o %s/$(printf 'long/%%.0s' $(seq 900))", d);
	shell(&sh, "ls %s/used; cat %s/used/file", d, d);
	assert_string_equal(sh.out, "file\nkept\n");
	assert_absent("none");
}

/* Paths of unix sockets have room for 107 bytes only. */
static void a_deep_folder_is_no_trouble_for_the_control_socket(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh,
	      "p=%s/$(printf 'a-rather-long-name/%%.0s' $(seq 40)); mkdir -p $p && " SIGFAULT
	      " run minute -m nta --quiet -o $p/run && test -s $p/run/unbound-nta/curve.csv",
	      d);
	if (sh.status != 0)
		fail_msg("%d: %s", sh.status, sh.out);
}

/* The tree where everybody can read it, and a folder of nobody's own. Returns what is to be put
 * before "build/sigfault". */
static const char *as_nobody(void)
{
	const char *d = folder();
	static char line[256];

	shell(&sh,
	      "test -d %s/tree || { chmod 755 %s && mkdir -p %s/tree/build %s/nobodys && "
	      "cp build/sigfault build/libsigfault-clock.so %s/tree/build && "
	      "cp -R --parents scenarios harness/subject harness/report/page %s/tree && "
	      "chmod -R a+rX %s/tree && chown 65534:65534 %s/nobodys; }",
	      d, d, d, d, d, d, d, d);
	assert_int_equal(sh.status, 0);
	snprintf(line, sizeof(line),
		 "cd %s/tree && setpriv --reuid 65534 --regid 65534 --clear-groups ", d);
	return line;
}

static void a_run_needs_no_privilege_where_user_namespaces_are_allowed(void **state)
{
	const char *d = folder();

	(void)state;
	need_root();
	shell(&sh, "%s" SIGFAULT " run minute --quiet -o %s/nobodys/run", as_nobody(), d);
	if (sh.status != 0)
		fail_msg("%d: %s", sh.status, sh.out);
}

static void a_folder_of_somebody_else_is_exit_2(void **state)
{
	const char *d = folder();

	(void)state;
	need_root();
	shell(&sh, "mkdir %s/roots", d);
	refused(2, "Permission denied", "%s" SIGFAULT " run minute -o %s/roots", as_nobody(), d);
	refused(2, "Permission denied", "%s" SIGFAULT " run minute -o %s/roots/run", as_nobody(),
		d);
	shell(&sh, "ls %s/roots", d);
	assert_string_equal(sh.out, "");
}

/* The limit is set in a user namespace of the test's own, and holds there alone. */
static void missing_privilege_is_exit_3_with_the_command_that_gives_it(void **state)
{
	const char *d = folder();

	(void)state;
	need_root();
	refused(3, "'sysctl user.max_user_namespaces=1000'",
		"unshare -U -r sh -c 'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv "
		"--inh-caps=-all --bounding-set=-all " SIGFAULT " run minute --quiet -o %s/userns'",
		d);
}

static void a_disk_that_fills_up_is_exit_4_and_keeps_what_was_recorded(void **state)
{
	const char *d = folder();
	char path[256];

	(void)state;
	need_root();
	shell(&sh, "mkdir %s/small", d);
	refused(4, "disk full: cannot write",
		"unshare -m sh -c 'mount -t tmpfs -o size=200k none %s/small && " SIGFAULT
		" run minute --bin 1s --quiet -o %s/small/run; status=$?; "
		"cp -R %s/small/run/ %s/kept; exit $status'",
		d, d, d, d);
	snprintf(path, sizeof(path), "%s/kept/unbound-none/curve.csv", d);
	assert_true(csv_sum(path, "queries", "class", "all", 0, 1e9) > 50);
	shell(&sh, "awk -F, 'NF != 19' %s; tail -c 1 %s | od -An -c", path, path);
	assert_string_equal(sh.out, "  \\n\n");
	shell(&sh, SIGFAULT " report %s/kept", d);
	assert_int_equal(sh.status, 4);
	assert_non_null(strstr(sh.out, "disk full"));
}

/* A folder's name that would end a quoted text, and begin a line of a configuration. */
static void a_folder_with_quotes_and_lines_is_a_folder_like_any_other(void **state)
{
	const char *d = folder();

	(void)state;
	folder_put("name", "a b \"c'\\\ninterface: 192.0.2.1\n}; x");
	ends_with(0,
		  SIGFAULT " run tests/scenarios/brief.lua -r " RESOLVERS
			   " --quiet -o \"%s/$(cat %s/name)\"",
		  d, d);
	shell(&sh, "cd \"%s/$(cat %s/name)\" && ls -d *-none && cat */resolver.conf", d, d);
	assert_int_equal(says_times("-none\n"), 4);
	assert_does_not_say("192.0.2.1");
}

static void limits_that_leave_no_room_are_exit_3_with_the_command_that_mends_them(void **state)
{
	const char *d = folder();

	(void)state;
	refused(3, "'ulimit -n 1024'", "ulimit -n 512; " SIGFAULT " run minute --quiet -o %s/few",
		d);
	refused(3, "'ulimit -v unlimited'",
		"ulimit -v 100000; " SIGFAULT " run minute --quiet -o %s/few", d);
	refused(3, "'ulimit -f unlimited'",
		"ulimit -f 1000; " SIGFAULT " run minute --quiet -o %s/few", d);
	shell(&sh, "ls %s", d);
	assert_does_not_say("few");
	/* What may be asked for is asked for. */
	ends_with(0,
		  "ulimit -S -n 64; " SIGFAULT " run tests/scenarios/brief.lua --quiet -o %s/soft",
		  d);
}

/* There is room for the record, and not for the page that is drawn of it. */
static void a_report_that_finds_no_room_is_told_and_leaves_no_half_of_it(void **state)
{
	const char *d = folder();

	(void)state;
	need_root();
	shell(&sh, "mkdir %s/narrow", d);
	refused(4, "/run/report.html': No space left on device",
		"unshare -m sh -c 'mount -t tmpfs -o size=360k none %s/narrow && " SIGFAULT
		" run minute --quiet -o %s/narrow/run; status=$?; "
		"ls -A %s/narrow/run > %s/narrow.listing; exit $status'",
		d, d, d, d);
	shell(&sh, "cat %s/narrow.listing", d);
	assert_string_equal(sh.out, "compare.csv\njunit.xml\nrun.json\nsummary.md\nunbound-none\n");
}

static void a_disk_that_is_full_already_is_exit_4_and_nothing_is_begun(void **state)
{
	const char *d = folder();

	(void)state;
	need_root();
	shell(&sh, "mkdir -p %s/tiny", d);
	refused(4, "disk full: there is no room",
		"unshare -m sh -c 'mount -t tmpfs -o size=20k none %s/tiny && " SIGFAULT
		" run minute --quiet -o %s/tiny/run; status=$?; ls %s/tiny >%s/listing; "
		"exit $status'",
		d, d, d, d);
	shell(&sh, "cat %s/listing", d);
	assert_string_equal(sh.out, "");
}

static void what_cannot_be_printed_is_an_error_not_silence(void **state)
{
	static const char *const commands[] = { "help",		  "version",   "faults",
						"resolvers",	  "scenarios", "plan minute",
						"zone minute de." };
	const char *d = folder();

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		refused(4, "No space left on device", SIGFAULT " %s >/dev/full", commands[i]);
		refused(4, "Bad file descriptor", SIGFAULT " %s >&-", commands[i]);
	}
	refused(4, "No space left on device", SIGFAULT " run minute --quiet -o %s/mute >/dev/full",
		d);
	refused(4, "No space left on device", SIGFAULT " report %s/mute >/dev/full", d);
	shell(&sh, SIGFAULT " report %s/mute", d);
	assert_int_equal(sh.status, 0);
}

/* The next file that is opened would become stderr, and take the progress. */
static void a_closed_stderr_keeps_progress_out_of_the_record(void **state)
{
	const char *d = folder();

	(void)state;
	shell(&sh, "(exec <&- >&- 2>&-; exec " SIGFAULT " run minute -o %s/closed)", d);
	assert_int_equal(sh.status, 4);
	shell(&sh, "cat %s/closed/unbound-none/*.csv %s/closed/run.json | grep -c '  [0-9]*x  '", d,
	      d);
	assert_string_equal(sh.out, "0\n");
	shell(&sh, "(exec 2>&-; exec " SIGFAULT " run minute -o %s/closed2)", d);
	assert_int_equal(sh.status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_of_a_scenario_is_exit_2_with_file_and_line),
		cmocka_unit_test(a_wrong_command_line_is_exit_2_and_one_sentence),
		cmocka_unit_test(a_file_that_is_no_script_is_said_to_be_what_it_is),
		cmocka_unit_test(a_trace_that_cannot_be_replayed_is_exit_2),
		cmocka_unit_test(a_trace_that_is_cut_off_is_replayed_and_said_to_be),
		cmocka_unit_test(a_missing_program_is_exit_3_with_the_command_that_brings_it),
		cmocka_unit_test(an_error_in_a_driver_is_told_with_file_and_line),
		cmocka_unit_test(
			a_configuration_that_the_resolver_refuses_is_exit_4_with_its_words),
		cmocka_unit_test(a_static_program_is_refused_by_name_before_it_runs),
		cmocka_unit_test(what_a_resolver_starts_is_refused_by_name_where_it_is_static),
		cmocka_unit_test(a_call_that_the_clock_does_not_know_is_exit_4_and_named),
		cmocka_unit_test(a_folder_that_cannot_be_used_is_exit_2_and_left_as_it_was),
		cmocka_unit_test(a_deep_folder_is_no_trouble_for_the_control_socket),
		cmocka_unit_test(a_run_needs_no_privilege_where_user_namespaces_are_allowed),
		cmocka_unit_test(a_folder_of_somebody_else_is_exit_2),
		cmocka_unit_test(missing_privilege_is_exit_3_with_the_command_that_gives_it),
		cmocka_unit_test(a_disk_that_fills_up_is_exit_4_and_keeps_what_was_recorded),
		cmocka_unit_test(a_folder_with_quotes_and_lines_is_a_folder_like_any_other),
		cmocka_unit_test(
			limits_that_leave_no_room_are_exit_3_with_the_command_that_mends_them),
		cmocka_unit_test(a_report_that_finds_no_room_is_told_and_leaves_no_half_of_it),
		cmocka_unit_test(a_disk_that_is_full_already_is_exit_4_and_nothing_is_begun),
		cmocka_unit_test(what_cannot_be_printed_is_an_error_not_silence),
		cmocka_unit_test(a_closed_stderr_keeps_progress_out_of_the_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
