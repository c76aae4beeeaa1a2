/* SPDX-License-Identifier: BSD-2-Clause */
/* Several real resolvers on one clock: who forwards to whom, the same bytes twice, what a cap takes, what is
 * wrong in a script, what one that dies takes with it, and what programs in front make of extended errors. */
#include "sim/base/cleanup.h"

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define CHAIN SIGFAULT " run tests/scenarios/chain.lua "
#define SHORT CHAIN "--set third=30 "

/* Forwarders that cannot resolve by themselves stand in front of Unbound as they do in life. */
static const char *const fronts[] = { "dnsmasq", "dnsdist" };
#define FRONTS CHAIN "--set hosts=1 -r host=dnsmasq,host=dnsdist "

static int make_run(void **state)
{
	(void)state;
	ends_with(0,
		  SHORT
		  "-r host=unbound,host=bind,host=knot,host=powerdns --pcap --quiet -o %s/run",
		  folder());
	ends_with(0, FRONTS "--pcap --quiet -o %s/fronts", folder());
	return 0;
}

static void each_resolver_forwards_to_the_cluster_and_asks_nobody_else(void **state)
{
	static const char *const resolvers[] = { "unbound", "bind", "knot", "powerdns" };
	const char *d = folder();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(resolvers); i++) {
		/* The hosts are 198.19.0.56 and .57, the cluster is .53 to .55, servers are 198.18.0.0/16. */
		ends_with(0,
			  "tshark -r %s/run/%s-none/upstream.pcap -Y 'ip.src==198.19.0.56/31 && "
			  "dns.flags.response==0' -T fields -e ip.dst 2>/dev/null | sort -u | tr "
			  "'\n' ' '",
			  d, resolvers[i]);
		assert_string_equal(sh.out, "198.19.0.53 198.19.0.54 198.19.0.55 ");
		ends_with(0,
			  "tshark -r %s/run/%s-none/upstream.pcap -Y 'ip.dst==198.18.0.0/16' "
			  "-T fields -e ip.src 2>/dev/null | grep -v '^198.19.0.5[345]$' | wc -l",
			  d, resolvers[i]);
		assert_string_equal(sh.out, "0\n");
	}
}

static void all_of_them_are_in_the_record(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "jq -c '.cells[] | select(.resolver == \"bind\") | .valid, (.hosts[] | [.name, "
		  ".resolver, .under_test, .forward])' %s/run/run.json",
		  d);
	assert_string_equal(sh.out, "true\n"
				    "[\"cluster-1\",\"unbound\",false,{}]\n"
				    "[\"cluster-2\",\"unbound\",false,{}]\n"
				    "[\"cluster-3\",\"unbound\",false,{}]\n"
				    "[\"host-1\",\"bind\",true,{\".\":\"cluster\"}]\n"
				    "[\"host-2\",\"bind\",true,{\".\":\"cluster\"}]\n");
	ends_with(0,
		  "test -s %s/run/bind-none/hosts/host-2/resolver.conf && "
		  "grep -c forward-addr %s/run/unbound-none/hosts/host-1/resolver.conf",
		  d, d);
	assert_string_equal(sh.out, "3\n");
	ends_with(0, "cut -d, -f3 %s/run/unbound-none/metrics.csv | grep -c '^host-2/rss_bytes$'",
		  d);
}

/* Whoever asks and is asked has a name, by either family of addresses. */
static void a_question_is_followed_from_host_to_host_by_name(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  SIGFAULT
		  " trace %s/run/unbound-none $(tshark -r %s/run/unbound-none/clients.pcap "
		  "-Y 'dns.flags.rcode==2' -T fields -e dns.qry.name 2>/dev/null | head -n 1) "
		  "--json >%s/traced && jq -r '.question.server.name, ([.hops[] | "
		  ".asker_name] | unique | map(sub(\"-[1-3]\"; \"\")) | unique[])' %s/traced",
		  d, d, d, d);
	assert_int_equal(says_times("host-"), 1);
	assert_int_equal(says_times("cluster."), 1);
	assert_int_equal(says_times("host."), 1);
	assert_int_equal(says_times("null"), 0);
	ends_with(0,
		  "mkdir %s/odd && cp %s/run/unbound-none/*.pcap %s/odd && echo '198.19.0.53' "
		  ">%s/odd/hosts.txt",
		  d, d, d, d);
	ends_with(2, SIGFAULT " trace %s/odd de. SOA", d);
	assert_says("hosts.txt:1: is no line of hosts(5)");
}

