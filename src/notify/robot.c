/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/robot.h"

#include <inttypes.h>
#include <jansson.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"

#define ELLIPSIS STR("…")

static void hmac_sha256(struct str key, struct str text, uint8_t out[SHA256_SIZE])
{
	unsigned len = SHA256_SIZE;

	must(HMAC(EVP_sha256(), key.len ? key.ptr : "", (int)key.len, (const uint8_t *)text.ptr, text.len,
		  out, &len));
}

/* --- texts ---------------------------------------------------------------------------------------------- */

/* Brackets and the like that markdown gives a meaning become their wide cousins, so that what an attacker
   wrote into a log line makes no link of his choice. */
static void add_markdown(struct buf *out, struct str text)
{
	static const char plain[] = "[]()<>*_`#!|~";
	static const char *const wide[] = {"［", "］", "（", "）", "＜", "＞", "＊",
					   "＿", "｀", "＃", "！", "｜", "～"};

	for (size_t i = 0; i < text.len; i++) {
		const char *found = text.ptr[i] ? strchr(plain, text.ptr[i]) : NULL;

		if (found)
			buf_add_str(out, str_from(wide[found - plain]));
		else
			buf_add_char(out, text.ptr[i]);
	}
}

static size_t whole(struct str text, size_t max)
{
	size_t len = text.len < max ? text.len : max;

	while (len && len < text.len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len--;
	return len;
}

/* Subject, text and link in so many bytes: the text is cut, the link never. */
static void add_content(const struct robot_message *message, size_t max, struct buf *out)
{
	size_t tail = message->link.len ? message->link.len + 1 : 0;
	struct buf text = {0};
	struct str all;

	if (message->markdown) {
		buf_add_str(&text, STR("**"));
		add_markdown(&text, message->subject);
		buf_add_str(&text, STR("**\n"));
		add_markdown(&text, message->text);
	} else {
		buf_add_str(&text, message->subject);
		buf_add_char(&text, '\n');
		buf_add_str(&text, message->text);
	}
	all = str_trim(buf_str(&text));
	if (all.len + tail <= max) {
		buf_add_str(out, all);
	} else if (max > tail + ELLIPSIS.len) {
		buf_add_str(out, str_head(all, whole(all, max - tail - ELLIPSIS.len)));
		buf_add_str(out, ELLIPSIS);
	}
	if (tail) {
		buf_add_char(out, '\n');
		buf_add_str(out, message->link);
	}
	buf_done(&text);
}

static void add_content_json(const struct robot *robot, const struct robot_message *message, struct buf *out)
{
	struct buf content = {0};

	add_content(message, message->markdown ? robot->markdown_max : robot->text_max, &content);
	buf_add_json_string(out, buf_str(&content));
	buf_done(&content);
}

/* --- 企业微信, 钉钉 ---------------------------------------------------------------------- */

static void wecom_body(const struct robot *robot, const struct robot_message *message, struct buf *out)
{
	buf_add_str(out, message->markdown ? STR("{\"msgtype\":\"markdown\",\"markdown\":{\"content\":")
					   : STR("{\"msgtype\":\"text\",\"text\":{\"content\":"));
	add_content_json(robot, message, out);
	buf_add_str(out, STR("}}"));
}

static void dingtalk_body(const struct robot *robot, const struct robot_message *message, struct buf *out)
{
	if (message->markdown) {
		buf_add_str(out, STR("{\"msgtype\":\"markdown\",\"markdown\":{\"title\":"));
		buf_add_json_string(out, message->subject);
		buf_add_str(out, STR(",\"text\":"));
	} else {
		buf_add_str(out, STR("{\"msgtype\":\"text\",\"text\":{\"content\":"));
	}
	add_content_json(robot, message, out);
	buf_add_str(out, STR("}}"));
}

static void add_percent(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (char_is_digit(c) || (char_lower(c) >= 'a' && char_lower(c) <= 'z'))
			buf_add_char(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned char)c);
	}
}

