/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_sql.h - the statements of a gate's store: gate_store*.c alone. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

#include "sim/base/err.h"

enum gate_statement {
	GATE_NOTE_PUT,
	GATE_NOTE_GET,
	GATE_KEY_PUT,
	GATE_KEY_GET,
	GATE_DS_PUT,
	GATE_DS_GET,
	GATE_ENTRY_PUT,
	GATE_ENTRY_GET,
	GATE_CHANGE,
	GATE_TELL,
	GATE_TELL_FIRST,
	GATE_ANY,
	GATE_GONE,
	GATE_NEXT_GONE,
	GATE_REMOVE,
	GATE_NEXT,
	GATE_TOUCHED_OUT,
	GATE_RRSET,
	GATE_HAS_NS,
	GATE_FOUND,
	GATE_PUT,
	GATE_FOUND_OUT,
	GATE_ENDED,
	GATE_FIRST_ENDED,
	GATE_COUNT_RECORDS,
	GATE_COUNT_RRSETS,
};
#define GATE_STATEMENTS (GATE_COUNT_RRSETS + 1)

struct gate_store {
	sqlite3 *db;
	sqlite3_stmt *statements[GATE_STATEMENTS];
	bool begun;
	bool first; /* there was nothing when the transaction began */
	bool told; /* … and then a whole version came */
};

/* A statement, ready to be bound; NULL, and why. */
sqlite3_stmt *gate_sql(struct gate_store *s, enum gate_statement which, struct err *e);

/* 1: a row; 0: it is done. What was prepared is reset by the next gate_sql(). */
int gate_step(struct gate_store *s, sqlite3_stmt *st, struct err *e);

/* SQL without values. */
int gate_run(struct gate_store *s, const char *sql, struct err *e);
