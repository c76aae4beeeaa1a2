/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "harness/cli/command.h"
#include "harness/cli/option.h"
#include "sim/base/nearest.h"

#define LONG 256 /* getopt's number of the first row */
#define TAKERS_NAMED 6 /* of an option that is for others */

/* ---- what is not for this command, or not there ---- */

static bool is_spelled(const struct option_row *row, const char *text)
{
	size_t len = strcspn(text, "=");

	if (strncmp(text, "--", 2) != 0)
		return row->letter && text[0] == '-' && text[1] == row->letter;
	return row->name && strlen(row->name) == len - 2 && !strncmp(row->name, text + 2, len - 2);
}

/* "'run', 'rollover'": the commands that take an option spelled so. Gives how many there are. */
static unsigned takers_of(const char *text, char *ret, size_t size)
{
	const struct command *c;
	unsigned count = 0;
	size_t len = 0;

	for (unsigned i = 0; (c = command_at(i)); i++) {
		bool takes = false;

		for (unsigned id = 0; id < OPTION_COUNT; id++)
			takes |= command_takes(c, id) && is_spelled(&option_rows[id], text);
		if (takes && len < size)
			len += (size_t)snprintf(ret + len, size - len, "%s'%s'", len ? ", " : "",
						c->name);
		count += takes;
	}
	return count;
}

static int no_option(const struct command *c, const char *text, struct err *e)
{
	char takers[200], spelling[64], hint[NEAREST_LEN + 24], shown[64];
	struct nearest n;
	unsigned count;

	snprintf(shown, sizeof(shown), "%.*s", (int)strcspn(text, "="), text);
	count = takers_of(shown, takers, sizeof(takers));
	if (count)
		return err_set(e, -EINVAL, "'%s' is not for '%s'%s%s; see 'sigfault help %s'",
			       shown, c->name, count <= TAKERS_NAMED ? " but for " : "",
			       count <= TAKERS_NAMED ? takers : "", c->name);
	n = nearest_to(shown);
	for (unsigned id = 0; id < OPTION_COUNT; id++)
		if (command_takes(c, id))
			nearest_try(&n, option_spelling(&option_rows[id], spelling));
	nearest_hint(&n, hint);
	return err_set(e, -EINVAL, "there is no option '%s'%s%s", shown, hint,
		       *hint ? "" : "; see 'sigfault help'");
}

/* ---- reading a command line ---- */

struct getopt_tables {
	char letters[2 * OPTION_COUNT + 3];
	struct option names[OPTION_COUNT + 1];
};

/* What getopt_long() knows of this command's options. '+': what follows its first argument is a
 * command line of its own. */
static void tell_getopt(const struct command *c, struct getopt_tables *t)
{
	size_t letters, names = 0;

	memset(t, 0, sizeof(*t));
	letters = (size_t)sprintf(t->letters, "%s:", c->stops ? "+" : "");
	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		const struct option_row *row = &option_rows[id];

		if (!command_takes(c, id))
			continue;
		if (row->letter)
			letters += (size_t)sprintf(t->letters + letters, "%c%s", row->letter,
						   row->value ? ":" : "");
		if (row->name)
			t->names[names++] = (struct option){ row->name,
							     row->may_lack ? optional_argument
							     : row->value  ? required_argument
									   : no_argument,
							     NULL, LONG + (int)id };
	}
}

static enum option_id id_of(const struct command *c, int opt)
{
	unsigned id = opt >= LONG ? (unsigned)(opt - LONG) : 0;

	while (opt < LONG && !(command_takes(c, id) && option_rows[id].letter == opt))
		id++;
	return id;
}

/* getopt said '?' or ':'. */
static int refuse(const struct command *c, int said, const char *word, struct err *e)
{
	char text[64];

	if (optopt >= LONG) {
		option_spelling(&option_rows[optopt - LONG], text);
		return said == ':' ? err_set(e, -EINVAL, "option '%s' wants a value: %s", text,
					     option_rows[optopt - LONG].value)
				   : err_set(e, -EINVAL, "option '%s' takes no value", text);
	}
	if (optopt)
		snprintf(text, sizeof(text), "-%c", optopt);
	if (said == ':')
		return err_set(e, -EINVAL, "option '%s' wants a value: %s", text,
			       option_rows[id_of(c, optopt)].value);
	return no_option(c, optopt ? text : word, e);
}

static int take(struct options *o, enum option_id id, bool given[OPTION_COUNT], const char *value,
		struct err *e)
{
	const struct option_row *row = &option_rows[id];
	char spelling[64];
	int r;

	option_spelling(row, spelling);
	if (given[id] && row->value && !row->repeats)
		return err_set(e, -EINVAL, "'%s' is given twice, and only one can count", spelling);
	given[id] = true;
	r = row->take(o, row, value, e);
	if (r < 0)
		err_prefix(e, "%s", spelling);
	return r;
}

static void set_defaults(struct options *o, const struct command *c)
{
	memset(o, 0, sizeof(*o));
	o->command = c;
	o->run.speed = 1;
	o->run.scenario_options.seed = 1;
	o->run.scenario_options.sets = o->sets;
	o->run.sweeps = o->sweeps;
	o->run.scenario_options.mitigation_files = o->mitigation_files;
	o->run.resolvers = o->resolvers;
	o->run.mitigations = o->mitigations;
}

int options_parse(struct options *o, const struct command *c, int argc, char **argv, struct err *e)
{
	bool given[OPTION_COUNT] = { false };
	struct getopt_tables tables;
	int opt, r = 0;

	set_defaults(o, c);
	tell_getopt(c, &tables);
	opterr = 0;
	optind = 0; /* from the beginning, whoever has used it before */
	while (r == 0 &&
	       (opt = getopt_long(argc, argv, tables.letters, tables.names, NULL)) != -1) {
		if (opt == '?' || opt == ':')
			r = refuse(c, opt, argv[optind - 1], e);
		else
			r = take(o, id_of(c, opt), given, optarg, e);
	}
	if (r < 0)
		return r;
	o->run.has_mitigations = o->mitigations[0];
	if (!o->mitigations[0])
		strcpy(o->mitigations, "none");
	o->args = (const char *const *)argv + optind;
	o->arg_count = (unsigned)(argc - optind);
	return 0;
}
