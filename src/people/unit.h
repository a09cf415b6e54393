/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_UNIT_H
#define PEOPLE_UNIT_H
/* Faculties, departments and offices: a tree that is valid in time. */
#include "people/register.h"

#define UNIT_DEPTH_MAX 16
#define UNITS_MAX 20000

/* Numbered as stored. UNIT_KIND(NAME, number, "name", "Chinese term") */
#define UNIT_KINDS(KIND)                          \
	KIND(FACULTY, 1, "faculty", "院系")       \
	KIND(DEPARTMENT, 2, "department", "部门") \
	KIND(OFFICE, 3, "office", "科室")         \
	KIND(OTHER, 4, "other", "其他")

enum unit_kind {
#define KIND(id, n, name, chinese) UNIT_##id = (n),
	UNIT_KINDS(KIND)
#undef KIND
};
const char *unit_kind_name(enum unit_kind kind);
int unit_kind_parse(struct str name, enum unit_kind *ret_kind); /* 0 or ERR_UNKNOWN */

struct unit {
	int64_t id, version;
	struct str code; /* unique at any time; may be empty */
	struct str name;
	enum unit_kind kind;
	int64_t parent; /* 0: none */
	struct str note;
	int64_t from, to; /* of what is said here */
	unsigned depth;   /* unit_list(): below its top */
};

/* Which members a change is about. */
enum { UNIT_CODE = 1, UNIT_NAME = 2, UNIT_KIND = 4, UNIT_PARENT = 8, UNIT_NOTE = 16 };

typedef int unit_visit(void *context, const struct unit *unit);

/* Negative: ERR_RANGE for what a member may not be, ERR_DUPLICATE, ERR_UNKNOWN (the parent), ERR_SYNTAX (a
   cycle), ERR_DENIED (a correction without a reason), ERR_BUSY (another version), ERR_END (no such unit, or
   not valid then); *ret_err says it in a sentence. */
int unit_add(struct db_tx *tx, const struct unit *unit, const struct statement *statement, int64_t *ret_id,
	     struct err *ret_err);
int unit_update(struct db_tx *tx, int64_t id, const struct unit *unit, unsigned members,
		const struct statement *statement, struct err *ret_err);
int unit_span(struct db_tx *tx, int64_t id, const struct register_span *span,
	      const struct statement *statement, struct err *ret_err);
/* Ends it, and the duties in it, at statement->from. */
int unit_close(struct db_tx *tx, int64_t id, const struct statement *statement, struct err *ret_err);

/* ERR_END where there is none, or it was not valid then. */
int unit_get(struct db_tx *tx, int64_t id, const struct register_view *view, unit_visit *visit,
	     void *context);
/* All that is said about it, by time. */
int unit_states(struct db_tx *tx, int64_t id, unit_visit *visit, void *context);

/* The id of the unit of that code, or else of that name where one alone has it; ERR_END, ERR_DUPLICATE. */
int unit_find(struct db_tx *tx, struct str code_or_name, const struct register_view *view, int64_t *ret_id);

/* As a tree: each unit behind the one above it, in the order of codes and names. */
int unit_list(struct db_tx *tx, const struct register_view *view, unit_visit *visit, void *context);

#endif
