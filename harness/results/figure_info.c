/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/results/figure_info.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/results/figures.h"
#include "harness/text/table.h"
#include "sim/base/simtime.h"

/* "From the fault on" is told in figures.h. */
#define F(member) offsetof(struct figures, member)
const struct figure_info figure_infos[] = {
	{ "servfail_share", "SERVFAIL share", FIGURE_SHARE, FIGURE_LESS, F(servfail_share),
	  "SERVFAIL answers over queries, from the fault on" },
	{ "servfail", "SERVFAIL answers", FIGURE_COUNT, FIGURE_LESS, F(servfail),
	  "all of them, those to retries included, from the fault on" },
	{ "lost_questions", "questions lost", FIGURE_COUNT, FIGURE_LESS, F(lost_questions),
	  "questions whose last attempt got SERVFAIL, another error or no answer, from the fault "
	  "on" },
	{ "user_minutes", "user-minutes lost", FIGURE_COUNT, FIGURE_LESS, F(user_minutes),
	  "pairs of a client and a minute in which at least one of its queries got SERVFAIL, "
	  "another error or no answer and went to no other resolver then, from the fault on" },
	{ "failed_names_share", "names that failed, share", FIGURE_SHARE, FIGURE_LESS,
	  F(failed_names_share), "failed_names over names, in the whole run" },
	{ "peak", "SERVFAIL peak", FIGURE_SHARE, FIGURE_LESS, F(peak),
	  "the largest SERVFAIL share of a minute, in the whole run" },
	{ "time_to_10", "10 % SERVFAIL after", FIGURE_SECONDS, FIGURE_MORE, F(to_10),
	  "from the fault's first moment to the end of the first step with that share" },
	{ "time_to_50", "50 % SERVFAIL after", FIGURE_SECONDS, FIGURE_MORE, F(to_50),
	  "from the fault's first moment to the end of the first step with that share" },
	{ "time_over_1", "time at 1 % and more", FIGURE_SECONDS, FIGURE_LESS, F(over_1),
	  "all steps with a SERVFAIL share of 1 % or more, from the fault on" },
	{ "after_repair", "repair to under 1 %", FIGURE_SECONDS, FIGURE_LESS, F(after_repair),
	  "from the fault's last moment to the first step with a SERVFAIL share under 1 %" },
	{ "after_nta", "NTA to under 1 %", FIGURE_SECONDS, FIGURE_LESS, F(after_nta),
	  "from the first negative trust anchor to the first step with a SERVFAIL share under 1 "
	  "%" },
	{ "lingering", "SERVFAIL that lingers", FIGURE_COUNT, FIGURE_LESS, F(lingering),
	  "SERVFAIL answers from the fault's last moment on: out of what the resolver keeps of "
	  "it" },
	{ "servfail_before", "SERVFAIL in the hour before", FIGURE_SHARE, FIGURE_LESS, F(before),
	  "the share in the hour before the fault, or in what there is of it" },
	{ "servfail_1min", "SERVFAIL at fault + 1 min", FIGURE_SHARE, FIGURE_LESS, F(at_1min),
	  "the share in the minute that begins a minute after the fault's first moment" },
	{ "servfail_1h", "SERVFAIL at fault + 1 h", FIGURE_SHARE, FIGURE_LESS, F(at_1h),
	  "the share in the minute that begins an hour after the fault's first moment" },
	{ "servfail_2h", "SERVFAIL at fault + 2 h", FIGURE_SHARE, FIGURE_LESS, F(at_2h),
	  "the share in the minute that begins two hours after the fault's first moment" },
	{ "stale_share", "stale answers in the fault", FIGURE_SHARE, FIGURE_NEUTRAL, F(stale_share),
	  "answers with an address older than its TTL over queries, during the fault" },
	{ "stale", "stale answers", FIGURE_COUNT, FIGURE_NEUTRAL, F(stale),
	  "answers with an address older than its TTL, from the fault on" },
	{ "wrong", "wrong answers", FIGURE_COUNT, FIGURE_LESS, F(wrong),
	  "answers with an address that was never given for that name, in the whole run" },
	{ "accepted_without_validation", "accepted without validation", FIGURE_COUNT, FIGURE_LESS,
	  F(unvalidated),
	  "NOERROR and NXDOMAIN answers without AD to queries with AD or DO and without CD for "
	  "names "
	  "delegated with a DS, from the fault on" },
	{ "stale_unvalidated", "stale, never validated", FIGURE_COUNT, FIGURE_LESS,
	  F(stale_unvalidated),
	  "stale answers among those accepted without validation, of addresses that no answer had "
	  "carried with AD before, from the fault on" },
	{ "ad_under_nta", "AD under an NTA", FIGURE_COUNT, FIGURE_LESS, F(ad_under_nta),
	  "answers with AD for names at or below a negative trust anchor while it stood, from the "
	  "fault on" },
	{ "nta_left", "repair to NTA removed", FIGURE_SECONDS, FIGURE_LESS, F(nta_left),
	  "from the fault's last moment until no negative trust anchor stood that an operator had "
	  "set" },
	{ "stale_without_ede", "stale, without EDE 3 or 19", FIGURE_COUNT, FIGURE_LESS,
	  F(stale_without_ede),
	  "stale answers to queries with EDNS without an extended error 3 (Stale Answer) or 19 "
	  "(Stale NXDOMAIN Answer), from the fault on" },
	{ "nta_without_ede", "of an NTA, without EDE 33", FIGURE_COUNT, FIGURE_LESS,
	  F(nta_without_ede),
	  "answers to queries with EDNS among those accepted without validation, for names at or "
	  "below a negative trust anchor while it stood, without an extended error 33 (Negative "
	  "Trust Anchor), from the fault on" },
	{ "ttl_smallest", "TTL, smallest", FIGURE_SECONDS, FIGURE_NEUTRAL, F(ttl_smallest),
	  "the smallest TTL in an answer to a client, of the SOA in a negative one, in the whole "
	  "run" },
	{ "ttl_mean", "TTL, mean", FIGURE_SECONDS, FIGURE_NEUTRAL, F(ttl_mean),
	  "of each answer to a client the smallest TTL, of the SOA in a negative one: their mean "
	  "in the whole run" },
	{ "ttl_over", "TTL over the zone's", FIGURE_COUNT, FIGURE_LESS, F(ttl_over),
	  "answers to clients with an address whose TTL is larger than the zone's, in the whole "
	  "run" },
	{ "cd_servfail_share", "SERVFAIL with CD", FIGURE_SHARE, FIGURE_LESS, F(cd_servfail_share),
	  "SERVFAIL answers to queries with CD over those queries, during the fault" },
	{ "right_ede_share", "SERVFAIL that name DNSSEC", FIGURE_SHARE, FIGURE_MORE, F(right_ede),
	  "SERVFAIL answers whose first extended error is a DNSSEC code (1, 2, 5-12, 25, 27) over "
	  "SERVFAIL answers, during a fault of DNSSEC" },
	{ "upstream", "upstream queries", FIGURE_COUNT, FIGURE_LESS, F(upstream),
	  "queries that reached authorities, from the fault on" },
	{ "upstream_ratio", "upstream, times the usual", FIGURE_RATIO, FIGURE_LESS,
	  F(upstream_ratio),
	  "queries a second to authorities: during the fault over the hour before, or what there "
	  "is "
	  "of it" },
	{ "zone_upstream", "upstream to the broken zone", FIGURE_COUNT, FIGURE_LESS,
	  F(zone_upstream),
	  "queries that reached servers of the zones with a fault, from the fault on" },
	{ "zone_upstream_ratio", "that zone, times the usual", FIGURE_RATIO, FIGURE_LESS,
	  F(zone_upstream_ratio), "upstream_ratio for servers of the zones with a fault" },
	{ "first_report", "fault to first report", FIGURE_SECONDS, FIGURE_LESS, F(first_report),
	  "from the fault's first moment to the first report of an error that reached an agent "
	  "(RFC "
	  "9567)" },
	{ "reports", "error reports", FIGURE_COUNT, FIGURE_NEUTRAL, F(reports),
	  "reports of errors that reached an agent (RFC 9567), in the whole run" },
	{ "reports_peak", "error reports in a minute", FIGURE_COUNT, FIGURE_NEUTRAL,
	  F(reports_peak), "the most of them in a minute, from the start on" },
	{ "first_alarm", "fault to first alarm", FIGURE_SECONDS, FIGURE_LESS, F(first_alarm),
	  "from the fault's first moment to the first run of a monitor that said alarm while one "
	  "was on" },
	{ "alarm_over", "repair to no alarm", FIGURE_SECONDS, FIGURE_LESS, F(alarm_over),
	  "from the fault's last moment to the first run that said none of the last monitor that "
	  "had said alarm" },
	{ "false_alarms", "false alarms", FIGURE_COUNT, FIGURE_LESS, F(false_alarms),
	  "runs of monitors that said alarm while no fault was on, but for an alarm that stood "
	  "since one was, in the whole run" },
	{ "cpu_seconds", "resolver CPU", FIGURE_SECONDS, FIGURE_LESS, F(cpu_seconds),
	  "the resolver's CPU time in the whole run" },
	{ "memory_peak", "resolver memory peak", FIGURE_BYTES, FIGURE_LESS, F(memory_peak),
	  "the largest resident size that was sampled" },
	{ "request_list_peak", "requests in work, peak", FIGURE_COUNT, FIGURE_LESS,
	  F(request_list_peak),
	  "the most requests in work that a sample of the resolver's own counter showed" },
	{ "wall_seconds", "wall time", FIGURE_SECONDS, FIGURE_NEUTRAL, F(wall_seconds),
	  "machine time that the cell took" },
	{ "queries", "queries", FIGURE_COUNT, FIGURE_NEUTRAL, F(queries),
	  "all that clients sent, in the whole run" },
	{ "retries", "of them retries", FIGURE_COUNT, FIGURE_LESS, F(retries),
	  "those that repeat one that failed" },
	{ "names", "names", FIGURE_COUNT, FIGURE_NEUTRAL, F(names),
	  "distinct names asked for in the whole run" },
	{ "failed_names", "names that failed", FIGURE_COUNT, FIGURE_LESS, F(failed_names),
	  "those with at least one SERVFAIL, other error or missing answer after which no other "
	  "resolver was asked" },
	{ "clients", "clients", FIGURE_COUNT, FIGURE_NEUTRAL, F(clients),
	  "distinct clients that asked in the whole run" },
	{ "failed_clients", "clients that failed", FIGURE_COUNT, FIGURE_LESS, F(failed_clients),
	  "those with at least one SERVFAIL, other error or missing answer after which no other "
	  "resolver was asked" },
};
#undef F
const unsigned figure_info_count = ARRAY_SIZE(figure_infos);

