/* SPDX-License-Identifier: Apache-2.0 */
/* A message from core to notify, then written as mail and for each robot. */
#include "base/err.h"
#include "notify/deliver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct robot *const robots[] = {&robot_wecom, &robot_dingtalk, &robot_feishu,
						     &robot_webhook};
	struct delivery delivery;
	struct buf out = {0};

	if (deliver_decode(str_of((const char *)data, size), &delivery) < 0)
		return 0;
	const struct outbox_message *m = &delivery.message;
	const struct mail mail = {{m->kind, STR("a@b.c")},
				  STR("d@e.f"),
				  m->key,
				  m->subject,
				  m->text,
				  m->link,
				  m->file_name,
				  m->file_type,
				  m->file,
				  delivery.created};
	mail_compose(&mail, &out);
	for (size_t i = 0; i < 8; i++) {
		const struct robot_message message = {m->key,           m->kind, m->subject,
						      m->text,          m->link, delivery.created,
						      delivery.created, i & 1,   m->to};
		robots[i / 2]->body(robots[i / 2], &message, &out);
	}
	buf_done(&out);
	return 0;
}