/* sign: HMAC-SHA256 of "time in ms, line feed, secret" by the secret, base64, percent-encoded. */
static void dingtalk_query(const struct robot_message *message, struct buf *out)
{
	int64_t time = message->now / CLOCK_MILLISECOND;
	struct buf text = {0}, sign = {0};
	uint8_t digest[SHA256_SIZE];

	if (!message->secret.len)
		return;
	buf_printf(&text, "%" PRId64 "\n%.*s", time, STR_FMT(message->secret));
	hmac_sha256(message->secret, buf_str(&text), digest);
	buf_add_base64(&sign, digest, sizeof(digest));
	buf_printf(out, "&timestamp=%" PRId64 "&sign=", time);
	add_percent(out, buf_str(&sign));
	explicit_bzero(text.ptr, text.capacity);
	buf_done(&text);
	buf_done(&sign);
}

/* --- 飞书 -------------------------------------------------------------------------------- */

/* sign: HMAC-SHA256 of nothing by "time in s, line feed, secret". Feishu's markdown needs a card: text alone.
 */
static void feishu_body(const struct robot *robot, const struct robot_message *message, struct buf *out)
{
	int64_t time = message->now / CLOCK_SECOND;
	struct robot_message plain = *message;
	uint8_t digest[SHA256_SIZE];
	struct buf key = {0};

	plain.markdown = false;
	buf_add_char(out, '{');
	if (message->secret.len) {
		buf_printf(&key, "%" PRId64 "\n%.*s", time, STR_FMT(message->secret));
		hmac_sha256(buf_str(&key), STR(""), digest);
		buf_printf(out, "\"timestamp\":\"%" PRId64 "\",\"sign\":\"", time);
		buf_add_base64(out, digest, sizeof(digest));
		buf_add_str(out, STR("\","));
		explicit_bzero(key.ptr, key.capacity);
		buf_done(&key);
	}
	buf_add_str(out, STR("\"msg_type\":\"text\",\"content\":{\"text\":"));
	add_content_json(robot, &plain, out);
	buf_add_str(out, STR("}}"));
}

/* --- a webhook ------------------------------------------------------------------------------------------ */

static void webhook_body(const struct robot *robot, const struct robot_message *message, struct buf *out)
{
	char time[CLOCK_TEXT_SIZE];

	(void)robot;
	clock_format(message->created, time);
	buf_add_str(out, STR("{\"id\":"));
	buf_add_json_string(out, message->key);
	buf_add_str(out, STR(",\"kind\":"));
	buf_add_json_string(out, message->kind);
	buf_printf(out, ",\"time\":\"%s\",\"subject\":", time);
	buf_add_json_string(out, message->subject);
	buf_add_str(out, STR(",\"text\":"));
	buf_add_json_string(out, message->text);
	if (message->link.len) {
		buf_add_str(out, STR(",\"link\":"));
		buf_add_json_string(out, message->link);
	}
	buf_add_char(out, '}');
}

/* Signed is "time.body", so that neither can be taken for another's. */
static void webhook_headers(const struct robot_message *message, struct str body, struct buf *out)
{
	char hex[SHA256_HEX_SIZE];
	uint8_t digest[SHA256_SIZE];
	struct buf text = {0};

	if (!message->secret.len)
		return;
	buf_printf(&text, "%" PRId64 ".", message->now / CLOCK_SECOND);
	buf_add_str(&text, body);
	hmac_sha256(message->secret, buf_str(&text), digest);
	hex_encode(digest, sizeof(digest), hex);
	buf_printf(out, "X-Wanglou-Timestamp: %" PRId64, message->now / CLOCK_SECOND);
	buf_add_char(out, 0);
	buf_printf(out, "X-Wanglou-Signature: sha256=%s", hex);
	buf_add_char(out, 0);
	buf_done(&text);
}

