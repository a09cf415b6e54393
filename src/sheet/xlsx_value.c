/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "sheet/private.h"

#define DAY_SECONDS 86400
#define SERIAL_MAX 2958466 /* 10000-01-01 */
#define EPOCH_1900 25569   /* 1970-01-01 */
#define EPOCH_1904 24107
#define LEAP_1900 60 /* 1900-02-29, a day that never was but is counted */
#define WHOLE_MAX 1e15

/* ECMA-376 part 1, 18.8.30: the formats without a code, those of Chinese and Japanese settings included. */
static const struct {
	unsigned char from, to;
	enum xlsx_style style;
} built_in[] = {
	{14, 17, XLSX_DATE}, {18, 21, XLSX_TIME}, {22, 22, XLSX_DATE_TIME}, {27, 31, XLSX_DATE},
	{32, 35, XLSX_TIME}, {36, 36, XLSX_DATE}, {45, 47, XLSX_TIME},      {50, 54, XLSX_DATE},
	{55, 56, XLSX_TIME}, {57, 58, XLSX_DATE},
};

/* Letters of a format code that stand for parts of a date, up to the first ';'. */
static enum xlsx_style code_style(struct str code)
{
	bool day = false, time = false, quoted = false, month = false;

	for (size_t i = 0; i < code.len && (quoted || code.ptr[i] != ';'); i++) {
		char c = char_lower(code.ptr[i]);

		if (c == '"') {
			quoted = !quoted;
		} else if (quoted) {
			continue;
		} else if (c == '\\' || c == '_' || c == '*') {
			i++;
		} else if (c == '[') { /* a colour, a language, or hours that count on: [h] */
			size_t end = str_find_char(str_from_offset(code, i), ']');

			if (end == STR_NOT_FOUND)
				break;
			time |= end == 2 && str_find_char(STR("hmsHMS"), code.ptr[i + 1]) != STR_NOT_FOUND;
			i += end;
		} else {
			day |= c == 'y' || c == 'd';
			time |= c == 'h' || c == 's';
			month |= c == 'm';
		}
	}
	day |= month && !time;
	return day && time ? XLSX_DATE_TIME : day ? XLSX_DATE : time ? XLSX_TIME : XLSX_PLAIN;
}

enum xlsx_style xlsx_format_style(unsigned number, struct str code)
{
	if (code.len)
		return str_ieq(code, STR("General")) ? XLSX_PLAIN : code_style(code);
	for (size_t i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++)
		if (number >= built_in[i].from && number <= built_in[i].to)
			return built_in[i].style;
	return XLSX_PLAIN;
}

/* Days since 1970 to a date: Howard Hinnant's method over eras of 400 years from March on. */
static void civil(int64_t days, int *ret_year, unsigned *ret_month, unsigned *ret_day)
{
	int64_t shifted = days + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	unsigned of_era = (unsigned)(shifted - era * 146097);
	unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;

	*ret_day = of_year - (153 * month + 2) / 5 + 1;
	*ret_month = month < 10 ? month + 3 : month - 9;
	*ret_year = (int)(year + era * 400) + (*ret_month <= 2);
}

static struct str date_text(struct arena *arena, double serial, enum xlsx_style style, bool from_1904)
{
	int64_t days = (int64_t)serial;
	unsigned seconds = (unsigned)((serial - (double)days) * DAY_SECONDS + 0.5);
	unsigned month, day;
	int year;
	struct str time;

	if (seconds == DAY_SECONDS) {
		days++;
		seconds = 0;
	}
	time = arena_printf(arena, "%02u:%02u:%02u", seconds / 3600, seconds / 60 % 60, seconds % 60);
	if (style == XLSX_TIME && days == 0)
		return time;
	if (!from_1904 && days < LEAP_1900)
		days++;
	civil(days - (from_1904 ? EPOCH_1904 : EPOCH_1900), &year, &month, &day);
	if (style == XLSX_DATE || (style == XLSX_DATE_TIME && !seconds))
		return arena_printf(arena, "%04d-%02u-%02u", year, month, day);
	return arena_printf(arena, "%04d-%02u-%02u %.*s", year, month, day, STR_FMT(time));
}

struct str xlsx_number(struct arena *arena, struct str text, enum xlsx_style style, bool from_1904)
{
	double value;

	if (str_to_double(text, &value) < 0 || !isfinite(value))
		return text;
	if (style != XLSX_PLAIN && value >= 0 && value < SERIAL_MAX)
		return date_text(arena, value, style, from_1904);
	if (fabs(value) < WHOLE_MAX && value == (double)(int64_t)value)
		return arena_printf(arena, "%.0f", value == 0 ? 0.0 : value);
	return arena_printf(arena, "%.15g", value);
}

/* --- texts ---------------------------------------------------------------------------------------------- */

static int hex_value(char c)
{
	if (char_is_digit(c))
		return c - '0';
	c = char_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* _xHHHH_ at the beginning of text; 0 where there is none. No surrogates: producers write those as they are.
 */
static unsigned escaped(const char *text, size_t len)
{
	unsigned code = 0;

	if (len < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_')
		return 0;
	for (int i = 2; i < 6; i++) {
		int value = hex_value(text[i]);

		if (value < 0)
			return 0;
		code = code * 16 + (unsigned)value;
	}
	return code >= 0xd800 && code < 0xe000 ? 0 : code;
}

size_t xlsx_unescape(char *text, size_t len)
{
	size_t to = 0;

	for (size_t i = 0; i < len;) {
		unsigned code = text[i] == '_' ? escaped(text + i, len - i) : 0;

		if (!code) {
			text[to++] = text[i++];
			continue;
		}
		i += 7;
		if (code < 0x80) {
			text[to++] = (char)code;
		} else if (code < 0x800) {
			text[to++] = (char)(0xc0 | code >> 6);
			text[to++] = (char)(0x80 | (code & 0x3f));
		} else {
			text[to++] = (char)(0xe0 | code >> 12);
			text[to++] = (char)(0x80 | (code >> 6 & 0x3f));
			text[to++] = (char)(0x80 | (code & 0x3f));
		}
	}
	return to;
}
