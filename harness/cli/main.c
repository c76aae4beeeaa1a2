/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - the command line. The only place that prints errors. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cli/fault_page.h"
#include "harness/cli/list.h"
#include "harness/subject/matrix.h"
#include "harness/cli/plan.h"
#include "harness/clients/replay.h"
#include "harness/report/report.h"
#include "harness/rollover/rollover.h"
#include "harness/cell/run.h"
#include "harness/cli/serve.h"
#include "harness/judge/threshold.h"
#include "harness/text/version.h"
#include "zones/dump.h"

#define MAX_SETS 64
#define MAX_MITIGATION_FILES 16

struct options {
	struct run_options run;
	const char *sets[MAX_SETS];
	const char *mitigation_files[MAX_MITIGATION_FILES];
	const char *at; /* zone, serve, rollover */
	bool no_proof, json, lenient; /* rollover */
	bool markdown; /* faults */
	int rest; /* first argument that is no option */
};

enum {
	OPT_SEED = 256,
	OPT_SET,
	OPT_MITIGATION_FILE,
	OPT_CLOCK,
	OPT_CHARGE,
	OPT_BIN,
	OPT_PCAP,
	OPT_LOG,
	OPT_JOBS,
	OPT_QUIET,
	OPT_CELL,
	OPT_BASELINE,
	OPT_LIST,
	OPT_AT,
	OPT_NO_PROOF,
	OPT_JSON,
	OPT_LENIENT,
	OPT_MARKDOWN
};

static const struct option long_options[] = {
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "set", required_argument, NULL, OPT_SET },
	{ "mitigation-file", required_argument, NULL, OPT_MITIGATION_FILE },
	{ "clock", required_argument, NULL, OPT_CLOCK },
	{ "charge-cpu", optional_argument, NULL, OPT_CHARGE },
	{ "bin", required_argument, NULL, OPT_BIN },
	{ "pcap", no_argument, NULL, OPT_PCAP },
	{ "log-queries", no_argument, NULL, OPT_LOG },
	{ "jobs", required_argument, NULL, OPT_JOBS },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "baseline", required_argument, NULL, OPT_BASELINE },
	{ "cell", required_argument, NULL, OPT_CELL },
	{ "list-cells", no_argument, NULL, OPT_LIST },
	{ "at", required_argument, NULL, OPT_AT },
	{ "no-proof", no_argument, NULL, OPT_NO_PROOF },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "lenient", no_argument, NULL, OPT_LENIENT },
	{ "markdown", no_argument, NULL, OPT_MARKDOWN },
	{ 0 },
};

static int parse_number(const char *text, uint64_t *ret, struct err *e)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-')
		return err_set(e, -EINVAL, "'%s' is not a whole number", text);
	return 0;
}

/* A bin's start is told in whole seconds. */
static int parse_bin(const char *text, simtime *ret, struct err *e)
{
	int r = simtime_parse_duration(text, ret, e);

	if (r < 0)
		return r;
	return *ret < SECOND || *ret % SECOND
		       ? err_set(e, -EINVAL, "--bin '%s': a bin is one or more whole seconds long",
				 text)
		       : 0;
}

/* How many times slower the resolver's core is made than this machine's. */
static int parse_charge(const char *text, double *ret, struct err *e)
{
	char *end = NULL;

	*ret = text ? strtod(text, &end) : 1;
	if (text && (end == text || *end || !(*ret >= 0) || *ret > CHARGE_MAX))
		return err_set(e, -EINVAL, "--charge-cpu=%s: a factor from 0 to %g", text,
			       CHARGE_MAX);
	return 0;
}

