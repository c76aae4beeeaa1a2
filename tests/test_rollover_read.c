/* SPDX-License-Identifier: BSD-2-Clause */
/* Where plans of rollovers come from: scripts, and the files of signers. */
#include "harness/rollover/rollover_read.h"

#include <string.h>
#include <sys/stat.h>

#include "tests/support/shell.h"
#include "tests/support/test.h"

static char path[256];

static const char *file_with(const char *name, const char *text)
{
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder(), name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static simtime at(const char *text)
{
	simtime t = 0;
	struct err e;

	assert_int_equal(simtime_parse(text, &t, &e), 0);
	return t;
}

static struct rollover *read_plan(const char *name, const char *now, const char *set)
{
	struct scenario_options o = { .sets = &set, .set_count = set ? 1 : 0 };
	const struct rollover_input in = { .name = name, .options = &o, .at = now };
	_cleanup_(fclosep) FILE *notes = fopen("/dev/null", "w");
	struct rollover *r = NULL;
	struct err e = { .text = "" };

	if (rollover_read(&in, notes, &r, &e) < 0)
		fail_msg("%s", e.text);
	return r;
}

static void refuse(const char *name, const char *set, const char *sentence)
{
	struct scenario_options o = { .sets = &set, .set_count = set ? 1 : 0 };
	const struct rollover_input in = { .name = name, .options = &o };
	_cleanup_(fclosep) FILE *notes = fopen("/dev/null", "w");
	struct rollover *r = NULL;
	struct err e = { .text = "" };

	if (rollover_read(&in, notes, &r, &e) == 0)
		fail_msg("'%s' is taken", name);
	if (!strstr(e.text, sentence))
		fail_msg("'%s' does not say '%s'", e.text, sentence);
}

/* ---- scripts ---- */

#define HEAD                                                                                       \
	"rollover { name = 'x', zone = 'example.', from = '2026-01-01T00:00Z',\n"                  \
	"\tttl = { dnskey = 3600, ds = 7200, zone = 60 },\n"                                       \
	"\tpropagation = { zone = '5m', parent = '1h' } }\n"

static void a_script_tells_keys_and_their_times(void **state)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;

	(void)state;
	r = read_plan(
		file_with("p.lua", HEAD
			  "local n = param('days', 1)\n"
			  "key('old', { role = 'ksk', ds_out = '+3d', remove = '+4d' })\n"
			  "key('new', { role = 'ksk', publish = n * 86400, ds_in = "
			  "'2026-01-04T00:00Z' })\n"
			  "key('zsk', { role = 'zsk', algorithm = 'ed25519', retire = '12:00' })\n"
			  "key('all', { role = 'csk', publish = '+1h', sign_keys = '+1h', sign = "
			  "'+3h' })\n"),
		NULL, "days=2");
	assert_int_equal(r->key_count, 4);
	assert_true(r->keys[3].has_signs_keys);
	assert_int_equal(r->keys[3].signs_keys.from, at("2026-01-01T01:00Z"));
	assert_int_equal(r->keys[3].signs.from, at("2026-01-01T03:00Z"));
	assert_string_equal(r->zone, "example.");
	assert_int_equal(r->ttl.ds, 2 * HOUR);
	assert_int_equal(r->ttl.negative, HOUR);
	assert_int_equal(r->propagation.zone, 5 * MINUTE);
	assert_int_equal(r->keys[0].published.from, ROLLOVER_ALWAYS);
	assert_int_equal(r->keys[0].ds.from, ROLLOVER_ALWAYS);
	assert_int_equal(r->keys[0].ds.until, at("2026-01-04T00:00Z"));
	assert_int_equal(r->keys[0].signs.until, at("2026-01-05T00:00Z"));
	assert_int_equal(r->keys[1].published.from, at("2026-01-03T00:00Z"));
	assert_int_equal(r->keys[1].signs.from, at("2026-01-03T00:00Z"));
	assert_int_equal(r->keys[1].ds.from, at("2026-01-04T00:00Z"));
	assert_int_equal(r->keys[2].ds.from, SIMTIME_NEVER);
	assert_int_equal(r->keys[2].algorithm, 15);
	assert_int_equal(r->keys[2].signs.until, at("2026-01-01T12:00Z"));
}

