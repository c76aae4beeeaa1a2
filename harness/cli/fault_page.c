/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/cli/fault_page.h"

#include <string.h>

#include "harness/text/json_text.h"
#include "harness/text/paragraph.h"

/* Each row of the group in turn, from *n (start with 0); NULL after the last. */
static const struct fault_row *next_in(enum fault_group g, unsigned *n)
{
	const struct fault_row *r;

	while ((r = fault_row((*n)++)))
		if (r->group == g)
			return r;
	return NULL;
}

void fault_page_list(FILE *out)
{
	const struct fault_row *r;

	for (unsigned g = 0; g < GROUP_COUNT; g++) {
		fprintf(out, "%s%s\n", g ? "\n" : "", fault_groups[g]);
		for (unsigned n = 0; (r = next_in(g, &n));) {
			struct paragraph p = paragraph_begin(out, 2, r->name, 28);

			paragraph_say(&p, "%s (%s)", r->about, r->rfc);
			paragraph_end(&p);
		}
	}
	fputs("\n'sigfault faults NAME' tells more of one.\n", out);
}

/* The values that a parameter has, for its line. */
static void values_text(const struct fault_param *p, char *ret, size_t size)
{
	switch (p->type) {
	case PARAM_COUNT:
		snprintf(ret, size, "%s, %lld to %lld", p->about, (long long)p->least,
			 (long long)p->most);
		break;
	case PARAM_DURATION:
		snprintf(ret, size, "%s, a duration like \"5s\"", p->about);
		break;
	case PARAM_CHOICE:
		snprintf(ret, size, "%s: %s", p->about, p->choices);
		break;
	case PARAM_ZONE:
		snprintf(ret, size, "%s, a value that zone() gave", p->about);
		break;
	}
}

static void value_of(const struct fault_param *p, int64_t value, char *ret, size_t size)
{
	char word[FAULT_WORD];

	switch (p->type) {
	case PARAM_COUNT:
		snprintf(ret, size, "%lld", (long long)value);
		break;
	case PARAM_DURATION:
		snprintf(ret, size, "\"%llds\"", (long long)(value / SECOND));
		break;
	case PARAM_CHOICE:
		snprintf(ret, size, "\"%s\"", fault_choice_word(p, value, word));
		break;
	case PARAM_ZONE:
		snprintf(ret, size, "other");
		break;
	}
}

/* What a key may be told, and what it is where it is not told. Gives `text`. */
static const char *key_text(const struct fault_key *k, char text[400])
{
	char values[250], otherwise[100] = "";

	if (!k->param)
		return k->about;
	values_text(k->param, values, sizeof(values));
	if (k->param->otherwise >= 0)
		value_of(k->param, k->param->otherwise, otherwise, sizeof(otherwise));
	snprintf(text, 400, "%s; %s%s", values, *otherwise ? "otherwise " : "it must be given",
		 otherwise);
	return text;
}

static void needs_text(const struct fault_row *r, char *ret, size_t size)
{
	static const struct {
		unsigned bit;
		const char *text;
	} needs[] = { { NEEDS_SIGNED, "signed" },
		      { NEEDS_NSEC, "with NSEC" },
		      { NEEDS_NSEC3, "with NSEC3" },
		      { NEEDS_OPTOUT, "with opt-out" },
		      { NEEDS_ZSK, "with a ZSK beside its KSK" },
		      { NEEDS_ROOT, "the root" },
		      { NEEDS_PARENT, "with a parent" },
		      { NEEDS_GLUE, "with a server below it" } };
	size_t len = 0;

	*ret = '\0';
	for (size_t i = 0; i < sizeof(needs) / sizeof(*needs) && len < size; i++)
		if (r->needs & needs[i].bit)
			len += (size_t)snprintf(ret + len, size - len, "%s%s", len ? ", " : "",
						needs[i].text);
}

/* zone:fault("keytrap", { keys = 16 }): with all that must be given, and otherwise the first key of
 * its own. */
static void example_text(const struct fault_row *r, char *ret, size_t size)
{
	char keys[128] = "", value[64];

	for (unsigned i = 0; i < FAULT_PARAMS && r->params[i].name; i++) {
		const struct fault_param *p = &r->params[i];
		size_t len = strlen(keys);
		int64_t n = p->otherwise >= 0		? p->otherwise
			    : p->type == PARAM_DURATION ? SECOND
							: 1;

		value_of(p, p->type == PARAM_COUNT && n < p->least ? p->least : n, value,
			 sizeof(value));
		snprintf(keys + len, sizeof(keys) - len, "%s%s = %s", len ? ", " : "", p->name,
			 value);
	}
	if (*keys)
		snprintf(ret, size, "at(\"12:30\", zone:fault(\"%s\", { %s }))", r->name, keys);
	else
		snprintf(ret, size, "at(\"12:30\", zone:fault \"%s\")", r->name);
}

