/* SPDX-License-Identifier: Apache-2.0 */
/* The settings that are in force, to be looked at: they are changed in their file, on the machine. */
#include <sys/stat.h>

#include "base/clock.h"
#include "web/house.h"
#include "web/route.h"

/* The file's time alone: we may not read it, and what it says is in force after a restart. */
static void write_file(struct call *call, const struct web_house *house)
{
	struct stat status;
	int64_t changed = 0;

	if (stat(house->settings_file, &status) == 0)
		changed = (int64_t)status.st_mtim.tv_sec * CLOCK_SECOND + status.st_mtim.tv_nsec / 1000;
	out_text(call->out, "file", str_from(house->settings_file));
	out_time(call->out, "read", house->settings_read);
	if (changed)
		out_time(call->out, "changed", changed);
	out_bool(call->out, "pending", changed > house->settings_read);
}

static void write_setting(struct buf *out, const struct web_setting *setting)
{
	out_open(out, NULL, '{');
	out_text(out, "name", str_from(setting->name));
	out_text(out, "value", str_from(setting->value));
	out_text(out, "default", str_from(setting->fallback));
	if (setting->line)
		out_integer(out, "line", setting->line);
	out_text(out, "about", str_from(setting->about));
	out_close(out, '}');
}

void api_list_settings(struct call *call)
{
	const struct web_house *house = call->web->options.house;

	if (!house) {
		call_fail(call, 404, "not_found", "no settings are known here");
		return;
	}
	out_open(call->out, NULL, '{');
	write_file(call, house);
	out_open(call->out, "folders", '{');
	out_text(call->out, "data", str_from(house->data));
	out_text(call->out, "content", str_from(house->content));
	out_text(call->out, "ui", str_from(house->ui));
	out_close(call->out, '}');
	out_open(call->out, "items", '[');
	for (size_t i = 0; i < house->setting_count; i++)
		write_setting(call->out, &house->settings[i]);
	out_close(call->out, ']');
	out_close(call->out, '}');
}
