/* SPDX-License-Identifier: Apache-2.0 */
/* Whose something is: by all that it may be asked for, at the time and as it was known. */
#include "helper.h"

#include "people/owner_private.h"

static int64_t university, centre, library;

static void make_university(void)
{
	university = unit_said(at(T0), "00", "university", 0);
	centre = unit_said(at(T0), "01", "centre", university);
	library = unit_said(at(T0), "02", "library", university);
}

static void test_the_nearest_first(void **state)
{
	int64_t li, wang, zhao, portal;

	(void)state;
	make_university();
	li = person_said(at(T0), "Li", "1", centre);
	wang = person_said(at(T0), "Wang", "2", centre);
	zhao = person_said(at(T0), "Zhao", "3", university);
	portal = asset_said(at(T0), "portal", "address 10.1.2.3", centre);
	duty_said(at(T0), zhao, DUTY_FIRST_RESPONSIBLE, university, 0);
	duty_said(at(T0), wang, DUTY_IT_LIAISON, centre, 0);
	duty_said(at(T0), wang, DUTY_OPERATOR, 0, portal);
	duty_said(at(T0), li, DUTY_SYSTEM_OWNER, 0, portal);
	duty_said(at(T0), li, DUTY_FIRST_RESPONSIBLE, centre, 0);
	owner_is("10.1.2.3", T0, 0,
		 "portal | centre | system_owner Li 0; operator Wang 0; first_responsible Li 0; it_liaison "
		 "Wang 0; "
		 "first_responsible Zhao 1");
	owner_is("10.1.2.3", T0 - 1, 0, "nobody");
	owner_is("10.1.2.4", T0, 0, "nobody");
	owner_is("Portal", T0, 0,
		 "portal | centre | system_owner Li 0; operator Wang 0; first_responsible Li 0; it_liaison "
		 "Wang 0; "
		 "first_responsible Zhao 1");
}

static void test_what_is_asked_for(void **state)
{
	static const struct {
		const char *what, *asset;
	} cases[] = {
		{"10.1.2.3", "host"},
		{" 10.1.2.3 ", "host"},
		{"::ffff:10.1.2.3", "host"},
		{"10.1.2.9", "few"},
		{"10.1.2.10", "net24"},
		{"10.1.9.9", "net16"},
		{"10.9.9.9", "net8"},
		{"11.0.0.0", NULL},
		{"2001:db8:1::7", "six"},
		{"2001:DB8:1:0::0007", "six"},
		{"2001:db8:2::", NULL},
		{"WWW.Example.edu.cn.", "site"},
		{"lib.example.edu.cn", "library host"},
		{"new.lib.example.edu.cn", "domain"},
		{"example.edu.cn", "domain"},
		{"example.org", NULL},
		{"badexample.edu.cn", NULL},
		{"https://www.example.edu.cn/", "site"},
		{"http://www.example.edu.cn:80/courses/a/b.html?x=1#y", "courses"},
		{"https://user:pass@www.example.edu.cn/courses", "courses"},
		{"https://www.example.edu.cn/coursesx", "site"},
		{"https://www.example.edu.cn:8443/admin/x", "admin"},
		{"https://www.example.edu.cn/admin/x", "site"},
		{"https://10.1.2.3/x", "host"},
		{"https://[2001:db8:1::7]:8443/x", "six"},
		{"other.example.net", "on a path"},
		{"https://lib.example.edu.cn/catalogue", "library host"},
		{"02-00-5E-00-53-01", "host"},
		{"0200.5e00.5301", "host"},
		{"net24", "net24"},
		{"10.1.2.0/24", "net24"},
		{"教务系统", "教务系统"},
	};

	(void)state;
	asset_said(at(T0), "host", "address 10.1.2.3, mac 02:00:5e:00:53:01", 0);
	asset_said(at(T0), "few", "address 10.1.2.5-10.1.2.9", 0);
	asset_said(at(T0), "net8", "address 10.0.0.0/8", 0);
	asset_said(at(T0), "net24", "address 10.1.2.0/24", 0);
	asset_said(at(T0), "net16", "address 10.1.0.0/16", 0);
	asset_said(at(T0), "six", "address 2001:db8:1::/48", 0);
	asset_said(at(T0), "domain", "domain *.example.edu.cn", 0);
	asset_said(at(T0), "library host", "host lib.example.edu.cn", 0);
	asset_said(at(T0), "site", "url https://www.example.edu.cn/", 0);
	asset_said(at(T0), "courses", "url http://WWW.example.edu.cn/courses/", 0);
	asset_said(at(T0), "admin", "url https://www.example.edu.cn:8443/admin", 0);
	asset_said(at(T0), "on a path", "url https://other.example.net/a", 0);
	asset_said(at(T0), "教务系统", "", 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char wanted[80];

		snprintf(wanted, sizeof(wanted), cases[i].asset ? "%s |  |" : "nobody", cases[i].asset);
		owner_is(cases[i].what, T0, 0, wanted);
	}
	assert_int_equal(owner_find(tx, STR(""), T0, 0, write_owner, NULL), ERR_SYNTAX);
	assert_int_equal(owner_find(tx, STR(" "), T0, 0, write_owner, NULL), ERR_SYNTAX);
	assert_int_equal(owner_find(tx, STR("\xff"), T0, 0, write_owner, NULL), ERR_SYNTAX);
}