static void the_same_seed_is_the_same_chain(void **state)
{
	static const char *const files[] = { "curve.csv", "upstream.csv", "events.csv",
					     "ede.csv",	  "clients.pcap", "upstream.pcap" };
	static const char *const resolvers[] = { "unbound", "knot", "powerdns" };
	const char *d = folder();

	(void)state;
	ends_with(0, SHORT "-r host=unbound,host=knot,host=powerdns --pcap --quiet -o %s/again", d);
	for (size_t i = 0; i < ARRAY_SIZE(resolvers); i++)
		for (size_t k = 0; k < ARRAY_SIZE(files); k++)
			ends_with(0, "cmp %s/run/%s-none/%s %s/again/%s-none/%s", d, resolvers[i],
				  files[k], d, resolvers[i], files[k]);
}

/* Knot asks by TCP what is not answered, and the cluster has fewer places than there are who ask: connections
 * wait, end unused, and several send at one instant. All of it beside one another, for the machine to be busy. */
static void by_tcp_the_same_seed_is_the_same_too(void **state)
{
	static const char *const files[] = { "curve.csv", "upstream.csv", "links.csv",
					     "ede.csv",	  "clients.pcap", "upstream.pcap" };
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "for i in 1 2 3; do " SIGFAULT
		  " run stripe-hysteresis -r knot --set cap=50 --set low=20 --set top=70 --set "
		  "step=50 --set hold=10 --set hosts=2 --pcap --quiet -o %s/tcp-$i >%s/tcp-$i.out "
		  "2>&1 & done; wait; tshark -r %s/tcp-1/knot-none/upstream.pcap tcp.port == 53 | "
		  "wc -l",
		  d, d, d);
	assert_true(atoi(sh.out) > 100);
	for (unsigned i = 2; i <= 3; i++)
		for (size_t k = 0; k < ARRAY_SIZE(files); k++)
			ends_with(0, "cmp %s/tcp-1/knot-none/%s %s/tcp-%u/knot-none/%s", d,
				  files[k], d, i, files[k]);
}

/* Alone it has a second core for some of its resolvers, if there is one; they are on it while many compute at
 * one moment. */
#define BUSY SHORT "--set rate=1000 --pcap --quiet "

static void what_computes_at_the_same_moment_makes_no_difference(void **state)
{
	static const char *const files[] = { "curve.csv",    "upstream.csv", "events.csv",
					     "links.csv",    "ede.csv",	     "requests.csv",
					     "clients.pcap", "upstream.pcap" };
	const char *d = folder();

	(void)state;
	ends_with(0, BUSY "-o %s/cores", d);
	ends_with(0,
		  "taskset -c \"$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')\" " BUSY
		  "-o %s/core",
		  d);
	for (size_t k = 0; k < ARRAY_SIZE(files); k++)
		ends_with(0, "cmp %s/cores/unbound-none/%s %s/core/unbound-none/%s", d, files[k], d,
			  files[k]);
}

static void an_operator_acts_on_the_role_that_he_means(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  SHORT "-m nta-everywhere --quiet -o %s/nta >/dev/null && cut -d, -f4,6 "
			"%s/nta/unbound-nta-everywhere/events.csv | grep '^nta' | tr -d '\"'",
		  d, d);
	assert_string_equal(sh.out, "nta,nta de. on host\nnta,nta de. on cluster\n");
	assert_true(2 * cell_sum("nta/unbound-nta-everywhere", "servfail", 50, 60) <
		    cell_sum("run/unbound-none", "servfail", 50, 60));
}

/* Once clients have asked for a while the last of five, a host, is killed. */
#define KILL_LAST                                                                                  \
	CHAIN "--set rate=300 --quiet -o %s/killed & run=$!; "                                     \
	      "until [ \"$(cat %s/killed/unbound-none/curve.csv 2>/dev/null | wc -l)\" -gt "       \
	      "20 ]; do "                                                                          \
	      "kill -0 $run || exit 99; sleep 0.01; done; "                                        \
	      "cell=$(pgrep -P $run -x sigfault | head -n 1); "                                    \
	      "kill -9 $(pgrep -P $cell -x unbound | tail -n 1); wait $run"

