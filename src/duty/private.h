/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DUTY_PRIVATE_H
#define DUTY_PRIVATE_H
/* Inside duty/: names by number, texts with a cap, people as columns. */
#include "base/clock.h"
#include "duty/shift.h"

struct duty_word {
	int number;
	const char *name, *term; /* term: what it is called in Chinese; may be NULL */
};
const struct duty_word *duty_word_of(const struct duty_word *words, size_t count, int number);
int duty_word_parse(const struct duty_word *words, size_t count, struct str name, int *ret_number);

#define DUTY_WORD_COUNT(words) (sizeof(words) / sizeof((words)[0]))

/* 0, or ERR_RANGE with what is wrong: not UTF-8, empty where it is needed, more than max characters. */
int duty_check_text(struct str text, const char *what, bool needed, size_t max, struct err *ret_err);
int duty_check_person(const struct duty_person *person, struct err *ret_err);

/* Five columns from `at` on: person, user, name, phone, mail. */
#define PERSON_COLUMNS "person, user, name, phone, mail"
void duty_read_person(struct db_rows *rows, int at, struct duty_person *ret_person);

/* 0; ERR_END where the table has no such row, ERR_BUSY where its version is another (0: any). */
int duty_check_version(struct db_tx *tx, const char *sql, int64_t id, int64_t version);

#endif
