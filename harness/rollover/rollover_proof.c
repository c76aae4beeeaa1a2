/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_proof.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/clients/message.h"
#include "harness/rollover/rollover_world.h"

/* ---- its folder ---- */

static int make_folder(const char *wanted, const char *name, char ret[3600], struct err *e)
{
	char path[PATH_MAX], real[PATH_MAX];

	for (unsigned n = 1; n < 10000; n++) {
		if (wanted)
			snprintf(path, sizeof(path), "%s", wanted);
		else
			snprintf(path, sizeof(path), "rollover-%s-%u", name, n);
		if (mkdir(path, 0777) == 0 ||
		    (wanted && errno == EEXIST && rmdir(path) == 0 && mkdir(path, 0777) == 0))
			break;
		if (wanted || errno != EEXIST)
			return err_set(e, -errno, "cannot make the folder '%s': %s", path,
				       strerror(errno));
	}
	if (!realpath(path, real))
		return err_set(e, -errno, "'%s': %s", path, strerror(errno));
	if (snprintf(ret, 3600, "%s", real) >= 3600)
		return err_set(e, -ENAMETOOLONG, "'%s' is too long a path", path);
	return 0;
}

/* ---- its record ---- */

static int sample_of(const struct rollover *r, const struct rollover_samples *s, const char *name)
{
	char copy[300];

	for (unsigned i = 0; i < s->count; i++) {
		rollover_copy_name(r, i, copy);
		if (strcmp(copy, name) == 0)
			return (int)i;
	}
	return -1;
}

/* What is read, and of which cell. */
struct reading {
	const struct rollover *r;
	struct rollover_proof *p;
	struct rollover_trial *t;
};

/* The last that was asked for a sample, of those from its time on. */
static void take_answer(const char *name, simtime sent, const struct proof_answer *a, void *arg)
{
	const struct reading *reading = arg;
	const struct rollover_samples *s = &reading->p->samples;
	int i = sample_of(reading->r, s, name);

	if (i >= 0 && sent >= s->list[i].asked)
		reading->t->answers[i] = *a;
}

static int read_trial(const struct proof_cell *cell, void *arg, struct err *e)
{
	struct reading *reading = arg;
	struct rollover_proof *p = reading->p;
	struct rollover_trial *t = &p->trials[p->trial_count];

	*t = (struct rollover_trial){ 0 };
	snprintf(t->resolver, sizeof(t->resolver), "%s", cell->resolver);
	snprintf(t->version, sizeof(t->version), "%s", cell->version);
	snprintf(t->mitigation, sizeof(t->mitigation), "%s", cell->mitigation);
	t->strict = strcmp(t->mitigation, "strict") == 0;
	reading->t = t;
	if (proof_run_answers(cell, take_answer, reading, e) < 0)
		return -EIO;
	for (unsigned i = 0; i < p->samples.count; i++)
		t->right += rollover_answer_is(&t->answers[i],
					       rollover_expected(t, &p->samples.list[i]));
	p->trial_count++;
	return 0;
}

static bool any_strict(const struct rollover_judged *plans, unsigned plan_count)
{
	for (unsigned n = 0; n < plan_count; n++)
		for (unsigned i = 0; i < plans[n].a->finding_count; i++)
			if (plans[n].a->findings[i].strict)
				return true;
	return false;
}

enum exit_status rollover_prove(const struct rollover_judged *plans, unsigned plan_count,
				const char *resolvers, const char *folder,
				struct rollover_proof *ret, struct err *e)
{
	bool strict = any_strict(plans, plan_count);
	const struct rollover *r = plans[0].r;
	struct reading reading = { .r = r, .p = ret };
	char script[4200], run[4200];
	enum exit_status status;
	int rc;

	ret->trial_count = 0;
	ret->folder[0] = '\0';
	if (!ret->samples.count)
		return EXIT_HELD;
	rc = make_folder(folder, r->name, ret->folder, e);
	if (rc == 0)
		rc = rollover_world_write(plans, &ret->samples, ret->folder, e);
	if (rc < 0)
		return EXIT_USAGE;
	snprintf(script, sizeof(script), "%s/proof.lua", ret->folder);
	snprintf(run, sizeof(run), "%s/run", ret->folder);
	status = proof_run(script, run, resolvers, rollover_world_mitigations(r, strict), e);
	if (status > EXIT_NOT_HELD)
		return status;
	if (proof_run_cells(run, TRIALS_MAX, read_trial, &reading, e) < 0)
		return EXIT_INVALID;
	return EXIT_HELD;
}

/* ---- what it says ---- */

enum rollover_outcome rollover_expected(const struct rollover_trial *t,
					const struct rollover_sample *s)
{
	return t->strict ? s->strictly : s->expected;
}

bool rollover_answer_is(const struct proof_answer *a, enum rollover_outcome expected)
{
	if (!a->came)
		return false;
	switch (expected) {
	case SAMPLE_SECURE:
		return a->rcode == RCODE_NOERROR && a->ad;
	case SAMPLE_INSECURE:
		return a->rcode == RCODE_NOERROR && !a->ad;
	case SAMPLE_BOGUS:
		return a->rcode == RCODE_SERVFAIL;
	}
	return false;
}
