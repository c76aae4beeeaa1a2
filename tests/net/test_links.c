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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_and_bytes_are_those_that_tshark_counts),
		cmocka_unit_test(what_a_server_leaves_unanswered_is_dropped),
		cmocka_unit_test(rows_are_of_bins_and_links_have_two_hosts),
		cmocka_unit_test(the_report_has_a_chart_and_a_table),
	};

	return cmocka_run_group_tests(tests, make_run, NULL);
}
