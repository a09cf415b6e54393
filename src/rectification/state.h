/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECTIFICATION_STATE_H
#define RECTIFICATION_STATE_H
/* The states of a notification to a unit, and what may be done in which: both tables, and all there is to it.
 */
#include <stdbool.h>

#include "base/str.h"

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

#endif
