/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_RULES_H
#define WEB_RULES_H
/*
 * Inside web/: what the handlers of rules share. A desk is all that a request needs to
 * know of the rules: themselves, who feeds them, what became of their alerts. The rules are those in memory
 * (rules/library.h); the rest is read anew, some milliseconds.
 */
#include "base/map.h"
#include "base/vec.h"
#include "cases/rule_count.h"
#include "rules/edit.h"
#include "rules/library.h"
#include "rules/rule_costs.h"
#include "rules/visibility.h"
#include "web/resource.h"

#define DESK_DAYS 7

struct desk_row {
	int64_t alerts, repeats, confirmed, false_positive; /* since ever, without drills */
	int64_t days[DESK_DAYS];                            /* the last is today */
};

struct filter_info;

struct desk {
	struct call *call;
	const struct rule_shelf *shelf;
	const struct rules_paths *paths;
	struct log_origins origins;
	struct rule_costs *costs;
	double cost_time; /* ns, of all rules */
	struct map *at;   /* rule id → 1 + index */
	struct {
		VEC_OF(struct desk_row)
	} rows;
	int64_t today; /* days since 1970, local */
};

/* False: has answered. */
bool desk_open(struct call *call, struct desk *desk);
void desk_close(struct desk *desk);

/* The rule that the path names; NULL: has answered 404. */
const struct rule_info *desk_find(struct desk *desk, size_t *ret_index);

struct rule_view {
	const struct rule_info *info;
	size_t index;
	struct str pack;
	bool on, fed, local, replaces; /* local: its file is the platform's own; replaces: a shipped one */
	size_t exceptions;
	const struct rule_setting *setting; /* NULL: nobody decided anything */
	const struct desk_row *row;         /* never NULL */
	struct rule_cost cost;
};
struct rule_view desk_view(const struct desk *desk, size_t index);

/* Changes with it, for ETag and If-Match. */
int64_t rule_version(const struct rule_view *view);

/* Members of api.yaml's RuleRow. */
void rule_write_row(struct desk *desk, const struct rule_view *view);
/* One exception as api.yaml's RuleException. */
void rule_write_exception(struct desk *desk, const struct filter_info *filter);

/* A change by the session's user, in the audit trail before it is made. False: has answered. */
bool rule_edit_open(struct call *call, struct rule_edit *edit);
/* What a function of rules/edit.h returned: true where it is done (or was so already), else has answered. */
bool rule_edit_went(struct call *call, int r, const struct err *err);
/* The rule of that id; NULL: has answered 404. */
const struct rule_info *rule_edit_find(struct call *call, const struct rule_edit *edit, struct str id);

/* The reason in a body, which may be absent unless it is needed; false: has answered. */
bool rule_reason(struct call *call, json_t *body, bool needed, struct str *ret_reason);

#endif
