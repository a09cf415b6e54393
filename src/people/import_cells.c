/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "people/import_private.h"

#define HOLDERS_MAX 32

static struct import_cell cell_of(struct importing *importing, struct str text, int64_t number)
{
	struct import_cell cell = {.given = true, .text = text, .number = number};

	if (number)
		cell.key = arena_printf(importing->arena, "%" PRId64, number);
	return cell;
}

struct import_cell cell_text(struct importing *importing, struct str text)
{
	struct import_cell cell = {.given = true, .text = arena_copy(importing->arena, text)};

	cell.key = cell.text;
	return cell;
}

struct import_cell cell_number(struct importing *importing, int64_t number)
{
	return cell_of(importing, arena_printf(importing->arena, "%" PRId64, number), number);
}

struct import_cell cell_word(struct importing *importing, const struct asset_word *words, int number)
{
	for (; words->name; words++)
		if (words->number == number)
			return cell_of(importing, str_from(words->chinese), number);
	return cell_of(importing, (struct str){0}, 0);
}

/* --- levels and times ----------------------------------------------------------------------------------- */

static const char *const levels[] = {"", "第一级", "第二级", "第三级", "第四级", "第五级", NULL};
const char *const *const import_levels = levels + 1;

struct import_cell cell_level(struct importing *importing, int level)
{
	return cell_of(importing, str_from(level >= 0 && level <= ASSET_MLPS_MAX ? levels[level] : ""),
		       level);
}

/* 3, 三, 三级, 第三级. */
static int read_level(struct importing *importing, struct str text, struct import_cell *cell,
		      struct err *ret_err)
{
	struct str rest = str_starts(text, STR("第")) ? str_from_offset(text, 3) : text;

	if (str_ends(rest, STR("级")))
		rest.len -= 3;
	for (int i = 1; i <= ASSET_MLPS_MAX; i++)
		if ((rest.len == 1 && rest.ptr[0] == '0' + i) || str_eq(rest, str_of(levels[i] + 3, 3))) {
			*cell = cell_level(importing, i);
			return 0;
		}
	return err_set(ret_err, ERR_RANGE, 0, 0,
		       "'%.*s' is no level: write 1 to 5 or 第一级 to 第五级, nothing where there is none",
		       STR_FMT(text));
}

/* A day where it begins then, else the moment. An end is the last day of it. */
struct import_cell cell_time(struct importing *importing, int64_t time, bool is_end)
{
	int64_t zone = importing->options->zone, local;
	struct clock_civil civil;
	struct import_cell cell;
	char text[CLOCK_TEXT_SIZE];

	if (time == REGISTER_OPEN)
		return (struct import_cell){.given = true};
	local = time + zone;
	if (local % CLOCK_DAY == 0) {
		clock_to_civil(is_end ? local - CLOCK_DAY : local, &civil);
		cell = cell_of(importing,
			       arena_printf(importing->arena, "%04" PRId64 "-%02d-%02d", civil.year,
					    civil.month, civil.day),
			       time);
	} else {
		clock_format(time, text);
		cell = cell_of(importing, arena_copy(importing->arena, str_from(text)), time);
	}
	return cell;
}

/* 2026-1-31, 2026/1/31, 2026.1.31, 2026年1月31日. */
static bool read_day(struct str text, int64_t *ret_time)
{
	static const char *const separators[][3] = {
		{"-", "-", ""}, {"/", "/", ""}, {".", ".", ""}, {"年", "月", "日"}};

	for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]); i++) {
		struct clock_civil civil = {0}, back;
		struct str rest = text;
		int64_t numbers[3];
		int at = 0;

		for (; at < 3; at++) {
			struct str separator = str_from(separators[i][at]);
			size_t end = separator.len ? str_find(rest, separator) : rest.len;

			if (end == STR_NOT_FOUND || end == 0 || end > 4 || !char_is_digit(rest.ptr[0]) ||
			    str_to_i64(str_head(rest, end), &numbers[at]) < 0)
				break;
			rest = str_from_offset(rest, end + separator.len);
		}
		if (at < 3 || rest.len)
			continue;
		civil.year = numbers[0];
		civil.month = (int)numbers[1];
		civil.day = (int)numbers[2];
		if (civil.year < 1900 || civil.month < 1 || civil.month > 12 || civil.day < 1 ||
		    civil.day > 31)
			return false;
		*ret_time = clock_from_civil(&civil);
		clock_to_civil(*ret_time, &back);
		return back.month == civil.month && back.day == civil.day;
	}
	return false;
}

