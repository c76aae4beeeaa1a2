/* SPDX-License-Identifier: BSD-2-Clause */
/* What captures are told from: by hand where no signature is needed, and tests/data/bogus.pcap, of a real
 * resolver, for those. tests/net/test_triage.c has all that can be wrong. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/clients/message.h"
#include "harness/evidence/follow.h"
#include "harness/evidence/triage.h"
#include "sim/base/rng.h"
#include "sim/record/record_pcap.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"
#include "tests/support/text.h"

#define BOGUS "tests/data/bogus.pcap"

static struct err err;
static struct evidence *evidence;
static struct triage verdict;

static int clear(void **state)
{
	(void)state;
	triage_done(&verdict);
	evidence_free(evidence);
	evidence = NULL;
	return 0;
}

static void judge(const char *path)
{
	clear(NULL);
	if (evidence_read(path, NULL, &evidence, &err) < 0 ||
	    triage_make(evidence, &verdict, &err) < 0)
		fail_msg("%s: %s", path, err.text);
}

static void refused(const char *path, const char *part)
{
	struct evidence *v = NULL;

	assert_int_equal(evidence_read(path, NULL, &v, &err), -EINVAL);
	assert_null(v);
	if (!strstr(err.text, part))
		fail_msg("%s: %s", path, err.text);
}

/* ---- captures by hand ---- */

static struct record_pcap *file;

static void begin(const char *name)
{
	remove(folder_path("%s", name));
	assert_int_equal(record_pcap_open(folder(), name, &file, &err), 0);
}

static const char *end(const char *name)
{
	assert_int_equal(record_pcap_flush(file, SIMTIME_NEVER, &err), 0);
	record_pcap_free(file);
	return folder_path("%s", name);
}

static struct endpoint at(const char *address, uint16_t port)
{
	struct endpoint p = { .port = port };

	assert_true(address_parse(address, &p.address));
	return p;
}

struct asked {
	const char *from, *to, *name;
	uint16_t port, id;
	bool rd, tcp;
};

#define NOTHING (-1)

static void put(const struct asked *a, simtime when, bool is_answer, int rcode)
{
	uint8_t bytes[MESSAGE_QUERY_MAX], name[NAME_MAX_LEN];
	struct packet p = { .tcp = a->tcp, .from = at(a->from, a->port), .to = at(a->to, 53) };
	struct message_query q = { .id = a->id,
				   .qtype = RR_A,
				   .rd = a->rd,
				   .edns = true,
				   .dnssec_ok = !a->rd,
				   .qname = name };

	assert_int_equal(name_parse(a->name, name, NULL), 0);
	message_fill(&p, bytes, &q);
	if (is_answer) {
		bytes[2] |= 0x84;
		bytes[3] |= (uint8_t)rcode;
		p.from = at(a->to, 53);
		p.to = at(a->from, a->port);
	}
	record_pcap_put(file, &p, when);
}

static void answer(const struct asked *a, simtime when, int rcode)
{
	put(a, when, true, rcode);
}

/* A question at an instant, and after `delay` an answer of that code with no records; NOTHING: none. */
static void ask(const struct asked *a, simtime when, int rcode, simtime delay)
{
	put(a, when, false, 0);
	if (rcode != NOTHING)
		answer(a, when + delay, rcode);
}

#define CLIENT "192.0.2.7"
#define RESOLVER "192.0.2.53"
#define SERVER "198.51.100.1"
#define LATER (100 * SECOND)

/* Something that goes well, long after: what stands before it had its time. */
static void go_on(void)
{
	struct asked a = { CLIENT, RESOLVER, "later.test", 999, 1, true };

	ask(&a, LATER, RCODE_NXDOMAIN, MSEC);
}

static const struct triage_cause *top(enum reason reason)
{
	assert_true(verdict.cause_count > 0);
	assert_string_equal(reason_name(verdict.causes[0].first.reason), reason_name(reason));
	return &verdict.causes[0];
}

