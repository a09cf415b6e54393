/* SPDX-License-Identifier: Apache-2.0 */
/* Samples of the disk, and the forecast that is made of them. */
#include "custody/disk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#define START (INT64_C(1799971200) * CLOCK_SECOND) /* 2027-01-15, a full hour */

static struct disk_sample sample_at(int64_t time, uint64_t used)
{
	return (struct disk_sample){
		.time = time, .space = {.total = 1000, .used = used}, .journal = used / 2};
}

/* --- the forecast --------------------------------------------------------------------------------------- */

static void test_growth_of_a_week(void **state)
{
	struct disk_sample samples[7 * 24 + 1];
	struct disk_forecast forecast;

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		samples[i] = sample_at(START + (int64_t)i * CLOCK_HOUR, 240000 + i * 1000);
	assert_true(disk_forecast(samples, 7 * 24 + 1, 240000 + 168000 + 43 * 24000, &forecast));
	assert_int_equal(forecast.span, 7 * CLOCK_DAY);
	assert_int_equal((int)(forecast.per_day + 0.5), 24000);
	assert_int_equal((int)(forecast.days_left + 0.5), 43);
}

static void test_one_spike_moves_it_little(void **state)
{
	struct disk_sample samples[7 * 24 + 1];
	struct disk_forecast forecast;

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		samples[i] = sample_at(START + (int64_t)i * CLOCK_HOUR, 240000 + i * 1000);
	samples[0].space.used += 100000;
	assert_true(disk_forecast(samples, 7 * 24 + 1, 1000000, &forecast));
	assert_true(forecast.per_day > 20000 && forecast.per_day < 24000);
}

static void test_what_does_not_grow_is_never_full(void **state)
{
	const struct disk_sample flat[] = {sample_at(START, 500), sample_at(START + 2 * CLOCK_DAY, 500)};
	const struct disk_sample falls[] = {sample_at(START, 500), sample_at(START + 2 * CLOCK_DAY, 300)};
	struct disk_forecast forecast;

	(void)state;
	assert_true(disk_forecast(flat, 2, 1000, &forecast));
	assert_true(forecast.days_left < 0);
	assert_true(disk_forecast(falls, 2, 1000, &forecast));
	assert_true(forecast.days_left < 0 && forecast.per_day < 0);
	assert_true(disk_forecast(flat, 2, 500, &forecast));
	assert_true(forecast.days_left >= 0 && forecast.days_left <= 0); /* it is full already */
}

static void test_less_than_a_day_says_nothing(void **state)
{
	const struct disk_sample young[] = {sample_at(START, 1), sample_at(START + CLOCK_DAY - 1, 2)};
	struct disk_forecast forecast;

	(void)state;
	assert_false(disk_forecast(young, 2, 1000, &forecast));
	assert_false(disk_forecast(young, 1, 1000, &forecast));
	assert_false(disk_forecast(NULL, 0, 1000, &forecast));
}

/* --- samples -------------------------------------------------------------------------------------------- */

struct list {
	struct disk_sample samples[64];
	size_t count;
};

static int keep(void *context, const struct disk_sample *sample)
{
	struct list *list = context;

	list->samples[list->count++] = *sample;
	return 0;
}

static void test_samples_are_hourly_and_listed_by_day(void **state)
{
	const struct db_schema *const schemas[] = {&disk_schema};
	char folder[] = "/tmp/test_disk.XXXXXX", path[64];
	struct list hours = {0}, days = {0};
	struct disk_sample sample;
	struct err err = {0};
	struct db *db;
	struct db_tx *tx;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	assert_int_equal(db_open(path, schemas, 1, &db, &err), 0);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	for (int i = 0; i < 30; i++) {
		sample = sample_at(START + i * CLOCK_HOUR, (uint64_t)i);
		assert_int_equal(disk_sample_add(tx, &sample), 1);
	}
	sample = sample_at(START + 29 * CLOCK_HOUR + 5 * CLOCK_MINUTE, 99);
	assert_int_equal(disk_sample_add(tx, &sample), 0); /* of the same hour */
	assert_int_equal(disk_sample_list(tx, START, CLOCK_HOUR, keep, &hours), 0);
	assert_int_equal(hours.count, 30);
	assert_int_equal(disk_sample_list(tx, START, CLOCK_DAY, keep, &days), 0);
	assert_int_equal(days.count, 2);
	assert_int_equal(days.samples[0].space.used, 23); /* the last of the day */
	assert_int_equal(days.samples[1].space.used, 29);
	assert_int_equal(days.samples[1].journal, 14);

	sample = sample_at(START + DISK_SAMPLES_KEPT + 10 * CLOCK_HOUR, 7);
	assert_int_equal(disk_sample_add(tx, &sample), 1);
	hours.count = 0;
	assert_int_equal(disk_sample_list(tx, START, CLOCK_HOUR, keep, &hours), 0);
	assert_int_equal(hours.count, 21); /* ten were too old */
	assert_int_equal(db_end(tx, 0), 0);
	db_close(db);
	assert_int_equal(unlink(path), 0);
	rmdir(folder);
}

static void test_percent_is_rounded_up(void **state)
{
	(void)state;
	assert_int_equal(disk_percent(&(struct disk_space){.total = 1000, .used = 801}), 81);
	assert_int_equal(disk_percent(&(struct disk_space){.total = 1000, .used = 800}), 80);
	assert_int_equal(disk_percent(&(struct disk_space){0}), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growth_of_a_week),
		cmocka_unit_test(test_one_spike_moves_it_little),
		cmocka_unit_test(test_what_does_not_grow_is_never_full),
		cmocka_unit_test(test_less_than_a_day_says_nothing),
		cmocka_unit_test(test_samples_are_hourly_and_listed_by_day),
		cmocka_unit_test(test_percent_is_rounded_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