const struct figure *figures_get(const struct figures *f, const struct figure_info *i)
{
	return (const struct figure *)(const void *)((const char *)f + i->offset);
}

double figures_weight(const struct figure *f)
{
	switch (f->kind) {
	case FIGURE_MISSING:
		break;
	case FIGURE_VALUE:
		return f->value;
	case FIGURE_NEVER:
		return INFINITY;
	case FIGURE_ALREADY:
		return 0;
	}
	return (double)NAN;
}

const struct figure_info *figures_find(const char *name)
{
	for (unsigned i = 0; i < figure_info_count; i++)
		if (strcmp(figure_infos[i].name, name) == 0)
			return &figure_infos[i];
	return NULL;
}

char *figure_percent(double share, char text[FIGURE_TEXT])
{
	double p = share * 100;

	if (p > 0 && p < 0.005)
		return strcpy(text, "< 0.01 %");
	snprintf(text, FIGURE_TEXT, "%.*f %%", p == 0 ? 0 : p < 10 ? 2 : 1, p);
	return text;
}

static char *duration(double seconds, char text[FIGURE_TEXT])
{
	return simtime_duration_text(simtime_of_seconds(trunc(seconds)), text);
}

static char *value_text(enum figure_unit unit, double v, char text[FIGURE_TEXT])
{
	switch (unit) {
	case FIGURE_COUNT:
		table_grouped(v, text);
		break;
	case FIGURE_SHARE:
		figure_percent(v, text);
		break;
	case FIGURE_SECONDS:
		if (v == 0)
			strcpy(text, "at once");
		else if (v < 60 && v != floor(v))
			snprintf(text, FIGURE_TEXT, "%.1f s", v);
		else
			duration(v, text);
		break;
	case FIGURE_RATIO:
		snprintf(text, FIGURE_TEXT, "× %.2f", v);
		break;
	case FIGURE_BYTES:
		snprintf(text, FIGURE_TEXT, "%.1f MB", v / 1e6);
		break;
	}
	return text;
}

char *figure_text(const struct figure_info *i, const struct figure *f, char text[FIGURE_TEXT])
{
	char span[FIGURE_TEXT];

	switch (f->kind) {
	case FIGURE_MISSING:
		return strcpy(text, "–");
	case FIGURE_NEVER:
		snprintf(text, FIGURE_TEXT, "never in %.40s", duration(f->value, span));
		return text;
	case FIGURE_ALREADY:
		return strcpy(text, i->sense == FIGURE_MORE ? "before it" : "under 1 % before it");
	case FIGURE_VALUE:
		return value_text(i->unit, f->value, text);
	}
	return text;
}
