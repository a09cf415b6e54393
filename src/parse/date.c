/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/date.h"

#include "base/err.h"

enum { YEAR_ABSENT = INT32_MIN };

/* What has been read so far. */
struct reading {
	struct str rest;
	struct clock_civil civil;
	int day_of_year; /* 0: not given */
	int64_t offset;
	bool zoned; /* offset is the text's own */
	bool afternoon, morning;
};

static bool take_number(struct str *s, int min_digits, int max_digits, int *ret_value)
{
	int value = 0, digits = 0;

	while (digits < max_digits && (size_t)digits < s->len && char_is_digit(s->ptr[digits]))
		value = value * 10 + (s->ptr[digits++] - '0');
	if (digits < min_digits)
		return false;
	*s = str_from_offset(*s, (size_t)digits);
	*ret_value = value;
	return true;
}

static void skip_spaces(struct str *s)
{
	while (s->len && s->ptr[0] == ' ')
		*s = str_from_offset(*s, 1);
}

/* Names by their first three letters in lower case, and what may follow of the full name. */
struct named {
	char head[4], tail[8];
};

static const struct named month_names[12] = {{"jan", "uary"}, {"feb", "ruary"}, {"mar", "ch"},
					     {"apr", "il"},   {"may", ""},      {"jun", "e"},
					     {"jul", "y"},    {"aug", "ust"},   {"sep", "tember"},
					     {"oct", "ober"}, {"nov", "ember"}, {"dec", "ember"}};
static const struct named day_names[7] = {{"sun", "day"},    {"mon", "day"},   {"tue", "sday"},
					  {"wed", "nesday"}, {"thu", "rsday"}, {"fri", "day"},
					  {"sat", "urday"}};

/* A name in full or by its first three letters; returns its index or -1. */
static int take_name(struct str *s, const struct named *names, int count)
{
	char head[4] = {0};

	if (s->len < 3)
		return -1;
	for (int i = 0; i < 3; i++)
		head[i] = char_lower(s->ptr[i]);
	for (int i = 0; i < count; i++) {
		struct str tail = str_from(names[i].tail);

		if (memcmp(head, names[i].head, 4) != 0)
			continue;
		*s = str_from_offset(*s, 3);
		if (tail.len && str_ieq(str_head(*s, tail.len), tail))
			*s = str_from_offset(*s, tail.len);
		return i;
	}
	return -1;
}

static bool take_fraction(struct str *s, int *ret_microsecond)
{
	int digits = 0, value = 0;

	for (; s->len && char_is_digit(s->ptr[0]); *s = str_from_offset(*s, 1), digits++)
		if (digits < 6)
			value = value * 10 + (s->ptr[0] - '0');
	if (!digits)
		return false;
	for (; digits < 6; digits++)
		value *= 10;
	*ret_microsecond = value;
	return true;
}

static bool take_offset(struct str *s, int64_t *ret_offset)
{
	int hours, minutes = 0;
	char sign = s->len ? s->ptr[0] : 0;

	if (sign == 'Z' || sign == 'z') {
		*s = str_from_offset(*s, 1);
		*ret_offset = 0;
		return true;
	}
	if (sign != '+' && sign != '-')
		return false;
	*s = str_from_offset(*s, 1);
	if (!take_number(s, 2, 2, &hours))
		return false;
	if (s->len && s->ptr[0] == ':')
		*s = str_from_offset(*s, 1);
	take_number(s, 2, 2, &minutes);
	if (hours > 23 || minutes > 59)
		return false;
	*ret_offset = (sign == '-' ? -1 : 1) * (hours * CLOCK_HOUR + minutes * CLOCK_MINUTE);
	return true;
}

static size_t letters(struct str s)
{
	size_t len = 0;

	while (len < s.len && (unsigned char)((s.ptr[len] | 0x20) - 'a') < 26)
		len++;
	return len;
}

/* Abbreviations are ambiguous (CST is four zones), so only those that say UTC are believed. */
static bool take_zone_letters(struct str *s, int64_t *ret_offset, bool *ret_zoned)
{
	const size_t len = letters(*s);

	if (!len || len > 5)
		return false;
	if (str_ieq(str_head(*s, len), STR("UTC")) || str_ieq(str_head(*s, len), STR("GMT")) ||
	    str_ieq(str_head(*s, len), STR("Z"))) {
		*ret_offset = 0;
		*ret_zoned = true;
	}
	*s = str_from_offset(*s, len);
	return true;
}

