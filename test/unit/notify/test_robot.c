/* SPDX-License-Identifier: Apache-2.0 */
/* What robots want and what their answers mean; the file of channels; the message between core and notify. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "notify/deliver.h"

#define DING_WANT "&timestamp=1700000000123&sign=xh8ClKxXkGcVcMyoCVaoyF%2FwqY5Q4Hajbs0xYHUZLa4%3D"
#define LARK_WANT "\"timestamp\":\"1700000000\",\"sign\":\"GnU9dobz1WousiKlH0LX6FYP8yrWNCgoJOvRhpMc8HY=\""
#define HOOK_WANT "ec5f022a89e3122060c27865ac54ce05da6f07827865ef4a0e493f2f602ce710"

static struct robot_message make(void)
{
	return (struct robot_message){
		.key = STR("k"),
		.kind = STR("alert"),
		.subject = STR("告警"),
		.text = STR("第一行\n\"x\""),
		.link = STR("https://h/a"),
		.created = INT64_C(1700000000000000),
		.now = INT64_C(1700000000123000),
	};
}

static const char *body(const struct robot *robot, const struct robot_message *message)
{
	static struct buf out;

	buf_clear(&out);
	robot->body(robot, message, &out);
	return buf_cstr(&out);
}

static void test_bodies(void **state)
{
	struct robot_message message = make();

	(void)state;
	assert_string_equal(
		body(&robot_wecom, &message),
		"{\"msgtype\":\"text\",\"text\":{\"content\":\"告警\\n第一行\\n\\\"x\\\"\\nhttps://h/a\"}}");
	assert_string_equal(
		body(&robot_feishu, &message),
		"{\"msg_type\":\"text\",\"content\":{\"text\":\"告警\\n第一行\\n\\\"x\\\"\\nhttps://h/a\"}}");
	assert_string_equal(body(&robot_webhook, &message),
			    "{\"id\":\"k\",\"kind\":\"alert\",\"time\":\"2023-11-14T22:13:20.000000Z\","
			    "\"subject\":\"告警\",\"text\":\"第一行\\n\\\"x\\\"\",\"link\":\"https://h/a\"}");
	message.markdown = true;
	message.text = STR("[click](http://evil)");
	assert_string_equal(body(&robot_dingtalk, &message),
			    "{\"msgtype\":\"markdown\",\"markdown\":{\"title\":\"告警\",\"text\":"
			    "\"**告警**\\n［click］（http://evil）\\nhttps://h/a\"}}");
}

/* Known answers: computed by hand from the documentation of each (test/e2e/test-notify does it in Python). */
static void test_signatures(void **state)
{
	struct robot_message message = make();
	struct buf out = {0};

	(void)state;
	message.secret = STR("SECxyz");
	robot_dingtalk.query(&message, &out);
	assert_string_equal(buf_cstr(&out), DING_WANT);
	assert_non_null(strstr(body(&robot_feishu, &message), LARK_WANT));
	buf_clear(&out);
	robot_webhook.headers(&message, STR("{}"), &out);
	assert_string_equal(out.ptr, "X-Wanglou-Timestamp: 1700000000");
	assert_string_equal(out.ptr + strlen(out.ptr) + 1, "X-Wanglou-Signature: sha256=" HOOK_WANT);
	buf_done(&out);
}

/* 2048 bytes, no character halved, the link whole. */
static void test_long_texts_are_cut(void **state)
{
	struct robot_message message = make();
	char text[6000] = "";
	json_t *root;
	const char *content;

	(void)state;
	for (int i = 0; i < 1900; i++)
		strcat(text, "网");
	message.text = str_from(text);
	root = json_loads(body(&robot_wecom, &message), 0, NULL);
	content = json_string_value(json_object_get(json_object_get(root, "text"), "content"));
	assert_non_null(content);
	assert_in_range(strlen(content), 2040, 2048);
	assert_true(str_is_utf8(str_from(content)) && str_ends(str_from(content), STR("…\nhttps://h/a")));
	json_decref(root);
}

static enum verdict judge(const struct robot *robot, long status, const char *answer)
{
	char reason[ROBOT_REASON_SIZE] = "";
	enum verdict verdict = robot_judge(robot, status, str_from(answer), reason);

	assert_int_equal(verdict == VERDICT_DELIVERED, !reason[0] || strstr(reason, "answered 0"));
	return verdict;
}

