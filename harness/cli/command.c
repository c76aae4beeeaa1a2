/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/command.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "harness/cli/cmd.h"
#include "harness/cli/help.h"
#include "sim/base/nearest.h"

#define ANY (UINT_MAX - 1)

enum {
	/* What every command takes that loads a scenario. */
	WORLD_OPTIONS = OPTION_BIT(OPTION_SET) | OPTION_BIT(OPTION_SEED) |
			OPTION_BIT(OPTION_MITIGATION_FILE),
	JSON = OPTION_BIT(OPTION_JSON),
};

static const struct command commands[] = {
	{ .name = "run",
	  .main = cmd_run,
	  .arguments = "SCENARIO",
	  .least = 1,
	  .most = 1,
	  .completes = { COMPLETES_SCENARIO },
	  .options = OPTION_BIT(OPTION_RESOLVERS) | OPTION_BIT(OPTION_MITIGATIONS) |
		     OPTION_BIT(OPTION_CONFIG) | OPTION_BIT(OPTION_ABLATE) |
		     OPTION_BIT(OPTION_OUT) | WORLD_OPTIONS | OPTION_BIT(OPTION_SWEEP) |
		     OPTION_BIT(OPTION_FLEET) | OPTION_BIT(OPTION_CLOCK) |
		     OPTION_BIT(OPTION_CHARGE) | OPTION_BIT(OPTION_BIN) | OPTION_BIT(OPTION_JOBS) |
		     OPTION_BIT(OPTION_BASELINE) | OPTION_BIT(OPTION_STRICT) |
		     OPTION_BIT(OPTION_LIST_CELLS) | OPTION_BIT(OPTION_CELL) |
		     OPTION_BIT(OPTION_PCAP) | OPTION_BIT(OPTION_LOG) | OPTION_BIT(OPTION_METRICS) |
		     OPTION_BIT(OPTION_SIGNATURES) | OPTION_BIT(OPTION_REQUESTS) |
		     OPTION_BIT(OPTION_PATIENCE) | JSON | OPTION_BIT(OPTION_QUIET),
	  .line = "replay an outage against resolvers",
	  .text = "SCENARIO is a file, or the name of an outage that comes with sigfault. It is "
		  "replayed once a cell: for every resolver under every mitigation that it offers, "
		  "as many cells at once as there are cores. Each has a small Internet of its own "
		  "in network namespaces that lead nowhere, and a clock that jumps to the next "
		  "thing that happens; so it needs root, or user namespaces.\n"
		  "The end is what users got, what each mitigation bought, and whether the "
		  "scenario's expectations held. These are of the replay; what a resolver is known "
		  "to do is shown as known or otherwise than known, and is no failure without "
		  "--strict. The folder has report.html, summary.md, junit.xml, compare.csv, "
		  "run.json, and a folder of tables for each cell.",
	  .examples = { "sigfault run de-2026 -m none,serve-stale,nta",
			"sigfault run de-2026 --sweep nta=15m,30m,1h,2h,3h",
			"sigfault run de-2026 --fleet 20",
			"sigfault run de-2026 -r ./mine.lua --baseline last-good",
			"sigfault run minute --set rate=20 --pcap -o /tmp/minute" } },
	{ .name = "plan",
	  .main = cmd_plan,
	  .arguments = "SCENARIO",
	  .least = 1,
	  .most = 1,
	  .completes = { COMPLETES_SCENARIO },
	  .options = WORLD_OPTIONS | OPTION_BIT(OPTION_CHARGE) | OPTION_BIT(OPTION_BIN) | JSON,
	  .line = "what would happen, and when",
	  .text = "Prints what a scenario means, and runs nothing: its parameters, zones, keys, "
		  "servers and traffic, the timeline, mitigations, faults, and what a run must "
		  "show. It needs no privileges, and finds what is wrong in a script.",
	  .examples = { "sigfault plan de-2026", "sigfault plan ./mine.lua --set rate=20" } },
	{ .name = "zone",
	  .main = cmd_zone,
	  .arguments = "SCENARIO ZONE",
	  .least = 2,
	  .most = 3,
	  .completes = { COMPLETES_SCENARIO, COMPLETES_ZONE },
	  .options = OPTION_BIT(OPTION_AT) | WORLD_OPTIONS,
	  .line = "a zone as published at an instant, as a master file",
	  .text = "Prints the zone with its keys, signatures and proofs as its first server has "
		  "them then, so that other tools can judge it. It needs no privileges. SCENARIO "
		  "may be what a signer left ('sigfault sign'): then it is the version that was "
		  "there at the instant (ISO 8601), or the last.\n"
		  "zone compile FILE ZONE writes FILE.image, in the place of which scenarios "
		  "with file = \"FILE\" map it: a TLD of millions of delegations is there at "
		  "once. It is made anew when FILE has changed.",
	  .examples = { "sigfault zone minute de. --at +90s | ldns-verify-zone /dev/stdin",
			"sigfault zone year/registry-bind de. --at 2026-05-01T12:00Z",
			"sigfault zone compile de.zone de." } },
	{ .name = "serve",
	  .main = cmd_serve,
	  .arguments = "SCENARIO COMMAND…",
	  .least = 2,
	  .most = ANY,
	  .completes = { COMPLETES_SCENARIO, COMPLETES_PROGRAM },
	  .options = OPTION_BIT(OPTION_AT) | WORLD_OPTIONS,
	  .stops = true,
	  .line = "run a command among the live servers",
	  .text = "The scenario's servers answer from the instant on, as time really passes, and "
		  "COMMAND runs in the same namespace: dig, delv, dnsviz, a resolver of your own. "
		  "SIGFAULT_HINTS, SIGFAULT_ANCHOR and SIGFAULT_BIND_ANCHOR in its environment "
		  "name files with root hints, the root's DNSKEY and the same for BIND. Options of "
		  "sigfault stand before SCENARIO; what stands behind it is COMMAND's.",
	  .examples = { "sigfault serve --at +90s minute dig +dnssec @198.18.0.1 de. DNSKEY" } },
	{ .name = "shell",
	  .main = cmd_shell,
	  .arguments = "SCENARIO",
	  .least = 1,
	  .most = 1,
	  .completes = { COMPLETES_SCENARIO },
	  .options = OPTION_BIT(OPTION_AT) | OPTION_BIT(OPTION_IN) | OPTION_BIT(OPTION_COMMAND) |
		     OPTION_BIT(OPTION_RESOLVERS) | OPTION_BIT(OPTION_MITIGATIONS) | WORLD_OPTIONS,
	  .line = "stop the world and look round in it",
	  .text = "The outage is replayed against one resolver up to the instant, and its time "
		  "stops there. Then a shell runs beside it, in the resolver's folder, with the "
		  "world's date. Ask with dig @198.19.0.53, by UDP, TCP (+tcp), or kdig +tls and "
		  "+https where the resolver has them: as much time passes as the "
		  "answer takes, and no more. Authorities answer by TCP. 'step 30s' and 'until "
		  "22:17' move time on; 'now' "
		  "tells it, and so does the prompt. Control commands act while time stands, as "
		  "the resolver's own manual has them. SIGFAULT_HINTS, "
		  "SIGFAULT_ANCHOR and SIGFAULT_BIND_ANCHOR in the environment name files with "
		  "root hints, the root's DNSKEY and the same for BIND. In COMMAND 'until', which "
		  "is "
		  "a word of the shell, is spelled '\\until'.",
	  .examples = { "sigfault shell de-2026 --at 19:31",
			"sigfault shell minute --at +90s -c 'dig @198.19.0.53 de. SOA; step "
			"1m'" } },
	{ .name = "report",
	  .main = cmd_report,
	  .arguments = "DIR…",
	  .least = 1,
	  .most = ANY,
	  .completes = { COMPLETES_FOLDER },
	  .options = OPTION_BIT(OPTION_OUT_REPORT) | OPTION_BIT(OPTION_STRICT) |
		     OPTION_BIT(OPTION_LEAGUE) | OPTION_BIT(OPTION_MARKDOWN) | JSON |
		     OPTION_BIT(OPTION_QUIET),
	  .line = "draw again what runs recorded, and merge it",
	  .text = "Reads the folders of runs, or of single cells of one run, which it puts "
		  "together, and prints what the run printed. The exit status is the run's, or "
		  "what it would have been with --strict.\n"
		  "With --league the runs may be of several scenarios, and versions of resolvers "
		  "stand beside each other: how soon it was over, what users lost, what was said "
		  "of "
		  "it, the load on the servers. -o writes league.html, league.md and league.json, "
		  "and the latter may stand for DIR later.",
	  .examples = { "sigfault report run-de-2026-1",
			"sigfault report --league run-de-2026-1 run-dark-1 -o league",
			"sigfault report -o report cells/cell-*" } },
	{ .name = "triage",
	  .main = cmd_triage,
	  .arguments = "DIR|CAPTURE",
	  .least = 1,
	  .most = 1,
	  .completes = { COMPLETES_FILE },
	  .options = JSON,
	  .line = "is it them or us? from a resolver's packets alone",
	  .text = "Reads clients.pcap and upstream.pcap of a run with --pcap, or any capture "
		  "(pcap, pcapng) of a resolver's packets to its clients, to the authorities or "
		  "both, and nothing else of a run. Each answer that failed is held against what "
		  "the resolver was sent for it, signatures by ldns: a signature fault of which "
		  "zone, RRset and key tag, expiry, a DS that no key is for, a denial without "
		  "proof, servers that do not answer or answer so many packets a second, a loop "
		  "of delegations, names that are gone, or a fault of the resolver itself; with "
		  "frame and instant.\n"
		  "The exit status is 1 where most of the failures are unknown: where the packets "
		  "do not say why, it does not guess.",
	  .examples = { "sigfault triage run-de-2026-1", "sigfault triage resolver.pcap --json" } },
	{ .name = "trace",
	  .main = cmd_trace,
	  .arguments = "DIR NAME [TYPE]",
	  .least = 2,
	  .most = 3,
	  .completes = { COMPLETES_FILE, COMPLETES_NOTHING },
	  .options = OPTION_BIT(OPTION_AT_CAPTURE) | JSON,
	  .line = "one question followed through, from packets alone",
	  .text = "Of the questions of clients for NAME the one nearest to --at, or the first that "
		  "failed: what the resolver asked of whom for it, what came back, which "
		  "signatures "
		  "were good by ldns, and where it turned into SERVFAIL and why. What it reads is "
		  "what 'triage' reads: DIR has clients.pcap and upstream.pcap, or is a capture.",
	  .examples = { "sigfault trace run-de-2026-1 d00000007.de A --at 19:35",
			"sigfault trace resolver.pcap www.example.de --json" } },
	{ .name = "rollover",
	  .main = cmd_rollover,
	  .arguments = "[PLAN]",
	  .least = 0,
	  .most = 1,
	  .completes = { COMPLETES_PLAN },
	  .options = OPTION_BIT(OPTION_RESOLVERS) | OPTION_BIT(OPTION_OUT) |
		     OPTION_BIT(OPTION_SET) | OPTION_BIT(OPTION_AT_PLAN) | OPTION_BIT(OPTION_ASK) |
		     OPTION_BIT(OPTION_ASK_PARENT) | OPTION_BIT(OPTION_POLICY) |
		     OPTION_BIT(OPTION_NO_PROOF) | OPTION_BIT(OPTION_LENIENT) |
		     OPTION_BIT(OPTION_RECOVER) | JSON,
	  .line = "whether a plan of key rollovers is safe, and the proof",
	  .text = "PLAN is a file in Lua, the name of a plan that comes with sigfault, BIND's "
		  "folder of keys and .state files, what Knot's keymgr lists, or what "
		  "OpenDNSSEC's ods-enforcer does. What caches may still hold is computed for "
		  "each step, and then tried on real resolvers. Without PLAN it lists those that "
		  "come with sigfault.",
	  .examples = { "sigfault rollover ksk-double-ds --no-proof",
			"sigfault rollover /var/cache/bind/keys --set ds-ttl=1h",
			"sigfault rollover nz-2023 --recover --at 2023-05-29T12:00Z" } },
	{ .name = "sign",
	  .main = cmd_sign,
	  .arguments = "SCENARIO",
	  .least = 1,
	  .most = 1,
	  .completes = { COMPLETES_SCENARIO },
	  .options = OPTION_BIT(OPTION_SIGNERS) | OPTION_BIT(OPTION_OUT) | WORLD_OPTIONS |
		     OPTION_BIT(OPTION_STRICT_SIGN) | OPTION_BIT(OPTION_PROVE) |
		     OPTION_BIT(OPTION_RESOLVERS),
	  .line = "what real signers publish as their keys roll",
	  .text = "Each signer of the scenario is started on a virtual clock, unmodified, with its "
		  "zone unsigned and its policy, and lives from the scenario's start to its end. "
		  "Each version that it publishes is transferred (NOTIFY, IXFR or AXFR) and kept; "
		  "a parent looks for CDS and takes the DS, which the signer can ask for. No "
		  "resolver is in that world. What the scenario expects of it (SIGNER:expect) is "
		  "judged, and the exit status is 1 where it did not hold.\n"
		  "The folder has a folder for each signer: versions.csv, versions/ (the first as "
		  "a "
		  "master file, the others as what has changed), events.csv, signer.log, and "
		  "work/ "
		  "with the signer's own keys and state. A zone with versions = \"DIR/SIGNER\" "
		  "serves them in a run.\n"
		  "With --prove the first span in which some cache would have been bogus is run "
		  "on real resolvers, for each signer: a cache is asked for what it kept, and in "
		  "the span a validator behind it; proof.lua is that scenario. Status 1: a "
		  "resolver was not bogus as judged.",
	  .examples = { "sigfault sign year.lua", "sigfault sign year.lua -s bind -o year",
			"sigfault sign year.lua --prove" } },
	{ .name = "gate",
	  .main = cmd_gate,
	  .arguments = "FOLDER ZONE [FILE]",
	  .least = 2,
	  .most = 3,
	  .completes = { COMPLETES_FOLDER, COMPLETES_FILE },
	  .options = OPTION_BIT(OPTION_DS) | OPTION_BIT(OPTION_AT_GATE) |
		     OPTION_BIT(OPTION_PROPAGATION) | JSON,
	  .line = "may this version of a zone be published?",
	  .text = "FILE is the next version of ZONE, as a master file, as what has changed ('- ' "
		  "or "
		  "'+ ' before each record), or - for standard input. FOLDER keeps what was "
		  "published before, and is made when it is not there. The answer is one sentence: "
		  "publish, and from then on it is what is published, or hold, and nothing has "
		  "changed. It is held when a resolver that has a DS, a DNSKEY RRset or a signed "
		  "RRset of an earlier version in its cache, rightly, would find something bogus, "
		  "or when RRsets that nobody can validate have not become fewer.\n"
		  "Signatures are verified where an RRset is another than before, by ldns, with "
		  "every key that was ever in the DNSKEY RRset: a key tag proves nothing. The "
		  "first "
		  "version is verified wholly.\n"
		  "The exit status is 0 for publish and 5 for hold; a hook goes on only with 0 "
		  "(docs/gate.md).",
	  .examples = { "sigfault gate /var/lib/gate/de de. de.zone --ds de.ds",
			"sigfault gate /var/lib/gate/de de. de.zone --json" } },
	{ .name = "bisect",
	  .main = cmd_bisect,
	  .arguments = "SCENARIO FIGURE",
	  .least = 2,
	  .most = 2,
	  .completes = { COMPLETES_SCENARIO, COMPLETES_FIGURE },
	  .options = OPTION_BIT(OPTION_GOOD) | OPTION_BIT(OPTION_BAD) | OPTION_BIT(OPTION_BUILD) |
		     OPTION_BIT(OPTION_RESOLVERS) | OPTION_BIT(OPTION_MITIGATIONS) |
		     OPTION_BIT(OPTION_REPOSITORY) | OPTION_BIT(OPTION_THRESHOLD) |
		     OPTION_BIT(OPTION_OUT) | WORLD_OPTIONS | JSON,
	  .line = "which commit of a resolver changed a figure",
	  .text = "In the resolver's git repository, or in the one that -C names, git bisects "
		  "between --good and --bad. Each commit is built by --build in a work tree of its "
		  "own, so that the checkout stays as it is, and run; -r says what the build "
		  "makes, "
		  "as a path in the work tree: a program, -r NAME=./PROGRAM, or the DESTDIR of "
		  "'make "
		  "install', -r NAME@./DIR. Both ends are measured first. A commit that cannot be "
		  "built or whose run is not valid is skipped. The end is the first bad commit, "
		  "with "
		  "its figure and its parent's; with -o each commit's build.log and run are kept.\n"
		  "The exit status is 0 when it was found, 1 when there is no difference or only "
		  "skipped commits are left, 4 when an end could not be measured.",
	  .examples = { "sigfault bisect minute stale --good v1 --bad v2 --build make "
			"-r ./mine.lua=./program",
			"sigfault bisect de-2026 servfail_share --threshold 20% -C ~/src/mine "
			"…" } },
	{ .name = "faults",
	  .main = cmd_faults,
	  .arguments = "[NAME]",
	  .least = 0,
	  .most = 1,
	  .completes = { COMPLETES_FAULT },
	  .options = OPTION_BIT(OPTION_MARKDOWN) | JSON,
	  .line = "what can be made to break; all about one",
	  .text = "Lists the catalogue of faults, or tells of one what is published, the rule that "
		  "it breaks, where it was seen, and what a scenario may tell it.",
	  .examples = { "sigfault faults rrsig-exp-a" } },
	{ .name = "figures",
	  .main = cmd_figures,
	  .arguments = "",
	  .completes = { COMPLETES_NOTHING },
	  .options = OPTION_BIT(OPTION_MARKDOWN) | JSON,
	  .line = "what is measured, and what a baseline goes by",
	  .text = "Each figure of compare.csv with its name in allow { }, which way is better, and "
		  "what --baseline allows where a scenario says nothing." },
	{ .name = "resolvers",
	  .main = cmd_resolvers,
	  .arguments = "[add|remove…]",
	  .least = 0,
	  .most = 3,
	  .completes = { COMPLETES_NOTHING, COMPLETES_FOLDER },
	  .options = OPTION_BIT(OPTION_DEBIAN) | OPTION_BIT(OPTION_MIRROR) | JSON,
	  .line = "which resolvers can be put to the test here",
	  .text = "Each driver that comes with sigfault, with the version and the path of the "
		  "program that was found, or what would bring it; then those in root folders that "
		  "have a name, for -r NAME@VERSION. They are in SIGFAULT_RESOLVERS, or in "
		  "~/.local/share/sigfault/resolvers.\n"
		  "'add' links DIR, so that what is built there anew is what is run, or fetches a "
		  "release with --debian. NAME is a driver's with @VERSION, or alone for the "
		  "version that the program tells. 'remove' takes away the link, or what was "
		  "fetched.",
	  .examples = { "sigfault resolvers add bind@9.20 /srv/trixie",
			"sigfault resolvers add knot --debian trixie" } },
	{ .name = "scenarios",
	  .main = cmd_scenarios,
	  .arguments = "",
	  .completes = { COMPLETES_NOTHING },
	  .options = JSON,
	  .line = "the outages that come with sigfault",
	  .text = "Each with the day of its first fault, how long it lasts, what breaks, and its "
		  "title." },
	{ .name = "version",
	  .main = cmd_version,
	  .arguments = "",
	  .completes = { COMPLETES_NOTHING },
	  .options = JSON,
	  .line = "which sigfault this is",
	  .text = "The same as 'sigfault --version' and 'sigfault -V'." },
	{ .name = "help",
	  .main = cmd_help,
	  .arguments = "[COMMAND]",
	  .least = 0,
	  .most = 1,
	  .completes = { COMPLETES_COMMAND },
	  .options = JSON,
	  .line = "what there is to do, or all about one command",
	  .text = "The same as 'sigfault COMMAND --help'." },
	{ .name = "man",
	  .main = cmd_man,
	  .arguments = "[PAGE]",
	  .most = 1,
	  .completes = { COMPLETES_PAGE },
	  .hidden = true,
	  .line = "a man page, for 'make install'",
	  .text = "Writes sigfault(1), sigfault-scenario(5) or sigfault-driver(5) as roff." },
	{ .name = "complete",
	  .main = cmd_complete,
	  .arguments = "-- WORD…",
	  .most = ANY,
	  .completes = { COMPLETES_NOTHING },
	  .stops = true,
	  .hidden = true,
	  .line = "what may stand for a half-written word, for shells",
	  .text = "Writes a line for each thing that may stand for the last WORD, the others being "
		  "what is written before it." },
};