static bool take_year(struct reading *r, int digits)
{
	int year;

	if (!take_number(&r->rest, digits, digits, &year))
		return false;
	r->civil.year = digits == 4 ? year : year < 69 ? 2000 + year : 1900 + year;
	return true;
}

static bool take_half(struct reading *r)
{
	if (r->rest.len < 2 || char_lower(r->rest.ptr[1]) != 'm')
		return false;
	r->morning = char_lower(r->rest.ptr[0]) == 'a';
	r->afternoon = char_lower(r->rest.ptr[0]) == 'p';
	r->rest = str_from_offset(r->rest, 2);
	return r->morning || r->afternoon;
}

static bool take_month_name(struct reading *r)
{
	r->civil.month = take_name(&r->rest, month_names, 12) + 1;
	return r->civil.month > 0;
}

static bool take_letter(struct reading *r, char letter)
{
	struct clock_civil *c = &r->civil;

	switch (letter) {
	case 'Y':
		return take_year(r, 4);
	case 'y':
		return take_year(r, 2);
	case 'm':
		return take_number(&r->rest, 1, 2, &c->month);
	case 'b':
	case 'B':
		return take_month_name(r);
	case 'e':
		skip_spaces(&r->rest);
		return take_number(&r->rest, 1, 2, &c->day);
	case 'd':
		return take_number(&r->rest, 1, 2, &c->day);
	case 'j':
		return take_number(&r->rest, 1, 3, &r->day_of_year);
	case 'H':
	case 'I':
		return take_number(&r->rest, 1, 2, &c->hour);
	case 'M':
		return take_number(&r->rest, 2, 2, &c->minute);
	case 'S':
		return take_number(&r->rest, 2, 2, &c->second);
	case 'f':
		return take_fraction(&r->rest, &c->microsecond);
	case 'p':
		return take_half(r);
	case 'a':
	case 'A':
		return take_name(&r->rest, day_names, 7) >= 0;
	case 'z':
		r->zoned = true;
		return take_offset(&r->rest, &r->offset);
	case 'Z':
		return take_zone_letters(&r->rest, &r->offset, &r->zoned);
	default:
		return false;
	}
}

static bool take_pattern(struct reading *r, struct str format)
{
	for (size_t i = 0; i < format.len; i++) {
		char c = format.ptr[i];

		if (c == '%' && i + 1 < format.len && format.ptr[i + 1] != '%') {
			if (!take_letter(r, format.ptr[++i]))
				return false;
			continue;
		}
		if (c == '%')
			i++;
		if (!r->rest.len || r->rest.ptr[0] != c)
			return false;
		r->rest = str_from_offset(r->rest, 1);
		if (c == ' ')
			skip_spaces(&r->rest);
	}
	return true;
}

