#include "harness/sentences.h"

#include <stdlib.h>

struct sentences *sentences_new(const struct recorded *r)
{
	(void)r;
	return calloc(1, sizeof(struct sentences));
}

void sentences_free(struct sentences *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->count; i++)
		free(s->list[i].text);
	free(s->list);
	free(s);
}
