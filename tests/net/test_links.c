/* SPDX-License-Identifier: BSD-2-Clause */
/* links.csv, counted again by tshark from the packets, and by awk from what authorities were asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

static char run[128];

static int make_run(void **state)
{
	(void)state;
	snprintf(run, sizeof(run), "%s/run", folder());
	shell(&sh, SIGFAULT " run dark -r unbound,bind --pcap --quiet -o %s", run);
	if (sh.status != 0)
		fprintf(stderr, "%d: %s\n", sh.status, sh.out);
	return sh.status;
}

static const char *const cells[] = { "unbound-none", "bind-none" };
#define CELLS (sizeof(cells) / sizeof(*cells))

/* Whose address it is, in awk; the run is from 1777982390 on, for 610 s. A datagram of IPv6 has 40
 * bytes before its payload. */
#define COUNT                                                                                      \
	"awk -F'\\t' 'function host(a) { if (a ~ /^10\\./ || a ~ /^fd00:c/) return \"clients\"; "  \
	"if (a == \"198.19.0.53\" || a == \"fd00:53::53\") return \"resolver\"; "                  \
	"if (a == \"198.18.0.1\" || a == \"fd00:5f::1\") return \"a.root-servers.test\"; "         \
	"if (a == \"198.18.1.1\" || a == \"fd00:5f::1:1\") return \"a.nic.zz\"; "                  \
	"if (a == \"198.18.1.2\" || a == \"fd00:5f::1:2\") return \"b.nic.zz\"; "                  \
	"return \"hosters\" } $7 < 1777983000 { k = host($1 $2) \",\" host($3 $4); n[k]++; "       \
	"b[k] += $5 ? $5 : $6 + 40 } END { for (k in n) print k \",\" n[k] \",\" b[k] }'"

static void packets_and_bytes_are_those_that_tshark_counts(void **state)
{
	(void)state;
	need_program("tshark");
	for (size_t i = 0; i < CELLS; i++) {
		ends_with(0,
			  "cd %s/%s && for f in clients upstream; do tshark -r $f.pcap -T "
			  "fields -e ip.src -e ipv6.src -e ip.dst -e ipv6.dst -e ip.len -e "
			  "ipv6.plen -e frame.time_epoch 2>/dev/null; done | " COUNT
			  " | sort >counted; awk -F, 'NR > 1 { k = $3 \",\" $4; n[k] += $5; "
			  "b[k] += $6 } END { for (k in n) if (n[k]) print k \",\" n[k] \",\" b[k] "
			  "}' "
			  "links.csv | sort | diff - counted && wc -l <counted",
			  run, cells[i]);
		assert_string_equal(sh.out, "10\n");
	}
}

/* A dark server's packets come to it, and to nothing. */
static void what_a_server_leaves_unanswered_is_dropped(void **state)
{
	(void)state;
	for (size_t i = 0; i < CELLS; i++) {
		for (const char *const *s = (const char *const[]){ "a.nic.zz", "b.nic.zz", NULL };
		     *s; s++) {
			ends_with(0,
				  "cd %s/%s && awk -F, '$3 == \"resolver\" && $4 == \"%s\" { n += "
				  "$5; d += $7 } $4 == \"resolver\" && $3 == \"%s\" { m += $5; bad "
				  "+= "
				  "$7 } END { print n - m - d, bad + 0, (d > 100) }' links.csv && "
				  "awk -F, -v s=%s. '$4 == s { d += $7 } END { print d }' "
				  "upstream.csv >d && awk -F, -v s=%s '$4 == s { d += $7 } END "
				  "{ print d }' links.csv | diff d -",
				  run, cells[i], *s, *s, *s, *s);
			assert_string_equal(sh.out, "0 0 1\n");
		}
	}
}

