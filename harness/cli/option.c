/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/option.h"

#include <errno.h>
#include <string.h>

#include "harness/subject/matrix.h"
#include "sim/base/number.h"

/* ---- values ---- */

static void *place_of(struct options *o, const struct option_row *row)
{
	return (char *)o + row->offset;
}

static int take_flag(struct options *o, const struct option_row *row, const char *value,
		     struct err *e)
{
	(void)value;
	(void)e;
	*(bool *)place_of(o, row) = true;
	return 0;
}

static int take_text(struct options *o, const struct option_row *row, const char *value,
		     struct err *e)
{
	(void)e;
	*(const char **)place_of(o, row) = value;
	return 0;
}

/* -m nta -m flush is -m nta,flush. */
static int take_list(struct options *o, const struct option_row *row, const char *value,
		     struct err *e)
{
	char *list = place_of(o, row);
	size_t len = strlen(list);

	if (len + strlen(value) + 2 > OPTION_LIST)
		return err_set(e, -E2BIG, "more than %d bytes of names", OPTION_LIST - 2);
	sprintf(list + len, "%s%s", len ? "," : "", value);
	return 0;
}

/* Digits and nothing else, to the base of ten: strtoull() alone takes blanks, signs, 010 and 0x10.
 */
static int parse_number(const char *text, uint64_t *ret, struct err *e)
{
	errno = 0;
	*ret = strtoull(text, NULL, 10);
	if (errno || !*text || text[strspn(text, "0123456789")])
		return err_set(e, -EINVAL, "'%s' is not a whole number", text);
	return 0;
}

static int take_seed(struct options *o, const struct option_row *row, const char *value,
		     struct err *e)
{
	uint64_t *seed = place_of(o, row);
	int r = parse_number(value, seed, e);

	if (r == 0 && *seed > INT64_MAX) /* what JSON's integers hold */
		return err_set(e, -EINVAL, "'%s' is more than %lld", value, (long long)INT64_MAX);
	return r;
}

static int take_count(struct options *o, const struct option_row *row, const char *value,
		      struct err *e)
{
	uint64_t n;
	int r = parse_number(value, &n, e);

	if (r < 0)
		return r;
	if (n < 1 || n > row->most)
		return err_set(e, -EINVAL, "'%s' is not from 1 to %llu", value,
			       (unsigned long long)row->most);
	*(unsigned *)place_of(o, row) = (unsigned)n;
	return 0;
}

static int take_set(struct options *o, const struct option_row *row, const char *value,
		    struct err *e)
{
	struct scenario_options *so = &o->run.scenario_options;

	size_t key = strcspn(value, "=");

	(void)row;
	for (unsigned i = 0; i < so->set_count; i++)
		if (strncmp(o->sets[i], value, key + 1) == 0)
			return err_set(e, -EINVAL, "'%.*s' is given twice, and only one can count",
				       (int)key, value);
	if (so->set_count == OPTION_SETS)
		return err_set(e, -E2BIG, "more than %d of them", OPTION_SETS);
	o->sets[so->set_count++] = value;
	return 0;
}

static int take_sweep(struct options *o, const struct option_row *row, const char *value,
		      struct err *e)
{
	(void)row;
	if (o->run.sweep_count == OPTION_SWEEPS)
		return err_set(e, -E2BIG, "more than %d of them", OPTION_SWEEPS);
	o->sweeps[o->run.sweep_count++] = value;
	return 0;
}

static int take_file(struct options *o, const struct option_row *row, const char *value,
		     struct err *e)
{
	struct scenario_options *so = &o->run.scenario_options;

	(void)row;
	if (so->mitigation_file_count == OPTION_FILES)
		return err_set(e, -E2BIG, "more than %d of them", OPTION_FILES);
	o->mitigation_files[so->mitigation_file_count++] = value;
	return 0;
}

static int take_clock(struct options *o, const struct option_row *row, const char *value,
		      struct err *e)
{
	(void)row;
	return run_parse_clock(value, &o->run.clock, &o->run.speed, e);
}

/* How many times slower the resolver's core is made than this machine's. */
static int take_charge(struct options *o, const struct option_row *row, const char *value,
		       struct err *e)
{
	struct scenario_options *so = &o->run.scenario_options;

	(void)row;
	so->has_charge = true;
	so->charge = 1;
	if (value && (!number_is(value, &so->charge) || so->charge > CHARGE_MAX))
		return err_set(e, -EINVAL, "'%s' is not a factor from 0 to %g", value, CHARGE_MAX);
	return 0;
}

