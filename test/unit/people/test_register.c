/* SPDX-License-Identifier: Apache-2.0 */
/* What may be said of units, people, duties and assets, and what is so afterwards, now and as known before.
 */
#include "helper.h"

static int64_t university, school, library;

static void make_university(void)
{
	university = unit_said(at(T0), "00", "university", 0);
	school = unit_said(at(T0), "01", "school", university);
	library = unit_said(at(T0), "02", "library", university);
}

/* "01 school 1..2; 01 faculty 2.." with days behind T0. */
static int write_unit(void *context, const struct unit *unit)
{
	struct buf *out = context;

	buf_printf(out, "%s%.*s %.*s %d..", out->len ? "; " : "", STR_FMT(unit->code), STR_FMT(unit->name),
		   (int)((unit->from - T0) / DAY));
	if (unit->to != REGISTER_OPEN)
		buf_printf(out, "%d", (int)((unit->to - T0) / DAY));
	return 0;
}

static void states_are_at(int64_t id, const char *wanted, int line)
{
	struct buf out = {0};

	assert_int_equal(unit_states(tx, id, write_unit, &out), 0);
	if (strcmp(buf_cstr(&out), wanted) != 0)
		fail_msg("line %d: '%s', not '%s'", line, buf_cstr(&out), wanted);
	buf_done(&out);
}
#define states_are(id, wanted) states_are_at(id, wanted, __LINE__)

static int rename_unit(int64_t id, const char *name, struct statement statement)
{
	struct unit unit = {.name = str_from(name)};

	return unit_update(tx, id, &unit, UNIT_NAME, &statement, NULL);
}

static int code_unit(int64_t id, const char *code, struct statement statement)
{
	struct unit unit = {.code = str_from(code)};

	return unit_update(tx, id, &unit, UNIT_CODE, &statement, NULL);
}

static void test_changes(void **state)
{
	(void)state;
	make_university();
	assert_int_equal(rename_unit(school, "faculty", at(T0 + 2 * DAY)), 0);
	states_are(school, "01 school 0..2; 01 faculty 2..");

	/* Of the time between, only. */
	assert_int_equal(code_unit(school, "09", about(T0 + 5 * DAY, T0 + 1 * DAY, T0 + 3 * DAY, "r")), 0);
	states_are(school, "01 school 0..1; 09 school 1..2; 09 faculty 2..3; 01 faculty 3..");

	/* Without an end it goes as far as the member was the same; another member does not matter. */
	assert_int_equal(rename_unit(school, "institute", about(T0 + 6 * DAY, T0 + 1 * DAY, 0, "r")), 0);
	states_are(school, "01 school 0..1; 09 institute 1..2; 09 faculty 2..3; 01 faculty 3..");
	assert_int_equal(warnings.count, 1);
	assert_int_equal(rename_unit(school, "academy", about(T0 + 7 * DAY, T0 + 2 * DAY, 0, "r")), 0);
	states_are(school, "01 school 0..1; 09 institute 1..2; 09 academy 2..3; 01 academy 3..");

	/* Nothing new: no statement. */
	assert_int_equal(rename_unit(school, "academy", at(T0 + 8 * DAY)), 0);
	assert_int_equal(rename_unit(school, "", at(T0 + 8 * DAY)), ERR_RANGE);
	assert_int_equal(rename_unit(school, "x", about(T0, T0 - DAY, T0 - 1, "before it was")), ERR_END);
	assert_int_equal(rename_unit(9999, "x", at(T0)), ERR_END);
}

static void test_the_future(void **state)
{
	(void)state;
	make_university();
	assert_int_equal(rename_unit(school, "faculty", about(T0 + DAY, T0 + 10 * DAY, 0, "")), 0);
	states_are(school, "01 school 0..10; 01 faculty 10..");
	assert_int_equal(code_unit(school, "77", at(T0 + 2 * DAY)), 0);
	states_are(school, "01 school 0..2; 77 school 2..10; 77 faculty 10..");
	assert_int_equal(rename_unit(school, "x", about(T0 + DAY, T0 + 10 * DAY, T0 + 9 * DAY, "")),
			 ERR_RANGE);
}