static void a_script_that_is_wrong_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *sentence;
	} wrong[] = {
		{ HEAD "key('a', { role = 'ksk', publihs = '+1h' })\n",
		  "bad.lua:4: unknown key 'publihs' in key { … }; it knows: role" },
		{ HEAD "key('a', { role = 'ksk', sign_keys = '+1h' })\n",
		  "bad.lua:4: key: 'sign_keys' is for a key that signs all" },
		{ HEAD "key('a', { role = 'boss' })\n", "bad.lua:4: key: role is" },
		{ HEAD "key('a', { publish = '+1h' })\n", "bad.lua:4: key: needs 'role'" },
		{ HEAD "key('a', { role = 'zsk', publish = '+2h', remove = '+1h' })\n",
		  "bad.lua:4: key 'a' ends being published before it begins to" },
		{ HEAD "key('a', { role = 'zsk', ds_in = '+2h' })\n",
		  "bad.lua:4: key 'a' is a ZSK: it has no DS" },
		{ HEAD "key('a', { role = 'zsk' })\nkey('a', { role = 'ksk' })\n",
		  "bad.lua:5: two keys are called 'a'" },
		{ HEAD "key('a', { role = 'zsk', publish = 'soon' })\n",
		  "bad.lua:4: key: publish:" },
		{ HEAD "key('a', { role = 'zsk', publish = -5 })\n",
		  "bad.lua:4: key: publish is -5" },
		{ HEAD "key('a', { role = 'zsk', algorithm = 'ROT13' })\n",
		  "bad.lua:4: key: unknown algorithm 'ROT13'" },
		{ HEAD "key('a\\'b', { role = 'zsk' })\n",
		  "bad.lua:4: the name of key 'a'b' is not of letters" },
		{ HEAD, "there is no key in it" },
		{ "key('a', { role = 'zsk' })\n", "bad.lua:1: rollover { … } comes first" },
		{ "print(1)\n", "there is no rollover { … } in it" },
		{ "rollover { name = 'x', zone = '.', from = '2026-01-01T00:00Z', ttl = {}, "
		  "propagation = {} }\n",
		  "bad.lua:1: rollover: the root has no DS" },
		{ "rollover { name = 'x', zone = 'a.', from = '2026-01-01T00:00Z', "
		  "ttl = { dnskey = 1, ds = 1 }, propagation = {} }\n",
		  "bad.lua:1: ttl: needs 'zone'" },
		{ "rollover { name = '../x', zone = 'a.', from = '2026-01-01T00:00Z', ttl = { "
		  "dnskey "
		  "= 1, ds = 1, zone = 1 }, propagation = { zone = '0s', parent = '0s' } }\n"
		  "key('a', { role = 'zsk' })\n",
		  "bad.lua:2: the plan's name '../x' is not of letters" },
		{ "scenario { name = 'x' }\n", "bad.lua:1: unknown word 'scenario'" },
		{ "os.exit(0)\n", "bad.lua:1: unknown word 'os'" },
		{ "while true do end\n", "bad.lua:1: took more than" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		refuse(file_with("bad.lua", wrong[i].text), NULL, wrong[i].sentence);
	refuse(file_with("bad.lua", HEAD "key('a', { role = 'zsk' })\n"), "days=1",
	       "the plan has no such parameter");
	refuse("nosuchplan", NULL, "there is no plan 'nosuchplan'");
}

/* ---- Knot ---- */

#define KNOT(role, tag, publish, ready, active, retire_active, retire, remove)                     \
	"{ \"zone\": \"example.net.\", \"id\": \"x\", " role ", \"tag\": " #tag                    \
	", \"algorithm\": 13, \"size\": 256, \"public-only\": false, \"pre-active\": 0, "          \
	"\"publish\": " #publish ", \"ready\": " #ready ", \"active\": " #active                   \
	", \"retire-active\": " #retire_active ", \"retire\": " #retire ", \"post-active\": 0, "   \
	"\"revoke\": 0, \"remove\": " #remove " }"
#define KSK "\"ksk\": true, \"zsk\": false"
#define ZSK "\"ksk\": false, \"zsk\": true"

static void knots_list_is_read(void **state)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;

	(void)state;
	r = read_plan(
		file_with("keys.json",
			  "[" KNOT(KSK, 1, 1000, 2000, 3000, 7000, 0, 8000) "," KNOT(
				  KSK, 2, 5000, 6000, 7000, 0, 0,
				  0) "," KNOT(ZSK, 3, 1000, 0, 1000, 0, 6500,
					      7500) "," KNOT(ZSK, 4, 6000, 0, 6500, 0, 0, 0) "]"),
		"1970-01-01T01:00Z", "dnskey-ttl=600");
	assert_int_equal(r->key_count, 4);
	assert_string_equal(r->zone, "example.net.");
	assert_int_equal(r->from, HOUR);
	assert_int_equal(r->ttl.dnskey, 600 * SECOND);
	assert_int_equal(r->keys[0].published.from, 1000 * SECOND);
	assert_int_equal(r->keys[0].published.until, 8000 * SECOND);
	assert_int_equal(r->keys[0].signs.from, 1000 * SECOND); /* as knotd does */
	assert_int_equal(r->keys[0].ds.from, 3000 * SECOND);
	assert_int_equal(r->keys[0].ds.until, 7000 * SECOND);
	assert_int_equal(r->keys[1].ds.from, 7000 * SECOND);
	assert_int_equal(r->keys[1].ds.until, SIMTIME_NEVER);
	assert_int_equal(r->keys[2].signs.until, 6500 * SECOND);
	assert_int_equal(r->keys[2].published.until, 7500 * SECOND);
	assert_int_equal(r->keys[3].signs.from, 6500 * SECOND);
}

