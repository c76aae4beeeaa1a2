/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/judge/ede_baseline.h"

#include <string.h>

#include "harness/results/ede_matrix.h"

#define ROW_TEXT 320
#define CHANGE_TEXT (2 * ROW_TEXT + 96)

struct judging {
	json_t *list;
	unsigned worse, changed, same;
};

/* "SERVFAIL 9 (DNSKEY Missing)", "NOERROR AD" */
static void say_row(const struct case_row *row, char ret[ROW_TEXT])
{
	char outcome[NAMES_LEN];
	size_t len =
		(size_t)snprintf(ret, ROW_TEXT, "%s%s", case_outcome_text(&row->first, outcome),
				 row->first.ad ? " AD" : "");

	for (unsigned i = 0; i < row->first.ede_count && len < ROW_TEXT; i++) {
		const char *name = names_ede(row->first.edes[i].code);

		len += (size_t)snprintf(ret + len, ROW_TEXT - len, " %d (%s)",
					row->first.edes[i].code, name ? name : "unassigned");
	}
}

static void tell(struct judging *j, const char *name, const char *how, bool held,
		 const char *message)
{
	json_array_append_new(j->list, json_pack("{s:s, s:o, s:b, s:s}", "case", name, "text",
						 json_sprintf("case %s: %s", name, how), "held",
						 held, "message", message));
	j->worse += !held;
	j->changed += held;
}

static bool misleads(const struct case_row *was, const struct case_row *is)
{
	for (unsigned i = 0; i < is->first.ede_count; i++)
		if (ede_code_points_wrong(is->class, is->first.edes[i].code) &&
		    !case_has_code(&was->first, is->first.edes[i].code))
			return true;
	return ede_row_lacks_code(is) && was->first.ede_count;
}

/* NULL: it is not worse. */
static const char *worse(const struct case_row *was, const struct case_row *is)
{
	if (!ede_same_outcome(was, is) || was->first.ad != is->first.ad)
		return "answers otherwise";
	if (misleads(was, is))
		return "misleads";
	if (case_is_answered(&was->cd) && !case_is_answered(&is->cd))
		return "hides its data";
	return NULL;
}

static void say_change(const struct case_row *was, const struct case_row *is, char ret[CHANGE_TEXT])
{
	char had[ROW_TEXT], has[ROW_TEXT], cd_was[NAMES_LEN], cd_is[NAMES_LEN];

	say_row(was, had);
	say_row(is, has);
	snprintf(ret, CHANGE_TEXT, "was %s, is %s", had, has);
	if (case_is_answered(&was->cd) != case_is_answered(&is->cd))
		snprintf(ret + strlen(ret), CHANGE_TEXT - strlen(ret), "; with CD it was %s, is %s",
			 case_rcode_text(was->cd.rcode, cd_was),
			 case_rcode_text(is->cd.rcode, cd_is));
}

static void judge(struct judging *j, const struct case_row *was, const struct case_row *is)
{
	char message[CHANGE_TEXT];
	const char *how;

	if (!was->valid || !is->valid) {
		snprintf(message, sizeof(message), "it is not valid in %s",
			 is->valid ? "the baseline" : "this run");
		tell(j, is->name, "was not measured", false, message);
		return;
	}
	how = worse(was, is);
	say_change(was, is, message);
	if (how)
		tell(j, is->name, how, false, message);
	else if (!ede_same_codes(was, is))
		tell(j, is->name, "has other codes", true, message);
	else
		j->same++;
}

static json_t *sum(const struct judging *j)
{
	return json_pack("{s:s, s:b, s:o}", "text", "no case is worse", "held", !j->worse,
			 "message",
			 json_sprintf("%u worse, %u with other codes or new, %u as they were",
				      j->worse, j->changed, j->same));
}

json_t *ede_baseline_judge(const struct recorded_cell *before, const struct recorded_cell *now)
{
	struct judging j = { .list = json_array() };

	for (unsigned i = 0; i < now->cases->count; i++) {
		const struct case_row *is = &now->cases->rows[i];
		const struct case_row *was = case_rows_find(before->cases, is->name);

		if (was)
			judge(&j, was, is);
		else
			tell(&j, is->name, "is new", true, "the baseline has no such case");
	}
	for (unsigned i = 0; i < before->cases->count; i++)
		if (!case_rows_find(now->cases, before->cases->rows[i].name))
			tell(&j, before->cases->rows[i].name, "was not measured", false,
			     "this run has no such case");
	json_array_insert_new(j.list, 0, sum(&j));
	return j.list;
}
