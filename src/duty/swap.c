/* SPDX-License-Identifier: Apache-2.0 */
#include "duty/swap.h"
#include "duty/log.h"
#include "duty/private.h"

#include <stdio.h>

/* What must still be true of a shift for it to change hands. */
static int check_shift(struct db_tx *tx, int64_t id, int64_t version, int64_t now, struct err *ret_err)
{
	int64_t found;
	int r = db_get_integer(tx,
			       "SELECT version FROM duty_shifts WHERE id = ?1 AND starts > ?2"
			       " AND (?3 = 0 OR version = ?3)",
			       DB_ARGS(db_integer(id), db_integer(now), db_integer(version)), &found);

	if (r == 0)
		return err_set(ret_err, ERR_BUSY, 0, 0,
			       "shift %lld has begun, was changed, or is no longer there", (long long)id);
	return r < 0 ? r : 0;
}

int swap_ask(struct db_tx *tx, const struct swap *swap, int64_t now, int64_t *ret_id, struct err *ret_err)
{
	static const char sql[] =
		"INSERT INTO duty_swaps (time, shift, shift_version, against, against_version, by_user, "
		"reason,"
		" " PERSON_COLUMNS ") VALUES (?1, ?2, (SELECT version FROM duty_shifts WHERE id = ?2), ?3,"
		" coalesce((SELECT version FROM duty_shifts WHERE id = ?3), 0), ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
	int r = duty_check_person(&swap->to, ret_err);

	if (r == 0)
		r = duty_check_text(swap->reason, "reason", false, DUTY_NOTE_MAX, ret_err);
	if (r == 0)
		r = check_shift(tx, swap->shift, 0, now, ret_err);
	if (r == 0 && swap->against)
		r = check_shift(tx, swap->against, 0, now, ret_err);
	if (r < 0)
		return r;
	r = db_run(tx, sql,
		   DB_ARGS(db_integer(now), db_integer(swap->shift), db_integer(swap->against),
			   db_text(swap->by), db_text(swap->reason), db_integer(swap->to.person),
			   db_text(swap->to.user), db_text(swap->to.name), db_text(swap->to.phone),
			   db_text(swap->to.mail)));
	if (r > 0)
		r = db_get_integer(tx, "SELECT last_insert_rowid()", DB_NONE, ret_id);
	return r < 0 ? r : 0;
}

struct offer {
	int64_t shift, shift_version, against, against_version;
};

static int read_offer(struct db_tx *tx, int64_t id, struct offer *ret_offer)
{
	struct db_rows *rows =
		db_query(tx,
			 "SELECT shift, shift_version, against, against_version FROM duty_swaps"
			 " WHERE id = ?1 AND state = 0",
			 DB_ARGS(db_integer(id)));
	int r = db_next(rows);

	if (r == 1)
		*ret_offer = (struct offer){db_column_integer(rows, 0), db_column_integer(rows, 1),
					    db_column_integer(rows, 2), db_column_integer(rows, 3)};
	return r < 0 ? r : r == 1 ? 0 : ERR_END;
}

/* The shift gets the person who was asked; what is taken against it, the one who had the shift. */
static int exchange(struct db_tx *tx, int64_t id, const struct offer *offer)
{
	static const char back[] =
		"UPDATE duty_shifts SET version = version + 1, (" PERSON_COLUMNS ") ="
		" (SELECT " PERSON_COLUMNS " FROM duty_shifts WHERE id = ?1) WHERE id = ?2";
	static const char give[] = "UPDATE duty_shifts SET version = version + 1, (" PERSON_COLUMNS ") ="
				   " (SELECT " PERSON_COLUMNS " FROM duty_swaps WHERE id = ?1) WHERE id = ?2";
	int r = 0;

	if (offer->against)
		r = db_run(tx, back, DB_ARGS(db_integer(offer->shift), db_integer(offer->against)));
	if (r >= 0)
		r = db_run(tx, give, DB_ARGS(db_integer(id), db_integer(offer->shift)));
	return r < 0 ? r : 0;
}

static int log_decision(struct db_tx *tx, int64_t id, enum swap_state state, struct str by, int64_t now)
{
	char text[96];
	struct duty_line line = {.time = now, .kind = LOG_SWAP, .by = by, .about = id};

	snprintf(text, sizeof(text), "换班申请 %lld：%s", (long long)id,
		 state == SWAP_ACCEPTED  ? "已同意"
		 : state == SWAP_REFUSED ? "未同意"
					 : "已撤回");
	line.text = str_from(text);
	return duty_log_add(tx, &line, NULL);
}

int swap_decide(struct db_tx *tx, int64_t id, enum swap_state state, struct str by, int64_t now,
		struct err *ret_err)
{
	struct offer offer;
	int r = read_offer(tx, id, &offer);

	if (r == ERR_END)
		return err_set(ret_err, r, 0, 0, "there is no swap %lld that waits for an answer",
			       (long long)id);
	if (r == 0 && state == SWAP_ACCEPTED) {
		r = check_shift(tx, offer.shift, offer.shift_version, now, ret_err);
		if (r == 0 && offer.against)
			r = check_shift(tx, offer.against, offer.against_version, now, ret_err);
		if (r == 0)
			r = exchange(tx, id, &offer);
	}
	if (r == 0)
		r = db_run(tx, "UPDATE duty_swaps SET state = ?2, decided = ?3 WHERE id = ?1",
			   DB_ARGS(db_integer(id), db_integer(state), db_integer(now)));
	return r < 0 ? r : log_decision(tx, id, state, by, now);
}

int swap_list(struct db_tx *tx, bool waiting, int (*visit)(void *context, const struct swap *swap),
	      void *context)
{
	static const char sql[] =
		"SELECT id, time, decided, state, shift, against, by_user, reason, " PERSON_COLUMNS
		" FROM duty_swaps WHERE ?1 = 0 OR state = 0 ORDER BY id DESC LIMIT ?2";
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_integer(waiting), db_integer(SHIFTS_LISTED_MAX)));
	int r;

	while ((r = db_next(rows)) == 1) {
		struct swap swap = {
			.id = db_column_integer(rows, 0),
			.time = db_column_integer(rows, 1),
			.decided = db_column_integer(rows, 2),
			.state = (enum swap_state)db_column_integer(rows, 3),
			.shift = db_column_integer(rows, 4),
			.against = db_column_integer(rows, 5),
			.by = db_column_text(rows, 6),
			.reason = db_column_text(rows, 7),
		};

		duty_read_person(rows, 8, &swap.to);
		r = visit(context, &swap);
		if (r != 0)
			break;
	}
	return r;
}
