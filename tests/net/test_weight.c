/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures of post-quantum size before real resolvers; their weight is what tshark counts. The world
 * is tests/scenarios/weight.lua. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

#define SCENARIO "tests/scenarios/weight.lua"

static char run[128];

static int make_run(void **state)
{
	(void)state;
	snprintf(run, sizeof(run), "%s/run", folder());
	shell(&sh, SIGFAULT " run " SCENARIO " -r " RESOLVERS " -m none --pcap --quiet -o %s", run);
	return 0;
}

/* Insecure, answered, by TCP: the scenario expects it. */
static void resolvers_take_the_zone_for_insecure_and_carry_its_weight(void **state)
{
	(void)state;
	if (sh.status != 0)
		fail_msg("%d: %s", sh.status, sh.out);
}

static const char *const cells[] = { "unbound-none", "bind-none", "knot-none", "powerdns-none" };

/* Packets of the capture that tshark takes for such, as one field of each. */
#define TSHARK "cd %s/%s && tshark -r upstream.pcap -T fields -e %s -Y '%s' 2>/dev/null"

static void keys_and_signatures_have_their_sizes(void **state)
{
	(void)state;
	need_program("tshark");
	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++) {
		/* In hexadecimal digits. */
		ends_with(0,
			  TSHARK " | tr , '\n' | awk 'length($0) { n[length($0) / 2]++ } END { for "
				 "(k in n) print k }'",
			  run, cells[i], "dns.rrsig.signature", "dns.rrsig.algorithm == 118");
		assert_string_equal(sh.out, "2420\n");
		ends_with(0,
			  TSHARK " | tr , '\n' | awk 'length($0) { n[length($0) / 2]++ } END { for "
				 "(k in n) print k }'",
			  run, cells[i], "dns.dnskey.public_key", "dns.dnskey.algorithm == 118");
		if (sh.out[0]) /* some resolvers ask an insecure zone for no keys */
			assert_string_equal(sh.out, "1312\n");
	}
}

#define ASKED "tcp.len > 0 && ip.dst == 198.18.1.1 && frame.time_epoch < 1777982760"
#define LINK                                                                                       \
	"awk -F, '$3 == \"resolver\" && $4 == \"a.nic.de\" { n += $%d } END { print n }' "         \
	"links.csv"

/* What the resolver asked the TLD over TCP, in messages and in connections: a message is a segment. Of two
 * connections from one port tshark makes one. */
static void links_have_the_messages_and_connections_that_tshark_counts(void **state)
{
	(void)state;
	need_program("tshark");
	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++) {
		double messages, connections;

		ends_with(0, TSHARK " | sort >counted; wc -l <counted", run, cells[i], "tcp.stream",
			  ASKED);
		messages = atof(sh.out);
		ends_with(0, "sort -u %s/%s/counted | wc -l", run, cells[i]);
		connections = atof(sh.out);
		ends_with(0, "cd %s/%s && " LINK, run, cells[i], 8);
		assert_true(messages > 100 && atof(sh.out) == messages);
		ends_with(0, "cd %s/%s && " LINK, run, cells[i], 9);
		assert_true(atof(sh.out) >= connections && atof(sh.out) < connections * 1.1 + 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolvers_take_the_zone_for_insecure_and_carry_its_weight),
		cmocka_unit_test(keys_and_signatures_have_their_sizes),
		cmocka_unit_test(links_have_the_messages_and_connections_that_tshark_counts),
	};

	return cmocka_run_group_tests(tests, make_run, NULL);
}
