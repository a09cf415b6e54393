/* SPDX-License-Identifier: Apache-2.0 */
/* Which templates make up one file, and what it is called. */
#include <string.h>

#include "drain/draft.h"
#include "event/ip.h"

#define PROGRAM_SHOWN 32

bool draft_together(const struct drain_template *a, const struct drain_template *b)
{
	return memcmp(a->peer, b->peer, 16) == 0 && a->form == b->form && a->form != DRAIN_JSON &&
	       str_eq(a->program, b->program);
}

size_t draft_group(const struct drain_template *const *items, size_t count, size_t first,
		   const struct drain_template *ret_group[DRAFT_TEMPLATES_MAX])
{
	size_t size = 0;

	ret_group[size++] = items[first];
	for (size_t i = 0; i < count && size < DRAFT_TEMPLATES_MAX; i++)
		if (i != first && draft_together(items[first], items[i]))
			ret_group[size++] = items[i];
	return size;
}

/* How many of JSON the same sender has before it: each is a file of its own. */
static unsigned json_before(const struct drain_template *const *items, size_t index)
{
	unsigned number = 0;

	for (size_t i = 0; i < index && items[index]->form == DRAIN_JSON; i++)
		number += items[i]->form == DRAIN_JSON && memcmp(items[i]->peer, items[index]->peer, 16) == 0;
	return number;
}

struct str draft_id(const struct drain_template *const *items, size_t index, struct arena *arena)
{
	const struct drain_template *item = items[index];
	const unsigned number = json_before(items, index);
	struct str text;
	char peer[IP_TEXT_SIZE], *id;

	ip_format(item->peer, peer);
	text = arena_printf(arena, "draft-%s%s%.*s", peer, item->program.len ? "-" : "",
			    STR_FMT(str_head(item->program, PROGRAM_SHOWN)));
	if (number)
		text = arena_printf(arena, "%.*s-%u", STR_FMT(text), number + 1);
	id = (char *)arena_copy(arena, text).ptr;
	for (size_t i = 0; i < text.len; i++) {
		const char c = char_lower(id[i]);

		id[i] = (c >= 'a' && c <= 'z') || char_is_digit(c) ? c : '-';
	}
	return str_of(id, text.len);
}
