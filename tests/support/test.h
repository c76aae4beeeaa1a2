/* SPDX-License-Identifier: BSD-2-Clause */
/* test.h - cmocka, with the four headers that have to stand before its own. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cmocka 2 has it by this name, and complains of the old one. */
#ifdef assert_uint_in_range
#undef assert_in_range
#define assert_in_range assert_uint_in_range
#endif
