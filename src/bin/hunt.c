/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/hunt.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/vec.h"
#include "bin/record_event.h"
#include "correlate/correlate.h"
#include "detect/sql.h"

#define CANDIDATES_MAX 20000000 /* 160 MB of numbers */
#define SEEK_PAST 20000         /* records that are quicker to skip by opening the journal anew */
#define PROGRESS_EVERY 1024
#define CORRELATE_EVERY 4096    /* records */
#define CLOCKS_DIFFER CLOCK_DAY /* a record may be received so long before its own time */

struct hunt {
	struct hunt_options options;
	struct parser *parser;
	struct enricher *enricher;
	struct matcher *matcher;
	struct arena *arena;
	bool *wanted; /* by rule: detection rules whose matches count */
	/* of a correlation */
	struct finding_plan *plan;
	struct findings *findings;
	struct correlator *correlator;
	unsigned noted; /* records since it ran */
	struct journal_reader *reader;
	uint64_t at; /* the number the reader is at, about */
	struct {
		VEC_OF(uint64_t)
	} candidates;
	struct buf piece; /* of the store's answer, an unfinished line */
	hunt_found *found;
	hunt_progress *progress;
	void *context;
	struct hunt_totals totals;
};

/* The rule itself, or all that a correlation is made of. */
static void want(struct hunt *hunt, uint32_t rule)
{
	const struct correlation *correlation = ruleset_correlation(hunt->options.rules, rule);

	if (!correlation)
		hunt->wanted[rule] = true;
	for (uint32_t i = 0; correlation && i < correlation->rule_count; i++)
		want(hunt, correlation->rules[i]);
}

struct hunt *hunt_new(const struct hunt_options *options)
{
	struct hunt *hunt = calloc(1, sizeof(*hunt));
	uint64_t generation = 0;

	must(hunt);
	hunt->options = *options;
	hunt->parser = parser_new(options->sources);
	hunt->enricher = addresses_enricher(options->addresses);
	addresses_refresh(options->addresses, hunt->enricher, &generation);
	hunt->matcher = matcher_new(options->rules);
	hunt->arena = arena_new(0);
	hunt->wanted = calloc(ruleset_count(options->rules), sizeof(*hunt->wanted));
	must(hunt->parser && hunt->matcher && hunt->arena && hunt->wanted);
	want(hunt, options->rule);
	if (ruleset_correlation(options->rules, options->rule)) {
		hunt->plan = finding_plan_new(options->rules);
		hunt->findings = findings_new();
		hunt->correlator = correlator_new(options->rules, NULL);
	}
	return hunt;
}

void hunt_free(struct hunt *hunt)
{
	if (!hunt)
		return;
	if (hunt->reader)
		journal_reader_close(hunt->reader);
	if (hunt->correlator) {
		correlator_free(hunt->correlator);
		findings_free(hunt->findings);
		finding_plan_free(hunt->plan);
	}
	parser_free(hunt->parser);
	enricher_free(hunt->enricher);
	matcher_free(hunt->matcher);
	arena_free(hunt->arena);
	free(hunt->wanted);
	vec_done(&hunt->candidates);
	buf_done(&hunt->piece);
	free(hunt);
}

/* --- one record --------------------------------------------------------------------------------------- */

static void take_alert(void *context, const struct correlator_alert *alert)
{
	struct hunt *hunt = context;

	if (alert->rule != hunt->options.rule || alert->repeats)
		return;
	hunt->totals.matches++;
	hunt->found(hunt->context, &(struct hunt_match){alert->seq, alert->time, NULL, alert->why});
}

static void correlate(struct hunt *hunt)
{
	correlator_run(hunt->correlator, hunt->findings, take_alert, hunt);
	findings_clear(hunt->findings);
	hunt->noted = 0;
}

static void take_match(struct hunt *hunt, const struct journal_record *record, const struct event *event,
		       uint32_t rule)
{
	int64_t time = record_time(event);

	if (hunt->correlator) {
		findings_add(hunt->findings, hunt->plan, hunt->matcher, rule, event, record_lane(record),
			     time, hunt->noted);
		return;
	}
	hunt->totals.matches++;
	hunt->found(hunt->context,
		    &(struct hunt_match){event->seq, time, event,
					 matcher_explain(hunt->matcher, rule, event, hunt->arena)});
}

static void evaluate(struct hunt *hunt, const struct journal_record *record)
{
	const struct hunt_options *options = &hunt->options;
	const struct record_means means = {hunt->parser, hunt->enricher, options->clocks, options->zone};
	const uint32_t *rules;
	struct event event;
	int64_t time;
	size_t count;

	arena_reset(hunt->arena);
	record_event(&means, record, hunt->arena, &event);
	hunt->totals.read++;
	time = record_time(&event);
	if (time < options->from || time >= options->to)
		return;
	count = matcher_run(hunt->matcher, &event, &rules);
	for (size_t i = 0; i < count; i++)
		if (hunt->wanted[rules[i]])
			take_match(hunt, record, &event, rules[i]);
	if (hunt->correlator && ++hunt->noted == CORRELATE_EVERY)
		correlate(hunt);
}

/* --- the journal -------------------------------------------------------------------------------------- */

static int open_at(struct hunt *hunt, uint64_t seq, struct err *ret_err)
{
	if (hunt->reader)
		journal_reader_close(hunt->reader);
	hunt->reader = NULL;
	hunt->at = seq;
	return journal_reader_open(hunt->options.journal, hunt->options.journal_key, seq, &hunt->reader,
				   ret_err);
}

