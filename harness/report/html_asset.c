/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/report/html_asset.h"

#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#include "harness/report/html_text.h"
#include "harness/text/memory.h"
#include "sim/base/cleanup.h"
#include "sim/base/shipped.h"
#include "sim/language/scenario.h"

#define DYGRAPHS "/usr/share/javascript/dygraphs/"

static const struct asset_row {
	const char *name; /* in harness/report/ unless it is absolute */
	enum { STYLE, SCRIPT, NOTICE } kind;
} rows[] = {
	{ DYGRAPHS "dygraph.min.css", STYLE },
	{ "report.css", STYLE },
	{ DYGRAPHS "dygraph.min.js", SCRIPT },
	{ "series.js", SCRIPT },
	{ "charts.js", SCRIPT },
	{ "report.js", SCRIPT },
	/* As /usr/share/doc/libjs-dygraphs/copyright has it, which small systems leave out. */
	{ "dygraphs.txt", NOTICE },
};

struct html_assets {
	char *texts[ARRAY_SIZE(rows)];
};

void html_assets_free(struct html_assets *a)
{
	for (size_t i = 0; a && i < ARRAY_SIZE(rows); i++)
		free(a->texts[i]);
	free(a);
}

static int missing(const struct asset_row *row, const char *path, int error, struct err *e)
{
	if (row->name[0] == '/' && error == ENOENT)
		return err_set(e, -ENOPKG,
			       "dygraphs, which draws the charts of report.html, is missing "
			       "('%s'): apt-get install libjs-dygraphs",
			       path);
	return err_set(e, -ENOPKG, "cannot read '%s', which report.html is made of: %s", path,
		       strerror(error));
}

/* Without its last line when that says where its sources are: they do not come along. */
static char *read_all(FILE *f)
{
	_cleanup_(freep) char *text = NULL;
	size_t cap = 0;
	ssize_t len = getdelim(&text, &cap, '\0', f);
	char *map = len < 0 ? NULL : strstr(text, "//# sourceMappingURL=");

	if (map)
		*map = '\0';
	map = len < 0 ? NULL : strstr(text, "/*# sourceMappingURL=");
	if (map)
		*map = '\0';
	return len < 0 ? NULL : TAKE(text);
}

static int load(const struct asset_row *row, char **ret, struct err *e)
{
	const char *folder = row->name[0] == '/' ? "" : shipped_path(SHIPPED_PAGE);
	_cleanup_(fclosep) FILE *f = NULL;
	char path[PATH_MAX + 64];

	if (!folder)
		return err_set(e, -ENOPKG,
			       "the folder 'page', which report.html is made of, is neither "
			       "beside the program nor installed");
	snprintf(path, sizeof(path), "%s%s%s", folder, *folder ? "/" : "", row->name);
	f = fopen(path, "re");
	if (!f)
		return missing(row, path, errno, e);
	*ret = read_all(f);
	return *ret ? 0 : missing(row, path, ferror(f) ? EIO : ENODATA, e);
}

int html_assets_load(struct html_assets **ret, struct err *e)
{
	_cleanup_(html_assets_freep) struct html_assets *a = calloc(1, sizeof(*a));
	int rc = a ? 0 : err_set(e, -ENOMEM, "no memory for the report");

	for (size_t i = 0; i < ARRAY_SIZE(rows) && rc == 0; i++)
		rc = load(&rows[i], &a->texts[i], e);
	if (rc == 0)
		*ret = TAKE(a);
	return rc;
}

static void put_hash(const char *text, FILE *out)
{
	unsigned char hash[EVP_MAX_MD_SIZE], base64[2 * EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (EVP_Digest(text, strlen(text), hash, &len, EVP_sha256(), NULL) != 1)
		memory_ended(); /* nothing else can be wrong, and with another hash no script runs */
	EVP_EncodeBlock(base64, hash, (int)len);
	fprintf(out, " 'sha256-%s'", base64);
}

void html_assets_head(const struct html_assets *a, FILE *out)
{
	fprintf(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		     "img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action "
		     "'none'; script-src");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == SCRIPT)
			put_hash(a->texts[i], out);
	fprintf(out, "\">\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == STYLE)
			fprintf(out, "<style>\n%s</style>\n", a->texts[i]);
}

void html_assets_notices(const struct html_assets *a, FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == NOTICE)
			html_put(
				out,
				"<footer><details class=\"notice\"><summary>The licence of dygraphs"
				"</summary><pre>%s</pre></details></footer>\n",
				a->texts[i]);
}

void html_assets_scripts(const struct html_assets *a, FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == SCRIPT)
			fprintf(out, "<script>%s</script>\n", a->texts[i]);
}