const struct command *command_at(unsigned i)
{
	return i < ARRAY_SIZE(commands) ? &commands[i] : NULL;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

bool command_takes(const struct command *c, enum option_id id)
{
	return id == OPTION_HELP || c->options & OPTION_BIT(id);
}

/* ---- a command line ---- */

enum exit_status command_unknown(const char *name, struct err *e)
{
	struct nearest n = nearest_to(name);
	char hint[NEAREST_LEN + 24];

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!commands[i].hidden)
			nearest_try(&n, commands[i].name);
	nearest_hint(&n, hint);
	if (name[0] == '-')
		err_set(e, -EINVAL,
			"'%s' stands where the command does: options come behind it; see 'sigfault "
			"help'",
			name);
	else
		err_set(e, -EINVAL, "there is no command '%s'%s%s", name, hint,
			*hint ? "" : "; see 'sigfault help'");
	return EXIT_USAGE;
}

static int check_arguments(const struct options *o, struct err *e)
{
	const struct command *c = o->command;

	if (o->arg_count < c->least)
		return err_set(e, -EINVAL, "'%s' wants %s: sigfault %s %s; see 'sigfault help %s'",
			       c->name, c->arguments, c->name, c->arguments, c->name);
	if (o->arg_count > c->most)
		return err_set(e, -EINVAL, "'%s' is one argument too many: sigfault %s%s%s%s",
			       o->args[c->most], c->name, *c->arguments ? " " : "", c->arguments,
			       c->options ? " [OPTION]…" : "");
	return 0;
}

/* What may stand for a command. */
static const char *command_name(int argc, char **argv)
{
	static const struct {
		const char *option, *command;
	} same[] = { { "--help", "help" },
		     { "-h", "help" },
		     { "--version", "version" },
		     { "-V", "version" } };

	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(same); i++)
		if (strcmp(argv[1], same[i].option) == 0)
			return same[i].command;
	return argc > 1 ? argv[1] : "help";
}

enum exit_status command_line(int argc, char **argv, struct err *e)
{
	static struct options o;
	static char name[] = "help", *nothing[] = { name, NULL };
	const struct command *c = command_find(command_name(argc, argv));
	int r;

	if (!c)
		return command_unknown(argv[1], e);
	if (argc > 1)
		r = options_parse(&o, c, argc - 1, argv + 1, e);
	else
		r = options_parse(&o, c, 1, nothing, e);
	if (r == 0 && o.help) {
		help_of_command(c, stdout);
		return EXIT_HELD;
	}
	if (r == 0)
		r = check_arguments(&o, e);
	return r < 0 ? EXIT_USAGE : c->main(&o, e);
}
