/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_IMPORT_H
#define PEOPLE_IMPORT_H
/*
 * The register as tables (doc/formats/register-tables.md): templates, export, and an import that never
 * overwrites silently.
 *
 * A row is compared with two states of its thing: what it is now, and what the row was based on: the version
 * that the export wrote into it, or else what the last import left. What the row says anew is taken; what
 * somebody else changed meanwhile stays; where both changed the same, it is a conflict, which a person
 * decides. A dry run is the import itself, rolled back: what it showed is what the import with its token
 * does.
 *
 * Everything happens in one transaction. An import that was done can be taken back by corrections, as long as
 * nothing builds upon it.
 */
#include "base/words.h"
#include "people/register.h"
#include "sheet/sheet.h"

extern const struct db_schema import_schema;

#define IMPORT_ROWS_MAX 100000
#define IMPORT_TOKEN_SIZE 33
#define IMPORT_REMARKS_MAX 24 /* of one row */

/* IMPORT(NAME, "name", "Chinese term") */
#define IMPORT_TABLES(IMPORT)                   \
	IMPORT(UNITS, WORDS("units"), "单位")   \
	IMPORT(PEOPLE, WORDS("people"), "人员") \
	IMPORT(ASSETS, WORDS("assets"), "资产") \
	IMPORT(DUTIES, WORDS("duties"), "职责")

enum import_kind {
#define IMPORT(id, name, chinese) IMPORT_##id,
	IMPORT_TABLES(IMPORT)
#undef IMPORT
		IMPORT_KINDS
};
const char *import_kind_name(enum import_kind kind);
int import_kind_parse(struct str name, enum import_kind *ret_kind); /* 0 or ERR_UNKNOWN */

enum import_choice { IMPORT_UNDECIDED, IMPORT_KEEP, IMPORT_TAKE };

struct import_options {
	enum import_kind kind;
	struct str file;   /* how it is called, for the reason of what it states */
	struct str by;     /* user name */
	struct str reason; /* empty: "import of FILE" */
	int64_t now;       /* clock_now() */
	int64_t zone;      /* µs east of UTC: of dates in the table */
	int64_t from;      /* from when on what the rows say holds; 0: now */
	enum import_choice on_conflict;
	const unsigned *keep, *take; /* lines of rows that are decided otherwise */
	size_t keep_count, take_count;
	bool dry_run;
	bool skip_errors; /* rows with errors are left out; else one of them refuses the whole */
	struct str token; /* that the dry run gave; empty: not looked at */
};

/* Numbered for the answer's counts. VERDICT(NAME, "name") */
#define IMPORT_VERDICTS(VERDICT)        \
	VERDICT(NEW, "new")             \
	VERDICT(CHANGED, "changed")     \
	VERDICT(UNCHANGED, "unchanged") \
	VERDICT(ERROR, "error")         \
	VERDICT(CONFLICT, "conflict")

enum import_verdict {
#define VERDICT(id, name) IMPORT_##id,
	IMPORT_VERDICTS(VERDICT)
#undef VERDICT
		IMPORT_VERDICT_COUNT
};
const char *import_verdict_name(enum import_verdict verdict);

/* One thing to say about a row: a change, a conflict, or what is wrong. */
struct import_remark {
	enum import_remark_kind { REMARK_CHANGE, REMARK_CONFLICT, REMARK_ERROR, REMARK_WARNING } kind;
	const char *column, *heading; /* "phone", "电话"; NULL: the whole row */
	const char *code;    /* of errors and conflicts: "unknown", "bad_value" …, for translations */
	struct str from, to; /* of changes and conflicts */
	struct str message;  /* of errors, warnings and conflicts: what is wrong and what to do */
};

struct import_row {
	unsigned line;
	enum import_verdict verdict;
	enum import_choice choice; /* that was made of its conflicts */
	int64_t thing;             /* 0: new, in a dry run */
	struct str label;
	size_t count;
	const struct import_remark *remarks;
};

typedef int import_visit(void *context, const struct import_row *row);

struct import_summary {
	size_t counts[IMPORT_VERDICT_COUNT];
	char token[IMPORT_TOKEN_SIZE]; /* of the file, the options and the register as it stands */
	int64_t import;                /* its number; 0: nothing was done */
	bool refused;                  /* rows have errors or undecided conflicts: nothing was done */
};

/* Calls visit for every row, then returns 0 with *ret_summary; what refused is set there. ERR_BUSY where the
   token is of another file or register. Else nothing can be said of rows, and *ret_err says why. */
int import_run(struct db *db, struct str bytes, const struct import_options *options, import_visit *visit,
	       void *context, struct import_summary *ret_summary, struct err *ret_err);

/* Takes import back: what it added ends where it began, what it changed is again as it was. ERR_END: there is
   none; ERR_DENIED: it was taken back already, or something builds upon it, which *ret_err names. */
int import_undo(struct db *db, int64_t import, struct str by, int64_t now, struct err *ret_err);

struct import_done {
	int64_t import, at, undone_at; /* 0: not taken back */
	enum import_kind kind;
	struct str file, by, undone_by;
	int64_t added, changed;
};
typedef int import_done_visit(void *context, const struct import_done *done);
/* Latest first, those before cursor (0: all); at most limit. */
int import_list(struct db_tx *tx, int64_t cursor, unsigned limit, import_done_visit *visit, void *context);

/* --- export.c ------------------------------------------------------------------------------------------- */

/* Headings, a row that explains each column, and an example; rows that begin with '#' are not imported. */
int register_template(enum import_kind kind, enum sheet_format format, struct buf *out);

/* All that is valid at view->time; each row with its number and version, as an import wants them. */
int register_export(struct db_tx *tx, enum import_kind kind, enum sheet_format format,
		    const struct register_view *view, int64_t zone, struct buf *out);

#endif
