/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_CUSTODY_FORM_H
#define CASES_CUSTODY_FORM_H
/*
 * The chain of custody of an incident's evidence as a form to print (证据保管链记录): its files with their
 * hash and who had them in hand, the records of the journal that its alerts were made of, the signed tree
 * head that they are proven with, and room for what is handed over on paper. In Chinese, as the other forms.
 *
 * Read in a transaction, checked and laid out after it: all of it lies in the arena.
 */
#include "base/arena.h"
#include "cases/evidence_file.h"
#include "document/document.h"

#define CUSTODY_LINES_MAX 5000  /* of all files */
#define CUSTODY_RECORDS_MAX 500 /* of the journal */
#define CUSTODY_CHECK_MAX \
	(INT64_C(256) * 1024 * 1024) /* bytes that are compared with their hash: half a second */

enum custody_state { CUSTODY_UNCHECKED, CUSTODY_INTACT, CUSTODY_DAMAGED, CUSTODY_GONE };

struct custody_line {
	struct custody what;
	uint64_t record; /* its number in the journal's audit records; 0: not at hand */
};

struct custody_file {
	struct evidence_file file;
	enum custody_state state;
	struct custody_line *lines;
	size_t count;
	struct custody_file *next;
};

struct custody_record {
	uint64_t number;
	int64_t time;
	struct str source, title;
};

struct custody_sheet {
	struct str number, title, unit, responsible;
	int64_t first, last, alerts;
	struct custody_file *files; /* in the order they were added */
	struct custody_record *records;
	size_t record_count;
	bool cut; /* not all lines are there */
	/* What the caller knows. */
	struct str head; /* the newest note of doc/formats/evidence.md; empty: none */
	struct str by;
	int64_t made, zone; /* µs */
};

/* ERR_END where there is no such incident. */
int custody_read(struct db_tx *tx, int64_t incident, struct arena *arena, struct custody_sheet *ret_sheet);

/* Compares the files with their hashes; folder as for evidence_read(). */
void custody_check(struct custody_sheet *sheet, const char *folder);

struct document *custody_document(const struct custody_sheet *sheet);

#endif