static int parse_option(struct options *o, int opt, char *arg, struct err *e)
{
	struct scenario_options *so = &o->run.scenario_options;
	uint64_t n = 0;
	int r;

	switch (opt) {
	case 'r':
		o->run.resolvers = arg;
		return 0;
	case 'm':
		o->run.mitigations = arg;
		return 0;
	case 'o':
		o->run.folder = arg;
		return 0;
	case OPT_SEED:
		return parse_number(arg, &so->seed, e);
	case OPT_SET:
		if (so->set_count == MAX_SETS)
			return err_set(e, -E2BIG, "more than %d --set", MAX_SETS);
		o->sets[so->set_count++] = arg;
		return 0;
	case OPT_MITIGATION_FILE:
		if (so->mitigation_file_count == MAX_MITIGATION_FILES)
			return err_set(e, -E2BIG, "more than %d --mitigation-file",
				       MAX_MITIGATION_FILES);
		o->mitigation_files[so->mitigation_file_count++] = arg;
		return 0;
	case OPT_CLOCK:
		return run_parse_clock(arg, &o->run.clock, &o->run.speed, e);
	case OPT_CHARGE:
		so->has_charge = true;
		return parse_charge(arg, &so->charge, e);
	case OPT_BIN:
		return parse_bin(arg, &so->bin, e);
	case OPT_PCAP:
		o->run.pcap = true;
		return 0;
	case OPT_LOG:
		o->run.log_queries = true;
		return 0;
	case OPT_JOBS:
		r = parse_number(arg, &n, e);
		o->run.jobs = (unsigned)n;
		return r == 0 && (n == 0 || n > 256)
			       ? err_set(e, -EINVAL, "--jobs is from 1 to 256")
			       : r;
	case OPT_QUIET:
		o->run.quiet = true;
		return 0;
	case OPT_BASELINE:
		o->run.baseline = arg;
		return 0;
	case OPT_CELL:
		r = parse_number(arg, &n, e);
		o->run.cell = (unsigned)n;
		return r == 0 && (n == 0 || n > MATRIX_CELLS)
			       ? err_set(e, -EINVAL, "--cell is a number that --list-cells prints")
			       : r;
	case OPT_LIST:
		o->run.list_cells = true;
		return 0;
	case OPT_AT:
		o->at = arg;
		return 0;
	case OPT_NO_PROOF:
		o->no_proof = true;
		return 0;
	case OPT_JSON:
		o->json = true;
		return 0;
	case OPT_LENIENT:
		o->lenient = true;
		return 0;
	case OPT_MARKDOWN:
		o->markdown = true;
		return 0;
	case ':':
		return err_set(e, -EINVAL, "option '%s' wants a value; see 'sigfault help'", arg);
	default:
		return err_set(e, -EINVAL, "there is no option '%s'; see 'sigfault help'", arg);
	}
}

static int parse(struct options *o, int argc, char **argv, struct err *e)
{
	static char resolvers[] = "unbound", mitigations[] = "none";
	int opt, r;

	memset(o, 0, sizeof(*o));
	o->run.resolvers = resolvers;
	o->run.mitigations = mitigations;
	o->run.speed = 1;
	o->run.scenario_options.seed = 1;
	o->run.scenario_options.sets = o->sets;
	o->run.scenario_options.mitigation_files = o->mitigation_files;
	/* '+': what follows "--" or the first argument of `serve` is a command with options of its
	 * own. */
	opterr = 0;
	while ((opt = getopt_long(argc, argv,
				  strcmp(argv[0], "serve") == 0 ? "+:r:m:o:" : ":r:m:o:",
				  long_options, NULL)) != -1) {
		r = parse_option(o, opt, opt == '?' || opt == ':' ? argv[optind - 1] : optarg, e);
		if (r < 0)
			return r;
	}
	o->rest = optind;
	return 0;
}

/* Arguments beside options: between `least` and `most` of them. */
static int expect_arguments(const struct options *o, int argc, int least, int most,
			    const char *usage, struct err *e)
{
	int n = argc - o->rest;

	if (n < least || n > most)
		return err_set(e, -EINVAL, "usage: sigfault %s", usage);
	return 0;
}

static enum exit_status do_run(struct options *o, int argc, char **argv, struct err *e)
{
	if (expect_arguments(o, argc, 1, 1, "run SCENARIO [options]", e) < 0)
		return EXIT_USAGE;
	if (o->run.scenario_options.has_charge && o->run.clock != CLOCK_VIRTUAL) {
		err_set(e, -EINVAL,
			"--charge-cpu is for the virtual clock: any other one runs on while a "
			"resolver computes");
		return EXIT_USAGE;
	}
	o->run.scenario = argv[o->rest];
	return run_matrix(&o->run, e);
}

static enum exit_status do_plan(struct options *o, int argc, char **argv, struct err *e)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;

	if (expect_arguments(o, argc, 1, 1, "plan SCENARIO", e) < 0 ||
	    scenario_load(argv[o->rest], &o->run.scenario_options, &s, e) < 0 ||
	    threshold_check(s, e) < 0 || replay_check(s, stderr, e) < 0)
		return EXIT_USAGE;
	return plan_print(s, stdout, e) < 0 ? EXIT_INVALID : EXIT_HELD;
}

/* The zone and instant that `zone` and `serve` name; without --at the scenario's start. */
static int find_instant(const struct options *o, const struct scenario *s, simtime *ret,
			struct err *e)
{
	*ret = s->from;
	return o->at ? scenario_instant(s, o->at, ret, e) : 0;
}

