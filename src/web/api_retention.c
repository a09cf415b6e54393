/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept for how long, what goes next, and how the archive stands. */
#include "base/clock.h"
#include "custody/holdings.h"
#include "custody/retention_file.h"
#include "event/listener.h"
#include "web/house.h"
#include "web/route.h"

static void write_match(struct call *call, const struct retention_class *class)
{
	out_open(call->out, "listeners", '[');
	for (unsigned i = 0; i < 32; i++)
		if (class->listeners & 1u << i)
			out_text(call->out, NULL, str_from(listener_name((uint16_t)i)));
	out_close(call->out, ']');
	out_open(call->out, "hints", '[');
	for (size_t i = 0; i < class->hint_count; i++)
		out_text(call->out, NULL, class->hints[i]);
	out_close(call->out, ']');
	out_integer(call->out, "networks", (int64_t) class->network_count);
}

static void write_class(struct call *call, unsigned id, const struct retention_class *class,
			const struct holdings_class *held)
{
	out_open(call->out, NULL, '{');
	out_integer(call->out, "id", id);
	out_text(call->out, "name", str_from(class->name));
	out_integer(call->out, "days", class->days);
	out_integer(call->out, "least", class->least);
	if (class->share)
		out_integer(call->out, "share", class->share);
	write_match(call, class);
	out_integer(call->out, "records", (int64_t)held->records);
	out_integer(call->out, "bytes", (int64_t)held->bytes);
	if (held->oldest) {
		out_time(call->out, "oldest", held->oldest);
		out_time(call->out, "goes", held->goes);
	}
	out_close(call->out, '}');
}

static void write_override(struct call *call, const char *path)
{
	struct retention_override override = {0};
	struct err err = {0};
	int r = retention_overrides_read(path, call->now, &override, NULL, &err);

	out_open(call->out, "override", '{');
	out_bool(call->out, "active", r == 0 && override.active);
	if (r == 0 && override.active) {
		out_integer(call->out, "days", override.days);
		out_integer(call->out, "bytes", (int64_t) override.size);
		out_text(call->out, "reason", str_from(override.text));
	}
	if (r < 0)
		out_text(call->out, "unreadable", str_from(err.message[0] ? err.message : err_text(r)));
	out_close(call->out, '}');
}

static void write_archive(struct call *call, const struct web_house *house, const struct holdings *holdings)
{
	out_open(call->out, "archive", '{');
	out_bool(call->out, "encrypted", house->encrypted);
	out_integer(call->out, "segments", (int64_t)holdings->segments);
	out_integer(call->out, "sealed_segments", (int64_t)holdings->sealed_segments);
	out_integer(call->out, "sealed_bytes", (int64_t)holdings->sealed_bytes);
	out_integer(call->out, "sealed_seq", (int64_t)holdings->sealed_seq);
	if (holdings->sealed)
		out_time(call->out, "sealed", holdings->sealed);
	if (holdings->oldest)
		out_time(call->out, "oldest", holdings->oldest);
	if (holdings->has_head) {
		out_open(call->out, "head", '{');
		out_integer(call->out, "size", (int64_t)holdings->head.size);
		out_time(call->out, "time", holdings->head.time);
		out_close(call->out, '}');
	}
	out_close(call->out, '}');
}

/* Costs a look at the header of each segment. */
void api_get_retention(struct call *call)
{
	const struct web_options *options = &call->web->options;
	const struct web_house *house = options->house;
	struct holdings holdings = {0};

	if (!house || !options->journal) {
		call_fail(call, 404, "not_found", "no journal is kept here");
		return;
	}
	holdings_read(options->journal, options->journal_key, house->retention, call->now, &holdings);
	out_open(call->out, NULL, '{');
	out_integer(call->out, "legal_days", RETENTION_LEAST_DAYS);
	out_integer(call->out, "size", (int64_t)house->retention->size);
	out_integer(call->out, "disk_high", house->disk_high);
	out_integer(call->out, "disk_critical", house->retention->disk_critical);
	out_text(call->out, "settings_file", str_from(house->settings_file));
	out_text(call->out, "classes_file", str_from(house->classes_file));
	out_open(call->out, "classes", '[');
	for (unsigned i = 0; i < JOURNAL_CLASSES_MAX; i++)
		if (house->retention->classes[i].name[0])
			write_class(call, i, &house->retention->classes[i], &holdings.classes[i]);
	out_close(call->out, ']');
	write_override(call, house->overrides);
	write_archive(call, house, &holdings);
	out_close(call->out, '}');
}
