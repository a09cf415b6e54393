/* SPDX-License-Identifier: Apache-2.0 */
/* Records that are not UTF-8: Chinese devices that write GBK are read, damaged ones are repaired, and which
   of the two it is does not depend on what the header says, as that stays ASCII. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parse/helper.h"

#define LINE_LONG (64 * 1024)
#define BAD "\xEF\xBF\xBD"

static const char login[] =
	"id: login\ntitle: t\nrecognise: {format: syslog, program: doord, contains: 登录}\n"
	"parse: [{regex: '^用户\\[(?<user>[^\\]]*)\\]登录(?<result>\\S+)'}]\n"
	"map: {user.name: user, event.outcome: {from: result, table: {成功: success, 失败: failure}}}\n";
static const char other[] = "id: other\ntitle: t\nrecognise: {format: syslog, priority: 1}\ninner: message\n";
static const char json[] =
	"id: json\ntitle: t\nrecognise: {format: json}\nparse: [json]\nmap: {user.name: user}\n";
static const char *const sources[] = {login, other, json, NULL};

/* 用户[李堃]登录成功 */
#define LOGIN "\xD3\xC3\xBB\xA7[\xC0\xEE\x88\xD2]\xB5\xC7\xC2\xBC\xB3\xC9\xB9\xA6"

static bool is_converted(const struct bench *b)
{
	const struct attr *attr = bench_attr(b, "log.encoding", 0);

	if (attr)
		assert_str(value_str(attr->value), "gb18030");
	return attr != NULL;
}

static void test_devices(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, sources);
	assert_int_equal(b.errors, 0);
	bench_run(&b, STR("<134>Nov 22 09:59:00 gate-1 doord[5]: " LOGIN));
	assert_str(b.event.source, "login");
	assert_field(&b, USER_NAME, "李堃");
	assert_field(&b, EVENT_OUTCOME, "success");
	assert_field(&b, MESSAGE, "用户[李堃]登录成功");
	assert_field(&b, HOST_NAME, "gate-1");
	assert_true(is_converted(&b));
	assert_str(b.event.raw, "<134>Nov 22 09:59:00 gate-1 doord[5]: " LOGIN);
	bench_run(&b, STR("<134>Nov 22 09:59:00 gate-1 doord[5]: 用户[李堃]登录失败"));
	assert_field(&b, EVENT_OUTCOME, "failure");
	assert_false(is_converted(&b));
	/* A trail byte that is a backslash in ASCII: 乗 is 81 5C. */
	bench_run(&b, STR("{\"user\":\"\x81\\\",\"a\":1}"));
	assert_str(b.event.source, "json");
	assert_field(&b, USER_NAME, "乗");
	assert_true(is_converted(&b));
	bench_run(&b, STR("\xD3\xC3\xBB\xA7 nobody knows"));
	assert_field(&b, EVENT_KIND, "unparsed");
	assert_field(&b, MESSAGE, "用户 nobody knows");
	assert_true(is_converted(&b));
	bench_close(&b);
}

#define TEXT(literal)                          \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

/* The message of a line that is read as msg, and whether it was converted. */
static void test_which(void **state)
{
	static const struct {
		struct str line;
		const char *message;
		bool converted;
	} cases[] = {
		{TEXT("中文 as it should be"), "中文 as it should be", false},
		{TEXT("\xD6\xD0\xCE\xC4"), "中文", true},
		{TEXT("\xD6\xD0\xCE\xC4\xD6"), "中文" BAD, true},
		{TEXT("\xD6\xD0\xCE\xC4\x95\x32"), "中文" BAD, true},
		/* UTF-8 that its end cut off; each would be GB 18030 too */
		{TEXT("登录失\xE8\xB4"), "登录失" BAD BAD, false},
		{TEXT("登\xE5\xBD"), "登" BAD BAD, false},
		/* both, mostly UTF-8 */
		{TEXT("登录失败\xD6\xD0 x"), "登录失败" BAD BAD " x", false},
		{TEXT("登录\xFF失败"), "登录" BAD "失败", false},
		/* neither; the last but one is Latin-1 */
		{TEXT("\xD6\xD0 \xFF\xFE"), BAD BAD " " BAD BAD, false},
		{TEXT("caf\xE9 x"), "caf" BAD " x", false},
		{TEXT("\x80\x81 \x90"), BAD BAD " " BAD, false},
	};
	char line[256];
	struct bench b;

	(void)state;
	bench_open(&b, sources);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const int len = snprintf(line, sizeof(line), "<13>Nov 22 09:59:00 h1 p: %.*s",
					 STR_FMT(cases[i].line));

		bench_run(&b, str_of(line, (size_t)len));
		assert_field(&b, HOST_NAME, "h1");
		assert_field(&b, PROCESS_NAME, "p");
		if (!str_eq(event_text(&b.event, FIELD_ID_MESSAGE), str_from(cases[i].message)) ||
		    is_converted(&b) != cases[i].converted)
			fail_msg("case %zu: '%.*s'", i, STR_FMT(event_text(&b.event, FIELD_ID_MESSAGE)));
	}
	bench_close(&b);
}

/* A text inside another was read with it: where a conversion cut it, it is not taken for something else. */
static void test_inside(void **state)
{
	static const char carrier[] = "id: carrier\ntitle: t\nrecognise: {format: json}\nparse: [json]\n"
				      "inner: message\nmap: {message: {from: text, as: head 16}}\n";
	struct bench b;

	(void)state;
	bench_open(&b, (const char *const[]){carrier, other, NULL});
	bench_run(&b, STR("{\"text\":\"<13>h p: abcde\xE6\xB6\x93\"}"));
	assert_str(b.event.source, "other");
	assert_field(&b, MESSAGE, "h p: abcde" BAD BAD);
	assert_false(is_converted(&b));
	bench_close(&b);
}

/* Long lines of both kinds: all of it, and none of it, and no more memory than some times their size. */
static void test_long(void **state)
{
	char *line = malloc(LINE_LONG + 64);
	struct bench b;
	size_t len;

	(void)state;
	assert_non_null(line);
	bench_open(&b, sources);
	len = (size_t)sprintf(line, "<13>Nov 22 09:59:00 h1 p: ");
	while (len < LINE_LONG)
		len += (size_t)sprintf(line + len, "\xD6\xD0\xCE\xC4 ");
	bench_run(&b, str_of(line, len));
	assert_true(is_converted(&b));
	assert_true(str_starts(event_text(&b.event, FIELD_ID_MESSAGE), STR("中文 中文 ")));
	assert_true(str_is_utf8(event_text(&b.event, FIELD_ID_MESSAGE)));
	line[len - 3] = '\xFF';
	bench_run(&b, str_of(line, len));
	assert_false(is_converted(&b));
	assert_field(&b, HOST_NAME, "h1");
	assert_true(str_is_utf8(event_text(&b.event, FIELD_ID_MESSAGE)));
	assert_true(arena_used(b.arena) < 16 * LINE_LONG);
	bench_close(&b);
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
