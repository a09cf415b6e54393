/* SPDX-License-Identifier: Apache-2.0 */
/* A draft goes out: its number, its PDF, its people. And what the centre says later. */
#include <inttypes.h>

#include "base/clock.h"
#include "cases/incident.h"
#include "notify/mail.h"
#include "notify/outbox.h"
#include "rectification/form.h"
#include "rectification/private.h"

struct draft {
	struct arena *arena;
	struct rectification row;
};

static int copy_row(void *context, const struct rectification *row)
{
	struct draft *draft = context;

	rectification_copy(draft->arena, row, &draft->row);
	return 0;
}

/* --- the number ----------------------------------------------------------------------------------------- */

static int write_number(struct db_tx *tx, const struct rectification_office *office, struct draft *draft,
			int64_t year, int64_t serial)
{
	char year_text[24], serial_text[24];
	struct str values[POLICY_FIELD_COUNT] = {0};
	struct buf number = {0};
	int r;

	snprintf(year_text, sizeof(year_text), "%" PRId64, year);
	snprintf(serial_text, sizeof(serial_text), "%" PRId64, serial);
	values[POLICY_YEAR] = str_from(year_text);
	values[POLICY_SERIAL] = str_from(serial_text);
	values[POLICY_UNIT] = draft->row.unit_name;
	values[POLICY_OFFICE] = office->policy->office;
	policy_fill(office->policy->number, values, &number);
	r = db_run(tx, "UPDATE rectifications SET year = ?2, serial = ?3, number = ?4 WHERE id = ?1",
		   DB_ARGS(db_integer(draft->row.id), db_integer(year), db_integer(serial),
			   db_text(buf_str(&number))));
	draft->row.number = arena_copy(draft->arena, buf_str(&number));
	buf_done(&number);
	return r < 0 ? r : 0;
}

/* A draft that has a number already, of a try before, keeps it: numbers have no gaps. */
static int take_number(struct db_tx *tx, const struct rectification_office *office, int64_t version,
		       int64_t now, struct draft *draft)
{
	struct clock_civil civil;
	int64_t serial = 0;
	int r = rectification_get(tx, draft->row.id, copy_row, draft);

	if (r < 0)
		return r;
	if (version != RECTIFICATION_ANY_VERSION && version != draft->row.version)
		return ERR_BUSY;
	if (!rectification_may(RECTIFICATION_DOES_SEND, draft->row.state))
		return ERR_DENIED;
	if (draft->row.number.len)
		return 0;
	clock_to_civil(now + office->zone, &civil);
	r = db_get_integer(tx, "SELECT coalesce(max(serial), 0) FROM rectifications WHERE year = ?1",
			   DB_ARGS(db_integer(civil.year)), &serial);
	return r < 0 ? r : write_number(tx, office, draft, civil.year, serial + 1);
}

/* --- sending -------------------------------------------------------------------------------------------- */

static int draw(const struct rectification_office *office, struct draft *draft, struct buf *pdf)
{
	const struct form_data data = {.rectification = &draft->row};
	struct document *document = form_make(office, FORM_NOTICE, &data);
	int r = document_write_pdf(document, pdf);

	document_free(document);
	return r;
}

/* From new or triage it goes by way of handling, as the incident's table has it; a closed one stays. */
static int move_incident(struct db_tx *tx, int64_t incident, struct str by, int64_t now)
{
	static const enum incident_status ways[] = {INCIDENT_HANDLING, INCIDENT_RECTIFICATION};
	int64_t status;
	int r = db_get_integer(tx, "SELECT status FROM incidents WHERE id = ?1",
			       DB_ARGS(db_integer(incident)), &status);

	if (r <= 0)
		return r;
	for (size_t i = 0; i < 2; i++) {
		struct incident_change change = {.status = &ways[i], .at = now, .by = by};

		if (status > INCIDENT_HANDLING || status == (int64_t)ways[i])
			continue;
		r = incident_update(tx, incident, &change);
		if (r < 0 && r != ERR_DENIED)
			return r;
	}
	return 0;
}

