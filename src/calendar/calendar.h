/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALENDAR_CALENDAR_H
#define CALENDAR_CALENDAR_H
/*
 * Working days: weekdays, but for the holidays of content/compliance/holidays.yaml, and the week-ends that
 * are worked in place of others. A year that the file does not have, or marks as assumed, still has weekdays;
 * what is counted through it is marked as assumed.
 *
 * Immutable once read; any thread may ask.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define CALENDAR_FILE_MAX (1u << 20)
#define CALENDAR_YEARS_MAX 64
#define CALENDAR_DAYS_MAX 4096

struct calendar;

/* Reads holidays.yaml of the folder own (NULL: none), where it has one, else of folder. Lives in the arena.
   The error names the file. */
#define CALENDAR_FILE "holidays.yaml"
int calendar_load(const char *folder, const char *own, struct arena *arena, struct calendar **ret_calendar,
		  struct err *ret_err);
int calendar_parse(struct str text, struct arena *arena, struct calendar **ret_calendar, struct err *ret_err);

int64_t calendar_zone(const struct calendar *calendar); /* µs east of UTC */

/* calendar NULL: Monday to Friday. day: days since 1970-01-01 in the calendar's zone. *ret_assumed is set
 * where the year is not settled, else left. */
bool calendar_is_working(const struct calendar *calendar, int64_t day, bool *ret_assumed);

enum limit_unit { LIMIT_MINUTES, LIMIT_HOURS, LIMIT_DAYS, LIMIT_WORKING_DAYS };
struct limit {
	int64_t amount;
	enum limit_unit unit;
};
#define LIMIT_AMOUNT_MAX 10000
#define LIMIT_TEXT_SIZE 40

/* "1 hour", "30 days", "5 working days". 0 or ERR_SYNTAX. */
int limit_parse(struct str text, struct limit *ret_limit);
void limit_format(const struct limit *limit, char out[LIMIT_TEXT_SIZE]); /* "5个工作日" */
/* The same in the thread's language (base/words.h): "5 working days". */
const char *limit_unit_name(enum limit_unit unit); /* "working_days" */
void limit_say(const struct limit *limit, char out[LIMIT_TEXT_SIZE]);

/* When what began at start has to be done: to the minute for hours and days; for working days, which begin to
   count on the day after, when offices close on the last. */
int64_t calendar_due(const struct calendar *calendar, int64_t start, const struct limit *limit,
		     bool *ret_assumed);

#endif
