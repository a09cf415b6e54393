/* SPDX-License-Identifier: Apache-2.0 */
/* Silences of sources that somebody knows of: the alarm is held until a time, the source stays blind. */
#include "coverage/acknowledgement.h"
#include "web/route.h"
#include "web/source.h"
#include "web/until.h"

static int write_acknowledgement(void *context, const struct acknowledgement *found)
{
	struct buf *out = context;

	if (!found->talker)
		return 0;
	out_open(out, "acknowledged", '{');
	until_write(out, &(struct until){found->said, found->until, found->by, found->reason});
	out_close(out, '}');
	return 0;
}

int source_write_acknowledgement(struct call *call, struct db_tx *tx, uint64_t talker)
{
	return acknowledgement_find(tx, talker, call->now, write_acknowledgement, call->out);
}

static void answer(struct call *call, int r)
{
	static const struct refusal refusals[] = {{ERR_END, 404, "not_found",
						   "there is no such source, or nothing is "
						   "said of its silence"}};

	if (r < 0)
		call_explain(call, r, NULL, refusals, 1);
}

void api_acknowledge_silence(struct call *call)
{
	struct acknowledgement said = {0};
	struct until until;
	struct db_tx *tx;
	json_t *body;
	int r;

	if (!source_read_id(call, call->path_values[0], &said.talker))
		return;
	body = call_body(call);
	if (body && until_read(call, body, &until) && (tx = call_begin(call, DB_WRITE))) {
		said.said = until.said;
		said.until = until.until;
		said.by = until.by;
		said.reason = until.reason;
		r = db_end(tx, acknowledgement_add(tx, &said));
		answer(call, r);
		if (r >= 0) {
			out_open(call->out, NULL, '{');
			until_write(call->out, &until);
			out_close(call->out, '}');
		}
	}
	json_decref(body);
}

void api_take_back_silence(struct call *call)
{
	struct db_tx *tx;
	uint64_t talker;
	int r;

	if (!source_read_id(call, call->path_values[0], &talker) || !(tx = call_begin(call, DB_WRITE)))
		return;
	r = db_end(tx, acknowledgement_end(tx, talker, call->now));
	answer(call, r);
	if (r >= 0)
		call_no_content(call);
}
