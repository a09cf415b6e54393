/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_PROFILE_H
#define QUERY_PROFILE_H
/*
 * What passed between an asset and the others, from the store's events. What counts as its own is said in the
 * search language, so that whoever is shown a figure can be given the search that it comes from: `sent` finds
 * the events in which it is the source, `received` those in which it is asked for something, `named` those
 * that it wrote itself. Each may be empty; then nothing of the kind can be told.
 *
 * Every query reads the events of the span once and answers with a bounded number of rows.
 */
#include "base/err.h"
#include "event/param.h"

#define PROFILE_ROWS_MAX 20
#define PROFILE_SOURCES_MAX 50
#define PROFILE_BUCKETS_MAX 800 /* some sources in each of at most 200 slots */
#define PROFILE_DATASETS_MAX 8

struct profile {
	int64_t from, to;                 /* of @timestamp: [from, to) in µs */
	int64_t now;                      /* for times in the texts */
	struct str sent, received, named; /* KQL */
	struct str inside; /* KQL: the source is one of ours; empty: nobody said what is ours */
};

/* The searches that the answers come from; appended to out, empty where there is none. */
void profile_traffic_kql(const struct profile *profile, struct buf *out);
void profile_peers_kql(const struct profile *profile, struct buf *out);
void profile_ports_kql(const struct profile *profile, struct buf *out);
void profile_exposure_kql(const struct profile *profile, struct buf *out);
void profile_sources_kql(const struct profile *profile, struct buf *out);

/* The questions, of a profile whose search is not empty. 0, or an error of kql_compile(). */

/* bucket (from 0, the one from falls in), dataset, sent, received (bytes, as the asset sees it), events. One
   session is in the records of every device that saw it: figures of one dataset belong together. */
int profile_traffic(const struct profile *profile, int64_t width, struct sql_query *query,
		    struct err *ret_err);
/* address, asset (what the register calls it), country, bytes, events, first, last. */
int profile_peers(const struct profile *profile, struct sql_query *query, struct err *ret_err);
/* Where it is asked for something: port, transport, events, peers, last. */
int profile_ports(const struct profile *profile, struct sql_query *query, struct err *ret_err);
/* The same of those who are outside, and refused: how many of the events say that it was; datasets. Port 0:
   web logs, which name none. */
int profile_exposure(const struct profile *profile, struct sql_query *query, struct err *ret_err);
/* Who speaks of it: dataset, observer, events, own (it wrote them itself), last. */
int profile_sources(const struct profile *profile, struct sql_query *query, struct err *ret_err);

#endif
