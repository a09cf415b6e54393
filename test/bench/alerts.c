/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast alerts go into the database and come out of it:
 *	bench_alerts FOLDER [COUNT [BATCH [CONTENT]]]
 * Prints alerts per second put in, and the milliseconds of the questions the console asks; with the folder of
 *content/ alerts per second alone, each put where content/grouping.yaml says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/hash.h"
#include "cases/alert_count.h"
#include "cases/alert_group.h"
#include "cases/alert_list.h"
#include "access/user.h"
#include "people/register.h"

#define DAYS 30
#define RULES 200
#define HOSTS 400
#define ADDRESSES 5000

struct made {
	char id[33], rule[16], title[48], host[24], user[16], source[20], destination[20];
};

static uint64_t random_state = 1;

static unsigned any(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

static struct alert make(struct made *made, int64_t time, struct str event)
{
	static const struct str tags[] = {STR("attack.credential-access"), STR("attack.t1110")};
	unsigned rule = any(RULES) * any(RULES) / RULES;
	uint64_t id[2] = {random_state, any(1u << 30)};

	hex_encode(id, sizeof(id), made->id);
	snprintf(made->rule, sizeof(made->rule), "rule-%u", rule);
	snprintf(made->title, sizeof(made->title), "Detection number %u of something suspicious", rule);
	snprintf(made->host, sizeof(made->host), "host%u.example", any(HOSTS));
	snprintf(made->user, sizeof(made->user), "user%u", any(HOSTS));
	snprintf(made->source, sizeof(made->source), "10.1.%u.%u", any(ADDRESSES) / 256, any(256));
	snprintf(made->destination, sizeof(made->destination), "10.2.0.%u", any(256));
	return (struct alert){
		.id = str_of(made->id, 32),
		.time = time,
		.detected = time,
		.level = (enum alert_level)(any(100) < 1 ? ALERT_CRITICAL : any(4)),
		.rule_id = str_from(made->rule),
		.rule_title = str_from(made->title),
		.rule_hash = str_from(made->rule),
		.tags = tags,
		.tag_count = 2,
		.event_seq = any(1u << 30),
		.source = STR("openssh"),
		.host = str_from(made->host),
		.user = str_from(made->user),
		.source_ip = str_from(made->source),
		.destination_ip = str_from(made->destination),
		.why = STR("{\"selection\":{\"message\":\"Failed password\"}}"),
		.event = event,
	};
}

static int ignore_alert(void *context, const struct alert *alert)
{
	(void)context, (void)alert;
	return 0;
}
static int ignore_top(void *context, const struct alert_top_row *row)
{
	(void)context, (void)row;
	return 0;
}
static int ignore_point(void *context, int64_t time, enum alert_level level, int64_t count)
{
	(void)context, (void)time, (void)level, (void)count;
	return 0;
}

static void time_list(struct db *db, const char *what, struct alert_filter filter)
{
	int64_t start = clock_monotonic(), cursor, count = 0, listed;
	bool exact;

	alerts_list(db, &filter, ignore_alert, NULL, &cursor);
	listed = clock_monotonic();
	alerts_count(db, &filter, &count, &exact);
	printf("  %-36s list %7.2f ms, count %7.2f ms (%lld%s)\n", what, (double)(listed - start) / 1000,
	       (double)(clock_monotonic() - listed) / 1000, (long long)count, exact ? "" : "+");
}

static void time_overview(struct db *db, const char *what, int64_t from, int64_t to)
{
	struct alert_totals totals;
	int64_t start = clock_monotonic();

	alerts_totals(db, from, to, &totals);
	alerts_series(db, from, to, CLOCK_HOUR, ignore_point, NULL);
	for (int kind = 0; kind < ALERT_TOP_KINDS; kind++)
		alerts_top(db, (enum alert_top)kind, from, to, 10, ignore_top, NULL);
	printf("  %-36s %7.2f ms\n", what, (double)(clock_monotonic() - start) / 1000);
}

static void time_rules(struct db *db, const char *what, struct alert_filter filter)
{
	int64_t start = clock_monotonic();

	alerts_rules(db, &filter, 40, ignore_top, NULL);
	printf("  %-36s list %7.2f ms\n", what, (double)(clock_monotonic() - start) / 1000);
}

/* Every other incident has somebody, and each is of one of a hundred assets. */
static void assign(struct db *db)
{
	struct db_tx *tx;

	if (db_begin(db, DB_WRITE, &tx) == 0)
		db_end(tx, db_run(tx,
				  "UPDATE incidents SET assignee = CASE id % 2 WHEN 0 THEN 'li' ELSE '' END,"
				  " asset = id % 100",
				  DB_NONE));
}

static void ask(struct db *db, int64_t end)
{
	struct alert_filter month = {.from = end - DAYS * CLOCK_DAY, .to = end, .limit = 50}, f;

	for (int round = 0; round < 2; round++) {
		printf(round ? "warm:\n" : "first:\n");
		time_list(db, "newest 50 of a month", month);
		f = month;
		f.levels = 1u << ALERT_CRITICAL;
		f.statuses = 1u << ALERT_NEW;
		time_list(db, "critical and new", f);
		f.statuses = 1u << ALERT_CLOSED;
		time_list(db, "critical and closed (none)", f);
		f = month;
		f.rule = STR("rule-150");
		time_list(db, "one rule", f);
		f = month;
		f.words = STR("detection number");
		time_list(db, "words in every alert", f);
		f.words = STR("host77 user3");
		time_list(db, "words in few alerts", f);
		f.words = STR("10.1.7.9");
		time_list(db, "one address", f);
		f = month;
		f.source_ip = STR("10.1.7.9");
		time_list(db, "from one address", f);
		f.source_ip = STR("192.0.2.1");
		time_list(db, "from an address unknown", f);
		f = month;
		f.assignee = STR("li");
		time_list(db, "assigned to one of two", f);
		f.levels = 1u << ALERT_CRITICAL;
		time_list(db, "the same, critical", f);
		f = month;
		f.assignee = STR("wang");
		time_list(db, "assigned to who has nothing", f);
		f = month;
		f.asset = 7;
		time_list(db, "of one asset of a hundred", f);
		time_rules(db, "the rules of a month", month);
		f = month;
		f.cursor = (f.from + 15 * CLOCK_DAY) / 1000 << 20;
		time_list(db, "a page in the middle", f);
		time_overview(db, "overview of a day", end - CLOCK_DAY, end);
		time_overview(db, "overview of the month", month.from, end);
	}
}

static double cpu_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* An alert's copy of its event. */
static void fill_event(char *event, size_t size)
{
	static const char head[] = "{\"received\":\"2026-11-23T00:00:00Z\",\"fields\":{\"message\":\"";
	static const char tail[] = "\"}}";

	memset(event, 'x', size);
	memcpy(event, head, sizeof(head) - 1);
	memcpy(event + size - (sizeof(tail) - 1), tail, sizeof(tail) - 1);
}

int main(int argc, char **argv)
{
	const struct db_schema *schemas[] = {&access_schema, &register_schema, &cases_schema};
	long count = argc > 2 ? atol(argv[2]) : 1000000, batch = argc > 3 ? atol(argv[3]) : 1000;
	int64_t end = clock_now() / CLOCK_HOUR * CLOCK_HOUR - CLOCK_MINUTE, start, spent = 0;
	char path[4096], event[700];
	struct made *made = calloc((size_t)batch, sizeof(*made));
	struct alert *alerts = calloc((size_t)batch, sizeof(*alerts));
	struct case_rules *rules = NULL;
	struct err err = {0};
	struct db *db;
	double cpu = 0;

	if (argc < 2)
		return 2;
	fill_event(event, sizeof(event));
	snprintf(path, sizeof(path), "%s/" DB_FILE, argv[1]);
	if (!made || !alerts || (argc > 4 && case_rules_load(argv[4], 0, &rules, &err) < 0) ||
	    db_open(path, schemas, 3, &db, &err) < 0) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	for (long done = 0; done < count; done += batch) {
		for (long i = 0; i < batch; i++)
			alerts[i] = make(&made[i],
					 end - DAYS * CLOCK_DAY + (done + i) * (DAYS * CLOCK_DAY / count),
					 str_of(event, sizeof(event)));
		start = clock_monotonic();
		cpu -= cpu_seconds();
		if ((rules ? alerts_add_grouped(db, rules, alerts, (size_t)batch)
			   : alerts_add(db, alerts, (size_t)batch)) < 0)
			return 1;
		cpu += cpu_seconds();
		spent += clock_monotonic() - start;
	}
	if (count)
		printf("%ld alerts in batches of %ld: %.0f a second, %.0f a second of processor time\n",
		       count, batch, (double)count * 1e6 / (double)spent, (double)count / cpu);
	if (!rules) {
		assign(db);
		ask(db, end);
	}
	case_rules_free(rules);
	db_close(db);
	free(made);
	free(alerts);
	return 0;
}