/* "Ready" asks for the DS, and "active" has it: RFC 7344's CDS is no DS. */
static void a_ksk_that_is_ready_has_no_ds_yet(void **state)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;

	(void)state;
	r = read_plan(file_with("keys.json", "[" KNOT(KSK, 1, 1000, 2000, 3000, 0, 0, 0) "," KNOT(
						     KSK, 2, 5000, 6000, 0, 0, 0, 0) "]"),
		      "1970-01-01T02:00Z", NULL);
	assert_int_equal(r->keys[0].ds.from, 3000 * SECOND);
	assert_int_equal(r->keys[1].signs.from, 5000 * SECOND);
	assert_int_equal(r->keys[1].ds.from, SIMTIME_NEVER);
}

static void a_key_without_a_successor_stays(void **state)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;

	(void)state;
	r = read_plan(file_with("keys.json", "[" KNOT(KSK, 1, 1000, 1000, 1000, 0, 0, 0) "," KNOT(
						     ZSK, 3, 1000, 0, 1000, 0, 6500, 7500) "]"),
		      "1970-01-01T01:00Z", NULL);
	assert_int_equal(r->keys[1].signs.until, SIMTIME_NEVER);
	assert_int_equal(r->keys[1].published.until, SIMTIME_NEVER);
}

/* ---- BIND ---- */

static const char *bind_folder(const char *ksk, const char *zsk)
{
	ends_with(0, "rm -rf %s/keys && mkdir %s/keys", folder(), folder());
	file_with("keys/Kexample.com.+013+00001.state", ksk);
	if (zsk)
		file_with("keys/Kexample.com.+013+00002.state", zsk);
	snprintf(path, sizeof(path), "%s/keys", folder());
	return path;
}

#define BIND_KSK                                                                                   \
	"; This is the state of key 1, for example.com.\nAlgorithm: 13\nLength: 256\nKSK: yes\n"   \
	"ZSK: no\nGenerated: 20260101000000 (Thu Jan  1 00:00:00 2026)\n"                          \
	"Published: 20260101000000 (Thu Jan  1 00:00:00 2026)\n"                                   \
	"Active: 20260101000000 (Thu Jan  1 00:00:00 2026)\n"

static void binds_state_files_are_read(void **state)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;

	(void)state;
	r = read_plan(bind_folder(BIND_KSK "DSPublish: 20260103000000 (Sat)\nDSState: rumoured\n"
					   "DSChange: 20260102000000 (Fri)\n",
				  "; This is the state of key 2, for example.com.\nAlgorithm: 13\n"
				  "KSK: no\nZSK: yes\nPublished: 20260101000000\n"
				  "Active: 20260101120000\n"),
		      "2026-01-02T00:00Z", "signing=0");
	assert_int_equal(r->key_count, 2);
	assert_string_equal(r->zone, "example.com.");
	assert_string_equal(r->keys[0].name, "KSK 1");
	assert_int_equal(r->keys[0].role, KEY_KSK);
	assert_int_equal(r->keys[0].published.from, at("2026-01-01T00:00Z"));
	assert_int_equal(r->keys[0].ds.from, at("2026-01-03T00:00Z"));
	assert_int_equal(r->keys[1].role, KEY_ZSK);
	assert_int_equal(r->keys[1].signs.from, at("2026-01-01T12:00Z"));
	assert_int_equal(r->signing, 0);
}

/* What BIND asks the parent for is not there before it is told so; where no other key has a DS one
 * that it has asked for counts as there. An end that nobody confirmed is none. */
