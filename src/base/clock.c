/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <time.h>

#include "base/err.h"

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	must(clock_gettime(id, &ts) == 0);
	return ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000;
}

int64_t clock_now(void)
{
	return read_clock(CLOCK_REALTIME);
}
int64_t clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t clock_thread(void)
{
	struct timespec ts;

	must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts) == 0);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days since 1970-01-01; the year is taken to begin in March so that the leap day comes last. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	int64_t era, year_of_era, day_of_year;

	year -= month <= 2;
	era = floor_div(year, 400);
	year_of_era = year - era * 400;
	day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

int64_t clock_from_civil(const struct clock_civil *civil)
{
	int64_t days = days_from_civil(civil->year, civil->month, civil->day);

	return days * CLOCK_DAY + civil->hour * CLOCK_HOUR + civil->minute * CLOCK_MINUTE +
	       civil->second * CLOCK_SECOND + civil->microsecond;
}

void clock_to_civil(int64_t time, struct clock_civil *ret_civil)
{
	int64_t days = floor_div(time, CLOCK_DAY),
		rest = time % CLOCK_DAY + (time % CLOCK_DAY < 0 ? CLOCK_DAY : 0);
	int64_t shifted = days + 719468, era = floor_div(shifted, 146097);
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month_from_march = (int)((5 * day_of_year + 2) / 153);

	ret_civil->day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	ret_civil->month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	ret_civil->year = year_of_era + era * 400 + (ret_civil->month <= 2);
	ret_civil->hour = (int)(rest / CLOCK_HOUR);
	ret_civil->minute = (int)(rest / CLOCK_MINUTE % 60);
	ret_civil->second = (int)(rest / CLOCK_SECOND % 60);
	ret_civil->microsecond = (int)(rest % CLOCK_SECOND);
}

int clock_weekday(int64_t time)
{
	int64_t days = floor_div(time, CLOCK_DAY) + 4;

	return (int)(days - floor_div(days, 7) * 7);
}

/* value in exactly digits places, behind which punctuation follows; by hand, since it is on the event path.
 */
static char *put_number(char *out, int64_t value, int digits, char punctuation)
{
	for (int i = digits; i-- > 0; value /= 10)
		out[i] = (char)('0' + value % 10);
	out[digits] = punctuation;
	return out + digits + 1;
}

void clock_format(int64_t time, char out[CLOCK_TEXT_SIZE])
{
	static const int64_t first = -62167219200 * CLOCK_SECOND; /* 0000-01-01 */
	static const int64_t end = 253402300800 * CLOCK_SECOND;   /* 10000-01-01 */
	struct clock_civil c;

	clock_to_civil(time < first ? first : time >= end ? end - 1 : time, &c);
	out = put_number(out, c.year, 4, '-');
	out = put_number(out, c.month, 2, '-');
	out = put_number(out, c.day, 2, 'T');
	out = put_number(out, c.hour, 2, ':');
	out = put_number(out, c.minute, 2, ':');
	out = put_number(out, c.second, 2, '.');
	out = put_number(out, c.microsecond, 6, 'Z');
	*out = 0;
}

/* Takes exactly n digits off the front of *s. */
static int take_digits(struct str *s, size_t n, int *ret_value)
{
	int value = 0;

	if (s->len < n)
		return ERR_SYNTAX;
	for (size_t i = 0; i < n; i++) {
		if (!char_is_digit(s->ptr[i]))
			return ERR_SYNTAX;
		value = value * 10 + (s->ptr[i] - '0');
	}
	*s = str_from_offset(*s, n);
	*ret_value = value;
	return 0;
}

static int take_char(struct str *s, char c)
{
	if (!s->len || s->ptr[0] != c)
		return ERR_SYNTAX;
	*s = str_from_offset(*s, 1);
	return 0;
}

static int take_fraction(struct str *s, int *ret_microsecond)
{
	int value = 0, digits = 0;

	if (take_char(s, '.') < 0 && take_char(s, ',') < 0)
		return 0;
	for (; s->len && char_is_digit(s->ptr[0]); *s = str_from_offset(*s, 1), digits++)
		if (digits < 6)
			value = value * 10 + (s->ptr[0] - '0');
	if (digits == 0 || digits > 9)
		return ERR_SYNTAX;
	for (; digits < 6; digits++)
		value *= 10;
	*ret_microsecond = value;
	return 0;
}

static int take_offset(struct str *s, int64_t *ret_offset)
{
	int hours, minutes = 0, sign;

	if (!s->len)
		return 0;
	if (s->ptr[0] == 'Z' || s->ptr[0] == 'z') {
		*s = str_from_offset(*s, 1);
		*ret_offset = 0;
		return 0;
	}
	sign = s->ptr[0] == '+' ? 1 : s->ptr[0] == '-' ? -1 : 0;
	if (!sign)
		return ERR_SYNTAX;
	*s = str_from_offset(*s, 1);
	if (take_digits(s, 2, &hours) < 0)
		return ERR_SYNTAX;
	if ((take_char(s, ':') == 0 || s->len) && take_digits(s, 2, &minutes) < 0)
		return ERR_SYNTAX;
	if (hours > 23 || minutes > 59)
		return ERR_RANGE;
	*ret_offset = sign * (hours * CLOCK_HOUR + minutes * CLOCK_MINUTE);
	return 0;
}

int clock_parse_offset(struct str text, int64_t *ret_offset)
{
	int64_t offset = 0;
	int r = text.len ? take_offset(&text, &offset) : ERR_SYNTAX;

	if (r < 0 || text.len)
		return r < 0 ? r : ERR_SYNTAX;
	*ret_offset = offset;
	return 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

int clock_parse(struct str text, int64_t default_offset, int64_t *ret_time)
{
	struct clock_civil c = {0};
	int64_t offset = default_offset;
	int year, r;

	if (take_digits(&text, 4, &year) < 0 || take_char(&text, '-') < 0 ||
	    take_digits(&text, 2, &c.month) < 0 || take_char(&text, '-') < 0 ||
	    take_digits(&text, 2, &c.day) < 0)
		return ERR_SYNTAX;
	c.year = year;
	if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > days_in_month(year, c.month))
		return ERR_RANGE;
	if (text.len) {
		if (take_char(&text, 'T') < 0 && take_char(&text, 't') < 0 && take_char(&text, ' ') < 0)
			return ERR_SYNTAX;
		if (take_digits(&text, 2, &c.hour) < 0 || take_char(&text, ':') < 0 ||
		    take_digits(&text, 2, &c.minute) < 0 || take_char(&text, ':') < 0 ||
		    take_digits(&text, 2, &c.second) < 0 || take_fraction(&text, &c.microsecond) < 0)
			return ERR_SYNTAX;
		r = take_offset(&text, &offset);
		if (r < 0)
			return r;
		if (text.len)
			return ERR_SYNTAX;
	}
	if (c.hour > 23 || c.minute > 59 || c.second > 60)
		return ERR_RANGE;
	*ret_time = clock_from_civil(&c) - offset;
	return 0;
}