static int close_unit(int64_t id, struct statement statement)
{
	return unit_close(tx, id, &statement, NULL);
}

static int span_unit(int64_t id, int64_t from, int64_t to, struct statement statement)
{
	struct register_span span = {from ? &from : NULL, to ? &to : NULL};

	return unit_span(tx, id, &span, &statement, NULL);
}

static void test_ends_and_beginnings(void **state)
{
	(void)state;
	make_university();
	assert_int_equal(rename_unit(school, "faculty", at(T0 + 2 * DAY)), 0);
	assert_int_equal(span_unit(school, 0, T0 + 9 * DAY, at(T0 + 3 * DAY)), 0);
	states_are(school, "01 school 0..2; 01 faculty 2..9");
	assert_int_equal(span_unit(school, T0 - 5 * DAY, T0 + 12 * DAY, at(T0 + 3 * DAY)), ERR_DENIED);
	assert_int_equal(span_unit(school, T0 - 5 * DAY, T0 + 12 * DAY, about(T0 + 3 * DAY, 0, 0, "older")),
			 0);
	states_are(school, "01 school -5..2; 01 faculty 2..12");
	assert_int_equal(span_unit(library, T0 - 5 * DAY, T0 + 12 * DAY, about(T0 + 3 * DAY, 0, 0, "older")),
			 0);
	states_are(library, "02 library -5..12");
	assert_int_equal(span_unit(school, T0 + 3 * DAY, 0, about(T0 + 3 * DAY, 0, 0, "younger")), 0);
	states_are(school, "01 faculty 3..12");
	assert_int_equal(span_unit(school, T0 + 20 * DAY, 0, about(T0 + 3 * DAY, 0, 0, "r")), ERR_RANGE);
	assert_int_equal(close_unit(school, at(T0 + 5 * DAY)), 0);
	states_are(school, "01 faculty 3..5");
	assert_int_equal(close_unit(school, at(T0 + 6 * DAY)), ERR_END);
	assert_int_equal(span_unit(school, 0, REGISTER_OPEN, about(T0 + 6 * DAY, 0, 0, "it goes on")), 0);
	states_are(school, "01 faculty 3..");
	assert_int_equal(close_unit(school, about(T0 + 7 * DAY, T0, 0, "it never was")), 0);
	states_are(school, "");
}

/* What one row says of a moment is said once, whatever was done. */
static void test_rows_in_force_never_overlap(void **state)
{
	unsigned random = 1;
	int64_t count = -1;

	(void)state;
	make_university();
	for (int i = 0; i < 300; i++) {
		char name[16];
		int64_t from, to;

		random = random * 1103515245u + 12345u;
		from = T0 + (random >> 8) % 40 * DAY;
		random = random * 1103515245u + 12345u;
		to = from + (1 + (random >> 8) % 10) * DAY;
		snprintf(name, sizeof(name), "n%u", random >> 20 & 3);
		if (i % 7 == 6)
			span_unit(school, from, to, about(T0 + 100 * DAY + i, 0, 0, "r"));
		else
			rename_unit(school, name, about(T0 + 100 * DAY + i, from, i % 3 ? to : 0, "r"));
	}
	assert_int_equal(
		db_get_integer(
			tx,
			"SELECT count(*) FROM register_rows a JOIN register_rows b ON b.thing = a.thing AND "
			"b.row > a.row AND b.valid_from < a.valid_to AND a.valid_from < b.valid_to AND "
			"a.recorded < b.superseded AND b.recorded < a.superseded AND a.recorded < "
			"a.superseded AND b.recorded < b.superseded",
			DB_NONE, &count),
		1);
	assert_int_equal(count, 0);
}

/* --- versions and what was known
 * ------------------------------------------------------------------------------ */

struct told {
	size_t count, past;
	int64_t version;
	char reason[32];
};

static int tell(void *context, const struct register_change *change)
{
	struct told *told = context;

	if (!told->count++) {
		told->version = change->version;
		snprintf(told->reason, sizeof(told->reason), "%.*s", STR_FMT(change->reason));
	}
	told->past += change->past;
	return 0;
}

