/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines that nobody understands, as analyze clusters them (drain/) and keeps the templates beside its cursor,
 * and drafts of source files for them. The file is read anew each time: 2,048 templates at most, some 4 MiB
 * and 50 ms.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/io.h"
#include "drain/draft.h"
#include "event/ip.h"
#include "event/listener.h"
#include "web/route.h"
#include "web/source.h"

#define LIST_MAX 500

/* NULL: has answered. A file that is not there yet, or not whole, is no template. */
static struct drain *load(struct call *call)
{
	const char *path = call->web->options.templates;
	struct drain *drain = drain_new();
	struct buf text = {0};
	int r = path ? io_read_strange_file(path, DRAIN_STATE_MAX, &text) : -ENOENT;

	if (r == 0)
		r = drain_load(drain, buf_str(&text));
	buf_done(&text);
	if (r == 0 || r == -ENOENT)
		return drain;
	drain_free(drain);
	call_fail_code(call, r);
	return NULL;
}

/* A template may grow wildcards, but its first line stays. */
static uint64_t id_of(const struct drain_template *item)
{
	return item->sample_count ? item->samples[0].seq : 0;
}

/* --- the list ------------------------------------------------------------------------------------------- */

/* What is the same in all lines, and null for what is not, in turn. */
static void write_parts(struct buf *out, const struct drain_template *item)
{
	out_open(out, "tokens", '[');
	for (size_t i = 0; i < item->token_count; i++)
		out_text(out, NULL, item->tokens[i]);
	out_close(out, ']');
}

static void write_samples(struct call *call, const struct drain_template *item)
{
	struct buf *out = call->out;

	out_open(out, "samples", '[');
	for (size_t i = 0; i < item->sample_count; i++) {
		out_open(out, NULL, '{');
		out_text(out, "seq", arena_printf(call->request->arena, "%" PRIu64, item->samples[i].seq));
		out_text(out, "raw", item->samples[i].text);
		out_close(out, '}');
	}
	out_close(out, ']');
}

static void write_template(struct call *call, struct db_tx *tx, const struct drain_template *item)
{
	static const uint8_t local[16];
	static const char *const forms[] = {
		[DRAIN_TEXT] = "text", [DRAIN_SYSLOG] = "syslog", [DRAIN_JSON] = "json"};
	struct buf *out = call->out;
	char peer[IP_TEXT_SIZE] = "";

	if (memcmp(item->peer, local, sizeof(local)) != 0)
		ip_format(item->peer, peer);
	out_open(out, NULL, '{');
	out_text(out, "id", arena_printf(call->request->arena, "%" PRIu64, id_of(item)));
	out_optional(out, "peer", str_from(peer));
	out_text(out, "listener", str_from(listener_name(item->listener)));
	out_text(out, "form", str_from(forms[item->form]));
	out_optional(out, "program", item->program);
	out_integer(out, "count", (int64_t)item->count);
	out_time(out, "first", item->first);
	out_time(out, "last", item->last);
	write_parts(out, item);
	write_samples(call, item);
	source_write_asset(call, tx, str_from(peer));
	out_close(out, '}');
}

void api_list_templates(struct call *call)
{
	struct drain *drain = load(call);
	const struct drain_template *const *items = drain ? drain_list(drain) : NULL;
	struct db_tx *tx = drain ? call_begin(call, DB_READ) : NULL;

	if (tx) {
		const size_t count = drain_count(drain);

		out_open(call->out, NULL, '{');
		out_open(call->out, "items", '[');
		for (size_t i = 0; i < count && i < LIST_MAX; i++)
			write_template(call, tx, items[i]);
		out_close(call->out, ']');
		out_integer(call->out, "total", (int64_t)count);
		out_close(call->out, '}');
		db_end(tx, 0);
	}
	drain_free(drain);
}

/* --- drafts --------------------------------------------------------------------------------------------- */

static void write_draft(struct call *call, const struct draft_names *names,
			const struct drain_template *const *items, size_t count, size_t index)
{
	const struct drain_template *group[DRAFT_TEMPLATES_MAX];
	const size_t size = draft_group(items, count, index, group);
	struct str id = draft_id(items, index, call->request->arena);
	struct buf text = {0};

	draft_write(names, id, group, size, &text);
	out_open(call->out, NULL, '{');
	out_text(call->out, "id", id);
	out_text(call->out, "file", arena_printf(call->request->arena, "%.*s.yaml", STR_FMT(id)));
	out_integer(call->out, "templates", (int64_t)size);
	out_text(call->out, "yaml", buf_str(&text));
	out_close(call->out, '}');
	buf_done(&text);
}

static void answer_draft(struct call *call, struct drain *drain, uint64_t id)
{
	const struct drain_template *const *items = drain_list(drain);
	const size_t count = drain_count(drain);
	struct draft_names names;
	struct err err = {0};
	size_t index = 0;

	while (index < count && id_of(items[index]) != id)
		index++;
	if (index == count) {
		call_fail(call, 404, "not_found", "there is no such template, or it has given way to others");
		return;
	}
	if (!call->web->options.suggest || draft_names_load(call->web->options.suggest, &names, &err) < 0) {
		call_fail(call, 503, "unavailable", "suggest.yaml cannot be read: %s", err.message);
		return;
	}
	write_draft(call, &names, items, count, index);
	draft_names_done(&names);
}

void api_get_template_draft(struct call *call)
{
	struct drain *drain;
	uint64_t id;

	if (str_to_u64(call->path_values[0], &id) < 0 || !id) {
		call_fail(call, 404, "not_found", "a template's id is a whole number");
		return;
	}
	drain = load(call);
	if (drain)
		answer_draft(call, drain, id);
	drain_free(drain);
}
