/* SPDX-License-Identifier: Apache-2.0 */
/* The roster, swaps, hand-overs and the calendar. */
#include "duty_db.h"

#include "base/buf.h"
#include "duty/log.h"
#include "duty/period.h"
#include "duty/swap.h"

static struct buf seen;

static int write_shift(void *context, const struct shift *shift)
{
	char from[CLOCK_TEXT_SIZE];

	(void)context;
	clock_format(shift->from + ZONE, from);
	buf_printf(&seen, "%s %.*s %.13s;", duty_place_name(shift->place), STR_FMT(shift->who.name), from);
	return 0;
}

static const char *roster(const char *from, const char *to)
{
	struct db_tx *tx = begin();

	buf_clear(&seen);
	assert_int_equal(db_end(tx, shift_list(tx, at(from), at(to), write_shift, NULL)), 0);
	return buf_cstr(&seen);
}

static void test_a_place_has_one_person_at_a_time(void **state)
{
	struct shift shift = {
		.place = PLACE_OFFICER, .from = at("2026-11-22T20:00"), .to = at("2026-11-23T20:00")};
	struct err err = {0};
	struct db_tx *tx;
	int64_t id;

	(void)state;
	add_shift(PLACE_OFFICER, "li", "2026-11-22T08:00", "2026-11-23T08:00");
	add_shift(PLACE_LEADER, "wang", "2026-11-22T08:00", "2026-11-23T08:00");
	add_shift(PLACE_OFFICER, "zhao", "2026-11-23T08:00", "2026-11-24T08:00");
	assert_string_equal(roster("2026-11-22T12:00", "2026-11-23T08:00"),
			    "officer li 2026-11-22T08;leader wang 2026-11-22T08;");
	assert_string_equal(roster("2026-11-24T08:00", "2026-12-24T08:00"), "");
	shift.who.name = STR("sun");
	tx = begin();
	assert_int_equal(db_end(tx, shift_add(tx, &shift, &id, &err)), ERR_DUPLICATE);
	shift.place = PLACE_DEPUTY;
	tx = begin();
	assert_int_equal(db_end(tx, shift_add(tx, &shift, &id, &err)), 0);
	shift.who.name = STR(" ");
	tx = begin();
	assert_int_equal(db_end(tx, shift_add(tx, &shift, &id, &err)), ERR_RANGE);
	shift.who.name = STR("sun");
	shift.to = shift.from + 8 * CLOCK_DAY;
	tx = begin();
	assert_int_equal(db_end(tx, shift_add(tx, &shift, &id, &err)), ERR_RANGE);
}

static void test_a_shift_changes_only_as_it_was_seen(void **state)
{
	int64_t id = add_shift(PLACE_OFFICER, "li", "2026-11-22T08:00", "2026-11-23T08:00");
	struct shift shift = {.id = id,
			      .version = 1,
			      .place = PLACE_OFFICER,
			      .from = at("2026-11-22T09:00"),
			      .to = at("2026-11-23T08:00"),
			      .who = {.name = STR("li")}};
	struct err err = {0};
	struct db_tx *tx = begin();

	(void)state;
	assert_int_equal(db_end(tx, shift_update(tx, &shift, &err)), 0);
	tx = begin();
	assert_int_equal(db_end(tx, shift_update(tx, &shift, &err)), ERR_BUSY);
	tx = begin();
	assert_int_equal(db_end(tx, shift_delete(tx, id, 1)), ERR_BUSY);
	tx = begin();
	assert_int_equal(db_end(tx, shift_delete(tx, id, 2)), 0);
	tx = begin();
	assert_int_equal(db_end(tx, shift_delete(tx, id, 0)), ERR_END);
}

static int write_hole(void *context, int64_t from, int64_t to)
{
	char a[CLOCK_TEXT_SIZE], b[CLOCK_TEXT_SIZE];

	(void)context;
	clock_format(from + ZONE, a);
	clock_format(to + ZONE, b);
	buf_printf(&seen, "%.16s/%.16s;", a, b);
	return 0;
}

static void test_holes_are_found(void **state)
{
	struct db_tx *tx;

	(void)state;
	add_shift(PLACE_OFFICER, "li", "2026-11-21T08:00", "2026-11-22T08:00");
	add_shift(PLACE_OFFICER, "wang", "2026-11-22T10:00", "2026-11-22T20:00");
	add_shift(PLACE_DEPUTY, "sun", "2026-11-22T08:00", "2026-11-23T08:00");
	buf_clear(&seen);
	tx = begin();
	assert_int_equal(db_end(tx, shift_holes(tx, PLACE_OFFICER, at("2026-11-22T00:00"),
						at("2026-11-23T00:00"), write_hole, NULL)),
			 0);
	assert_string_equal(buf_cstr(&seen),
			    "2026-11-22T08:00/2026-11-22T10:00;2026-11-22T20:00/2026-11-23T00:00;");
}

