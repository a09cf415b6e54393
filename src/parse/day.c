/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/day.h"

#include "parse/date.h"

#define CLOCK_LEN 8                                       /* 11:44:53 */
#define SPAN CLOCK_HOUR                                   /* of receipt, that a memo is good for */
#define FORMAT_END (INT64_C(253402300800) * CLOCK_SECOND) /* the year 10000 */

/* A day with the space behind it: "Jul 28 ", "Jul  8 " or "Jul 8 ". */
static inline size_t name_len(struct str text)
{
	return text.ptr[5] == ' ' ? 6 : 7;
}

static inline uint64_t name_of(struct str text)
{
	char bytes[8] = {0};
	uint64_t name;

	memcpy(bytes, text.ptr, 6);
	if (name_len(text) == 7)
		bytes[6] = text.ptr[6];
	memcpy(&name, bytes, sizeof(name));
	return name;
}

static inline struct day_memo *memo_of(struct day_memos *memos, struct str text)
{
	const unsigned tens = text.ptr[4] & 15, ones = text.ptr[5] & 15; /* of a space these are 0, too */

	return &memos->read[name_len(text) == 6 ? tens : (tens * 10 + ones) % DAY_MEMOS];
}

/* Two digits that are less than limit; else limit. */
static inline unsigned two_digits(const char *p, unsigned limit)
{
	const unsigned tens = (unsigned char)(p[0] - '0'), ones = (unsigned char)(p[1] - '0');
	const unsigned number = tens * 10 + ones;

	return tens < 10 && ones < 10 && number < limit ? number : limit;
}

/* False where it is none, or a leap second. */
static inline bool time_of_day(const char *p, int64_t *ret_time)
{
	const unsigned hour = two_digits(p, 24), minute = two_digits(p + 3, 60),
		       second = two_digits(p + 6, 60);

	*ret_time = (int64_t)(hour * 3600 + minute * 60 + second) * CLOCK_SECOND;
	return hour < 24 && minute < 60 && second < 60 && p[2] == ':' && p[5] == ':';
}

static bool recall(const struct day_memo *memo, struct str text, const struct date_context *context,
		   int64_t *ret_time)
{
	int64_t time;

	if (!memo->name || memo->name != name_of(text) || memo->zone != context->zone ||
	    context->received < memo->from || context->received > memo->until ||
	    !time_of_day(text.ptr + name_len(text), &time))
		return false;
	*ret_time = memo->start + time;
	return true;
}

static bool at_hour(struct str text, const char *hour, const struct date_context *context, int64_t *ret_time)
{
	const size_t len = name_len(text);
	char bytes[7 + CLOCK_LEN];
	struct str whole = str_of(bytes, len + CLOCK_LEN);
	bool zoned;

	memcpy(bytes, text.ptr, len);
	memcpy(bytes + len, hour, CLOCK_LEN);
	return date_take_bsd(&whole, context, ret_time, &zoned) == 0;
}

/* The year is the later, the later it was received, and the earlier, the later on its day the time is. So
   what holds for the latest hour received now and for the earliest received last holds for all between. */
static void note(struct day_memo *memo, struct str text, const struct date_context *context)
{
	const struct date_context now = {context->received, context->zone, NULL};
	const struct date_context last = {context->received + SPAN, context->zone, NULL};
	int64_t start, end;

	if (memo->waiting != name_of(text)) { /* until it is met again: some days are met only once */
		memo->waiting = name_of(text);
		return;
	}
	if (!at_hour(text, "00:00:00", &last, &start) || !at_hour(text, "23:59:59", &now, &end) ||
	    end != start + CLOCK_DAY - CLOCK_SECOND)
		return;
	*memo = (struct day_memo){.name = name_of(text),
				  .waiting = memo->waiting,
				  .zone = context->zone,
				  .from = context->received,
				  .until = context->received + SPAN,
				  .start = start};
}

int day_take_bsd(struct str *text, const struct date_context *context, int64_t *ret_time, bool *ret_zoned)
{
	struct day_memo *memo;
	struct str rest = *text;
	int64_t time;
	size_t len;
	int r;

	if (!context->days || text->len < 7 + CLOCK_LEN)
		return date_take_bsd(text, context, ret_time, ret_zoned);
	memo = memo_of(context->days, *text);
	len = name_len(*text) + CLOCK_LEN;
	if (recall(memo, *text, context, &time) && !date_goes_on(str_from_offset(rest, len))) {
		*ret_time = time;
		*ret_zoned = false;
		*text = str_from_offset(rest, len);
		return 0;
	}
	r = date_take_bsd(&rest, context, ret_time, ret_zoned);
	if (r < 0)
		return r;
	if (rest.ptr == text->ptr + len)
		note(memo, *text, context);
	*text = rest;
	return 0;
}

static char *put_two(char *out, unsigned number, char behind)
{
	out[0] = (char)('0' + number / 10);
	out[1] = (char)('0' + number % 10);
	out[2] = behind;
	return out + 3;
}

void day_format(struct day_memos *memos, int64_t time, char out[CLOCK_TEXT_SIZE])
{
	const int64_t number = time / CLOCK_DAY;
	struct day_text *memo = &memos->written[(uint64_t)number % DAY_MEMOS];
	unsigned seconds, fraction;

	if (number <= 0 || time >= FORMAT_END || memo->number != number) {
		clock_format(time, out);
		if (number > 0 && time < FORMAT_END) {
			memo->number = number;
			memcpy(memo->text, out, DAY_TEXT_LEN);
		}
		return;
	}
	seconds = (unsigned)(time % CLOCK_DAY / CLOCK_SECOND);
	fraction = (unsigned)(time % CLOCK_SECOND);
	memcpy(out, memo->text, DAY_TEXT_LEN);
	out = put_two(out + DAY_TEXT_LEN, seconds / 3600, ':');
	out = put_two(out, seconds / 60 % 60, ':');
	out = put_two(out, seconds % 60, '.');
	memcpy(out, "000000Z", CLOCK_TEXT_SIZE - DAY_TEXT_LEN - 9);
	if (!fraction)
		return;
	put_two(out, fraction / 10000, 0);
	put_two(out + 2, fraction / 100 % 100, 0);
	put_two(out + 4, fraction % 100, 'Z');
}
