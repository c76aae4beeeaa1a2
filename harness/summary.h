/* summary.h - the table of a run: a row a figure (figures.h), a column a cell. */
#pragma once

#include "harness/recorded.h"
#include "harness/table.h"

/* NULL: no memory. */
struct table *summary_table(const struct recorded *r);