static void rows_are_of_bins_and_links_have_two_hosts(void **state)
{
	(void)state;
	ends_with(0, "head -n 1 %s/unbound-none/links.csv", run);
	assert_string_equal(sh.out, "t,utc,from,to,packets,bytes,dropped,tcp,connections\n");
	/* Each of them ends at the resolver, and none comes up twice in a bin. */
	ends_with(0,
		  "awk -F, 'NR > 1 && ($3 != \"resolver\") + ($4 != \"resolver\") != 1 || $1 %% 10 "
		  "|| "
		  "seen[$1, $3, $4]++' %s/unbound-none/links.csv",
		  run);
	assert_string_equal(sh.out, "");
}

static void the_report_has_a_chart_and_a_table(void **state)
{
	(void)state;
	ends_with(0, "grep -c '<figure class=\"chart\" id=\"links-[12]\"' %s/report.html", run);
	assert_string_equal(sh.out, "2\n");
	ends_with(0,
		  "n=$(awk -F, '$3 == \"clients\" { n += $5 } END { print n }' "
		  "%s/bind-none/links.csv | sed ':a; s/\\([0-9]\\)\\([0-9]\\{3\\}\\)$/\\1,\\2/; "
		  "s/\\([0-9]\\)\\([0-9]\\{3\\}\\),/\\1,\\2,/') && grep -c \"<tr><th "
		  "scope=.row.>clients</th><td>resolver</td><td>$n</td>\" %s/report.html",
		  run, run);
}

static const char lossy[] =
	"scenario { name = 'way', from = '2026-05-05T12:00Z', to = '+1m' }\n"
	"local root = zone('.', { servers = { '198.18.0.1' } })\n"
	"local de = zone('de.', { parent = root, servers = { '198.18.1.1' },\n"
	"delegations = population { count = 100 } })\n"
	"traffic { text = 'asked.txt', rate = 20, clients = 10,\n"
	"stub = { round_trip = '20ms', loss = 0.1, attempts = 1, timeout = '1s' } }\n";

/* Nothing else keeps anybody waiting here: as many wait in vain as the way has lost. */
static void what_is_lost_between_clients_and_resolver_is_told_as_that(void **state)
{
	char text[16384], want[64];
	size_t len = 0;
	const char *d = folder();

	(void)state;
	for (unsigned i = 0; i < 400; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "d%08u.de A\n", i % 100);
	folder_put("asked.txt", text);
	folder_put("way.lua", lossy);
	ends_with(0, SIGFAULT " plan %s/way.lua | grep -c '10 %% are lost each way'", d);
	ends_with(0, SIGFAULT " run %s/way.lua -r unbound --quiet -o %s/way", d, d);
	ends_with(0,
		  "cd %s/way && jq '.cells[0].client_link | .questions + .answers' run.json && awk "
		  "-F, '$3 == \"clients\" || $4 == \"clients\" { n += $7 } END { print n }' "
		  "unbound-none/links.csv",
		  d);
	snprintf(want, sizeof(want), "%.0f\n%.0f\n",
		 cell_sum("way/unbound-none", "timeout", 0, EVER),
		 cell_sum("way/unbound-none", "timeout", 0, EVER));
	assert_string_equal(sh.out, want);
	assert_in_range(atoi(want), 45, 110);
	ends_with(0, "grep -c 'were lost, as the scenario has it' %s/way/summary.md", d);
	ends_with(0,
		  SIGFAULT " run %s/way.lua -r unbound --quiet -o %s/again && cmp "
			   "%s/way/unbound-none/links.csv %s/again/unbound-none/links.csv",
		  d, d, d, d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_and_bytes_are_those_that_tshark_counts),
		cmocka_unit_test(what_a_server_leaves_unanswered_is_dropped),
		cmocka_unit_test(rows_are_of_bins_and_links_have_two_hosts),
		cmocka_unit_test(the_report_has_a_chart_and_a_table),
		cmocka_unit_test(what_is_lost_between_clients_and_resolver_is_told_as_that),
	};

	return cmocka_run_group_tests(tests, make_run, NULL);
}
