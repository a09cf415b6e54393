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

/* Days to a date after Neri and Schneider, "Euclidean affine functions and their application to calendar
   algorithms" (2022): years begin in March, and eras are added so that all numbers are positive and, for
   every int64_t of microseconds, below 2^30. */
#define ERAS_ADDED 800

void clock_to_civil(int64_t time, struct clock_civil *ret_civil)
{
	/* Not by days * CLOCK_DAY: the first day begins before what an int64_t holds. */
	const int64_t left = time % CLOCK_DAY, rest = left + (left < 0 ? CLOCK_DAY : 0);
	const int64_t days = floor_div(time, CLOCK_DAY);
	const uint32_t seconds = (uint32_t)(rest / CLOCK_SECOND);
	const uint32_t day = (uint32_t)(days + 719468 + ERAS_ADDED * 146097);
	const uint32_t century = (4 * day + 3) / 146097, of_century = (4 * day + 3) % 146097 / 4;
	const uint64_t product = UINT64_C(2939745) * (4 * of_century + 3);
	const uint32_t day_of_year = (uint32_t)product / 2939745 / 4;
	const uint32_t month = 2141 * day_of_year + 197913;
	const bool next_year = day_of_year >= 306; /* January and February */

	ret_civil->year = (int64_t)(100 * century + (uint32_t)(product >> 32)) - 400 * ERAS_ADDED + next_year;
	ret_civil->month = (int)(month >> 16) - (next_year ? 12 : 0);
	ret_civil->day = (int)((month & 0xFFFF) / 2141) + 1;
	ret_civil->hour = (int)(seconds / 3600);
	ret_civil->minute = (int)(seconds / 60 % 60);
	ret_civil->second = (int)(seconds % 60);
	ret_civil->microsecond = (int)(rest - (int64_t)seconds * CLOCK_SECOND);
}

int clock_weekday(int64_t time)
{
	int64_t days = floor_div(time, CLOCK_DAY) + 4;

	return (int)(days - floor_div(days, 7) * 7);
}

/* Two digits, and what stands behind them; by hand, since it is on the event path. */
static char *put_two(char *out, unsigned value, char punctuation)
{
	out[0] = (char)('0' + value / 10);
	out[1] = (char)('0' + value % 10);
	out[2] = punctuation;
	return out + 3;
}

void clock_format(int64_t time, char out[CLOCK_TEXT_SIZE])
{
	static const int64_t first = -62167219200 * CLOCK_SECOND; /* 0000-01-01 */
	static const int64_t end = 253402300800 * CLOCK_SECOND;   /* 10000-01-01 */
	struct clock_civil c;

	clock_to_civil(time < first ? first : time >= end ? end - 1 : time, &c);
	put_two(out, (unsigned)c.year / 100, '-');
	out = put_two(out + 2, (unsigned)c.year % 100, '-');
	out = put_two(out, (unsigned)c.month, '-');
	out = put_two(out, (unsigned)c.day, 'T');
	out = put_two(out, (unsigned)c.hour, ':');
	out = put_two(out, (unsigned)c.minute, ':');
	out = put_two(out, (unsigned)c.second, '.');
	put_two(out, (unsigned)c.microsecond / 10000, 'Z');
	put_two(out + 2, (unsigned)c.microsecond / 100 % 100, 'Z');
	out = put_two(out + 4, (unsigned)c.microsecond % 100, 'Z');
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

/* Day and time of day, each digit at its place. What is not so is for take_civil(). */
static bool take_whole(struct str *s, struct clock_civil *c)
{
	static const char form[] = "0000-00-00T00:00:00";
	const char *p = s->ptr;
	unsigned wrong = 0;
	int n[19];

	if (s->len < sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		n[i] = p[i] - '0';
		wrong |= form[i] == '0' ? (unsigned)n[i] > 9 : i != 10 && p[i] != form[i];
	}
	if (wrong || (p[10] != 'T' && p[10] != ' ' && p[10] != 't'))
		return false;
	c->year = n[0] * 1000 + n[1] * 100 + n[2] * 10 + n[3];
	c->month = n[5] * 10 + n[6];
	c->day = n[8] * 10 + n[9];
	c->hour = n[11] * 10 + n[12];
	c->minute = n[14] * 10 + n[15];
	c->second = n[17] * 10 + n[18];
	*s = str_from_offset(*s, sizeof(form) - 1);
	return true;
}

static bool is_day(const struct clock_civil *c)
{
	return c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= days_in_month((int)c->year, c->month);
}

/* A day, and if anything follows a time of day. */
static int take_civil(struct str *s, struct clock_civil *c)
{
	int year;

	if (take_digits(s, 4, &year) < 0 || take_char(s, '-') < 0 || take_digits(s, 2, &c->month) < 0 ||
	    take_char(s, '-') < 0 || take_digits(s, 2, &c->day) < 0)
		return ERR_SYNTAX;
	c->year = year;
	if (!is_day(c))
		return ERR_RANGE;
	if (!s->len)
		return 0;
	if (take_char(s, 'T') < 0 && take_char(s, 't') < 0 && take_char(s, ' ') < 0)
		return ERR_SYNTAX;
	if (take_digits(s, 2, &c->hour) < 0 || take_char(s, ':') < 0 || take_digits(s, 2, &c->minute) < 0 ||
	    take_char(s, ':') < 0 || take_digits(s, 2, &c->second) < 0)
		return ERR_SYNTAX;
	return 0;
}

int clock_parse(struct str text, int64_t default_offset, int64_t *ret_time)
{
	struct clock_civil c = {0};
	int64_t offset = default_offset;
	int r;

	if (take_whole(&text, &c))
		r = is_day(&c) ? 0 : ERR_RANGE;
	else
		r = take_civil(&text, &c);
	if (r == 0 && text.len) {
		r = take_fraction(&text, &c.microsecond);
		if (r == 0)
			r = take_offset(&text, &offset);
		if (r == 0 && text.len)
			r = ERR_SYNTAX;
	}
	if (r < 0)
		return r;
	if (c.hour > 23 || c.minute > 59 || c.second > 60)
		return ERR_RANGE;
	*ret_time = clock_from_civil(&c) - offset;
	return 0;
}

bool clock_names_zone(struct str text)
{
	const struct str tail = str_from_offset(text, sizeof("2026-11-22T10:00:00") - 1);

	return tail.len && (char_lower(tail.ptr[tail.len - 1]) == 'z' || memchr(tail.ptr, '+', tail.len) ||
			    memchr(tail.ptr, '-', tail.len));
}
