/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/core_tasks.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/log.h"
#include "bin/core_people.h"
#include "bin/process.h"
#include "cases/task.h"
#include "notify/outbox.h"

struct reminder {
	struct db_tx *tx;
	const char *console;
	int64_t now;
	struct outbox_message *message; /* of the task at hand */
	bool mailed;
};

static int mail(void *context, struct str address)
{
	struct reminder *reminder = context;
	int r;

	reminder->message->channel = STR("mail");
	reminder->message->to = address;
	r = outbox_add(reminder->tx, reminder->message, reminder->now);
	reminder->mailed = r >= 0;
	return r < 0 ? r : 0;
}

/* To the assignee by mail; where nobody can be reached so, to the channels. */
static int remind(void *context, const struct task *task)
{
	struct reminder *reminder = context;
	char key[64], subject[160], text[512];
	struct outbox_message message = {.kind = STR("deadline"), .link = str_from(reminder->console)};
	int r;

	snprintf(key, sizeof(key), "task/%" PRId64 "/%" PRId64, task->id, task->due / CLOCK_SECOND);
	snprintf(subject, sizeof(subject), "【望楼】任务已到期：%.*s", STR_FMT(outbox_cut(task->title, 90)));
	snprintf(text, sizeof(text), "事件 %" PRId64 " 的任务“%.*s”已到期，负责人：%.*s。", task->incident,
		 STR_FMT(outbox_cut(task->title, 200)),
		 STR_FMT(task->assignee.len ? task->assignee : STR("未指定")));
	message.key = str_from(key);
	message.subject = str_from(subject);
	message.text = str_from(text);
	reminder->message = &message;
	reminder->mailed = false;
	r = core_account_mail(reminder->tx, task->assignee, mail, reminder);
	if (r == 0 && !reminder->mailed)
		r = outbox_add(reminder->tx, &message, reminder->now);
	reminder->message = NULL;
	return r < 0 ? r : 0;
}

void core_tasks_remind(const struct core_context *context, int64_t now)
{
	struct reminder reminder = {.console = context->process->config.console_url, .now = now};
	int r = db_begin(context->db, DB_WRITE, &reminder.tx);

	if (r == 0)
		r = db_end(reminder.tx,
			   task_due(reminder.tx, now, STR(""), TASKS_TOLD_MAX, remind, &reminder));
	if (r < 0)
		log_warning("nobody is told of overdue tasks for a while longer: %s", err_text(r));
}
