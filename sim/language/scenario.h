/* SPDX-License-Identifier: BSD-2-Clause */
/* scenario.h - a Lua script, run once, becomes plain data.
 *
 * scenario_load() runs the script in a sandbox (script.h), checks everything that can be checked
 * before anything starts, and prepares the tree. After that only expectations and reports go back
 * to Lua (judge.h). */
#pragma once

#include <stdint.h>

#include "sim/base/transport.h"
#include "sim/base/cleanup.h"
#include "sim/base/versions.h"
#include "sim/language/timeline.h"
#include "zones/tree.h"
#include "zones/tsig_key.h"

/* From `at` on, `rate` queries a second on average (Poisson). */
struct rate_point {
	simtime at;
	double rate;
};

enum retry_on { RETRY_SERVFAIL = 1, RETRY_TIMEOUT = 2, RETRY_REFUSED = 4 };

#define STUB_RESOLVERS_MAX 8 /* resolvers in a stub's list */

/* Which of its resolvers a stub asks first. A further attempt is at the next one, round and round. */
enum stub_strategy {
	STRATEGY_IN_ORDER, /* the first of the list (resolv.conf(5)) */
	STRATEGY_ROTATE, /* the one behind the first of the question before (its option "rotate") */
	STRATEGY_STICKY, /* the last that has not failed (systemd-resolved(8)) */
};

extern const char *const stub_strategy_names[]; /* "in order", "rotate", "sticky" */

/* The stub resolver of every client. */
struct stub_plan {
	simtime timeout; /* of one attempt: 5 s */
	unsigned attempts; /* in all, at whichever resolvers: 3 */
	unsigned retry_on; /* bits of enum retry_on */
	simtime pause; /* between a failed answer and the next attempt: 0 */
	char asks[STUB_RESOLVERS_MAX][32]; /* names of roles; of each a client has one resolver */
	unsigned roles[STUB_RESOLVERS_MAX]; /* their numbers, once all is read */
	unsigned asks_count; /* 0: the scenario has one resolver */
	enum stub_strategy strategy;
	bool has_transports; /* else all clients ask by UDP */
	double share[TRANSPORTS]; /* of the clients */
	simtime idle; /* for which a connection without questions is kept: 10 s */
	unsigned in_flight; /* questions that are under way on one at most: 100 */
	simtime round_trip; /* between a client and his resolver: 0 */
	double loss; /* share of datagrams there, each way */
	double capacity; /* bits a second each way, with headers, for all clients; 0: without end */
	simtime queue; /* the longest that a datagram waits for it; what would wait longer is lost */
	unsigned
		mtu; /* bytes with headers: larger datagrams are lost, and nobody is told; 0: all pass */
};

/* An outcome is booked under the class of the name asked for. The first five are always there. */
enum class {
	CLASS_ALL,
	CLASS_SIGNED, /* popular names of the population under test, delegated with a DS */
	CLASS_UNSIGNED, /* … without */
	CLASS_NXDOMAIN, /* names below the same apex that do not exist, each asked for once */
	CLASS_OUTSIDE, /* popular names of the other population */
	CLASS_FRESH_SIGNED, /* like signed and unsigned, but each name is asked for once: never
			       cached */
	CLASS_FRESH_UNSIGNED,
	CLASS_CD, /* fresh names of both kinds, asked with CD set */
	CLASS_COUNT,
};

extern const char *const
	class_names[CLASS_COUNT]; /* "all", "signed", … "fresh-signed", "fresh-unsigned", "cd" */

enum traffic_kind { TRAFFIC_NONE, TRAFFIC_SYNTHETIC, TRAFFIC_TRACE };

#define JOBS_MAX 8

#define TRAFFICS_MAX 8
#define TRAFFIC_PORTS_MAX 8

/* What of a trace is asked; zeros: all. */
struct traffic_filter {
	struct address clients; /* of this prefix; family 0: all */
	unsigned bits;
	uint8_t below[NAME_MAX_LEN]; /* at or below this name; the root: all */
	bool has_begin, has_end;
	simtime begin, end; /* as the trace has its times */
	double keep; /* share of the clients, each with all its questions; 0: all */
	unsigned times; /* each client is so many; 0: one */
};

