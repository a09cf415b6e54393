/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou rules report: the rules by what they cost, by their noise and by how often they are right, with
 * advice. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/map.h"
#include "rules/rule_costs.h"
#include "bin/rules_call.h"
#include "cases/rule_count.h"

#define SHOWN 15                /* of each ranking, where not all are asked for */
#define DEAR_SHARE 0.05         /* of the matching time */
#define NOISY_SHARE 0.10        /* of all alerts */
#define NOISY_LEAST 50          /* alerts */
#define JUDGED_LEAST 5          /* verdicts, before they say something of a rule */
#define CANDIDATES_LEAST 100000 /* looks without a match that are worth a word */
#define TITLE_COLUMNS 48

struct row {
	const struct rule_info *info; /* NULL: no longer there */
	struct str id, title;
	bool on;
	struct rule_cost cost;
	double time, share; /* ns; of all rules' */
	int64_t alerts, repeats, confirmed, false_positive;
};

struct report {
	const struct rules_call *call;
	struct rules_all all;
	struct map *at; /* rule id → index in rows, from 1 */
	struct {
		VEC_OF(struct row)
	} rows;
	int64_t alerts; /* of all rules */
};

/* -- advice ---------------------------------------------------------------------------------------------- */

static int64_t judged(const struct row *row)
{
	return row->confirmed + row->false_positive;
}

static double precision(const struct row *row)
{
	return judged(row) ? (double)row->confirmed / (double)judged(row) : 1;
}

static bool is_aside(const struct report *report, const struct row *row)
{
	(void)report;
	return row->cost.aside;
}

static bool is_common(const struct report *report, const struct row *row)
{
	(void)report;
	return row->cost.stats.candidates >= CANDIDATES_LEAST && row->cost.stats.matches == 0;
}

static bool is_dear(const struct report *report, const struct row *row)
{
	return row->share >= DEAR_SHARE && !is_common(report, row);
}

static bool is_noisy(const struct report *report, const struct row *row)
{
	return row->alerts >= NOISY_LEAST && (double)row->alerts >= NOISY_SHARE * (double)report->alerts;
}

static bool is_noisy_match(const struct report *report, const struct row *row)
{
	return is_noisy(report, row) && row->info && row->info->kind == RULE_DETECTION &&
	       row->info->suppress.span == 0;
}

/* What a machine says of itself has a host, but seldom an address; its logins do. */
static bool is_of_host(const struct rule_info *info)
{
	static const struct str products[] = {{"windows", 7}, {"linux", 5}, {"macos", 5}};
	static const struct str logins[] = {{"sshd", 4}, {"security", 8}};

	for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]); i++)
		if (str_ieq(info->logsource.service, logins[i]))
			return false;
	for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++)
		if (str_ieq(info->logsource.product, products[i]))
			return true;
	return false;
}

static bool is_noisy_on_host(const struct report *report, const struct row *row)
{
	return is_noisy_match(report, row) && is_of_host(row->info);
}

static bool is_noisy_from_address(const struct report *report, const struct row *row)
{
	return is_noisy_match(report, row) && !is_of_host(row->info);
}

static bool is_noisy_suppressed(const struct report *report, const struct row *row)
{
	return is_noisy(report, row) && row->info && row->info->kind == RULE_DETECTION &&
	       row->info->suppress.span > 0;
}

static bool is_noisy_correlation(const struct report *report, const struct row *row)
{
	return is_noisy(report, row) && row->info && row->info->kind == RULE_CORRELATION;
}

static bool is_never_right(const struct report *report, const struct row *row)
{
	(void)report;
	return row->false_positive >= JUDGED_LEAST && row->confirmed == 0;
}

static bool is_often_wrong(const struct report *report, const struct row *row)
{
	(void)report;
	return judged(row) >= JUDGED_LEAST && row->confirmed > 0 && precision(row) < 0.5;
}

/* "%s" stands for the rule's id. */
static const struct advice {
	const char *name;
	bool (*applies)(const struct report *report, const struct row *row);
	const char *text;
} advices[] = {
	{"aside", is_aside,
	 "it took too long and is not evaluated any more: simplify its regular expressions, or 'wanglou "
	 "rules disable %s'"},
	{"common", is_common,
	 "it is looked at often and never matches: what it looks for is common text. Add a rarer word that "
	 "every match "
	 "has, narrow its log source, or 'wanglou rules disable %s'"},
	{"dear", is_dear,
	 "it takes a large part of the matching time: narrow its log source, or put a plain text that every "
	 "match has "
	 "beside its regular expressions"},
	{"suppress", is_noisy_on_host,
	 "many alerts: count matches on the same host on one, 'wanglou rules suppress %s --by host.name "
	 "--for "
	 "1h'"},
	{"suppress", is_noisy_from_address,
	 "many alerts: count matches of the same origin on one, 'wanglou rules suppress %s --by source.ip "
	 "--for 1h'"},
	{"longer", is_noisy_suppressed,
	 "many alerts in spite of its suppression: give it a longer time or fewer fields, 'wanglou rules "
	 "suppress %s "
	 "--by … --for 1d'"},
	{"threshold", is_noisy_correlation, "many alerts: raise its threshold, or shorten its timespan"},
	{"disable", is_never_right,
	 "every alert that was judged was false: 'wanglou rules disable %s', or except what is harmless, "
	 "'wanglou rules "
	 "except %s --where FIELD=VALUE'"},
	{"except", is_often_wrong,
	 "more alerts are false than not: except what is harmless, 'wanglou rules except %s --where "
	 "FIELD=VALUE'"},
};
#define ADVICES (sizeof(advices) / sizeof(advices[0]))

