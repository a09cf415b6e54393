/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words.h"

#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"

/* --- conversions ---------------------------------------------------------------------------------------- */

#define CONVERSIONS_MAX 16

/* What a format takes: for each argument the letters that name its type, such as "d", "ld", "s"; '*' is an
   int of its own. */
struct conversions {
	char type[CONVERSIONS_MAX][4];
	size_t count;
	bool by_position, in_order, wrong;
};

static void take(struct conversions *taken, unsigned position, const char *type, size_t len)
{
	size_t at = position ? position - 1 : taken->count;

	taken->by_position |= position > 0;
	taken->in_order |= position == 0;
	if (at >= CONVERSIONS_MAX || len >= sizeof(taken->type[0]) ||
	    (taken->type[at][0] && (strlen(taken->type[at]) != len || memcmp(taken->type[at], type, len)))) {
		taken->wrong = true;
		return;
	}
	memcpy(taken->type[at], type, len);
	if (at >= taken->count)
		taken->count = at + 1;
}

/* "2$" at *at; 0 where there is none. */
static unsigned read_position(const char **at)
{
	char *end;
	unsigned long number = strtoul(*at, &end, 10);

	if (!char_is_digit(**at) || *end != '$')
		return 0;
	*at = end + 1;
	return number > CONVERSIONS_MAX ? CONVERSIONS_MAX + 1 : (unsigned)number;
}

/* Behind '%'; returns what comes after the conversion. */
static const char *read_conversion(const char *at, struct conversions *taken)
{
	unsigned position = read_position(&at);
	const char *type;

	for (; *at && strchr("-+ #0123456789.*", *at); at++)
		if (*at == '*') {
			const char *star = at + 1;

			take(taken, read_position(&star), "d", 1);
			at = star - 1;
		}
	type = at;
	while (*at && strchr("hljzt", *at))
		at++;
	if (!*at || !strchr("diouxXcsfeg", *at)) {
		taken->wrong = true;
		return at + strlen(at);
	}
	take(taken, position, type, (size_t)(at + 1 - type));
	return at + 1;
}

static struct conversions read_format(const char *format)
{
	struct conversions taken = {0};

	for (const char *at = format; (at = strchr(at, '%')) != NULL;)
		at = at[1] == '%' ? at + 2 : read_conversion(at + 1, &taken);
	taken.wrong |= taken.by_position && taken.in_order;
	return taken;
}

static bool fits(const char *format, const char *translated)
{
	struct conversions a = read_format(format), b = read_format(translated);

	return !a.wrong && !b.wrong && a.count == b.count && memcmp(a.type, b.type, sizeof(a.type)) == 0;
}

static void what_fits(void **state)
{
	(void)state;
	assert_true(fits("%s has %d, %zu", "%s 有 %d，%zu"));
	assert_true(fits("%s of %" PRId64, "%2$" PRId64 " 的 %1$s"));
	assert_true(fits("'%.*s' of %s", "%3$s的“%2$.*1$s”"));
	assert_true(fits("100%%", "百分之百"));
	assert_false(fits("%s of %d", "%d 的 %s"));
	assert_false(fits("%s of %d", "%2$s 的 %1$d"));
	assert_false(fits("%s of %d", "%s 的 %2$d"));
	assert_false(fits("%d", "%ld"));
	assert_false(fits("%.*s", "%s"));
	assert_false(fits("%s", "没有"));
	assert_false(fits("", "%n"));
}

/* Every entry takes what its key takes, and stands there once. */
static void pairs_fit(void **state)
{
	const struct words_pair *pairs;
	size_t count = words_table(&pairs);

	(void)state;
	assert_true(count > 100);
	for (size_t i = 0; i < count; i++) {
		if (!fits(pairs[i].english, pairs[i].chinese))
			fail_msg("\"%s\" does not take what \"%s\" takes", pairs[i].chinese,
				 pairs[i].english);
		assert_true(str_is_utf8(str_from(pairs[i].chinese)));
		words_speak(WORDS_CHINESE);
		if (words_of(pairs[i].english) != pairs[i].chinese)
			fail_msg("\"%s\" is not found, or stands there twice", pairs[i].english);
		words_speak(WORDS_ENGLISH);
		assert_ptr_equal(words_of(pairs[i].english), pairs[i].english);
	}
}

