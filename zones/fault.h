/* fault.h - the catalogue: kinds of things that are wrong on purpose. */
#pragma once

enum fault_kind {
	FAULT_SIG_BY_UNPUBLISHED_KEY,
	FAULT_AUTHORITY_DARK,
	FAULT_AUTHORITY_DROP,
	FAULT_AUTHORITY_DELAY,
};

struct fault_row {
	const char *name; /* as scenarios, reports and run.json call it */
	const char *about;
};

/* Indexed by enum fault_kind. */
extern const struct fault_row fault_kinds[];
extern const unsigned fault_kind_count;
