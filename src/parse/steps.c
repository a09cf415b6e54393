/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/steps.h"

#include "parse/set.h"

#define STEPS(X) X(json) X(syslog) X(kv) X(csv) X(cef) X(leef) X(regex) X(xml)

#define X(name) extern const struct step_kind step_##name;
STEPS(X)
#undef X

static const struct step_kind *const kinds[] = {
#define X(name) &step_##name,
	STEPS(X)
#undef X
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct yaml_node no_options = {.type = YAML_MAPPING};

/* if, unless: {NAME: VALUE or [VALUE, …]} */
static int compile_condition(struct compiler *c, const struct yaml_node *node, struct step *step)
{
	struct table *table = arena_struct(c->arena, struct table);
	struct str_list list = {0};
	struct str *values, key;
	char buf[TABLE_KEY_MAX];
	int r;

	if (node->type != YAML_MAPPING || node->count != 1)
		return compile_error(c, node, "this takes one name with the values it may have");
	r = compile_operand(c, node->keys[0], &step->condition);
	if (r == 0)
		r = compile_list(c, node->values[0], "if", RECOGNISE_LIST_MAX, &list);
	if (r < 0)
		return r;
	table->index = source_set_map(c->set);
	table->values = values = arena_array(c->arena, struct str, list.count);
	for (size_t i = 0; i < list.count; i++) {
		if (!table_key(list.items[i], buf, &key))
			return compile_error(c, node, "a value has at most %d bytes", TABLE_KEY_MAX);
		table->marks |= table_mark(key);
		*map_put(table->index, key, NULL) = i;
		values[i] = list.items[i];
	}
	step->only_if = table;
	return 0;
}

static int compile_step(struct compiler *c, const struct yaml_node *node, struct step *step)
{
	const char *names[KINDS + 1] = {0};
	const struct yaml_node *options = &no_options, *name = node, *option;
	int r = 0;

	if (node->type == YAML_MAPPING && node->count == 1) {
		name = node->keys[0];
		if (!yaml_is_null(node->values[0]))
			options = node->values[0];
	}
	if (name->type != YAML_SCALAR)
		return compile_error(c, node, "a step is its name, or its name with a mapping of options");
	step->from = (struct operand){.kind = OPERAND_TEXT, .field = FIELD_NONE};
	for (size_t i = 0; i < KINDS; i++) {
		names[i] = kinds[i]->name;
		if (str_eq(name->text, str_from(names[i])))
			step->kind = kinds[i];
	}
	if (!step->kind) {
		struct yaml_node wrong = {.type = YAML_MAPPING,
					  .count = 1,
					  .keys = (struct yaml_node *const[]){(struct yaml_node *)name}};

		return compile_keys(c, &wrong, names);
	}
	if ((option = yaml_get(options, "from")))
		r = compile_operand(c, option, &step->from);
	if (r == 0)
		r = compile_bool(c, yaml_get(options, "optional"), false, &step->optional);
	if (r == 0 && (option = yaml_get(options, "if")))
		r = compile_condition(c, option, step);
	if (r == 0 && (option = yaml_get(options, "unless"))) {
		step->negated = true;
		r = step->only_if ? compile_error(c, option, "a step has 'if' or 'unless', not both")
				  : compile_condition(c, option, step);
	}
	return r < 0 ? r : step->kind->compile(c, options, &step->options);
}

int compile_steps(struct compiler *c, const struct yaml_node *node)
{
	struct step *steps;
	int r = 0;

	if (node->type != YAML_SEQUENCE || node->count > STEPS_MAX)
		return compile_error(c, node, "parse is a list of at most %d steps", STEPS_MAX);
	steps = arena_zalloc(c->arena, sizeof(*steps) * (node->count + 1));
	for (uint32_t i = 0; i < node->count && r == 0; i++)
		r = compile_step(c, node->items[i], &steps[i]);
	c->source->steps = steps;
	c->source->step_count = node->count;
	return r;
}

int step_run(struct run *run, const struct step *step)
{
	struct value value;

	if (step->only_if && (run_read(run, &step->condition, &value, NULL) &&
			      table_find(step->only_if, value_str(value)) != TABLE_NONE) == step->negated)
		return 0;
	if (!run_read(run, &step->from, &value, NULL))
		return step->optional ? 0 : ERR_END;
	return step->kind->run(run, step->options, value_str(value));
}

struct str name_join(struct arena *arena, struct str prefix, char separator, struct str name)
{
	char *out;

	if (!prefix.len)
		return str_head(name, NAME_MAX_LEN);
	prefix = str_head(prefix, NAME_MAX_LEN - 1);
	name = str_head(name, NAME_MAX_LEN - 1 - prefix.len);
	out = arena_alloc(arena, prefix.len + 1 + name.len);
	memcpy(out, prefix.ptr, prefix.len);
	out[prefix.len] = separator;
	memcpy(out + prefix.len + 1, name.ptr, name.len);
	return str_of(out, prefix.len + 1 + name.len);
}

static bool is_path(const struct path_memo *memo, struct str prefix, char separator, struct str name)
{
	const size_t start = prefix.len ? prefix.len + 1 : 0;

	return memo->len == start + name.len && memo->prefix_len == prefix.len &&
	       str_bytes_eq(memo->text, prefix.ptr, prefix.len) &&
	       (!prefix.len || memo->text[prefix.len] == separator) &&
	       str_bytes_eq(memo->text + start, name.ptr, name.len);
}

/* The memo of a name, filled; NULL where it has none. */
static struct path_memo *find_path(struct run *run, struct str prefix, char separator, struct str name)
{
	const struct names *names = &run->source->names;
	const size_t start = prefix.len ? prefix.len + 1 : 0;
	struct path_memo *memo;

	if (!name.len || start + name.len > PATH_TEXT_MAX)
		return NULL;
	memo = &run->parser->paths[(key_memo_place(name.ptr, name.len) + prefix.len * 7) % PATH_MEMOS];
	if (!is_path(memo, prefix, separator, name)) {
		if (prefix.len) {
			memcpy(memo->text, prefix.ptr, prefix.len);
			memo->text[prefix.len] = separator;
		}
		memcpy(memo->text + start, name.ptr, name.len);
		memo->len = (uint16_t)(start + name.len);
		memo->prefix_len = (uint16_t)prefix.len;
		memo->hash = hash_bytes(memo->text, memo->len);
		memo->names = NULL;
	}
	if (memo->names != names) {
		memo->names = names;
		memo->name = names_find(names, str_of(memo->text, memo->len), memo->hash);
	}
	return memo;
}

const struct name *run_add_joined(struct run *run, struct str prefix, char separator, struct str name,
				  struct value value)
{
	const struct path_memo *memo = find_path(run, prefix, separator, name);
	struct str path;

	if (memo && memo->name) {
		run_add_name(run, memo->name, value);
		return memo->name;
	}
	path = name_join(run->event->arena, prefix, separator, name);
	if (!memo)
		return run_add(run, path, hash_str(path), value);
	event_add_attr(run->event, path, memo->hash, value, 0);
	return NULL;
}

bool name_is_stripped(const struct str_list *strips, struct str path)
{
	for (size_t i = 0; i < strips->count; i++) {
		struct str strip = strips->items[i], rest = path, want, have = {0};
		bool same = true;

		while (same && str_split(&strip, '.', &want))
			same = str_split(&rest, '.', &have) && (str_eq(want, STR("*")) || str_eq(want, have));
		if (same && rest.len == 0)
			return true;
	}
	return false;
}
