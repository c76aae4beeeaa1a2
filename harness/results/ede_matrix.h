/* SPDX-License-Identifier: BSD-2-Clause */
/* ede_matrix.h - what each resolver tells of each fault: the cases of a run's cells beside each
 * other, and marks.
 *
 * Marks, by what is wrong in the case's zone (case_rows.h):
 *	wrong way	an extended error that sends its reader the wrong way: 22 (No Reachable Authority) or 23 (Network Error)
 *			where DNSSEC is what is wrong, a code that speaks of DNSSEC (ede.h) where servers cannot be reached, or fail
 *	no code		an answer that is a failure, neither NOERROR nor NXDOMAIN, without any code, though something is wrong
 *	not seen	the resolver was never sent what is wrong
 * A case's outcome is its RCODE, and AD and whether there are data where it is answered (PowerDNS
 * sets AD on failures, too). Resolvers differ in a case by their outcomes, or by codes alone; the
 * order of codes does not count. It is all a measurement: which code would be right is nowhere
 * written. */
#pragma once

#include "harness/results/recorded.h"

enum ede_difference { EDE_ALIKE, EDE_CODES_DIFFER, EDE_OUTCOMES_DIFFER };

/* "", "codes", "outcome" */
extern const char *const ede_differences[];

struct ede_case {
	/* of the first cell that has it: its name, question and class */
	const struct case_row *any;
	enum ede_difference difference; /* between valid rows */
	const struct case_row **rows; /* by cell; NULL: that cell has no such case */
};

/* Of one cell. */
struct ede_tally {
	unsigned cases, invalid;
	unsigned answered, validated, timeouts; /* validated: answered with AD */
	unsigned with_code, wrong_way, no_code, not_seen; /* wrong_way, no_code: cases, not codes */
	unsigned cd_answered; /* with CD, of those that were not answered without */
	uint64_t queries, bytes; /* upstream */
};

struct ede_matrix {
	const struct recorded *recorded; /* lent */
	struct ede_case *cases; /* in the order of the scenario */
	unsigned count;
	struct ede_tally *tallies; /* by cell */
	const char **names; /* of cells, lent: the resolver's where that tells them apart, its label
			       otherwise */
};

/* -ENOMEM. */
int ede_matrix_new(const struct recorded *r, struct ede_matrix **ret, struct err *e);
void ede_matrix_free(struct ede_matrix *m);
DEFINE_FREEP(struct ede_matrix, ede_matrix)

/* The sums of a cell that people are shown: a label, the name in JSON, and a member of its tally. */
extern const struct ede_sum {
	const char *label, *name;
	size_t member;
} ede_sums[];
extern const unsigned ede_sum_count;

unsigned ede_sum(const struct ede_tally *t, unsigned sum);

/* "Resolvers differ in 40 of 63 cases: in 12 by outcome, in 28 by codes alone." false: there is one
 * cell only. */
#define EDE_SENTENCE 160
bool ede_sentence(const struct ede_matrix *m, char ret[EDE_SENTENCE]);

/* What the marks mean. */
#define EDE_MARKS                                                                                  \
	"! points the wrong way: 22 (No Reachable Authority) or 23 (Network Error) where DNSSEC "  \
	"is wrong, a code of DNSSEC where servers cannot be reached. Without any code a failure "  \
	"tells nothing, and is marked too."

/* The marks. */
bool ede_code_points_wrong(enum case_class class, int code);
bool ede_row_points_wrong(const struct case_row *row);
bool ede_row_lacks_code(const struct case_row *row);
bool ede_row_not_seen(const struct case_row *row);

/* Whether two valid rows have one outcome, and whether they have the same codes. */
bool ede_same_outcome(const struct case_row *a, const struct case_row *b);
bool ede_same_codes(const struct case_row *a, const struct case_row *b);

/* ede-matrix.csv: a row a case and cell.
 *
 *	case,question,fault,class,differ,cell,resolver,version,mitigation,valid,why,rcode,ad,data,codes,texts,cd_rcode,cd_codes,
 *	answered_with_cd,upstream_queries,upstream_bytes,seconds,seen,marks
 *
 * `differ` is "", "codes" or "outcome", the same in all rows of a case; `marks` "wrong-way",
 * "no-code" and "not-seen", with spaces; the others as in cases.csv. -EIO, -ENOMEM. */
int ede_csv_write(const struct recorded *r, FILE *out, struct err *e);

/* The matrix for people, each case with what all cells say, then all cases in a line each, and
 * sums. -ENOMEM. */
int ede_print(const struct recorded *r, unsigned width, FILE *out, struct err *e);
int ede_print_markdown(const struct recorded *r, FILE *out, struct err *e);