/* The narrower range wins only while it is valid; of equals one that is not closed. */
static void test_of_several(void **state)
{
	struct asset closed = {.life = ASSET_CLOSED};
	struct statement statement = at(T0 + 2 * DAY);
	int64_t narrow, newer;

	(void)state;
	asset_said(at(T0), "wide", "address 10.1.0.0/16", 0);
	narrow = asset_said(at(T0), "narrow", "address 10.1.2.0/24", 0);
	statement.from = T0 + DAY;
	statement.reason = STR("moved");
	assert_int_equal(asset_close(tx, narrow, &statement, NULL), 0);
	owner_is("10.1.2.3", T0, 0, "narrow |  |");
	owner_is("10.1.2.3", T0 + DAY - 1, 0, "narrow |  |");
	owner_is("10.1.2.3", T0 + DAY, 0, "wide |  |");
	asset_said(at(T0 + 3 * DAY), "old", "address 10.1.3.0/24", 0);
	newer = asset_said(at(T0 + 4 * DAY), "new", "address 10.1.3.0/24", 0);
	assert_int_equal(warnings.count, 1);
	owner_is("10.1.3.1", T0 + 4 * DAY, 0, "new |  |");
	statement = at(T0 + 5 * DAY);
	assert_int_equal(asset_update(tx, newer, &closed, ASSET_LIFE, &statement, NULL), 0);
	owner_is("10.1.3.1", T0 + 5 * DAY, 0, "old |  |");
	owner_is("10.1.3.1", T0 + 5 * DAY - 1, 0, "new |  |");
}

/* What nobody says any more is not looked at, however often an asset changed. */
static void test_the_index_forgets(void **state)
{
	int64_t wide, count = 0;

	(void)state;
	wide = asset_said(at(T0), "wide", "address 10.0.0.0/8, host wide", 0);
	for (int i = 1; i <= 20; i++) {
		struct asset other = {.purpose = i % 2 ? STR("one") : STR("two")};
		struct statement statement = at(T0 + i);

		statement.from = T0; /* all of it anew: within the grace, no reason is needed */
		assert_int_equal(asset_update(tx, wide, &other, ASSET_PURPOSE, &statement, NULL), 0);
	}
	assert_int_equal(
		db_get_integer(tx,
			       "SELECT count(*) FROM register_networks WHERE bits = 104 AND superseded = "
			       "9223372036854775807",
			       DB_NONE, &count),
		1);
	assert_int_equal(count, 1);
	db_get_integer(tx, "SELECT count(*) FROM register_networks", DB_NONE, &count);
	assert_int_equal(count, 21);
	owner_is("10.1.2.3", T0, 0, "wide |  |");
	owner_is("10.1.2.3", T0, T0 + 3, "wide |  |");
	owner_is("wide", T0, 0, "wide |  |");
}

