/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cli/cmd.h"
#include "harness/rollover/published_proof.h"
#include "harness/signing/expected.h"
#include "harness/text/table.h"
#include "harness/text/terminal.h"
#include "sim/base/shipped.h"
#include "sim/world/netns.h"

#define LIVES_MAX 32
#define LOG_LINES 10

/* One signer of the scenario with one program. */
struct life {
	const struct signer_plan *signer;
	struct driver *driver;
	char folder[PATH_MAX];
	struct signing_result result;
};

struct lives {
	struct life list[LIVES_MAX];
	unsigned count;
};

static void lives_done(struct lives *l)
{
	for (unsigned i = 0; i < l->count; i++)
		driver_free(l->list[i].driver);
}

/* ---- which ---- */

static int add(struct lives *l, const struct signer_plan *s, const char *driver, struct err *e)
{
	struct life *life = &l->list[l->count];
	int r;

	if (l->count == LIVES_MAX)
		return err_set(e, -E2BIG, "-s: more than %d of them", LIVES_MAX);
	life->signer = s;
	r = driver_load_signer(driver, &life->driver, e);
	if (r < 0)
		return r;
	l->count++;
	if (*driver_trouble(life->driver))
		return err_set(e, -ELIBACC, "%s", driver_trouble(life->driver));
	return 0;
}

static const struct signer_plan *signer_named(const struct scenario *s, const char *name,
					      size_t len)
{
	for (unsigned i = 0; i < s->signer_count; i++)
		if (strlen(s->signers[i].name) == len &&
		    strncmp(s->signers[i].name, name, len) == 0)
			return &s->signers[i];
	return NULL;
}

/* "registry=bind", or "bind" where there is one signer. */
static int add_chosen(struct lives *l, const struct scenario *s, const char *text, struct err *e)
{
	size_t len = strcspn(text, "=");
	const struct signer_plan *signer = text[len] ? signer_named(s, text, len) : NULL;

	if (signer)
		return add(l, signer, text + len + 1, e);
	if (s->signer_count > 1)
		return err_set(e, -EINVAL, "-s: the scenario has %u signers: say which, as '%s=%s'",
			       s->signer_count, s->signers[0].name, text);
	return add(l, &s->signers[0], text, e);
}

static bool is_chosen(const struct lives *l, const struct signer_plan *s)
{
	for (unsigned i = 0; i < l->count; i++)
		if (l->list[i].signer == s)
			return true;
	return false;
}

/* All that happens to a signer can be done to it. */
static int check(const struct lives *l, const struct scenario *s, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < l->count; i++)
		r = signer_check_events(l->list[i].driver, s, l->list[i].signer, e);
	return r;
}

static int choose(struct lives *l, const struct scenario *s, char *list, struct err *e)
{
	char *rest;
	int r = 0;

	if (!s->signer_count)
		return err_set(e, -EINVAL,
			       "%s: there is no signer(\"NAME\", { … }) in it, and so nothing to "
			       "sign",
			       s->path);
	for (char *one = strtok_r(list, ",", &rest); r == 0 && one;
	     one = strtok_r(NULL, ",", &rest))
		r = add_chosen(l, s, one, e);
	for (unsigned i = 0; r == 0 && i < s->signer_count; i++)
		if (!is_chosen(l, &s->signers[i]))
			r = add(l, &s->signers[i], s->signers[i].driver, e);
	return r == 0 ? check(l, s, e) : r;
}

/* ---- where ---- */

