/* SPDX-License-Identifier: Apache-2.0 */
/* The register as tables: what an import says of each row, and what it leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "people/asset.h"
#include "people/duty.h"
#include "people/import.h"
#include "people/person.h"
#include "people/unit.h"

#define T0 INT64_C(1795000000000000)
#define ZONE (8 * CLOCK_HOUR)

struct table {
	char folder[64];
	struct db *db;
	int64_t now; /* a minute further with each import */
	struct buf said;
	struct import_summary summary;
	struct err err;
};

static struct table table;

static int set_up(void **state)
{
	static const struct db_schema *const schemas[] = {&register_schema, &import_schema};
	char path[80];

	(void)state;
	table = (struct table){.now = T0};
	strcpy(table.folder, "/tmp/wl-tables-XXXXXX");
	assert_non_null(mkdtemp(table.folder));
	snprintf(path, sizeof(path), "%s/core.db", table.folder);
	assert_int_equal(db_open(path, schemas, 2, &table.db, NULL), 0);
	return 0;
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_close(table.db);
	buf_done(&table.said);
	snprintf(command, sizeof(command), "rm -rf %s", table.folder);
	return system(command);
}

/* "2 changed 李娜 phone:1>2 !mail:a>b" with ! before conflicts and ? before errors. */
static int say(void *context, const struct import_row *row)
{
	struct buf *said = context;

	buf_printf(said, "%u %s %.*s", row->line, import_verdict_name(row->verdict), STR_FMT(row->label));
	for (size_t i = 0; i < row->count; i++) {
		const struct import_remark *remark = &row->remarks[i];
		const char *column = remark->column ? remark->column : "";

		if (remark->kind == REMARK_WARNING)
			continue;
		if (remark->kind == REMARK_ERROR)
			buf_printf(said, " ?%s:%s", column, remark->code);
		else
			buf_printf(said, " %s%s:%.*s>%.*s", remark->kind == REMARK_CONFLICT ? "!" : "",
				   column, STR_FMT(remark->from), STR_FMT(remark->to));
	}
	buf_add_char(said, '\n');
	return 0;
}

static int import_with(struct import_options options, const char *text)
{
	options.file = STR("a.csv");
	options.by = options.by.len ? options.by : STR("li");
	options.now = table.now += CLOCK_MINUTE;
	options.zone = ZONE;
	buf_clear(&table.said);
	table.err = (struct err){0};
	table.summary = (struct import_summary){0};
	return import_run(table.db, str_from(text), &options, say, &table.said, &table.summary, &table.err);
}

static void expect(enum import_kind kind, const char *text, const char *said)
{
	assert_int_equal(import_with((struct import_options){.kind = kind}, text), 0);
	assert_string_equal(buf_cstr(&table.said), said);
}

static void expect_dry(enum import_kind kind, const char *text, const char *said)
{
	assert_int_equal(import_with((struct import_options){.kind = kind, .dry_run = true}, text), 0);
	assert_string_equal(buf_cstr(&table.said), said);
	assert_int_equal(table.summary.import, 0);
}

static void expect_export(enum import_kind kind, const char *expected)
{
	const struct register_view view = {.time = table.now + CLOCK_SECOND};
	struct buf out = {0};
	struct db_tx *tx;
	struct str rest, line;

	assert_int_equal(db_begin(table.db, DB_READ, &tx), 0);
	assert_int_equal(register_export(tx, kind, SHEET_CSV, &view, ZONE, &out), 0);
	db_end(tx, 0);
	buf_clear(&table.said);
	for (rest = buf_str(&out), str_split(&rest, '\n', &line); str_split(&rest, '\n', &line);)
		buf_printf(&table.said, "%.*s\n", (int)line.len - 1, line.ptr);
	assert_string_equal(buf_cstr(&table.said), expected);
	buf_done(&out);
}