static enum exit_status do_zone(struct options *o, int argc, char **argv, struct err *e)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	uint8_t apex[NAME_MAX_LEN];
	struct view v = { 0 };
	int r;

	if (expect_arguments(o, argc, 2, 2, "zone SCENARIO ZONE [--at TIME]", e) < 0 ||
	    scenario_load(argv[o->rest], &o->run.scenario_options, &s, e) < 0 ||
	    find_instant(o, s, &v.now, e) < 0 || name_parse(argv[o->rest + 1], apex, e) < 0)
		return EXIT_USAGE;
	v.zone = tree_zone(s->tree, apex);
	if (!v.zone) {
		err_set(e, -ENOENT, "the scenario has no zone '%s'", argv[o->rest + 1]);
		return EXIT_USAGE;
	}
	v = view_at(v.zone, 0, v.now, NULL);
	r = dump_zone(&v, stdout, e);
	return r == -EIO ? EXIT_INVALID : r < 0 ? EXIT_USAGE : EXIT_HELD;
}

static enum exit_status do_serve(struct options *o, int argc, char **argv, struct err *e)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	simtime at;

	if (expect_arguments(o, argc, 2, 4096, "serve [--at TIME] SCENARIO COMMAND...", e) < 0 ||
	    scenario_load(argv[o->rest], &o->run.scenario_options, &s, e) < 0 ||
	    find_instant(o, s, &at, e) < 0)
		return EXIT_USAGE;
	return serve(s, at, (const char *const *)argv + o->rest + 1, e);
}

/* Without -o to the terminal alone. */
static enum exit_status do_report(struct options *o, int argc, char **argv, struct err *e)
{
	const char *const *dirs = (const char *const *)argv + o->rest;
	unsigned count = (unsigned)(argc - o->rest);
	enum exit_status status = EXIT_USAGE;
	int r;

	if (expect_arguments(o, argc, 1, 4096, "report [-o OUT] DIR...", e) < 0)
		return EXIT_USAGE;
	if (o->run.baseline) {
		err_set(e, -EINVAL,
			"--baseline is an option of 'sigfault run': a report tells what was judged "
			"then");
		return EXIT_USAGE;
	}
	r = o->run.folder ? report_into(dirs, count, o->run.folder, e) : 0;
	if (r == 0)
		r = report_terminal(dirs, count, stdout, &status, e);
	if (r < 0)
		return r == -ENOENT && strstr(e->text, "apt-get") ? EXIT_ENVIRONMENT : EXIT_USAGE;
	return status;
}

/* Without a plan: those that are shipped. */
static enum exit_status do_rollover(struct options *o, int argc, char **argv, struct err *e)
{
	struct rollover_options ro = { .plan = argv[o->rest],
				       .scenario_options = o->run.scenario_options,
				       .resolvers = o->run.resolvers,
				       .folder = o->run.folder,
				       .at = o->at,
				       .no_proof = o->no_proof,
				       .json = o->json,
				       .lenient = o->lenient };

	if (expect_arguments(o, argc, 0, 1, "rollover [PLAN] [options]", e) < 0)
		return EXIT_USAGE;
	if (!ro.plan)
		return rollover_list(stdout, e) < 0 ? EXIT_INVALID : EXIT_HELD;
	return rollover_command(&ro, e);
}

static enum exit_status do_faults(struct options *o, int argc, char **argv, struct err *e)
{
	const struct fault_row *r;

	if (expect_arguments(o, argc, 0, 1, "faults [NAME | --markdown]", e) < 0)
		return EXIT_USAGE;
	if (o->markdown) {
		fault_page_markdown(stdout);
		return EXIT_HELD;
	}
	if (argc == o->rest) {
		fault_page_list(stdout);
		return EXIT_HELD;
	}
	r = fault_find(argv[o->rest]);
	if (!r) {
		err_set(e, -ENOENT, "there is no fault '%s'; 'sigfault faults' lists them",
			argv[o->rest]);
		return EXIT_USAGE;
	}
	fault_page_print(stdout, r);
	return EXIT_HELD;
}

static enum exit_status do_figures(struct options *o, int argc, char **argv, struct err *e)
{
	(void)argv;
	if (expect_arguments(o, argc, 0, 0, "figures", e) < 0)
		return EXIT_USAGE;
	return list_figures(stdout, e) < 0 ? EXIT_INVALID : EXIT_HELD;
}

static enum exit_status do_resolvers(struct options *o, int argc, char **argv, struct err *e)
{
	(void)argv;
	if (expect_arguments(o, argc, 0, 0, "resolvers", e) < 0)
		return EXIT_USAGE;
	return list_resolvers(stdout, e) < 0 ? EXIT_INVALID : EXIT_HELD;
}

static enum exit_status do_scenarios(struct options *o, int argc, char **argv, struct err *e)
{
	(void)argv;
	if (expect_arguments(o, argc, 0, 0, "scenarios", e) < 0)
		return EXIT_USAGE;
	return list_scenarios(stdout, e) < 0 ? EXIT_INVALID : EXIT_HELD;
}