static int make_folder(const char *wanted, const char *scenario, char ret[PATH_MAX], struct err *e)
{
	char path[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), "%s", wanted ? wanted : "");
	r = wanted ? mkdir(path, 0755) : -1;
	for (int n = 1; !wanted && r < 0; n++) {
		snprintf(path, sizeof(path), "sign-%s-%d", scenario, n);
		r = mkdir(path, 0755);
		if (r < 0 && errno != EEXIST)
			break;
	}
	if (r < 0 && errno == EEXIST)
		return err_set(e, -EEXIST, "'%.800s' is there already: name another folder with -o",
			       path);
	if (r < 0 || !realpath(path, ret))
		return err_set(e, -errno, "cannot make the folder '%.800s': %s", path,
			       strerror(errno));
	return strlen(ret) < PATH_MAX - 300
		       ? 0
		       : err_set(e, -ENAMETOOLONG, "'%.800s' is too long a path", path);
}

/* "registry-knot" */
static int place(struct lives *l, const char *folder, struct err *e)
{
	for (unsigned i = 0; i < l->count; i++) {
		struct life *life = &l->list[i];

		snprintf(life->folder, sizeof(life->folder), "%.3700s/%s-%s", folder,
			 life->signer->name, driver_name(life->driver));
		for (unsigned k = 0; k < i; k++)
			if (strcmp(l->list[k].folder, life->folder) == 0)
				return err_set(e, -EINVAL, "-s: '%s' is named twice for '%s'",
					       driver_name(life->driver), life->signer->name);
	}
	return 0;
}

/* ---- a life, in a process of its own ---- */

_Noreturn static void become(struct life *life, const struct scenario *s,
			     struct signing_result *shared)
{
	const struct signing_plan plan = { .scenario = s,
					   .signer = life->signer,
					   .driver = life->driver,
					   .folder = life->folder,
					   .library = shipped_path(SHIPPED_CLOCK)
							      ?: "libsigfault-clock.so" };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signing_run(&plan, shared);
	_exit(0);
}

static int live(struct life *life, const struct scenario *s, struct err *e)
{
	struct signing_result *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;
	pid_t pid;

	if (shared == MAP_FAILED)
		return err_set(e, -ENOMEM, "not enough memory");
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		munmap(shared, sizeof(*shared));
		return netns_no_process(errno, e);
	}
	if (pid == 0)
		become(life, s, shared);
	waitpid(pid, &status, 0);
	life->result = *shared;
	munmap(shared, sizeof(*shared));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		life->result.code = -ECHILD;
		snprintf(life->result.why, sizeof(life->result.why),
			 "the process that ran it ended before its end");
	}
	return 0;
}

/* ---- what came of it ---- */

static void print_log(const struct life *life)
{
	char path[PATH_MAX + 16], text[4096];
	_cleanup_(fclosep) FILE *f = NULL;
	char *at = text;
	size_t n;

	snprintf(path, sizeof(path), "%s/signer.log", life->folder);
	f = fopen(path, "re");
	if (!f || (fseek(f, -(long)sizeof(text) + 1, SEEK_END) < 0 && fseek(f, 0, SEEK_SET) < 0))
		return;
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	for (int lines = 0; n > 0 && lines <= LOG_LINES; n--)
		if (text[n - 1] == '\n' && ++lines == LOG_LINES + 1)
			at = text + n;
	if (*at)
		fprintf(stderr, "the last lines of %s:\n%s", path, at);
}

static void print_lacks(const struct life *life)
{
	const char *at = life->result.lacks;

	for (size_t len; *at; at += len + (at[len] == '\n')) {
		len = strcspn(at, "\n");
		fprintf(stderr, "the sandbox is not whole: %.*s\n", (int)len, at);
	}
}

static void print_row(struct table *t, const struct life *life)
{
	const struct signing_result *r = &life->result;
	const char *name = strrchr(life->folder, '/') + 1;
	unsigned column = 0;
	char until[32], text[48];

	table_row(t, name);
	table_set(t, column++, "%s", driver_version(life->driver));
	table_set(t, column++, "%.10s", simtime_text(r->until, until));
	table_set(t, column++, "%s", table_grouped(r->counts.versions, text));
	table_set(t, column++, "%s", table_grouped(r->counts.by_ixfr, text));
	table_set(t, column++, "%u", r->counts.keys);
	table_set(t, column++, "%u", r->counts.zone_keys);
	table_set(t, column++, "%u", r->counts.ds);
	table_set(t, column++, "%u", r->counts.failures);
	table_set(t, column++, "%u", r->counts.expired);
	table_set(t, column, "%.1f s", r->signer_cpu + r->harness_cpu);
}

