/* SPDX-License-Identifier: Apache-2.0 */
/* Warnings before a deadline and after. Where many are due at once, as after a week's stop, they are one
 * message. */
#include "base/clock.h"
#include "base/vec.h"
#include "notify/outbox.h"
#include "reporting/duties.h"

#define DUTIES_STEP 200 /* in one transaction */
#define SINGLE_MAX 5    /* more at once go together */
#define MAILS_MAX 64
#define MAIL_MAX 254

struct due_id {
	int64_t id, incident;
	unsigned step;
	struct duty_schedule schedule;
};
struct due_ids {
	VEC_OF(struct due_id)
};

struct mails {
	size_t count;
	char items[MAILS_MAX][MAIL_MAX + 1];
};

struct warner {
	struct db_tx *tx;
	const struct reporting *reporting;
	int64_t now, zone;
	struct mails mails;
	struct buf subject, text, lines; /* lines: of all, for one message */
	struct buf key;
	struct due_id *duty;
	bool together;
};

static int find_due(struct db_tx *tx, int64_t now, struct due_ids *ids)
{
	struct db_rows *rows = db_query(tx,
					"SELECT id, incident, step, steps, again, again_most FROM"
					" reporting_duties WHERE state = 1 AND next > 0 AND next <= ?"
					" ORDER BY due LIMIT ?",
					DB_ARGS(db_integer(now), db_integer(DUTIES_STEP)));
	int r;

	while ((r = db_next(rows)) > 0) {
		struct due_id *id = vec_add_zero(ids);

		id->id = db_column_integer(rows, 0);
		id->incident = db_column_integer(rows, 1);
		id->step = (unsigned)db_column_integer(rows, 2);
		schedule_parse(db_column_text(rows, 3), &id->schedule);
		id->schedule.again = db_column_integer(rows, 4);
		id->schedule.again_most = (unsigned)db_column_integer(rows, 5);
	}
	return r;
}

/* --- words --------------------------------------------------------------------------------------------- */

static void add_time(struct buf *out, int64_t time, int64_t zone)
{
	struct clock_civil civil;

	clock_to_civil(time + zone, &civil);
	buf_printf(out, "%d月%d日%02d:%02d", civil.month, civil.day, civil.hour, civil.minute);
}

static void add_span(struct buf *out, int64_t span)
{
	const long long minutes = span / CLOCK_MINUTE;

	if (minutes >= 2 * 24 * 60)
		buf_printf(out, "%lld天", minutes / (24 * 60));
	else if (minutes >= 60)
		buf_printf(out, "%lld小时%lld分钟", minutes / 60, minutes % 60);
	else
		buf_printf(out, "%lld分钟", minutes);
}

static void add_subject(const struct warner *warner, struct buf *out, const struct reporting_duty *duty)
{
	const bool late = warner->now >= duty->due;

	if (duty->drill)
		buf_add_str(out, STR("【演练】"));
	buf_add_str(out, late ? STR("【已超时限】") : STR("【时限提醒】"));
	buf_printf(out, "事件%.*s的%s应于", STR_FMT(duty->number), reporting_stage_chinese(duty->stage));
	add_time(out, duty->due, warner->zone);
	buf_add_str(out, STR("前报送"));
	buf_add_str(out, duty->recipient.len > 90 ? STR("受理部门") : duty->recipient);
	buf_add_str(out, late ? STR("，已超") : STR("，还剩"));
	add_span(out, late ? warner->now - duty->due : duty->due - warner->now);
}

static void add_text(const struct warner *warner, struct buf *out, const struct reporting_duty *duty)
{
	char limit[LIMIT_TEXT_SIZE], due[CLOCK_TEXT_SIZE];

	add_subject(warner, out, duty);
	limit_format(&duty->limit, limit);
	buf_printf(out, "。\n事件：%.*s\n依据：%.*s %.*s，%s内%s\n", STR_FMT(duty->title),
		   STR_FMT(duty->source), STR_FMT(duty->clause), limit,
		   duty->general ? "（一般要求，请以现行规定为准）" : "");
	if (duty->proposed)
		buf_add_str(out, STR("事件级别为系统建议，尚待研判确认。\n"));
	if (duty->assumed)
		buf_add_str(out, STR("期间含未公布安排的年份，工作日为推算。\n"));
	clock_format(duty->due, due);
	buf_printf(out, "The %s report of incident %.*s is due %.19sZ (UTC).\n",
		   reporting_stage_name(duty->stage), STR_FMT(duty->number), due);
}

/* --- receivers ----------------------------------------------------------------------------------------- */

static int add_mail(void *context, struct str mail)
{
	struct mails *mails = context;

	if (!mail.len || mail.len > MAIL_MAX || mails->count == MAILS_MAX)
		return 0;
	for (size_t i = 0; i < mails->count; i++)
		if (str_ieq(mail, str_from(mails->items[i])))
			return 0;
	memcpy(mails->items[mails->count], mail.ptr, mail.len);
	mails->items[mails->count++][mail.len] = 0;
	return 0;
}

