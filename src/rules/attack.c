/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/attack.h"

#include <limits.h>
#include <stdio.h>

#include "base/io.h"
#include "base/map.h"

#define FILE_MAX (4u * 1024 * 1024)
#define CELL_MAX 256
#define TAG_MAX 64

struct table {
	struct str rest;
	unsigned line;
};

static bool is_cell(struct str cell)
{
	if (!cell.len || cell.len > CELL_MAX || !str_is_utf8(cell))
		return false;
	for (size_t i = 0; i < cell.len; i++)
		if ((unsigned char)cell.ptr[i] < ' ' || cell.ptr[i] == 0x7f)
			return false;
	return true;
}

/* The next line that is neither empty nor a comment nor the head: 1, its cells filled; 0 at the end; else
   ERR_SYNTAX, with its place. */
static int next_row(struct table *table, size_t columns, struct str *ret_cells, struct err *ret_err)
{
	struct str line = {0}, cell;
	size_t count = 0;
	bool good = true;

	do {
		if (!str_split(&table->rest, '\n', &line))
			return 0;
		table->line++;
		line = str_trim(line);
	} while (!line.len || line.ptr[0] == '#' || str_starts(line, STR("id\t")));
	for (; good && str_split(&line, '\t', &cell); count++) {
		cell = str_trim(cell);
		good = count < columns && is_cell(cell);
		if (good)
			ret_cells[count] = cell;
	}
	if (good && count == columns)
		return 1;
	return err_set(ret_err, ERR_SYNTAX, table->line, 0,
		       "expected %zu texts with tabs between them, each of at most %d bytes", columns,
		       CELL_MAX);
}

/* One too many, or one that is there already. */
static int refuse_row(const struct table *table, int code, struct str id, struct err *ret_err)
{
	return err_set(ret_err, code, table->line, 0, "%.*s: %s", STR_FMT(id), err_text(code));
}

static struct str lower_dash(struct str text, char out[TAG_MAX])
{
	size_t len = text.len < TAG_MAX ? text.len : TAG_MAX;

	for (size_t i = 0; i < len; i++)
		out[i] = text.ptr[i] == '_' ? '-' : char_lower(text.ptr[i]);
	return str_of(out, len);
}

static int read_tactics(struct attack *attack, struct table *table, struct err *ret_err)
{
	struct str cells[3] = {0};
	int r;

	while ((r = next_row(table, 3, cells, ret_err)) > 0) {
		if (attack->tactic_count == ATTACK_TACTICS_MAX)
			return refuse_row(table, ERR_LIMIT, cells[0], ret_err);
		attack->tactics[attack->tactic_count++] =
			(struct attack_tactic){.id = cells[0], .shortname = cells[1], .name = cells[2]};
	}
	return r;
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

static int read_techniques(struct attack *attack, struct table *table, struct err *ret_err)
{
	struct str cells[3] = {0};
	char lower[TAG_MAX];
	int r;

	while ((r = next_row(table, 3, cells, ret_err)) > 0) {
		struct str id = cells[0];
		size_t dot = str_find_char(id, '.');

		if (attack->technique_count == ATTACK_TECHNIQUES_MAX)
			return refuse_row(table, ERR_LIMIT, id, ret_err);
		if (find_technique(attack, id) != ATTACK_NONE)
			return refuse_row(table, ERR_DUPLICATE, id, ret_err);
		attack->techniques[attack->technique_count] = (struct attack_technique){
			.id = id,
			.name = cells[1],
			.tactics = tactic_bits(attack, cells[2]),
			.parent = dot == STR_NOT_FOUND ? ATTACK_NONE
						       : find_technique(attack, str_head(id, dot)),
		};
		*map_put(attack->places, lower_dash(id, lower), NULL) = ++attack->technique_count;
	}
	return r;
}

static int read_chinese(struct attack *attack, struct table *table, struct err *ret_err)
{
	struct str cells[2] = {0};
	int r;

	while ((r = next_row(table, 2, cells, ret_err)) > 0) {
		uint32_t index = find_technique(attack, cells[0]);

		if (index == ATTACK_NONE) /* ATT&CK has withdrawn it since */
			continue;
		if (attack->techniques[index].name_zh.len)
			return refuse_row(table, ERR_DUPLICATE, cells[0], ret_err);
		attack->techniques[index].name_zh = cells[1];
	}
	return r;
}

typedef int read_rows(struct attack *attack, struct table *table, struct err *ret_err);

static int read_table(struct attack *attack, const char *folder, const char *name, read_rows *read,
		      struct arena *arena, struct err *ret_err)
{
	struct buf text = {0};
	struct table table = {0};
	char path[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	r = io_read_file(path, FILE_MAX, &text);
	if (r == 0) {
		table.rest = arena_copy(arena, buf_str(&text));
		r = read(attack, &table, ret_err);
	} else {
		err_set(ret_err, r, 0, 0, "%s", err_text(r));
	}
	buf_done(&text);
	if (r < 0 && ret_err)
		err_set_file(ret_err, path);
	return r;
}

int attack_load(struct attack *attack, const char *folder, struct arena *arena, struct err *ret_err)
{
	struct attack loaded = {
		.techniques = arena_array(arena, struct attack_technique, ATTACK_TECHNIQUES_MAX),
		.places = map_new(),
	};
	int r = read_table(&loaded, folder, "tactics.tsv", read_tactics, arena, ret_err);

	if (r == 0)
		r = read_table(&loaded, folder, "techniques.tsv", read_techniques, arena, ret_err);
	if (r == 0)
		*attack = loaded;
	else
		attack_done(&loaded);
	return r;
}

int attack_load_chinese(struct attack *attack, const char *folder, struct arena *arena, struct err *ret_err)
{
	return read_table(attack, folder, "techniques.zh-CN.tsv", read_chinese, arena, ret_err);
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
