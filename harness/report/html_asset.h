/* SPDX-License-Identifier: BSD-2-Clause */
/* html_asset.h - style and scripts of report.html: ours are shipped (harness/report/), dygraphs is
 * Debian's.
 *
 * They stand in the page itself. The page's policy (Content-Security-Policy) lets run these scripts
 * only, by their hashes, and forbids the network. */
#pragma once

#include <stdio.h>

#include "sim/base/cleanup.h"
#include "sim/base/err.h"

struct html_assets;

/* -ENOPKG: one is missing; the sentence says what installs it. */
int html_assets_load(struct html_assets **ret, struct err *e);
void html_assets_free(struct html_assets *a);
DEFINE_FREEP(struct html_assets, html_assets)

/* The policy, and the styles: for the head. */
void html_assets_head(const struct html_assets *a, FILE *out);

/* Licences of what is not ours, folded away: whoever passes the page on passes them on. */
void html_assets_notices(const struct html_assets *a, FILE *out);

/* The scripts: for the end of the body. */
void html_assets_scripts(const struct html_assets *a, FILE *out);
