/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_UNTIL_H
#define WEB_UNTIL_H
/* Inside web/: what somebody says is left alone until a time, with the reason: {"until": "…", "reason": "…"}.
 */
#include "web/private.h"

#define UNTIL_SPAN_MAX (INT64_C(366) * CLOCK_DAY) /* so that somebody looks again */
#define UNTIL_REASON_MAX 500                      /* characters */

struct until {
	int64_t said, until; /* µs */
	struct str by, reason;
};

/* Of the body; said and by are the call's. The views live as long as the body. False: has answered. */
bool until_read(struct call *call, json_t *body, struct until *ret_until);

/* The members "said", "until", "by", "reason". */
void until_write(struct buf *out, const struct until *until);

#endif
