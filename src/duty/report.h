/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DUTY_REPORT_H
#define DUTY_REPORT_H
/*
 * The daily safety report 平安报告: what happened from one hour of report to the next, what was handled, and
 * which sources were blind, and when (coverage/statement.h). "No incident" is claimed only for what was
 * watched. A report is made at its hour as JSON and never changes; the officer on duty signs it, with a
 * comment where it has blind spans or incidents, and then it goes out as PDF. In key periods there are
 * several a day.
 *
 * Views live until visit returns.
 */
#include "base/buf.h"
#include "duty/escalation.h"

#define REPORT_AFTER (5 * CLOCK_MINUTE) /* the hour of report: so long analysis may be behind */
#define REPORT_CATCH_UP 14              /* reports made after a long stop; of older spans there are none */
#define REPORT_LISTED_MAX 200           /* incidents, gaps and lines of the log each; it says how many more */
#define REPORT_REMIND (2 * CLOCK_HOUR)  /* unsigned for so long: the people on duty are reminded */

/* Numbered as stored. VERDICT(NAME, number, "name", "Chinese") */
#define REPORT_VERDICTS(VERDICT)                                                                  \
	VERDICT(SAFE, 1, "safe", "平安：监测完整，未发生网络安全事件")                            \
	VERDICT(WATCHED, 2, "safe_where_watched", "监测范围内未发生网络安全事件，但存在监测盲区") \
	VERDICT(INCIDENTS, 3, "incidents", "发生网络安全事件，监测完整")                          \
	VERDICT(INCIDENTS_BLIND, 4, "incidents_blind", "发生网络安全事件，且存在监测盲区")

enum report_verdict {
#define VERDICT(id, n, name, chinese) REPORT_##id = (n),
	REPORT_VERDICTS(VERDICT)
#undef VERDICT
};

const char *report_verdict_name(enum report_verdict verdict);
const char *report_verdict_term(enum report_verdict verdict);

struct report {
	int64_t id, version, from, to, made;
	enum report_verdict verdict;
	struct str content, sha256; /* JSON as doc/formats/duty.md says */
	int64_t signed_at, sent;    /* µs; 0: not yet */
	struct str signed_by, comment;
};

/* Makes the report of a span; what there is already stays. 1 where it was made, 0 where it was there. */
int report_make(struct db *db, int64_t from, int64_t to, int64_t zone, int64_t now);

typedef int report_visit(void *context, const struct report *report);
int report_get(struct db_tx *tx, int64_t id, report_visit *visit, void *context); /* ERR_END: none */
/* Newest first, those that ended before `before` (0: all); content is empty. */
int report_list(struct db_tx *tx, int64_t before, unsigned limit, report_visit *visit, void *context);

/* The newest one's id and end; both 0: there is none. */
int report_newest(struct db_tx *tx, int64_t *ret_id, int64_t *ret_end);

/* ERR_END, ERR_BUSY as elsewhere, ERR_DUPLICATE where it is signed, ERR_RANGE where a comment is needed. */
int report_sign(struct db_tx *tx, int64_t id, int64_t version, struct str by, struct str comment, int64_t now,
		struct err *ret_err);

/* The report as a document for people. */
struct document;
int report_document(const struct report *report, int64_t zone, struct document **ret_document);

/* The end of the next span after `last`, where the last one ended (0: never), that is due by now, or 0. */
int64_t report_due(struct db_tx *tx, int64_t last, int64_t report_at, int64_t zone, int64_t now);

/* Makes what is due, reminds of what is unsigned, sends what was signed. report_at: µs of the local day; to:
   mail addresses with commas between, beside the channels that "daily" goes to. */
int report_tick(struct db *db, const struct duty_tick *tick, int64_t report_at, struct str to);

#endif