static void add_units(void)
{
	expect(IMPORT_UNITS,
	       "单位代码,单位名称,单位类型,上级单位,起始日期\n"
	       "0301,实验中心,科室,信息学院,2026-01-01\n" /* before the one it is in */
	       "03,信息学院,院系,,2026-01-01\n"
	       ",图书馆,department,,2026-01-01\n",
	       "2 new 实验中心\n3 new 信息学院\n4 new 图书馆\n");
}

static void add_people(void)
{
	expect(IMPORT_PEOPLE,
	       "工号,姓名,电话,邮箱,所属单位,起始日期\n"
	       "1001,李娜,010-1,lina@example.edu.cn,03,2026-01-01\n"
	       "1002,王芳,,wf@example.edu.cn,图书馆,2026-01-01\n"
	       ",赵磊,,,信息学院(03),2026-01-01\n",
	       "2 new 李娜\n3 new 王芳\n4 new 赵磊\n");
}

static void test_round_trip(void **state)
{
	(void)state;
	add_units();
	assert_int_equal(table.summary.counts[IMPORT_NEW], 3);
	add_people();
	expect_export(IMPORT_UNITS, "2,1,,图书馆,部门,,,2026-01-01,\n"
				    "1,1,03,信息学院,院系,,,2026-01-01,\n"
				    "3,1,0301,实验中心,科室,信息学院(03),,2026-01-01,\n");
	expect_export(IMPORT_PEOPLE, "4,1,1001,李娜,010-1,lina@example.edu.cn,信息学院(03),,2026-01-01,\n"
				     "5,1,1002,王芳,,wf@example.edu.cn,图书馆,,2026-01-01,\n"
				     "6,1,,赵磊,,,信息学院(03),,2026-01-01,\n");
}

static void test_dry_run_changes_nothing(void **state)
{
	const char *text = "name\n图书馆\n";
	char token[IMPORT_TOKEN_SIZE];

	(void)state;
	expect_dry(IMPORT_UNITS, text, "2 new 图书馆\n");
	expect_export(IMPORT_UNITS, "");
	strcpy(token, table.summary.token);
	/* the token is good for that file and that register alone */
	assert_int_equal(import_with((struct import_options){.token = str_from(token)}, "name\n图书馆x\n"),
			 ERR_BUSY);
	assert_int_equal(import_with((struct import_options){.token = str_from(token)}, text), 0);
	assert_int_not_equal(table.summary.import, 0);
	assert_int_equal(import_with((struct import_options){.token = str_from(token)}, text), ERR_BUSY);
}

static void test_errors_refuse_all(void **state)
{
	(void)state;
	add_units();
	expect(IMPORT_PEOPLE,
	       "姓名*,工号,所属单位,起始日期,终止日期\n"
	       "好人,1,图书馆,,\n"
	       "坏人,2,档案馆,,\n"
	       ",3,,,\n"
	       "#示例,4,,,\n"
	       "日子,5,,2026-13-01,\n"
	       "日子,6,,2026-02-01,2026-01-01\n"
	       "好人,1,,,\n",
	       "2 new 好人\n3 error 坏人 ?unit:unknown\n4 error  ?name:bad_value\n6 error 日子 "
	       "?valid_from:bad_value\n"
	       "7 error 日子 ?:bad_value\n8 error 好人 ?:ambiguous\n");
	assert_true(table.summary.refused);
	assert_int_equal(table.summary.import, 0);
	expect_export(IMPORT_PEOPLE, "");
	assert_int_equal(import_with((struct import_options){.kind = IMPORT_PEOPLE, .skip_errors = true},
				     "姓名,所属单位\n好人,图书馆\n坏人,档案馆\n"),
			 0);
	assert_int_not_equal(table.summary.import, 0);
	assert_int_equal(table.summary.counts[IMPORT_ERROR], 1);
}

static void test_heads(void **state)
{
	(void)state;
	assert_int_equal(import_with((struct import_options){0}, "name,colour\na,b\n"), ERR_UNKNOWN);
	assert_int_equal(table.err.column, 2);
	assert_int_equal(import_with((struct import_options){0}, "name,单位名称\na,b\n"), ERR_DUPLICATE);
	assert_int_equal(import_with((struct import_options){0}, "code\na\n"), ERR_SYNTAX);
	assert_int_equal(import_with((struct import_options){0}, ""), ERR_SYNTAX);
}