/* Whoever left is not named, and the duty ends by itself. */
static void test_who_left(void **state)
{
	struct statement leaving = at(T0 + DAY);
	int64_t li;

	(void)state;
	make_university();
	li = person_said(at(T0), "Li", "1", centre);
	duty_said(at(T0), li, DUTY_FIRST_RESPONSIBLE, centre, 0);
	asset_said(at(T0), "portal", "address 10.1.2.3", centre);
	assert_int_equal(person_close(tx, li, &leaving, NULL), 0);
	assert_int_equal(warnings.count, 1);
	owner_is("10.1.2.3", T0, 0, "portal | centre | first_responsible Li 0");
	owner_is("10.1.2.3", T0 + DAY, 0, "portal | centre |");
	assert_int_equal(person_close(tx, li, &leaving, NULL), ERR_END);
}

/* --- what was known, and corrections
 * -------------------------------------------------------------------------- */

struct corrected {
	int64_t at;
	char by[32], reason[64], before[200];
};

static int keep_correction(void *context, const struct owner_correction *correction)
{
	struct corrected *kept = context;
	struct buf out = {0};

	kept->at = correction->at;
	snprintf(kept->by, sizeof(kept->by), "%.*s", STR_FMT(correction->by));
	snprintf(kept->reason, sizeof(kept->reason), "%.*s", STR_FMT(correction->reason));
	write_owner(&out, correction->before);
	snprintf(kept->before, sizeof(kept->before), "%s", buf_cstr(&out));
	buf_done(&out);
	return 0;
}

