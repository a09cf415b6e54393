/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/core_rectification.h"

#include <string.h>

#include "base/log.h"
#include "bin/process.h"
#include "rectification/tick.h"

#define URL_MAX 200

/* https://host[:port] without what stands behind: links begin with it. Empty where there is none. */
static const char *clean_url(struct process *process)
{
	struct str url = str_from(process->config.console_url);

	while (url.len && url.ptr[url.len - 1] == '/')
		url.len--;
	if (!url.len)
		return "";
	if (str_starts(url, STR("https://")) && url.len <= URL_MAX && url.len > 8 &&
	    str_find_char(url, '#') == STR_NOT_FOUND && str_find_char(url, ' ') == STR_NOT_FOUND)
		return arena_copy(process->arena, url).ptr;
	log_error("console.url is https://host, not '%.200s'; units get no links until this is put right",
		  process->config.console_url);
	return "";
}

const struct rectification_office *core_rectification_office(struct process *process,
							     const struct calendar *calendar)
{
	struct rectification_office *office = arena_struct(process->arena, struct rectification_office);
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];
	struct err err = {0};

	office->calendar = calendar;
	office->url = clean_url(process);
	office->folder = config_path(&process->config, process->arena, "core/files");
	if (config_zone(&process->config, &office->zone, &err) == 0 &&
	    policy_load(arena_printf(process->arena, "%s/" POLICY_FILE, process->config.content).ptr,
			process->arena, &office->policy, &err) == 0)
		return office;
	err_format(&err, text, sizeof(text));
	log_error("%s; until this is put right no unit can be notified", text);
	return NULL;
}

void core_rectification_remind(const struct core_context *context, int64_t now)
{
	int r = context->office ? rectification_tick(context->db, context->office, now) : 0;

	if (r < 0)
		log_warning("reminders to units wait a minute longer: %s", err_text(r));
	else if (r > 0)
		log_info("%d reminders to units", r);
}