/* Where the names of a trace are from. */
struct traffic_names {
	uint64_t known, absent; /* from answers or marks; those of them that are not there */
	uint64_t planned; /* without an answer, and the scenario has them */
	uint64_t assumed, single; /* taken to be there; single labels, which are not */
	uint64_t drawn; /* taken not to be there for a share of NXDOMAIN */
	uint64_t contradicted; /* answers say both, or the scenario says otherwise */
	uint64_t questions, nxdomain; /* all, and those for names that are not there */
};

/* Who asks what. Shares are of all first attempts and leave the rest to popular names. */
struct traffic {
	enum traffic_kind kind;
	char name[32]; /* booked under it beside its classes; "": the scenario has one */
	char place[96]; /* "file:line" */
	struct stub_plan stub;
	unsigned clients;
	bool dnssec_ok; /* clients set DO; `edns` without DO still gets extended errors */
	bool edns;

	/* synthetic */
	struct rate_point *rates; /* at least one, the first at scenario start */
	unsigned rate_count;
	double zipf_exponent;
	uint64_t names; /* distinct popular names below `zone`, and as many share-weighted in
			   `outside_zone` */
	struct zone *zone; /* whose population is asked for */
	struct zone *outside_zone; /* NULL: nothing outside */
	double outside, nxdomain, fresh,
		cd; /* shares; `fresh` and `cd` each split evenly: signed, unsigned */
	unsigned nxdomain_labels; /* below the apex, of names that do not exist: from `deep_from`
				     on, */
	simtime deep_from; /* and before it one label; 0 labels are as 1 */
	struct job_plan {
		simtime from, to;
		double rate; /* questions a second, on average (Poisson) */
		struct zone
			*zone; /* each for a name of its own right below it, that is not there */
		uint16_t qtype;
		unsigned clients; /* the first so many ask */
	} jobs[JOBS_MAX]; /* beside all that */
	unsigned job_count;
	double aaaa; /* share of AAAA among the questions, the rest is A */

	/* trace */
	char path[4096];
	bool is_text; /* `time name type` or `name type`, by the file's own form */
	double speed; /* 2: twice as fast as captured */
	simtime at; /* where its first packet lands */
	double text_rate; /* queries a second for lines without a time */
	char **more; /* paths of files that follow the first */
	unsigned more_count;
	struct traffic_filter filter;
	uint16_t ports[TRAFFIC_PORTS_MAX]; /* of a capture's servers; none: 53 */
	unsigned port_count;
	bool of_resolvers; /* of dnstap: what they asked themselves, not their clients */
	struct traffic_names names_seen; /* once it was read */
};

struct param { /* param("rate", 100) */
	char key[64], value[256];
	bool is_set; /* by --set */
};

/* Something of the record against something else. */
struct drawing {
	char title[128], x[64], y[64]; /* and what its axes are */
	int function; /* in Lua's registry */
};

struct expectation {
	char text[256];
	char mitigation[32]; /* judged in this mitigation's cells only; "" in all */
	int function; /* reference into script's registry */
	int line;
};

/* What a resolver is known to do. sim/ does not know which resolvers there are. */
struct knowledge {
	char resolver[32]; /* a driver's name: "unbound" */
	struct versions versions; /* of which it is known */
	char text[256], because[512]; /* what it does, and why or where that is from */
	char mitigation[32]; /* judged in this mitigation's cells only; "" in all */
	int function; /* reference into script's registry */
	char place[96]; /* "file:line" */
};

/* How much worse than in an earlier run a figure of this one may be. sim/ does not know which
 * figures there are. */
struct allowance {
	char figure[48];
	char mitigation[32]; /* in this mitigation's cells only; "" in all */
	bool is_factor; /* `amount` times as bad; else worse by `amount`, in the figure's unit */
	bool is_duration; /* it was told as "60s": `amount` is seconds */
	double amount;
	char place[96]; /* "file:line" */
};

/* Where a mitigation was defined. */
enum mitigation_source {
	MITIGATION_OF_SCENARIO,
	MITIGATION_SHIPPED, /* harness/subject/mitigations.lua */
	MITIGATION_OF_FILE, /* --mitigation-file */
};

/* What a mitigation puts into the configuration of one kind of resolver. */
struct setting {
	char kind[32]; /* a driver's name: "unbound" */
	char *text;
};

/* What the scenario's language says of a mitigation; what its operator does stands in the timeline,
 * under its name. */