static bool applies(const struct report *report, const struct row *row, size_t advice)
{
	return row->on && advices[advice].applies(report, row);
}

static void add_advice(const struct row *row, size_t advice, struct buf *out)
{
	const char *rest = advices[advice].text, *place;

	while ((place = strstr(rest, "%s")) != NULL) {
		buf_add(out, rest, (size_t)(place - rest));
		buf_add_str(out, row->id);
		rest = place + 2;
	}
	buf_add_str(out, str_from(rest));
}

/* -- gathering ------------------------------------------------------------------------------------------- */

static struct row *row_of(struct report *report, struct str id)
{
	bool is_new;
	uint64_t *at = map_put(report->at, id, &is_new);
	struct row *row;

	if (!is_new)
		return &report->rows.items[*at - 1];
	row = vec_add_zero(&report->rows);
	*at = report->rows.len;
	row->id = arena_copy(report->call->arena, id);
	return row;
}

static void add_rules(struct report *report)
{
	for (size_t i = 0; i < ruleset_count(report->all.set); i++) {
		const struct rule_info *info = ruleset_info(report->all.set, i);
		struct row *row = row_of(report, info->id);

		row->info = info;
		row->title = info->title;
		row->on = rules_is_on(&report->call->paths, &report->all.settings, info);
	}
}

static void add_costs(struct report *report)
{
	const struct rules_call *call = report->call;
	struct rule_costs *costs = rule_costs_open(config_path(&call->config, call->arena, RULE_COSTS_FILE));
	double total = 0;

	for (size_t i = 0; i < report->rows.len; i++) {
		struct row *row = &report->rows.items[i];

		row->cost = rule_costs_get(costs, row->id);
		row->time = rule_cost_time(&row->cost.stats);
		total += row->time;
	}
	for (size_t i = 0; i < report->rows.len; i++)
		report->rows.items[i].share = total > 0 ? report->rows.items[i].time / total : 0;
	rule_costs_free(costs);
}

static int add_count(void *context, const struct rule_count *count)
{
	struct report *report = context;
	struct row *row = row_of(report, count->rule_id);

	if (!row->info)
		row->title = arena_copy(report->call->arena, count->title);
	row->alerts = count->alerts;
	row->repeats = count->repeats;
	row->confirmed = count->confirmed;
	row->false_positive = count->false_positive;
	report->alerts += count->alerts;
	return 0;
}

/* Where nothing has run on the folder yet there are no alerts either. */
static int add_counts(struct report *report)
{
	static const struct db_schema *const schemas[] = {&cases_schema};
	const struct rules_call *call = report->call;
	const char *path = config_path(&call->config, call->arena, "core/" DB_FILE);
	struct err err = {0};
	struct db *db;
	int r;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		return EXIT_OK;
	if (db_open(path, schemas, 1, &db, &err) < 0)
		return command_failed_err(call->command, &err);
	r = rule_counts(db, add_count, report);
	db_close(db);
	return r < 0 ? command_failed(call->command, "%s: %s", path, err_text(r)) : EXIT_OK;
}

/* -- rankings -------------------------------------------------------------------------------------------- */

static int by_cost(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return x->time != y->time ? (x->time < y->time) - (x->time > y->time) : str_cmp(x->id, y->id);
}

static int by_noise(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->alerts != y->alerts)
		return (x->alerts < y->alerts) - (x->alerts > y->alerts);
	if (x->repeats != y->repeats)
		return (x->repeats < y->repeats) - (x->repeats > y->repeats);
	return str_cmp(x->id, y->id);
}

static int by_precision(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	double p = precision(x), q = precision(y);

	if (p != q)
		return (p > q) - (p < q);
	return judged(x) != judged(y) ? (judged(x) < judged(y)) - (judged(x) > judged(y))
				      : str_cmp(x->id, y->id);
}

static bool costs_something(const struct row *row)
{
	return row->time > 0;
}

static bool has_alerts(const struct row *row)
{
	return row->alerts > 0;
}

static bool is_judged(const struct row *row)
{
	return judged(row) > 0;
}

static void print_cost(const struct row *row)
{
	const struct rule_stats *stats = &row->cost.stats;

	printf("%5.1f %%  %8.0f ns  %12" PRIu64 "  %10" PRIu64 "  ", row->share * 100,
	       row->time / (double)stats->candidates, stats->candidates, stats->matches);
}

