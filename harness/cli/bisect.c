/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/bisect.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cell/interrupt.h"
#include "harness/cell/work.h"
#include "harness/cli/child.h"
#include "harness/results/comparison.h"
#include "harness/results/recorded_load.h"
#include "harness/subject/choice.h"
#include "sim/base/cleanup.h"
#include "sim/base/nearest.h"
#include "sim/base/number.h"

/* ---- what is asked for ---- */

static int find_figure(struct bisect *b, const char *name, struct err *e)
{
	struct nearest n = nearest_to(name);
	char hint[NEAREST_LEN + 24];

	b->info = figures_find(name);
	if (b->info)
		return 0;
	for (unsigned i = 0; i < figure_info_count; i++)
		nearest_try(&n, figure_infos[i].name);
	nearest_hint(&n, hint);
	return err_set(e, -EINVAL, "there is no figure '%s'%s%s", name, hint,
		       *hint ? "" : "; 'sigfault figures' lists them");
}

/* A share may be told in per cent. */
static int read_threshold(struct bisect *b, const char *text, struct err *e)
{
	size_t len = text ? strlen(text) : 0;
	char number[64];

	if (!text)
		return 0;
	snprintf(number, sizeof(number), "%.*s", (int)(len - (text[len ? len - 1 : 0] == '%')),
		 text);
	b->has_threshold = number_is(number, &b->threshold);
	if (text[len ? len - 1 : 0] == '%')
		b->threshold /= 100;
	return b->has_threshold ? 0
				: err_set(e, -EINVAL,
					  "--threshold: '%s' is no number; shares are from 0 to 1, "
					  "durations "
					  "in seconds",
					  text);
}

/* One cell, of a program that a commit can change. */
static int check_cell(const struct options *o, struct err *e)
{
	const char *choice = o->resolvers;

	if (!*choice)
		return err_set(e, -EINVAL,
			       "-r says which resolver, and what of it --build makes: a program, "
			       "-r NAME=./PROGRAM, or a root folder, -r NAME@./DIR");
	if (strchr(choice, ',') || strchr(o->mitigations, ',') ||
	    strcmp(o->mitigations, "all") == 0)
		return err_set(e, -EINVAL,
			       "a commit is judged by one cell: name one resolver and one "
			       "mitigation");
	if (!strchr(choice, '=') && !(strchr(choice, '@') && strchr(strchr(choice, '@'), '/')))
		return err_set(
			e, -EINVAL,
			"'-r %s' is not what --build makes, and no commit changes it: name the "
			"program, as in -r %s=./PROGRAM, or a folder, as in -r %s@./DIR",
			choice, choice, choice);
	return 0;
}

static int check(struct bisect *b, struct err *e)
{
	const struct options *o = b->options;
	const struct {
		const char *value, *name;
	} needed[] = { { o->good, "--good COMMIT" },
		       { o->bad, "--bad COMMIT" },
		       { o->build, "--build COMMAND" } };
	int r = find_figure(b, o->args[1], e);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(needed); i++)
		if (!needed[i].value)
			r = err_set(e, -EINVAL, "'bisect' wants %s; see 'sigfault help bisect'",
				    needed[i].name);
	if (r == 0)
		r = check_cell(o, e);
	return r == 0 ? read_threshold(b, o->threshold, e) : r;
}

/* ---- a commit ---- */

static int skip(struct bisect_commit *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int skip(struct bisect_commit *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->why, sizeof(c->why), fmt, ap);
	va_end(ap);
	c->verdict = REPO_SKIP;
	return 0;
}

/* Where its log and its run are: with -o they stay. */
static void place_of(const struct bisect *b, const struct bisect_commit *c, char ret[2 * PATH_MAX])
{
	if (b->options->run.folder)
		snprintf(ret, 2 * PATH_MAX, "%s/%.12s", b->options->run.folder, c->commit.sha);
	else
		snprintf(ret, 2 * PATH_MAX, "%s/%.12s", b->repo.base, c->commit.sha);
}

