/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/sources_clocks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "bin/clock_link.h"
#include "event/ip.h"

static void print(const struct clock_correction *item, bool json, struct buf *out)
{
	char peer[IP_TEXT_SIZE], since[CLOCK_TEXT_SIZE];
	const int64_t seconds = item->add / CLOCK_SECOND, size = llabs(seconds);

	ip_format(item->peer, peer);
	clock_format(item->since, since);
	buf_clear(out);
	buf_printf(out, json ? "{\"peer\":\"%s\",\"host\":" : "%-24s ", peer);
	buf_add_json_string(out, item->name);
	if (json)
		buf_printf(out,
			   ",\"times\":\"%s\",\"added_seconds\":%" PRId64
			   ",\"since\":\"%s\",\"from\":%" PRIu64 "}",
			   item->kind == CLOCK_ZONED ? "zoned" : "assumed", seconds, since, item->from);
	else
		buf_printf(out, "  %-15s  %c%02" PRId64 ":%02" PRId64 ":%02" PRId64 "  %.19s",
			   item->kind == CLOCK_ZONED ? "with a zone" : "without a zone",
			   seconds < 0 ? '-' : '+', size / 3600, size / 60 % 60, size % 60, since);
	puts(buf_cstr(out));
}

static bool is_newest(const struct clocks *clocks, size_t index)
{
	const struct clock_correction *item = clocks_get(clocks, index);

	return clocks_find(clocks, item->peer, item->name, item->kind, UINT64_MAX) == item;
}

int sources_clocks(const struct command *command, struct arguments *arguments)
{
	const bool json = argument_flag(arguments, "json");
	struct arena *arena = arena_new(0);
	struct clocks *clocks = NULL;
	struct config config;
	struct buf out = {0};
	struct err err = {0};
	size_t shown = 0;
	int status = EXIT_OK;

	must(arena);
	if (config_load(arguments, arena, &config, &err) < 0)
		status = command_failed_err(command, &err);
	else
		clocks = clock_link_load(&config, arena, NULL);
	for (size_t i = 0; clocks && i < clocks_count(clocks); i++) {
		if (!is_newest(clocks, i) || !clocks_get(clocks, i)->add)
			continue;
		if (!shown++ && !json)
			printf("%-24s host  times            added      since (UTC)\n", "peer");
		print(clocks_get(clocks, i), json, &out);
	}
	if (status == EXIT_OK && !shown && !json)
		puts("No sender's times are corrected.");
	clocks_release(clocks);
	buf_done(&out);
	arena_free(arena);
	return status;
}
