/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/calendar.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/words.h"
#include "base/yaml.h"

#define SPAN_MAX 31 /* days of one holiday */

struct day {
	int64_t number;
	bool working;
};

struct calendar {
	int64_t zone, closing; /* µs; closing: of the local day */
	struct day *days;      /* by number */
	size_t count;
	struct {
		int64_t year;
		bool assumed;
	} years[CALENDAR_YEARS_MAX];
	size_t year_count;
};

/* --- reading ------------------------------------------------------------------------------------------- */

static int read_day(const struct yaml_node *node, struct str text, int64_t *ret_number, struct err *ret_err)
{
	int64_t time;

	if (text.len != 10 || clock_parse(text, 0, &time) < 0)
		return yaml_error(ret_err, node, "expected a day such as 2026-10-01, not '%.32s'",
				  node->text.ptr);
	*ret_number = time / CLOCK_DAY - (time % CLOCK_DAY < 0);
	return 0;
}

/* A day, or the first and the last: 2026-10-01..2026-10-07. */
static int add_days(struct calendar *calendar, const struct yaml_node *node, int64_t year, bool working,
		    struct err *ret_err)
{
	const size_t dots = node->type == YAML_SCALAR ? str_find(node->text, STR("..")) : STR_NOT_FOUND;
	int64_t first = 0, last;
	struct clock_civil civil;
	int r = read_day(node, dots == STR_NOT_FOUND ? node->text : str_head(node->text, dots), &first,
			 ret_err);

	last = first;
	if (r == 0 && dots != STR_NOT_FOUND)
		r = read_day(node, str_from_offset(node->text, dots + 2), &last, ret_err);
	if (r < 0)
		return r;
	clock_to_civil(first * CLOCK_DAY, &civil);
	if (civil.year != year || last < first || last - first >= SPAN_MAX)
		return yaml_error(ret_err, node, "days of %d, at most %d in a row", (int)year, SPAN_MAX);
	for (; first <= last; first++) {
		if (calendar->count == CALENDAR_DAYS_MAX)
			return yaml_error(ret_err, node, "at most %d days", CALENDAR_DAYS_MAX);
		calendar->days[calendar->count++] = (struct day){first, working};
	}
	return 0;
}

static int read_list(struct calendar *calendar, const struct yaml_node *node, int64_t year, bool working,
		     struct err *ret_err)
{
	int r = 0;

	if (!node || yaml_is_null(node))
		return 0;
	if (node->type != YAML_SEQUENCE)
		return yaml_error(ret_err, node, "a list of days");
	for (uint32_t i = 0; i < node->count && r == 0; i++)
		r = node->items[i]->type == YAML_SCALAR
			    ? add_days(calendar, node->items[i], year, working, ret_err)
			    : yaml_error(ret_err, node->items[i], "expected a day");
	return r;
}

static int read_year(struct calendar *calendar, const struct yaml_node *node, struct err *ret_err)
{
	static const char *const keys[] = {"year", "source", "assumed", "holidays", "workdays", NULL};
	const struct yaml_node *year, *assumed;
	bool is_assumed = true;
	int64_t number;
	int r = yaml_keys(node, "a year", keys, ret_err);

	if (r < 0)
		return r;
	year = yaml_get(node, "year");
	assumed = yaml_get(node, "assumed");
	if (!year || yaml_int(year, &number) < 0 || number < 2000 || number > 2200)
		return yaml_error(ret_err, node, "a year has its number, 2000 to 2200");
	if (!assumed || yaml_bool(assumed, &is_assumed) < 0)
		return yaml_error(ret_err, node, "say of a year whether it is assumed: true or false");
	for (size_t i = 0; i < calendar->year_count; i++)
		if (calendar->years[i].year == number)
			return yaml_error(ret_err, node, "%d is there twice", (int)number);
	if (calendar->year_count == CALENDAR_YEARS_MAX)
		return yaml_error(ret_err, node, "at most %d years", CALENDAR_YEARS_MAX);
	calendar->years[calendar->year_count].year = number;
	calendar->years[calendar->year_count++].assumed = is_assumed;
	r = read_list(calendar, yaml_get(node, "holidays"), number, false, ret_err);
	return r < 0 ? r : read_list(calendar, yaml_get(node, "workdays"), number, true, ret_err);
}

