/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DUTY_DB_H
#define DUTY_DB_H
/* A database with all that duty/ reads, in a folder that goes with the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "cases/alert.h"
#include "cases/incident.h"
#include "coverage/ledger.h"
#include "duty/shift.h"
#include "notify/outbox.h"

#define ZONE (8 * CLOCK_HOUR)

static char folder[64];
static struct db *db;

static int set_up(void **state)
{
	const struct db_schema *schemas[] = {&cases_schema, &coverage_schema, &notify_schema, &duty_schema};
	char path[80];

	(void)state;
	strcpy(folder, "/tmp/wl-duty-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	assert_int_equal(db_open(path, schemas, 4, &db, NULL), 0);
	return 0;
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* A local minute of a zone eight hours east. */
static int64_t at(const char *minute)
{
	char text[32];
	int64_t time;

	snprintf(text, sizeof(text), "%s:00", minute);
	assert_int_equal(clock_parse(str_from(text), ZONE, &time), 0);
	return time;
}

static struct db_tx *begin(void)
{
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	return tx;
}

static inline int64_t add_shift(enum duty_place place, const char *name, const char *from, const char *to)
{
	char mail[64];
	struct shift shift = {.place = place, .from = at(from), .to = at(to)};
	struct db_tx *tx = begin();
	struct err err = {0};
	int64_t id = 0;

	snprintf(mail, sizeof(mail), "%s@example.edu.cn", name);
	shift.who =
		(struct duty_person){.name = str_from(name), .mail = str_from(mail), .phone = STR("8000")};
	assert_int_equal(db_end(tx, shift_add(tx, &shift, &id, &err)), 0);
	return id;
}

static inline int64_t count(const char *sql)
{
	struct db_tx *tx = begin();
	int64_t value = -1;

	assert_int_equal(db_get_integer(tx, sql, DB_NONE, &value), 1);
	assert_int_equal(db_end(tx, 0), 0);
	return value;
}

/* A text of the first row, in a buffer that the next call takes. */
static inline const char *text_of(const char *sql)
{
	static char text[4096];
	struct db_tx *tx = begin();
	struct db_rows *rows = db_query(tx, sql, DB_NONE);

	text[0] = 0;
	if (db_next(rows) == 1)
		snprintf(text, sizeof(text), "%.*s", STR_FMT(db_column_text(rows, 0)));
	assert_int_equal(db_end(tx, 0), 0);
	return text;
}

#endif
