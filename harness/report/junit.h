/* SPDX-License-Identifier: BSD-2-Clause */
/* junit.h - junit.xml: a suite a cell, a case an expectation, as CI systems read it.
 *
 * That a cell is valid and that each fault was seen are cases, too. A case that failed has the
 * message that a person needs. */
#pragma once

#include <stdio.h>

#include "harness/results/recorded.h"

/* -ENOMEM. */
int junit_write(const struct recorded *r, FILE *out, struct err *e);
