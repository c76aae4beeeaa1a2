/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/subject/commands.h"

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

struct cut { /* text that is cut where the room ends */
	char *text;
	size_t len, size;
};

static void put(struct cut *c, const char *text, size_t len)
{
	for (size_t i = 0; i < len && c->len + 1 < c->size; i++)
		c->text[c->len++] = text[i];
	c->text[c->len] = '\0';
}

static void put_word(struct cut *c, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./:=,+@%";

	if (*word && !word[strspn(word, plain)]) {
		put(c, word, strlen(word));
		return;
	}
	put(c, "'", 1);
	for (; *word; word++)
		if (*word == '\'')
			put(c, "'\\''", 4);
		else
			put(c, word, 1);
	put(c, "'", 1);
}

void commands_quote(const char *const *argv, char *ret, size_t size)
{
	struct cut c = { .text = ret, .size = size };

	for (ret[0] = '\0'; *argv; argv++) {
		put(&c, " ", c.len > 0);
		put_word(&c, *argv);
	}
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
