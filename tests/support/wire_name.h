/* SPDX-License-Identifier: BSD-2-Clause */
/* wire_name.h - names in wire format, from text. */
#pragma once

#include "tests/support/test.h"
#include "zones/rrset.h"

/* Lent until eight more have been asked for. */
static inline const uint8_t *wire(const char *text)
{
	static uint8_t names[8][NAME_MAX_LEN];
	static unsigned next;
	uint8_t *name = names[next++ % 8];
	struct err e;

	if (name_parse(text, name, &e))
		fail_msg("%s", e.text);
	return name;
}
