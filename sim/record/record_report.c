/* SPDX-License-Identifier: BSD-2-Clause */
/* record_report.c - reports.csv: what resolvers reported to agents of zones. */
#include <inttypes.h>

#include "sim/record/record_inside.h"

void record_report(struct record *r, const struct record_report *report)
{
	char utc[32], agent[NAME_TEXT_LEN], name[NAME_TEXT_LEN], type[NAMES_LEN];
	struct err e;

	if (r->error || r->reports.fd < 0 || report->at < r->options.from)
		return;
	record_file_put(&r->reports, "%" PRId64 ",%s,",
			simtime_seconds(report->at - r->options.from),
			simtime_text(report->at, utc));
	record_file_put_field(&r->reports, record_links_name(&r->links, &report->from));
	record_file_put(&r->reports, ",");
	record_file_put_field(&r->reports, name_text(report->agent, agent));
	record_file_put(&r->reports, ",%s,", names_type(report->qtype, type));
	record_file_put_field(&r->reports, name_text(report->qname, name));
	record_file_put(&r->reports, ",%u\n", report->ede);
	record_keep(r, record_file_flush(&r->reports, &e), &e);
}