/* Somebody changes the mail by hand after the export; the row changes the phone: both stay. */
static void change_by_hand(int64_t id, const char *mail, const char *phone)
{
	struct statement statement = {.now = table.now += CLOCK_MINUTE, .by = STR("wang")};
	const struct person person = {.mail = str_from(mail), .phone = str_from(phone)};
	struct db_tx *tx;
	int r;

	assert_int_equal(db_begin(table.db, DB_WRITE, &tx), 0);
	r = person_update(tx, id, &person, (mail ? PERSON_MAIL : 0) | (phone ? PERSON_PHONE : 0), &statement,
			  NULL);
	assert_int_equal(db_end(tx, r), 0);
}

static void test_merge(void **state)
{
	(void)state;
	add_units();
	add_people();
	change_by_hand(4, "new@example.edu.cn", NULL);
	/* of version 1: only the phone is new in the row */
	expect(IMPORT_PEOPLE,
	       "id,version,name,phone,mail\n4,1,李娜,010-2,lina@example.edu.cn\n5,1,王芳,,wf@example.edu."
	       "cn\n",
	       "2 changed 李娜 phone:010-1>010-2\n3 unchanged 王芳\n");
	change_by_hand(4, NULL, "010-9");
	/* both changed the phone */
	expect(IMPORT_PEOPLE, "id,version,name,phone\n4,3,李娜,010-3\n",
	       "2 conflict 李娜 !phone:010-9>010-3\n");
	assert_true(table.summary.refused);
	assert_int_equal(
		import_with((struct import_options){.kind = IMPORT_PEOPLE, .on_conflict = IMPORT_KEEP},
			    "id,version,name,phone,mail\n4,3,李娜,010-3,other@example.edu.cn\n"),
		0);
	assert_false(table.summary.refused);
	expect_export(IMPORT_PEOPLE, "4,5,1001,李娜,010-9,other@example.edu.cn,信息学院(03),,2026-01-01,\n"
				     "5,1,1002,王芳,,wf@example.edu.cn,图书馆,,2026-01-01,\n"
				     "6,1,,赵磊,,,信息学院(03),,2026-01-01,\n");
	/* a line that is decided otherwise than the rest */
	assert_int_equal(import_with((struct import_options){.kind = IMPORT_PEOPLE,
							     .on_conflict = IMPORT_KEEP,
							     .take = (const unsigned[]){2},
							     .take_count = 1},
				     "id,version,name,phone\n4,3,李娜,010-3\n"),
			 0);
	/* the row says what the register has: nothing to do, whoever made it so */
	expect(IMPORT_PEOPLE, "id,version,name,phone\n4,1,李娜,010-3\n", "2 unchanged 李娜\n");
}

static void test_rows_without_version(void **state)
{
	(void)state;
	add_units();
	add_people();
	/* as the last import left it: what is new in the row is a change */
	expect(IMPORT_PEOPLE, "工号,姓名,电话,邮箱\n1001,李娜,010-2,\n",
	       "2 changed 李娜 phone:010-1>010-2\n");
	change_by_hand(4, NULL, "010-9");
	expect(IMPORT_PEOPLE, "工号,姓名,电话\n1001,李娜,010-2\n", "2 unchanged 李娜\n");
	expect(IMPORT_PEOPLE, "工号,姓名,电话\n1001,李娜,010-3\n", "2 conflict 李娜 !phone:010-9>010-3\n");
	/* out of an export, an empty cell empties */
	expect_dry(IMPORT_PEOPLE, "id,version,name,phone\n4,3,李娜,\n", "2 changed 李娜 phone:010-9>\n");
	/* nobody imported a phone for him: to fill it contradicts nobody */
	expect(IMPORT_PEOPLE, "姓名,电话\n赵磊,010-7\n", "2 changed 赵磊 phone:>010-7\n");
}

