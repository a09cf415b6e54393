/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_RECTIFICATION_HELPER_H
#define TEST_RECTIFICATION_HELPER_H
/* A university of two units with their people, an incident of one of them, and the policy that is shipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cases/incident.h"
#include "notify/outbox.h"
#include "people/duty.h"
#include "people/person.h"
#include "people/register.h"
#include "people/unit.h"
#include "rectification/form.h"
#include "rectification/tick.h"

#define ZONE (8 * CLOCK_HOUR)
#define MONDAY INT64_C(1795395600000000) /* 2026-11-23 09:00 in China */

static char folder[64], files[80];
static struct db *db;
static struct arena *arena;
static int64_t university, faculty, incident;
static struct rectification_office office;

static inline struct db_tx *begin(void)
{
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	return tx;
}

static inline void hold(struct db_tx *tx, int64_t unit, enum duty duty, const char *name, const char *mail)
{
	struct register_warnings warnings = {0};
	const struct statement said = {.from = MONDAY - CLOCK_DAY,
				       .now = MONDAY - CLOCK_DAY,
				       .by = STR("li"),
				       .warnings = &warnings};
	const struct person person = {.name = str_from(name), .mail = str_from(mail), .unit = unit};
	struct held_duty held = {.unit = unit, .duty = duty};
	struct err err = {0};
	int64_t id;

	if (person_add(tx, &person, &said, &held.person, &err) < 0 ||
	    duty_add(tx, &held, &said, &id, &err) < 0)
		fail_msg("%s: %s", name, err.message);
}

static inline void make_register(struct db_tx *tx)
{
	const struct statement said = {
		.from = MONDAY - CLOCK_DAY, .now = MONDAY - CLOCK_DAY, .by = STR("li")};
	struct unit unit = {.name = STR("望江大学"), .code = STR("0"), .kind = UNIT_OTHER};
	struct err err = {0};

	assert_int_equal(unit_add(tx, &unit, &said, &university, &err), 0);
	unit = (struct unit){
		.name = STR("文学院"), .code = STR("1"), .kind = UNIT_FACULTY, .parent = university};
	assert_int_equal(unit_add(tx, &unit, &said, &faculty, &err), 0);
	hold(tx, faculty, DUTY_IT_LIAISON, "联络员", "liaison@example.org");
	hold(tx, faculty, DUTY_IT_HEAD, "负责人", "head@example.org");
	hold(tx, faculty, DUTY_DIRECTLY_RESPONSIBLE, "直接", "deputy@example.org");
	hold(tx, faculty, DUTY_FIRST_RESPONSIBLE, "书记", "");
	hold(tx, university, DUTY_FIRST_RESPONSIBLE, "校长", "president@example.org");
}

static inline void make_incident(void)
{
	struct alert alert = {
		.id = STR("00000000000000000000000000000001"),
		.time = MONDAY - CLOCK_HOUR,
		.detected = MONDAY - CLOCK_HOUR,
		.level = ALERT_HIGH,
		.rule_id = STR("r"),
		.rule_title = STR("Web shell"),
		.rule_hash = STR("h"),
		.host = STR("web1"),
		.why = STR("{}"),
		.event = STR("{}"),
	};
	struct db_tx *tx;

	assert_int_equal(alerts_add(db, &alert, 1), 1);
	tx = begin();
	assert_int_equal(db_get_integer(tx, "SELECT max(id) FROM incidents", DB_NONE, &incident), 1);
	assert_int_equal(db_end(tx, 0), 0);
}

static inline int set_up(void **state)
{
	static const struct db_schema *const schemas[] = {&register_schema, &notify_schema, &cases_schema,
							  &rectification_schema};
	char path[80];
	struct db_tx *tx;
	struct err err = {0};

	(void)state;
	strcpy(folder, "/tmp/wl-rectification-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	snprintf(files, sizeof(files), "%s/files", folder);
	assert_int_equal(db_open(path, schemas, 4, &db, &err), 0);
	arena = arena_new(0);
	office = (struct rectification_office){
		.zone = ZONE, .url = "https://wanglou.example.org", .folder = files};
	if (policy_load(POLICY, arena, &office.policy, &err) < 0)
		fail_msg("%s:%u: %s", err.file, err.line, err.message);
	tx = begin();
	make_register(tx);
	assert_int_equal(db_end(tx, 0), 0);
	make_incident();
	return 0;
}

static inline int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_close(db);
	arena_free(arena);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static inline int64_t make(int64_t now)
{
	const struct rectification_texts texts = {0};
	struct db_tx *tx = begin();
	int64_t id = 0;

	assert_int_equal(
		db_end(tx, rectification_make(tx, &office, incident, faculty, &texts, STR("li"), now, &id)),
		0);
	return id;
}

static inline int64_t make_sent(int64_t now)
{
	int64_t id = make(now);

	assert_int_equal(
		rectification_send(db, &office, id, RECTIFICATION_ANY_VERSION, false, STR("li"), now), 0);
	return id;
}

static inline int copy_row(void *context, const struct rectification *row)
{
	rectification_copy(arena, row, context);
	return 0;
}

static inline struct rectification get(int64_t id)
{
	struct rectification row = {0};
	struct db_tx *tx = begin();

	assert_int_equal(db_end(tx, rectification_get(tx, id, copy_row, &row)), 0);
	return row;
}

/* "receiver subject" of all messages under a part of their key, oldest first, each on a line. */
struct mails {
	char text[4000], link[400];
	int count;
};

static inline int see_mail(void *context, const struct outbox_row *row)
{
	struct mails *mails = context;
	size_t len = strlen(mails->text);

	mails->count++;
	snprintf(mails->text + len, sizeof(mails->text) - len, "%.*s:%.*s %.*s\n",
		 STR_FMT(row->message.channel), STR_FMT(row->message.to), STR_FMT(row->message.subject));
	snprintf(mails->link, sizeof(mails->link), "%.*s", STR_FMT(row->message.link));
	return 0;
}

/* What waits, sent away: each is seen once. */
static inline struct mails mails(int64_t now)
{
	struct mails mails = {0};
	int64_t id;
	struct db_tx *tx = begin();

	while (outbox_next(tx, now, see_mail, &mails) > 0) {
		assert_int_equal(db_get_integer(tx,
						"SELECT id FROM outbox WHERE state = 0 AND next <= ?1"
						" ORDER BY next, id LIMIT 1",
						DB_ARGS(db_integer(now)), &id),
				 1);
		assert_int_equal(outbox_sent(tx, id, now), 0);
	}
	assert_int_equal(db_end(tx, 0), 0);
	return mails;
}

#endif
