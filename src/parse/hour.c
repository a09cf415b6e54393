/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/hour.h"

#define HOUR (3600 * CLOCK_SECOND)
#define LAST ((INT64_C(253402300800) - 3600) * CLOCK_SECOND) /* 9999-12-31T23 */
#define WHOLE_LEN 19                                         /* 2026-07-28T11:44:53 */
#define FRACTION_MAX 6

/* Two digits less than 60, or a number that is no less. */
static inline unsigned sixty(const char *p)
{
	const unsigned tens = (unsigned char)(p[0] - '0'), ones = (unsigned char)(p[1] - '0');

	return tens < 6 && ones < 10 ? tens * 10 + ones : 60;
}

bool hour_offset(struct str text, int64_t *ret_offset)
{
	static const int64_t scales[FRACTION_MAX + 1] = {0, 100000, 10000, 1000, 100, 10, 1};
	const size_t digits = text.len - WHOLE_LEN - 1;
	const char *p = text.ptr;
	int64_t fraction = 0;
	unsigned minute, second;

	if (text.len < WHOLE_LEN || p[13] != ':' || p[16] != ':')
		return false;
	minute = sixty(p + 14);
	second = sixty(p + 17);
	if (minute == 60 || second == 60)
		return false;
	if (text.len > WHOLE_LEN) {
		if (p[WHOLE_LEN] != '.' || !digits || digits > FRACTION_MAX)
			return false;
		for (size_t i = 0; i < digits; i++) {
			if (!char_is_digit(p[WHOLE_LEN + 1 + i]))
				return false;
			fraction = fraction * 10 + (p[WHOLE_LEN + 1 + i] - '0');
		}
		fraction *= scales[digits];
	}
	*ret_offset = (minute * 60 + second) * CLOCK_SECOND + fraction;
	return true;
}

bool hour_recall(const struct hour_memo *memo, struct str text, int64_t zone, int64_t offset,
		 int64_t *ret_time)
{
	if (memo->zone != zone || !str_bytes_eq(memo->text, text.ptr, HOUR_TEXT_LEN))
		return false;
	*ret_time = memo->start + offset;
	return true;
}

void hour_note(struct hour_memo *memo, struct str text, int64_t zone, int64_t offset, int64_t time)
{
	char formatted[CLOCK_TEXT_SIZE];

	memo->text[0] = 0;
	/* In zones of half hours the hours are not those of UTC. */
	if (time - offset < 0 || time - offset > LAST || (time - offset) % HOUR)
		return;
	clock_format(time, formatted);
	memcpy(memo->formatted, formatted, HOUR_TEXT_LEN);
	memcpy(memo->text, text.ptr, HOUR_TEXT_LEN);
	memo->zone = zone;
	memo->start = time - offset;
}

void hour_format(const struct hour_memo *memo, struct str text, char out[CLOCK_TEXT_SIZE])
{
	memcpy(out, memo->formatted, HOUR_TEXT_LEN);
	memcpy(out + HOUR_TEXT_LEN, text.ptr + HOUR_TEXT_LEN, WHOLE_LEN - HOUR_TEXT_LEN);
	memcpy(out + WHOLE_LEN, ".000000Z", CLOCK_TEXT_SIZE - WHOLE_LEN);
	for (size_t i = WHOLE_LEN; i < text.len && i <= WHOLE_LEN + FRACTION_MAX; i++)
		out[i] = text.ptr[i];
}
