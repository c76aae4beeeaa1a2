/* SPDX-License-Identifier: BSD-2-Clause */
/* version.h - which sigfault this is. */
#pragma once

#define SIGFAULT_VERSION "0.1"
#define SIGFAULT_VERSION_DATE "2026-11-29"