static int send_to(struct warner *warner, struct str channel, struct str mail)
{
	struct buf key = {0};
	struct outbox_message message = {.channel = channel,
					 .kind = STR("deadline"),
					 .to = mail,
					 .subject = buf_str(&warner->subject),
					 .text = buf_str(&warner->text)};
	int r;

	buf_add_str(&key, buf_str(&warner->key));
	buf_add_char(&key, '/');
	buf_add_str(&key, mail.len ? mail : STR("channels"));
	message.key = buf_str(&key);
	r = outbox_add(warner->tx, &message, warner->now);
	buf_done(&key);
	return r;
}

/* To each person, and to every channel that takes such messages. */
static int send_all(struct warner *warner)
{
	int r = send_to(warner, STR(""), STR(""));

	for (size_t i = 0; i < warner->mails.count && r >= 0; i++)
		r = send_to(warner, STR("mail"), str_from(warner->mails.items[i]));
	return r;
}

/* --- one duty ------------------------------------------------------------------------------------------ */

static int tell(struct warner *warner, const struct reporting_duty *duty, unsigned to)
{
	int r = 0;

	if (!warner->together)
		warner->mails.count = 0;
	if (warner->reporting->receivers)
		r = warner->reporting->receivers(warner->reporting->context, warner->tx, duty, to,
						 warner->now, add_mail, &warner->mails);
	if (r < 0)
		return r;
	if (warner->together) {
		if (warner->lines.len < OUTBOX_TEXT_MAX - 4096) {
			add_subject(warner, &warner->lines, duty);
			buf_add_char(&warner->lines, '\n');
		}
		return 0;
	}
	buf_clear(&warner->subject);
	buf_clear(&warner->text);
	buf_clear(&warner->key);
	add_subject(warner, &warner->subject, duty);
	add_text(warner, &warner->text, duty);
	buf_printf(&warner->key, "report/%lld/%lld/%u", (long long)duty->id, (long long)duty->start,
		   warner->duty->step);
	return send_all(warner);
}

/* Of the warnings that are behind, the last is said: with it goes who is meant by it. */
static int warn_one(void *context, const struct reporting_duty *duty)
{
	struct warner *warner = context;
	struct due_id *id = warner->duty;
	const struct duty_schedule *schedule = &id->schedule;
	char due[CLOCK_TEXT_SIZE];
	struct buf note = {0}, data = {0};
	unsigned to = 0;
	int64_t next;
	int r;

	while ((next = schedule_next(schedule, duty->start, duty->due, id->step)) && next <= warner->now)
		id->step++;
	if (schedule->count && id->step)
		to = schedule->steps[id->step <= schedule->count ? id->step - 1 : schedule->count - 1].to;
	r = tell(warner, duty, to);
	if (r >= 0)
		r = db_run(warner->tx, "UPDATE reporting_duties SET step = ?2, next = ?3 WHERE id = ?1",
			   DB_ARGS(db_integer(id->id), db_integer(id->step), db_integer(next)));
	if (r >= 0) {
		add_subject(warner, &note, duty);
		data_open(&data, warner->now >= duty->due ? "late" : "soon", duty->stage, duty->recipient);
		clock_format(duty->due, due);
		data_add(&data, "due", str_from(due));
		buf_add_char(&data, '}');
		r = incident_note(warner->tx, duty->incident, "deadline", STR("wanglou"), buf_str(&note),
				  buf_str(&data), warner->now);
	}
	buf_done(&note);
	buf_done(&data);
	return r < 0 ? r : 0;
}

static int send_together(struct warner *warner, const struct due_ids *ids)
{
	buf_printf(&warner->subject, "【时限提醒】%zu项事件报告临近或超过时限", ids->len);
	buf_add_str(&warner->text, buf_str(&warner->lines));
	buf_printf(&warner->text, "\n%zu reports to authorities are nearly due or overdue.\n", ids->len);
	buf_printf(&warner->key, "report/together/%lld/%u/%lld", (long long)ids->items[0].id,
		   ids->items[0].step, (long long)warner->now);
	return send_all(warner);
}

int duties_warn(struct db_tx *tx, const struct reporting *reporting, int64_t now)
{
	struct warner *warner = calloc(1, sizeof(*warner));
	struct due_ids ids = {0};
	int r;

	must(warner);
	warner->tx = tx;
	warner->reporting = reporting;
	warner->now = now;
	warner->zone = reporting->zone;
	r = find_due(tx, now, &ids);
	warner->together = ids.len > SINGLE_MAX;
	for (size_t i = 0; i < ids.len && r >= 0; i++) {
		warner->duty = &ids.items[i];
		r = reporting_get(tx, ids.items[i].incident, ids.items[i].id, warn_one, warner);
	}
	if (r >= 0 && warner->together)
		r = send_together(warner, &ids);
	buf_done(&warner->subject);
	buf_done(&warner->text);
	buf_done(&warner->lines);
	buf_done(&warner->key);
	free(warner);
	vec_done(&ids);
	return r < 0 ? r : 0;
}