static void silent_servers_are_named(void **state)
{
	struct asked client = { CLIENT, RESOLVER, "a.test", 1000, 7, true };
	struct asked upstream = { RESOLVER, SERVER, "a.test", 2000, 9, false };
	char address[ADDRESS_TEXT_LEN];

	(void)state;
	begin("silent.pcap");
	ask(&client, SECOND, RCODE_SERVFAIL, 4 * SECOND);
	ask(&upstream, SECOND, NOTHING, 0);
	go_on();
	judge(end("silent.pcap"));
	assert_int_equal(verdict.blame, BLAME_THEM);
	assert_int_equal(top(REASON_SILENT)->failures, 1);
	assert_string_equal(address_text(&verdict.causes[0].servers[0], address), SERVER);
	assert_int_equal(verdict.causes[0].first.seen.frame, 2);
	assert_int_equal(verdict.causes[0].first.seen.at, SECOND);
}

/* The resolver asks with RD as clients do: it is asked itself. */
static void one_that_forwards_is_told_from_its_clients(void **state)
{
	struct asked client = { CLIENT, RESOLVER, "a.test", 1000, 7, true };
	struct asked upstream = { RESOLVER, SERVER, "a.test", 2000, 9, true };

	(void)state;
	begin("forward.pcap");
	ask(&client, SECOND, RCODE_SERVFAIL, SECOND);
	ask(&upstream, SECOND, RCODE_REFUSED, MSEC);
	go_on();
	judge(end("forward.pcap"));
	assert_int_equal(evidence->answers.asked, 2);
	assert_int_equal(evidence->upstream_count, 1);
	assert_int_equal(top(REASON_FORWARDER_RCODE)->first.number, RCODE_REFUSED);
	assert_null(verdict.causes[0].first.zone);
	assert_int_equal(verdict.blame, BLAME_THEM);
}

/* Of a resolver that asks another one, what it was answered stands with the clients'. */
static void an_answer_in_the_other_capture_is_found(void **state)
{
	struct asked client = { CLIENT, RESOLVER, "a.test", 1000, 7, true };
	struct asked up = { RESOLVER, SERVER, "a.test", 2000, 9, true };
	struct record_pcap *clients;

	(void)state;
	begin("upstream.pcap");
	ask(&up, SECOND, NOTHING, 0);
	ask(&up, LATER, NOTHING, 0);
	end("upstream.pcap");
	begin("clients.pcap");
	clients = file;
	ask(&client, SECOND, RCODE_SERVFAIL, SECOND);
	answer(&up, SECOND + MSEC, RCODE_REFUSED);
	go_on();
	file = clients;
	end("clients.pcap");
	judge(folder());
	assert_int_equal(top(REASON_FORWARDER_RCODE)->failures, 1);
	assert_int_equal(verdict.causes[0].first.seen.at, SECOND + MSEC);
	assert_string_equal(evidence->files[verdict.causes[0].first.seen.file].label,
			    "clients.pcap");
}

static void a_resolver_that_refuses_by_itself_is_to_blame_itself(void **state)
{
	struct asked client = { CLIENT, RESOLVER, "a.test", 1000, 7, true };
	struct asked other = { RESOLVER, SERVER, "b.test", 2000, 9, false };

	(void)state;
	begin("refuses.pcap");
	ask(&client, SECOND, RCODE_REFUSED, MSEC);
	ask(&other, 60 * SECOND, RCODE_NXDOMAIN, MSEC);
	go_on();
	judge(end("refuses.pcap"));
	assert_int_equal(verdict.blame, BLAME_US);
	top(REASON_REFUSES);
}

static void what_nothing_explains_is_unknown(void **state)
{
	struct asked client = { CLIENT, RESOLVER, "a.test", 1000, 7, true };
	struct asked other = { RESOLVER, SERVER, "b.test", 2000, 9, false };

	(void)state;
	begin("unknown.pcap");
	ask(&client, SECOND, RCODE_SERVFAIL, MSEC);
	ask(&other, 60 * SECOND, NOTHING, MSEC);
	go_on();
	judge(end("unknown.pcap"));
	assert_int_equal(verdict.blame, BLAME_UNKNOWN);
	assert_int_equal(verdict.unexplained, 1);
	begin("clients-only.pcap");
	ask(&client, SECOND, RCODE_SERVFAIL, MSEC);
	go_on();
	judge(end("clients-only.pcap"));
	assert_int_equal(verdict.blame, BLAME_UNKNOWN);
}