static void test_versions(void **state)
{
	struct statement statement = at(T0 + DAY);
	struct told told = {0};
	struct unit unit = {.name = STR("faculty")};
	struct err err = {0};

	(void)state;
	make_university();
	statement.version = 2;
	assert_int_equal(unit_update(tx, school, &unit, UNIT_NAME, &statement, &err), ERR_BUSY);
	assert_non_null(strstr(err.message, "version 1"));
	statement.version = 1;
	assert_int_equal(unit_update(tx, school, &unit, UNIT_NAME, &statement, &err), 0);
	assert_int_equal(unit_update(tx, school, &unit, UNIT_NAME, &statement, &err), ERR_BUSY);
	assert_int_equal(rename_unit(school, "old", about(T0 + 2 * DAY, T0, T0 + DAY, "a letter")), 0);
	assert_int_equal(register_history(tx, school, tell, &told), 0);
	assert_int_equal(told.count, 3);
	assert_int_equal(told.past, 1);
	assert_int_equal(told.version, 3);
	assert_string_equal(told.reason, "a letter");
}

static int keep_name(void *context, const struct unit *unit)
{
	snprintf(context, 32, "%.*s", STR_FMT(unit->name));
	return 0;
}

static void unit_is(int64_t id, int64_t time, int64_t known, const char *wanted)
{
	char name[32] = "none";
	struct register_view view = {.time = time, .known = known};
	int r = unit_get(tx, id, &view, keep_name, name);

	assert_true(r == 0 || r == ERR_END);
	assert_string_equal(name, wanted);
}

static void test_as_it_was_known(void **state)
{
	(void)state;
	make_university();
	assert_int_equal(rename_unit(school, "b", at(T0 + 2 * DAY)), 0);
	assert_int_equal(rename_unit(school, "c", about(T0 + 4 * DAY, T0 + DAY, T0 + 3 * DAY, "r")), 0);
	unit_is(school, T0 + DAY, 0, "c");
	unit_is(school, T0 + DAY, T0 + 3 * DAY, "school");
	unit_is(school, T0 + 2 * DAY, T0 + 3 * DAY, "b");
	unit_is(school, T0 + 2 * DAY, T0 + DAY, "school");
	unit_is(school, T0 + 2 * DAY, T0 + 4 * DAY, "c");
	unit_is(school, T0 + 3 * DAY, 0, "b");
	unit_is(school, T0 + DAY, T0 - 1, "none");
	unit_is(school, T0 - 1, 0, "none");
}

/* A clock that was set back does not put a statement before those it knew of. */
static void test_the_clock_goes_back(void **state)
{
	struct told told = {0};

	(void)state;
	make_university();
	assert_int_equal(rename_unit(school, "b", at(T0 + 2 * DAY)), 0);
	assert_int_equal(rename_unit(school, "c", at(T0 + DAY)), 0);
	unit_is(school, T0 + 2 * DAY, 0, "c");
	unit_is(school, T0 + 2 * DAY - 1, 0, "school");
	assert_int_equal(register_history(tx, school, tell, &told), 0);
	assert_int_equal(told.past, 0);
}

/* --- the tree
 * --------------------------------------------------------------------------------------------------- */

static int move_unit(int64_t id, int64_t parent, struct statement statement)
{
	struct unit unit = {.parent = parent};

	return unit_update(tx, id, &unit, UNIT_PARENT, &statement, NULL);
}

static int write_tree(void *context, const struct unit *unit)
{
	buf_printf(context, "%u%.*s ", unit->depth, STR_FMT(unit->name));
	return 0;
}

static void tree_is(int64_t time, int64_t scope, const char *wanted)
{
	struct register_view view = {.time = time, .scope = scope};
	struct buf out = {0};

	assert_int_equal(unit_list(tx, &view, write_tree, &out), 0);
	assert_string_equal(buf_cstr(&out), wanted);
	buf_done(&out);
}

