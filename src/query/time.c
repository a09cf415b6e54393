/* SPDX-License-Identifier: Apache-2.0 */
#include "query/time.h"

#include "base/clock.h"
#include "base/err.h"

#define AMOUNT_MAX 1000000

static int64_t unit_of(char c)
{
	static const struct {
		char c;
		int64_t length;
	} units[] = {{'s', CLOCK_SECOND},  {'m', CLOCK_MINUTE},   {'h', CLOCK_HOUR},     {'d', CLOCK_DAY},
		     {'w', 7 * CLOCK_DAY}, {'M', 30 * CLOCK_DAY}, {'y', 365 * CLOCK_DAY}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].c == c)
			return units[i].length;
	return 0;
}

/* "-15m+2h", then perhaps "/d". */
static int read_steps(struct str text, int64_t time, int64_t *ret_begin, int64_t *ret_end)
{
	int64_t span = 1;

	while (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
		int64_t sign = text.ptr[0] == '-' ? -1 : 1, amount = 0, unit;
		size_t i = 1;

		for (; i < text.len && char_is_digit(text.ptr[i]) && amount < AMOUNT_MAX; i++)
			amount = amount * 10 + (text.ptr[i] - '0');
		unit = i > 1 && i < text.len ? unit_of(text.ptr[i]) : 0;
		if (!unit || amount > AMOUNT_MAX || __builtin_mul_overflow(sign * amount, unit, &amount) ||
		    __builtin_add_overflow(time, amount, &time))
			return ERR_SYNTAX;
		text = str_from_offset(text, i + 1);
	}
	if (text.len == 2 && text.ptr[0] == '/' && unit_of(text.ptr[1])) {
		span = unit_of(text.ptr[1]);
		if (__builtin_sub_overflow(time, ((time % span) + span) % span, &time))
			return ERR_SYNTAX;
	} else if (text.len) {
		return ERR_SYNTAX;
	}
	if (time > INT64_MAX - span)
		return ERR_SYNTAX;
	*ret_begin = time;
	*ret_end = time + span;
	return 0;
}

/* How much time a text of that many bytes leaves open: "2026-01-01", "…T08", "…T08:30", "…T08:30:00". */
static int64_t span_of(size_t len)
{
	switch (len) {
	case 10:
		return CLOCK_DAY;
	case 16:
		return CLOCK_MINUTE;
	case 19:
		return CLOCK_SECOND;
	default:
		return 1;
	}
}

int time_read(struct str text, int64_t now, int64_t *ret_begin, int64_t *ret_end)
{
	return time_read_zoned(text, now, 0, ret_begin, ret_end);
}

int time_read_zoned(struct str text, int64_t now, int64_t zone, int64_t *ret_begin, int64_t *ret_end)
{
	char padded[20];
	int64_t time;
	int r;

	if (str_starts(text, STR("now")))
		return read_steps(str_from_offset(text, 3), now, ret_begin, ret_end);
	if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+'))
		return read_steps(text, now, ret_begin, ret_end);
	if (text.len == 16) {
		memcpy(padded, text.ptr, 16);
		memcpy(padded + 16, ":00", 3);
		r = clock_parse(str_of(padded, 19), zone, &time);
	} else {
		r = clock_parse(text, zone, &time);
	}
	if (r < 0)
		return ERR_SYNTAX;
	*ret_begin = time;
	*ret_end = time + span_of(text.len);
	return 0;
}