/* The next record that is whole; what is damaged is passed over, since the archive's check tells of it. */
static int next(struct hunt *hunt, struct journal_record *record, struct err *ret_err)
{
	int r;

	journal_reader_release(hunt->reader);
	while ((r = journal_reader_next(hunt->reader, record, ret_err)) == ERR_CORRUPT)
		;
	if (r == 0)
		hunt->at = record->seq;
	return r;
}

static int show_progress(struct hunt *hunt, uint64_t done, uint64_t total)
{
	if (!hunt->progress || done % PROGRESS_EVERY || hunt->progress(hunt->context, done, total))
		return 0;
	return -ECANCELED;
}

static int read_all(struct hunt *hunt, struct err *ret_err)
{
	struct journal_record record;
	struct journal_stat stat = {0};
	uint64_t done = 0;
	int r = journal_stat(hunt->options.journal, &stat);

	if (r == 0)
		r = open_at(hunt, 1, ret_err);
	while (r == 0 && (r = next(hunt, &record, ret_err)) == 0) {
		if (record.received >= hunt->options.from - CLOCKS_DIFFER)
			evaluate(hunt, &record);
		r = show_progress(hunt, ++done, stat.durable_seq - stat.first_seq + 1);
	}
	return r == ERR_END ? 0 : r;
}

/* Reads on to the record of that number. ERR_END where the journal does not have it. */
static int find(struct hunt *hunt, uint64_t seq, struct journal_record *record, struct err *ret_err)
{
	int r = hunt->reader && seq > hunt->at && seq - hunt->at < SEEK_PAST ? 0
									     : open_at(hunt, seq, ret_err);

	while (r == 0 && (r = next(hunt, record, ret_err)) == 0)
		if (record->seq >= seq)
			break;
	return r == 0 && record->seq != seq ? ERR_END : r;
}

/* A number that is not there leaves the reader behind it, so the next one may need to go back. */
static int read_candidates(struct hunt *hunt, struct err *ret_err)
{
	struct journal_record record;
	int r = 0;

	for (size_t i = 0; i < hunt->candidates.len && (r == 0 || r == ERR_END); i++) {
		r = find(hunt, hunt->candidates.items[i], &record, ret_err);
		if (r == 0)
			evaluate(hunt, &record);
		hunt->totals.gone += r == ERR_END;
		if (r == 0 || r == ERR_END)
			r = show_progress(hunt, i, hunt->candidates.len);
	}
	return r == ERR_END ? 0 : r;
}

/* --- the store ---------------------------------------------------------------------------------------- */

static int take_line(struct hunt *hunt, struct str line)
{
	uint64_t seq;

	if (str_to_u64(str_trim(line), &seq) < 0)
		return ERR_SYNTAX;
	if (hunt->candidates.len == CANDIDATES_MAX)
		return ERR_LIMIT;
	vec_push(&hunt->candidates, seq);
	return 0;
}

static int take(void *context, struct str piece)
{
	struct hunt *hunt = context;
	int r = 0;

	while (r == 0 && piece.len) {
		size_t end = str_find_char(piece, '\n');

		buf_add_str(&hunt->piece, end == STR_NOT_FOUND ? piece : str_head(piece, end));
		if (end == STR_NOT_FOUND)
			break;
		r = take_line(hunt, buf_str(&hunt->piece));
		buf_clear(&hunt->piece);
		piece = str_from_offset(piece, end + 1);
	}
	return r;
}

static void add_rules(const struct hunt *hunt, struct sql_query *query)
{
	size_t left = RULE_SQL_BYTES;
	const char *before = "(";

	for (uint32_t i = 0; i < ruleset_count(hunt->options.rules); i++) {
		if (!hunt->wanted[i])
			continue;
		buf_add_str(&query->sql, str_from(before));
		rule_sql(hunt->options.rules, i, source_set_origins, hunt->options.sources, &left, query);
		before = " OR ";
	}
	buf_add_char(&query->sql, ')');
}

static int ask_store(struct hunt *hunt, struct store_client *client, struct err *ret_err)
{
	const struct hunt_options *options = &hunt->options;
	struct sql_query query = {0};
	int r;

	buf_add_str(&query.sql, STR("SELECT seq FROM events WHERE time >= "));
	sql_bind_integer(&query, options->from);
	buf_add_str(&query.sql, STR(" AND time < "));
	sql_bind_integer(&query, options->to);
	buf_add_str(&query.sql, STR(" AND "));
	add_rules(hunt, &query);
	buf_add_str(&query.sql, STR(" ORDER BY seq"));
	r = store_query_stream(client, &query, "TabSeparated", take, hunt, NULL, ret_err);
	sql_query_done(&query);
	if (r == ERR_LIMIT)
		err_set(ret_err, r, 0, 0, "more than %d events may match: give a shorter span of time",
			CANDIDATES_MAX);
	return r;
}

int hunt_run(struct hunt *hunt, struct store_client *client, hunt_found *found, hunt_progress *progress,
	     void *context, struct hunt_totals *ret_totals, struct err *ret_err)
{
	int r;

	hunt->found = found;
	hunt->progress = progress;
	hunt->context = context;
	hunt->totals = (struct hunt_totals){0};
	vec_clear(&hunt->candidates);
	r = client ? ask_store(hunt, client, ret_err) : read_all(hunt, ret_err);
	hunt->totals.candidates = hunt->candidates.len;
	if (r == 0 && client)
		r = read_candidates(hunt, ret_err);
	if (r == 0 && hunt->correlator) {
		for (int lane = 0; lane < LANE_COUNT; lane++)
			findings_add_time(hunt->findings, (enum lane)lane, INT64_MAX);
		correlate(hunt);
	}
	*ret_totals = hunt->totals;
	return r;
}