static void test_the_tree(void **state)
{
	struct statement statement = at(T0);
	struct unit unit = {.name = STR("x"), .kind = UNIT_OFFICE, .code = STR("01")};
	int64_t office, id;

	(void)state;
	make_university();
	office = unit_said(at(T0), "0101", "office", school);
	tree_is(T0, 0, "0university 1school 2office 1library ");
	tree_is(T0, school, "0school 1office ");
	tree_is(T0 - 1, 0, "");
	assert_int_equal(move_unit(university, office, at(T0 + DAY)), ERR_SYNTAX);
	assert_int_equal(move_unit(school, school, at(T0 + DAY)), ERR_SYNTAX);
	assert_int_equal(move_unit(school, 4711, at(T0 + DAY)), ERR_UNKNOWN);
	assert_int_equal(move_unit(office, library, at(T0 + DAY)), 0);
	tree_is(T0 + DAY, 0, "0university 1school 1library 2office ");
	tree_is(T0, 0, "0university 1school 2office 1library ");

	/* A cycle in the past is one, too, as is one to come. */
	assert_int_equal(move_unit(school, office, about(T0 + 2 * DAY, T0, T0 + DAY, "r")), ERR_SYNTAX);
	assert_int_equal(move_unit(library, school, about(T0 + 2 * DAY, T0 + 9 * DAY, 0, "")), 0);
	assert_int_equal(move_unit(school, office, about(T0 + 2 * DAY, T0 + 3 * DAY, 0, "")), ERR_SYNTAX);
	assert_int_equal(move_unit(school, office, about(T0 + 2 * DAY, T0 + 3 * DAY, T0 + 9 * DAY, "")), 0);

	/* Codes are unique at any time; of one that is over they are free. */
	assert_int_equal(unit_add(tx, &unit, &statement, &id, NULL), ERR_DUPLICATE);
	statement = at(T0 + 20 * DAY);
	assert_int_equal(close_unit(office, statement), 0);
	unit.code = STR("0101");
	assert_int_equal(unit_add(tx, &unit, &statement, &id, NULL), 0);
	statement = about(T0 + 20 * DAY, T0 + 19 * DAY, 0, "r");
	assert_int_equal(unit_add(tx, &unit, &statement, &id, NULL), ERR_DUPLICATE);
}

/* What is above one another at different times only is no cycle. */
static void test_a_cycle_is_of_one_moment(void **state)
{
	int64_t a, b, c;

	(void)state;
	a = unit_said(at(T0), "", "a", 0);
	b = unit_said(at(T0), "", "b", 0);
	c = unit_said(at(T0), "", "c", 0);
	assert_int_equal(move_unit(b, c, about(T0, T0 + 3 * DAY, T0 + 5 * DAY, "")), 0);
	assert_int_equal(move_unit(c, a, about(T0, T0 + 5 * DAY, T0 + 9 * DAY, "")), 0);
	assert_int_equal(move_unit(a, b, about(T0, T0 + 3 * DAY, T0 + 9 * DAY, "")), 0);
	assert_int_equal(move_unit(c, a, about(T0, T0 + 4 * DAY, T0 + 5 * DAY, "")), ERR_SYNTAX);
}

static void test_a_tree_has_an_end(void **state)
{
	int64_t parent = 0;

	(void)state;
	for (int i = 0; i < UNIT_DEPTH_MAX - 1; i++)
		parent = unit_said(at(T0), "", "deep", parent);
	for (int i = 0; i < 3; i++) {
		struct unit unit = {.name = STR("deeper"), .kind = UNIT_OTHER, .parent = parent};
		struct statement statement = at(T0);
		int r = unit_add(tx, &unit, &statement, &parent, NULL);

		if (r == ERR_LIMIT)
			return;
		assert_int_equal(r, 0);
	}
	fail_msg("there is no end");
}

/* --- duties
 * ------------------------------------------------------------------------------------------------------ */

static int hold(int64_t person, enum duty duty, int64_t unit, struct statement statement, int64_t *ret_id)
{
	struct held_duty held = {.person = person, .duty = duty, .unit = unit};

	return duty_add(tx, &held, &statement, ret_id, NULL);
}

