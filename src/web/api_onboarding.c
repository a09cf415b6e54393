/* SPDX-License-Identifier: Apache-2.0 */
/* How devices are told to send their logs here (content/onboarding), and where "here" is. */
#include "onboarding/onboarding.h"
#include "web/route.h"

static void write_text(struct buf *out, const char *key, const struct onboarding_text *text)
{
	out_open(out, key, '{');
	out_text(out, "zh", text->zh);
	out_text(out, "en", text->en);
	out_close(out, '}');
}

static void write_head(struct buf *out, const struct onboarding *item)
{
	out_text(out, "id", item->id);
	out_text(out, "kind", str_from(onboarding_kind_name(item->kind)));
	out_text(out, "transport", str_from(onboarding_transport_name(item->transport)));
	out_optional(out, "vendor", item->vendor);
	write_text(out, "name", &item->name);
	out_bool(out, "tried", item->tried.len > 0);
}

static void write_listeners(struct call *call)
{
	const struct web_listener *listener = call->web->options.listeners;

	out_open(call->out, "listeners", '[');
	for (; listener && listener->name; listener++) {
		out_open(call->out, NULL, '{');
		out_text(call->out, "name", str_from(listener->name));
		out_text(call->out, "address", str_from(listener->address));
		out_close(call->out, '}');
	}
	out_close(call->out, ']');
}

void api_list_onboarding(struct call *call)
{
	const struct onboarding_set *set = call->web->options.onboarding;

	out_open(call->out, NULL, '{');
	write_listeners(call);
	out_open(call->out, "items", '[');
	for (size_t i = 0; set && i < set->count; i++) {
		out_open(call->out, NULL, '{');
		write_head(call->out, set->items[i]);
		out_close(call->out, '}');
	}
	out_close(call->out, ']');
	out_close(call->out, '}');
}

static void write_step(struct buf *out, const char *key, const struct onboarding_step *step)
{
	out_open(out, key, '{');
	write_text(out, "text", &step->text);
	out_optional(out, "file", step->file);
	out_optional(out, "snippet", step->snippet);
	out_close(out, '}');
}

static void write_list(struct buf *out, const char *key, const struct str *items, size_t count)
{
	out_open(out, key, '[');
	for (size_t i = 0; i < count; i++)
		out_text(out, NULL, items[i]);
	out_close(out, ']');
}

void api_get_onboarding(struct call *call)
{
	const struct onboarding_set *set = call->web->options.onboarding;
	const struct onboarding *item = set ? onboarding_find(set, call->path_values[0]) : NULL;
	struct buf *out = call->out;

	if (!item) {
		call_fail(call, 404, "not_found", "there is no such device");
		return;
	}
	out_open(out, NULL, '{');
	write_head(out, item);
	out_optional(out, "tried_on", item->tried);
	if (item->doubt.zh.len)
		write_text(out, "doubt", &item->doubt);
	write_list(out, "links", item->links, item->link_count);
	write_list(out, "expect", item->expect, item->expect_count);
	out_open(out, "steps", '[');
	for (size_t i = 0; i < item->step_count; i++)
		write_step(out, NULL, &item->steps[i]);
	out_close(out, ']');
	write_step(out, "test", &item->test);
	out_close(out, '}');
}
