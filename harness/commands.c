#include "harness/commands.h"

#include <stdlib.h>
#include <string.h>

void commands_done(struct commands *c)
{
	for (unsigned i = 0; i < c->count; i++)
		free(c->texts[i]);
	free(c->texts);
	free(c->list);
	*c = (struct commands){ 0 };
}

bool commands_add(struct commands *c, const char *text)
{
	char **texts = reallocarray(c->texts, c->count + 1, sizeof(*texts));

	if (!texts)
		return false;
	c->texts = texts;
	texts[c->count] = text ? strdup(text) : NULL;
	c->count++;
	return !text || texts[c->count - 1];
}

bool commands_end(struct commands *c)
{
	unsigned commands = 0;
	bool begins = true;

	c->list = calloc(c->count + 1, sizeof(*c->list));
	if (!c->list)
		return false;
	for (unsigned i = 0; i < c->count; i++) {
		if (begins)
			c->list[commands++] = (const char *const *)&c->texts[i];
		begins = !c->texts[i];
	}
	return true;
}