/* No more is told than most of what failed. */
static void a_cause_of_the_few_is_not_blamed_for_the_many(void **state)
{
	struct asked client = { CLIENT, RESOLVER, "a.test", 1000, 7, true };
	struct asked upstream = { RESOLVER, SERVER, "a.test", 2000, 9, false };

	(void)state;
	begin("few.pcap");
	ask(&client, SECOND, RCODE_SERVFAIL, 4 * SECOND);
	ask(&upstream, SECOND, NOTHING, 0);
	client.name = "a.example";
	client.id++;
	ask(&client, SECOND, RCODE_SERVFAIL, MSEC);
	client.id++;
	ask(&client, 2 * SECOND, RCODE_SERVFAIL, MSEC);
	go_on();
	judge(end("few.pcap"));
	assert_int_equal(verdict.blame, BLAME_UNKNOWN);
	assert_int_equal(top(REASON_SILENT)->failures, 1);
	assert_int_equal(verdict.unexplained, 2);
}

/* Connections whose beginning was not captured, as records of a run are. */
static void answers_by_TCP_are_read_from_the_middle_of_a_connection(void **state)
{
	struct asked client = { CLIENT, RESOLVER, "a.test", 1000, 7, true };
	struct asked upstream = { RESOLVER, SERVER, "a.test", 2000, 9, false, true };

	(void)state;
	begin("tcp.pcap");
	ask(&client, SECOND, RCODE_SERVFAIL, 4 * SECOND);
	ask(&upstream, SECOND, RCODE_REFUSED, MSEC);
	go_on();
	judge(end("tcp.pcap"));
	assert_int_equal(top(REASON_RCODE)->first.number, RCODE_REFUSED);
}

/* 30 seconds of questions, of which a server answers the first `cap` of each second from the eighth on, or
 * each by chance. */
static const char *put_load(const char *name, bool forwards, unsigned cap, double chance)
{
	struct asked upstream = { RESOLVER, SERVER, "a.test", 2000, 0, forwards };
	const unsigned rate = 100;
	struct asked client = { CLIENT, RESOLVER, "a.test", 1000, 7, true };
	struct rng rng = { 7 };

	begin(name);
	for (unsigned second = 1; second <= 30; second++)
		for (unsigned i = 0; i < rate + second; i++) {
			bool answered = cap ? i < cap || second < 8 || (second == 8 && i < 70)
					    : rng_unit(rng_next(&rng)) < chance;

			upstream.port = (uint16_t)(2000 + second);
			upstream.id = (uint16_t)i;
			ask(&upstream, second * SECOND + i * (SECOND / (rate + second)),
			    answered ? RCODE_NXDOMAIN : NOTHING, MSEC);
		}
	ask(&client, 20 * SECOND, RCODE_SERVFAIL, 4 * SECOND);
	go_on();
	return end(name);
}

static void a_server_with_a_cap_is_told_from_one_that_loses_by_chance(void **state)
{
	(void)state;
	judge(put_load("cap.pcap", false, 40, 0));
	assert_int_equal(top(REASON_CAP)->first.number, 40);
	assert_int_equal(verdict.blame, BLAME_THEM);
	judge(put_load("forwarder.pcap", true, 40, 0));
	assert_int_equal(top(REASON_CAP)->first.number, 40);
	judge(put_load("chance.pcap", false, 0, 0.4));
	top(REASON_SILENT);
	judge(put_load("dark.pcap", false, 0, 0));
	top(REASON_SILENT);
}

static void what_is_no_capture_of_dns_is_one_sentence(void **state)
{
	const char *path = folder_put("text.pcap", "no capture at all\n");

	(void)state;
	refused(path, "is no capture");
	refused(folder_put("empty.pcap", ""), "is empty");
	begin("none.pcap");
	refused(end("none.pcap"), "has no DNS in it");
	refused(folder(), "has neither clients.pcap nor upstream.pcap");
}

static void a_run_without_captures_is_told_to_have_none(void **state)
{
	char **places;
	unsigned count;

	(void)state;
	fclose(folder_open("run/run.json"));
	assert_int_equal(evidence_places(folder_path("run"), &places, &count, &err), -EINVAL);
	assert_non_null(strstr(err.text, "run it again with --pcap"));
	fclose(folder_open("cell/clients.pcap"));
	assert_int_equal(evidence_places(folder(), &places, &count, &err), 0);
	assert_int_equal(count, 1);
	evidence_places_free(places, count);
}

/* ---- a real one ---- */