static void test_duties_do_not_overlap_by_mistake(void **state)
{
	struct held_duty both = {.duty = DUTY_OPERATOR}, none = {.duty = DUTY_OPERATOR};
	struct statement statement;
	int64_t li, wang, first, id;

	(void)state;
	make_university();
	li = person_said(at(T0), "Li", "1", school);
	wang = person_said(at(T0), "Wang", "2", school);
	assert_int_equal(hold(li, DUTY_FIRST_RESPONSIBLE, school, at(T0), &first), 0);
	assert_int_equal(hold(wang, DUTY_FIRST_RESPONSIBLE, school, at(T0 + DAY), &id), ERR_DUPLICATE);
	assert_int_equal(hold(wang, DUTY_FIRST_RESPONSIBLE, library, at(T0 + DAY), &id), 0);
	statement = at(T0 + DAY);
	statement.also = true;
	assert_int_equal(hold(li, DUTY_FIRST_RESPONSIBLE, school, statement, &id), ERR_DUPLICATE);
	assert_int_equal(hold(wang, DUTY_FIRST_RESPONSIBLE, school, statement, &id), 0);
	assert_int_equal(hold(li, DUTY_OPERATOR, school, at(T0), &id), 0);
	assert_int_equal(hold(wang, DUTY_OPERATOR, school, at(T0), &id), 0);
	assert_int_equal(hold(wang, DUTY_OPERATOR, school, at(T0), &id), ERR_DUPLICATE);

	/* In place of those who had it, from there on; again later it may be held. */
	assert_int_equal(hold(li, DUTY_IT_HEAD, school, at(T0), &first), 0);
	statement = at(T0 + 2 * DAY);
	statement.instead = true;
	assert_int_equal(hold(wang, DUTY_IT_HEAD, school, statement, &id), 0);
	owner_is("nothing", T0, 0, "nobody");
	statement = at(T0 + 4 * DAY);
	assert_int_equal(duty_close(tx, id, &statement, NULL), 0);
	assert_int_equal(hold(li, DUTY_IT_HEAD, school, at(T0 + 4 * DAY), &id), 0);
	assert_int_equal(
		hold(li, DUTY_IT_HEAD, school, about(T0 + 5 * DAY, T0 + DAY, T0 + 2 * DAY, "r"), &id),
		ERR_DUPLICATE);

	/* For a unit or an asset, of somebody who is there. */
	both.person = none.person = li;
	both.unit = both.asset = school;
	statement = at(T0);
	assert_int_equal(duty_add(tx, &both, &statement, &id, NULL), ERR_RANGE);
	assert_int_equal(duty_add(tx, &none, &statement, &id, NULL), ERR_RANGE);
	assert_int_equal(hold(4711, DUTY_OPERATOR, school, at(T0), &id), ERR_UNKNOWN);
	assert_int_equal(hold(school, DUTY_OPERATOR, school, at(T0), &id), ERR_UNKNOWN);
	assert_int_equal(hold(li, (enum duty)99, school, at(T0), &id), ERR_RANGE);
	assert_int_equal(hold(li, DUTY_OPERATOR, library, about(T0, T0 - DAY, 0, "before it was"), &id), 0);
	assert_int_equal(warnings.count, 2);
	assert_non_null(strstr(warnings.text[0], "not valid all that time"));
}

static int count_duty(void *context, const struct held_duty *duty)
{
	assert_true(duty->person_name.len && duty->from < duty->to);
	++*(size_t *)context;
	return 0;
}

static size_t duties_of(struct duty_filter filter)
{
	size_t count = 0;
	int64_t next;

	assert_int_equal(duty_list(tx, &filter, count_duty, &count, &next), 0);
	return count;
}