/* --- answers -------------------------------------------------------------------------------------------- */

/* Codes that say more than "not now", as the documentation of each has them. */
static const struct {
	int64_t code;
	enum verdict verdict;
} codes[] = {
	{0, VERDICT_DELIVERED},  {45009, VERDICT_REST},   /* 企业微信: called too often */
	{93000, VERDICT_NEVER},                           /* 企业微信: no such robot */
	{40058, VERDICT_NEVER},                           /* 企业微信: a wrong parameter */
	{130101, VERDICT_REST},  {660026, VERDICT_REST},  /* 钉钉: too often */
	{300001, VERDICT_NEVER}, {400101, VERDICT_NEVER}, /* 钉钉: no such token */
	{11232, VERDICT_REST},   {9499, VERDICT_REST},    /* 飞书: too often */
	{19001, VERDICT_NEVER},                           /* 飞书: no such robot */
};

/* {"errcode":0,"errmsg":"ok"}, {"code":0,"msg":"success"} or {"StatusCode":0}. */
static enum verdict judge_code(struct str answer, char ret_reason[ROBOT_REASON_SIZE])
{
	static const char *const names[] = {"errcode", "code", "StatusCode"};
	json_t *root = json_loadb(answer.len ? answer.ptr : "", answer.len, 0, NULL);
	const json_t *code = NULL, *text = json_object_get(root, "errmsg");
	enum verdict verdict = VERDICT_LATER;

	for (size_t i = 0; i < 3 && !json_is_integer(code); i++)
		code = json_object_get(root, names[i]);
	if (!text)
		text = json_object_get(root, "msg");
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]) && json_is_integer(code); i++)
		if (codes[i].code == json_integer_value(code))
			verdict = codes[i].verdict;
	if (json_is_integer(code))
		snprintf(ret_reason, ROBOT_REASON_SIZE, "the robot answered %" JSON_INTEGER_FORMAT " %.160s",
			 json_integer_value(code), json_is_string(text) ? json_string_value(text) : "");
	else
		snprintf(ret_reason, ROBOT_REASON_SIZE, "the answer is none of a robot");
	json_decref(root);
	return verdict;
}

enum verdict robot_judge(const struct robot *robot, long status, struct str answer,
			 char ret_reason[ROBOT_REASON_SIZE])
{
	bool later = status == 408 || status == 425 || status >= 500;

	if (status >= 200 && status <= 299)
		return robot->judge ? robot->judge(answer, ret_reason) : VERDICT_DELIVERED;
	snprintf(ret_reason, ROBOT_REASON_SIZE, "the other side answered HTTP %ld", status);
	if (status == 429)
		return VERDICT_REST;
	return later ? VERDICT_LATER : VERDICT_NEVER;
}

const struct robot robot_wecom = {
	.name = "wecom",
	.per_minute = 20,
	.text_max = 2048,
	.markdown_max = 4096,
	.body = wecom_body,
	.judge = judge_code,
};
const struct robot robot_dingtalk = {
	.name = "dingtalk",
	.per_minute = 20,
	.text_max = 16000,
	.markdown_max = 16000,
	.body = dingtalk_body,
	.query = dingtalk_query,
	.judge = judge_code,
};
const struct robot robot_feishu = {
	.name = "feishu",
	.per_minute = 100,
	.text_max = 16000,
	.body = feishu_body,
	.judge = judge_code,
};
const struct robot robot_webhook = {
	.name = "webhook",
	.body = webhook_body,
	.headers = webhook_headers,
};

const struct robot *robot_find(struct str name)
{
	static const struct robot *const robots[] = {&robot_wecom, &robot_dingtalk, &robot_feishu,
						     &robot_webhook};

	for (size_t i = 0; i < sizeof(robots) / sizeof(robots[0]); i++)
		if (str_eq(name, str_from(robots[i]->name)))
			return robots[i];
	return NULL;
}