static void print_table(const struct lives *l)
{
	static const char *const heads[] = {
		"version", "until", "versions", "by IXFR", "KSKs",
		"ZSKs",	   "DS",    "failures", "expired", "CPU time"
	};
	_cleanup_(table_freep) struct table *t = table_new(ARRAY_SIZE(heads));

	if (!t)
		return;
	table_row(t, "");
	for (unsigned i = 0; i < ARRAY_SIZE(heads); i++)
		table_set(t, i, "%s", heads[i]);
	for (unsigned i = 0; i < l->count; i++)
		print_row(t, &l->list[i]);
	table_print(t, terminal_width(stdout), stdout);
}

/* ---- what caches would have made of it ---- */

static void print_judged_row(struct table *t, const struct life *life)
{
	const struct judged_result *r = &life->result.judged;
	unsigned column = 0;
	char text[48];

	table_row(t, strrchr(life->folder, '/') + 1);
	table_set(t, column++, "%s", table_grouped(r->versions, text));
	for (unsigned i = 0; i < CACHED_STEPS; i++, column++)
		if (r->worst[i].any)
			table_set(t, column, "%s", gate_text_margin(r->worst[i].margin, text));
	for (unsigned i = 0; i < CACHED_AGES; i++)
		table_set(t, column++, "%s min",
			  table_grouped((double)(r->bogus[i] / MINUTE), text));
}

static void print_judged(const struct lives *l)
{
	_cleanup_(table_freep) struct table *t = table_new(1 + CACHED_STEPS + CACHED_AGES);
	unsigned column = 0;
	char age[32];

	if (!t)
		return;
	puts("\nWorst margin of each step before the last cache would have been bogus (negative: "
	     "so long one was), and how long caches were, by the age of what they had:");
	table_row(t, "");
	table_set(t, column++, "judged");
	for (unsigned i = 0; i < CACHED_STEPS; i++)
		table_set(t, column++, "%s", cached_step_names[i]);
	for (unsigned i = 0; i < CACHED_AGES; i++)
		table_set(t, column++, "bogus, %s",
			  cached_ages[i] ? simtime_duration_text(cached_ages[i], age) : "fresh");
	for (unsigned i = 0; i < l->count; i++)
		if (l->list[i].result.code == 0)
			print_judged_row(t, &l->list[i]);
	table_print(t, terminal_width(stdout), stdout);
	for (unsigned i = 0; i < l->count; i++)
		if (l->list[i].result.code == 0 && *l->list[i].result.judged.first)
			printf("%s: bogus from %s\n", strrchr(l->list[i].folder, '/') + 1,
			       l->list[i].result.judged.first);
	puts("");
}

/* What was done to a signer, and it refused. */
static void print_failed(const struct lives *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		const struct signing_acts *a = &l->list[i].result.acts;

		if (a->failed)
			printf("%s: of %u acts %u failed, the first %s\n",
			       strrchr(l->list[i].folder, '/') + 1, a->count, a->failed, a->first);
	}
}

static bool is_any_judged(const struct lives *l)
{
	for (unsigned i = 0; i < l->count; i++)
		if (l->list[i].result.code == 0)
			return true;
	return false;
}

/* What the scenario expects; those of a life that did not come to its end are not judged. */
static int judge(const struct lives *l, struct scenario *s, unsigned *failed, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < l->count; i++) {
		const struct life *life = &l->list[i];

		if (life->result.code == 0)
			r = expected_judge(s, (unsigned)(life->signer - s->signers), life->driver,
					   life->folder, &life->result, stdout, failed, e);
	}
	return r;
}