static void say(FILE *out, const char *label, const char *text)
{
	struct paragraph p = paragraph_begin(out, 2, label, 12);

	paragraph_say(&p, "%s", text);
	paragraph_end(&p);
}

void fault_page_print(FILE *out, const struct fault_row *r)
{
	char about[400], text[400];
	struct fault_key keys[FAULT_KEYS_MAX];
	unsigned n = fault_keys(r, keys);

	fprintf(out, "%s: %s\n\n", r->name, r->about);
	say(out, "published", r->published);
	say(out, "rule", r->rfc);
	if (r->seen_in)
		say(out, "seen in", r->seen_in);
	if (r->alias)
		say(out, "also", r->alias);
	needs_text(r, text, sizeof(text));
	if (*text)
		say(out, "the zone is", text);
	for (unsigned i = 0; i < n; i++) {
		char line[500];

		snprintf(line, sizeof(line), "%s: %s", keys[i].name, key_text(&keys[i], about));
		say(out, i ? "" : "keys", line);
	}
	example_text(r, text, sizeof(text));
	fprintf(out, "\n  %s\n", text);
}

static json_t *row_json(const struct fault_row *r)
{
	char about[400], needs[400], example[400];
	struct fault_key keys[FAULT_KEYS_MAX];
	unsigned n = fault_keys(r, keys);
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{ss ss}", "name", keys[i].name, "about",
						      key_text(&keys[i], about)));
	needs_text(r, needs, sizeof(needs));
	example_text(r, example, sizeof(example));
	return json_pack("{ss ss? ss ss ss ss ss? sb ss so ss}", "name", r->name, "alias", r->alias,
			 "group", fault_groups[r->group], "about", r->about, "rule", r->rfc,
			 "published", r->published, "seen_in", r->seen_in, "dnssec", r->is_dnssec,
			 "needs", needs, "keys", list, "example", example);
}

int fault_page_json(FILE *out, const struct fault_row *only, struct err *e)
{
	json_t *o = json_document("faults-1"), *list = json_array();
	const struct fault_row *r;

	for (unsigned i = 0; (r = fault_row(i)); i++)
		if (!only || r == only)
			json_array_append_new(list, row_json(r));
	json_object_set_new(o, "faults", list);
	return json_document_print(o, out, e);
}

static void markdown_row(FILE *out, const struct fault_row *r)
{
	char about[400], text[400];
	struct fault_key keys[FAULT_KEYS_MAX];
	unsigned n = fault_keys(r, keys);

	fprintf(out, "### `%s`\n", r->name);
	fprintf(out, "%c%s (%s). %s\n", *r->about & ~0x20, r->about + 1, r->rfc, r->published);
	if (r->seen_in)
		fprintf(out, "Seen in: %s\n", r->seen_in);
	if (r->alias)
		fprintf(out, "Also called `%s`.\n", r->alias);
	needs_text(r, text, sizeof(text));
	if (*text)
		fprintf(out, "The zone must be: %s.\n", text);
	fputc('\n', out);
	for (unsigned i = 0; i < n; i++)
		fprintf(out, "- `%s`: %s\n", keys[i].name, key_text(&keys[i], about));
	example_text(r, text, sizeof(text));
	fprintf(out, "%s```lua\n%s\n```\n\n", n ? "\n" : "", text);
}

void fault_page_markdown(FILE *out)
{
	const struct fault_row *r;

	fputs("# The faults\n\n"
	      "What can be made to break, for `ZONE:fault(NAME, { … })` in a scenario: see "
	      "`scenarios/README.md`. Written by\n"
	      "`make docs/faults.md` from the tables in `zones/fault_*.c`; `sigfault faults NAME` "
	      "prints the same.\n\n",
	      out);
	for (unsigned g = 0; g < GROUP_COUNT; g++) {
		fprintf(out, "## %s\n\n", fault_groups[g]);
		for (unsigned n = 0; (r = next_in(g, &n));)
			markdown_row(out, r);
	}
}