static void a_signature_fault_is_named_with_zone_RRset_and_tag(void **state)
{
	const struct triage_cause *c;
	char text[NAME_TEXT_LEN];

	(void)state;
	judge(BOGUS);
	assert_int_equal(verdict.blame, BLAME_THEM);
	assert_true(verdict.failures > 0);
	assert_int_equal(verdict.unexplained, 0);
	c = top(REASON_BOGUS);
	assert_int_equal(c->failures, verdict.failures);
	assert_string_equal(name_text(c->first.zone, text), "de.");
	assert_int_equal(c->first.tag, 33834);
	assert_int_equal(c->first.algorithm, 8);
	assert_true(c->first.keys.frame > 0 && c->first.keys.frame < c->first.seen.frame);
	assert_true(c->server_count > 1);
}

/* Copies the frames of a capture that were taken before an instant. */
static const char *cut_before(const char *path, uint32_t second)
{
	static uint8_t bytes[1 << 20];
	FILE *in = fopen(path, "r"), *out = folder_open("before.pcap");
	size_t len = fread(bytes, 1, sizeof(bytes), in), pos = 24;
	uint32_t head[4];

	fclose(in);
	assert_true(len < sizeof(bytes));
	while (pos + 16 <= len) {
		memcpy(head, bytes + pos, 16); /* written on a machine like ours */
		if (head[0] >= second)
			break;
		pos += 16 + head[2];
	}
	assert_true(pos < len && pos > 1000);
	assert_int_equal(fwrite(bytes, 1, pos, out), pos);
	fclose(out);
	return folder_path("before.pcap");
}

static void what_was_before_the_fault_has_nothing_wrong(void **state)
{
	simtime fault;

	(void)state;
	assert_int_equal(simtime_parse("2026-05-05T19:19:00Z", &fault, &err), 0);
	judge(cut_before(BOGUS, (uint32_t)(fault / SECOND)));
	assert_int_equal(verdict.blame, BLAME_NOBODY);
	assert_int_equal(verdict.cause_count, 0);
	assert_true(evidence->answers.noerror > 0);
}

static void a_capture_that_is_cut_off_is_read_as_far_as_it_goes(void **state)
{
	static uint8_t bytes[30001];
	FILE *in = fopen(BOGUS, "r"), *out;
	char *text = NULL;
	size_t len;

	(void)state;
	len = fread(bytes, 1, sizeof(bytes), in);
	fclose(in);
	out = folder_open("cut.pcap");
	assert_int_equal(fwrite(bytes, 1, len, out), len);
	fclose(out);
	judge(folder_path("cut.pcap"));
	assert_true(evidence->files[0].counts.cut);
	out = open_memstream(&text, &len);
	triage_print(evidence, &verdict, out);
	fclose(out);
	assert_non_null(strstr(text, "is cut off in the middle of a packet"));
	free(text);
}

/* ---- one question ---- */

static struct follow followed;

/* The question for a name, nearest to an instant; "": the first that failed. */
static int follow(const char *path, const char *name, const char *when)
{
	uint8_t wire[NAME_MAX_LEN];
	struct follow_wish wish = { .name = wire, .has_at = *when };

	clear(NULL);
	follow_done(&followed);
	assert_int_equal(name_parse(name, wire, &err), 0);
	if (*when)
		assert_int_equal(simtime_parse(when, &wish.at, &err), 0);
	assert_int_equal(evidence_read(path, wire, &evidence, &err), 0);
	return follow_make(evidence, &wish, &followed, &err);
}

static int unfollow(void **state)
{
	follow_done(&followed);
	return clear(state);
}

static char *said(void)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	follow_print(evidence, &followed, out);
	fclose(out);
	return text;
}

static void a_question_is_followed_to_where_it_went_wrong(void **state)
{
	const struct exchange *up;
	char *text;

	(void)state;
	assert_int_equal(follow(BOGUS, "d00000333.de", ""), 0);
	assert_true(followed.failed && followed.explained && !followed.remembered);
	assert_int_equal(followed.question->rcode, RCODE_SERVFAIL);
	assert_int_equal(followed.question->ede, 9);
	assert_int_equal(followed.hop_count, 8);
	up = &evidence->upstream[followed.hops[0]];
	assert_true(up->referral && up->findings > 0 && !up->good);
	up = &evidence->upstream[followed.hops[2]];
	assert_int_equal(up->qtype, LDNS_RR_TYPE_DNSKEY);
	assert_true(up->good == 1 && !up->findings);
	assert_int_equal(followed.why.reason, REASON_BOGUS);
	assert_int_equal(followed.why.tag, 33834);
	text = said();
	assert_non_null(strstr(text, "SERVFAIL, EDE 9 (DNSKEY Missing), to the client"));
	assert_non_null(strstr(text, "Here it went wrong (signature-fault)"));
	free(text);
}

