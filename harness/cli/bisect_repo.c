/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/bisect_repo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cell/work.h"
#include "harness/cli/child.h"
#include "sim/base/cleanup.h"

#define WORDS 12
#define OUTPUT 65536

/* A hook or an alias of git sets these, and git would believe them and not -C. */
static const char *const other_repositories[] = { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
						  "GIT_PREFIX", "GIT_COMMON_DIR" };

/* git in a folder: its exit status, or a negative errno. What it says is in `text`. */
static int ask(const char *folder, const char *const *words, char *text, size_t size, struct err *e)
{
	static const char *const env[] = { "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", NULL };
	const char *argv[WORDS + 4] = { "git", "-C", folder };
	struct child c = { .argv = argv, .env = env };
	int status, r;

	for (unsigned i = 0; i < WORDS && words[i]; i++)
		argv[3 + i] = words[i];
	r = child_ask(&c, text, size, &status, e);
	if (r == 0 && status == 127)
		r = err_set(e, -ENOPKG, "'git' is not installed: 'apt-get install git'");
	return r < 0 ? r : status;
}

#define ASK(folder, text, e, ...)                                                                  \
	ask(folder, (const char *const[]){ __VA_ARGS__, NULL }, text, sizeof(text), e)

/* What ends with another status than 0 is told with git's own last line. */
static int fail(int status, char *text, const char *what, struct err *e)
{
	return status < 0 ? status
			  : err_set(e, -EINVAL, "git %s: %s", what,
				    *text ? child_last_line(text) : "it says nothing");
}

/* ---- the work tree ---- */

static int find_top(struct repo *r, const char *folder, struct err *e)
{
	char text[OUTPUT];
	int status = ASK(folder, text, e, "rev-parse", "--show-toplevel");

	if (status == 0 && strlen(text) < sizeof(r->top)) {
		text[strcspn(text, "\n")] = '\0';
		strcpy(r->top, text);
		return 0;
	}
	if (status < 0)
		return status;
	return err_set(e, -EINVAL,
		       "'%s' is in no git repository that can be used: name one with -C DIR; git "
		       "says '%s'",
		       folder, child_last_line(text));
}

static int make_base(struct repo *r, struct err *e)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(r->base, sizeof(r->base), "%s/sigfault-bisect-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(r->base)) {
		int code = -errno;

		r->base[0] = '\0';
		return err_set(e, code, "cannot make a folder in '%s': %s",
			       tmp && *tmp ? tmp : "/tmp", strerror(-code));
	}
	chmod(r->base, 0755); /* a resolver in its sandbox is nobody */
	snprintf(r->tree, sizeof(r->tree), "%s/tree", r->base);
	return 0;
}

/* git lets go of it first: else its own list would have it. */
static int clear(const void *arg)
{
	const struct repo *r = arg;
	const char *const argv[] = { "git",    "-C",	  r->top,  "worktree",
				     "remove", "--force", r->tree, NULL };
	char text[OUTPUT];
	int status = -1;

	child_ask(&(struct child){ .argv = argv, .anyway = true }, text, sizeof(text), &status,
		  NULL);
	work_remove(r->base);
	return access(r->base, F_OK) == 0 ? -EBUSY : 0;
}

int repo_open(struct repo *r, const char *folder, struct err *e)
{
	char text[OUTPUT];
	int rc;

	*r = (struct repo){ .base = "" };
	for (size_t i = 0; i < ARRAY_SIZE(other_repositories); i++)
		unsetenv(other_repositories[i]);
	rc = find_top(r, folder ? folder : ".", e);
	if (rc == 0)
		rc = make_base(r, e);
	if (rc == 0)
		rc = tidier_begin(&r->tidier, clear, r, e);
	if (rc < 0)
		return rc;
	rc = ASK(r->top, text, e, "worktree", "add", "--detach", r->tree, "HEAD");
	return rc ? fail(rc, text, "worktree add", e) : 0;
}

void repo_close(struct repo *r)
{
	tidier_end(&r->tidier);
}

/* ---- commits ---- */

static int describe(const struct repo *r, struct repo_commit *c, struct err *e)
{
	char text[OUTPUT], *rest = text;
	int status = ASK(r->tree, text, e, "log", "-1", "--no-show-signature", "--no-color",
			 "--format=%H%n%an%n%cI%n%s", c->sha, "--");

	if (status)
		return fail(status, text, "log", e);
	snprintf(c->sha, sizeof(c->sha), "%s", strsep(&rest, "\n") ?: "");
	snprintf(c->author, sizeof(c->author), "%s", strsep(&rest, "\n") ?: "");
	snprintf(c->date, sizeof(c->date), "%s", strsep(&rest, "\n") ?: "");
	snprintf(c->about, sizeof(c->about), "%s", strsep(&rest, "\n") ?: "");
	return 0;
}