static void one_that_dies_takes_only_itself_down(void **state)
{
	const char *d = folder();

	(void)state;
	need_program("unbound");
	ends_with(4, KILL_LAST, d, d);
	ends_with(0,
		  "jq -r '.cells[0] | ([.hosts[] | select(.ended) | .name] | join(\" \")), .valid, "
		  "(.why | split(\" at \")[0])' "
		  "%s/killed/run.json",
		  d);
	assert_string_equal(sh.out, "host-2\nfalse\n1 of 5 resolvers ended, the first 'host-2', "
				    "which was ended by signal 9 (Killed)\n");
	/* Half of the clients ask the other one, to the end. */
	assert_true(cell_sum("killed/unbound-none", "noerror", 170, 180) > 1000);
	assert_true(cell_sum("killed/unbound-none", "timeout", 170, 180) > 1000);
}

static void what_is_wrong_has_its_line(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "resolver(\"a\", { driver = \"unbound\", forward = { [\".\"] = \"b\" } })\\n"
		  "resolver(\"b\", { driver = \"unbound\", forward = { [\".\"] = \"a\" } })",
		  "resolvers forward in a circle: 'a' to 'b' to 'a'" },
		{ "resolver(\"a\", { forward = { [\".\"] = \"nobody\" } })",
		  "resolver 'a' forwards to 'nobody', and there is no such resolver" },
		{ "resolver(\"a\", { count = 0 })", "count" },
		{ "resolver(\"a\", { count = 65 })", "count" },
		{ "resolver(\"a\", {})\\nresolver(\"a\", {})", "there is a resolver 'a' already" },
		{ "resolver(\"a\", {})\\nresolver(\"b\", {})",
		  "nobody forwards to 2 of the resolvers: say which one the clients ask" },
		{ "resolver(\"a\", { capped = { pps = 1, per = \"day\" } })", "per is" },
		{ "resolver(\"A b\", {})", "is no name for a resolver" },
	};
	const char *d = folder();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ends_with(2,
			  "{ cat scenarios/minute.lua; printf '%s\\n'; } >%s/wrong.lua; " SIGFAULT
			  " plan %s/wrong.lua",
			  rows[i].text, d, d);
		assert_says(rows[i].says);
		assert_says("wrong.lua:");
	}
	ends_with(2, CHAIN "-r host=unbound,cluster=bind -o %s/two", d);
	assert_says("one role is under test");
}

static void a_forwarder_in_front_is_the_same_twice(void **state)
{
	static const char *const files[] = { "curve.csv", "upstream.csv", "events.csv",
					     "ede.csv",	  "clients.pcap", "upstream.pcap" };
	const char *d = folder();

	(void)state;
	ends_with(0, "jq -c '[.cells[] | .valid]' %s/fronts/run.json", d);
	assert_string_equal(sh.out, "[true,true]\n");
	ends_with(0, FRONTS "--pcap --quiet -o %s/fronts-again", d);
	for (size_t i = 0; i < ARRAY_SIZE(fronts); i++)
		for (size_t k = 0; k < ARRAY_SIZE(files); k++)
			ends_with(0, "cmp %s/fronts/%s-none/%s %s/fronts-again/%s-none/%s", d,
				  fronts[i], files[k], d, fronts[i], files[k]);
}

/* That an answer is bogus it learns from Unbound's SERVFAIL, with the extended error of the last answer to it. */
static void extended_errors_pass_a_forwarder_that_does_not_resolve(void **state)
{
	const char *d = folder();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fronts); i++) {
		ends_with(0,
			  "awk -F, '$4 == \"SERVFAIL\" { if ($5 == 6 || $5 == 9) told += $6; else "
			  "lost += $6 } END { print (told > 300), lost + 0 }' %s/fronts/%s-none/"
			  "ede.csv",
			  d, fronts[i]);
		assert_string_equal(sh.out, "1 0\n");
	}
}