static int build(const struct bisect *b, struct bisect_commit *c, const char *place, struct err *e)
{
	const char *const argv[] = { "/bin/sh", "-c", b->options->build, NULL };
	char path[2 * PATH_MAX + 16], text[65536] = "";
	_cleanup_(closep) int out = -1;
	ssize_t n;
	int status, r;

	snprintf(path, sizeof(path), "%s/build.log", place);
	out = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (out < 0)
		return err_set(e, -errno, "cannot write '%s': %s", path, strerror(errno));
	r = child_run(&(struct child){ .argv = argv, .folder = b->repo.tree, .out = out }, &status,
		      e);
	if (r < 0 || status == 0)
		return r;
	n = lseek(out, 0, SEEK_END);
	n = pread(out, text, sizeof(text) - 1,
		  n > (ssize_t)sizeof(text) ? n - (ssize_t)sizeof(text) + 1 : 0);
	text[n < 0 ? 0 : n] = '\0';
	return skip(c, "the build ended with %d: %.400s", status, child_error_line(text));
}

#define RUN_WORDS (2 * (OPTION_SETS + OPTION_FILES) + 24)

/* The command line of its run. */
static void put_words(const struct bisect *b, const char *self, const char *folder,
		      const char *argv[RUN_WORDS])
{
	const struct options *o = b->options;
	static char seed[32];
	unsigned n = 0;

	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)o->run.scenario_options.seed);
	for (const char *const *w =
		     (const char *const[]){ self, "run", o->args[0], "-r", o->resolvers, "-m",
					    o->mitigations, "--seed", seed, "--quiet", "-o", folder,
					    NULL };
	     *w; w++)
		argv[n++] = *w;
	for (unsigned i = 0; i < o->run.scenario_options.set_count; i++) {
		argv[n++] = "--set";
		argv[n++] = o->sets[i];
	}
	for (unsigned i = 0; i < o->run.scenario_options.mitigation_file_count; i++) {
		argv[n++] = "--mitigation-file";
		argv[n++] = o->mitigation_files[i];
	}
	argv[n] = NULL;
}

/* "sigfault: SENTENCE" */
static const char *sentence_of(char *text)
{
	const char *line = child_last_line(text), *name = "sigfault: ";

	return strncmp(line, name, strlen(name)) == 0 ? line + strlen(name) : line;
}

static int read_figure(const struct bisect *b, struct bisect_commit *c, const char *folder,
		       struct err *e)
{
	_cleanup_(recorded_done) struct recorded recorded = { 0 };
	int r = recorded_load(&folder, 1, &recorded, e);

	if (r < 0)
		return r;
	if (recorded_has_cases(&recorded))
		return err_set(e, -EINVAL,
			       "'%s' asks cases and has no figures: bisect by another "
			       "scenario",
			       b->options->args[0]);
	if (!recorded.cell_count || !comparison_can_use(&recorded.cells[0]))
		return skip(c, "its run is not valid");
	c->figure = *figures_get(&recorded.cells[0].figures, b->info);
	return c->figure.kind == FIGURE_MISSING ? skip(c, "'%s' was not measured", b->info->name)
						: 0;
}

static int run(const struct bisect *b, struct bisect_commit *c, const char *place, struct err *e)
{
	char folder[2 * PATH_MAX + 16], self[PATH_MAX] = "", text[65536];
	const char *argv[RUN_WORDS];
	int status, r;

	snprintf(folder, sizeof(folder), "%s/run", place);
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return err_set(e, -errno, "cannot find this program: %s", strerror(errno));
	put_words(b, self, folder, argv);
	r = child_ask(&(struct child){ .argv = argv, .folder = b->repo.tree }, text, sizeof(text),
		      &status, e);
	if (r < 0)
		return r;
	switch (status) {
	case EXIT_HELD:
	case EXIT_NOT_HELD:
		return read_figure(b, c, folder, e);
	case EXIT_ENVIRONMENT:
		return err_set(e, -ENOPKG, "%.900s", sentence_of(text));
	case EXIT_INTERRUPTED:
		return err_set(e, -EINTR, "interrupted");
	}
	return skip(c, "%.500s", sentence_of(text));
}