static int read_time(struct importing *importing, struct str text, bool is_end, struct import_cell *cell,
		     struct err *ret_err)
{
	int64_t zone = importing->options->zone, time;

	if (read_day(text, &time))
		time += (is_end ? CLOCK_DAY : 0) - zone;
	else if (clock_parse(text, zone, &time) < 0)
		return err_set(ret_err, ERR_RANGE, 0, 0,
			       "'%.*s' is no date: write 2026-01-31 or 2026-01-31 08:30:00", STR_FMT(text));
	*cell = cell_time(importing, time, is_end);
	return 0;
}

/* --- words ---------------------------------------------------------------------------------------------- */

static int read_word(struct importing *importing, const struct asset_word *words, struct str text,
		     struct import_cell *cell, struct err *ret_err)
{
	struct buf all = {0};
	int number, r = asset_word_parse(words, text, &number);

	if (r == 0) {
		*cell = cell_word(importing, words, number);
		return 0;
	}
	for (; words->name; words++)
		buf_printf(&all, "%s%s", all.len ? "、" : "", words->chinese);
	r = err_set(ret_err, ERR_UNKNOWN, 0, 0, "'%.*s' is none of %s", STR_FMT(text), buf_cstr(&all));
	buf_done(&all);
	return r;
}

/* --- references ----------------------------------------------------------------------------------------- */

static int find_reference(struct importing *importing, enum register_kind kind, struct str text,
			  int64_t *ret_id)
{
	const struct register_view view = {.time = importing->view_time};

	if (kind == REGISTER_UNIT)
		return unit_find(importing->tx, text, &view, ret_id);
	if (kind == REGISTER_PERSON)
		return person_find(importing->tx, text, &view, ret_id);
	return asset_find(importing->tx, text, &view, ret_id);
}

/* What stands in the brackets at the end of "NAME(CODE)", of either width. */
static bool split_brackets(struct str text, struct str *ret_code)
{
	static const struct {
		const char *open, *close;
	} brackets[] = {{"(", ")"}, {"（", "）"}};

	for (size_t i = 0; i < 2; i++) {
		struct str open = str_from(brackets[i].open), close = str_from(brackets[i].close),
			   rest = text;
		size_t at, last = STR_NOT_FOUND;

		if (!str_ends(text, close))
			continue;
		while ((at = str_find(rest, open)) != STR_NOT_FOUND) {
			rest = str_from_offset(rest, at + open.len);
			last = text.len - rest.len;
		}
		if (last == STR_NOT_FOUND || last + close.len >= text.len)
			continue;
		*ret_code = str_trim(str_of(text.ptr + last, text.len - last - close.len));
		return ret_code->len > 0;
	}
	return false;
}

static int resolve(struct importing *importing, enum register_kind kind, struct str text, int64_t *ret_id,
		   struct err *ret_err)
{
	static const struct {
		const char *noun, *unique;
	} nouns[] = {[REGISTER_UNIT] = {WORDS("unit"), WORDS("its code")},
		     [REGISTER_PERSON] = {WORDS("person"), WORDS("the number of staff or the mail address")},
		     [REGISTER_ASSET] = {WORDS("asset"), WORDS("another name, which only one has")}};
	struct str code;
	int r = find_reference(importing, kind, text, ret_id);

	if ((r == ERR_END || r == ERR_DUPLICATE) && split_brackets(text, &code)) {
		int again = find_reference(importing, kind, code, ret_id);

		r = again == 0 || r == ERR_END ? again : r;
	}
	if (r == ERR_END)
		return err_set(ret_err, ERR_UNKNOWN, 0, 0,
			       "the register has no %s '%.*s': import it first, or write %s",
			       words_of(nouns[kind].noun), STR_FMT(text), words_of(nouns[kind].unique));
	if (r == ERR_DUPLICATE)
		return err_set(ret_err, ERR_DUPLICATE, 0, 0, "more than one %s is called '%.*s': write %s",
			       words_of(nouns[kind].noun), STR_FMT(text), words_of(nouns[kind].unique));
	return r;
}

/* The first two texts that a visitor is given: name and code. */
struct names {
	struct arena *arena;
	struct str name, code;
};

static int take_unit(void *context, const struct unit *unit)
{
	struct names *names = context;

	names->name = arena_copy(names->arena, unit->name);
	names->code = arena_copy(names->arena, unit->code);
	return 0;
}