static void test_a_rotation_leaves_what_is_taken(void **state)
{
	const struct duty_person people[] = {
		{.name = STR("li")}, {.name = STR("wang")}, {.name = STR("zhao")}};
	struct rotation rotation = {.place = PLACE_OFFICER,
				    .from = at("2026-11-22T08:00"),
				    .to = at("2026-11-27T08:00"),
				    .span = CLOCK_DAY,
				    .people = people,
				    .count = 3,
				    .first = 1};
	struct err err = {0};
	struct db_tx *tx;
	size_t left_out = 9;

	(void)state;
	add_shift(PLACE_OFFICER, "sun", "2026-11-23T12:00", "2026-11-23T20:00");
	tx = begin();
	assert_int_equal(db_end(tx, shift_rotate(tx, &rotation, &left_out, &err)), 4);
	assert_int_equal(left_out, 1);
	assert_string_equal(roster("2026-11-22T00:00", "2026-11-30T00:00"),
			    "officer wang 2026-11-22T08;officer sun 2026-11-23T12;officer li 2026-11-24T08;"
			    "officer wang 2026-11-25T08;officer zhao 2026-11-26T08;");
	rotation.span = 1;
	tx = begin();
	assert_int_equal(db_end(tx, shift_rotate(tx, &rotation, &left_out, &err)), ERR_RANGE);
}

static int64_t ask(int64_t shift, int64_t against, int64_t now)
{
	const struct swap swap = {
		.shift = shift, .against = against, .by = STR("li"), .to = {.name = STR("wang")}};
	struct err err = {0};
	struct db_tx *tx = begin();
	int64_t id = 0;

	assert_int_equal(db_end(tx, swap_ask(tx, &swap, now, &id, &err)), 0);
	return id;
}

static int decide(int64_t id, enum swap_state decision, int64_t now)
{
	struct err err = {0};
	struct db_tx *tx = begin();

	return db_end(tx, swap_decide(tx, id, decision, STR("wang"), now, &err));
}

static void test_a_swap_happens_when_the_other_agrees(void **state)
{
	int64_t mine = add_shift(PLACE_OFFICER, "li", "2026-11-24T08:00", "2026-11-25T08:00");
	int64_t theirs = add_shift(PLACE_OFFICER, "wang", "2026-11-25T08:00", "2026-11-26T08:00");
	int64_t now = at("2026-11-22T12:00"), swap = ask(mine, theirs, now), again = ask(mine, 0, now);

	(void)state;
	assert_int_equal(decide(swap, SWAP_ACCEPTED, now), 0);
	assert_string_equal(roster("2026-11-24T00:00", "2026-11-27T00:00"),
			    "officer wang 2026-11-24T08;officer li 2026-11-25T08;");
	assert_int_equal(decide(swap, SWAP_ACCEPTED, now), ERR_END);
	assert_int_equal(decide(again, SWAP_ACCEPTED, now), ERR_BUSY); /* the shift is another by now */
	assert_int_equal(decide(again, SWAP_WITHDRAWN, now), 0);
	assert_int_equal(count("SELECT count(*) FROM duty_log WHERE kind = 5"), 2);
	assert_int_equal(decide(ask(theirs, 0, now), SWAP_ACCEPTED, at("2026-11-25T08:01")),
			 ERR_BUSY); /* too late */
}

static int write_handover(void *context, const struct handover *handover)
{
	(void)context;
	buf_printf(&seen, "%.*s|%.*s|%d", STR_FMT(handover->note), STR_FMT(handover->taken_by),
		   handover->taken != 0);
	return 0;
}

static void test_a_handover_is_taken_once(void **state)
{
	struct db_tx *tx = begin();

	(void)state;
	assert_int_equal(handover_take(tx, STR("wang"), 5), ERR_END);
	assert_int_equal(handover_leave(tx, STR("li"), STR("教务系统扫描仍在继续"), 6), 0);
	assert_int_equal(handover_take(tx, STR("wang"), 7), 0);
	assert_int_equal(handover_take(tx, STR("wang"), 8), ERR_END);
	buf_clear(&seen);
	assert_int_equal(handover_last(tx, write_handover, NULL), 0);
	assert_string_equal(buf_cstr(&seen), "教务系统扫描仍在继续|wang|1");
	assert_int_equal(db_end(tx, 0), 0);
}

static void test_the_strictest_interval_of_a_key_period_holds(void **state)
{
	struct period period = {.kind = PERIOD_KEY,
				.name = STR("全国两会"),
				.from = at("2026-03-01T00:00"),
				.to = at("2026-03-15T00:00"),
				.report_every = 12};
	struct period_state now;
	struct err err = {0};
	struct db_tx *tx = begin();
	int64_t id;

	(void)state;
	assert_int_equal(period_add(tx, &period, &id, &err), 0);
	period.report_every = 4;
	period.to = at("2026-03-05T00:00");
	assert_int_equal(period_add(tx, &period, &id, &err), 0);
	assert_int_equal(period_at(tx, at("2026-03-04T12:00"), &now), 0);
	assert_true(now.key && now.report_every == 4);
	assert_int_equal(period_at(tx, at("2026-03-05T00:00"), &now), 0);
	assert_true(now.key && now.report_every == 12);
	assert_int_equal(period_at(tx, at("2026-03-15T00:00"), &now), 0);
	assert_false(now.key || now.report_every);
	period.id = id;
	period.version = 7;
	assert_int_equal(period_update(tx, &period, &err), ERR_BUSY);
	assert_int_equal(period_delete(tx, id, 1), 0);
	assert_int_equal(db_end(tx, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_place_has_one_person_at_a_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_shift_changes_only_as_it_was_seen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_holes_are_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_rotation_leaves_what_is_taken, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_swap_happens_when_the_other_agrees, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_handover_is_taken_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_strictest_interval_of_a_key_period_holds, set_up,
						tear_down),
	};
	int r;

	r = cmocka_run_group_tests(tests, NULL, NULL);
	buf_done(&seen);
	return r;
}
