/* fault.h - the catalogue: kinds of things that are wrong on purpose. */
#pragma once

#include <stdbool.h>

enum fault_kind {
	FAULT_SIG_BY_UNPUBLISHED_KEY,
	FAULT_AUTHORITY_DARK,
	FAULT_AUTHORITY_DROP,
	FAULT_AUTHORITY_DELAY,
};

struct fault_row {
	const char *name; /* as scenarios, reports and run.json call it */
	const char *about;
	bool is_dnssec; /* what it breaks is DNSSEC: answers are bogus, and an extended error should say so */
};

/* Indexed by enum fault_kind. */
extern const struct fault_row fault_kinds[];
extern const unsigned fault_kind_count;

/* NULL: there is no kind of this name. */
const struct fault_row *fault_find(const char *name);