static int take_person(void *context, const struct person *person)
{
	struct names *names = context;

	names->name = arena_copy(names->arena, person->name);
	names->code = arena_copy(names->arena, person->number);
	return 0;
}

static int take_asset(void *context, const struct asset *asset)
{
	struct names *names = context;

	names->name = arena_copy(names->arena, asset->name);
	names->code = (struct str){0};
	return 0;
}

/* Its last state, where it is over at the time of the import: states come by time. */
static void read_names(struct importing *importing, enum register_kind kind, int64_t id, struct names *names)
{
	const struct register_view view = {.time = importing->view_time};
	int r;

	if (kind == REGISTER_UNIT)
		r = unit_get(importing->tx, id, &view, take_unit, names);
	else if (kind == REGISTER_PERSON)
		r = person_get(importing->tx, id, &view, take_person, names);
	else
		r = asset_get(importing->tx, id, &view, take_asset, names);
	if (r == ERR_END && kind == REGISTER_UNIT)
		unit_states(importing->tx, id, take_unit, names);
	else if (r == ERR_END && kind == REGISTER_PERSON)
		person_states(importing->tx, id, take_person, names);
	else if (r == ERR_END)
		asset_states(importing->tx, id, take_asset, names);
}

struct import_cell cell_reference(struct importing *importing, enum register_kind kind, int64_t id)
{
	struct names names = {.arena = importing->arena};

	if (!id)
		return (struct import_cell){.given = true};
	read_names(importing, kind, id, &names);
	if (!names.name.len) /* nothing is said of it any more */
		names.name = arena_printf(importing->arena, "#%" PRId64, id);
	return cell_of(importing,
		       names.code.len ? arena_printf(importing->arena, "%.*s(%.*s)", STR_FMT(names.name),
						     STR_FMT(names.code))
				      : names.name,
		       id);
}

/* --- lists ---------------------------------------------------------------------------------------------- */

/* The next part of a list; separators are characters of any length. */
static bool next_part(struct str *rest, const char *const *separators, struct str *ret_part)
{
	while (rest->len) {
		size_t end = 0, skip = 0;

		for (; end < rest->len && !skip; end += !skip)
			for (size_t i = 0; separators[i] && !skip; i++)
				if (str_starts(str_from_offset(*rest, end), str_from(separators[i])))
					skip = strlen(separators[i]);
		*ret_part = str_trim(str_head(*rest, end));
		*rest = str_from_offset(*rest, end + skip);
		if (ret_part->len)
			return true;
	}
	return false;
}

struct import_cell cell_identifiers(struct importing *importing, struct str list, int kind)
{
	enum identifier_kind found;
	struct buf all = {0};
	struct import_cell cell;
	struct str text;

	while (identifiers_next(&list, &found, &text))
		if ((int)found == kind)
			buf_printf(&all, "%s%.*s", all.len ? " " : "", STR_FMT(text));
	cell = cell_text(importing, buf_str(&all));
	buf_done(&all);
	return cell;
}

static int read_identifiers(struct importing *importing, int kind, struct str text, struct import_cell *cell,
			    struct err *ret_err)
{
	/* A comma or semicolon may be part of a URL. */
	static const char *const separators[] = {"\n", "\r", "\t", " ", "\u3000", "；",
						 "，", "、", ";",  ",", NULL};
	static const char *const of_urls[] = {"\n", "\r", "\t", " ", "\u3000", "；", "，", "、", NULL};
	struct buf list = {0};
	struct err err = {0};
	struct str part;
	int r = 0;

	while (r == 0 && next_part(&text, kind == IDENTIFIER_URL ? of_urls : separators, &part)) {
		r = identifiers_add(&list, (enum identifier_kind)kind, part, &err);
		if (r < 0)
			err_set(ret_err, r, 0, 0, "%s; several are separated by spaces or line ends",
				err.message);
	}
	if (r == 0)
		r = identifiers_finish(&list, ret_err);
	if (r == 0)
		*cell = cell_identifiers(importing, buf_str(&list), kind);
	buf_done(&list);
	return r;
}

/* --- holders -------------------------------------------------------------------------------------------- */

struct holders {
	int64_t ids[HOLDERS_MAX];
	size_t count;
};

static int take_holder(void *context, const struct held_duty *duty)
{
	struct holders *holders = context;

	if (holders->count < HOLDERS_MAX)
		holders->ids[holders->count++] = duty->person;
	return 0;
}

/* Sorted, so that the order in which people are named makes no difference. */
static struct import_cell holders_cell(struct importing *importing, struct holders *holders)
{
	struct import_cell cell = {.given = true};
	struct buf text = {0}, key = {0};

