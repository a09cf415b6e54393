/* SPDX-License-Identifier: Apache-2.0 */
/* Reports at their hours: made, asked to be signed, sent. */
#include <inttypes.h>
#include <stdio.h>

#include "coverage/ledger.h"
#include "document/document.h"
#include "duty/report_private.h"
#include "notify/outbox.h"

/* The first boundary of the grid of `every` from report_at on that lies after time. */
static int64_t next_on_grid(int64_t time, int64_t report_at, int64_t zone, int64_t every)
{
	const int64_t origin = report_at - zone, since = time - origin;
	const int64_t turns = since >= 0 ? since / every + 1 : -((-since - 1) / every);

	return origin + turns * every;
}

int64_t report_due(struct db_tx *tx, int64_t last, int64_t report_at, int64_t zone, int64_t now)
{
	const int64_t ready = now - REPORT_AFTER;
	int64_t daily, oldest = ready - REPORT_CATCH_UP * CLOCK_DAY, end;
	struct period_state state;

	if (!last)
		return 0;
	if (last < oldest)
		last = next_on_grid(oldest, report_at, zone, CLOCK_DAY) - CLOCK_DAY;
	end = daily = next_on_grid(last, report_at, zone, CLOCK_DAY);
	if (period_at(tx, last, &state) == 0 && state.key && state.report_every)
		end = next_on_grid(last, report_at, zone, state.report_every * CLOCK_HOUR);
	end = end < daily ? end : daily;
	return end <= ready ? end : 0;
}

/* The span of the report that is due: *ret_to 0 where none is. The first of all ends after the first day of
   which something is known. */
static int find_due(struct db *db, int64_t report_at, const struct duty_tick *tick, int64_t *ret_from,
		    int64_t *ret_to)
{
	struct db_tx *tx;
	int64_t id, last = 0, began = 0, known;
	int r = ledger_known(db, &began, &known);

	if (r < 0 || (r = db_begin(db, DB_READ, &tx)) < 0)
		return r;
	r = report_newest(tx, &id, &last);
	*ret_to = r < 0 ? 0 : report_due(tx, last ? last : began, report_at, tick->zone, tick->now);
	*ret_from = last && last > *ret_to - CLOCK_DAY ? last : *ret_to - CLOCK_DAY;
	return db_end(tx, r < 0 ? r : 0);
}

static int make_due(struct db *db, const struct duty_tick *tick, int64_t report_at)
{
	int64_t from, to;
	int r = 0;

	for (int i = 0; i < REPORT_CATCH_UP && r >= 0; i++) {
		r = find_due(db, report_at, tick, &from, &to);
		if (r < 0 || !to)
			break;
		r = report_make(db, from, to, tick->zone, tick->now);
	}
	return r < 0 ? r : 0;
}

/* --- messages
 * ------------------------------------------------------------------------------------------------ */

struct addressees {
	struct outbox_message *message;
	struct db_tx *tx;
	const char *what;
	int64_t id, now;
	unsigned count;
};

static int add_mail(struct addressees *addressees, struct str to)
{
	char key[64];
	int r;

	snprintf(key, sizeof(key), "%s/%" PRId64 "/%u", addressees->what, addressees->id,
		 addressees->count++);
	addressees->message->key = str_from(key);
	addressees->message->channel = to.len ? STR("mail") : STR("");
	addressees->message->to = to;
	r = outbox_add(addressees->tx, addressees->message, addressees->now);
	addressees->message->key = (struct str){0};
	return r < 0 ? r : 0;
}

static int mail_shift(void *context, const struct shift *shift)
{
	return shift->who.mail.len ? add_mail(context, shift->who.mail) : 0;
}

/* One that nobody has signed for a while: whoever is on duty now hears of it, once. */
static int remind(struct db_tx *tx, const struct duty_tick *tick, const struct report *report)
{
	char subject[128];
	struct outbox_message message = {.kind = STR("duty"), .link = str_from(tick->console)};
	struct addressees addressees = {&message, tx, "duty/unsigned", report->id, tick->now, 0};
	int r;

	snprintf(subject, sizeof(subject), "【望楼】平安报告第 %" PRId64 " 号尚未签发", report->id);
	message.subject = str_from(subject);
	message.text = str_from(report_verdict_term(report->verdict));
	r = shift_list(tx, tick->now, tick->now + 1, mail_shift, &addressees);
	if (r == 0)
		r = add_mail(&addressees, STR(""));
	if (r == 0)
		r = db_run(tx, "UPDATE duty_reports SET reminded = ?2 WHERE id = ?1",
			   DB_ARGS(db_integer(report->id), db_integer(tick->now)));
	return r < 0 ? r : 0;
}

static int send(struct db_tx *tx, const struct duty_tick *tick, const struct report *report, struct str to)
{
	char subject[160], name[64];
	struct buf pdf = {0};
	struct document *document = NULL;
	struct outbox_message message = {.kind = STR("daily")};
	struct addressees addressees = {&message, tx, "duty/report", report->id, tick->now, 0};
	struct str address;
	int r = report_document(report, tick->zone, &document);

	if (r == 0)
		r = document_write_pdf(document, &pdf);
	document_free(document);
	snprintf(subject, sizeof(subject), "网络安全平安报告第 %" PRId64 " 号", report->id);
	snprintf(name, sizeof(name), "平安报告-%" PRId64 ".pdf", report->id);
	message.subject = str_from(subject);
	message.text = str_from(report_verdict_term(report->verdict));
	message.file_name = str_from(name);
	message.file_type = STR("application/pdf");
	message.file = buf_str(&pdf);
	while (r == 0 && str_split(&to, ',', &address))
		if (str_trim(address).len)
			r = add_mail(&addressees, str_trim(address));
	if (r == 0)
		r = add_mail(&addressees, STR(""));
	if (r == 0)
		r = db_run(tx, "UPDATE duty_reports SET sent = ?2 WHERE id = ?1",
			   DB_ARGS(db_integer(report->id), db_integer(tick->now)));
	buf_done(&pdf);
	return r < 0 ? r : 0;
}

struct work {
	struct db_tx *tx;
	const struct duty_tick *tick;
	struct str to;
};

static int work_on(void *context, const struct report *report)
{
	const struct work *work = context;

	return report->signed_at ? send(work->tx, work->tick, report, work->to)
				 : remind(work->tx, work->tick, report);
}

/* The oldest one with something to do; 1 where there was one. */
static int work_one(struct db *db, const struct duty_tick *tick, struct str to)
{
	static const char sql[] = "SELECT id FROM duty_reports WHERE (signed > 0 AND sent = 0)"
				  " OR (signed = 0 AND reminded = 0 AND made < ?1) ORDER BY id LIMIT 1";
	struct work work = {.tick = tick, .to = to};
	int64_t id;
	int r = db_begin(db, DB_WRITE, &work.tx), found;

	if (r < 0)
		return r;
	found = db_get_integer(work.tx, sql, DB_ARGS(db_integer(tick->now - REPORT_REMIND)), &id);
	r = found > 0 ? report_get(work.tx, id, work_on, &work) : found;
	r = db_end(work.tx, r);
	return r < 0 ? r : found;
}

int report_tick(struct db *db, const struct duty_tick *tick, int64_t report_at, struct str to)
{
	int r = make_due(db, tick, report_at);

	for (int i = 0; i < REPORT_CATCH_UP && r == 0; i++) {
		const int found = work_one(db, tick, to);

		if (found <= 0)
			return found;
	}
	return r;
}