static void test_the_past_stays(void **state)
{
	struct asset library_s = {.unit = 0};
	struct statement statement;
	struct corrected kept = {0};
	struct err err = {0};
	int64_t portal;

	(void)state;
	make_university();
	library_s.unit = library;
	portal = asset_said(at(T0), "portal", "address 10.1.2.3", centre);

	/* From day 10 on it is the library's: nothing changes about the days before. */
	statement = at(T0 + 10 * DAY);
	assert_int_equal(asset_update(tx, portal, &library_s, ASSET_UNIT, &statement, &err), 0);
	owner_is("10.1.2.3", T0 + 10 * DAY, 0, "portal | library |");
	owner_is("10.1.2.3", T0 + 10 * DAY - 1, 0, "portal | centre |");
	owner_is("10.1.2.3", T0 + 12 * DAY, T0 + 9 * DAY, "portal | centre |");
	assert_int_equal(owner_corrected(tx, STR("10.1.2.3"), T0 + 9 * DAY, 0, keep_correction, &kept), 0);

	/* That it was so from day 5 on already needs a reason. */
	statement = about(T0 + 20 * DAY, T0 + 5 * DAY, 0, " ");
	assert_int_equal(asset_update(tx, portal, &library_s, ASSET_UNIT, &statement, &err), ERR_DENIED);
	assert_non_null(strstr(err.message, "reason"));
	statement.reason = STR("the letter came late");
	assert_int_equal(asset_update(tx, portal, &library_s, ASSET_UNIT, &statement, &err), 0);
	owner_is("10.1.2.3", T0 + 7 * DAY, 0, "portal | library |");
	owner_is("10.1.2.3", T0 + 5 * DAY - 1, 0, "portal | centre |");
	owner_is("10.1.2.3", T0 + 7 * DAY, T0 + 20 * DAY - 1, "portal | centre |");
	owner_is("10.1.2.3", T0 + 7 * DAY, T0 + 20 * DAY, "portal | library |");
	assert_int_equal(owner_corrected(tx, STR("10.1.2.3"), T0 + 7 * DAY, 0, keep_correction, &kept), 1);
	assert_int_equal(kept.at, T0 + 20 * DAY);
	assert_string_equal(kept.by, "li");
	assert_string_equal(kept.reason, "the letter came late");
	assert_string_equal(kept.before, "portal | centre |");
	assert_int_equal(owner_corrected(tx, STR("10.1.2.3"), T0 + 12 * DAY, 0, keep_correction, &kept), 0);
	assert_int_equal(
		owner_corrected(tx, STR("10.1.2.3"), T0 + 7 * DAY, T0 + 19 * DAY, keep_correction, &kept), 0);
	owner_is("10.1.2.4", T0 + 7 * DAY, 0, "nobody");
	assert_int_equal(owner_corrected(tx, STR("10.1.2.4"), T0 + 7 * DAY, 0, keep_correction, &kept), 0);

	/* Somebody who was not known at all then, and an asset that never was. */
	asset_said(about(T0 + 30 * DAY, T0, 0, "forgotten"), "printer", "address 10.1.2.4", library);
	assert_int_equal(owner_corrected(tx, STR("10.1.2.4"), T0 + 7 * DAY, 0, keep_correction, &kept), 1);
	assert_string_equal(kept.before, " |  |");
	statement = about(T0 + 40 * DAY, T0, 0, "a mistake");
	assert_int_equal(asset_close(tx, portal, &statement, &err), 0);
	owner_is("10.1.2.3", T0 + 7 * DAY, 0, "nobody");
	owner_is("10.1.2.3", T0 + 7 * DAY, T0 + 39 * DAY, "portal | library |");
	assert_int_equal(owner_corrected(tx, STR("10.1.2.3"), T0 + 7 * DAY, 0, keep_correction, &kept), 1);
	assert_string_equal(kept.before, "portal | library |");
	assert_string_equal(kept.reason, "a mistake");
}

/* Of the people and the tree too: a number that was wrong, a unit that moved. */
static void test_people_and_units_are_corrected(void **state)
{
	struct person other = {.name = STR("Li Na")};
	struct unit moved = {.parent = 0};
	struct statement statement;
	struct corrected kept = {0};
	int64_t li;

	(void)state;
	make_university();
	li = person_said(at(T0), "Li", "1", centre);
	duty_said(at(T0), li, DUTY_FIRST_RESPONSIBLE, university, 0);
	asset_said(at(T0), "portal", "address 10.1.2.3", centre);
	statement = about(T0 + 9 * DAY, T0 + DAY, T0 + 2 * DAY, "her name");
	assert_int_equal(person_update(tx, li, &other, PERSON_NAME, &statement, NULL), 0);
	owner_is("10.1.2.3", T0 + DAY, 0, "portal | centre | first_responsible Li Na 1");
	owner_is("10.1.2.3", T0 + DAY - 1, 0, "portal | centre | first_responsible Li 1");
	owner_is("10.1.2.3", T0 + 2 * DAY, 0, "portal | centre | first_responsible Li 1");
	assert_int_equal(owner_corrected(tx, STR("portal"), T0 + DAY, 0, keep_correction, &kept), 1);
	assert_string_equal(kept.before, "portal | centre | first_responsible Li 1");
	statement = at(T0 + 10 * DAY);
	assert_int_equal(unit_update(tx, centre, &moved, UNIT_PARENT, &statement, NULL), 0);
	owner_is("10.1.2.3", T0 + 10 * DAY, 0, "portal | centre |");
	owner_is("10.1.2.3", T0 + 10 * DAY - 1, 0, "portal | centre | first_responsible Li 1");
	assert_true(unit_within(tx, centre, university, T0 + 10 * DAY - 1));
	assert_false(unit_within(tx, centre, university, T0 + 10 * DAY));
	assert_true(unit_within(tx, centre, centre, T0 + 10 * DAY));
}

