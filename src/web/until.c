/* SPDX-License-Identifier: Apache-2.0 */
#include "web/until.h"

#include "base/clock.h"

bool until_read(struct call *call, json_t *body, struct until *ret_until)
{
	struct until until = {.said = call->now, .by = str_from(call->session.user.name)};

	if (!body_time(call, body, "until", true, &until.until) ||
	    !body_text(call, body, "reason", UNTIL_REASON_MAX, true, &until.reason, NULL))
		return false;
	if (until.until <= call->now || until.until > call->now + UNTIL_SPAN_MAX) {
		call_fail(call, 422, "bad_until", "until is a time within a year from now");
		return false;
	}
	if (!str_trim(until.reason).len) {
		call_fail(call, 422, "reason_required", "reason says why");
		return false;
	}
	*ret_until = until;
	return true;
}

void until_write(struct buf *out, const struct until *until)
{
	out_time(out, "said", until->said);
	out_time(out, "until", until->until);
	out_text(out, "by", until->by);
	out_text(out, "reason", until->reason);
}