static bool reaches_anybody(const struct people *people)
{
	for (size_t i = 0; i < people->count; i++)
		if (mail_address_valid(people->items[i].mail))
			return true;
	return false;
}

static int go_out(struct db_tx *tx, const struct sending *sending, bool paper, struct str by)
{
	const struct rectification *row = sending->rectification;
	struct people people = {.arena = arena_new(0)};
	const struct change change = {RECTIFICATION_DOES_SEND, row->id, row->version, by,
				      row->unit_name,          false,   sending->now};
	int r = people_find(tx, row->unit, sending->office->policy->recipients, 0, sending->now, &people);

	if (r == 0 && !paper && !reaches_anybody(&people))
		r = ERR_UNKNOWN;
	if (r == 0)
		r = change_make(tx, &change);
	if (r == 0)
		r = db_run(tx, "UPDATE rectifications SET sent = ?2 WHERE id = ?1",
			   DB_ARGS(db_integer(row->id), db_integer(sending->now)));
	if (r >= 0)
		r = message_send(tx, sending, &people);
	if (r >= 0)
		r = message_send_channels(tx, sending);
	if (r >= 0)
		r = move_incident(tx, row->incident, by, sending->now);
	arena_free(people.arena);
	return r < 0 ? r : 0;
}

int rectification_send(struct db *db, const struct rectification_office *office, int64_t id, int64_t version,
		       bool paper, struct str by, int64_t now)
{
	struct draft draft = {.arena = arena_new(0), .row.id = id};
	struct buf pdf = {0};
	struct sending sending = {
		.office = office,
		.rectification = &draft.row,
		.message = &office->policy->send,
		.key = STR("send"),
		.links = true,
		.now = now,
	};
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r == 0)
		r = db_end(tx, take_number(tx, office, version, now, &draft));
	if (r == 0)
		r = draw(office, &draft, &pdf);
	sending.file_name = arena_printf(draft.arena, "整改通知书 %.*s.pdf", STR_FMT(draft.row.number));
	sending.file = buf_str(&pdf);
	if (r == 0)
		r = db_begin(db, DB_WRITE, &tx);
	if (r == 0)
		r = db_end(tx, go_out(tx, &sending, paper, by));
	buf_done(&pdf);
	arena_free(draft.arena);
	return r;
}

/* --- answers -------------------------------------------------------------------------------------------- */

static const struct policy_message *message_of(const struct policy *policy, enum rectification_action action)
{
	switch (action) {
	case RECTIFICATION_DOES_RETURN:
		return &policy->returned;
	case RECTIFICATION_DOES_ACCEPT:
		return &policy->accepted;
	case RECTIFICATION_DOES_EXTEND:
		return &policy->extended;
	case RECTIFICATION_DOES_REFUSE:
		return &policy->refused;
	case RECTIFICATION_DOES_WITHDRAW:
		return &policy->withdrawn;
	default:
		return &policy->remind;
	}
}

static int64_t new_deadline(const struct rectification_office *office,
			    const struct rectification_answer *answer, const struct rectification *row)
{
	const struct policy *policy = office->policy;
	int64_t least;

	if (answer->until)
		return answer->until;
	if (answer->action == RECTIFICATION_DOES_EXTEND)
		return row->extension_until > row->deadline ? row->extension_until : row->deadline;
	if (answer->action != RECTIFICATION_DOES_RETURN)
		return row->deadline;
	least = policy_deadline(policy, office->calendar, office->zone, answer->now, policy->return_days);
	return row->deadline > least ? row->deadline : least;
}