static void test_lists_of_duties(void **state)
{
	int64_t li, wang, portal, id;
	struct statement closing = at(T0 + 2 * DAY);

	(void)state;
	make_university();
	li = person_said(at(T0), "Li", "1", school);
	wang = person_said(at(T0), "Wang", "2", library);
	portal = asset_said(at(T0), "portal", "", school);
	id = duty_said(at(T0), li, DUTY_FIRST_RESPONSIBLE, school, 0);
	duty_said(at(T0), wang, DUTY_FIRST_RESPONSIBLE, library, 0);
	duty_said(at(T0), wang, DUTY_OPERATOR, 0, portal);
	assert_int_equal(duty_close(tx, id, &closing, NULL), 0);
	assert_int_equal(duties_of((struct duty_filter){.view.time = T0}), 3);
	assert_int_equal(duties_of((struct duty_filter){.view.time = T0 + 2 * DAY}), 2);
	assert_int_equal(duties_of((struct duty_filter){.view = {T0 + 3 * DAY, T0 + DAY, 0}}), 3);
	assert_int_equal(duties_of((struct duty_filter){.view.time = T0 + 3 * DAY, .any_time = true}), 3);
	assert_int_equal(duties_of((struct duty_filter){.view.time = T0, .person = wang}), 2);
	assert_int_equal(duties_of((struct duty_filter){.view.time = T0, .unit = school}), 1);
	assert_int_equal(duties_of((struct duty_filter){.view.time = T0, .asset = portal}), 1);
	assert_int_equal(duties_of((struct duty_filter){.view.time = T0, .duty = DUTY_FIRST_RESPONSIBLE}), 2);
	assert_int_equal(duties_of((struct duty_filter){.view.time = T0, .id = id}), 1);
	/* Of an asset they are its unit's. */
	assert_int_equal(duties_of((struct duty_filter){.view = {.time = T0, .scope = school}}), 2);
	assert_int_equal(duties_of((struct duty_filter){.view = {.time = T0, .scope = library}}), 1);
	assert_int_equal(duties_of((struct duty_filter){.view = {.time = T0, .scope = university}}), 3);
}

/* --- people and assets
 * --------------------------------------------------------------------------------------------- */

