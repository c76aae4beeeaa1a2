/* SPDX-License-Identifier: BSD-2-Clause */
/* words_keys.h - the keys in zone { … }, and the key `algorithm` in any table. */
#pragma once

#include "sim/language/words.h"

void words_keys(const struct args *zone, struct zone *z);
enum algorithm words_algorithm(const struct args *a, enum algorithm def);
