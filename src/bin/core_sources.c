/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/core_sources.h"

#include <string.h>

#include "base/log.h"
#include "bin/clock_link.h"
#include "bin/unknown_lines.h"
#include "drain/draft.h"
#include "onboarding/onboarding.h"

static void say_wrong(void *context, const struct err *err)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	(void)context;
	err_format(err, text, sizeof(text));
	log_error("%s; this device is left out of the wizard", text);
}

static const struct onboarding_set *load_onboarding(struct process *process)
{
	struct onboarding_set *set = arena_struct(process->arena, struct onboarding_set);
	const char *folder =
		arena_printf(process->arena, "%s/" ONBOARDING_FOLDER, process->config.content).ptr;
	int r = onboarding_load(folder, process->arena, say_wrong, NULL, set);

	if (r < 0)
		log_warning("%s: %s; the wizard for new sources knows no device", folder, err_text(r));
	return set;
}

/* By the names of wanglou.yaml. */
static const struct web_listener *list_listeners(struct process *process)
{
	const struct config *config = &process->config;
	const struct web_listener listeners[] = {{"syslog_udp", config->syslog_udp},
						 {"syslog_tcp", config->syslog_tcp},
						 {"syslog_tls", config->syslog_tls},
						 {"ingest", config->ingest},
						 {"flow", config->flow},
						 {"sflow", config->sflow},
						 {"snmp_trap", config->snmp_trap},
						 {NULL, NULL}};
	struct web_listener *copy = arena_alloc(process->arena, sizeof(listeners));

	memcpy(copy, listeners, sizeof(listeners));
	return copy;
}

void core_sources_options(struct process *process, struct web_options *options)
{
	const struct config *config = &process->config;

	options->suggest = arena_printf(process->arena, "%s/" SUGGEST_FILE, config->content).ptr;
	options->templates = config_path(config, process->arena, UNKNOWN_FILE);
	options->clocks = config_path(config, process->arena, CLOCKS_FILE);
	options->listeners = list_listeners(process);
	options->onboarding = load_onboarding(process);
}