static void what_a_resolver_remembers_is_told_apart(void **state)
{
	char *text;

	(void)state;
	assert_int_equal(follow(BOGUS, "d00000333.de", "2026-05-05T19:19:36Z"), 0);
	assert_true(followed.failed && followed.explained && followed.remembered);
	text = said();
	assert_non_null(strstr(text, "It failed by what the resolver remembered"));
	free(text);
}

static void a_question_that_went_well_is_followed_too(void **state)
{
	(void)state;
	assert_int_equal(follow(BOGUS, "d00000549.de", ""), 0);
	assert_false(followed.failed || followed.explained);
	assert_int_equal(followed.hop_count, 2);
	assert_int_equal(evidence->upstream[followed.hops[0]].good, 2);
	assert_true(evidence->upstream[followed.hops[1]].insecure);
}

static void silence_is_followed_to_the_server(void **state)
{
	struct asked client = { CLIENT, RESOLVER, "a.test", 1000, 7, true };
	struct asked upstream = { RESOLVER, SERVER, "a.test", 2000, 9, false };
	struct asked other = { RESOLVER, SERVER, "b.test", 2001, 9, false };
	char *text;

	(void)state;
	begin("silence.pcap");
	ask(&client, SECOND, RCODE_SERVFAIL, 4 * SECOND);
	ask(&upstream, SECOND, NOTHING, 0);
	ask(&upstream, 2 * SECOND, NOTHING, 0);
	ask(&other, 2 * SECOND, NOTHING, 0);
	go_on();
	assert_int_equal(follow(end("silence.pcap"), "A.test.", ""), 0);
	assert_int_equal(followed.hop_count, 1);
	assert_int_equal(followed.why.reason, REASON_SILENT);
	text = said();
	assert_non_null(strstr(text, "(sent 2 times)"));
	assert_non_null(strstr(text, "no answer"));
	free(text);
}

static void a_question_that_nobody_asked_is_one_sentence(void **state)
{
	(void)state;
	assert_int_equal(follow(BOGUS, "nobody.de", ""), -EINVAL);
	assert_string_equal(err.text, "'" BOGUS "' has no question of a client for 'nobody.de.'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(silent_servers_are_named, clear),
		cmocka_unit_test_teardown(one_that_forwards_is_told_from_its_clients, clear),
		cmocka_unit_test_teardown(an_answer_in_the_other_capture_is_found, folder_remove),
		cmocka_unit_test_teardown(a_resolver_that_refuses_by_itself_is_to_blame_itself,
					  clear),
		cmocka_unit_test_teardown(what_nothing_explains_is_unknown, clear),
		cmocka_unit_test_teardown(a_cause_of_the_few_is_not_blamed_for_the_many, clear),
		cmocka_unit_test_teardown(answers_by_TCP_are_read_from_the_middle_of_a_connection,
					  clear),
		cmocka_unit_test_teardown(a_server_with_a_cap_is_told_from_one_that_loses_by_chance,
					  clear),
		cmocka_unit_test(what_is_no_capture_of_dns_is_one_sentence),
		cmocka_unit_test_teardown(a_run_without_captures_is_told_to_have_none,
					  folder_remove),
		cmocka_unit_test_teardown(a_signature_fault_is_named_with_zone_RRset_and_tag,
					  clear),
		cmocka_unit_test_teardown(what_was_before_the_fault_has_nothing_wrong, clear),
		cmocka_unit_test_teardown(a_capture_that_is_cut_off_is_read_as_far_as_it_goes,
					  clear),
		cmocka_unit_test_teardown(a_question_is_followed_to_where_it_went_wrong, unfollow),
		cmocka_unit_test_teardown(what_a_resolver_remembers_is_told_apart, unfollow),
		cmocka_unit_test_teardown(a_question_that_went_well_is_followed_too, unfollow),
		cmocka_unit_test_teardown(silence_is_followed_to_the_server, unfollow),
		cmocka_unit_test_teardown(a_question_that_nobody_asked_is_one_sentence, unfollow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