/* Whoever behind does not validate, it finds the wrong signatures by itself. */
static void dnsmasq_validates_when_it_is_told_to(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  "sed 's/driver = \"unbound\",$/&\\n\tmitigation = \"no-validation\",/' "
		  "tests/scenarios/chain.lua >%s/blind.lua && " SIGFAULT
		  " run %s/blind.lua --set hosts=1 -r host=dnsmasq -m validation --quiet -o "
		  "%s/blind",
		  d, d, d);
	assert_int_equal(cell_sum("blind/dnsmasq-validation", "servfail", 0, 60), 0);
	assert_true(cell_sum("blind/dnsmasq-validation", "servfail", 60, 120) > 300);
}

static void who_cannot_resolve_by_himself_says_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fronts); i++) {
		ends_with(4, SIGFAULT " run minute -r %s --quiet -o %s/alone-%s", fronts[i],
			  folder(), fronts[i]);
		assert_says("cannot resolve by itself: give it another resolver");
	}
}

/* Installed or not: nobody installs a service to be told so. */
static void who_cannot_be_on_the_clock_is_refused_with_the_reason(void **state)
{
	static const char *const commands[] = {
		"run minute -r systemd-resolved",
		"run tests/scenarios/chain.lua -r host=systemd-resolved",
		"resolvers add systemd-resolved --debian trixie",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		ends_with(3, SIGFAULT " %s", commands[i]);
		assert_says("keeps its time by the kernel's timers (timerfd)");
	}
}

/* Each cell has the resolvers that its own value says, and one of them has none behind it. */
static void who_stands_behind_can_be_swept(void **state)
{
	const char *d = folder();

	(void)state;
	ends_with(0,
		  SIGFAULT " run forwarders --set to=2026-05-05T19:02Z -r unbound,bind --sweep "
			   "behind=unbound,powerdns,nobody --quiet -o %s/swept",
		  d);
	ends_with(0,
		  "jq -c '.cells[] | [.valid, .sweep.behind, ((.hosts // [])[] | .resolver)]' "
		  "%s/swept/run.json && head -1 %s/swept/*=powerdns/hosts/behind/resolver.log | "
		  "grep -c 'PowerDNS Recursor'",
		  d, d);
	assert_string_equal(sh.out, "[true,\"unbound\",\"unbound\",\"unbound\"]\n"
				    "[true,\"unbound\",\"unbound\",\"bind\"]\n"
				    "[true,\"powerdns\",\"powerdns\",\"unbound\"]\n"
				    "[true,\"powerdns\",\"powerdns\",\"bind\"]\n"
				    "[true,\"nobody\"]\n"
				    "[true,\"nobody\"]\n"
				    "2\n");
	ends_with(2,
		  SIGFAULT " run forwarders --set to=2026-05-05T19:02Z -r behind=bind --sweep "
			   "behind=unbound,nobody -o %s/no-role",
		  d);
	assert_says("there is no role 'behind'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_resolver_forwards_to_the_cluster_and_asks_nobody_else),
		cmocka_unit_test(all_of_them_are_in_the_record),
		cmocka_unit_test(a_question_is_followed_from_host_to_host_by_name),
		cmocka_unit_test(the_same_seed_is_the_same_chain),
		cmocka_unit_test(by_tcp_the_same_seed_is_the_same_too),
		cmocka_unit_test(what_computes_at_the_same_moment_makes_no_difference),
		cmocka_unit_test(an_operator_acts_on_the_role_that_he_means),
		cmocka_unit_test(one_that_dies_takes_only_itself_down),
		cmocka_unit_test(what_is_wrong_has_its_line),
		cmocka_unit_test(a_forwarder_in_front_is_the_same_twice),
		cmocka_unit_test(extended_errors_pass_a_forwarder_that_does_not_resolve),
		cmocka_unit_test(dnsmasq_validates_when_it_is_told_to),
		cmocka_unit_test(who_cannot_resolve_by_himself_says_so),
		cmocka_unit_test(who_cannot_be_on_the_clock_is_refused_with_the_reason),
		cmocka_unit_test(who_stands_behind_can_be_swept),
	};

	return cmocka_run_group_tests(tests, make_run, folder_remove);
}