/* Builds and runs what is shown. */
static int try(const struct bisect *b, struct bisect_commit *c, struct err *e)
{
	char place[2 * PATH_MAX];
	int r;

	place_of(b, c, place);
	if (mkdir(place, 0755) < 0 && errno != EEXIST)
		return err_set(e, -errno, "cannot make '%s': %s", place, strerror(errno));
	r = build(b, c, place, e);
	if (r == 0 && !*c->why)
		r = run(b, c, place, e);
	if (!b->options->run.folder)
		work_remove(place);
	return r;
}

/* ---- which side ---- */

static bool is_over(const struct bisect *b, const struct figure *f)
{
	return figures_weight(f) > b->threshold;
}

/* As near as two figures are that may be "never". */
static double distance(const struct figure *a, const struct figure *b)
{
	double x = figures_weight(a), y = figures_weight(b);

	return isinf(x) && isinf(y) ? 0 : fabs(x - y);
}

static enum repo_verdict judge(const struct bisect *b, const struct figure *f)
{
	if (b->has_threshold)
		return is_over(b, f) == is_over(b, &b->bad.figure) ? REPO_BAD : REPO_GOOD;
	return distance(f, &b->bad.figure) < distance(f, &b->good.figure) ? REPO_BAD : REPO_GOOD;
}

static bool differ(const struct bisect *b)
{
	if (b->has_threshold)
		return is_over(b, &b->good.figure) != is_over(b, &b->bad.figure);
	return distance(&b->good.figure, &b->bad.figure) > 0;
}

/* ---- all of it ---- */

static void note(struct bisect *b, const struct bisect_commit *c)
{
	if (b->count < BISECT_COMMITS)
		b->tried[b->count++] = *c;
	bisect_tell(b, c);
}

static int measure_end(struct bisect *b, struct bisect_commit *c, enum repo_verdict v,
		       struct err *e)
{
	int r;

	c->verdict = v;
	r = repo_show(&b->repo, &c->commit, e);
	if (r == 0)
		r = try(b, c, e);
	if (r < 0)
		return r;
	note(b, c);
	return !*c->why ? 0
			: err_set(e, -EIO, "the %s end, %.12s, could not be measured: %.600s",
				  v == REPO_GOOD ? "good" : "bad", c->commit.sha, c->why);
}

static int step(struct bisect *b, const struct repo_commit *at, struct err *e)
{
	struct bisect_commit c = { .commit = *at };
	int r = try(b, &c, e);

	if (r < 0)
		return r;
	if (!*c.why)
		c.verdict = judge(b, &c.figure);
	note(b, &c);
	return repo_judge(&b->repo, c.verdict, e);
}

static const struct bisect_commit *find_tried(const struct bisect *b, const struct repo_commit *c)
{
	for (unsigned i = 0; i < b->count; i++)
		if (strcmp(b->tried[i].commit.sha, c->sha) == 0 && !*b->tried[i].why)
			return &b->tried[i];
	return NULL;
}

/* The figure of a commit, measured now where it was not before. */
static int measured(struct bisect *b, struct bisect_commit *c, struct err *e)
{
	const struct bisect_commit *known = find_tried(b, &c->commit);
	int r;

	if (known) {
		*c = *known;
		return 0;
	}
	r = repo_show(&b->repo, &c->commit, e);
	if (r == 0)
		r = try(b, c, e);
	if (r < 0)
		return r;
	if (!*c->why)
		c->verdict = judge(b, &c->figure);
	note(b, c);
	return 0;
}

static int finish(struct bisect *b, struct err *e)
{
	int n = repo_found(&b->repo, b->candidates, BISECT_CANDIDATES, e), r;

	if (n < 0)
		return n;
	b->candidate_count = (unsigned)n;
	if (n != 1)
		return 0;
	b->first = (struct bisect_commit){ .commit = b->candidates[0] };
	r = measured(b, &b->first, e);
	if (r == 0)
		r = repo_parent(&b->repo, &b->first.commit, &b->parent.commit, e);
	if (r == 0)
		r = measured(b, &b->parent, e);
	return r == -ENOENT ? 0 : r;
}

