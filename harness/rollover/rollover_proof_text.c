/* SPDX-License-Identifier: BSD-2-Clause */
/* rollover_proof_text.c - what a proof showed, for people and for machines. */
#include <string.h>

#include "harness/text/paragraph.h"
#include "harness/results/label.h"
#include "harness/rollover/rollover_proof.h"
#include "harness/rollover/rollover_text.h"
#include "harness/rollover/rollover_world.h"
#include "sim/base/names.h"

static const char *const expectations[] = {
	[SAMPLE_SECURE] = "NOERROR AD",
	[SAMPLE_INSECURE] = "NOERROR",
	[SAMPLE_BOGUS] = "SERVFAIL",
};

static char *answer_text(const struct proof_answer *a, char ret[48])
{
	if (!a->came)
		return strcpy(ret, "no answer");
	names_rcode(a->rcode, ret);
	if (a->ad)
		strcat(ret, " AD");
	if (a->ede >= 0)
		snprintf(ret + strlen(ret), 48 - strlen(ret), " EDE %d", a->ede);
	return ret;
}

static void print_answer(const struct rollover_trial *t, const struct rollover_sample *s,
			 unsigned i, FILE *out)
{
	enum rollover_outcome expected = rollover_expected(t, s);
	const struct proof_answer *a = &t->answers[i];
	const char *ede = a->came && a->ede >= 0 ? names_ede(a->ede) : NULL;
	bool right = rollover_answer_is(a, expected);
	char asked[32], answer[48], named[96];

	snprintf(named, sizeof(named), "%s%s%s", answer_text(a, answer), ede ? " " : "",
		 ede ? ede : "");
	fprintf(out, "    %-19s  %-29s  %s%s\n", rollover_time_text(s->asked, asked), named,
		right ? "as said" : "it should be ", right ? "" : expectations[expected]);
}

static void print_state(const struct rollover_judged *plan, const struct rollover_sample *s,
			FILE *out)
{
	char time[32];

	fprintf(out, "  %s%s fetched %s", s->behind ? "behind a cache: " : "",
		s->kept_set == ROLLOVER_RRSIG ? "another RRset" : rollover_set_names[s->kept_set],
		rollover_time_text(s->fetched, time));
	if (s->emptied)
		fprintf(out, ", emptied %s", rollover_time_text(s->emptied, time));
	if (s->step >= 0)
		fprintf(out, ", before %s '%s'", rollover_step_names[plan->s->list[s->step].kind],
			plan->r->keys[plan->s->list[s->step].key].name);
	fputc('\n', out);
}

/* "DS RRset fetched 2023-05-29 10:44:58" and what the resolver answers from then on. */
static void print_samples(const struct rollover_judged *plans, const struct rollover_proof *p,
			  const struct rollover_trial *t, FILE *out)
{
	const struct rollover_sample *last = NULL;

	for (unsigned i = 0; i < p->samples.count; i++) {
		const struct rollover_sample *s = &p->samples.list[i];
		bool other = !last || last->plan != s->plan;

		if (other && plans[s->plan].title)
			fprintf(out, "  Way: %s\n", plans[s->plan].title);
		if (other || last->finding != s->finding || last->step != s->step ||
		    last->fetched != s->fetched || last->behind != s->behind)
			print_state(&plans[s->plan], s, out);
		print_answer(t, s, i, out);
		last = s;
	}
}

static void print_trial(const struct rollover_judged *plans, const struct rollover_proof *p,
			const struct rollover_trial *t, FILE *out)
{
	const char *version = label_version(t->resolver, t->version);

	fprintf(out, "\nOn %s%s%s", t->resolver, *version ? " " : "", version);
	if (strcmp(t->mitigation, "none") != 0)
		fprintf(out, " (%s)", t->mitigation);
	fprintf(out, ": %u of %u answers are as the analysis says.\n", t->right, p->samples.count);
	print_samples(plans, p, t, out);
}

/* What "behind a cache" means, and what there was no room for. */
static void print_notes(const struct rollover_proof *p, FILE *out)
{
	const struct rollover_samples *s = &p->samples;
	struct paragraph para;
	bool behind = false;

	for (unsigned i = 0; i < s->count; i++)
		behind |= s->list[i].behind;
	if (!behind && !s->left_out)
		return;
	fputc('\n', out);
	para = paragraph_begin(out, 0, "", 2);
	if (behind)
		paragraph_say(&para,
			      "Behind a cache: a resolver does not check again what it has "
			      "validated, who asks it and validates does. The one that was tried "
			      "is given what that cache has.");
	if (s->left_out)
		paragraph_say(
			&para,
			"%u of the states are not tried: too short, too many, or not to be had "
			"in one resolver.",
			s->left_out);
	paragraph_end(&para);
}

void rollover_proof_print(const struct rollover_judged *plans, const struct rollover_proof *p,
			  FILE *out)
{
	for (unsigned i = 0; i < p->trial_count; i++)
		print_trial(plans, p, &p->trials[i], out);
	if (p->trial_count)
		print_notes(p, out);
	if (p->trial_count)
		fprintf(out, "\n%s has the scenario and its record: sigfault run %s/proof.lua\n",
			p->folder, p->folder);
}

/* Of several plans the title tells which, and indices of findings and steps tell nothing. */
static json_t *answer_json(const struct rollover_judged *plans, const struct rollover_proof *p,
			   const struct rollover_trial *t, unsigned i)
{
	const struct rollover_sample *s = &p->samples.list[i];
	enum rollover_outcome expected = rollover_expected(t, s);
	const struct rollover_judged *plan = &plans[s->plan];
	char zone[300], text[32], answer[48];
	json_t *o = json_object();

	rollover_copy_name(plan->r, i, zone);
	json_object_set_new(o, "zone", json_string(zone));
	if (plan->title)
		json_object_set_new(o, "way", json_string(plan->title));
	json_object_set_new(o, "behind", json_boolean(s->behind));
	json_object_set_new(o, "kept", json_string(rollover_set_names[s->kept_set]));
	json_object_set_new(o, "fetched", json_string(simtime_text(s->fetched, text)));
	if (s->emptied)
		json_object_set_new(o, "emptied", json_string(simtime_text(s->emptied, text)));
	json_object_set_new(o, "asked", json_string(simtime_text(s->asked, text)));
	json_object_set_new(o, "answer", json_string(answer_text(&t->answers[i], answer)));
	json_object_set_new(o, "expected", json_string(expectations[expected]));
	json_object_set_new(o, "as_expected",
			    json_boolean(rollover_answer_is(&t->answers[i], expected)));
	if (!plan->title) {
		json_object_set_new(o, "finding", json_integer(s->finding));
		json_object_set_new(o, "step", json_integer(s->step));
	}
	return o;
}

json_t *rollover_proof_json(const struct rollover_judged *plans, const struct rollover_proof *p)
{
	json_t *trials = json_array();

	for (unsigned i = 0; i < p->trial_count; i++) {
		const struct rollover_trial *t = &p->trials[i];
		json_t *answers = json_array();

		for (unsigned k = 0; k < p->samples.count; k++)
			json_array_append_new(answers, answer_json(plans, p, t, k));
		json_array_append_new(trials, json_pack("{ss ss ss so}", "resolver", t->resolver,
							"version", t->version, "mitigation",
							t->mitigation, "answers", answers));
	}
	return json_pack("{ss si so}", "folder", p->folder, "not_tried", p->samples.left_out,
			 "trials", trials);
}