static void test_assets_and_holders(void **state)
{
	(void)state;
	add_units();
	add_people();
	expect(IMPORT_ASSETS,
	       "资产名称,资产类型,地址,域名,所属单位,系统负责人,等保级别,状态,起始日期\n"
	       "教务系统,信息系统,10.1.0.30；10.1.0.31,JWXT.example.edu.cn.,信息学院,李娜,三级,,2026-02-01\n"
	       "宿舍网,地址段,10.20.0.0/16,,图书馆,1002；赵磊,,在用,2026/2/1\n",
	       "2 new 教务系统\n3 new 宿舍网\n");
	expect_export(
		IMPORT_ASSETS,
		"7,1,教务系统,信息系统,10.1.0.30 10.1.0.31,,jwxt.example.edu.cn,,,信息学院(03),李娜(1001),"
		",,,第三级,,,在用,,2026-02-01,\n"
		"9,1,宿舍网,地址段,10.20.0.0/16,,,,,图书馆,王芳(1002); 赵磊,,,,,,,在用,,2026-02-01,\n");
}

static void test_undo(void **state)
{
	struct err err = {0};
	int64_t first, second;

	(void)state;
	add_units();
	first = table.summary.import;
	add_people();
	second = table.summary.import;
	assert_int_equal(import_undo(table.db, first, STR("li"), table.now += CLOCK_MINUTE, &err),
			 ERR_DENIED);
	expect(IMPORT_PEOPLE, "工号,姓名,电话\n1001,李娜,010-5\n", "2 changed 李娜 phone:010-1>010-5\n");
	assert_int_equal(import_undo(table.db, second, STR("li"), table.now, &err), ERR_DENIED);
	assert_int_equal(
		import_undo(table.db, table.summary.import, STR("li"), table.now += CLOCK_MINUTE, &err), 0);
	expect_export(IMPORT_PEOPLE, "4,3,1001,李娜,010-1,lina@example.edu.cn,信息学院(03),,2026-01-01,\n"
				     "5,1,1002,王芳,,wf@example.edu.cn,图书馆,,2026-01-01,\n"
				     "6,1,,赵磊,,,信息学院(03),,2026-01-01,\n");
	assert_int_equal(import_undo(table.db, table.summary.import, STR("li"), table.now, &err), ERR_DENIED);
	assert_int_equal(import_undo(table.db, 99, STR("li"), table.now, &err), ERR_END);
}

static void test_duties(void **state)
{
	(void)state;
	add_units();
	add_people();
	expect(IMPORT_DUTIES,
	       "姓名,职责,单位,起始日期\n1001,第一责任人,03,2026-01-01\n赵磊,值班人员,03,2026-01-01\n",
	       "2 new 李娜(1001) 第一责任人\n3 new 赵磊 值班人员\n");
	/* who has it already has it; of the head of a faculty there is one */
	expect_dry(
		IMPORT_DUTIES,
		"person,duty,unit\n李娜,first_responsible,信息学院\n王芳,第一责任人,信息学院\n",
		"2 unchanged 李娜(1001) 第一责任人\n3 conflict 王芳(1002) 第一责任人 !person:>王芳(1002)\n");
	assert_int_equal(
		import_with((struct import_options){.kind = IMPORT_DUTIES, .on_conflict = IMPORT_TAKE},
			    "person,duty,unit\n王芳,第一责任人,信息学院\n"),
		0);
	assert_int_not_equal(table.summary.import, 0);
	expect_export(IMPORT_DUTIES,
		      "8,1,赵磊,值班人员,信息学院(03),,2026-01-01,\n"
		      "9,1,王芳(1002),第一责任人,信息学院(03),,2026-11-18T11:11:40.000000Z,\n");
	/* taken back: the one before has it again */
	assert_int_equal(
		import_undo(table.db, table.summary.import, STR("li"), table.now += CLOCK_MINUTE, NULL), 0);
	expect_export(IMPORT_DUTIES, "7,3,李娜(1001),第一责任人,信息学院(03),,2026-01-01,\n"
				     "8,1,赵磊,值班人员,信息学院(03),,2026-01-01,\n");
	expect(IMPORT_DUTIES, "姓名,职责,单位,终止日期\n赵磊,值班人员,03,2026-06-30\n",
	       "2 changed 赵磊 值班人员 valid_to:>2026-06-30\n");
	expect(IMPORT_DUTIES, "姓名,职责\n赵磊,值班人员\n", "2 error 赵磊 值班人员 ?:bad_value\n");
}

