/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/sources_suggest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "bin/config.h"
#include "bin/unknown_lines.h"
#include "drain/draft.h"
#include "event/ip.h"
#include "event/listener.h"

#define SHOWN_MAX 200 /* bytes of a template in the table */
#define FILE_TEXT_MAX 4096

struct suggesting {
	const struct command *command;
	struct config config;
	struct arena *arena;
	struct drain *drain;
	const struct drain_template *const *items;
	size_t count;
	uint8_t peer[16];
	bool one_peer, json;
};

static bool is_wanted(const struct suggesting *s, const struct drain_template *item)
{
	return !s->one_peer || memcmp(item->peer, s->peer, sizeof(s->peer)) == 0;
}

/* -- showing --------------------------------------------------------------------------------------------- */

static void print_template(const struct suggesting *s, const struct drain_template *item, struct buf *text,
			   struct buf *out)
{
	char peer[IP_TEXT_SIZE], first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];

	ip_format(item->peer, peer);
	clock_format(item->first, first);
	clock_format(item->last, last);
	buf_clear(text);
	buf_clear(out);
	drain_format(item, text);
	if (s->json) {
		buf_printf(out,
			   "{\"peer\":\"%s\",\"listener\":\"%s\",\"count\":%" PRIu64
			   ",\"first\":\"%s\",\"last\":\"%s\",\"program\":",
			   peer, listener_name(item->listener), item->count, first, last);
		buf_add_json_string(out, item->program);
		buf_add_str(out, STR(",\"template\":"));
		buf_add_json_string(out, buf_str(text));
		buf_add_str(out, STR(",\"samples\":["));
		for (size_t i = 0; i < item->sample_count; i++) {
			buf_printf(out, "%s{\"seq\":%" PRIu64 ",\"raw\":", i ? "," : "",
				   item->samples[i].seq);
			buf_add_json_string(out, item->samples[i].text);
			buf_add_char(out, '}');
		}
		buf_add_str(out, STR("]}"));
	} else { /* as JSON strings, since what strangers sent must not act in a terminal */
		buf_printf(out, "%10" PRIu64 "  %-15s  %.16s  ", item->count, peer, last);
		buf_add_json_string(out, item->program);
		buf_add_char(out, ' ');
		buf_add_json_string(out, str_head(buf_str(text), SHOWN_MAX));
	}
	puts(buf_cstr(out));
}

static int show(const struct suggesting *s)
{
	struct buf text = {0}, out = {0};
	size_t shown = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (!is_wanted(s, s->items[i]))
			continue;
		if (!shown++ && !s->json)
			printf("%10s  %-15s  %-16s  program, template\n", "lines", "peer",
			       "last heard (UTC)");
		print_template(s, s->items[i], &text, &out);
	}
	if (!shown && !s->json)
		puts("Every line is known, or none came within the last minute: nothing to suggest.");
	else if (!s->json)
		puts("\nA draft of source files for one of them: wanglou sources suggest PEER --write DIR");
	buf_done(&text);
	buf_done(&out);
	return EXIT_OK;
}

/* -- drafting -------------------------------------------------------------------------------------------- */

static int write_draft(const struct suggesting *s, const char *folder, struct str id, const struct buf *text)
{
	char path[FILE_TEXT_MAX];
	int r;

	snprintf(path, sizeof(path), "%s/%.*s.yaml", folder, STR_FMT(id));
	r = io_create_file(path, text->ptr, text->len, 0644);
	if (r == -EEXIST)
		return command_failed(s->command,
				      "%s is there already, perhaps with your work in it; "
				      "move it away or name another folder",
				      path);
	if (r < 0)
		return command_failed(s->command, "cannot write %s: %s", path, err_text(r));
	printf("%s\n", path);
	return EXIT_OK;
}

static int draft_one(const struct suggesting *s, const struct draft_names *names, const char *folder,
		     size_t first, bool *done)
{
	const struct drain_template *group[DRAFT_TEMPLATES_MAX];
	const size_t count = draft_group(s->items, s->count, first, group);
	const struct str id = draft_id(s->items, first, s->arena);
	struct buf out = {0};
	int status;

	for (size_t i = first + 1; i < s->count; i++)
		done[i] |= draft_together(s->items[first], s->items[i]);
	draft_write(names, id, group, count, &out);
	status = write_draft(s, folder, id, &out);
	buf_done(&out);
	return status;
}

static int draft_all(const struct suggesting *s, const char *folder)
{
	bool done[DRAIN_TEMPLATES_MAX] = {0};
	struct draft_names names;
	struct err err = {0};
	int status = EXIT_OK;

	if (draft_names_load(arena_printf(s->arena, "%s/" SUGGEST_FILE, s->config.content).ptr, &names,
			     &err) < 0)
		return command_failed_err(s->command, &err);
	for (size_t i = 0; i < s->count && status == EXIT_OK; i++)
		if (!done[i] && is_wanted(s, s->items[i]))
			status = draft_one(s, &names, folder, i, done);
	draft_names_done(&names);
	if (status == EXIT_OK)
		puts("Complete them, put them into content/sources/ and run: wanglou sources test");
	return status;
}

/* -- the command ----------------------------------------------------------------------------------------- */

static int load_templates(struct suggesting *s)
{
	const char *path = config_path(&s->config, s->arena, UNKNOWN_FILE);
	struct buf text = {0};
	int r = io_read_file(path, DRAIN_STATE_MAX, &text);

	if (r == 0)
		r = drain_load(s->drain, buf_str(&text));
	buf_done(&text);
	if (r == -ENOENT)
		return EXIT_OK;
	return r < 0 ? command_failed(s->command, "%s: %s", path, err_text(r)) : EXIT_OK;
}

static int suggest(struct suggesting *s, struct arguments *arguments)
{
	const char *folder = argument_value(arguments, "write", NULL), *peer;
	struct err err = {0};
	size_t cursor = 0;
	int status;

	argument_next(arguments, NULL, &cursor); /* the verb */
	peer = argument_next(arguments, NULL, &cursor);
	if (peer && ip_parse(str_from(peer), s->peer) < 0)
		return usage_error(s->command, "'%s' is no address", peer);
	if (folder && !peer)
		return usage_error(s->command,
				   "say whose lines to draft source files for: suggest PEER --write DIR");
	s->one_peer = peer;
	s->json = argument_flag(arguments, "json");
	if (config_load(arguments, s->arena, &s->config, &err) < 0)
		return command_failed_err(s->command, &err);
	status = load_templates(s);
	s->items = drain_list(s->drain);
	s->count = drain_count(s->drain);
	return status != EXIT_OK ? status : folder ? draft_all(s, folder) : show(s);
}

int sources_suggest(const struct command *command, struct arguments *arguments)
{
	struct suggesting s = {.command = command, .arena = arena_new(0), .drain = drain_new()};
	int status;

	must(s.arena);
	status = suggest(&s, arguments);
	drain_free(s.drain);
	arena_free(s.arena);
	return status;
}