static int bisect(struct bisect *b, struct err *e)
{
	struct repo_commit at;
	int r = repo_begin(&b->repo, &b->good.commit, &b->bad.commit, e);

	while (r == 0 && (r = repo_next(&b->repo, &at, e)) > 0)
		r = step(b, &at, e);
	return r == 0 ? finish(b, e) : r;
}

static int find_ends(struct bisect *b, struct err *e)
{
	const struct options *o = b->options;
	int r = repo_open(&b->repo, o->folder, e);

	if (r == 0)
		r = repo_find(&b->repo, o->good, &b->good.commit, e);
	if (r == 0)
		r = repo_find(&b->repo, o->bad, &b->bad.commit, e);
	if (r == 0 && strcmp(b->good.commit.sha, b->bad.commit.sha) == 0)
		r = err_set(e, -EINVAL, "'%s' and '%s' are the same commit", o->good, o->bad);
	if (r == 0 && o->run.folder && mkdir(o->run.folder, 0755) < 0)
		r = errno == EEXIST ? err_set(e, -EINVAL,
					      "'%s' is there already: name another folder with -o",
					      o->run.folder)
				    : err_set(e, -EINVAL, "cannot make '%s': %s", o->run.folder,
					      strerror(errno));
	return r;
}

static int find_commit(struct bisect *b, struct err *e)
{
	int r = find_ends(b, e);

	if (r < 0)
		return r;
	bisect_tell_begin(b);
	r = measure_end(b, &b->good, REPO_GOOD, e);
	if (r == 0)
		r = measure_end(b, &b->bad, REPO_BAD, e);
	return r == 0 && differ(b) ? bisect(b, e) : r;
}

static enum exit_status status_of(int r, const struct bisect *b)
{
	switch (r) {
	case 0:
		return b->candidate_count == 1 ? EXIT_HELD : EXIT_NOT_HELD;
	case -EINTR:
		return EXIT_INTERRUPTED;
	case -EIO:
		return EXIT_INVALID;
	}
	return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
}

/* What the run is told stands where the user is, and it runs in the work tree. */
static int make_absolute(struct options *o, struct err *e)
{
	static char paths[OPTION_FILES + 2][PATH_MAX], choice[OPTION_LIST], driver[PATH_MAX];
	struct choice said;
	static const char *args[3];
	unsigned n = 0;

	args[0] = o->args[0];
	args[1] = o->args[1];
	if ((strchr(args[0], '/') || strstr(args[0], ".lua")) && realpath(args[0], paths[n]))
		args[0] = paths[n++];
	for (unsigned i = 0; i < o->run.scenario_options.mitigation_file_count; i++)
		if (realpath(o->mitigation_files[i], paths[n]))
			o->mitigation_files[i] = paths[n++];
	o->args = args;
	if (choice_parse(o->resolvers, &said, e) < 0)
		return -EINVAL;
	if (strchr(said.driver, '/') && realpath(said.driver, driver)) {
		snprintf(choice, sizeof(choice), "%s%s", driver,
			 o->resolvers + strlen(said.driver));
		strcpy(o->resolvers, choice);
	}
	if (o->run.folder && o->run.folder[0] != '/') {
		char here[PATH_MAX / 2];

		if (!getcwd(here, sizeof(here)) ||
		    (size_t)snprintf(paths[n], PATH_MAX, "%s/%s", here, o->run.folder) >= PATH_MAX)
			return err_set(e, -EINVAL, "'%s' is too long a path", o->run.folder);
		o->run.folder = paths[n];
	}
	return 0;
}

enum exit_status bisect_command(const struct options *given, struct err *e)
{
	static struct options o;
	static struct bisect b;
	struct interrupt_caught caught;
	int r;

	o = *given;
	b = (struct bisect){ .options = &o, .log = o.json ? stderr : stdout };
	r = check(&b, e);
	if (r == 0)
		r = make_absolute(&o, e);
	if (r < 0)
		return EXIT_USAGE;
	interrupt_catch(&caught);
	r = find_commit(&b, e);
	repo_close(&b.repo);
	interrupt_let_go(&caught);
	if (r == 0 && o.json)
		r = bisect_print_json(&b, stdout, e);
	else if (r == 0)
		bisect_tell_end(&b, stdout);
	return status_of(r, &b);
}