static void the_ds_is_where_bind_was_told_it_is(void **state)
{
	static const struct {
		const char *fields, *from, *until;
	} spans[] = {
		{ "DSState: omnipresent\nDSChange: 20260105000000\n", "2026-01-05T00:00Z", NULL },
		{ "PublishCDS: 20260307000000\nDSState: hidden\nDSChange: 20260101000000\n",
		  "2026-03-07T00:00Z", NULL },
		{ "PublishCDS: 20260107000000\nDSState: hidden\nDSChange: 20260101000000\n", NULL,
		  NULL },
		{ "PublishCDS: 20260107000000\nDSState: rumoured\nDSChange: 20260108000000\n",
		  "2026-01-08T00:00Z", NULL },
		{ "DSPublish: 20260103000000\nDSRemoved: 20260109000000\n", "2026-01-03T00:00Z",
		  "2026-01-09T00:00Z" },
		{ "DSPublish: 20260103000000\nDSState: unretentive\nDSChange: 20260110000000\n",
		  "2026-01-03T00:00Z", NULL },
		{ "DSState: unretentive\nDSChange: 20260110000000\nGoalState: hidden\n"
		  "Removed: 20260601000000\n",
		  "always", NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
		_cleanup_(rollover_freep) struct rollover *r = NULL;
		char text[1024];

		snprintf(text, sizeof(text), "%s%s", BIND_KSK, spans[i].fields);
		r = read_plan(bind_folder(text, NULL), "2026-03-01T00:00Z", NULL);
		assert_int_equal(r->keys[0].ds.from, !spans[i].from ? SIMTIME_NEVER
						     : strcmp(spans[i].from, "always") == 0
							     ? ROLLOVER_ALWAYS
							     : at(spans[i].from));
		assert_int_equal(r->keys[0].ds.until,
				 spans[i].until ? at(spans[i].until) : SIMTIME_NEVER);
		/* With its DS there, or its end not planned, it stays. */
		assert_int_equal(r->keys[0].published.until, SIMTIME_NEVER);
	}
}

/* A key that signs all, at noon of 1 March, with times that are otherwise than what came of them. */
static void what_stands_follows_the_states_and_not_the_plan(void **state)
{
	static const struct {
		const char *fields;
		const char *published[2], *keys[2], *others[2]; /* from, until; NULL: never */
		const char *seen;
	} cases[] = {
		{ "DNSKEYState: rumoured\nDNSKEYChange: 20260226000000\nKRRSIGState: rumoured\n"
		  "KRRSIGChange: 20260226000000\nZRRSIGState: hidden\nZRRSIGChange: "
		  "20260225000000\n",
		  { "2026-02-26T00:00Z" },
		  { "2026-02-26T00:00Z" },
		  { NULL },
		  NULL },
		{ "DNSKEYState: omnipresent\nDNSKEYChange: 20260226000000\nKRRSIGState: "
		  "omnipresent\nKRRSIGChange: 20260226000000\nZRRSIGState: rumoured\n"
		  "ZRRSIGChange: 20260227000000\n",
		  { "2026-02-25T00:00Z" },
		  { "2026-02-25T00:00Z" },
		  { "2026-02-27T00:00Z" },
		  NULL },
		{ "DNSKEYState: omnipresent\nDNSKEYChange: 20260226000000\nKRRSIGState: "
		  "omnipresent\nKRRSIGChange: 20260226000000\nZRRSIGState: omnipresent\n"
		  "ZRRSIGChange: 20260228000000\n",
		  { "2026-02-25T00:00Z" },
		  { "2026-02-25T00:00Z" },
		  { "2026-02-25T12:00Z" },
		  "2026-02-28T00:00Z" },
		{ "DNSKEYState: omnipresent\nDNSKEYChange: 20260226000000\nKRRSIGState: "
		  "omnipresent\nKRRSIGChange: 20260226000000\nZRRSIGState: unretentive\n"
		  "ZRRSIGChange: 20260228000000\nGoalState: hidden\n",
		  { "2026-02-25T00:00Z" },
		  { "2026-02-25T00:00Z" },
		  { "2026-02-25T12:00Z", "2026-02-28T00:00Z" },
		  NULL },
		{ "DNSKEYState: hidden\nDNSKEYChange: 20260225000000\nKRRSIGState: hidden\n"
		  "KRRSIGChange: 20260225000000\nZRRSIGState: hidden\nZRRSIGChange: "
		  "20260225000000\n",
		  { NULL },
		  { NULL },
		  { NULL },
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(rollover_freep) struct rollover *r = NULL;
		const char *const *const wanted[] = { cases[i].published, cases[i].keys,
						      cases[i].others };
		char text[1024];

		snprintf(text, sizeof(text),
			 "; This is the state of key 1, for example.com.\nAlgorithm: 13\nKSK: "
			 "yes\nZSK: yes\nPublished: 20260225000000\nActive: "
			 "20260225120000\n%s",
			 cases[i].fields);
		r = read_plan(bind_folder(text, NULL), "2026-03-01T12:00Z", NULL);
		const struct rollover_key *k = &r->keys[0];
		const struct rollover_span *const spans[] = { &k->published, &k->signs_keys,
							      &k->signs };

		assert_int_equal(k->role, KEY_CSK);
		assert_true(k->has_signs_keys);
		for (size_t j = 0; j < ARRAY_SIZE(spans); j++) {
			const char *from = wanted[j][0], *until = wanted[j][1];

			assert_int_equal(spans[j]->from, from ? at(from) : SIMTIME_NEVER);
			assert_int_equal(spans[j]->until, until ? at(until) : SIMTIME_NEVER);
		}
		assert_int_equal(k->seen_signed, cases[i].seen ? at(cases[i].seen) : 0);
	}
}

/* ---- OpenDNSSEC ---- */

#define ODS                                                                                        \
	"Keys:\nZone:     Keytype: State:    Date of next transition: Size: Algorithm: CKA_ID: "   \
	"Repository: KeyTag:\n"

static void opendnssecs_table_is_read(void **state)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;

	(void)state;
	r = read_plan(file_with("keys.txt", ODS "example.com  KSK  active   2026-08-01 10:00:00  "
						"2048  8  3a21  SoftHSM  41233\n"
						"example.com  KSK  ready    waiting for ds-seen  "
						"2048  8  6c21  SoftHSM  33333\n"
						"example.com  ZSK  active   2026-05-01 10:00:00  "
						"1024  8  4b21  SoftHSM  11111\n"
						"example.com  ZSK  publish  2026-05-01 10:00:00  "
						"1024  8  5c21  SoftHSM  22222\n"
						"example.com  ZSK  retire   2026-05-02 10:00:00  "
						"1024  8  5c22  SoftHSM  44444\n"),
		      "2026-04-30T00:00Z", "since=2026-04-29T00:00Z");
	assert_int_equal(r->key_count, 5);
	assert_string_equal(r->keys[0].name, "KSK 41233");
	/* The date is the zone's: nothing ends by it. */
	assert_int_equal(r->keys[0].ds.from, ROLLOVER_ALWAYS);
	assert_int_equal(r->keys[0].ds.until, SIMTIME_NEVER);
	assert_int_equal(r->keys[1].ds.from, SIMTIME_NEVER);
	assert_int_equal(r->keys[2].signs.until, SIMTIME_NEVER);
	assert_int_equal(r->keys[3].published.from, at("2026-04-29T00:00Z"));
	assert_int_equal(r->keys[3].signs.from, SIMTIME_NEVER);
	assert_int_equal(r->keys[4].signs.until, at("2026-04-29T00:00Z"));
	assert_int_equal(r->keys[4].published.until, SIMTIME_NEVER);
	assert_true(r->keys[4].leaves);
}

#define SIGNERS "tests/data/rollover/"

/* What ods-enforcer 2.1.12 printed of a KSK's roll under its policy "lab" as it asked for both
 * steps of the DS: the new one is not there before somebody says so, and the old one still is. */
static void opendnssec_waits_for_the_ds(void **state)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;

	(void)state;
	r = read_plan(SIGNERS "ods-seen.txt", "2026-03-01T08:16Z", NULL);
	assert_int_equal(r->key_count, 5);
	assert_string_equal(r->keys[0].name, "KSK 51286");
	assert_true(r->keys[0].leaves);
	assert_int_equal(r->keys[0].ds.from, ROLLOVER_ALWAYS);
	assert_int_equal(r->keys[0].ds.until, SIMTIME_NEVER);
	assert_string_equal(r->keys[3].name, "KSK 20215");
	assert_int_equal(r->keys[3].ds.from, SIMTIME_NEVER);
	/* A ZSK that is ready signs. */
	assert_string_equal(r->keys[4].name, "ZSK 39286");
	assert_int_equal(r->keys[4].signs.from, at("2026-03-01T08:16Z"));
}

