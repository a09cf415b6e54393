/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/disk.h"

#include <inttypes.h>

#include "base/io.h"

static const struct {
	const char *event, *level, *name;
} alarms[] = {
	[ALARM_NORMAL] = {"disk.normal", "info", "normal"},
	[ALARM_HIGH] = {"disk.high", "warning", "high"},
	[ALARM_CRITICAL] = {"disk.critical", "critical", "critical"},
};

void disk_watch_init(struct disk_watch *watch, const struct config *config, const char *folder,
		     const char *state)
{
	struct buf text = {0};

	*watch = (struct disk_watch){
		.folder = folder,
		.state = state,
		.high = (unsigned)config->retention_disk_high,
		.critical = (unsigned)config->retention_disk_critical,
	};
	if (io_read_file(state, 16, &text) == 0)
		for (unsigned i = 0; i < sizeof(alarms) / sizeof(alarms[0]); i++)
			if (str_eq(buf_str(&text), str_from(alarms[i].name)))
				watch->alarm = (enum retention_alarm)i;
	buf_done(&text);
}

void disk_watch_look(struct disk_watch *watch, struct sayer *sayer)
{
	struct disk_space space = {0};
	struct buf members = {0};
	enum retention_alarm alarm;
	unsigned percent;

	if (disk_read(watch->folder, &space) < 0)
		return;
	percent = disk_percent(&space);
	alarm = retention_alarm(watch->alarm, percent, watch->high, watch->critical);
	if (alarm == watch->alarm)
		return;
	watch->alarm = alarm;
	buf_printf(&members, "\"percent\":%u,\"free_bytes\":%" PRIu64 ",\"folder\":", percent,
		   space.total - space.used);
	buf_add_json_string(&members, str_from(watch->folder));
	sayer_say(sayer, alarms[alarm].event, alarms[alarm].level, buf_str(&members),
		  "the disk of the journal is %u percent full", percent);
	io_replace_file(watch->state, alarms[alarm].name, strlen(alarms[alarm].name), 0640);
	buf_done(&members);
}