static int by_number(const void *a, const void *b)
{
	const struct day *left = a, *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

static int read_closing(const struct yaml_node *node, int64_t *ret_closing, struct err *ret_err)
{
	const struct str text = yaml_text(node, STR(""));
	int64_t hour, minute;

	if (text.len != 5 || text.ptr[2] != ':' || str_to_i64(str_head(text, 2), &hour) < 0 ||
	    str_to_i64(str_from_offset(text, 3), &minute) < 0 || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59)
		return err_set(ret_err, ERR_SYNTAX, node ? node->line : 0, 0,
			       "working_day_ends is a time of day such as \"17:30\"");
	*ret_closing = hour * CLOCK_HOUR + minute * CLOCK_MINUTE;
	return 0;
}

int calendar_parse(struct str text, struct arena *arena, struct calendar **ret_calendar, struct err *ret_err)
{
	static const char *const keys[] = {"zone", "working_day_ends", "years", NULL};
	struct calendar *calendar = arena_struct(arena, struct calendar);
	const struct yaml_node *years;
	struct yaml_node *root;
	int r = yaml_parse_one(text, arena, &root, ret_err);

	if (r == 0)
		r = yaml_keys(root, "holidays.yaml", keys, ret_err);
	if (r < 0)
		return r;
	if (clock_parse_offset(yaml_text(yaml_get(root, "zone"), STR("")), &calendar->zone) < 0)
		return yaml_error(ret_err, root, "zone is an offset such as \"+08:00\"");
	r = read_closing(yaml_get(root, "working_day_ends"), &calendar->closing, ret_err);
	years = yaml_get(root, "years");
	if (r == 0 && (!years || years->type != YAML_SEQUENCE))
		r = yaml_error(ret_err, root, "years is a list");
	calendar->days = arena_array(arena, struct day, CALENDAR_DAYS_MAX);
	for (uint32_t i = 0; r == 0 && years && i < years->count; i++)
		r = read_year(calendar, years->items[i], ret_err);
	if (r < 0)
		return r;
	qsort(calendar->days, calendar->count, sizeof(*calendar->days), by_number);
	for (size_t i = 1; i < calendar->count; i++)
		if (calendar->days[i].number == calendar->days[i - 1].number)
			return err_set(ret_err, ERR_SYNTAX, 0, 0, "a day is named twice");
	*ret_calendar = calendar;
	return 0;
}

int calendar_load(const char *folder, const char *own, struct arena *arena, struct calendar **ret_calendar,
		  struct err *ret_err)
{
	const char *const folders[] = {own, folder};
	char path[PATH_MAX];
	struct buf text = {0};
	int r = -ENOENT;

	for (size_t i = 0; i < 2 && (r == -ENOENT || r == -ENOTDIR); i++) {
		if (!folders[i])
			continue;
		snprintf(path, sizeof(path), "%s/" CALENDAR_FILE, folders[i]);
		r = io_read_file(path, CALENDAR_FILE_MAX, &text);
	}
	if (r < 0)
		err_set(ret_err, r, 0, 0, "%s", err_text(r));
	else
		r = calendar_parse(arena_copy(arena, buf_str(&text)), arena, ret_calendar, ret_err);
	if (r < 0 && ret_err)
		err_set_file(ret_err, path);
	buf_done(&text);
	return r;
}

/* --- asking -------------------------------------------------------------------------------------------- */

int64_t calendar_zone(const struct calendar *calendar)
{
	return calendar->zone;
}

static bool year_assumed(const struct calendar *calendar, int64_t day)
{
	struct clock_civil civil;

	clock_to_civil(day * CLOCK_DAY, &civil);
	for (size_t i = 0; i < calendar->year_count; i++)
		if (calendar->years[i].year == civil.year)
			return calendar->years[i].assumed;
	return true;
}

bool calendar_is_working(const struct calendar *calendar, int64_t day, bool *ret_assumed)
{
	const struct day key = {.number = day}, *found = NULL;
	const int weekday = clock_weekday(day * CLOCK_DAY);

	if (!calendar) {
		*ret_assumed = true;
		return weekday != 0 && weekday != 6;
	}
	if (calendar->count)
		found = bsearch(&key, calendar->days, calendar->count, sizeof(key), by_number);
	if (year_assumed(calendar, day))
		*ret_assumed = true;
	return found ? found->working : weekday != 0 && weekday != 6;
}

static int64_t working_days(const struct calendar *calendar, int64_t start, int64_t amount, bool *ret_assumed)
{
	const int64_t local = start + calendar->zone;
	int64_t day = local / CLOCK_DAY - (local % CLOCK_DAY < 0);

	while (amount > 0)
		if (calendar_is_working(calendar, ++day, ret_assumed))
			amount--;
	return day * CLOCK_DAY + calendar->closing - calendar->zone;
}

int64_t calendar_due(const struct calendar *calendar, int64_t start, const struct limit *limit,
		     bool *ret_assumed)
{
	switch (limit->unit) {
	case LIMIT_MINUTES:
		return start + limit->amount * CLOCK_MINUTE;
	case LIMIT_HOURS:
		return start + limit->amount * CLOCK_HOUR;
	case LIMIT_DAYS:
		return start + limit->amount * CLOCK_DAY;
	case LIMIT_WORKING_DAYS:
		break;
	}
	return working_days(calendar, start, limit->amount, ret_assumed);
}

/* --- limits -------------------------------------------------------------------------------------------- */

static const struct {
	const char *name, *one, *many, *chinese;
} units[] = {
	[LIMIT_MINUTES] = {"minutes", "minute", "minutes", "分钟"},
	[LIMIT_HOURS] = {"hours", "hour", "hours", "小时"},
	[LIMIT_DAYS] = {"days", "day", "days", "日"},
	[LIMIT_WORKING_DAYS] = {"working_days", "working day", "working days", "个工作日"},
};

int limit_parse(struct str text, struct limit *ret_limit)
{
	const size_t space = str_find_char(text, ' ');
	struct str unit;
	int64_t amount;

	if (space == STR_NOT_FOUND || str_to_i64(str_head(text, space), &amount) < 0 || amount < 1 ||
	    amount > LIMIT_AMOUNT_MAX)
		return ERR_SYNTAX;
	unit = str_from_offset(text, space + 1);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_eq(unit, str_from(amount == 1 ? units[i].one : units[i].many))) {
			*ret_limit = (struct limit){amount, (enum limit_unit)i};
			return 0;
		}
	return ERR_SYNTAX;
}

void limit_format(const struct limit *limit, char out[LIMIT_TEXT_SIZE])
{
	snprintf(out, LIMIT_TEXT_SIZE, "%lld%s", (long long)limit->amount, units[limit->unit].chinese);
}

const char *limit_unit_name(enum limit_unit unit)
{
	return units[unit].name;
}

void limit_say(const struct limit *limit, char out[LIMIT_TEXT_SIZE])
{
	if (words_spoken() == WORDS_CHINESE)
		limit_format(limit, out);
	else
		snprintf(out, LIMIT_TEXT_SIZE, "%lld %s", (long long)limit->amount,
			 limit->amount == 1 ? units[limit->unit].one : units[limit->unit].many);
}