struct mitigation {
	char name[32], about[256];
	char like[32]; /* the driver's mitigation to build on; "": the one of this name, or none */
	struct setting *settings;
	unsigned setting_count;
	enum mitigation_source source;
	char place[96]; /* "file:line" */
};

/* An operator who looks at what clients get, at every multiple of `every` after the start, and may
 * act (act.h). */
struct watch_plan {
	simtime every; /* whole seconds */
	const struct zone *zone; /* whose names it looks at; NULL: all */
	char mitigation[32]; /* in this mitigation's cells only; "" in all */
	int function; /* reference into script's registry */
	char place[96]; /* "file:line" */
};

#define MONITORS_MAX 16
#define MONITOR_STATUSES 16
#define MONITOR_WORDS 8

/* A command that is run at every multiple of `every` after the start, and says whether something is wrong
 * (harness/cell/monitor.h). */
struct monitor_plan {
	char name[64];
	simtime every; /* whole seconds */
	simtime timeout; /* of the machine: for so long it may compute, or sleep over nothing */
	char **argv; /* ends with NULL; the program's path is absolute where it has a slash */
	unsigned argc;
	int statuses[MONITOR_STATUSES]; /* that are an alarm; without them and words: all but 0 */
	unsigned status_count;
	char words[MONITOR_WORDS][128]; /* what it prints has one of these in it: an alarm, too */
	unsigned word_count;
	char mitigation[32]; /* in this mitigation's cells only; "" in all */
	char place[96]; /* "file:line" */
};

/* One question to a resolver that was started for it alone: what it says of a fault
 * (harness/cell/cell_cases.c). */
struct case_plan {
	char name[64];
	const struct zone *zone; /* whose faults it is about */
	uint8_t qname[NAME_MAX_LEN];
	uint16_t qtype;
	char type[16]; /* the same as text */
	simtime at; /* when it is asked */
	simtime before; /* when the name is asked for with `before_qtype`, to fill the cache;
			   SIMTIME_NEVER: it is empty */
	uint16_t before_qtype;
	simtime wait; /* how long for an answer: 30 s */
	char place[96]; /* "file:line" */
};

#define FLEET_MAX 500
#define FLEET_RESOLVERS 8

struct fleet_resolver {
	char name[64];
	double share;
};

/* Caches that each have an age, clients and chances of their own, in the place of one
 * (harness/subject/fleet.h). sim/ does not know which resolvers there are. */
struct fleet_plan {
	unsigned count; /* 0: there is one cache, and it is no fleet */
	bool has_ages; /* else they are spread over the longest TTL that matters */
	simtime youngest, oldest; /* spread evenly from the one on, up to the other */
	double shares[FLEET_MAX]; /* of the clients, in all 1 */
	unsigned share_count; /* 0: as many clients each */
	struct fleet_resolver resolvers[FLEET_RESOLVERS]; /* in all 1 */
	unsigned resolver_count; /* 0: the one under test */
	simtime stagger; /* operators reach each cache so much later than the one before */
	char place[96]; /* "file:line"; "": the command line */
};

#define ROLES_MAX 16
#define FORWARDS_MAX 16
#define HOSTS_MAX 64 /* resolvers in one cell */

/* What a role does not resolve by itself. */
struct forward {
	char zone[NAME_TEXT_LEN];
	char to[32]; /* a role's name */
	unsigned role; /* its number */
};

/* Resolvers that do the same in a scenario that has several, each on a host of its own. The way to
 * them is a link with a delay, loss, and a queue before its capacity. */
struct role {
	char name[32];
	char driver[256]; /* a resolver as -r has it; "": what the command line says */
	char mitigation[32]; /* where it is not under test */
	unsigned count;
	struct forward forwards[FORWARDS_MAX];
	unsigned forward_count;
	simtime delay; /* one way */
	double loss; /* share of packets, each way */
	double capacity; /* bits a second, each way; 0: without end */
	simtime queue; /* the longest that a packet waits for it */
	unsigned cap; /* questions a second that are answered, the others vanish; 0: all */
	bool is_cap_shared; /* by all who ask; else each has so many */
	bool is_asked, is_forwarded_to, is_tested;
	int like; /* the role above whose resolver and configuration it has, under test too; -1: none */
	char place[96]; /* "file:line" */
};

