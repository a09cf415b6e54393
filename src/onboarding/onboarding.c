/* SPDX-License-Identifier: Apache-2.0 */
/* One file of content/onboarding: read, with caps, and checked as far as it can be alone. */
#include "onboarding/onboarding.h"

#define ID_MAX 64
#define NAME_MAX_BYTES 200

static const char *const kind_names[] = {
#define X(id, name) [ONBOARDING_##id] = (name),
	ONBOARDING_KINDS(X)
#undef X
};

static const char *const transport_names[] = {
#define X(id, name) [ONBOARDING_BY_##id] = (name),
	ONBOARDING_TRANSPORTS(X)
#undef X
};

const char *onboarding_kind_name(enum onboarding_kind kind)
{
	return kind_names[kind];
}

const char *onboarding_transport_name(enum onboarding_transport transport)
{
	return transport_names[transport];
}

/* --- scalars -------------------------------------------------------------------------------------------- */

/* Without a value: empty where it is not required. parent names the place of what is missing. */
static int read_text(const struct yaml_node *parent, const char *key, size_t max, bool required,
		     struct str *ret_text, struct err *ret_err)
{
	const struct yaml_node *node = yaml_get(parent, key);

	if (!node || yaml_is_null(node))
		return required ? yaml_error(ret_err, parent, "%s is missing", key) : 0;
	if (node->type != YAML_SCALAR)
		return yaml_error(ret_err, node, "%s is a text", key);
	if (!str_trim(node->text).len)
		return yaml_error(ret_err, node, "%s is empty", key);
	if (node->text.len > max)
		return yaml_error(ret_err, node, "%s has more than %zu bytes", key, max);
	*ret_text = node->text;
	return 0;
}

static int read_word(const struct yaml_node *parent, const char *key, const char *const *words, size_t count,
		     unsigned *ret_index, struct err *ret_err)
{
	struct str text = {0};
	int r = read_text(parent, key, ID_MAX, true, &text, ret_err);

	for (size_t i = 0; r == 0 && i < count; i++)
		if (str_eq(text, str_from(words[i]))) {
			*ret_index = (unsigned)i;
			return 0;
		}
	return r < 0 ? r
		     : yaml_error(ret_err, yaml_get(parent, key), "there is no %s '%.*s'", key,
				  STR_FMT(text));
}

static bool is_id(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!(text.ptr[i] >= 'a' && text.ptr[i] <= 'z') && !char_is_digit(text.ptr[i]) &&
		    text.ptr[i] != '-')
			return false;
	return text.len > 0 && text.len <= ID_MAX;
}

static int read_both(const struct yaml_node *node, size_t max, struct onboarding_text *text,
		     struct err *ret_err)
{
	int r = read_text(node, "zh", max, true, &text->zh, ret_err);

	return r < 0 ? r : read_text(node, "en", max, true, &text->en, ret_err);
}

/* {zh: …, en: …} below key. */
static int read_pair(const struct yaml_node *parent, const char *key, size_t max, bool required,
		     struct onboarding_text *text, struct err *ret_err)
{
	static const char *const keys[] = {"zh", "en", NULL};
	const struct yaml_node *node = yaml_get(parent, key);
	int r;

	if (!node)
		return required ? yaml_error(ret_err, parent, "%s is missing", key) : 0;
	r = yaml_keys(node, key, keys, ret_err);
	return r < 0 ? r : read_both(node, max, text, ret_err);
}

/* --- lists ---------------------------------------------------------------------------------------------- */

static int read_list(const struct yaml_node *parent, const char *key, size_t max, struct arena *arena,
		     const struct str **ret_items, size_t *ret_count, struct err *ret_err)
{
	const struct yaml_node *node = yaml_get(parent, key);
	struct str *items;

	if (!node || yaml_is_null(node))
		return 0;
	if (node->type != YAML_SEQUENCE || node->count > max)
		return yaml_error(ret_err, node, "%s is a list of at most %zu", key, max);
	items = arena_array(arena, struct str, node->count);
	for (uint32_t i = 0; i < node->count; i++) {
		items[i] = yaml_text(node->items[i], STR(""));
		if (!items[i].len || items[i].len > ONBOARDING_TEXT_MAX)
			return yaml_error(ret_err, node->items[i], "an item of %s is a text", key);
	}
	*ret_items = items;
	*ret_count = node->count;
	return 0;
}

/* --- steps ---------------------------------------------------------------------------------------------- */

/* What {{…}} a snippet may hold; anything else is a slip of the author's, which a device would be told. With
   a dot it is a template of Go's, such as Docker's {{.Name}}. */
static bool is_placeholder(struct str name)
{
	return str_starts(name, STR(".")) || str_eq(name, STR("host")) || str_eq(name, STR("port")) ||
	       str_eq(name, STR("token"));
}

static int check_placeholders(const struct yaml_node *node, struct str rest, struct err *ret_err)
{
	size_t open;

	while ((open = str_find(rest, STR("{{"))) != STR_NOT_FOUND) {
		size_t close;

		rest = str_from_offset(rest, open + 2);
		close = str_find(rest, STR("}}"));
		if (close == STR_NOT_FOUND || !is_placeholder(str_head(rest, close)))
			return yaml_error(ret_err, node,
					  "{{%.*s: a snippet may hold {{host}}, {{port}} and {{token}}",
					  STR_FMT(str_head(rest, close < 20 ? close : 20)));
		rest = str_from_offset(rest, close + 2);
	}
	return 0;
}

