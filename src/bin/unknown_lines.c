/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/unknown_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"

#define SAVE_EVERY CLOCK_MINUTE
#define KEYS_MAX 64

struct unknown_link {
	const char *file;
	struct drain *drain;
	int64_t saved; /* monotonic */
	bool fresh;    /* there is something to save */
};

/* The names of what a JSON object holds, as the templates want them. */
static struct str keys_of(const struct event *event, struct arena *arena)
{
	const uint32_t count = event->attr_count < KEYS_MAX ? event->attr_count : KEYS_MAX;
	size_t size = 0;
	char *text, *at;

	for (uint32_t i = 0; i < count; i++)
		size += event->attrs[i].key.len + 2;
	text = at = arena_alloc(arena, size + 1);
	for (uint32_t i = 0; i < count; i++) {
		const struct str key = event->attrs[i].key;

		memcpy(at, key.ptr, key.len);
		memcpy(at + key.len, "= ", 2);
		at += key.len + 2;
	}
	return str_of(text, size);
}

static enum drain_form form_of(const struct event *event)
{
	if (str_starts(str_trim(event->raw), STR("{")))
		return DRAIN_JSON;
	return event_get(event, FIELD_ID_PROCESS_NAME) ? DRAIN_SYSLOG : DRAIN_TEXT;
}

void unknown_lines_add(struct unknown_lines *lines, const struct event *event, struct arena *arena)
{
	struct str text = event_text(event, FIELD_ID_MESSAGE);
	struct drain_line line = {.listener = event->listener,
				  .form = form_of(event),
				  .received = event->received,
				  .seq = event->seq};

	if ((event->source.len && !event->generic) || lines->len == UNKNOWN_BATCH_MAX)
		return;
	if (line.form == DRAIN_JSON && event->attr_count)
		text = keys_of(event, arena);
	else if (line.form == DRAIN_JSON) /* broken */
		line.form = DRAIN_TEXT;
	if (line.form == DRAIN_SYSLOG)
		line.program = arena_copy(
			arena, str_head(event_text(event, FIELD_ID_PROCESS_NAME), DRAIN_PROGRAM_MAX));
	memcpy(line.peer, event->peer, sizeof(line.peer));
	line.text = arena_copy(arena, str_head(text, DRAIN_TEXT_MAX));
	line.raw = arena_copy(arena, str_head(event->raw, DRAIN_TEXT_MAX));
	vec_push(lines, line);
}

struct unknown_link *unknown_link_new(const char *file)
{
	struct unknown_link *link = calloc(1, sizeof(*link));
	struct buf text = {0};
	int r;

	must(link);
	*link = (struct unknown_link){.file = file, .drain = drain_new(), .saved = clock_monotonic()};
	r = io_read_file(file, DRAIN_STATE_MAX, &text);
	if (r == 0)
		r = drain_load(link->drain, buf_str(&text));
	if (r < 0 && r != -ENOENT)
		log_warning("%s: %s; templates of unknown lines begin anew", file, err_text(r));
	buf_done(&text);
	return link;
}

static void save(struct unknown_link *link)
{
	struct buf text = {0};
	int r;

	if (!link->fresh)
		return;
	drain_save(link->drain, &text);
	r = io_replace_file(link->file, text.ptr, text.len, 0640);
	if (r < 0)
		log_warning("%s: %s; it is tried again", link->file, err_text(r));
	link->fresh = r < 0;
	link->saved = clock_monotonic();
	buf_done(&text);
}

void unknown_link_free(struct unknown_link *link)
{
	if (!link)
		return;
	save(link);
	drain_free(link->drain);
	free(link);
}

void unknown_link_take(struct unknown_link *link, const struct unknown_lines *lines)
{
	for (size_t i = 0; i < lines->len; i++)
		drain_add(link->drain, &lines->items[i]);
	link->fresh |= lines->len > 0;
	if (clock_monotonic() - link->saved > SAVE_EVERY)
		save(link);
}