static void test_answers(void **state)
{
	(void)state;
	assert_int_equal(judge(&robot_wecom, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}"), VERDICT_DELIVERED);
	assert_int_equal(judge(&robot_wecom, 200, "{\"errcode\":45009,\"errmsg\":\"freq\"}"), VERDICT_REST);
	assert_int_equal(judge(&robot_wecom, 200, "{\"errcode\":93000}"), VERDICT_NEVER);
	assert_int_equal(judge(&robot_wecom, 200, "{\"errcode\":-1}"), VERDICT_LATER);
	assert_int_equal(judge(&robot_wecom, 200, "<html>"), VERDICT_LATER); /* a captive portal */
	assert_int_equal(judge(&robot_feishu, 200, "{\"code\":0,\"msg\":\"success\"}"), VERDICT_DELIVERED);
	assert_int_equal(judge(&robot_feishu, 200, "{\"StatusCode\":0}"), VERDICT_DELIVERED);
	assert_int_equal(judge(&robot_webhook, 204, ""), VERDICT_DELIVERED);
	assert_int_equal(judge(&robot_webhook, 302, ""), VERDICT_NEVER);
	assert_int_equal(judge(&robot_webhook, 404, ""), VERDICT_NEVER);
	assert_int_equal(judge(&robot_webhook, 408, ""), VERDICT_LATER);
	assert_int_equal(judge(&robot_webhook, 429, ""), VERDICT_REST);
	assert_int_equal(judge(&robot_webhook, 503, ""), VERDICT_LATER);
}

static int parse(const char *text, bool mail, struct channels *channels)
{
	struct arena *arena = arena_new(0);
	struct err err = {0};
	struct buf described = {0};
	int r = channels_parse(str_from(text), mail, arena, channels, &err);

	assert_int_equal(r < 0, err.message[0] != 0);
	if (r == 0) {
		channels_describe(channels, &described);
		assert_null(strstr(buf_cstr(&described), "secret"));
	}
	buf_done(&described);
	arena_free(arena);
	return r;
}

static void test_channels(void **state)
{
	static const char *const bad[] = {
		"a: b",
		"- 1",
		"- {name: a, type: x}",
		"- {name: a, type: webhook}",
		"- {name: A, type: mail, to: a@b.c}",
		"- {name: a, type: webhook, url: \"http://h\"}",
		"- {name: a, type: webhook, url: \"ftp://h\"}",
		"- {name: a, type: webhook, url: \"https://h\\r\\nX\"}",
		"- {name: a, type: webhook, url: \"https://h\", nobody: 1}",
		"- {name: a, type: feishu, url: \"https://h\", format: markdown}",
		"- {name: a, type: dingtalk, url: \"https://h\", secret: s}",
		"- {name: mail, type: webhook, url: \"https://h\"}",
		"- {name: a, type: webhook, url: \"https://h\"}\n- {name: a, type: webhook, url: "
		"\"https://h\"}",
	};
	struct channels channels;

	(void)state;
	assert_int_equal(parse("", true, &channels), 0);
	assert_int_equal(channels.count, 1);
	assert_int_equal(parse("", false, &channels), 0);
	assert_int_equal(channels.count, 0);
	assert_int_equal(
		parse("- {name: a, type: wecom, url: \"https://secret\", kinds: [alert]}", false, &channels),
		0);
	assert_int_equal(channels.items[0].per_minute, 20);
	assert_int_equal(parse("- {name: a, type: mail, to: a@b.c}", false, &channels), ERR_SYNTAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse(bad[i], true, &channels) == 0)
			fail_msg("taken: %s", bad[i]);
}

static void test_message(void **state)
{
	const struct outbox_message message = {.key = STR("k"), .channel = STR("mail"), .file = STR("\0x")};
	struct buf bytes = {0};
	struct delivery delivery;

	(void)state;
	deliver_encode(&message, 7, &bytes);
	assert_int_equal(deliver_decode(buf_str(&bytes), &delivery), 0);
	assert_int_equal(delivery.created, 7);
	assert_int_equal(delivery.message.file.len, 2);
	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(deliver_decode(str_of(bytes.ptr, len), &delivery), ERR_PROTOCOL);
	buf_done(&bytes);
}

static void test_servers(void **state)
{
	(void)state;
	assert_true(mail_server_valid("smtp://mail.example.org:587"));
	assert_true(mail_server_valid("smtps://[2001:db8::1]:465"));
	assert_false(mail_server_valid("http://h"));
	assert_false(mail_server_valid("smtp://"));
	assert_false(mail_server_valid("smtp://user:pass@h"));
	assert_false(mail_server_valid("smtp://h/x"));
	assert_false(mail_server_valid("smtp://h\r\nX"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_long_texts_are_cut),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_channels),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
