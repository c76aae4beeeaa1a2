/* SPDX-License-Identifier: BSD-2-Clause */
/* case_rows.h - cases.csv: what came of each case in one cell.
 *
 *	case,question,fault,class,valid,why,rcode,ad,data,codes,texts,cd_rcode,cd_codes,upstream_queries,upstream_bytes,seconds,seen
 *	rrsig-exp-all,rrsig-exp-all.test. A,rrsig-exp-all,dnssec,yes,,SERVFAIL,0,0,7,signature expired,NOERROR,,9,6120,0.084,4
 *
 * In the order of the scenario, a row a case. `class` is what is wrong: "dnssec", "connectivity"
 * (no server can be reached, or all refuse and fail), "answers" (a server's are wrong or cut short,
 * so that both kinds of errors can be right), or "none" where nothing is, or nothing that makes a
 * zone bogus (a DS that no resolver understands). `data` is whether the answer section has anything.
 * `codes` are those of RFC 8914, with spaces between them, `texts` what stood beside them, with " |
 * ". `cd_rcode` and `cd_codes` are of the same question with CD set, asked of the same process right
 * after. What the first question cost is counted until its answer: queries to authorities, bytes of
 * those and of their answers, virtual seconds. `seen` is how often the resolver was sent what is
 * wrong in the case's zone. A case that is not valid has its reason in `why`, and the rest is empty.
 * RFC 4180. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"
#include "sim/base/names.h"
#include "sim/record/record_file.h"

#define CASES_FILE "cases.csv"
#define CASE_EDES 6
#define CASE_TEXT 240
#define CASE_TIMEOUT (-1) /* the RCODE of what was never answered; in the file "timeout" */

enum case_class { CASE_NOTHING_WRONG, CASE_DNSSEC, CASE_CONNECTIVITY, CASE_ANSWERS };

/* "none", "dnssec", "connectivity", "answers" */
extern const char *const case_classes[];

struct case_ede {
	int code;
	char text[CASE_TEXT]; /* UTF-8, one line */
};

struct case_answer {
	int rcode;
	bool ad;
	bool has_data; /* the answer section is not empty */
	struct case_ede edes[CASE_EDES];
	unsigned ede_count;
};

struct case_row {
	char name[64], question[320], fault[128];
	enum case_class class;
	bool valid;
	char why[512];
	struct case_answer first, cd; /* of `cd` the texts are not kept */
	uint64_t queries, bytes, seen;
	double seconds;
};

struct case_rows {
	struct case_row *rows;
	unsigned count;
};

/* "NOERROR", "RCODE23", "timeout". `ret` is returned. */
char *case_rcode_text(int rcode, char ret[NAMES_LEN]);

/* What people call its outcome: "NODATA" for NOERROR without data, its RCODE otherwise. Returned as
 * above. */
char *case_outcome_text(const struct case_answer *a, char ret[NAMES_LEN]);

/* NOERROR and NXDOMAIN: it got what it asked for. */
bool case_is_answered(const struct case_answer *a);

/* Whether it has this extended error. */
bool case_has_code(const struct case_answer *a, int code);

/* "9 22", "" */
char *case_codes(const struct case_answer *a, char ret[64]);

/* Makes the file, and puts a row that is in it at once. */
int case_rows_open(struct record_file *f, const char *folder, struct err *e);
int case_rows_put(struct record_file *f, const struct case_row *row, struct err *e);

/* -ENOENT: the folder has none; -EINVAL: it is not such a file. */
int case_rows_load(const char *folder, struct case_rows **ret, struct err *e);
void case_rows_free(struct case_rows *r);
DEFINE_FREEP(struct case_rows, case_rows)

/* NULL: there is no case of this name. */
const struct case_row *case_rows_find(const struct case_rows *r, const char *name);
