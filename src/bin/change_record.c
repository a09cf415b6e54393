/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/change_record.h"

#include "base/clock.h"
#include "bin/notice.h"
#include "bin/record_link.h"
#include "event/listener.h"

#define SAY_PATIENCE (10 * CLOCK_SECOND)

static int say(const struct process *process, const struct changes *changes, const char *action,
	       struct record_link *link)
{
	struct buf text = {0};
	int r;

	changes_format(changes, action, process->config.data, &text);
	r = notice_send(link, LISTENER_AUDIT, buf_str(&text));
	buf_done(&text);
	return r;
}

/* collect takes calls once it has recorded what it found itself, so what is still new then is ours to say. */
int change_record(const struct process *process, find_changes *find, const char *state, const char *action,
		  bool save)
{
	struct record_link *link = NULL;
	struct changes changes;
	int r = 0;

	find(&process->config, state, &changes);
	if (changes.any) {
		r = notice_connect(config_path(&process->config, process->arena, "run/collect.sock"),
				   SAY_PATIENCE, &link);
		changes_done(&changes);
		find(&process->config, state, &changes);
	}
	if (r == 0 && changes.any)
		r = say(process, &changes, action, link);
	if (r == 0 && changes.any && save)
		r = changes_save(&changes, state);
	record_link_close(link);
	changes_done(&changes);
	return r;
}
