/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/attack.h"

#include <limits.h>
#include <stdio.h>

#include "base/io.h"
#include "base/map.h"

#define FILE_MAX (4u * 1024 * 1024)
#define TAG_MAX 64

/* Lines of a table: no comments, no head. */
static bool next_line(struct str *rest, struct str *ret_line)
{
	while (str_split(rest, '\n', ret_line))
		if (ret_line->len && ret_line->ptr[0] != '#' && !str_starts(*ret_line, STR("id\t")))
			return true;
	return false;
}

static struct str lower_dash(struct str text, char out[TAG_MAX])
{
	size_t len = text.len < TAG_MAX ? text.len : TAG_MAX;

	for (size_t i = 0; i < len; i++)
		out[i] = text.ptr[i] == '_' ? '-' : char_lower(text.ptr[i]);
	return str_of(out, len);
}

static void read_tactics(struct attack *attack, struct str rest)
{
	struct str line;

	while (attack->tactic_count < ATTACK_TACTICS_MAX && next_line(&rest, &line)) {
		struct attack_tactic *tactic = &attack->tactics[attack->tactic_count];

		if (str_split(&line, '\t', &tactic->id) && str_split(&line, '\t', &tactic->shortname) &&
		    str_split(&line, '\t', &tactic->name))
			attack->tactic_count++;
	}
}

static uint32_t tactic_bits(const struct attack *attack, struct str names)
{
	uint32_t bits = 0;
	struct str name;

	while (str_split(&names, ',', &name))
		for (uint32_t i = 0; i < attack->tactic_count; i++)
			if (str_eq(attack->tactics[i].shortname, str_trim(name)))
				bits |= 1u << i;
	return bits;
}

static uint32_t find_technique(const struct attack *attack, struct str id)
{
	char lower[TAG_MAX];
	const uint64_t *place = map_get(attack->places, lower_dash(id, lower));

	return place ? (uint32_t)*place - 1 : ATTACK_NONE;
}

static void read_techniques(struct attack *attack, struct str rest, struct arena *arena)
{
	struct str line, tactics;
	char lower[TAG_MAX];

	attack->techniques = arena_array(arena, struct attack_technique, ATTACK_TECHNIQUES_MAX);
	while (attack->technique_count < ATTACK_TECHNIQUES_MAX && next_line(&rest, &line)) {
		struct attack_technique *technique = &attack->techniques[attack->technique_count];
		size_t dot;

		if (!str_split(&line, '\t', &technique->id) || !str_split(&line, '\t', &technique->name) ||
		    !str_split(&line, '\t', &tactics))
			continue;
		technique->tactics = tactic_bits(attack, tactics);
		dot = str_find_char(technique->id, '.');
		technique->parent = dot == STR_NOT_FOUND
					    ? ATTACK_NONE
					    : find_technique(attack, str_head(technique->id, dot));
		*map_put(attack->places, lower_dash(technique->id, lower), NULL) = ++attack->technique_count;
	}
}

static int read_table(const char *folder, const char *name, struct arena *arena, struct str *ret_text,
		      struct err *ret_err)
{
	struct buf text = {0};
	char path[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	r = io_read_file(path, FILE_MAX, &text);
	if (r == 0)
		*ret_text = arena_copy(arena, buf_str(&text));
	buf_done(&text);
	return r < 0 ? err_set(ret_err, r, 0, 0, "%s: %s", path, err_text(r)) : 0;
}

int attack_load(struct attack *attack, const char *folder, struct arena *arena, struct err *ret_err)
{
	struct str tactics, techniques;
	int r = read_table(folder, "tactics.tsv", arena, &tactics, ret_err);

	if (r == 0)
		r = read_table(folder, "techniques.tsv", arena, &techniques, ret_err);
	if (r < 0)
		return r;
	*attack = (struct attack){.places = map_new()};
	read_tactics(attack, tactics);
	read_techniques(attack, techniques, arena);
	return 0;
}

void attack_done(struct attack *attack)
{
	map_free(attack->places);
	attack->places = NULL;
}

/* A letter or two and digits: g0007, s0154, c0001, m1042, ta0002, ds0017. */
static bool is_other_id(struct str name)
{
	size_t at = 0;

	while (at < name.len && at < 2 && !char_is_digit(name.ptr[at]))
		at++;
	for (size_t i = at; i < name.len; i++)
		if (!char_is_digit(name.ptr[i]))
			return false;
	return at > 0 && name.len == at + 4 && name.ptr[0] != 't';
}

enum attack_kind attack_tag(const struct attack *attack, struct str tag, uint32_t *ret_index)
{
	char lower[TAG_MAX];
	struct str name = lower_dash(tag, lower);

	if (!str_starts(name, STR("attack.")))
		return ATTACK_OTHER;
	name = str_from_offset(name, sizeof("attack.") - 1);
	*ret_index = find_technique(attack, name);
	if (*ret_index != ATTACK_NONE)
		return ATTACK_TECHNIQUE;
	for (uint32_t i = 0; i < attack->tactic_count; i++)
		if (str_eq(attack->tactics[i].shortname, name) || str_ieq(attack->tactics[i].id, name)) {
			*ret_index = i;
			return ATTACK_TACTIC;
		}
	return is_other_id(name) ? ATTACK_KNOWN : ATTACK_UNKNOWN;
}

bool attack_is_newer(const struct attack *attack, struct str tag)
{
	char lower[TAG_MAX];
	struct str name = lower_dash(tag, lower), newest = {0}, number;
	uint64_t mine, last;

	if (attack->technique_count)
		newest = attack->techniques[attack->technique_count - 1].id;
	if (!str_starts(name, STR("attack.t")) || newest.len < 2)
		return false;
	name = str_from_offset(name, sizeof("attack.t") - 1);
	newest = str_from_offset(newest, 1);
	if (!str_split(&name, '.', &number) || number.len != 4 || str_to_u64(number, &mine) < 0 ||
	    !str_split(&newest, '.', &number) || str_to_u64(number, &last) < 0)
		return false;
	return mine > last;
}