#define SAMPLES 60
#define STEPS 120

struct sample {
	int64_t time;
	char answer[300];
};

static void ask(int64_t time, int64_t known, char out[300])
{
	struct buf text = {0};
	int r = owner_find(tx, STR("10.1.2.3"), time, known, write_owner, &text);

	assert_true(r == 0 || r == ERR_END);
	snprintf(out, 300, "%s", r == 0 ? buf_cstr(&text) : "nobody");
	buf_done(&text);
}

static unsigned next_random(unsigned *state, unsigned below)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % below;
}

/* Somebody says something: mostly of now, sometimes of days to come, sometimes of the past. */
static void say_something(unsigned *random, int64_t now, int64_t portal, int64_t li, int64_t wang)
{
	struct statement statement = at(now);
	struct person person = {.phone = next_random(random, 2) ? STR("1") : STR("2"), .name = STR("Li")};
	struct asset asset = {.unit = next_random(random, 2) ? centre : library};
	struct unit unit = {.parent = next_random(random, 2) ? university : 0};
	struct held_duty duty = {.person = next_random(random, 2) ? li : wang, .unit = asset.unit};
	int64_t id;

	if (next_random(random, 3) == 0)
		statement.from = now + next_random(random, 20) * DAY;
	if (next_random(random, 8) == 0) {
		statement.from = now - (1 + next_random(random, 6)) * DAY;
		statement.to = statement.from + DAY;
		statement.reason = STR("r");
	}
	duty.duty = DUTY_FIRST_RESPONSIBLE;
	statement.instead = true;
	switch (next_random(random, 4)) {
	case 0:
		person_update(tx, li, &person, PERSON_PHONE, &statement, NULL);
		break;
	case 1:
		asset_update(tx, portal, &asset, ASSET_UNIT, &statement, NULL);
		break;
	case 2:
		unit_update(tx, centre, &unit, UNIT_PARENT, &statement, NULL);
		break;
	default:
		duty_add(tx, &duty, &statement, &id, NULL);
	}
}

/* Whatever is said later: what was the answer at a moment stays what was known then; and where the plain
   answer is another, it is told that it was corrected. */
static void test_no_answer_changes_silently(void **state)
{
	struct sample samples[SAMPLES];
	size_t corrected = 0;
	unsigned random = 2463534242;
	int64_t li, wang, portal;

	(void)state;
	make_university();
	li = person_said(at(T0), "Li", "1", centre);
	wang = person_said(at(T0), "Wang", "2", library);
	portal = asset_said(at(T0), "portal", "address 10.1.2.3", centre);
	for (int i = 0; i < STEPS; i++) {
		int64_t now = T0 + i * DAY / 2;

		say_something(&random, now, portal, li, wang);
		if (i < SAMPLES) {
			samples[i].time = now + 1;
			ask(now + 1, 0, samples[i].answer);
		}
	}
	for (int i = 0; i < SAMPLES; i++) {
		struct corrected kept = {0};
		char known[300], plain[300];
		int r = owner_corrected(tx, STR("10.1.2.3"), samples[i].time, 0, keep_correction, &kept);

		ask(samples[i].time, samples[i].time, known);
		assert_string_equal(known, samples[i].answer);
		ask(samples[i].time, 0, plain);
		if (strcmp(plain, samples[i].answer) != 0)
			assert_int_equal(r, 1);
		if (r == 1)
			assert_true(kept.at > samples[i].time && strcmp(kept.reason, "r") == 0);
		corrected += r == 1;
	}
	print_message("%zu of %d answers were corrected\n", corrected, SAMPLES);
	assert_true(corrected > 3 && corrected < SAMPLES);
}

/* --- how it is found ---------------------------------------------------------------------- */

