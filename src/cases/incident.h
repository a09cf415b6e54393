/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_INCIDENT_H
#define CASES_INCIDENT_H
/*
 * Incidents: alerts that belong together, with what people do about them. Every alert belongs to exactly one.
 * Category and level are those of GB/T 20986-2023 as content/compliance/ holds them; they are proposed from
 * the alerts and decided by a person. version rises with every change: an update names the version it saw and
 * fails with ERR_BUSY where another came first (ETag, RFC 9110).
 *
 * Views handed to a visitor live until it returns; those passed in are copied.
 */
#include <stdbool.h>
#include <stdint.h>

#include "cases/alert.h"

/* Numbered as stored: never renumber. INCIDENT_STATUS(NAME, number, "name", open?) */
#define INCIDENT_STATUSES(STATUS)                                    \
	STATUS(NEW, 0, "new", true)                                  \
	STATUS(TRIAGE, 1, "triage", true)               /* 研判 */ \
	STATUS(HANDLING, 2, "handling", true)           /* 处置 */ \
	STATUS(RECTIFICATION, 3, "rectification", true) /* 整改 */ \
	STATUS(CLOSED, 4, "closed", false)                           \
	STATUS(FALSE, 5, "false_positive", false)                    \
	STATUS(MERGED, 6, "merged", false) /* into another */

enum incident_status {
#define STATUS(id, n, name, open) INCIDENT_##id = (n),
	INCIDENT_STATUSES(STATUS)
#undef STATUS
		INCIDENT_STATUS_COUNT
};

/* GB/T 20986-2023, 6: 特别重大 1, 重大 2, 较大 3, 一般 4; 0: not graded. */
#define INCIDENT_LEVEL_NONE 0
#define INCIDENT_LEVEL_MAX 4

const char *incident_status_name(enum incident_status status);
int incident_status_parse(struct str name, enum incident_status *ret_status);
bool incident_is_open(enum incident_status status);
/* The table of who may go where: a person, or a module of the program. */
bool incident_may_go(enum incident_status from, enum incident_status to, bool person);

#define INCIDENT_TITLE_MAX 200 /* characters */
#define INCIDENT_TEXT_MAX 8000
#define INCIDENT_NUMBER_SIZE 32
#define INCIDENT_PAGE_MAX 500
#define INCIDENT_SCAN_MAX 20000 /* rows looked at for a page; past it the page ends early, with a cursor */
#define INCIDENT_URGENCY_SIZE 48
/* SQL: the English title of the rule whose Chinese one the column holds, '' where it holds none's. */
#define INCIDENT_TITLE_EN(column) \
	"coalesce((SELECT rules.title FROM rules WHERE rules.title_zh = " column " LIMIT 1), '')"
#define INCIDENT_PROGRAM "wanglou" /* who changes something where no person does */

struct incident {
	int64_t id;
	struct str number; /* for people: "2026-0042" */
	int64_t version;
	struct str title, title_en; /* empty where it has none */
	enum incident_status status;
	struct str category,
		category_proposed;        /* codes of content/compliance/categories.yaml; may be empty */
	unsigned level, level_proposed;   /* INCIDENT_LEVEL_… */
	struct str why_proposed;          /* JSON: what the proposal rests on */
	enum alert_level severity;        /* the highest of its alerts */
	int64_t score;                    /* 0 … 1000, of what it would mean if it were true */
	int64_t first, last;              /* µs, of its alerts */
	int64_t created, updated, closed; /* µs; closed 0: open */
	int64_t alerts;                   /* how many, repeats not counted */
	bool drill;
	struct str assignee;                           /* user name; may be empty */
	int64_t asset, unit;                           /* of the register, 0: unknown; as it was at first */
	struct str asset_name, unit_name, responsible; /* as it was then; may be empty */
	struct str tactics;                            /* JSON array in the order of ATT&CK */
	int64_t merged_into;                           /* 0: not */
	int64_t due;         /* µs, the nearest deadline of a task, report or notification; 0: none */
	struct str due_kind; /* "task", "report", "rectification"; empty: none */
};

typedef int incident_visit(void *context, const struct incident *incident);

/* ERR_END where there is no such incident. */
int incident_get(struct db_tx *tx, int64_t id, incident_visit *visit, void *context);
int incident_find(struct db_tx *tx, struct str number, int64_t *ret_id); /* "2026-0042"; 0 or ERR_END */

struct incident_filter {
	unsigned statuses, levels; /* bits; 0: all */
	int64_t unit;              /* this unit and those below it; 0: all */
	int64_t asset;             /* of the register, among those it is about; 0: all */
	int64_t person;            /* of the register, who answered for one of these then; 0: all */
	struct str assignee, words;
	int64_t from, to;    /* µs, of last; both 0: all */
	int64_t cursor;      /* of the page before, 0: the first */
	struct str category; /* as decided, else as proposed; its kinds too ("02" takes "0218"); empty: all */
	int64_t due_before;  /* µs: only those whose nearest deadline is before; 0: all */
	const char *urgent;  /* the most urgent first, behind this cursor; "": the first page; NULL: not so */
	unsigned limit;
	enum alert_lane drill; /* ALERT_ANY: both */
	bool open;             /* only those */
	bool merged;           /* also those that went into others; statuses may ask for them too */
	bool unassigned;       /* only those that nobody has taken */
};
/*
 * The newest first, by when they were opened; or the most urgent, by nearest deadline, level and score, where
 * filter->urgent is there: then ret_urgent, of INCIDENT_URGENCY_SIZE, goes with *ret_next. Otherwise it may
 * be NULL. Costs a look at every incident that fits, a microsecond or two each, where ordered by urgency.
 */
int incident_list(struct db_tx *tx, const struct incident_filter *filter, incident_visit *visit,
		  void *context, int64_t *ret_next, char *ret_urgent);

/* What a person or a module changes; NULL stays. by is a user name or "wanglou". version 0: any. */
struct incident_change {
	const enum incident_status *status;
	const struct str *title, *category, *assignee, *note;
	const unsigned *level;
	int64_t version, at;
	struct str by;
};
/* Closing says of its alerts what was decided, but of those decided one by one; reopening takes it back.
   ERR_END where there is no such incident, ERR_BUSY, ERR_RANGE for the level, ERR_DENIED where this way is
   not open. Texts are checked by the caller. */
int incident_update(struct db_tx *tx, int64_t id, const struct incident_change *change);

/* A line of the incident's timeline, kind "note", "status", "alert", "task", "file", "merge", "split",
   "notification", "report", "deadline"; data is a JSON object or empty. Other modules write what they did
   here. */
int incident_note(struct db_tx *tx, int64_t id, const char *kind, struct str by, struct str text,
		  struct str data, int64_t at);

#endif
