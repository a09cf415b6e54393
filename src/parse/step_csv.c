/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv: values by their place (RFC 4180).
 *
 *   columns     the names; an empty one passes its value over, one that begins
 *               with _ is for the program only
 *   separator   default a comma; \t is a tab
 *   quote       default "; "" inside quotes is one; none: there are no quotes
 *   at_least    how many values there must be, default 1
 *
 * Values behind the last column become columnN.
 */
#include "parse/steps.h"

#define COLUMNS_MAX 512

struct csv_options {
	const struct column *columns;
	size_t count;
	int64_t at_least;
	char separator, quote;
};

static int compile_columns(struct compiler *c, const struct yaml_node *node, struct csv_options *options)
{
	struct str_list names;
	struct column *columns;
	int r;

	if (!node)
		return 0;
	r = compile_list(c, node, "columns", COLUMNS_MAX, &names);
	if (r < 0)
		return r;
	columns = arena_zalloc(c->arena, sizeof(*columns) * (names.count + 1));
	for (size_t i = 0; i < names.count && r == 0; i++)
		if (names.items[i].len)
			r = compile_column(c, node, names.items[i], &columns[i]);
	options->columns = columns;
	options->count = names.count;
	return r;
}

static int compile(struct compiler *c, const struct yaml_node *node, const void **ret_options)
{
	static const char *const keys[] = {STEP_KEYS, "columns", "separator", "quote", "at_least", NULL};
	struct csv_options *options = arena_struct(c->arena, struct csv_options);
	const struct yaml_node *option;
	int r = compile_keys(c, node, keys);

	options->at_least = 1;
	if (r == 0)
		r = compile_columns(c, yaml_get(node, "columns"), options);
	if (r == 0)
		r = compile_char(c, yaml_get(node, "separator"), ',', &options->separator);
	option = yaml_get(node, "quote");
	if (r == 0 && !(option && option->type == YAML_SCALAR && str_eq(option->text, STR("none"))))
		r = compile_char(c, option, '"', &options->quote);
	if (r == 0 && (option = yaml_get(node, "at_least")) &&
	    (yaml_int(option, &options->at_least) < 0 || options->at_least < 1 ||
	     options->at_least > COLUMNS_MAX))
		r = compile_error(c, option, "at_least is a number from 1 to %d", COLUMNS_MAX);
	*ret_options = options;
	return r;
}

static struct str undouble(struct arena *arena, struct str text, char quote)
{
	char *out = arena_alloc(arena, text.len);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == quote && i + 1 < text.len && text.ptr[i + 1] == quote)
			i++;
		out[len++] = text.ptr[i];
	}
	return str_of(out, len);
}

/* Takes a value and the separator behind it; *ret_more says whether there was one. */
static struct str take_value(const struct csv_options *options, struct arena *arena, struct str *text,
			     bool *ret_more)
{
	size_t i = 0, end;
	bool quoted = options->quote && text->len && text->ptr[0] == options->quote, doubled = false;
	struct str value;

	if (quoted) {
		for (i = 1; i < text->len; i++) {
			if (text->ptr[i] != options->quote)
				continue;
			if (i + 1 == text->len || text->ptr[i + 1] != options->quote)
				break;
			doubled = true;
			i++;
		}
		quoted = i < text->len;
	}
	end = quoted ? i + 1 : 0;
	end += str_head(str_from_offset(*text, end),
			str_find_char(str_from_offset(*text, end), options->separator))
		       .len;
	value = quoted ? str_of(text->ptr + 1, i - 1) : str_head(*text, end);
	*ret_more = end < text->len;
	*text = str_from_offset(*text, end + 1);
	return quoted && doubled ? undouble(arena, value, options->quote) : value;
}

static int run(struct run *run, const void *opaque, struct str text)
{
	const struct csv_options *options = opaque;
	struct arena *arena = run->event->arena;
	bool more = true;
	size_t i;

	for (i = 0; more && i < COLUMNS_MAX; i++) {
		struct value value = value_string(take_value(options, arena, &text, &more));

		if (i < options->count) {
			if (options->columns[i].slot)
				run_emit(run, &options->columns[i], value);
		} else if (value.len) {
			struct str key = arena_printf(arena, "column%zu", i + 1);

			run_add(run, key, hash_str(key), value);
		}
	}
	return (int64_t)i < options->at_least ? ERR_SYNTAX : 0;
}

const struct step_kind step_csv = {"csv", compile, run};
