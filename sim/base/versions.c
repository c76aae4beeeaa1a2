/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/base/versions.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- comparing two ---- */

/* What stands where no number does: "~", then the end, then letters, then the rest. */
static int rank(int c)
{
	if (c == '~')
		return -1;
	if (!c || isdigit(c))
		return 0;
	return isalpha(c) ? c : c + 256;
}

/* Debian Policy, section 5.6.12: what is no number and what is one, by turns. */
static int compare_part(const char *a, const char *b)
{
	while (*a || *b) {
		size_t one, other;

		while ((*a && !isdigit((unsigned char)*a)) || (*b && !isdigit((unsigned char)*b))) {
			int difference = rank((unsigned char)*a) - rank((unsigned char)*b);

			if (difference)
				return difference;
			a++;
			b++;
		}
		a += strspn(a, "0");
		b += strspn(b, "0");
		one = strspn(a, "0123456789");
		other = strspn(b, "0123456789");
		if (one != other)
			return one < other ? -1 : 1;
		if (memcmp(a, b, one) != 0)
			return memcmp(a, b, one);
		a += one;
		b += one;
	}
	return 0;
}

/* A version taken apart: "2:1.17.1-2+deb12u2". */
struct parts {
	unsigned long epoch;
	char upstream[2 * VERSION_TEXT], revision[2 * VERSION_TEXT]; /* revision "": it has none */
};

/* How long a word for what comes before a release is; 0: there is none here. */
static size_t before_release(const char *p)
{
	static const char *const words[] = { "alpha", "beta", "pre", "rc", "dev" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strncasecmp(p, words[i], strlen(words[i])) == 0 &&
		    !isalpha((unsigned char)p[strlen(words[i])]))
			return strlen(words[i]);
	return 0;
}

/* "1.20.0rc1", "5.0.0-rc1", "6.0.0.dev1": the word gets Debian's "~" in front. */
static void copy_marked(const char *p, char *ret, size_t size)
{
	size_t len = 0;

	while (*p && len + 2 < size) {
		bool joined = strchr("-.+_", *p);
		size_t word = len && isdigit((unsigned char)ret[len - 1])
				      ? before_release(p + joined)
				      : 0;

		if (word) {
			p += joined;
			ret[len++] = '~';
		}
		do
			ret[len++] = *p++;
		while (word-- > 1 && *p && len + 2 < size);
	}
	ret[len] = '\0';
}

static struct parts take_apart(const char *version)
{
	struct parts p = { 0 };
	char *end = NULL, *dash;

	p.epoch = strtoul(version, &end, 10);
	if (*end != ':')
		p.epoch = 0;
	copy_marked(*end == ':' ? end + 1 : version, p.upstream, sizeof(p.upstream));
	dash = strrchr(p.upstream, '-');
	if (dash) {
		strcpy(p.revision, dash + 1);
		*dash = '\0';
	}
	return p;
}

static int compare(const char *a, const char *b, bool revisions)
{
	const struct parts one = take_apart(a), other = take_apart(b);
	int difference;

	if (revisions && one.epoch != other.epoch)
		return one.epoch < other.epoch ? -1 : 1;
	difference = compare_part(one.upstream, other.upstream);
	if (difference || !revisions)
		return difference;
	return compare_part(one.revision, other.revision);
}

int version_compare(const char *a, const char *b)
{
	return compare(a, b, true);
}

/* ---- ranges ---- */

static const struct {
	const char *text;
	enum versions_operator operator;
} operators[] = {
	{ "<=", VERSIONS_LESS_OR_EQUAL }, { ">=", VERSIONS_GREATER_OR_EQUAL },
	{ "<", VERSIONS_LESS },		  { "=", VERSIONS_EQUAL },
	{ ">", VERSIONS_GREATER },
};

static int no_range(const char *text, const char *why, struct err *e)
{
	return err_set(e, -EINVAL,
		       "'%s' is no range of versions: %s; it is like \"< 5.0\", \">= 1.17, < "
		       "1.20\", \"= 9.18.24\" or \"any\"",
		       text, why);
}

/* NULL: there is no operator here. */
static const char *read_operator(const char *p, struct versions_bound *ret)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
		if (strncmp(p, operators[i].text, strlen(operators[i].text)) == 0) {
			ret->operator= operators[i].operator;
			return p + strlen(operators[i].text);
		}
	return NULL;
}

static int read_bound(const char *text, const char **at, struct versions_bound *ret, struct err *e)
{
	const char *p = read_operator(*at, ret);
	size_t len;

	if (!p)
		return no_range(text, "each version wants <, <=, =, >= or > before it", e);
	p += strspn(p, " ");
	len = strcspn(p, " ,<>=");
	if (!isdigit((unsigned char)*p))
		return no_range(text, "a version begins with a digit", e);
	if (len >= sizeof(ret->version))
		return no_range(text, "a version is that long nowhere", e);
	memcpy(ret->version, p, len);
	ret->version[len] = '\0';
	*at = p + len + strspn(p + len, " ,");
	return 0;
}

int versions_parse(const char *text, struct versions *ret, struct err *e)
{
	const char *at = text + strspn(text, " ");
	struct versions v = { .count = 0 };

	if ((size_t)snprintf(v.text, sizeof(v.text), "%s", text) >= sizeof(v.text))
		return err_set(e, -EINVAL, "a range of versions is longer than %d bytes",
			       (int)sizeof(v.text) - 1);
	if (!*at)
		return no_range(text, "it is empty", e);
	if (strcmp(at, "any") == 0)
		at = "";
	while (*at) {
		int r = v.count < VERSIONS_BOUNDS ? read_bound(text, &at, &v.bounds[v.count++], e)
						  : no_range(text, "it has too many bounds", e);

		if (r < 0)
			return r;
	}
	*ret = v;
	return 0;
}

static bool holds(const struct versions_bound *b, const char *version)
{
	bool exact = *take_apart(b->version).revision || strchr(b->version, ':');
	int difference = compare(version, b->version, exact);

	switch (b->operator) {
	case VERSIONS_LESS:
		return difference < 0;
	case VERSIONS_LESS_OR_EQUAL:
		return difference <= 0;
	case VERSIONS_EQUAL:
		return difference == 0;
	case VERSIONS_GREATER_OR_EQUAL:
		return difference >= 0;
	case VERSIONS_GREATER:
		return difference > 0;
	}
	return false;
}

enum versions_answer versions_contain(const struct versions *v, const char *version)
{
	if (v->count && !isdigit((unsigned char)*version))
		return VERSIONS_NOT_KNOWN;
	for (unsigned i = 0; i < v->count; i++)
		if (!holds(&v->bounds[i], version))
			return VERSIONS_OUTSIDE;
	return VERSIONS_WITHIN;
}
