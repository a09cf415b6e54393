/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/core_silences.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "bin/notice.h"
#include "coverage/acknowledgement.h"
#include "coverage/text.h"

#define PATIENCE (2 * CLOCK_SECOND)

static void put(struct buf *members, const char *key, struct str text)
{
	if (!text.len)
		return;
	buf_printf(members, ",\"%s\":", key);
	buf_add_json_string(members, text);
}

static void describe(struct buf *members, const struct ledger_talker *talker, int64_t silent_since)
{
	const bool registered = talker->kind == TALKER_REGISTERED;
	char last[CLOCK_TEXT_SIZE];

	buf_printf(members, "\"talker\":\"%016" PRIx64 "\"", talker->id);
	if (!registered)
		put(members, "listener", talker->listener);
	put(members, "peer", talker->peer);
	put(members, "source", talker->source);
	put(members, registered ? "registered" : "host", talker->name);
	clock_format(silent_since, last);
	put(members, "last", str_from(last));
	buf_add_str(members, STR(",\"learning\":false,\"acknowledged\":false"));
}

static int tell(void *context, const struct ledger_talker *talker, int64_t silent_since)
{
	const struct core_context *core = context;
	struct buf members = {0}, who = {0}, message = {0};
	int r;

	describe(&members, talker, silent_since);
	coverage_talker_text(&who, talker);
	buf_printf(&message, "still nothing comes from %.*s, longer than was announced",
		   STR_FMT(buf_str(&who)));
	r = notice_platform(core->collect_socket, "coverage.silent", "warning", buf_cstr(&message),
			    buf_str(&members), PATIENCE);
	buf_done(&members);
	buf_done(&who);
	buf_done(&message);
	return r;
}

void core_silences_tell(const struct core_context *context, int64_t now)
{
	int r = acknowledgement_over(context->db, now, tell, (void *)context);

	if (r < 0)
		log_warning("alarms of sources that stay silent come later: %s", err_text(r));
}
