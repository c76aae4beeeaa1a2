/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/rollover/rollover_kasp.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

struct file {
	const char *path;
	struct err *e;
	bool failed; /* and said why */
};

/* ---- periods ---- */

/* A number and its unit of the part before or behind the T; what is no unit there is 0. OpenDNSSEC
 * takes a year as 365 days and a month as 31. */
static simtime unit(char letter, bool is_time)
{
	switch (letter) {
	case 'Y':
		return is_time ? 0 : 365 * DAY;
	case 'M':
		return is_time ? MINUTE : 31 * DAY;
	case 'W':
		return is_time ? 0 : 7 * DAY;
	case 'D':
		return is_time ? 0 : DAY;
	case 'H':
		return is_time ? HOUR : 0;
	case 'S':
		return is_time ? SECOND : 0;
	default:
		return 0;
	}
}

/* "PT3600S", "P1DT12H": ISO 8601. false: it is none, or of a hundred years and more. */
static bool parse_period(const char *text, simtime *ret)
{
	bool is_time = false, any = false;
	simtime sum = 0;

	if (*text++ != 'P')
		return false;
	while (*text) {
		char *end;
		unsigned long n;
		simtime u;

		if (*text == 'T' && !is_time) {
			is_time = true;
			text++;
			continue;
		}
		n = strspn(text, "0123456789") ? strtoul(text, &end, 10) : ULONG_MAX;
		u = n == ULONG_MAX ? 0 : unit(*end, is_time);
		if (!u || n > (unsigned long)(36500 * DAY / u))
			return false;
		sum += (simtime)n * u;
		any = true;
		text = end + 1;
	}
	*ret = sum;
	return any && sum <= 36500 * DAY;
}

/* ---- elements ---- */

static const xmlNode *child(const xmlNode *node, const char *name)
{
	for (const xmlNode *c = node ? node->children : NULL; c; c = c->next)
		if (c->type == XML_ELEMENT_NODE && strcmp((const char *)c->name, name) == 0)
			return c;
	return NULL;
}

/* The period in node/first/second/third (NULL: no such level), -1 where there is none. */
static simtime period(struct file *f, const xmlNode *node, const char *first, const char *second,
		      const char *third)
{
	const xmlNode *n = child(child(node, first), second);
	simtime ret = -1;
	xmlChar *text;

	n = third ? child(n, third) : n;
	if (!n)
		return -1;
	text = xmlNodeGetContent(n);
	if (!text || !parse_period((const char *)text, &ret)) {
		if (!f->failed)
			err_set(f->e, -EINVAL, "%s:%ld: <%s> '%.40s' is no period like PT3600S",
				f->path, xmlGetLineNo(n), (const char *)n->name,
				text ? (const char *)text : "");
		f->failed = true;
	}
	xmlFree(text);
	return ret;
}

static simtime least(simtime a, simtime b)
{
	return a < 0 || b < 0 ? -1 : earlier(a, b);
}

/* Old signatures are replaced as they come up for a refresh: the last of them when it was just
 * made, with all its jitter, as the new ZSK came, and by the run of the signer after that. */
static simtime signing(struct file *f, const xmlNode *policy)
{
	simtime validity = period(f, policy, "Signatures", "Validity", "Default");
	simtime refresh = period(f, policy, "Signatures", "Refresh", NULL);
	simtime resign = period(f, policy, "Signatures", "Resign", NULL);
	simtime jitter = period(f, policy, "Signatures", "Jitter", NULL);

	if (validity < 0 || refresh < 0 || resign < 0)
		return -1;
	return later(validity + resign + (jitter > 0 ? jitter : 0) - refresh, 0);
}

static void read_policy(struct file *f, const xmlNode *p, struct rollover_kasp *ret)
{
	simtime own =
		least(period(f, p, "Zone", "SOA", "TTL"), period(f, p, "Zone", "SOA", "Minimum"));
	simtime parents = least(period(f, p, "Parent", "SOA", "TTL"),
				period(f, p, "Parent", "SOA", "Minimum"));

	*ret = (struct rollover_kasp){
		.dnskey = period(f, p, "Keys", "TTL", NULL),
		.ds = period(f, p, "Parent", "DS", "TTL"),
		.zone = period(f, p, "Signatures", "MaxZoneTTL", NULL),
		.negative = later(own, parents),
		.zone_propagation = period(f, p, "Zone", "PropagationDelay", NULL),
		.parent_propagation = period(f, p, "Parent", "PropagationDelay", NULL),
		.signing = signing(f, p),
		.validity = later(period(f, p, "Signatures", "Validity", "Default"),
				  period(f, p, "Signatures", "Validity", "Denial")),
	};
}

/* ---- the policy ---- */

static bool is_called(const xmlNode *policy, const char *name)
{
	xmlChar *own = xmlGetProp(policy, (const xmlChar *)"name");
	bool ret = own && strcmp((const char *)own, name) == 0;

	xmlFree(own);
	return ret;
}

/* The one of this name, or the only one. */
static const xmlNode *find_policy(const xmlNode *root, const char *path, const char *name,
				  struct err *e)
{
	const xmlNode *found = NULL;
	unsigned count = 0;

	for (const xmlNode *c = root->children; c; c = c->next) {
		if (c->type != XML_ELEMENT_NODE || strcmp((const char *)c->name, "Policy") != 0)
			continue;
		if (!name || is_called(c, name)) {
			found = c;
			count++;
		}
	}
	if (!name && count > 1)
		err_set(e, -EINVAL, "'%s' has %u policies: name one, as in --policy %s#default",
			path, count, path);
	else if (!count)
		err_set(e, -EINVAL, "'%s' has no policy%s%s", path, name ? " " : "",
			name ? name : "");
	return count == 1 ? found : NULL;
}

/* What libxml2 calls, of which newer ones promise that it is not changed. */
static void first_error(void *to, const xmlError *error)
{
	struct file *f = to;

	if (!f->failed)
		err_set(f->e, -EINVAL, "%s:%d: %.*s", f->path, error->line,
			(int)strcspn(error->message, "\n"), error->message);
	f->failed = true;
}

static int read_document(struct file *f, const char *name, struct rollover_kasp *ret)
{
	xmlDoc *doc;
	const xmlNode *root, *policy = NULL;

	xmlSetStructuredErrorFunc(f, (xmlStructuredErrorFunc)first_error);
	doc = xmlReadFile(f->path, NULL, XML_PARSE_NONET);
	xmlSetStructuredErrorFunc(NULL, NULL);
	root = doc ? xmlDocGetRootElement(doc) : NULL;
	if (root && strcmp((const char *)root->name, "KASP") != 0)
		err_set(f->e, -EINVAL,
			"%s:%ld: it is no kasp.xml of OpenDNSSEC: <%s> is not <KASP>", f->path,
			xmlGetLineNo(root), (const char *)root->name);
	else if (root)
		policy = find_policy(root, f->path, name, f->e);
	if (policy)
		read_policy(f, policy, ret);
	xmlFreeDoc(doc);
	return policy && !f->failed ? 0 : -EINVAL;
}

int rollover_kasp_read(const char *place, struct rollover_kasp *ret, struct err *e)
{
	const char *hash = strrchr(place, '#');
	char path[PATH_MAX];
	struct file f = { .path = path, .e = e };

	snprintf(path, sizeof(path), "%.*s", hash ? (int)(hash - place) : (int)strlen(place),
		 place);
	if (access(path, R_OK) < 0)
		return err_set(e, -errno, "cannot read '%s': %s", path, strerror(errno));
	return read_document(&f, hash ? hash + 1 : NULL, ret);
}