/* With --strict a cache that would have been bogus is a failure, too. */
static enum exit_status conclude(const struct lives *l, bool is_strict, unsigned failed)
{
	for (unsigned i = 0; is_strict && i < l->count; i++)
		failed += *l->list[i].result.judged.first != '\0';
	return failed ? EXIT_NOT_HELD : EXIT_HELD;
}

static enum exit_status status_of(const struct life *life)
{
	if (life->result.code == 0)
		return EXIT_HELD;
	return exit_is_environment(life->result.code) ? EXIT_ENVIRONMENT : EXIT_INVALID;
}

/* The first that went wrong says why; its log, too. */
static enum exit_status tell(const struct lives *l, struct scenario *s, bool is_strict,
			     const char *folder, struct err *e)
{
	enum exit_status status = EXIT_HELD;
	unsigned failed = 0;

	print_table(l);
	if (is_any_judged(l))
		print_judged(l);
	print_failed(l);
	if (judge(l, s, &failed, e) < 0)
		return EXIT_INVALID;
	printf("%s\n", folder);
	fflush(stdout);
	print_lacks(&l->list[0]);
	for (unsigned i = 0; i < l->count; i++) {
		const struct life *life = &l->list[i];

		if (life->result.code == 0)
			continue;
		print_log(life);
		if (status == EXIT_HELD)
			err_set(e, life->result.code, "%s: not valid: %s",
				strrchr(life->folder, '/') + 1, life->result.why);
		if (status_of(life) > status)
			status = status_of(life);
	}
	return status == EXIT_HELD ? conclude(l, is_strict, failed) : status;
}

/* ---- and what resolvers do ---- */

/* The worst of all; the first that could not be tried says why. */
static enum exit_status prove_all(const struct lives *l, const char *resolvers, struct err *e)
{
	enum exit_status worst = EXIT_HELD;
	struct published_proof p;

	for (unsigned i = 0; i < l->count && worst <= EXIT_NOT_HELD; i++) {
		const struct life *life = &l->list[i];
		enum exit_status status;

		if (life->result.code != 0)
			continue;
		status = published_prove(life->signer->zone, life->folder, resolvers, &p, e);
		if (status <= EXIT_NOT_HELD)
			published_proof_print(&p, strrchr(life->folder, '/') + 1, stdout);
		else
			err_prefix(e, "%s: no proof", strrchr(life->folder, '/') + 1);
		worst = status > worst ? status : worst;
	}
	return worst;
}

static int run_all(struct lives *l, const struct scenario *s, struct err *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < l->count; i++)
		r = live(&l->list[i], s, e);
	return r;
}

enum exit_status cmd_sign(struct options *o, struct err *e)
{
	_cleanup_(scenario_freep) struct scenario *s = NULL;
	_cleanup_(lives_done) struct lives l = { .count = 0 };
	enum exit_status status, proved = EXIT_HELD;
	char folder[PATH_MAX];
	int r = *o->run.resolvers && !o->prove
			? err_set(e, -EINVAL,
				  "-r is for --prove: no resolver is in a signer's world")
			: scenario_load(o->args[0], &o->run.scenario_options, &s, e);

	if (r == 0)
		r = choose(&l, s, o->signers, e);
	if (r == 0)
		r = place(&l, "", e);
	if (r == 0)
		r = make_folder(o->run.folder, s->name, folder, e);
	if (r == 0)
		r = place(&l, folder, e);
	if (r == 0)
		r = run_all(&l, s, e);
	if (r < 0)
		return exit_is_environment(r) ? EXIT_ENVIRONMENT : EXIT_USAGE;
	status = tell(&l, s, o->run.strict, folder, e);
	if (status <= EXIT_NOT_HELD && o->prove)
		proved = prove_all(&l, o->run.resolvers, e);
	return proved > status ? proved : status;
}
