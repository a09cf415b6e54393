/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_PEOPLE_HELPER_H
#define TEST_PEOPLE_HELPER_H
/* A register in a folder of its own, and short ways to say something in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "people/asset.h"
#include "people/duty.h"
#include "people/person.h"
#include "people/unit.h"

#define T0 INT64_C(1795000000000000)
#define DAY CLOCK_DAY

static char folder[64];
static struct db *db;
static struct db_tx *tx;
static struct register_warnings warnings;

static inline int set_up(void **state)
{
	static const struct db_schema *const schemas[] = {&register_schema};
	char path[80];

	(void)state;
	strcpy(folder, "/tmp/wl-register-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	assert_int_equal(db_open(path, schemas, 1, &db, NULL), 0);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	return 0;
}

static inline int tear_down(void **state)
{
	char command[100];

	(void)state;
	assert_true(db_end(tx, 0) >= 0);
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* Said at now; about what is from there on. */
static inline struct statement at(int64_t now)
{
	warnings.count = 0;
	return (struct statement){.now = now, .by = STR("li"), .warnings = &warnings};
}

/* Said at now about the time from … to. */
static inline struct statement about(int64_t now, int64_t from, int64_t to, const char *reason)
{
	struct statement statement = at(now);

	statement.from = from;
	statement.to = to;
	statement.reason = str_from(reason);
	return statement;
}

static inline int64_t unit_said(struct statement statement, const char *code, const char *name,
				int64_t parent)
{
	struct unit unit = {
		.code = str_from(code), .name = str_from(name), .kind = UNIT_FACULTY, .parent = parent};
	struct err err = {0};
	int64_t id = 0;

	if (unit_add(tx, &unit, &statement, &id, &err) < 0)
		fail_msg("%s", err.message);
	return id;
}

static inline int64_t person_said(struct statement statement, const char *name, const char *phone,
				  int64_t unit)
{
	struct person person = {.name = str_from(name), .phone = str_from(phone), .unit = unit};
	struct err err = {0};
	int64_t id = 0;

	if (person_add(tx, &person, &statement, &id, &err) < 0)
		fail_msg("%s", err.message);
	return id;
}

static inline int64_t duty_said(struct statement statement, int64_t person, enum duty duty, int64_t unit,
				int64_t asset)
{
	struct held_duty held = {.person = person, .duty = duty, .unit = unit, .asset = asset};
	struct err err = {0};
	int64_t id = 0;

	if (duty_add(tx, &held, &statement, &id, &err) < 0)
		fail_msg("%s", err.message);
	return id;
}

/* words: "address 10.1.2.3, host www.example.edu.cn", … */
static inline void identify(const char *words, struct buf *list)
{
	struct str rest = str_from(words), part;
	struct err err = {0};

	while (str_split(&rest, ',', &part)) {
		enum identifier_kind kind;

		part = str_trim(part);
		for (kind = IDENTIFIER_ADDRESS; kind < IDENTIFIER_MAC; kind++)
			if (str_starts(part, str_from(identifier_kind_name(kind))))
				break;
		if (identifiers_add(list, kind, str_from_offset(part, str_find_char(part, ' ')), &err) < 0)
			fail_msg("%s", err.message);
	}
	assert_int_equal(identifiers_finish(list, &err), 0);
}

static inline int64_t asset_said(struct statement statement, const char *name, const char *identifiers,
				 int64_t unit)
{
	struct asset asset = {
		.name = str_from(name), .kind = ASSET_HOST, .life = ASSET_IN_SERVICE, .unit = unit};
	struct buf list = {0};
	struct err err = {0};
	int64_t id = 0;

	identify(identifiers, &list);
	asset.identifiers = buf_str(&list);
	if (asset_add(tx, &asset, &statement, &id, &err) < 0)
		fail_msg("%s", err.message);
	buf_done(&list);
	return id;
}

/* "portal | network centre | system_owner Li 0; first_responsible Wang 1" */
static inline int write_owner(void *context, const struct owner *owner)
{
	struct buf *out = context;

	buf_printf(out, "%.*s | %.*s |", STR_FMT(owner->asset_name), STR_FMT(owner->unit_name));
	for (size_t i = 0; i < owner->count; i++)
		buf_printf(out, "%s %s %.*s %u", i ? ";" : "", duty_name(owner->responsibles[i].duty),
			   STR_FMT(owner->responsibles[i].name), owner->responsibles[i].distance);
	return 0;
}

static inline void owner_is_at(const char *what, int64_t time, int64_t known, const char *wanted, int line)
{
	struct buf out = {0};
	int r = owner_find(tx, str_from(what), time, known, write_owner, &out);

	if (r == ERR_END)
		buf_add_str(&out, STR("nobody"));
	else if (r < 0)
		buf_printf(&out, "error %d", r);
	if (strcmp(buf_cstr(&out), wanted) != 0)
		fail_msg("line %d: %s is of '%s', not '%s'", line, what, buf_cstr(&out), wanted);
	buf_done(&out);
}
#define owner_is(what, time, known, wanted) owner_is_at(what, time, known, wanted, __LINE__)

#endif