static int resolve(const struct repo *r, const char *name, struct repo_commit *ret, struct err *e)
{
	char text[OUTPUT], wanted[512];
	int status;

	snprintf(wanted, sizeof(wanted), "%s^{commit}", name);
	status = ASK(r->tree, text, e, "rev-parse", "--verify", "--quiet", "--end-of-options",
		     wanted);
	if (status < 0)
		return status;
	if (status || strlen(text) < 2)
		return -ENOENT;
	text[strcspn(text, "\n")] = '\0';
	snprintf(ret->sha, sizeof(ret->sha), "%.*s", REPO_SHA - 1, text);
	return describe(r, ret, e);
}

int repo_find(const struct repo *r, const char *name, struct repo_commit *ret, struct err *e)
{
	int rc = resolve(r, name, ret, e);

	return rc == -ENOENT ? err_set(e, -EINVAL, "'%s' is no commit of the repository '%s'", name,
				       r->top)
			     : rc;
}

int repo_parent(const struct repo *r, const struct repo_commit *c, struct repo_commit *ret,
		struct err *e)
{
	char name[REPO_SHA + 2];

	snprintf(name, sizeof(name), "%s^", c->sha);
	return resolve(r, name, ret, e);
}

int repo_show(const struct repo *r, const struct repo_commit *c, struct err *e)
{
	char text[OUTPUT];
	int status = ASK(r->tree, text, e, "checkout", "--quiet", "--detach", "--force", c->sha);

	return status ? fail(status, text, "checkout", e) : 0;
}

/* ---- the bisection ---- */

int repo_begin(const struct repo *r, const struct repo_commit *good, const struct repo_commit *bad,
	       struct err *e)
{
	char text[OUTPUT];
	int status;

	status = ASK(r->tree, text, e, "reset", "--quiet", "--hard");
	if (status == 0)
		status = ASK(r->tree, text, e, "bisect", "start", bad->sha, good->sha);
	return status ? fail(status, text, "bisect start", e) : 0;
}

static int read_log(const struct repo *r, char *text, size_t size, struct err *e)
{
	int status = ask(r->tree, (const char *const[]){ "bisect", "log", NULL }, text, size, e);

	return status ? fail(status, text, "bisect log", e) : 0;
}

/* "# first bad commit: [SHA] subject", "# possible first bad commit: [SHA] subject": its lines say
 * so in every version of git. */
static const char *found_in(const char *line)
{
	const char *at = strstr(line, "commit: [");
	size_t len = strcspn(line, "\n");

	if (strncmp(line, "# first ", 8) != 0 && strncmp(line, "# possible first ", 17) != 0)
		return NULL;
	return at && (size_t)(at - line) < len ? at + strlen("commit: [") : NULL;
}

int repo_found(const struct repo *r, struct repo_commit *ret, unsigned room, struct err *e)
{
	char text[OUTPUT];
	unsigned n = 0;
	int rc = read_log(r, text, sizeof(text), e);

	for (const char *line = text; rc == 0 && line; line = strchr(line, '\n')) {
		const char *sha = found_in(line += *line == '\n');

		if (!sha)
			continue;
		if (n < room) {
			snprintf(ret[n].sha, sizeof(ret[n].sha), "%.*s", (int)strcspn(sha, "]"),
				 sha);
			rc = describe(r, &ret[n], e);
		}
		n++;
	}
	return rc < 0 ? rc : (int)n;
}

int repo_next(const struct repo *r, struct repo_commit *ret, struct err *e)
{
	struct repo_commit found;
	int n = repo_found(r, &found, 1, e);

	if (n != 0)
		return n < 0 ? n : 0;
	strcpy(ret->sha, "HEAD");
	n = describe(r, ret, e);
	return n < 0 ? n : 1;
}

/* git says by its status, too, that it is over; its log tells it better. */
int repo_judge(const struct repo *r, enum repo_verdict v, struct err *e)
{
	static const char *const words[] = { "good", "bad", "skip" };
	char text[OUTPUT];
	int status = ASK(r->tree, text, e, "reset", "--quiet", "--hard");
	struct repo_commit found;

	if (status)
		return fail(status, text, "reset", e);
	status = ASK(r->tree, text, e, "bisect", words[v]);
	if (status <= 0)
		return status;
	return repo_found(r, &found, 1, e) > 0 ? 0 : fail(status, text, "bisect", e);
}
