/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECTIFICATION_RECTIFICATION_H
#define RECTIFICATION_RECTIFICATION_H
/*
 * Notifications to units (通报) and what becomes of them (整改): an incident that concerns a unit is told to
 * its people with a number and a deadline; they confirm, report what they did with evidence, or ask for more
 * time; the centre accepts the report or returns it. link.h has what the unit's people do, tick.h the
 * reminders.
 *
 * What may be done in which state is the table of actions below. version rises with every change of state or
 * text; who changes names the version seen and gets ERR_BUSY where another came first. ERR_DENIED: not in
 * this state. ERR_END: there is no such notification. Views handed to a visitor live until it returns.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "db/db.h"
#include "rectification/policy.h"

extern const struct db_schema rectification_schema;

#define RECTIFICATION_TITLE_MAX 200 /* characters, as the rest */
#define RECTIFICATION_TEXT_MAX 8000
#define RECTIFICATION_REASON_MAX 1000
#define RECTIFICATION_ANY_VERSION (-1)

/* Numbered as stored: never renumber. RECTIFICATION_STATE(NAME, number, "name", with the unit?) */
#define RECTIFICATION_STATES(STATE)                               \
	STATE(DRAFT, 0, "draft", false)                           \
	STATE(SENT, 1, "sent", true)           /* 待确认 */    \
	STATE(CONFIRMED, 2, "confirmed", true) /* 整改中 */    \
	STATE(REPORTED, 3, "reported", false)  /* 待审核 */    \
	STATE(RETURNED, 4, "returned", true)   /* 退回重报 */ \
	STATE(ACCEPTED, 5, "accepted", false)  /* 已通过 */    \
	STATE(WITHDRAWN, 6, "withdrawn", false)

enum rectification_state {
#define STATE(id, n, name, with_unit) RECTIFICATION_##id = (n),
	RECTIFICATION_STATES(STATE)
#undef STATE
		RECTIFICATION_STATE_COUNT
};

#define IN(state) (1u << RECTIFICATION_##state)
#define WITH_UNIT (IN(SENT) | IN(CONFIRMED) | IN(RETURNED))
#define STAYS (-1)

/* ACTION(NAME, number, "name", from which states, to which, what the timeline says) */
#define RECTIFICATION_ACTIONS(ACTION)                                                                   \
	ACTION(CREATE, 0, "create", 0, STAYS, "拟制整改通知")                                           \
	ACTION(EDIT, 1, "edit", IN(DRAFT), STAYS, "修改整改通知")                                       \
	ACTION(SEND, 2, "send", IN(DRAFT), RECTIFICATION_SENT, "下发整改通知")                          \
	ACTION(CONFIRM, 3, "confirm", IN(SENT), RECTIFICATION_CONFIRMED, "确认接收")                    \
	ACTION(SAVE, 4, "save", WITH_UNIT, STAYS, "保存整改报告草稿")                                   \
	ACTION(ATTACH, 5, "attach", WITH_UNIT, STAYS, "上传佐证材料")                                   \
	ACTION(DETACH, 6, "detach", WITH_UNIT, STAYS, "删除佐证材料")                                   \
	ACTION(REPORT, 7, "report", WITH_UNIT, RECTIFICATION_REPORTED, "提交整改报告")                  \
	ACTION(ASK, 8, "ask", WITH_UNIT, STAYS, "申请延期")                                             \
	ACTION(EXTEND, 9, "extend", WITH_UNIT, STAYS, "同意延期")                                       \
	ACTION(REFUSE, 10, "refuse", WITH_UNIT, STAYS, "不同意延期")                                    \
	ACTION(RETURN, 11, "return", IN(REPORTED), RECTIFICATION_RETURNED, "退回整改报告")              \
	ACTION(ACCEPT, 12, "accept", IN(REPORTED), RECTIFICATION_ACCEPTED, "整改通过")                  \
	ACTION(WITHDRAW, 13, "withdraw", WITH_UNIT | IN(DRAFT) | IN(REPORTED), RECTIFICATION_WITHDRAWN, \
	       "撤回整改通知")                                                                          \
	ACTION(REMIND, 14, "remind", WITH_UNIT, STAYS, "催办")                                          \
	ACTION(REVOKE, 15, "revoke", ~0u, STAYS, "撤销链接")

enum rectification_action {
#define ACTION(id, n, name, from, to, text) RECTIFICATION_DOES_##id = (n),
	RECTIFICATION_ACTIONS(ACTION)
#undef ACTION
		RECTIFICATION_ACTION_COUNT
};

const char *rectification_state_name(enum rectification_state state);
int rectification_state_parse(struct str name, enum rectification_state *ret_state); /* 0 or ERR_UNKNOWN */
const char *rectification_action_name(enum rectification_action action);
bool rectification_may(enum rectification_action action, enum rectification_state state);

