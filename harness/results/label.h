/* SPDX-License-Identifier: BSD-2-Clause */
/* label.h - what a report calls a cell: label, row and column of a recorded_cell. */
#pragma once

#include "harness/results/recorded.h"

/* The version to be told behind a resolver's name: "" where the name has it, like "unbound@1.26.2". */
const char *label_version(const char *name, const char *version);

/* The last name of a folder's path, cut to `ret`. */
void label_base(const char *dir, char ret[256]);

/* As short as tells the cells of `r` apart: its folder, its run's and its folder, or the whole path;
 * and its row's name with its run's in front of it likewise. -ENOMEM. */
int label_cell(const struct recorded *r, struct recorded_cell *c);
