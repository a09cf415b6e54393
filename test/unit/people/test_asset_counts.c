/* SPDX-License-Identifier: Apache-2.0 */
/* How many assets each unit has, as the tree of the console shows it; what belongs to no unit; whose an
   unknown address probably is. */
#include "helper.h"

#include "event/ip.h"
#include "people/neighbour.h"

static int64_t university, school, office, library;

static void make_university(void)
{
	university = unit_said(at(T0), "00", "university", 0);
	school = unit_said(at(T0), "01", "school", university);
	office = unit_said(at(T0), "0101", "office", school);
	library = unit_said(at(T0), "02", "library", university);
}

static int write_count(void *context, int64_t unit, int64_t count)
{
	const char *name = unit == school    ? "school"
			   : unit == office  ? "office"
			   : unit == library ? "library"
			   : unit == 0       ? "none"
					     : "another";

	buf_printf(context, "%s %d; ", name, (int)count);
	return 0;
}

static void counts_are_at(struct asset_filter filter, const char *wanted, int line)
{
	struct buf out = {0};

	assert_int_equal(asset_counts(tx, &filter, write_count, &out), 0);
	if (strcmp(buf_cstr(&out), wanted) != 0)
		fail_msg("line %d: '%s', not '%s'", line, buf_cstr(&out), wanted);
	buf_done(&out);
}
#define counts_are(wanted, ...) counts_are_at((struct asset_filter){__VA_ARGS__}, wanted, __LINE__)

/* A day later it is said to be on the Internet, and another unit's. */
static void expose(int64_t asset)
{
	struct asset change = {.exposure = ASSET_INTERNET, .unit = school};
	struct statement statement = at(T0 + DAY);

	assert_int_equal(asset_update(tx, asset, &change, ASSET_EXPOSURE | ASSET_UNIT, &statement, NULL), 0);
}

static void test_counts(void **state)
{
	int64_t portal;

	(void)state;
	make_university();
	portal = asset_said(at(T0), "portal", "address 10.0.0.1", office);
	asset_said(at(T0), "a", "address 10.0.0.2", office);
	asset_said(at(T0), "b", "address 10.0.0.3", library);
	asset_said(at(T0), "nobody's", "address 10.0.0.4", 0);
	expose(portal);

	counts_are("none 1; office 2; library 1; ", .view.time = T0);
	counts_are("none 1; school 1; office 1; library 1; ", .view.time = T0 + DAY);
	counts_are("none 1; office 2; library 1; ", .view = {.time = T0 + DAY, .known = T0 + DAY / 2});
	counts_are("school 1; ", .view.time = T0 + DAY, .exposures = 1u << ASSET_INTERNET);
	counts_are("library 1; ", .view.time = T0 + DAY, .words = STR("10.0.0.3"));
	counts_are("school 1; office 1; ", .view = {.time = T0 + DAY, .scope = school});
	counts_are("", .view.time = T0 - DAY);
}

static int count_asset(void *context, const struct asset *asset)
{
	(void)asset;
	++*(size_t *)context;
	return 0;
}

static size_t listed(struct asset_filter filter)
{
	size_t count = 0;
	int64_t next;

	assert_int_equal(asset_list(tx, &filter, count_asset, &count, &next), 0);
	return count;
}

static void test_lists(void **state)
{
	int64_t portal;

	(void)state;
	make_university();
	portal = asset_said(at(T0), "portal", "address 10.0.0.1", office);
	asset_said(at(T0), "nobody's", "address 10.0.0.4", 0);
	expose(portal);
	assert_int_equal(listed((struct asset_filter){.view.time = T0, .unit = ASSET_UNIT_NONE}), 1);
	assert_int_equal(
		listed((struct asset_filter){.view = {.time = T0, .scope = school}, .unit = ASSET_UNIT_NONE}),
		0);
	assert_int_equal(
		listed((struct asset_filter){.view.time = T0 + DAY, .exposures = 1u << ASSET_INTERNET}), 1);
	assert_int_equal(
		listed((struct asset_filter){.view.time = T0 + DAY, .exposures = 1u << ASSET_CAMPUS}), 0);
}

static int take_neighbours(void *context, int64_t unit, struct str unit_name, int64_t assets)
{
	(void)unit;
	buf_printf(context, "%.*s %d", STR_FMT(unit_name), (int)assets);
	return 0;
}

static void neighbours_are_at(const char *address, const char *wanted, int line)
{
	struct buf out = {0};
	uint8_t ip[16];
	int r;

	assert_int_equal(ip_parse(str_from(address), ip), 0);
	r = neighbour_unit(tx, ip, T0, take_neighbours, &out);
	if (r == ERR_END)
		buf_add_str(&out, STR("nobody"));
	if (strcmp(buf_cstr(&out), wanted) != 0)
		fail_msg("line %d: '%s', not '%s'", line, buf_cstr(&out), wanted);
	buf_done(&out);
}
#define neighbours_are(address, wanted) neighbours_are_at(address, wanted, __LINE__)

static void test_neighbours(void **state)
{
	struct statement over = at(T0);
	int64_t gone;

	(void)state;
	make_university();
	asset_said(at(T0), "campus", "address 10.0.0.0/8", university); /* wider than a /24: says nothing */
	asset_said(at(T0), "a", "address 10.1.1.1", school);
	asset_said(at(T0), "b", "address 10.1.1.128/25", library);
	asset_said(at(T0), "c", "address 10.1.1.7", library);
	asset_said(at(T0), "d", "address 10.1.2.1", 0);
	asset_said(at(T0), "e", "address 2001:db8:0:1::/80", school);
	gone = asset_said(about(T0, T0 - 2 * DAY, 0, "was there"), "f", "address 10.1.3.1", school);
	over.from = T0 - DAY;
	over.reason = STR("is gone");
	assert_int_equal(asset_close(tx, gone, &over, NULL), 0);

	neighbours_are("10.1.1.9", "library 2");
	neighbours_are("10.1.2.9", "nobody");
	neighbours_are("10.1.3.9", "nobody");
	neighbours_are("10.1.4.9", "nobody");
	neighbours_are("2001:db8:0:1:ffff::1", "school 1");
	neighbours_are("2001:db8:0:2::1", "nobody");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_counts), TEST(test_lists), TEST(test_neighbours)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
