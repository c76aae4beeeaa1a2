/* SPDX-License-Identifier: BSD-2-Clause */
/* words_stub.h - traffic { stub = ... }: how clients ask, whom, and again. For words_*.c alone. */
#pragma once

#include "sim/language/words.h"

/* Reads the key of that name, which may not be there. */
void words_read_stub(const struct args *traffic, const struct scenario *s, struct stub_plan *p);
