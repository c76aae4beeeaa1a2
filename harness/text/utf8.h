/* SPDX-License-Identifier: BSD-2-Clause */
/* utf8.h - how wide a text is. */
#pragma once

/* Characters, not bytes. */
unsigned utf8_width(const char *text);
