/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/seal_group.h"

#include <stdlib.h>

#include "journal/little.h"

#define GROUPS_MAX 4096
#define OWN_STREAM_BYTES (192 * 1024) /* a smaller group does not fill blocks of its own */
#define OWN_STREAMS_MAX (SEALED_STREAMS_MAX - JOURNAL_CLASSES_MAX)
#define SHAPE_LOOK 160 /* bytes in which a shape is looked for */
#define SHAPE_MAX 24

void seal_groups_init(struct seal_groups *groups)
{
	*groups = (struct seal_groups){.by_key = map_new()};
	must(groups->by_key);
	for (unsigned i = 0; i < JOURNAL_CLASSES_MAX; i++)
		vec_push(groups, ((struct seal_group){.class = (uint8_t)i}));
}

void seal_groups_done(struct seal_groups *groups)
{
	map_free(groups->by_key);
	vec_done(groups);
}

static bool is_word(char c)
{
	return char_is_digit(c) || (unsigned char)(char_lower(c) - 'a') < 26 || c == '_' || c == '-' ||
	       c == '/' || c == '.';
}

static struct str word_at(struct str text, size_t at)
{
	size_t len = 0;

	while (at + len < text.len && len < SHAPE_MAX && is_word(text.ptr[at + len]))
		len++;
	return str_of(text.ptr + at, len);
}

/* JSON: the first name, and the value where it is a short one. */
static struct str json_shape(struct str text)
{
	size_t comma = str_find_char(str_head(text, SHAPE_MAX), ',');
	size_t colon = str_find_char(str_head(text, SHAPE_MAX), ':');

	return str_head(text, comma != STR_NOT_FOUND   ? comma
			      : colon != STR_NOT_FOUND ? colon
						       : SHAPE_MAX / 2);
}

/* A line of syslog: %FAC-SEV-MNEM, or the first word with ':' or '[' behind it, as in "sshd[77]:". */
static struct str syslog_shape(struct str text)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.ptr[i] == '%' && (unsigned char)(text.ptr[i + 1] - 'A') < 26)
			return word_at(text, i + 1);
	for (size_t i = 0; i < text.len;) {
		struct str word = word_at(text, i);
		size_t end = i + word.len;

		if (word.len && !char_is_digit(word.ptr[0]) && end < text.len &&
		    (text.ptr[end] == '[' || text.ptr[end] == ':'))
			return word;
		i = end + 1;
	}
	return str_head(text, 0);
}

struct str seal_shape(struct str text)
{
	struct str look = str_head(text, SHAPE_LOOK);
	size_t end;

	if (!look.len)
		return look;
	if (look.ptr[0] == '{' || look.ptr[0] == '[')
		return json_shape(look);
	if (look.ptr[0] == '<' && (end = str_find_char(str_head(look, 6), '>')) != STR_NOT_FOUND)
		return syslog_shape(str_from_offset(look, end + 1));
	return str_head(look, 8);
}

uint16_t seal_groups_add(struct seal_groups *groups, const struct journal_record *record, unsigned class)
{
	uint8_t key[3 + JOURNAL_HINT_MAX + SHAPE_MAX];
	struct str shape = record->hint.len ? record->hint : seal_shape(record->bytes);
	struct str key_str = {(const char *)key, 3 + shape.len};
	struct seal_group *group;
	uint64_t *place;

	key[0] = (uint8_t)(class | (record->hint.len ? 0x80 : 0));
	put16(key + 1, record->listener);
	if (shape.len)
		memcpy(key + 3, shape.ptr, shape.len);
	place = map_get(groups->by_key, key_str);
	if (!place && groups->len < GROUPS_MAX) {
		place = map_put(groups->by_key, key_str, NULL);
		*place = groups->len;
		vec_push(groups, ((struct seal_group){.class = (uint8_t) class}));
	}
	group = &groups->items[place ? *place : class];
	group->records++;
	group->bytes += record->bytes.len;
	return (uint16_t)(group - groups->items);
}

static int by_bytes(const void *a, const void *b)
{
	const struct seal_group *const *x = a, *const *y = b;

	return (*x)->bytes > (*y)->bytes ? -1 : (*x)->bytes < (*y)->bytes;
}

/* A new stream for the group. */
static void give_stream(struct seal_group *group, struct sealed_index *index)
{
	group->stream = (uint8_t)index->streams.len;
	vec_push(&index->streams, ((struct sealed_stream){.class = group->class}));
}

void seal_groups_settle(struct seal_groups *groups, struct sealed_index *index)
{
	struct seal_group **order = malloc(groups->len * sizeof(struct seal_group *));
	uint8_t rest[JOURNAL_CLASSES_MAX];
	bool has_rest[JOURNAL_CLASSES_MAX] = {0};
	unsigned owned = 0;

	must(order);
	for (size_t i = 0; i < groups->len; i++)
		order[i] = &groups->items[i];
	qsort(order, groups->len, sizeof(order[0]), by_bytes);
	for (size_t i = 0; i < groups->len; i++) {
		struct seal_group *group = order[i];

		if (!group->records)
			continue;
		if (group->bytes >= OWN_STREAM_BYTES && owned < OWN_STREAMS_MAX) {
			give_stream(group, index);
			owned++;
		} else if (!has_rest[group->class]) {
			give_stream(group, index);
			rest[group->class] = group->stream;
			has_rest[group->class] = true;
		} else {
			group->stream = rest[group->class];
		}
		index->streams.items[group->stream].records += group->records;
		index->streams.items[group->stream].bytes += group->bytes;
	}
	free(order);
}
