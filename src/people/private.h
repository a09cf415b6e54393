/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_PRIVATE_H
#define PEOPLE_PRIVATE_H
/* Inside people/: how statements are kept (record.c), for every kind of thing in the same way. */
#include "base/arena.h"
#include "base/words.h"
#include "people/asset.h"
#include "people/duty.h"
#include "people/person.h"
#include "people/unit.h"

#define COLUMNS_MAX 12

/* The alias r, of register_rows, in SQL: as known at ?K, and valid at ?T. With ?K = KNOWN_NOW these are the
   rows that nothing has superseded. */
#define KNOWN_NOW (INT64_MAX - 1)
#define IS_KNOWN(r, K) r ".recorded <= " K " AND " r ".superseded > " K
#define IS_VALID(r, T) r ".valid_from <= " T " AND " r ".valid_to > " T
#define HOLDS(r, T, K) IS_KNOWN(r, K) " AND " IS_VALID(r, T)
#define LIVE "9223372036854775807"

/* Units ?U and all below them, as known and valid: a common table "below". */
#define WITH_BELOW(U, T, K)                                                                                \
	"WITH RECURSIVE below (id) AS (SELECT " U " UNION SELECT r.thing FROM below JOIN register_units c" \
	" ON c.parent = below.id JOIN register_rows r ON r.kind = 1 AND r.content = c.content AND " HOLDS( \
		"r", T, K) ") "

/* How the contents of one kind are kept. */
struct content_def {
	enum register_kind kind;
	const char *noun; /* "unit", for messages */
	size_t columns;
	unsigned is_text;   /* bit i: column i is a text, not a number */
	const char *insert; /* of ?1 … */
	const char *select; /* the columns, of content ?1 */
	/* Whether values may stand so from … to; thing 0: a new one. May warn. */
	int (*check)(struct db_tx *tx, int64_t thing, const struct db_value *values,
		     const struct statement *statement, struct err *ret_err);
	/* Keeps what finds a content, and forgets it with what supersedes it; NULL: nothing does. */
	int (*index)(struct db_tx *tx, int64_t content, const struct db_value *values);
	int (*unindex)(struct db_tx *tx, int64_t content);
	/* What ends with it; NULL: nothing. */
	int (*end)(struct db_tx *tx, int64_t thing, const struct statement *statement, struct err *ret_err);
};
extern const struct content_def unit_def, person_def, duty_def, asset_def;

/* values: as many as the definition has columns. */
int record_add(struct db_tx *tx, const struct content_def *def, const struct db_value *values,
	       const struct statement *statement, int64_t *ret_thing, struct err *ret_err);
/* Bit i of members: values[i] is meant. Holds from statement->from, up to ->to or, where that is not given,
   to where one of these members was said to change anyway. */
int record_update(struct db_tx *tx, const struct content_def *def, int64_t thing,
		  const struct db_value *values, unsigned members, const struct statement *statement,
		  struct err *ret_err);
int record_span(struct db_tx *tx, const struct content_def *def, int64_t thing,
		const struct register_span *span, const struct statement *statement, struct err *ret_err);
int record_close(struct db_tx *tx, const struct content_def *def, int64_t thing,
		 const struct statement *statement, struct err *ret_err);

/* Fills the zeros: ->to, and ->now, which never goes back behind the last statement; ->from with it. */
int statement_complete(struct db_tx *tx, const struct statement *statement, struct statement *ret_complete);
int register_last_time(struct db_tx *tx, int64_t *ret_time); /* of the latest statement; 0: there is none */
void statement_warn(const struct statement *statement, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

int64_t view_time(const struct register_view *view);
int64_t view_known(const struct register_view *view); /* KNOWN_NOW: now */

/* A text of at most max bytes, of one line if so asked, in UTF-8. */
int check_text(const char *member, struct str text, size_t max, bool one_line, struct err *ret_err);
/* That there is such a thing, and says in a warning where it is not valid throughout; ERR_UNKNOWN. */
int check_reference(struct db_tx *tx, enum register_kind kind, int64_t id, const struct statement *statement,
		    struct err *ret_err);

/* "%words%" for LIKE … ESCAPE '\\', whose characters stand for themselves; empty where words are. */
void like_pattern(struct str words, struct buf *out);

/* Another's word list: number 0, or one of the list. */
bool asset_word_is(const struct asset_word *words, int number);

/* --- duty.c --------------------------------------------------------------------------------------------- */

/* Ends every duty that names it, where member is "person", "unit" or "asset". */
int duties_end(struct db_tx *tx, const char *member, int64_t id, const struct statement *statement,
	       struct err *ret_err);

#endif
