/* SPDX-License-Identifier: BSD-2-Clause */
/* words_aim.h - what a fault is meant for, as its table tells it: types and names of RRsets, or of
 * queries, their transport, the size of the answer and the family of the address: inside sim/ only.
 */
#pragma once

#include "sim/language/words_action.h"

/* The keys of any fault on the wire: for the tables of methods, which end with NULL. */
#define AIM_KEYS "types", "names", "over", "bigger_than", "family"

/* Calls `each` with every text of the list under a key. Their number; 0 when there is no list. */
unsigned words_list(const struct args *a, const char *key, unsigned most,
		    void (*each)(const struct args *a, const char *text, unsigned i,
				 struct action *action),
		    struct action *action);

/* Reads all that is there of it into the action, whose zone and row are known. Raises. */
void words_aim(const struct args *a, struct action *action);

/* Puts it behind what stands in `ret`: ", DS, of www.x.de., by TCP". What does not fit is cut. */
void words_aim_text(const struct action *action, char *ret, size_t size);

/* Puts text behind what stands in `ret`; what does not fit is cut. */
void words_say(char *ret, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
