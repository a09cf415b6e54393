/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTIFY_ROBOT_H
#define NOTIFY_ROBOT_H
/*
 * What the robots of group chats and plain webhooks want: the body, the signature, and what their answers
 * mean. One const struct each. Pure: no network here.
 *
 *   wecom      企业微信群机器人: text of 2048 bytes, markdown of 4096, 20 a minute; the key is in the URL
 *   dingtalk   钉钉自定义机器人: signed by HMAC-SHA256 in the URL, 20 a minute
 *   feishu     飞书自定义机器人: signed by HMAC-SHA256 in the body, 100 a minute
 *   webhook    JSON of ours, X-Wanglou-Signature over time and body (doc/formats/notify.md)
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define ROBOT_ANSWER_MAX (16u * 1024)
#define ROBOT_REASON_SIZE 256

struct robot_message {
	struct str key, kind, subject, text, link; /* texts are UTF-8 */
	int64_t created, now;                      /* µs: when it was made; the time of the try */
	bool markdown;                             /* where the robot has it */
	struct str secret;                         /* empty: not signed */
};

enum verdict {
	VERDICT_DELIVERED,
	VERDICT_LATER, /* it may be taken another time */
	VERDICT_REST,  /* too many in a minute: the channel rests */
	VERDICT_NEVER,
};

struct robot {
	const char *name;
	unsigned per_minute; /* 0: no limit of its own */
	size_t text_max, markdown_max;
	/* The body, JSON. */
	void (*body)(const struct robot *robot, const struct robot_message *message, struct buf *out);
	/* What is added to the URL, which has a query already; NULL: nothing. */
	void (*query)(const struct robot_message *message, struct buf *out);
	/* Header lines, each ended by NUL; NULL: none. */
	void (*headers)(const struct robot_message *message, struct str body, struct buf *out);
	/* Of a 2xx answer's body; NULL: it is not looked at. */
	enum verdict (*judge)(struct str answer, char ret_reason[ROBOT_REASON_SIZE]);
};

extern const struct robot robot_wecom, robot_dingtalk, robot_feishu, robot_webhook;

const struct robot *robot_find(struct str name); /* NULL: none */

/* What an answer means; ret_reason is filled unless it was delivered. */
enum verdict robot_judge(const struct robot *robot, long status, struct str answer,
			 char ret_reason[ROBOT_REASON_SIZE]);

#endif
