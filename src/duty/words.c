/* SPDX-License-Identifier: Apache-2.0 */
#include "duty/log.h"
#include "duty/period.h"
#include "duty/private.h"
#include "duty/swap.h"

const struct duty_word *duty_word_of(const struct duty_word *words, size_t count, int number)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].number == number)
			return &words[i];
	return &words[0];
}

int duty_word_parse(const struct duty_word *words, size_t count, struct str name, int *ret_number)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(name, str_from(words[i].name)) ||
		    (words[i].term && str_eq(name, str_from(words[i].term)))) {
			*ret_number = words[i].number;
			return 0;
		}
	return ERR_UNKNOWN;
}

static const struct duty_word places[] = {
#define PLACE(id, n, name, chinese) {n, name, chinese},
	DUTY_PLACES(PLACE)
#undef PLACE
};
static const struct duty_word log_kinds[] = {
#define KIND(id, n, name) {n, name, NULL},
	DUTY_LOG_KINDS(KIND)
#undef KIND
};
static const struct duty_word swap_states[] = {
#define STATE(id, n, name) {n, name, NULL},
	SWAP_STATES(STATE)
#undef STATE
};
static const struct duty_word period_kinds[] = {
#define KIND(id, n, name) {n, name, NULL},
	DUTY_PERIOD_KINDS(KIND)
#undef KIND
};

const char *duty_place_name(enum duty_place place)
{
	return duty_word_of(places, DUTY_WORD_COUNT(places), (int)place)->name;
}

const char *duty_place_term(enum duty_place place)
{
	return duty_word_of(places, DUTY_WORD_COUNT(places), (int)place)->term;
}

int duty_place_parse(struct str name, enum duty_place *ret_place)
{
	int number, r = duty_word_parse(places, DUTY_WORD_COUNT(places), name, &number);

	if (r == 0)
		*ret_place = (enum duty_place)number;
	return r;
}

const char *duty_log_kind_name(enum duty_log_kind kind)
{
	return duty_word_of(log_kinds, DUTY_WORD_COUNT(log_kinds), (int)kind)->name;
}

int duty_log_kind_parse(struct str name, enum duty_log_kind *ret_kind)
{
	int number, r = duty_word_parse(log_kinds, DUTY_WORD_COUNT(log_kinds), name, &number);

	if (r == 0)
		*ret_kind = (enum duty_log_kind)number;
	return r;
}

const char *swap_state_name(enum swap_state state)
{
	return duty_word_of(swap_states, DUTY_WORD_COUNT(swap_states), (int)state)->name;
}

const char *period_kind_name(enum period_kind kind)
{
	return duty_word_of(period_kinds, DUTY_WORD_COUNT(period_kinds), (int)kind)->name;
}

int period_kind_parse(struct str name, enum period_kind *ret_kind)
{
	int number, r = duty_word_parse(period_kinds, DUTY_WORD_COUNT(period_kinds), name, &number);

	if (r == 0)
		*ret_kind = (enum period_kind)number;
	return r;
}

/* --- what the tables share ------------------------------------------------------------------------------ */

int duty_check_text(struct str text, const char *what, bool needed, size_t max, struct err *ret_err)
{
	size_t characters = 0;

	for (size_t i = 0; i < text.len; i++)
		characters += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	if (needed && !str_trim(text).len)
		return err_set(ret_err, ERR_RANGE, 0, 0, "%s is missing", what);
	if (!str_is_utf8(text) || characters > max)
		return err_set(ret_err, ERR_RANGE, 0, 0, "%s is text of at most %zu characters", what, max);
	return 0;
}

int duty_check_person(const struct duty_person *person, struct err *ret_err)
{
	int r = duty_check_text(person->name, "name", true, DUTY_NAME_MAX, ret_err);

	if (r == 0)
		r = duty_check_text(person->phone, "phone", false, DUTY_NAME_MAX, ret_err);
	if (r == 0)
		r = duty_check_text(person->mail, "mail", false, 4 * DUTY_NAME_MAX, ret_err);
	return r == 0 ? duty_check_text(person->user, "user", false, DUTY_NAME_MAX, ret_err) : r;
}

void duty_read_person(struct db_rows *rows, int at, struct duty_person *ret_person)
{
	*ret_person = (struct duty_person){
		.person = db_column_integer(rows, at),
		.user = db_column_text(rows, at + 1),
		.name = db_column_text(rows, at + 2),
		.phone = db_column_text(rows, at + 3),
		.mail = db_column_text(rows, at + 4),
	};
}

int duty_check_version(struct db_tx *tx, const char *sql, int64_t id, int64_t version)
{
	int64_t have;
	int r = db_get_integer(tx, sql, DB_ARGS(db_integer(id)), &have);

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	return version && version != have ? ERR_BUSY : 0;
}
