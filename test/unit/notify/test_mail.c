/* SPDX-License-Identifier: Apache-2.0 */
/* Mail as RFC 5322, 2047, 2231 and 2045 have it; nothing in a text makes a header or a part of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/err.h"
#include "notify/mail.h"

static const char *header(const char *value)
{
	static struct buf out;

	buf_clear(&out);
	mail_header(&out, "Subject", str_from(value));
	return buf_cstr(&out);
}

static void test_headers(void **state)
{
	(void)state;
	assert_string_equal(header("Plain words"), "Subject: Plain words\r\n");
	assert_string_equal(header("主题"), "Subject: =?UTF-8?B?5Li76aKY?=\r\n");
	/* what looks encoded already is encoded, so that it means what it says */
	assert_string_equal(header("=?x"), "Subject: =?UTF-8?B?PT94?=\r\n");
	/* a line end is a space by then */
	assert_string_equal(header("a\r\nBcc: x@y.z"), "Subject: =?UTF-8?B?YSAgQmNjOiB4QHkueg==?=\r\n");
	assert_string_equal(header("\xff"), "Subject: =?UTF-8?B?Pw==?=\r\n");
	assert_string_equal(header(""), "Subject: \r\n");
}

/* Each encoded word has at most 75 characters and whole characters in it. */
static void test_long_headers_fold(void **state)
{
	char text[3 * 100 + 1] = "";
	struct str rest, line;

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(text, "网");
	rest = str_from_offset(str_from(header(text)), strlen("Subject: "));
	while (str_split(&rest, '\n', &line)) {
		char decoded[64];
		size_t len;

		line = str_trim(line);
		if (!line.len)
			continue;
		assert_true(line.len <= 75 && str_starts(line, STR("=?UTF-8?B?")) &&
			    str_ends(line, STR("?=")));
		line = str_of(line.ptr + 10, line.len - 12);
		assert_int_equal(base64_decode(line, sizeof(decoded), decoded, &len), 0);
		assert_true(str_is_utf8(str_of(decoded, len)));
	}
}

static void test_addresses(void **state)
{
	static const char *const good[] = {"li@example.org", "a.b-c+d@x-y.example", "o'neil@a"};
	static const char *const bad[] = {"",      "li",        "@a",      "li@",        "li@@a",
					  "a b@c", "a@b c",     "<a@b>",   "a@b\r\nX",   "a@b,c@d",
					  ".a@b",  "a.@b",      "a..b@c",  "a@.b",       "a@b.",
					  "a@-b",  "李@例.org", "\"a\"@b", "a@[1.2.3.4]"};
	struct mailbox mailbox;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(mail_address_valid(str_from(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (mail_address_valid(str_from(bad[i])))
			fail_msg("%s is no address", bad[i]);
	assert_int_equal(mailbox_parse(STR("\"中心\" <a@b.c>"), &mailbox), 0);
	assert_memory_equal(mailbox.name.ptr, "中心", mailbox.name.len);
	assert_memory_equal(mailbox.address.ptr, "a@b.c", mailbox.address.len);
	assert_int_equal(mailbox_parse(STR("中心 <a@b.c"), &mailbox), ERR_SYNTAX);
	assert_int_equal(mailbox_parse(STR("<a@b.c>, <d@e.f>"), &mailbox), ERR_SYNTAX);
}

static struct mail make(void)
{
	return (struct mail){
		.from = {STR("中心"), STR("centre@example.org")},
		.to = STR("li@example.org"),
		.key = STR("rectification/1/send/2"),
		.subject = STR("S"),
		.text = STR("一\n.\r\n--=_x\n"),
		.link = STR("https://h/reply#t"),
		.time = INT64_C(1795392000000000),
	};
}

static void test_whole(void **state)
{
	struct mail mail = make();
	struct buf one = {0}, two = {0};
	const char *text;

	(void)state;
	assert_int_equal(mail_compose(&mail, &one), 0);
	text = buf_cstr(&one);
	assert_non_null(strstr(text, "Date: Mon, 23 Nov 2026 00:00:00 +0000\r\n"));
	assert_non_null(strstr(text, "From: =?UTF-8?B?5Lit5b+D?= <centre@example.org>\r\n"));
	assert_non_null(strstr(text, "To: <li@example.org>\r\n"));
	assert_non_null(strstr(text, "@example.org>\r\nSubject: S\r\n"));
	assert_non_null(strstr(text, "\r\n\r\n5LiADQouDQotLT1feA0KDQpodHRwczovL2gvcmVwbHkjdA0K\r\n"));
	assert_int_equal(mail_compose(&mail, &two), 0);
	assert_string_equal(text, buf_cstr(&two)); /* the same again, the Message-ID too */
	mail.to = STR("li@example.org\r\nBcc: x@y.z");
	assert_int_equal(mail_compose(&mail, &two), ERR_SYNTAX);
	buf_done(&one);
	buf_done(&two);
}

static void test_attachment(void **state)
{
	struct mail mail = make();
	struct buf out = {0};
	const char *text;

	(void)state;
	mail.file_name = STR("通知\r\nX: 1.pdf");
	mail.file_type = STR("application/pdf\r\nX: 1");
	mail.file = STR("%PDF");
	assert_int_equal(mail_compose(&mail, &out), 0);
	text = buf_cstr(&out);
	assert_non_null(strstr(text, "Content-Type: multipart/mixed; boundary=\"=_"));
	assert_non_null(strstr(text, "Content-Type: application/octet-stream;\r\n name=\"=?UTF-8?B?"));
	assert_non_null(strstr(
		text, "filename*=UTF-8''%E9%80%9A%E7%9F%A5%20%20X%3A%201.pdf\r\n\r\nJVBERg==\r\n--=_"));
	assert_null(strstr(text, "\nX:"));
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),    cmocka_unit_test(test_long_headers_fold),
		cmocka_unit_test(test_addresses),  cmocka_unit_test(test_whole),
		cmocka_unit_test(test_attachment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
