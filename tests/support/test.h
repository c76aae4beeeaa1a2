/* SPDX-License-Identifier: BSD-2-Clause */
/* test.h - cmocka, with the four headers that have to stand before its own. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