static void plan_of(const char *sql, const struct db_value *args, size_t count, struct buf *out)
{
	struct db_rows *rows = db_query(tx, sql, args, count);

	buf_clear(out);
	while (db_next(rows) > 0)
		buf_printf(out, "%.*s\n", STR_FMT(db_column_text(rows, 3)));
}

static void test_no_table_is_scanned(void **state)
{
	static const char *const searches[] = {"EXPLAIN QUERY PLAN " OWNER_ADDRESS_SQL,
					       "EXPLAIN QUERY PLAN " OWNER_NAME_SQL,
					       "EXPLAIN QUERY PLAN " OWNER_URLS_SQL};
	struct buf plan = {0};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		plan_of(searches[i], DB_ARGS(db_integer(1), db_integer(1), db_integer(1), db_integer(1)),
			&plan);
		assert_null(strstr(buf_cstr(&plan), "SCAN"));
		assert_non_null(strstr(buf_cstr(&plan), "SEARCH n USING PRIMARY KEY"));
		assert_non_null(strstr(buf_cstr(&plan), "SEARCH r USING INDEX register_rows_by_content"));
	}
	plan_of(searches[0], DB_ARGS(db_integer(1), db_integer(1), db_integer(1), db_integer(1)), &plan);
	assert_non_null(strstr(buf_cstr(&plan), "(bits=? AND prefix=? AND superseded>?)"));
	buf_done(&plan);
}

static int count_one(void *context, const struct owner *owner)
{
	(void)owner;
	++*(size_t *)context;
	return 0;
}

#define MANY 200000
#define ASKED 20000

/* Hosts in networks in networks, and ranges that are no network: an answer costs the same as among a few. */
static void test_two_hundred_thousand(void **state)
{
	struct str name = STR("asset");
	size_t found = 0;
	int64_t begin, unit;
	double each;

	(void)state;
	make_university();
	unit = centre;
	for (unsigned i = 0; i < MANY; i++) {
		struct asset asset = {
			.name = name, .kind = ASSET_HOST, .life = ASSET_IN_SERVICE, .unit = unit};
		struct statement statement = {.now = T0, .by = STR("li")};
		struct buf list = {0};
		int64_t id;

		if (i % 10)
			buf_printf(&list, "address 10.%u.%u.%u\n", i >> 16 & 255, i >> 8 & 255, i & 255);
		else if (i % 100)
			buf_printf(&list, "address 10.%u.%u.%u-10.%u.%u.%u\n", i >> 16 & 255, i >> 8 & 255,
				   i & 255, i >> 16 & 255,
				   (i >> 8 & 255) + 1 > 255 ? 255 : (i >> 8 & 255) + 1, 255u);
		else
			buf_printf(&list, "address 10.%u.%u.0/24\n", i >> 16 & 255, i >> 8 & 255);
		asset.identifiers = buf_str(&list);
		assert_int_equal(asset_add(tx, &asset, &statement, &id, NULL), 0);
		buf_done(&list);
	}
	begin = (int64_t)clock_thread();
	for (unsigned i = 0; i < ASKED; i++) {
		char what[32];
		unsigned n = i * 7919u % MANY;

		snprintf(what, sizeof(what), "10.%u.%u.%u", n >> 16 & 255, n >> 8 & 255, n & 255);
		assert_int_equal(owner_find(tx, str_from(what), T0, 0, count_one, &found), 0);
	}
	each = (double)((int64_t)clock_thread() - begin) / ASKED / 1000;
	print_message("%.1f us of computing an answer\n", each);
	assert_int_equal(found, ASKED);
	assert_true(each < 1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_nearest_first),
		TEST(test_what_is_asked_for),
		TEST(test_of_several),
		TEST(test_the_index_forgets),
		TEST(test_who_left),
		TEST(test_the_past_stays),
		TEST(test_people_and_units_are_corrected),
		TEST(test_no_answer_changes_silently),
		TEST(test_no_table_is_scanned),
		TEST(test_two_hundred_thousand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
