/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_SEARCH_H
#define QUERY_SEARCH_H
/*
 * Whole queries over the store, as the command line and the API need them: the
 * text and its bound values, for store_query(). Column and alias names come from
 * the field table; the name of an attribute may hold letters, digits and "_-.@ ".
 * Results have the ECS names; addresses are text, times microseconds.
 */
#include "base/err.h"
#include "event/param.h"

#define SEARCH_LIMIT_MAX 100000
#define SEARCH_COLUMNS_MAX 64
#define SEARCH_BUCKETS_MAX 2000

struct search {
	int64_t from, to;          /* of @timestamp: [from, to) in µs */
	struct str kql;            /* may be empty */
	int64_t now;               /* for times in kql */
	const struct str *columns; /* ECS names, or of attributes; none: a choice that suits most events */
	size_t column_count;
	unsigned limit; /* rows; 1 to SEARCH_LIMIT_MAX */
	bool after;     /* go on behind the row with that time and seq */
	int64_t after_time;
	uint64_t after_seq;
};

/* All write to an empty *query. 0, or an error of kql_compile(), or ERR_LIMIT, ERR_SYNTAX, ERR_UNKNOWN. */

/* seq, @timestamp and the columns, newest first. */
int search_events(const struct search *search, struct sql_query *query, struct err *ret_err);
/* One row: events. */
int search_count(const struct search *search, struct sql_query *query, struct err *ret_err);
/* bucket (from 0, the one search->from falls in), events; empty buckets are missing. */
int search_histogram(const struct search *search, int64_t width, struct sql_query *query,
		     struct err *ret_err);
/* A round width (µs) that divides [from, to) into about that many buckets, at most one more. */
int64_t search_bucket_width(int64_t from, int64_t to, unsigned buckets);
/* Where the bucket begins that time falls in. Buckets begin at multiples of their width since 1970, so that
   they stay the same while the span moves on; the first and the last may reach beyond it. */
int64_t search_bucket_start(int64_t time, int64_t width);
/* One row: events, present (how many have the field), distinct, min, max. */
int search_statistics(const struct search *search, struct str field, struct sql_query *query,
		      struct err *ret_err);
/* What is asked while somebody types and looks around (look.c) sees no more than the newest SEARCH_SAMPLE_MAX
   events that match, or as many as named; "events" says how many they were. */
#define SEARCH_SAMPLE_MAX 100000
#define SEARCH_FIELDS_SAMPLE 5000

/* value, events: the limit most frequent values, those that begin so (in any case) where prefix is not empty.
 */
int look_values(const struct search *search, struct str field, struct str prefix, struct sql_query *query,
		struct err *ret_err);
/* One row: events, present, distinct, min, max. Of @timestamp, whatever there is. */
int look_statistics(const struct search *search, struct str field, struct sql_query *query,
		    struct err *ret_err);
/* name, present: every field of the table that some event has, and '' for how many events there are. */
int look_fields(const struct search *search, struct sql_query *query, struct err *ret_err);
/* The same of attributes, the SEARCH_ATTRIBUTES_MAX most frequent. */
#define SEARCH_ATTRIBUTES_MAX 200
int look_attributes(const struct search *search, struct sql_query *query, struct err *ret_err);
/* As search_histogram(), with name: one of the values of the field, or '' for all others. */
int search_histogram_by(const struct search *search, int64_t width, struct str field,
			const struct str *values, size_t count, struct sql_query *query, struct err *ret_err);
/* Everything stored of one event, with attr_keys and attr_values. */
void search_event(uint64_t seq, struct sql_query *query);

/* From the roll-ups, however much is stored: by is dataset, kind, category, outcome, severity, country,
   address or host. name, events, the largest first; with a width also bucket (as above), and then by
   bucket. The slots
   are a minute wide, for country, address and host an hour. ERR_UNKNOWN for another by. */
int search_overview(struct str by, int64_t from, int64_t to, int64_t width, unsigned limit,
		    struct sql_query *query, struct err *ret_err);

#endif