/* What beside state and version becomes another. */
static int write_answer(struct db_tx *tx, const struct rectification_answer *answer, int64_t deadline)
{
	static const char report[] = "UPDATE rectifications SET answer = ?2, answered_by = ?3, deadline = ?4,"
				     " closed = ?5 WHERE id = ?1";
	static const char extension[] = "UPDATE rectifications SET extension_answer = ?2, answered_by = ?3,"
					" deadline = ?4, extension = ?5 WHERE id = ?1";
	bool over =
		answer->action == RECTIFICATION_DOES_ACCEPT || answer->action == RECTIFICATION_DOES_WITHDRAW;
	bool granted = answer->action == RECTIFICATION_DOES_EXTEND;

	if (answer->action == RECTIFICATION_DOES_REMIND)
		return 0;
	if (granted || answer->action == RECTIFICATION_DOES_REFUSE)
		return db_run(tx, extension,
			      DB_ARGS(db_integer(answer->id), db_text(answer->comment), db_text(answer->by),
				      db_integer(deadline),
				      db_integer(granted ? EXTENSION_GRANTED : EXTENSION_REFUSED)));
	return db_run(tx, report,
		      DB_ARGS(db_integer(answer->id), db_text(answer->comment), db_text(answer->by),
			      db_integer(deadline), db_integer(over ? answer->now : 0)));
}

static int check_answer(const struct rectification_answer *answer, const struct rectification *row)
{
	if (answer->action == RECTIFICATION_DOES_REFUSE && row->extension != EXTENSION_ASKED)
		return ERR_DENIED;
	if (answer->action == RECTIFICATION_DOES_EXTEND && !answer->until &&
	    row->extension != EXTENSION_ASKED)
		return ERR_DENIED;
	return answer->until && answer->until <= answer->now ? ERR_RANGE : 0;
}

/* What was withdrawn shall not be asked for any more by what still waits. */
static int cancel_waiting(struct db_tx *tx, const struct rectification_answer *answer)
{
	char prefix[64];
	int r;

	if (answer->action != RECTIFICATION_DOES_WITHDRAW)
		return 0;
	snprintf(prefix, sizeof(prefix), "rectification/%" PRId64 "/", answer->id);
	r = outbox_cancel(tx, str_from(prefix), STR("withdrawn"), answer->now);
	return r < 0 ? r : 0;
}

int rectification_answer(struct db_tx *tx, const struct rectification_office *office,
			 const struct rectification_answer *answer)
{
	struct draft draft = {.arena = arena_new(0)};
	const struct change change = {answer->action,  answer->id, answer->version, answer->by,
				      answer->comment, false,      answer->now};
	struct sending sending = {
		.office = office,
		.rectification = &draft.row,
		.message = message_of(office->policy, answer->action),
		.comment = answer->comment,
		.links = answer->action != RECTIFICATION_DOES_WITHDRAW,
		.now = answer->now,
	};
	int r = rectification_get(tx, answer->id, copy_row, &draft);

	if (r == 0)
		r = change_make(tx, &change);
	if (r == 0)
		r = check_answer(answer, &draft.row);
	if (r == 0) {
		draft.row.deadline = new_deadline(office, answer, &draft.row);
		r = write_answer(tx, answer, draft.row.deadline);
	}
	if (r >= 0)
		r = cancel_waiting(tx, answer);
	sending.key = arena_printf(draft.arena, "%s/%" PRId64, rectification_action_name(answer->action),
				   draft.row.version);
	if (r >= 0 && draft.row.state != RECTIFICATION_DRAFT)
		r = message_send_told(tx, &sending);
	arena_free(draft.arena);
	return r < 0 ? r : 0;
}

int rectification_revoke(struct db_tx *tx, int64_t id, int64_t person, struct str by, int64_t now)
{
	const struct change change = {RECTIFICATION_DOES_REVOKE, id, 0, by, {0}, false, now};
	int r = db_run(tx,
		       "UPDATE rectification_links SET revoked = ?3 WHERE rectification = ?1"
		       " AND (?2 = 0 OR person = ?2) AND revoked = 0",
		       DB_ARGS(db_integer(id), db_integer(person), db_integer(now)));

	return r < 0 ? r : change_note(tx, &change);
}