/* Instants of rows are told in whole seconds. */
static int take_seconds(struct options *o, const struct option_row *row, const char *value,
			struct err *e)
{
	simtime *bin = place_of(o, row);
	int r = simtime_parse_duration(value, bin, e);

	if (r < 0)
		return r;
	return *bin < SECOND || *bin % SECOND
		       ? err_set(e, -EINVAL, "'%s' is not one or more whole seconds", value)
		       : 0;
}

static int take_patience(struct options *o, const struct option_row *row, const char *value,
			 struct err *e)
{
	int r = simtime_parse_duration(value, &o->run.patience, e);

	(void)row;
	if (r < 0)
		return r;
	return o->run.patience <= 0 ? err_set(e, -EINVAL, "'%s' is no time at all", value) : 0;
}

#define AT(member) offsetof(struct options, member)

const struct option_row option_rows[OPTION_COUNT] = {
	[OPTION_RESOLVERS] = { NULL, 'r', "RESOLVER[=PATH],…", .repeats = true, .take = take_list,
			       .offset = AT(resolvers), .completes = COMPLETES_RESOLVERS,
			       .about =
				       "which resolvers: names that 'sigfault resolvers' "
				       "lists, PATH for another build of one, or a driver's file; "
				       "options of the driver stand behind it, like ':threads=4'" },
	[OPTION_SIGNERS] = { NULL, 's', "[NAME=]SIGNER,…", .repeats = true, .take = take_list,
			     .offset = AT(signers), .completes = COMPLETES_SIGNERS,
			     .about = "which signers, instead of the scenario's" },
	[OPTION_MITIGATIONS] = { NULL, 'm', "MITIGATION,…", .repeats = true, .take = take_list,
				 .offset = AT(mitigations), .completes = COMPLETES_MITIGATIONS,
				 .about = "which mitigations (default none), like serve-stale, "
					  "nta, prefetch, no-validation; all: whatever one of the "
					  "resolvers offers" },
	[OPTION_CONFIG] = { "config", 0, "FILE|DIR", .take = take_text, .offset = AT(run.config),
			    .completes = COMPLETES_FILE,
			    .about = "the resolver's configuration as you have it: a file, or a "
				     "folder with what it includes. What is laid over it is told" },
	[OPTION_ABLATE] = { "ablate", 0, NULL, .take = take_flag, .offset = AT(run.ablate),
			    .about = "which settings of --config mattered: a cell with each of "
				     "them taken out, ranked by user-minutes lost" },
	[OPTION_OUT] = { NULL, 'o', "DIR", .take = take_text, .offset = AT(run.folder),
			 .completes = COMPLETES_FOLDER,
			 .about = "where the record goes; must not be there yet (default: a new "
				  "folder here)" },
	[OPTION_OUT_REPORT] = { NULL, 'o', "DIR", .take = take_text, .offset = AT(run.folder),
				.completes = COMPLETES_FOLDER,
				.about = "where report.html, summary.md, junit.xml and the tables "
					 "go (default: to the terminal alone)" },
	[OPTION_SET] = { "set", 0, "KEY=VALUE", .repeats = true, .take = take_set,
			 .completes = COMPLETES_SET,
			 .about = "gives a parameter another value; 'sigfault plan' lists those of "
				  "a scenario" },
	[OPTION_SWEEP] = { "sweep", 0, "KEY=VALUE,…", .repeats = true, .take = take_sweep,
			   .completes = COMPLETES_SET,
			   .about = "a cell for each value of a parameter, or of the time at which "
				    "the operator of a mitigation acts: nta=15m,1h after the first "
				    "bad answer, or nta=20:45; several make a grid" },
	[OPTION_FLEET] = { "fleet", 0, "N", .take = take_count,
			   .offset = AT(run.scenario_options.fleet), .most = FLEET_MAX,
			   .about = "N caches in the place of one, each of another age, with "
				    "clients of its own, as cells of their own; what is told is "
				    "their sum" },
	[OPTION_SEED] = { "seed", 0, "N", .take = take_seed,
			  .offset = AT(run.scenario_options.seed),
			  .about = "whatever is drawn is drawn by it (default 1)" },
	[OPTION_MITIGATION_FILE] = { "mitigation-file", 0, "FILE", .repeats = true,
				     .take = take_file, .completes = COMPLETES_FILE,
				     .about = "more mitigations, in the scenario's language" },
	[OPTION_CLOCK] = { "clock", 0, "virtual|xN|real", .take = take_clock,
			   .completes = COMPLETES_CLOCK,
			   .about = "how time passes: from event to event (virtual, the default), "
				    "N times faster, or as it is" },
	[OPTION_CHARGE] = { "charge-cpu", 0, "FACTOR", .may_lack = true, .take = take_charge,
			    .about =
				    "a second of the resolver's CPU time takes FACTOR virtual ones "
				    "(1 without a number; default: computing takes no time)" },
	[OPTION_BIN] = { "bin", 0, "DURATION", .take = take_seconds,
			 .offset = AT(run.scenario_options.bin),
			 .about = "how long a row of the curves is (default what the scenario "
				  "says, else 60s, and longer in a run of more than 14 days)" },
	[OPTION_JOBS] = { "jobs", 0, "N", .take = take_count, .offset = AT(run.jobs), .most = 256,
			  .about = "cells at once (default: one a core)" },
	[OPTION_BASELINE] = { "baseline", 0, "DIR", .take = take_text, .offset = AT(run.baseline),
			      .completes = COMPLETES_FOLDER,
			      .about = "fail where figures are worse than in this earlier run by "
				       "more than the scenario allows" },
	[OPTION_STRICT] = { "strict", 0, NULL, .take = take_flag, .offset = AT(run.strict),
			    .about = "fail where a resolver does otherwise than is known of it" },
	[OPTION_STRICT_SIGN] = { "strict", 0, NULL, .take = take_flag, .offset = AT(run.strict),
				 .about = "fail where some cache would have been bogus" },
	[OPTION_LIST_CELLS] = { "list-cells", 0, NULL, .take = take_flag, .offset = AT(list_cells),
				.about = "print the cells and run none: number, resolver, version, "
					 "mitigation" },
	[OPTION_CELL] = { "cell", 0, "N", .take = take_count, .offset = AT(run.cell),
			  .most = MATRIX_CELLS,
			  .about = "run this one of them alone, into DIR/cell-N of -o DIR" },
	[OPTION_PCAP] = { "pcap", 0, NULL, .take = take_flag, .offset = AT(run.pcap),
			  .about = "record the packets: clients.pcap and upstream.pcap of each "
				   "cell" },
	[OPTION_LOG] = { "log-queries", 0, NULL, .take = take_flag, .offset = AT(run.log_queries),
			 .about = "record every query: queries.db of each cell, for SQLite" },
	[OPTION_METRICS] = { "metrics", 0, "FILE", .take = take_text, .offset = AT(run.metrics),
			     .completes = COMPLETES_FILE,
			     .about = "keep the run's numbers in FILE for Prometheus, as of a "
				      "textfile collector's *.prom" },
	[OPTION_SIGNATURES] = { "signatures", 0, "FILE", .take = take_text,
				.offset = AT(run.signatures), .completes = COMPLETES_FILE,
				.about = "take signatures of earlier runs of the scenario from "
					 "FILE, and keep new ones there: it saves CPU time alone" },
	[OPTION_REQUESTS] = { "requests", 0, "DURATION", .take = take_seconds,
			      .offset = AT(run.requests),
			      .about = "how often request lists are sampled (default: 48 times)" },
	[OPTION_PATIENCE] = { "patience", 0, "DURATION", .take = take_patience,
			      .about = "how much CPU time a resolver may use while the virtual "
				       "clock stands (default 30s); then its cell is over" },
	[OPTION_AT] = { "at", 0, "TIME", .take = take_text, .offset = AT(at),
			.about = "the instant, like 19:31, 2026-05-05T19:31Z or +90s after the "
				 "scenario's start (default: its start)" },
	[OPTION_AT_PLAN] = { "at", 0, "TIME", .take = take_text, .offset = AT(at),
			     .about = "the present of a signer's state files, like "
				      "2026-05-05T19:31Z (default: now); with --recover the "
				      "instant from which on ways out are looked for" },
	[OPTION_AT_CAPTURE] = { "at", 0, "TIME", .take = take_text, .offset = AT(at),
				.about = "the instant, like 19:31, 2026-05-05T19:31Z or +90s after "
					 "the first packet (default: the first that failed)" },
	[OPTION_AT_GATE] = { "at", 0, "TIME", .take = take_text, .offset = AT(at),
			     .about = "the instant at which the version would be published, like "
				      "2026-05-05T19:31Z (default: now)" },
	[OPTION_DS] = { "ds", 0, "FILE", .take = take_text, .offset = AT(ds),
			.completes = COMPLETES_FILE,
			.about = "the DS RRset that the parent has from this instant on, as "
				 "records in a "
				 "file; none: it has none (default: as it was)" },
	[OPTION_PROPAGATION] = { "propagation", 0, "DURATION", .take = take_seconds,
				 .offset = AT(propagation),
				 .about = "how long the slowest server may give out the version "
					  "before (default: no time)" },
	[OPTION_IN] = { "in", 0, "HOST", .take = take_text, .offset = AT(host),
			.about = "whose network it is: clients (the default) or resolver" },
	[OPTION_COMMAND] = { NULL, 'c', "COMMAND", .take = take_text, .offset = AT(shell_command),
			     .about = "a line for the shell, instead of a shell for you" },
	[OPTION_ASK] = { "ask", 0, "SERVER", .take = take_text, .offset = AT(ask),
			 .about = "ask this server of the zone for the TTLs that a signer's state "
				  "files do not tell: an address or a name, with :PORT or #PORT "
				  "where it is not 53" },
	[OPTION_ASK_PARENT] = { "ask-parent", 0, "SERVER", .take = take_text,
				.offset = AT(ask_parent),
				.about = "ask this server of the zone's parent for the TTL of the "
					 "DS" },
	[OPTION_POLICY] = { "policy", 0, "FILE[#NAME]", .take = take_text, .offset = AT(policy),
			    .completes = COMPLETES_FILE,
			    .about = "TTLs and delays of this policy of OpenDNSSEC's kasp.xml" },
	[OPTION_NO_PROOF] = { "no-proof", 0, NULL, .take = take_flag, .offset = AT(no_proof),
			      .about =
				      "judge the plan and start no resolver; needs no privileges" },
	[OPTION_PROVE] = { "prove", 0, NULL, .take = take_flag, .offset = AT(prove),
			   .about = "try the first of what was bogus on real resolvers (-r)" },
	[OPTION_DEBIAN] = { "debian", 0, "SUITE", .take = take_text, .offset = AT(suite),
			    .about = "add: fetch the resolver from this release of Debian with "
				     "debootstrap, like trixie; wants root" },
	[OPTION_MIRROR] = { "mirror", 0, "URL", .take = take_text, .offset = AT(mirror),
			    .about = "from where (default: this machine's own mirror)" },
	[OPTION_LENIENT] = { "lenient", 0, NULL, .take = take_flag, .offset = AT(lenient),
			     .about = "leave out what only validators mind that want every "
				      "algorithm" },
	[OPTION_RECOVER] = { "recover", 0, NULL, .take = take_flag, .offset = AT(recover),
			     .about =
				     "the ways out when it went wrong: when the last cache is well "
				     "by each, and what each breaks" },
	[OPTION_GOOD] = { "good", 0, "COMMIT", .take = take_text, .offset = AT(good),
			  .about = "where the figure was as it was before" },
	[OPTION_BAD] = { "bad", 0, "COMMIT", .take = take_text, .offset = AT(bad),
			 .about = "where it has changed" },
	[OPTION_BUILD] = { "build", 0, "COMMAND", .take = take_text, .offset = AT(build),
			   .about = "a line for the shell that builds a commit; where it fails is "
				    "skipped" },
	[OPTION_REPOSITORY] = { NULL, 'C', "DIR", .take = take_text, .offset = AT(folder),
				.completes = COMPLETES_FOLDER,
				.about = "its git repository (default: this folder's)" },
	[OPTION_THRESHOLD] = { "threshold", 0, "VALUE", .take = take_text, .offset = AT(threshold),
			       .about = "a commit is good or bad by the side of VALUE that its "
					"figure is on (default: as the end that it is nearer to)" },
	[OPTION_LEAGUE] = { "league", 0, NULL, .take = take_flag, .offset = AT(league),
			    .about = "versions side by side: a table for each scenario" },
	[OPTION_MARKDOWN] = { "markdown", 0, NULL, .take = take_flag, .offset = AT(markdown),
			      .about = "the whole list as a page in Markdown" },
	[OPTION_JSON] = { "json", 0, NULL, .take = take_flag, .offset = AT(json),
			  .about = "for machines: one JSON document, which names its schema" },
	[OPTION_QUIET] = { "quiet", 0, NULL, .take = take_flag, .offset = AT(run.quiet),
			   .about = "print what matters at the end alone" },
	[OPTION_HELP] = { "help", 'h', NULL, .take = take_flag, .offset = AT(help),
			  .about = "this text" },
};