static void print_noise(const struct row *row)
{
	printf("%10" PRId64 "  %10" PRId64 "  ", row->alerts, row->repeats);
}

static void print_precision(const struct row *row)
{
	printf("%5.0f %%  %9" PRId64 "  %9" PRId64 "  ", precision(row) * 100, row->confirmed,
	       row->false_positive);
}

static const struct ranking {
	const char *title, *columns;
	int (*order)(const void *a, const void *b);
	bool (*belongs)(const struct row *row);
	void (*print)(const struct row *row);
} rankings[] = {
	{"By cost (share of the matching time, a look, looks, matches)",
	 "  share       a look         looks     matches  ", by_cost, costs_something, print_cost},
	{"By noise", "    alerts     repeats  ", by_noise, has_alerts, print_noise},
	{"By precision (confirmed of those that analysts judged)", "  right  confirmed      false  ",
	 by_precision, is_judged, print_precision},
};

static void print_ranking(struct report *report, const struct ranking *ranking)
{
	unsigned shown = 0;

	qsort(report->rows.items, report->rows.len, sizeof(*report->rows.items), ranking->order);
	printf("%s\n%srule\n", ranking->title, ranking->columns);
	for (size_t i = 0; i < report->rows.len && shown < SHOWN; i++) {
		const struct row *row = &report->rows.items[i];

		if (!ranking->belongs(row))
			continue;
		shown++;
		ranking->print(row);
		rules_column(row->title, TITLE_COLUMNS);
		printf("  %.*s%s\n", STR_FMT(row->id),
		       row->on     ? ""
		       : row->info ? "  (disabled)"
				   : "  (gone)");
	}
	printf("%s\n", shown ? "" : "  none yet\n");
}

static void print_advice(struct report *report)
{
	unsigned count = 0;

	printf("What to do\n");
	for (size_t i = 0; i < report->rows.len; i++)
		for (size_t j = 0; j < ADVICES; j++) {
			const struct row *row = &report->rows.items[i];
			struct buf text = {0};

			if (!applies(report, row, j))
				continue;
			add_advice(row, j, &text);
			printf("  %.*s\n    %.*s\n", STR_FMT(row->title), STR_FMT(buf_str(&text)));
			buf_done(&text);
			count++;
		}
	if (!count)
		printf("  nothing\n");
}

static void add_number(struct buf *line, const char *key, int64_t number)
{
	rules_json_key(line, key);
	buf_printf(line, "%" PRId64, number);
}

static void print_json(const struct report *report, const struct row *row)
{
	const struct rule_stats *stats = &row->cost.stats;
	struct buf line = {0}, text = {0};
	const char *comma = "";

	rules_json_text(&line, "id", row->id);
	rules_json_text(&line, "title", row->title);
	rules_json_key(&line, "enabled");
	buf_add_str(&line, row->on ? STR("true") : STR("false"));
	rules_json_key(&line, "share");
	buf_printf(&line, "%.6f", row->share);
	add_number(&line, "candidates", (int64_t)stats->candidates);
	add_number(&line, "matches", (int64_t)stats->matches);
	add_number(&line, "nanoseconds", (int64_t)row->time);
	add_number(&line, "alerts", row->alerts);
	add_number(&line, "repeats", row->repeats);
	add_number(&line, "confirmed", row->confirmed);
	add_number(&line, "false_positive", row->false_positive);
	if (is_judged(row)) {
		rules_json_key(&line, "precision");
		buf_printf(&line, "%.4f", precision(row));
	}
	rules_json_key(&line, "advice");
	buf_add_char(&line, '[');
	for (size_t i = 0; i < ADVICES; i++) {
		if (!applies(report, row, i))
			continue;
		buf_clear(&text);
		add_advice(row, i, &text);
		buf_printf(&line, "%s{\"what\":\"%s\",\"text\":", comma, advices[i].name);
		buf_add_json_string(&line, buf_str(&text));
		buf_add_char(&line, '}');
		comma = ",";
	}
	buf_add_char(&line, ']');
	rules_json_print(&line);
	buf_done(&text);
}

static void print(struct report *report)
{
	if (!report->call->json) {
		for (size_t i = 0; i < sizeof(rankings) / sizeof(rankings[0]); i++)
			print_ranking(report, &rankings[i]);
		print_advice(report);
		return;
	}
	qsort(report->rows.items, report->rows.len, sizeof(*report->rows.items), by_cost);
	for (size_t i = 0; i < report->rows.len; i++)
		print_json(report, &report->rows.items[i]);
}

int rules_report(struct rules_call *call)
{
	struct report report = {.call = call, .at = map_new()};
	int status = rules_no_more(call);

	must(report.at);
	if (status == EXIT_OK)
		status = rules_all_load(call, &report.all);
	if (status == EXIT_OK) {
		add_rules(&report);
		add_costs(&report);
		status = add_counts(&report);
		if (status == EXIT_OK)
			print(&report);
		rules_all_done(&report.all);
	}
	vec_done(&report.rows);
	map_free(report.at);
	return status;
}
