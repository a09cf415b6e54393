/* SPDX-License-Identifier: Apache-2.0 */
/* What rules see, as programs read it. */
#include "rules/visibility.h"

static void add_text(struct buf *out, const char *key, struct str text)
{
	if (out->len && out->ptr[out->len - 1] != '{')
		buf_add_char(out, ',');
	buf_printf(out, "\"%s\":", key);
	buf_add_json_string(out, text);
}

static void add_comma(struct buf *out)
{
	if (out->ptr[out->len - 1] != '[')
		buf_add_char(out, ',');
}

struct technique_tally visibility_tally(const struct visibility *visibility, uint32_t tactic)
{
	const struct attack *attack = visibility->attack;
	struct technique_tally sum = {0};

	for (uint32_t i = 0; i < attack->technique_count; i++) {
		const struct technique_view *view = &visibility->techniques[i];

		if (!(attack->techniques[i].tactics & 1u << tactic))
			continue;
		sum.total++;
		sum.rules += view->rules;
		sum.covered += view->rules > 0;
		sum.visible += view->visible > 0;
	}
	return sum;
}

static void add_technique(const struct visibility *visibility, struct buf *out, uint32_t index)
{
	const struct technique_view *view = &visibility->techniques[index];
	const struct attack_technique *technique = &visibility->attack->techniques[index];

	add_comma(out);
	buf_add_char(out, '{');
	add_text(out, "id", technique->id);
	add_text(out, "name", technique->name);
	if (technique->name_zh.len)
		add_text(out, "name_zh", technique->name_zh);
	buf_printf(out, ",\"rules\":%u,\"visible\":%u", view->rules, view->visible);
	add_text(out, "state", view->visible ? STR("visible") : view->rules ? STR("blind") : STR("none"));
	buf_add_char(out, '}');
}

static void add_tactic(const struct visibility *visibility, struct buf *out, uint32_t tactic)
{
	const struct attack *attack = visibility->attack;
	struct technique_tally sum = visibility_tally(visibility, tactic);

	add_comma(out);
	buf_add_char(out, '{');
	add_text(out, "id", attack->tactics[tactic].id);
	add_text(out, "tactic", attack->tactics[tactic].shortname);
	add_text(out, "name", attack->tactics[tactic].name);
	buf_printf(out,
		   ",\"techniques_total\":%u,\"covered\":%u,\"visible\":%u,\"blind\":%u,\"techniques\":[",
		   sum.total, sum.covered, sum.visible, sum.covered - sum.visible);
	for (uint32_t i = 0; i < attack->technique_count; i++)
		if (attack->techniques[i].tactics & 1u << tactic)
			add_technique(visibility, out, i);
	buf_add_str(out, STR("]}"));
}

static void add_blind(const struct log_origins *origins, struct buf *out, const struct blind_source *blind)
{
	add_comma(out);
	buf_add_char(out, '{');
	add_text(out, "product", blind->source.product);
	add_text(out, "category", blind->source.category);
	add_text(out, "service", blind->source.service);
	buf_printf(out, ",\"techniques\":%u,\"rules\":%u,\"sources\":[", blind->techniques, blind->rules);
	for (size_t i = 0; i < origins->len; i++) {
		const struct log_origin *origin = &origins->items[i];

		if (!origin->id.len || origin->heard || !log_origin_has(origin, &blind->source))
			continue;
		add_comma(out);
		buf_add_json_string(out, origin->id);
	}
	buf_add_str(out, STR("]}"));
}

static void add_list(struct buf *out, const char *key, const struct texts *texts)
{
	buf_printf(out, ",\"%s\":[", key);
	for (size_t i = 0; i < texts->len; i++) {
		add_comma(out);
		buf_add_json_string(out, texts->items[i]);
	}
	buf_add_char(out, ']');
}

/* Which log sources a source's events may have. */
static void add_origin(struct buf *out, const struct log_origin *origin)
{
	add_comma(out);
	buf_add_char(out, '{');
	add_text(out, "id", origin->id);
	add_text(out, "title", origin->title);
	buf_printf(out, ",\"heard\":%s", origin->heard ? "true" : "false");
	add_list(out, "products", &origin->products);
	add_list(out, "categories", &origin->categories);
	add_list(out, "services", &origin->services);
	buf_add_char(out, '}');
}

void visibility_json(const struct visibility *visibility, const struct log_origins *origins, uint32_t tactics,
		     struct buf *out)
{
	buf_printf(out,
		   "{\"rules\":%u,\"rules_visible\":%u,\"untagged\":%u,\"unknown_tags\":%u,\"sources\":[",
		   visibility->rules, visibility->rules_visible, visibility->untagged, visibility->unknown);
	for (size_t i = 0; i < origins->len; i++)
		if (origins->items[i].heard) {
			add_comma(out);
			buf_add_json_string(out, origins->items[i].id);
		}
	buf_add_str(out, STR("],\"tactics\":["));
	for (uint32_t i = 0; i < visibility->attack->tactic_count; i++)
		if (tactics & 1u << i)
			add_tactic(visibility, out, i);
	buf_add_str(out, STR("],\"connect\":["));
	for (size_t i = 0; i < visibility->blind.len; i++)
		add_blind(origins, out, &visibility->blind.items[i]);
	buf_add_str(out, STR("],\"origins\":["));
	for (size_t i = 0; i < origins->len; i++)
		if (origins->items[i].id.len)
			add_origin(out, &origins->items[i]);
	buf_add_str(out, STR("],\"attack\":\"(c) The MITRE Corporation\"}"));
}

void visibility_layer(const struct visibility *visibility, struct str name, struct buf *out)
{
	buf_add_char(out, '{');
	add_text(out, "name", name);
	buf_add_str(out,
		    STR(",\"versions\":{\"layer\":\"4.5\"},\"domain\":\"enterprise-attack\","
			"\"gradient\":{\"colors\":[\"#f0c36d\",\"#5a9e6f\"],\"minValue\":1,\"maxValue\":2},"
			"\"legendItems\":[{\"label\":\"a rule, but no log source that feeds "
			"it\",\"color\":\"#f0c36d\"},"
			"{\"label\":\"a rule that sees events\",\"color\":\"#5a9e6f\"}],\"techniques\":["));
	for (uint32_t i = 0; i < visibility->attack->technique_count; i++) {
		const struct technique_view *view = &visibility->techniques[i];

		if (!view->rules)
			continue;
		add_comma(out);
		buf_add_char(out, '{');
		add_text(out, "techniqueID", visibility->attack->techniques[i].id);
		buf_printf(out, ",\"score\":%d,\"comment\":\"%u of %u rules see events\"}",
			   view->visible ? 2 : 1, view->visible, view->rules);
	}
	buf_add_str(out, STR("]}"));
}