enum extension { EXTENSION_NONE, EXTENSION_ASKED, EXTENSION_GRANTED, EXTENSION_REFUSED };
const char *extension_name(enum extension extension);

struct rectification {
	int64_t id, version;
	struct str number; /* 网信通〔2026〕12号; empty: not sent yet */
	enum rectification_state state;
	int64_t incident, unit;
	struct str incident_number, unit_name; /* as they were when it was made */
	struct str title, facts, requirements, contact;
	int64_t deadline, created, sent, confirmed, reported, closed; /* µs; 0: not yet */
	struct str created_by, confirmed_by, reported_by;
	struct str cause, measures, result; /* the unit's report, or its draft */
	int64_t saved;                      /* µs, when the report was changed last */
	struct str answer, answered_by;     /* of the centre to the newest report */
	enum extension extension;
	int64_t extension_until;
	struct str extension_reason, extension_answer;
};

typedef int rectification_visit(void *context, const struct rectification *rectification);

bool rectification_overdue(const struct rectification *rectification, int64_t now);
void rectification_copy(struct arena *arena, const struct rectification *from, struct rectification *ret_to);

int rectification_get(struct db_tx *tx, int64_t id, rectification_visit *visit, void *context);

struct rectification_filter {
	unsigned states;        /* bits; 0: all */
	bool overdue;           /* only those */
	int64_t incident, unit; /* 0: all; unit: and those below it */
	int64_t scope;          /* the same, of who asks */
	struct str words;       /* in number, title or unit */
	int64_t before;         /* id of the last of the page before; 0: the first page */
	unsigned limit;
};

/* Newest first; one more than limit may be visited by asking for it. */
int rectification_list(struct db_tx *tx, const struct rectification_filter *filter, int64_t now,
		       rectification_visit *visit, void *context);

/* --- the centre ----------------------------------------------------------------------------------------- */

/* What all of it rests on; lives as long as the program. */
struct rectification_office {
	const struct policy *policy;
	int64_t zone;       /* µs east of UTC */
	const char *url;    /* https://host of the console for units; empty: no links are sent */
	const char *folder; /* of evidence files */
};

struct rectification_texts {
	const struct str *title, *facts, *requirements, *contact; /* NULL: stays; of a new one: the default */
	int64_t deadline;                                         /* 0: stays; of a new one: the default */
};

/* A draft for an incident and a unit (0: the incident's). ERR_END where there is no such incident,
   ERR_UNKNOWN where it has no unit. */
int rectification_make(struct db_tx *tx, const struct rectification_office *office, int64_t incident,
		       int64_t unit, const struct rectification_texts *texts, struct str by, int64_t now,
		       int64_t *ret_id);
int rectification_edit(struct db_tx *tx, int64_t id, int64_t version, const struct rectification_texts *texts,
		       struct str by, int64_t now);

/* Numbers it, draws the PDF and hands it to the outbox for the people of the unit; two transactions, so that
   nobody waits for the drawing. paper: also where nobody can be reached by mail. ERR_UNKNOWN: nobody can. */
int rectification_send(struct db *db, const struct rectification_office *office, int64_t id, int64_t version,
		       bool paper, struct str by, int64_t now);

/* The centre's answers; comment is told to the unit. until 0: by the policy; of return: stays, but never
   sooner than the policy's days for it. */
struct rectification_answer {
	int64_t id, version;
	enum rectification_action action; /* RETURN, ACCEPT, EXTEND, REFUSE, WITHDRAW, REMIND */
	struct str comment, by;
	int64_t until, now;
};
int rectification_answer(struct db_tx *tx, const struct rectification_office *office,
			 const struct rectification_answer *answer);

/* --- who was told, and what happened -------------------------------------------------------------------- */

struct rectification_person {
	int64_t person;
	struct str name, phone, mail, unit_name, duty; /* duty: its name, owner.h */
	unsigned distance;                             /* 0: of the unit itself */
	int64_t told, used;                            /* µs: the newest message; the newest use of a link */
	unsigned links;                                /* that work */
};
int rectification_people(struct db_tx *tx, int64_t id, int64_t now,
			 int (*visit)(void *context, const struct rectification_person *person),
			 void *context);

/* Ends the links of a person, 0: of all. */
int rectification_revoke(struct db_tx *tx, int64_t id, int64_t person, struct str by, int64_t now);

struct rectification_step {
	int64_t time;
	enum rectification_action action;
	struct str by, text;
	bool unit; /* by the unit's people */
};
int rectification_history(struct db_tx *tx, int64_t id,
			  int (*visit)(void *context, const struct rectification_step *step), void *context);

#endif