static void test_what_people_may_be(void **state)
{
	static const struct {
		const char *name, *mail;
		int r;
	} cases[] = {
		{"Li", "li@example.edu.cn", 0},
		{"", "", ERR_RANGE},
		{" ", "", ERR_RANGE},
		{"Li\n", "", ERR_RANGE},
		{"\xff", "", ERR_RANGE},
		{"Li", "li", ERR_RANGE},
		{"Li", "li@", ERR_RANGE},
		{"Li", "@b", ERR_RANGE},
		{"Li", "a@b@c", ERR_RANGE},
		{"Li", "a@b>,<c", ERR_RANGE},
		{"Li", "a@b\r\nRCPT", ERR_RANGE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct person person = {.name = str_from(cases[i].name), .mail = str_from(cases[i].mail)};
		struct statement statement = at(T0);
		int64_t id;

		assert_int_equal(person_add(tx, &person, &statement, &id, NULL), cases[i].r);
	}
}

static int count_asset(void *context, const struct asset *asset)
{
	(void)asset;
	++*(size_t *)context;
	return 0;
}

static size_t assets_of(struct asset_filter filter, int64_t *ret_next)
{
	size_t count = 0;

	assert_int_equal(asset_list(tx, &filter, count_asset, &count, ret_next), 0);
	return count;
}

static void test_lists_of_assets(void **state)
{
	struct asset_filter filter = {.view.time = T0};
	struct asset critical = {.criticality = ASSET_CRITICAL, .mlps_level = 3};
	struct statement statement = at(T0 + DAY);
	int64_t next, office, first;

	(void)state;
	make_university();
	office = unit_said(at(T0), "0101", "office", school);
	first = asset_said(at(T0), "a 100%", "address 10.0.0.1", office);
	asset_said(at(T0), "b", "address 10.0.0.2", school);
	asset_said(at(T0), "c", "host c.example.edu.cn", library);
	assert_int_equal(
		asset_update(tx, first, &critical, ASSET_CRITICALITY | ASSET_MLPS_LEVEL, &statement, NULL),
		0);
	assert_int_equal(assets_of(filter, &next), 3);
	filter.limit = 2;
	assert_int_equal(assets_of(filter, &next), 2);
	filter.cursor = next;
	assert_int_equal(assets_of(filter, &next), 1);
	assert_int_equal(next, 0);
	filter = (struct asset_filter){.view.time = T0, .unit = school};
	assert_int_equal(assets_of(filter, &next), 2);
	filter.view.scope = library;
	assert_int_equal(assets_of(filter, &next), 0);
	filter = (struct asset_filter){.view = {.time = T0, .scope = library}};
	assert_int_equal(assets_of(filter, &next), 1);
	assert_int_equal(assets_of((struct asset_filter){.view.time = T0, .words = STR("%")}, &next), 1);
	assert_int_equal(assets_of((struct asset_filter){.view.time = T0, .words = STR("10.0.0")}, &next), 2);
	assert_int_equal(assets_of((struct asset_filter){.view.time = T0, .criticalities = 1u << 4}, &next),
			 0);
	filter = (struct asset_filter){.view.time = T0 + DAY, .criticalities = 1u << 4, .levels = 1u << 3};
	assert_int_equal(assets_of(filter, &next), 1);
	filter.kinds = 1u << ASSET_DATABASE;
	assert_int_equal(assets_of(filter, &next), 0);
	/* What is said of an asset does not make it a new one; where it is found now does. */
	filter = (struct asset_filter){.view.time = T0 + 3 * DAY, .since = T0};
	assert_int_equal(assets_of(filter, &next), 3);
	statement = at(T0 + 2 * DAY);
	assert_int_equal(asset_update(tx, first, &(struct asset){.identifiers = STR("address 10.0.0.9")},
				      ASSET_IDENTIFIERS, &statement, NULL),
			 0);
	assert_int_equal(assets_of(filter, &next), 2);
	filter.since = T0 + 2 * DAY;
	assert_int_equal(assets_of(filter, &next), 3);
	filter.since = T0 - DAY;
	assert_int_equal(assets_of(filter, &next), 0);
}

static int take_state(void *context, const struct asset *asset, struct str owner)
{
	buf_printf(context, "%.*s of %.*s by %.*s; ", STR_FMT(asset->name), STR_FMT(asset->unit_name),
		   STR_FMT(owner));
	return 0;
}

/* For the copy: each state with who answered for it at its end. */
static void test_every_state(void **state)
{
	struct asset moved = {.unit = 0};
	struct statement statement = at(T0 + 2 * DAY);
	struct buf out = {0};
	int64_t li, wang, portal;

	(void)state;
	make_university();
	li = person_said(at(T0), "Li", "1", school);
	wang = person_said(at(T0), "Wang", "2", library);
	duty_said(at(T0), li, DUTY_FIRST_RESPONSIBLE, school, 0);
	duty_said(at(T0), wang, DUTY_FIRST_RESPONSIBLE, library, 0);
	portal = asset_said(at(T0), "portal", "", school);
	moved.unit = library;
	assert_int_equal(asset_update(tx, portal, &moved, ASSET_UNIT, &statement, NULL), 0);
	assert_int_equal(asset_every_state(tx, T0, T0 + 3 * DAY, take_state, &out), 0);
	assert_string_equal(buf_cstr(&out), "portal of school by Li; portal of library by Wang; ");
	buf_clear(&out);
	assert_int_equal(asset_every_state(tx, T0 + 2 * DAY, T0 + 3 * DAY, take_state, &out), 0);
	assert_string_equal(buf_cstr(&out), "portal of library by Wang; ");
	buf_done(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_changes),
		TEST(test_the_future),
		TEST(test_ends_and_beginnings),
		TEST(test_rows_in_force_never_overlap),
		TEST(test_versions),
		TEST(test_as_it_was_known),
		TEST(test_the_clock_goes_back),
		TEST(test_the_tree),
		TEST(test_a_cycle_is_of_one_moment),
		TEST(test_a_tree_has_an_end),
		TEST(test_duties_do_not_overlap_by_mistake),
		TEST(test_lists_of_duties),
		TEST(test_what_people_may_be),
		TEST(test_lists_of_assets),
		TEST(test_every_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