static int read_step(const struct yaml_node *node, struct onboarding_step *step, struct err *ret_err)
{
	static const char *const keys[] = {"zh", "en", "file", "snippet", NULL};
	int r = yaml_keys(node, "a step", keys, ret_err);

	if (r == 0)
		r = read_both(node, ONBOARDING_TEXT_MAX, &step->text, ret_err);
	if (r == 0)
		r = read_text(node, "file", NAME_MAX_BYTES, false, &step->file, ret_err);
	if (r == 0)
		r = read_text(node, "snippet", ONBOARDING_SNIPPET_MAX, false, &step->snippet, ret_err);
	if (r == 0 && step->file.len && !step->snippet.len)
		r = yaml_error(ret_err, node, "a file without a snippet that goes into it");
	return r < 0 ? r : check_placeholders(node, step->snippet, ret_err);
}

static int read_steps(const struct yaml_node *root, struct arena *arena, struct onboarding *item,
		      struct err *ret_err)
{
	const struct yaml_node *node = yaml_get(root, "steps");
	struct onboarding_step *steps;
	int r = 0;

	if (!node || node->type != YAML_SEQUENCE || !node->count || node->count > ONBOARDING_STEPS_MAX)
		return yaml_error(ret_err, node ? node : root, "steps is a list of 1 to %d",
				  ONBOARDING_STEPS_MAX);
	steps = arena_zalloc(arena, sizeof(*steps) * node->count);
	for (uint32_t i = 0; i < node->count && r == 0; i++)
		r = read_step(node->items[i], &steps[i], ret_err);
	item->steps = steps;
	item->step_count = node->count;
	return r;
}

/* Who sends elsewhere must be told where: by any step. */
static int check_address(const struct yaml_node *root, const struct onboarding *item, struct err *ret_err)
{
	bool said = item->transport == ONBOARDING_BY_LOCAL || item->transport == ONBOARDING_BY_KAFKA;

	for (size_t i = 0; i < item->step_count && !said; i++)
		said = str_find(item->steps[i].snippet, STR("{{host}}")) != STR_NOT_FOUND ||
		       str_find(item->steps[i].text.zh, STR("{{host}}")) != STR_NOT_FOUND;
	return said ? 0 : yaml_error(ret_err, root, "no step says {{host}}, where it is to send");
}

/* --- the whole ------------------------------------------------------------------------------------------ */

/* "false", or on what it was tried. */
static int read_tried(const struct yaml_node *root, struct onboarding *item, struct err *ret_err)
{
	const struct yaml_node *node = yaml_get(root, "tried");
	bool value;

	if (!node)
		return yaml_error(ret_err, root, "tried is missing: false, or on what it was tried");
	if (yaml_bool(node, &value) == 0)
		return value ? yaml_error(ret_err, node, "say on what it was tried") : 0;
	return read_text(root, "tried", NAME_MAX_BYTES, true, &item->tried, ret_err);
}

static int read_head(const struct yaml_node *root, struct onboarding *item, struct err *ret_err)
{
	unsigned kind = 0, transport = 0;
	int r = read_text(root, "id", ID_MAX, true, &item->id, ret_err);

	if (r == 0 && !is_id(item->id))
		r = yaml_error(ret_err, yaml_get(root, "id"), "an id has a-z, 0-9 and '-'");
	if (r == 0)
		r = read_word(root, "kind", kind_names, ONBOARDING_KIND_COUNT, &kind, ret_err);
	if (r == 0)
		r = read_word(root, "transport", transport_names, ONBOARDING_TRANSPORT_COUNT, &transport,
			      ret_err);
	item->kind = (enum onboarding_kind)kind;
	item->transport = (enum onboarding_transport)transport;
	if (r == 0)
		r = read_text(root, "vendor", NAME_MAX_BYTES, false, &item->vendor, ret_err);
	return r < 0 ? r : read_pair(root, "name", NAME_MAX_BYTES, true, &item->name, ret_err);
}

int onboarding_parse(struct str text, struct arena *arena, struct onboarding **ret_item, struct err *ret_err)
{
	static const char *const keys[] = {"id",    "kind",  "transport", "vendor", "name", "tried",
					   "doubt", "links", "expect",    "steps",  "test", NULL};
	struct onboarding *item = arena_struct(arena, struct onboarding);
	const struct yaml_node *test;
	struct yaml_node *root;
	int r = yaml_parse_one(text, arena, &root, ret_err);

	if (r == 0)
		r = yaml_keys(root, "an onboarding file", keys, ret_err);
	if (r == 0)
		r = read_head(root, item, ret_err);
	if (r == 0)
		r = read_tried(root, item, ret_err);
	if (r == 0)
		r = read_pair(root, "doubt", ONBOARDING_TEXT_MAX, !item->tried.len, &item->doubt, ret_err);
	if (r == 0)
		r = read_list(root, "links", ONBOARDING_LINKS_MAX, arena, &item->links, &item->link_count,
			      ret_err);
	if (r == 0)
		r = read_list(root, "expect", ONBOARDING_EXPECT_MAX, arena, &item->expect,
			      &item->expect_count, ret_err);
	if (r == 0)
		r = read_steps(root, arena, item, ret_err);
	if (r == 0)
		r = check_address(root, item, ret_err);
	if (r < 0)
		return r;
	test = yaml_get(root, "test");
	r = test ? read_step(test, &item->test, ret_err)
		 : yaml_error(ret_err, root, "test is missing: how to make it say something");
	if (r == 0)
		*ret_item = item;
	return r;
}
