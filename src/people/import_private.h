/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_IMPORT_PRIVATE_H
#define PEOPLE_IMPORT_PRIVATE_H
/* Inside people/: an import at work. */
#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "people/import_table_private.h"

/* What an import has before it. */
struct importing {
	struct db_tx *tx;
	struct arena *arena;
	const struct import_options *options;
	const struct import_def *def;
	int64_t view_time; /* at which things are looked at */
	struct statement statement;
	struct register_warnings warnings;
	/* What a row without a version was based on: cells are filled, *ret_known set. NULL: what the last
	   import left. */
	int (*base)(struct importing *importing, int64_t thing, struct import_cell *cells, bool *ret_known);
	int64_t import;   /* its number, when it began */
	struct map *seen; /* things by number, and the line that named each */
	bool waits;       /* the row at hand names a unit that a later row may add */
};

/* --- import_store.c ------------------------------------------------------------------------------------- */

enum import_action { IMPORT_ADDED = 1, IMPORT_UPDATED = 2 };

int import_begin(struct importing *importing, const char *token);
int import_finish(struct importing *importing, const struct import_summary *summary);
/* Notes what was done to a thing, for taking it back. columns: bits of those that changed. */
int import_note(struct importing *importing, const struct import_def *def, int64_t thing,
		enum import_action action, int64_t version_before, unsigned columns);
int thing_version(struct db_tx *tx, int64_t thing, int64_t *ret_version); /* 1; 0: no such thing */
/* When the version was made; 0: never. */
int version_time(struct db_tx *tx, int64_t thing, int64_t version, int64_t *ret_at);
int last_import(struct db_tx *tx, int64_t thing, int64_t *ret_version); /* 1; 0: no import touched it */
/* From when to when anything is said of it, as known then (0: now); ERR_END. */
int thing_span(struct db_tx *tx, int64_t thing, int64_t known, int64_t *ret_from, int64_t *ret_to);

/* --- directory.c ---------------------------------------------------------------------------------------- */

/* What the directory last said of a person; *ret_known is left where it does not know the person. */
int directory_said(struct importing *importing, int64_t thing, struct import_cell *cells, bool *ret_known);

/* --- import_row.c --------------------------------------------------------------------------------------- */

/* One row, whose line is set, with its cells as they were written; columns: which of ours each is, or -1.
   Done where *row says new or changed. Negative where the import as a whole cannot go on. */
int import_row(struct importing *importing, const struct str *texts, const int *columns, size_t count,
	       struct import_row *row);

#endif
