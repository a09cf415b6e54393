/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_IMPORT_TABLE_PRIVATE_H
#define PEOPLE_IMPORT_TABLE_PRIVATE_H
/*
 * Inside people/: tables and the register. Every kind of thing is a row of cells, one for each of its
 * columns; a cell has a text that people read and a key by which two cells are compared: of a unit its id, of
 * a word its number.
 */
#include "people/import.h"
#include "people/private.h"

#define IMPORT_COLUMNS_MAX 24

enum import_column_type {
	COLUMN_ID,
	COLUMN_VERSION,
	COLUMN_TEXT,
	COLUMN_WORD,  /* one of words */
	COLUMN_LEVEL, /* of MLPS: 3, 三级, 第三级 */
	COLUMN_UNIT,
	COLUMN_PERSON,
	COLUMN_ASSET,
	COLUMN_IDENTIFIERS, /* of the kind in detail */
	COLUMN_HOLDERS,     /* people who have the duty in detail for the asset */
	COLUMN_FROM,
	COLUMN_TO,
};

struct import_column {
	const char *name, *heading, *aliases; /* with '|' between them */
	enum import_column_type type;
	unsigned member; /* of the kind's members; 0: none */
	int detail;
	bool required;
	const struct asset_word *words;
	const char *example, *help;
};

struct import_cell {
	bool given;
	struct str text, key;
	int64_t number;
};

struct importing; /* import_private.h */

/* How a kind of thing is read and stated. cells: as many as it has columns. */
struct import_def {
	enum register_kind kind;
	const struct import_column *columns;
	size_t count;
	/* *ret_id: of the thing that the row names; 0: a new one. ERR_DUPLICATE: several may be meant. */
	int (*find)(struct importing *importing, const struct import_cell *cells, int64_t *ret_id);
	/* ERR_END where nothing is said of it then. */
	int (*get)(struct importing *importing, int64_t id, const struct register_view *view,
		   struct import_cell *cells);
	int (*add)(struct importing *importing, const struct import_cell *cells,
		   const struct statement *statement, int64_t *ret_id, struct err *ret_err);
	int (*update)(struct importing *importing, int64_t id, const struct import_cell *cells,
		      unsigned members, const struct statement *statement, struct err *ret_err);
	int (*span)(struct db_tx *tx, int64_t id, const struct register_span *span,
		    const struct statement *statement, struct err *ret_err);
	int (*close)(struct db_tx *tx, int64_t id, const struct statement *statement, struct err *ret_err);
};
extern const struct import_def import_defs[IMPORT_KINDS];
const struct import_def *import_def_of(enum register_kind kind);

/* Where each kind's columns are; the first two are the same for all. */
enum { C_ID, C_VERSION };
enum { U_CODE = 2, U_NAME, U_KIND, U_PARENT, U_NOTE, U_FROM, U_TO, U_COUNT };
enum { P_NUMBER = 2, P_NAME, P_PHONE, P_MAIL, P_UNIT, P_NOTE, P_FROM, P_TO, P_COUNT };
enum {
	A_NAME = 2,
	A_KIND,
	A_ADDRESSES,
	A_HOSTS,
	A_DOMAINS,
	A_URLS,
	A_MACS,
	A_UNIT,
	A_OWNER,
	A_OPERATOR,
	A_PURPOSE,
	A_EXPOSURE,
	A_LEVEL,
	A_FILING,
	A_CRITICALITY,
	A_LIFE,
	A_NOTE,
	A_FROM,
	A_TO,
	A_COUNT
};
enum { D_PERSON = 2, D_DUTY, D_UNIT, D_ASSET, D_FROM, D_TO, D_COUNT };
extern const struct import_column unit_columns[U_COUNT], person_columns[P_COUNT], asset_columns[A_COUNT],
	duty_columns[D_COUNT];

/* --- import_columns.c ----------------------------------------------------------------------------------- */

/* The column that a heading means: its name, its heading or an alias, in any case; -1: none. */
int import_column_find(const struct import_def *def, struct str heading);

/* --- import_cells.c ------------------------------------------------------------------------------------- */

/* What a person wrote, into *cell. Negative with a message that says what to do. */
int import_cell_read(struct importing *importing, const struct import_column *column, struct str text,
		     struct import_cell *cell, struct err *ret_err);

extern const char *const *const import_levels; /* of MLPS, ended by NULL */

struct import_cell cell_text(struct importing *importing, struct str text);
struct import_cell cell_number(struct importing *importing, int64_t number);
struct import_cell cell_word(struct importing *importing, const struct asset_word *words, int number);
struct import_cell cell_level(struct importing *importing, int level);
struct import_cell cell_time(struct importing *importing, int64_t time, bool is_end);
/* Of what id names: "NAME(CODE)", or the name alone. 0 is an empty cell. */
struct import_cell cell_reference(struct importing *importing, enum register_kind kind, int64_t id);
struct import_cell cell_identifiers(struct importing *importing, struct str list, int kind);
struct import_cell cell_holders(struct importing *importing, int64_t asset, enum duty duty,
				const struct register_view *view);

#endif