/* With what `key list -d` printed behind it: the first ZSK is long gone, and ds-gone was said. */
static void opendnssecs_own_reckoning_is_read(void **state)
{
	_cleanup_(rollover_freep) struct rollover *r = NULL;

	(void)state;
	r = read_plan(SIGNERS "ods-gone.txt", "2026-03-01T08:16Z", NULL);
	assert_int_equal(r->key_count, 4);
	assert_string_equal(r->keys[0].name, "KSK 51286");
	assert_int_equal(r->keys[0].ds.until, at("2026-03-01T08:16Z"));
	assert_string_equal(r->keys[1].name, "ZSK 24765");
	assert_int_equal(r->keys[1].signs.until, at("2026-03-01T08:16Z"));
	assert_int_equal(r->keys[1].published.until, SIMTIME_NEVER);
}

/* ---- what is wrong ---- */

static void files_that_are_wrong_are_refused(void **state)
{
	(void)state;
	refuse(file_with("x.json", "[{\n"), NULL, "x.json:");
	refuse(file_with("x.json", "{}"), NULL, "it is no list of keys");
	refuse(file_with("x.json", "[]"), NULL, "has no key");
	refuse(file_with("x.json", "[{}]"), NULL, "key 1: it has no zone, algorithm or tag");
	refuse(file_with("x.json", "[" KNOT(KSK, 1, -5, 0, 0, 0, 0, 0) "]"), NULL,
	       "x.json:1: key 1: 'publish' is no time in seconds");
	refuse(file_with("x.json", "[\n" KNOT(KSK, 1, 5, 0, 0, 0, 0,
					      0) ",\n\n{ \"zone\": \"a{[\\\"b.\" },\n{}\n]"),
	       NULL, "x.json:4: key 2: it has no zone, algorithm or tag");
	refuse(bind_folder("Algorithm: 13\n", NULL), NULL, "it is no key's state");
	refuse(bind_folder(BIND_KSK "Retired: tomorrow\n", NULL), NULL,
	       "00001.state:9: 'tomorrow' is no time like 20260101000000");
	refuse(bind_folder("; This is the state of key 1, for a.\nAlgorithm\n", NULL), NULL,
	       ".state:2: 'Algorithm' is not KEY: VALUE");
	refuse(bind_folder(BIND_KSK, "; This is the state of key 2, for example.org.\n"
				     "Algorithm: 13\nKSK: no\nZSK: yes\n"),
	       NULL, "00002.state:1: there are keys of");
	refuse(bind_folder(BIND_KSK, NULL), "speed=9",
	       "of a signer's state files these can be set");
	refuse(bind_folder(BIND_KSK, NULL), "ds-ttl=fast", "--set ds-ttl=fast");
	refuse(folder(), NULL, "has no K*.state file");
	refuse(file_with("x.txt", ODS "example.com KSK\n"), NULL, "x.txt:3: it is no row");
	refuse(file_with("x.txt", ODS "example.com KSK upset 2026-01-01 10:00:00 2048 8 a b 1\n"),
	       NULL, "x.txt:3: 'upset' is no state of a key");
	refuse(file_with("x.txt", ODS "example.com KSK active now 2048 8 a b 1\nZone: Key role: "
				      "DS: DNSKEY: RRSIGDNSKEY: RRSIG: Pub: Act: Id:\n"
				      "example.com KSK upset hidden hidden NA 1 1 a\n"),
	       NULL, "x.txt:5: 'upset' is not hidden");
	refuse(file_with("x.txt", ODS "example.com KSK active now 2048 8 a b 1\n"), "since=soon",
	       "--set since=soon");
	refuse(file_with("x.txt", ODS "example.com KSK active 2026-01-01 10:00:00\n"), NULL,
	       "the list wants -v");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_script_tells_keys_and_their_times),
		cmocka_unit_test(a_script_that_is_wrong_is_refused_with_its_line),
		cmocka_unit_test(knots_list_is_read),
		cmocka_unit_test(a_ksk_that_is_ready_has_no_ds_yet),
		cmocka_unit_test(a_key_without_a_successor_stays),
		cmocka_unit_test(binds_state_files_are_read),
		cmocka_unit_test(the_ds_is_where_bind_was_told_it_is),
		cmocka_unit_test(what_stands_follows_the_states_and_not_the_plan),
		cmocka_unit_test(opendnssecs_table_is_read),
		cmocka_unit_test(opendnssec_waits_for_the_ds),
		cmocka_unit_test(opendnssecs_own_reckoning_is_read),
		cmocka_unit_test(files_that_are_wrong_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
