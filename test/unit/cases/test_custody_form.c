/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/custody_form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define T0 (INT64_C(1795000000) * 1000000)

static char folder[64], files[80];
static struct db *db;
static struct arena *arena;

static int set_up(void **state)
{
	const struct db_schema *schemas[] = {&cases_schema};
	char path[80];

	(void)state;
	arena = arena_new(0);
	strcpy(folder, "/tmp/wl-custody-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	snprintf(files, sizeof(files), "%s/files", folder);
	assert_int_equal(mkdir(files, 0700), 0);
	return db_open(path, schemas, 1, &db, NULL);
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	arena_free(arena);
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* The alert's record has the number 4711. */
static void add_alert(void)
{
	const struct alert alert = {
		.id = STR("00000000000000000000000000000001"),
		.time = T0,
		.detected = T0,
		.level = ALERT_HIGH,
		.rule_id = STR("rule-1"),
		.rule_title = STR("Encoded command"),
		.rule_hash = STR("hash-1"),
		.event_seq = 4711,
		.source = STR("10.0.0.9"),
		.host = STR("web-01"),
	};

	assert_int_equal(alerts_add(db, &alert, 1), 1);
}

static int64_t add_file(const char *name, const char *bytes)
{
	const struct evidence_file file = {.name = str_from(name), .note = STR("自服务器导出")};
	struct db_tx *tx;
	int64_t id = 0;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_int_equal(db_end(tx, evidence_add(tx, files, 1, &file, str_from(bytes), STR("li"),
						 STR("10.1.1.1"), T0, &id)),
			 0);
	return id;
}

static void note(int64_t id, const char *action)
{
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_int_equal(db_end(tx, evidence_note(tx, id, action, STR("chen"), STR("10.1.1.2"), T0 + 1)), 0);
}

static struct custody_sheet read_sheet(void)
{
	struct custody_sheet sheet = {.by = STR("li"), .made = T0};
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(db_end(tx, custody_read(tx, 1, arena, &sheet)), 0);
	return sheet;
}

static void test_what_was_done_is_there(void **state)
{
	struct custody_sheet sheet;
	const struct custody_file *file;

	(void)state;
	add_alert();
	add_file("a.log", "first");
	note(add_file("b.log", "second"), "exported");
	for (int i = 0; i < 40; i++)
		note(1, "viewed");
	sheet = read_sheet();
	file = sheet.files;
	assert_int_equal(file->count, 41);
	assert_true(str_eq(file->lines[0].what.action, STR("added")));
	assert_true(str_eq(file->lines[40].what.by, STR("chen")));
	assert_true(str_eq(file->next->file.name, STR("b.log")));
	assert_int_equal(file->next->count, 2);
	assert_null(file->next->next);
	assert_int_equal(sheet.record_count, 1);
	assert_int_equal(sheet.records[0].number, 4711);
	assert_false(sheet.cut);
}

/* The bytes are compared with their hash. */
static void test_damage_is_told(void **state)
{
	struct custody_sheet sheet;
	char path[200];
	FILE *bytes;

	(void)state;
	add_alert();
	add_file("a.log", "first");
	add_file("b.log", "second");
	add_file("c.log", "third");
	sheet = read_sheet();
	snprintf(path, sizeof(path), "%s/%.2s/%.*s", files, sheet.files->next->file.sha256.ptr,
		 STR_FMT(sheet.files->next->file.sha256));
	assert_int_equal(chmod(path, 0600), 0);
	bytes = fopen(path, "w");
	assert_non_null(bytes);
	fputs("seconD", bytes);
	fclose(bytes);
	snprintf(path, sizeof(path), "%s/%.2s/%.*s", files, sheet.files->next->next->file.sha256.ptr,
		 STR_FMT(sheet.files->next->next->file.sha256));
	assert_int_equal(unlink(path), 0);
	custody_check(&sheet, files);
	assert_int_equal(sheet.files->state, CUSTODY_INTACT);
	assert_int_equal(sheet.files->next->state, CUSTODY_DAMAGED);
	assert_int_equal(sheet.files->next->next->state, CUSTODY_GONE);
}

/* With and without anything to say. */
static void test_form_is_made(void **state)
{
	struct custody_sheet sheet;
	struct document *document;
	struct buf out = {0};

	(void)state;
	add_alert();
	for (int i = 0; i < 2; i++) {
		sheet = read_sheet();
		sheet.head = i ? STR("wanglou/5f0c\n12\n") : STR("");
		document = custody_document(&sheet);
		buf_clear(&out);
		assert_int_equal(document_write_docx(document, &out), 0);
		assert_true(out.len > 1000);
		document_free(document);
		add_file("访问日志.txt", "GET /");
	}
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_was_done_is_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damage_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_form_is_made, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
