/* SPDX-License-Identifier: BSD-2-Clause */
/* record_inside.h - what a record is inside: for record.c and record_packet.c alone. */
#pragma once

#include "sim/record/record_curve.h"
#include "sim/record/record_file.h"
#include "sim/record/record_leak.h"
#include "sim/record/record_log.h"
#include "sim/record/record_pcap.h"
#include "sim/record/record_requests.h"
#include "sim/record/record_run.h"

#define RECORD_REPORTS_HEADER "t,utc,resolver,agent,type,name,ede"

/* Bins that can still get an outcome are open: they follow each other from number `first` on. */
struct record {
	struct record_options options;
	char *folder;
	struct record_file curve, ede, upstream, metrics, events, link_file, asked, reports;
	struct record_links links;
	struct record_requests requests;
	struct record_pcap *clients_pcap, *upstream_pcap;
	struct record_log *log;
	struct record_bin **open; /* room for open_cap; behind open_count are spare ones or NULL */
	unsigned open_count, open_cap;
	int64_t first;
	simtime latest; /* instant we were told of */
	unsigned classes; /* bit n: class n has rows */
	const char *class_names[RECORD_CLASSES];
	struct record_servers servers;
	struct record_run run;
	struct record_leak leak;
	struct record_totals totals;
	int error; /* the first; everything returns it from then on */
	struct err sentence;
};

/* Remembers the first error; returns what is remembered, 0 for none. */
int record_keep(struct record *r, int rc, const struct err *sentence);
int record_keep_no_memory(struct record *r);

/* The bin of an instant, NULL (and the error kept) when it cannot be had. */
struct record_bin *record_bin_at(struct record *r, simtime at);
