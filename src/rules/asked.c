/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/asked.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/io.h"

struct str asked_id_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str name = str_from(slash ? slash + 1 : path);
	struct str id = str_head(name, HUNT_ID_SIZE - 1);

	return hunt_id_is_good(id) && str_eq(str_from_offset(name, id.len), STR(".json")) ? id
											  : (struct str){0};
}

void asked_id_make(char out[HUNT_ID_SIZE])
{
	uint8_t bytes[(HUNT_ID_SIZE - 1) / 2];

	random_bytes(bytes, sizeof(bytes));
	hex_encode(bytes, sizeof(bytes), out);
}

int asked_read(const char *path, size_t max, json_t **ret_root)
{
	struct buf text = {0};
	json_t *root = NULL;
	int r = io_read_file(path, max, &text);

	if (r == 0)
		root = json_loadb(text.ptr ? text.ptr : "", text.len, 0, NULL);
	buf_done(&text);
	if (r < 0)
		return r == -ENOENT ? ERR_END : r;
	if (!json_is_object(root)) {
		json_decref(root);
		return ERR_SYNTAX;
	}
	*ret_root = root;
	return 0;
}

int asked_write(const char *path, json_t *root)
{
	char *text = json_dumps(root, JSON_COMPACT);
	int r = text ? io_create_file(path, text, strlen(text), 0640) : ERR_SYNTAX;

	json_decref(root);
	free(text);
	return r;
}

struct str asked_take(struct arena *arena, const json_t *root, const char *key)
{
	const json_t *value = json_object_get(root, key);

	return json_is_string(value)
		       ? arena_copy(arena, str_of(json_string_value(value), json_string_length(value)))
		       : (struct str){0};
}

void asked_put(json_t *root, const char *key, struct str text)
{
	json_object_set_new(root, key, json_stringn(text.ptr ? text.ptr : "", text.len));
}

enum words_language asked_take_language(const json_t *root)
{
	return words_accepted(json_string_value(json_object_get(root, "language")));
}

void asked_put_language(json_t *root)
{
	json_object_set_new(root, "language", json_string(words_tag(words_spoken())));
}
