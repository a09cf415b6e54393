/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static const struct words_pair pairs[] = {
#define W(english, chinese) {english, chinese},
#include "base/words/access.def"
#include "base/words/base.def"
#include "base/words/cases.def"
#include "base/words/people.def"
#include "base/words/query.def"
#include "base/words/rules.def"
#include "base/words/web.def"
#undef W
};
#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

/* By English; written once, before anybody reads it. */
static const struct words_pair *sorted[PAIRS];
static pthread_once_t sorting = PTHREAD_ONCE_INIT;

static _Thread_local enum words_language spoken;

static int compare(const void *a, const void *b)
{
	const struct words_pair *const *x = a, *const *y = b;

	return strcmp((*x)->english, (*y)->english);
}

static void sort(void)
{
	for (size_t i = 0; i < PAIRS; i++)
		sorted[i] = &pairs[i];
	qsort(sorted, PAIRS, sizeof(sorted[0]), compare);
}

const char *words_of(const char *english)
{
	const struct words_pair key = {.english = english}, *wanted = &key, *const * found;

	if (spoken == WORDS_ENGLISH)
		return english;
	pthread_once(&sorting, sort);
	found = bsearch(&wanted, sorted, PAIRS, sizeof(sorted[0]), compare);
	return found ? (*found)->chinese : english;
}

enum words_language words_speak(enum words_language language)
{
	enum words_language before = spoken;

	spoken = language;
	return before;
}

enum words_language words_spoken(void)
{
	return spoken;
}

const char *words_tag(enum words_language language)
{
	return language == WORDS_CHINESE ? "zh-CN" : "en";
}

size_t words_table(const struct words_pair **ret_pairs)
{
	*ret_pairs = pairs;
	return PAIRS;
}

void words_print(char *out, size_t out_size, const char *english, va_list args)
{
	int length = vsnprintf(out, out_size, words_of(english), args);
	size_t end = out_size - 1, start = end;

	if (length < 0 || (size_t)length < out_size)
		return;
	while (start > 0 && ((unsigned char)out[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0 && !str_is_utf8(str_of(out + start - 1, end - start + 1)))
		out[start - 1] = 0;
}

/* --- Accept-Language ------------------------------------------------------------------------------------ */

/* A weight in thousandths; what is no weight counts as the highest, as where there is none. */
static unsigned weight_of(struct str parameters)
{
	struct str name;
	unsigned weight = 0, digit = 100;

	while (str_split(&parameters, ';', &name)) {
		name = str_trim(name);
		if (!str_starts(name, STR("q=")) || name.len < 3)
			continue;
		if (name.ptr[2] != '0')
			return 1000;
		for (size_t i = 4; i < name.len && char_is_digit(name.ptr[i]); i++, digit /= 10)
			weight += (unsigned)(name.ptr[i] - '0') * digit;
		return weight;
	}
	return 1000;
}

static bool speaks(struct str range, struct str language)
{
	return str_ieq(str_head(range, str_find_char(range, '-')), language);
}

enum words_language words_accepted(const char *accept_language)
{
	struct str rest = str_from(accept_language), item;
	enum words_language best = WORDS_ENGLISH;
	unsigned most = 0;

	while (str_split(&rest, ',', &item)) {
		struct str range = str_trim(str_head(item, str_find_char(item, ';')));
		bool chinese = speaks(range, STR("zh"));
		unsigned weight = weight_of(str_from_offset(item, str_find_char(item, ';')));

		if ((!chinese && !speaks(range, STR("en"))) || weight <= most)
			continue;
		most = weight;
		best = chinese ? WORDS_CHINESE : WORDS_ENGLISH;
	}
	return best;
}
