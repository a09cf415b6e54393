/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou audit override: the one way to have records deleted that the law wants kept. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "bin/audit_words.h"
#include "bin/command_audit.h"
#include "bin/retention_config.h"

#define UNTIL_MAX (366 * CLOCK_DAY)
#define SIZE_GIB_MAX (16 * 1024 * 1024)

static int read_until(const struct audit_call *call, struct retention_order *order)
{
	const char *text = argument_value(call->arguments, "until", NULL);

	if (!text || clock_parse(str_from(text), 0, &order->until) < 0)
		return usage_error(call->command, "--until takes a date such as 2026-12-31");
	if (order->until <= order->made || order->until - order->made > UNTIL_MAX)
		return usage_error(call->command, "--until must be in the next 366 days");
	return EXIT_OK;
}

static int read_order(const struct audit_call *call, struct retention_order *order)
{
	order->made = clock_now();
	order->end = argument_flag(call->arguments, "end");
	order->reason = str_trim(str_from(argument_value(call->arguments, "reason", "")));
	if (!order->reason.len || order->reason.len > OVERRIDE_REASON_MAX)
		return usage_error(call->command, "--reason takes 1 to %d bytes", OVERRIDE_REASON_MAX);
	if (argument_integer(call->arguments, "days", 0, 1, RETENTION_LEAST_DAYS - 1, &order->days) < 0 ||
	    argument_integer(call->arguments, "size-gib", 0, 1, SIZE_GIB_MAX, &order->size_gib) < 0)
		return EXIT_USAGE;
	if (order->end && (order->days || order->size_gib || argument_flag(call->arguments, "until")))
		return usage_error(call->command, "--end takes nothing but --reason");
	if (order->end)
		return EXIT_OK;
	if (!order->days && !order->size_gib)
		return usage_error(call->command, "say what it allows: --days or --size-gib");
	return read_until(call, order);
}

/* Before it takes effect; the order's line in the file is what the record says. */
static int record(const struct audit_call *call, const struct retention_order *order)
{
	char until[CLOCK_TEXT_SIZE];
	struct buf detail = {0};
	int status;

	clock_format(order->until, until);
	if (order->end)
		buf_printf(&detail, "{\"end\":true");
	else
		buf_printf(&detail, "{\"until\":\"%s\",\"days\":%ld,\"size_gib\":%ld", until, order->days,
			   order->size_gib);
	buf_add_str(&detail, STR(",\"reason\":"));
	buf_add_json_string(&detail, order->reason);
	buf_add_char(&detail, '}');
	status = command_audit(call->command, call->config, AUDIT_MUST, "override", STR("retention"),
			       buf_str(&detail));
	buf_done(&detail);
	return status;
}

int audit_override(struct audit_call *call)
{
	const char *folder = config_path(call->config, call->arena, "journal");
	const char *path = config_path(call->config, call->arena, OVERRIDES_FILE);
	char name[COMMAND_PERSON_SIZE];
	struct retention_order order = {0};
	struct err err = {0};
	int status;

	if (argument_next(call->arguments, NULL, &call->cursor))
		return usage_error(call->command, "too many words behind override");
	status = read_order(call, &order);
	if (status != EXIT_OK)
		return status;
	if (access(folder, W_OK) < 0)
		return command_failed(call->command, "%s: %s; this is for the owner of the folder", folder,
				      strerror(errno));
	command_person(name);
	order.user = str_from(name);
	status = record(call, &order);
	if (status != EXIT_OK)
		return status;
	if (retention_overrides_add(path, &order, &err) < 0)
		return command_failed_err(call->command, &err);
	printf(order.end ? "no override is in force any more\n"
			 : "the override is in force; the archive acts on it within an hour\n");
	return EXIT_OK;
}