static int days_in_month(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* True where the day exists; then the time is in *ret_time. */
static bool in_year(struct clock_civil civil, int64_t year, int64_t offset, int64_t *ret_time)
{
	civil.year = year;
	if (civil.day > days_in_month(year, civil.month))
		return false;
	*ret_time = clock_from_civil(&civil) - offset;
	return true;
}

static int without_year(const struct clock_civil *civil, int64_t offset, int64_t received, int64_t *ret_time)
{
	struct clock_civil now;
	int64_t time, latest = received + CLOCK_DAY;

	clock_to_civil(received + offset, &now);
	if (in_year(*civil, now.year, offset, &time) && time <= latest) {
		if (time < received - 363 * CLOCK_DAY) /* perhaps a clock that runs ahead at New Year */
			in_year(*civil, now.year + 1, offset, &time);
		if (time > latest)
			in_year(*civil, now.year, offset, &time);
	} else if (!in_year(*civil, now.year - 1, offset, &time)) {
		return ERR_RANGE;
	}
	*ret_time = time;
	return 0;
}

static int finish(struct reading *r, int64_t received, int64_t *ret_time)
{
	struct clock_civil *c = &r->civil;

	if (r->afternoon && c->hour < 12)
		c->hour += 12;
	if (r->morning && c->hour == 12)
		c->hour = 0;
	if (c->hour > 23 || c->minute > 59 || c->second > 60)
		return ERR_RANGE;
	if (r->day_of_year) {
		if (c->year == YEAR_ABSENT || r->day_of_year > 366)
			return ERR_RANGE;
		*ret_time = clock_from_civil(c) + (r->day_of_year - 1) * CLOCK_DAY - r->offset;
		return 0;
	}
	if (c->month < 1 || c->month > 12 || c->day < 1)
		return ERR_RANGE;
	if (c->year == YEAR_ABSENT)
		return without_year(c, r->offset, received, ret_time);
	return in_year(*c, c->year, r->offset, ret_time) ? 0 : ERR_RANGE;
}

int date_take(struct str *text, struct str format, const struct date_context *context, int64_t *ret_time,
	      bool *ret_zoned)
{
	struct reading r = {
		.rest = *text, .civil = {.year = YEAR_ABSENT, .month = 1, .day = 1}, .offset = context->zone};
	int64_t time;
	int e;

	if (!take_pattern(&r, format))
		return ERR_SYNTAX;
	e = finish(&r, context->received, &time);
	if (e < 0)
		return e;
	*text = r.rest;
	*ret_time = time;
	*ret_zoned = r.zoned;
	return 0;
}

/* A year of four digits with a space or colon behind it. */
static bool year_follows(struct str s)
{
	return s.len >= 4 && char_is_digit(s.ptr[0]) && char_is_digit(s.ptr[1]) && char_is_digit(s.ptr[2]) &&
	       char_is_digit(s.ptr[3]) && (s.len == 4 || s.ptr[4] == ' ' || s.ptr[4] == ':');
}

/* What may stand behind a time of day: ".123", " UTC:", " 2026". */
static void take_bsd_tail(struct reading *r)
{
	struct str rest = r->rest, after;
	int64_t offset = r->offset;
	bool zoned = false;

	if (rest.len > 1 && rest.ptr[0] == '.' && char_is_digit(rest.ptr[1])) {
		rest = str_from_offset(rest, 1);
		take_fraction(&rest, &r->civil.microsecond);
		r->rest = rest;
	}
	if (!rest.len || rest.ptr[0] != ' ')
		return;
	after = str_from_offset(rest, 1);
	if (r->civil.year == YEAR_ABSENT && year_follows(after)) {
		r->rest = after;
		take_year(r, 4);
	} else if (str_starts(str_from_offset(after, letters(after)), STR(":")) &&
		   take_zone_letters(&after, &offset, &zoned)) {
		r->rest = after;
		r->offset = offset;
		r->zoned = zoned;
	}
}

bool date_goes_on(struct str rest)
{
	struct reading r = {.rest = rest, .civil = {.year = YEAR_ABSENT}};

	take_bsd_tail(&r);
	return r.rest.ptr != rest.ptr;
}

/* "Jul 28 11:28:41", each part at its place, as nearly all senders have it. False: it is read part by part.
 */
static bool take_bsd_whole(struct reading *r)
{
	static const char form[] = "aaa 00 00:00:00";
	struct clock_civil *c = &r->civil;
	const char *p = r->rest.ptr;
	struct str name = str_head(r->rest, 3);
	unsigned wrong = 0;
	int n[15];

	if (r->rest.len < sizeof(form) - 1)
		return false;
	for (size_t i = 3; i < sizeof(form) - 1; i++) {
		n[i] = p[i] - '0';
		wrong |= form[i] == '0' ? i != 4 && (unsigned)n[i] > 9 : p[i] != form[i];
	}
	if (p[4] == ' ')
		n[4] = 0;
	if (wrong || (unsigned)n[4] > 9)
		return false;
	c->month = take_name(&name, month_names, 12) + 1;
	if (!c->month)
		return false;
	c->day = n[4] * 10 + n[5];
	c->hour = n[7] * 10 + n[8];
	c->minute = n[10] * 10 + n[11];
	c->second = n[13] * 10 + n[14];
	r->rest = str_from_offset(r->rest, sizeof(form) - 1);
	return true;
}

/* The same, with a year in front or behind the day. */
static bool take_bsd_parts(struct reading *r)
{
	if (year_follows(r->rest) && r->rest.len > 4 && r->rest.ptr[4] == ' ' && !take_pattern(r, STR("%Y ")))
		return false;
	if (!take_pattern(r, STR("%b %e ")))
		return false;
	if (r->civil.year == YEAR_ABSENT && year_follows(r->rest) && !take_pattern(r, STR("%Y ")))
		return false;
	return take_pattern(r, STR("%H:%M:%S"));
}

int date_take_bsd(struct str *text, const struct date_context *context, int64_t *ret_time, bool *ret_zoned)
{
	struct reading r = {.rest = *text, .civil = {.year = YEAR_ABSENT}, .offset = context->zone};
	int e;

	if (!take_bsd_whole(&r) && !take_bsd_parts(&r))
		return ERR_SYNTAX;
	take_bsd_tail(&r);
	e = finish(&r, context->received, ret_time);
	if (e < 0)
		return e;
	*text = r.rest;
	*ret_zoned = r.zoned;
	return 0;
}

/* Seconds with a fraction, or whole multiples of a smaller unit. */
static int parse_epoch(struct str text, int64_t per_second, int64_t *ret_time)
{
	size_t dot = str_find_char(text, '.');
	struct str fraction = dot == STR_NOT_FOUND ? (struct str){0} : str_from_offset(text, dot + 1);
	int64_t whole, limit = INT64_C(200000000000); /* the year 8307 */
	int micro = 0;

	if (str_to_i64(str_head(text, dot), &whole) < 0)
		return ERR_SYNTAX;
	if (fraction.len && (per_second != 1 || !take_fraction(&fraction, &micro) || fraction.len))
		return ERR_SYNTAX;
	if (whole < 0 || whole / per_second > limit)
		return ERR_RANGE;
	*ret_time = per_second > CLOCK_SECOND ? whole / (per_second / CLOCK_SECOND)
					      : whole * (CLOCK_SECOND / per_second) + micro;
	return 0;
}

static const struct {
	struct str name;
	int64_t per_second;
} epochs[] = {
	{{"epoch", 5}, 1},
	{{"epoch_ms", 8}, 1000},
	{{"epoch_us", 8}, 1000000},
	{{"epoch_ns", 8}, 1000000000},
};

#define EPOCHS (sizeof(epochs) / sizeof(epochs[0]))

int date_parse(struct str text, struct str format, const struct date_context *context, int64_t *ret_time,
	       bool *ret_zoned)
{
	int64_t time;
	bool zoned;
	int r;

	text = str_trim(text);
	if (str_eq(format, STR("iso8601"))) {
		r = clock_parse(text, context->zone, ret_time);
		if (r == 0)
			*ret_zoned = clock_names_zone(text);
		return r;
	}
	for (size_t i = 0; i < EPOCHS; i++)
		if (str_eq(format, epochs[i].name)) {
			r = parse_epoch(text, epochs[i].per_second, ret_time);
			if (r == 0)
				*ret_zoned = true;
			return r;
		}
	r = date_take(&text, format, context, &time, &zoned);
	if (r < 0)
		return r;
	if (text.len)
		return ERR_SYNTAX;
	*ret_time = time;
	*ret_zoned = zoned;
	return 0;
}

int date_format_check(struct str format)
{
	if (str_eq(format, STR("iso8601")))
		return 0;
	for (size_t i = 0; i < EPOCHS; i++)
		if (str_eq(format, epochs[i].name))
			return 0;
	if (str_find_char(format, '%') == STR_NOT_FOUND)
		return ERR_SYNTAX;
	for (size_t i = 0; i + 1 <= format.len; i++)
		if (format.ptr[i] == '%' &&
		    (i + 1 == format.len ||
		     str_find_char(STR("YymbBdejHIMSfpaAzZ%"), format.ptr[++i]) == STR_NOT_FOUND))
			return ERR_SYNTAX;
	return 0;
}

int date_zone_parse(struct str text, int64_t *ret_zone)
{
	if (str_ieq(text, STR("UTC"))) {
		*ret_zone = 0;
		return 0;
	}
	return take_offset(&text, ret_zone) && !text.len ? 0 : ERR_SYNTAX;
}
