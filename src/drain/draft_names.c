/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml.h"
#include "drain/draft_private.h"

size_t draft_plain(struct str name, char plain[DRAFT_NAME_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < name.len && len < DRAFT_NAME_MAX; i++) {
		const char c = char_lower(name.ptr[i]);

		if ((c >= 'a' && c <= 'z') || char_is_digit(c) || (unsigned char)c >= 0x80)
			plain[len++] = c;
	}
	return len;
}

struct str draft_field(const struct draft_names *names, const struct map *map, struct str name)
{
	char plain[DRAFT_NAME_MAX];
	const size_t len = draft_plain(name, plain);
	const uint64_t *index = len ? map_get(map, str_of(plain, len)) : NULL;

	return index ? names->fields[*index] : (struct str){0};
}

static int load_list(struct map *map, const struct yaml_node *list, size_t index, struct err *err)
{
	for (uint32_t i = 0; list && i < list->count; i++) {
		char plain[DRAFT_NAME_MAX];
		bool fresh;
		uint64_t *value;
		size_t len;

		if (list->type != YAML_SEQUENCE || list->items[i]->type != YAML_SCALAR)
			return yaml_error(err, list, "names are a list of texts");
		len = draft_plain(list->items[i]->text, plain);
		value = map_put(map, str_of(plain, len), &fresh);
		if (!len || !fresh)
			return yaml_error(err, list->items[i], "'%.*s' stands here twice, or says nothing",
					  STR_FMT(list->items[i]->text));
		*value = index;
	}
	return 0;
}

static int load(struct draft_names *names, const struct yaml_node *root, struct err *err)
{
	struct str *fields;
	int r = 0;

	if (root->type != YAML_MAPPING)
		return yaml_error(err, root, "this is a mapping from fields to their names");
	fields = arena_array(names->arena, struct str, root->count + 1);
	names->fields = fields;
	for (uint32_t i = 0; i < root->count && r == 0; i++) {
		fields[i] = root->keys[i]->text;
		if (field_by_name(fields[i]) == FIELD_NONE)
			return yaml_error(err, root->keys[i], "there is no field '%.*s'", STR_FMT(fields[i]));
		r = load_list(names->keys, yaml_get(root->values[i], "keys"), i, err);
		if (r == 0)
			r = load_list(names->words, yaml_get(root->values[i], "words"), i, err);
	}
	return r;
}

int draft_names_load(const char *path, struct draft_names *ret_names, struct err *ret_err)
{
	struct draft_names names = {.keys = map_new(), .words = map_new(), .arena = arena_new(0)};
	struct yaml_node **docs;
	size_t count;
	int r;

	must(names.keys && names.words && names.arena);
	r = yaml_read_file(path, names.arena, &docs, &count, ret_err);
	if (r == 0 && count != 1)
		r = err_set(ret_err, ERR_SYNTAX, 0, 0, "%s holds %zu documents, not one", path, count);
	if (r == 0 && (r = load(&names, docs[0], ret_err)) < 0)
		err_set_file(ret_err, path);
	if (r < 0)
		draft_names_done(&names);
	else
		*ret_names = names;
	return r;
}

void draft_names_done(struct draft_names *names)
{
	map_free(names->keys);
	map_free(names->words);
	arena_free(names->arena);
}