static void test_templates_are_tables(void **state)
{
	(void)state;
	for (int kind = 0; kind < IMPORT_KINDS; kind++)
		for (int format = SHEET_CSV; format <= SHEET_XLSX; format++) {
			struct import_options options = {.kind = (enum import_kind)kind, .dry_run = true};
			struct buf out = {0};

			assert_int_equal(register_template(options.kind, (enum sheet_format)format, &out), 0);
			table.summary = (struct import_summary){0};
			assert_int_equal(import_run(table.db, buf_str(&out), &options, say, &table.said,
						    &table.summary, NULL),
					 0);
			for (int i = 0; i < IMPORT_VERDICT_COUNT; i++)
				assert_int_equal(table.summary.counts[i], 0);
			buf_done(&out);
		}
}

/* --- the demo university, and the drill that needs it --------------------------------------------------- */

static void import_demo(enum import_kind kind, size_t rows)
{
	char path[256];
	struct buf text = {0};

	snprintf(path, sizeof(path), DEMO "/%s.csv", import_kind_name(kind));
	assert_int_equal(io_read_file(path, 1 << 20, &text), 0);
	assert_int_equal(import_with((struct import_options){.kind = kind}, buf_cstr(&text)), 0);
	if (table.summary.refused)
		fail_msg("%s", buf_cstr(&table.said));
	assert_int_equal(table.summary.counts[IMPORT_NEW], rows);
	assert_int_equal(import_with((struct import_options){.kind = kind}, buf_cstr(&text)), 0);
	assert_int_equal(table.summary.counts[IMPORT_UNCHANGED], rows);
	buf_done(&text);
}

static int take_owner(void *context, const struct owner *owner)
{
	buf_printf(context, "%.*s, %.*s", STR_FMT(owner->asset_name), STR_FMT(owner->unit_name));
	return owner->count ? 0 : ERR_CORRUPT;
}

static void test_the_drill_has_owners(void **state)
{
	static const struct {
		const char *what, *owner;
	} cases[] = {
		{"lib-db01", "图书馆集成系统数据库服务器, 数字资源部"},
		{"10.1.0.20", "学校门户网站, 网络宣传科"},
		{"https://www.example.edu.cn/jwc/course?id=1", "教务管理系统, 教务处"},
		{"CW-PC-023", "财务处办公电脑023, 财务处"},
		{"10.20.77.31", "学生宿舍区有线网, 学生公寓管理中心"},
		{"DC01", "域控制器, 信息系统科"},
		{"10.30.4.88", "科研处办公电脑088, 科研处"},
		{"10.30.4.5", "行政楼办公网, 国有资产管理处"},
		{"core-sw01", "核心交换机, 网络运行科"},
		{"mail.example.edu.cn", "电子邮件系统, 信息系统科"},
	};
	struct buf out = {0};
	struct db_tx *tx;

	(void)state;
	import_demo(IMPORT_UNITS, 40);
	import_demo(IMPORT_PEOPLE, 125);
	import_demo(IMPORT_ASSETS, 200);
	import_demo(IMPORT_DUTIES, 124);
	assert_int_equal(db_begin(table.db, DB_READ, &tx), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&out);
		assert_int_equal(owner_find(tx, str_from(cases[i].what), table.now, 0, take_owner, &out), 0);
		assert_string_equal(buf_cstr(&out), cases[i].owner);
	}
	db_end(tx, 0);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dry_run_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_errors_refuse_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_heads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_merge, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rows_without_version, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_assets_and_holders, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_undo, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_duties, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_templates_are_tables, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_drill_has_owners, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