static enum exit_status do_version(struct options *o, int argc, char **argv, struct err *e)
{
	(void)o;
	(void)argc;
	(void)argv;
	(void)e;
	printf("sigfault %s\n", SIGFAULT_VERSION);
	return EXIT_HELD;
}

static enum exit_status do_help(struct options *o, int argc, char **argv, struct err *e);

static const struct command {
	const char *name;
	enum exit_status (*main)(struct options *o, int argc, char **argv, struct err *e);
	const char *usage;
} commands[] = {
	{ "run", do_run, "SCENARIO  replay an outage against resolvers" },
	{ "plan", do_plan, "SCENARIO  what would happen, and when" },
	{ "zone", do_zone,
	  "SCENARIO ZONE [--at TIME]  the zone as published then, as a master file" },
	{ "serve", do_serve,
	  "[--at TIME] SCENARIO COMMAND...  run a command among the live servers" },
	{ "report", do_report, "[-o OUT] DIR...  draw again what runs recorded, and merge it" },
	{ "rollover", do_rollover,
	  "[PLAN]  whether a plan of key rollovers is safe, and the proof; without PLAN those that "
	  "come with sigfault" },
	{ "faults", do_faults, "[NAME]  what can be made to break; all about one" },
	{ "figures", do_figures, " what is measured, and what a baseline goes by" },
	{ "resolvers", do_resolvers, " which resolvers can be put to the test here" },
	{ "scenarios", do_scenarios, " the outages that come with sigfault" },
	{ "version", do_version, "" },
	{ "help", do_help, "" },
};

static enum exit_status do_help(struct options *o, int argc, char **argv, struct err *e)
{
	(void)o;
	(void)argc;
	(void)argv;
	(void)e;
	puts("sigfault replays DNSSEC outages against real resolvers, on a virtual clock.\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  sigfault %s %s\n", commands[i].name, commands[i].usage);
	puts("\noptions of run:\n"
	     "  -r RESOLVER[=PATH],...   unbound (default), bind, knot, powerdns, or a driver "
	     "file\n"
	     "  -m MITIGATION,...        none (default), serve-stale, serve-stale-now, nta, "
	     "prefetch,\n"
	     "                           no-validation, …; all: whatever one of them offers\n"
	     "  -o DIR                   where the record goes; must not be there yet\n"
	     "  --clock virtual|xN|real  how time passes (default virtual)\n"
	     "  --charge-cpu[=FACTOR]    a second of the resolver's CPU time takes FACTOR virtual "
	     "ones\n"
	     "                           (1 without a number; default: computing takes no time)\n"
	     "  --jobs N                 cells at once (default: one a core)\n"
	     "  --baseline DIR           fail where figures are worse than in this earlier run by "
	     "more than\n"
	     "                           the scenario allows\n"
	     "  --list-cells             print the cells, run none: number, resolver, version, "
	     "mitigation\n"
	     "  --cell N                 run this one alone, into DIR/cell-N of -o DIR\n"
	     "  --bin 60s  --pcap  --log-queries  --quiet\n"
	     "options of rollover: -r, -o as above, --set and\n"
	     "  --no-proof               judge the plan, and start no resolver; needs no "
	     "privileges\n"
	     "  --lenient                leave out what only validators mind that want every "
	     "algorithm\n"
	     "  --at TIME                the present of a signer's state files (default now)\n"
	     "  --json                   for machines\n"
	     "options of run, plan, zone and serve:\n"
	     "  --mitigation-file FILE   more mitigations, in the scenario's language\n"
	     "  --seed N                 (default 1)\n"
	     "  --set KEY=VALUE          a parameter of the scenario");
	return EXIT_HELD;
}

/* Standard files that are closed would get the next ones that are opened: progress would go into
 * the record. Writing to a stdout that was closed still fails. */
static void fill_standard_files(void)
{
	static const int how[] = { O_RDONLY, O_RDONLY, O_WRONLY };

	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", how[fd]) != fd)
			_exit(EXIT_ENVIRONMENT);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "help";
	struct err err = { "" };
	struct options o;

	fill_standard_files();
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	if (strcmp(name, "--version") == 0)
		name = "version";
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		enum exit_status status = EXIT_USAGE;

		if (strcmp(commands[i].name, name) != 0)
			continue;
		if (argc < 2 || parse(&o, argc - 1, argv + 1, &err) == 0)
			status = commands[i].main(&o, argc - 1, argv + 1, &err);
		if (err.text[0] && status != EXIT_HELD)
			fprintf(stderr, "sigfault: %s\n", err.text);
		if (fflush(stdout) != 0) {
			fprintf(stderr, "sigfault: cannot write: %s\n", strerror(errno));
			return EXIT_INVALID;
		}
		return (int)status;
	}
	fprintf(stderr, "sigfault: there is no command '%s'; see 'sigfault help'\n", name);
	return EXIT_USAGE;
}