#define SIGNERS_MAX 8
#define SIGNER_SPAN_MAX (12 * TREE_YEAR) /* no scenario of signers lasts longer */

/* By what rules a signer signs, in what all of them can be told. Durations are whole seconds. */
struct signer_policy {
	char algorithm[32]; /* "ECDSAP256SHA256" */
	bool csk; /* one key instead of two */
	simtime ksk_lifetime, zsk_lifetime; /* until they are rolled; 0: never */
	uint32_t dnskey_ttl;
	simtime propagation; /* from a new version until all servers have it */
	simtime validity, refresh; /* of signatures, and how long before its end one is made anew */
	bool nsec3; /* without salt and iterations (RFC 9276); else NSEC */
};

enum signer_tsig { SIGNER_TSIG_IF_IT_CAN, SIGNER_TSIG, SIGNER_NO_TSIG };

/* A program that is given a zone unsigned, and signs it. sim/ does not know which there are. */
struct signer_plan {
	char name[32];
	char driver[256]; /* a signer as -s has it */
	const struct zone *zone;
	struct signer_policy policy;
	bool hsm; /* its private keys are in one */
	bool by_transfer; /* it gets its zone from a hidden primary, and not as a file */
	enum signer_tsig tsig; /* whether its transfers are signed: */
	struct tsig_key key; /* with this, whose secret as base64 is: */
	char secret[2 * TSIG_SECRET_MAX];
	simtime every; /* where it is a script, how often it is run; 0: as its driver has it */
	simtime polls; /* the parent looks for CDS this often (RFC 7344) */
	simtime parent_propagation; /* and then takes so long until its servers have the DS */
	char place[96]; /* "file:line" */
};

#define SIGNER_NO_COPY SIMTIME_NEVER /* but what was lost */

/* What is done to a signer. What it makes of that is its own. */
enum signer_act {
	SIGNER_ROLL, /* a key of a kind is rolled, by its rules or at once */
	SIGNER_POLICY, /* it signs by other rules from then on */
	SIGNER_RESTART, /* its process ends, and another one begins on what it had written */
	SIGNER_KEYS_LOST, /* its private keys are gone */
	SIGNER_KEYS_COPIED, /* a copy is made of them, to be put back later */
	SIGNER_KEYS_BACK, /* they are as they were when they were lost, or copied */
	SIGNER_HSM, /* what its HSM does wrong from then on */
	SIGNER_STANDBY, /* another machine takes its place */
	SIGNER_RESIGN, /* it makes all its signatures anew */
	SIGNER_CLOCK, /* its date is wrong from then on */
	SIGNER_DISK_FULL, /* nothing more can be written */
	SIGNER_DISK_FREE,
	SIGNER_UNSIGNED, /* its zone goes unsigned */
	SIGNER_RECORD, /* a record comes into its zone, at its hidden primary */
	SIGNER_KEY, /* the secondary has another secret than it, or the same again */
	SIGNER_DS, /* the registrar enters a DS by hand */
};

struct signer_event {
	simtime at;
	unsigned signer; /* its number */
	enum signer_act act;
	char what[160]; /* for people: "roll ksk" */
	char record[256]; /* of a record: a line of a master file */
	char kind[8]; /* of a roll: "ksk", "zsk" or "csk"; of a DS: "newest" or "none" */
	bool at_once; /* of a roll: the old key is not to be used any more (an emergency); going unsigned: DS or not; of a standby: with ZSKs of its own */
	simtime time; /* of a restart, and a standby: how long it is down; of a clock: so much ahead; of keys: the copy's instant, or
			 SIGNER_NO_COPY */
	unsigned pairs; /* SIGNER_HSM: that a new key is from then on; 0: as before */
	double share; /* of signatures that no key has made; negative: as before */
	struct signer_policy policy; /* SIGNER_POLICY: all of it */
	char place[96]; /* "file:line" */
};

/* What a signer's life has to show (harness/signing/expected.h). */
struct signer_expectation {
	unsigned signer; /* its number */
	char text[256];
	int function; /* reference into script's registry */
	char place[96]; /* "file:line" */
};

struct script; /* script.h */

