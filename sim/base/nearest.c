/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/nearest.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

struct nearest nearest_to(const char *word)
{
	return (struct nearest){ .word = word, .distance = UINT_MAX };
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Damerau and Levenshtein's distance in its simple form (optimal string alignment): letters left
 * out, put in, changed, and neighbours that changed places. Case does not count. */
static unsigned distance_of(const char *a, const char *b)
{
	unsigned rows[3][NEAREST_LEN + 1], *before = rows[0], *last = rows[1], *row = rows[2];
	size_t n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		last[j] = (unsigned)j;
	for (size_t i = 0; a[i]; i++) {
		unsigned *free_row = before;

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < n; j++) {
			int x = tolower((unsigned char)a[i]), y = tolower((unsigned char)b[j]);

			row[j + 1] = least(last[j] + (x != y), least(last[j + 1], row[j]) + 1);
			if (i && j && x == tolower((unsigned char)b[j - 1]) &&
			    y == tolower((unsigned char)a[i - 1]))
				row[j + 1] = least(row[j + 1], before[j - 1] + 1);
		}
		before = last;
		last = row;
		row = free_row;
	}
	return last[n];
}

void nearest_try(struct nearest *n, const char *name)
{
	unsigned distance;

	if (!*name || strlen(name) >= sizeof(n->found) || strlen(n->word) >= NEAREST_LEN)
		return;
	distance = distance_of(n->word, name);
	if (distance >= n->distance)
		return;
	n->distance = distance;
	strcpy(n->found, name);
}

/* A third of the letters may be wrong, and one at least; of a word of two letters that would be
 * any. */
const char *nearest_found(const struct nearest *n)
{
	size_t len = strlen(n->word);
	unsigned most = (unsigned)(len < 6 ? 1 : len / 3);

	return n->found[0] && len > 2 && n->distance <= most ? n->found : NULL;
}

char *nearest_hint(const struct nearest *n, char ret[NEAREST_LEN + 24])
{
	const char *found = nearest_found(n);

	*ret = '\0';
	if (found)
		snprintf(ret, NEAREST_LEN + 24, "; did you mean '%s'?", found);
	return ret;
}