	for (size_t i = 1; i < holders->count; i++)
		for (size_t k = i; k > 0 && holders->ids[k] < holders->ids[k - 1]; k--) {
			int64_t id = holders->ids[k];

			holders->ids[k] = holders->ids[k - 1];
			holders->ids[k - 1] = id;
		}
	for (size_t i = 0; i < holders->count; i++) {
		struct import_cell person = cell_reference(importing, REGISTER_PERSON, holders->ids[i]);

		if (i && holders->ids[i] == holders->ids[i - 1])
			continue;
		buf_printf(&text, "%s%.*s", text.len ? "; " : "", STR_FMT(person.text));
		buf_printf(&key, "%s%" PRId64, key.len ? "," : "", holders->ids[i]);
	}
	cell.text = arena_copy(importing->arena, buf_str(&text));
	cell.key = arena_copy(importing->arena, buf_str(&key));
	buf_done(&text);
	buf_done(&key);
	return cell;
}

struct import_cell cell_holders(struct importing *importing, int64_t asset, enum duty duty,
				const struct register_view *view)
{
	const struct duty_filter filter = {.view = *view, .asset = asset, .duty = duty, .limit = HOLDERS_MAX};
	struct holders holders = {0};
	int64_t next;

	duty_list(importing->tx, &filter, take_holder, &holders, &next);
	return holders_cell(importing, &holders);
}

static int read_holders(struct importing *importing, struct str text, struct import_cell *cell,
			struct err *ret_err)
{
	static const char *const separators[] = {";", "；", "、", ",", "，", "\n", NULL};
	struct holders holders = {0};
	struct str part;

	while (next_part(&text, separators, &part)) {
		int64_t id;
		int r = resolve(importing, REGISTER_PERSON, part, &id, ret_err);

		if (r == 0 && holders.count == HOLDERS_MAX)
			r = err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d people", HOLDERS_MAX);
		if (r < 0)
			return r;
		holders.ids[holders.count++] = id;
	}
	*cell = holders_cell(importing, &holders);
	return 0;
}

/* --- all of them ---------------------------------------------------------------------------------------- */

static int read_number(struct importing *importing, struct str text, struct import_cell *cell,
		       struct err *ret_err)
{
	int64_t number;

	if (str_to_i64(text, &number) < 0 || number <= 0)
		return err_set(ret_err, ERR_RANGE, 0, 0,
			       "'%.*s' is no number: exports fill this column, new rows leave it empty",
			       STR_FMT(text));
	*cell = cell_number(importing, number);
	return 0;
}

static int read_reference(struct importing *importing, enum register_kind kind, struct str text,
			  struct import_cell *cell, struct err *ret_err)
{
	int64_t id;
	int r = resolve(importing, kind, text, &id, ret_err);

	if (r == 0)
		*cell = cell_reference(importing, kind, id);
	return r;
}

int import_cell_read(struct importing *importing, const struct import_column *column, struct str text,
		     struct import_cell *cell, struct err *ret_err)
{
	text = str_trim(text);
	if (!text.len && column->type != COLUMN_TO) {
		*cell = (struct import_cell){.given = true};
		return 0;
	}
	switch (column->type) {
	case COLUMN_ID:
	case COLUMN_VERSION:
		return read_number(importing, text, cell, ret_err);
	case COLUMN_WORD:
		return read_word(importing, column->words, text, cell, ret_err);
	case COLUMN_LEVEL:
		return read_level(importing, text, cell, ret_err);
	case COLUMN_UNIT:
		return read_reference(importing, REGISTER_UNIT, text, cell, ret_err);
	case COLUMN_PERSON:
		return read_reference(importing, REGISTER_PERSON, text, cell, ret_err);
	case COLUMN_ASSET:
		return read_reference(importing, REGISTER_ASSET, text, cell, ret_err);
	case COLUMN_IDENTIFIERS:
		return read_identifiers(importing, column->detail, text, cell, ret_err);
	case COLUMN_HOLDERS:
		return read_holders(importing, text, cell, ret_err);
	case COLUMN_FROM:
		return read_time(importing, text, false, cell, ret_err);
	case COLUMN_TO:
		if (text.len)
			return read_time(importing, text, true, cell, ret_err);
		*cell = cell_time(importing, REGISTER_OPEN, true);
		return 0;
	case COLUMN_TEXT:
		break;
	}
	*cell = cell_text(importing, text);
	return 0;
}