struct scenario {
	char name[64], title[256], path[4096];
	char teaches[256]; /* one line; "" */
	char **sources; /* where its facts are from */
	unsigned source_count;
	simtime from, to;
	char place[96]; /* "file:line" of them */
	uint64_t seed;
	uint64_t chance; /* what a cell draws for itself: who asks, and what its resolver makes of
			    chance. The world is drawn by `seed` */
	simtime age; /* so long before `from` its cache is started, and asked, and nothing of that
			is recorded */
	simtime bin;
	bool bin_is_longer; /* than a minute, as nobody has said how long and the run is */
	simtime idle_slack; /* so late a resolver's polls may end while it has nothing in work */
	simtime clock_behind; /* the resolvers' clocks, of the world's; negative: ahead */
	double charge; /* virtual seconds for a second of a resolver's CPU time (clock_charge()); 0:
			  none */
	struct tree *tree;
	struct timeline timeline;
	struct traffic traffic[TRAFFICS_MAX]; /* each has clients of its own */
	unsigned traffic_count;
	char **notes; /* what a reader of it has to be told, each with file and line */
	unsigned note_count;
	char trace_note[2048]; /* what a reader has to be told of traces, once they were read */
	struct param *params;
	unsigned param_count;
	struct mitigation *mitigations; /* the scenario's, the shipped ones, those of files */
	unsigned mitigation_count;
	struct role *roles; /* none: one resolver, which is under test */
	unsigned role_count;
	unsigned asked; /* the role that clients ask who have no list */
	unsigned tested; /* the role that is under test, unless the command line says another */
	bool has_moves; /* clients may be routed elsewhere */
	struct watch_plan *watches;
	unsigned watch_count;
	struct monitor_plan *monitors; /* each name once */
	unsigned monitor_count;
	struct case_plan *cases; /* where there are any nobody else asks, and no curve is made */
	unsigned case_count;
	struct expectation *expectations;
	unsigned expectation_count;
	struct knowledge *knowledge;
	unsigned knowledge_count;
	struct allowance *allowances;
	unsigned allowance_count;
	struct fleet_plan fleet;
	struct signer_plan *signers;
	unsigned signer_count;
	struct signer_event *signer_events; /* in the order of time */
	unsigned signer_event_count;
	struct signer_expectation *signer_expectations;
	unsigned signer_expectation_count;
	int *reports; /* functions given to report(), references as above */
	unsigned report_count;
	struct drawing *drawings;
	unsigned drawing_count;
	struct script *script;
};

struct scenario_options {
	uint64_t seed;
	const char *const *sets; /* "KEY=VALUE" */
	unsigned set_count;
	const char *const *mitigation_files; /* paths */
	unsigned mitigation_file_count;
	simtime bin; /* 0: as the scenario says, or as its length does */
	unsigned fleet; /* how many caches; 0: as the scenario says */
	bool has_charge;
	double charge; /* without has_charge: as the scenario says, 0 by default */
};

#define CHARGE_MAX 1000.0 /* how many times slower a core may be made */

/* `name` is a path, or the name of a shipped scenario (scenarios/NAME.lua beside the program, or
 * where it was installed to). -ENOENT: no such scenario. -EINVAL: the script is wrong; the sentence
 * begins with file:line. */
int scenario_load(const char *name, const struct scenario_options *o, struct scenario **ret,
		  struct err *e);
void scenario_free(struct scenario *s);

/* What is defined under a name; NULL: nothing. */
const struct mitigation *scenario_mitigation(const struct scenario *s, const char *name);

/* Whether there is a `watch` in a mitigation of that name. */
bool scenario_has_watch(const struct scenario *s, const char *mitigation);

/* The same of a `monitor`. */
bool scenario_has_monitor(const struct scenario *s, const char *mitigation);

/* By what clients ask, a bit for each transport; 0 where all ask by UDP. */
unsigned scenario_transports(const struct scenario *s);

/* -EINVAL: there are signers alone, and a resolver would sleep all the time. */
int scenario_check_asked(const struct scenario *s, struct err *e);

/* A line for each of its notes. */
void scenario_print_notes(const struct scenario *s, FILE *out);

/* An instant as scripts write it: ISO 8601, "HH:MM" (the first not before `from`), or "+90s" after
 * `from`. -EINVAL. */
int scenario_instant(const struct scenario *s, const char *text, simtime *ret, struct err *e);

DEFINE_FREEP(struct scenario, scenario)