static void what_nobody_translated(void **state)
{
	static const char key[] = "nobody says this";

	(void)state;
	words_speak(WORDS_CHINESE);
	assert_ptr_equal(words_of(key), key);
	words_speak(WORDS_ENGLISH);
}

static void *speak_elsewhere(void *context)
{
	*(const char **)context = words_of("sign in first");
	return NULL;
}

/* Another thread speaks English whatever this one speaks. */
static void a_language_is_a_threads_own(void **state)
{
	const char *elsewhere = NULL;
	pthread_t thread;

	(void)state;
	assert_int_equal(words_speak(WORDS_CHINESE), WORDS_ENGLISH);
	assert_int_equal(pthread_create(&thread, NULL, speak_elsewhere, &elsewhere), 0);
	pthread_join(thread, NULL);
	assert_string_equal(elsewhere, "sign in first");
	assert_string_equal(words_of("sign in first"), "请先登录");
	assert_int_equal(words_speak(WORDS_ENGLISH), WORDS_CHINESE);
}

static void errors_speak(void **state)
{
	struct err err = {0};
	char filler[ERR_MESSAGE_MAX];

	(void)state;
	words_speak(WORDS_CHINESE);
	err_set(&err, ERR_UNKNOWN, 0, 0, "more than one %s is called '%.*s': write %s", words_of("unit"), 3,
		"NICE", words_of("its code"));
	assert_string_equal(err.message, "有多个单位名为“NIC”：请填写单位代码");
	err_set(&err, ERR_UNKNOWN, 0, 0, "there is no %s %" PRId64, words_of("unit"), (int64_t)7);
	assert_string_equal(err.message, "没有编号为 7 的单位");
	assert_string_equal(err_text(ERR_BUSY), "正被占用");

	/* What is too long ends with a whole character. */
	for (size_t cut = 0; cut < 4; cut++) {
		memset(filler, 'x', sizeof(filler));
		filler[ERR_MESSAGE_MAX - 8 + cut] = 0;
		err_set(&err, ERR_LIMIT, 0, 0, "%s is missing", filler);
		assert_true(str_is_utf8(str_from(err.message)));
		assert_true(strlen(err.message) >= ERR_MESSAGE_MAX - 4);
	}
	words_speak(WORDS_ENGLISH);
}

static void accept_language(void **state)
{
	static const struct {
		const char *header;
		enum words_language language;
	} rows[] = {
		{NULL, WORDS_ENGLISH},
		{"", WORDS_ENGLISH},
		{"zh-CN", WORDS_CHINESE},
		{"ZH", WORDS_CHINESE},
		{"zh-Hans-CN, en;q=0.9", WORDS_CHINESE},
		{"en", WORDS_ENGLISH},
		{"en-GB,zh;q=0.9", WORDS_ENGLISH},
		{"en;q=0.8, zh-CN", WORDS_CHINESE},
		{"zh;q=0.5,en;q=0.7", WORDS_ENGLISH},
		{"en;q=0.51,zh;q=0.512", WORDS_CHINESE},
		{"zh;q=0", WORDS_ENGLISH},
		{"zh;q=0.000,en", WORDS_ENGLISH},
		{"de,fr;q=0.9", WORDS_ENGLISH},
		{"de,zh;q=0.1", WORDS_CHINESE},
		{"*", WORDS_ENGLISH},
		{"zha,zh;q=0.1,en;q=0.2", WORDS_ENGLISH},
		{" zh ; q=1.0 ,en", WORDS_CHINESE},
		{"zh;q=,en", WORDS_CHINESE},
		{",,;;q=0.9,zh;;q=0.99999999999", WORDS_CHINESE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (words_accepted(rows[i].header) != rows[i].language)
			fail_msg("%s", rows[i].header);
	assert_string_equal(words_tag(WORDS_CHINESE), "zh-CN");
	assert_string_equal(words_tag(WORDS_ENGLISH), "en");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits),
		cmocka_unit_test(pairs_fit),
		cmocka_unit_test(what_nobody_translated),
		cmocka_unit_test(a_language_is_a_threads_own),
		cmocka_unit_test(errors_speak),
		cmocka_unit_test(accept_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
