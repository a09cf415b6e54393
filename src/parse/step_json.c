/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: an object's members as attributes, names of nested ones joined with
 * dots, items of lists repeated under the list's name.
 *
 *   strip       prefixes of names to take off, "Event.System."; a * stands for
 *               one part: "Event.UserData.*."
 *   attributes  the member that holds an XML element's attributes ("#attributes"):
 *               they are joined to the element's name with _
 *   content     the member that holds an XML element's text ("#text"): it takes
 *               the element's name
 */
#include "parse/set.h"
#include "parse/steps.h"

struct json_options {
	struct str_list strips, verbatim;
	struct str attributes, content;
	bool own_word; /* product, category and service of the root are those of Sigma */
};

struct flattening {
	struct run *run;
	const struct json_options *options;
	struct str input;          /* strings inside it are views that live on; others are the parser's */
	struct shape_notes *notes; /* NULL: the shape is not taken down */
};

static int compile(struct compiler *c, const struct yaml_node *node, const void **ret_options)
{
	static const char *const keys[] = {STEP_KEYS,  "strip",    "attributes", "content",
					   "verbatim", "own_word", NULL};
	struct json_options *options = arena_struct(c->arena, struct json_options);
	const struct yaml_node *option;
	int r = compile_keys(c, node, keys);

	if (r == 0 && (option = yaml_get(node, "strip")))
		r = compile_list(c, option, "strip", STRIPS_MAX, &options->strips);
	for (size_t i = 0; r == 0 && i < options->strips.count; i++)
		if (!str_ends(options->strips.items[i], STR(".")))
			r = compile_error(c, node, "a prefix to strip ends with a dot");
	if (r == 0)
		r = compile_bool(c, yaml_get(node, "own_word"), true, &options->own_word);
	if (r == 0 && (option = yaml_get(node, "verbatim")))
		r = compile_list(c, option, "verbatim", STRIPS_MAX, &options->verbatim);
	if (r == 0 && (option = yaml_get(node, "attributes")))
		r = compile_text(c, option, "attributes", &options->attributes);
	if (r == 0 && (option = yaml_get(node, "content")))
		r = compile_text(c, option, "content", &options->content);
	*ret_options = options;
	return r;
}

/* A text that lives as long as the event. */
static struct str keep(const struct flattening *f, const struct json_node *node)
{
	struct str text = str_of(node->text, node->len);

	if ((uintptr_t)text.ptr - (uintptr_t)f->input.ptr < f->input.len)
		return text;
	return text.len ? arena_copy(f->run->event->arena, text) : text;
}

static struct value value_of(const struct flattening *f, const struct json_node *node)
{
	static const uint8_t types[] = {
		[JSON_FALSE] = VALUE_BOOL,    [JSON_TRUE] = VALUE_BOOL,    [JSON_NUMBER] = VALUE_NUMBER,
		[JSON_STRING] = VALUE_STRING, [JSON_ARRAY] = VALUE_STRING, /* as its source: verbatim */
		[JSON_OBJECT] = VALUE_STRING,
	};
	struct str text;

	if (node->type == JSON_NULL)
		return (struct value){"", 0, VALUE_NULL};
	text = keep(f, node);
	return (struct value){text.ptr, (uint32_t)text.len, types[node->type]};
}

/* The attribute that was added last is what node became. name: what the source knows of it. */
static void note(struct flattening *f, const struct json_node *node, const struct name *name, uint8_t own)
{
	const struct event *event = f->run->event;
	const struct attr *attr = &event->attrs[event->attr_count - 1];

	if (!f->notes)
		return;
	if (f->notes->count < SHAPE_LEAVES_MAX)
		f->notes->items[f->notes->count] =
			(struct shape_note){node, name, attr->key, attr->hash, own};
	f->notes->count++;
}

static void flatten_object(struct flattening *f, const struct json_node *object, struct str prefix,
			   char separator);

static void flatten_value(struct flattening *f, const struct json_node *node, struct str path)
{
	switch (node->type) {
	case JSON_OBJECT:
		flatten_object(f, node, name_is_stripped(&f->options->strips, path) ? (struct str){0} : path,
			       '.');
		break;
	case JSON_ARRAY:
		for (const struct json_node *item = json_first(node); item; item = json_next(node, item))
			flatten_value(f, item, path);
		break;
	default:
		note(f, node, run_add(f->run, path, hash_str(path), value_of(f, node)), 0);
	}
}

static void flatten_object(struct flattening *f, const struct json_node *object, struct str prefix,
			   char separator)
{
	struct event *event = f->run->event;

	for (const struct json_node *key = json_first(object); key; key = json_next(object, key + 1)) {
		struct str name = str_of(key->text, key->len);

		if (event->attr_count == EVENT_ATTRS_MAX) {
			event->attrs_dropped++;
		} else if (prefix.len && str_eq(name, f->options->content)) {
			flatten_value(f, key + 1, prefix);
		} else if (name.len && str_eq(name, f->options->attributes) && key[1].type == JSON_OBJECT) {
			flatten_object(f, key + 1, prefix, '_');
		} else {
			if (!prefix.len)
				name = keep(f, key);
			if (key[1].type < JSON_ARRAY)
				note(f, key + 1,
				     run_add_joined(f->run, prefix, separator, name, value_of(f, key + 1)),
				     0);
			else
				flatten_value(f, key + 1, name_join(event->arena, prefix, separator, name));
		}
	}
}

/* part: as in struct name */
static void decide_sigma(struct run *run, uint8_t part, struct value value)
{
	struct logsource *sigma = &run->event->logsource;
	struct str *parts[] = {&sigma->product, &sigma->category, &sigma->service};

	if (value.type != VALUE_STRING)
		return;
	*parts[part - 1] = value_str(value);
	run->own_sigma |= (uint8_t)(1u << (part - 1));
}

/* What the source knows of a key of the root, NULL for nothing; and its hash. The memo of one that was there
   when the source was looked for has been filled. */
static const struct name *find_name(struct run *run, const struct json_node *key, bool looked,
				    uint64_t *ret_hash)
{
	const struct names *names = &run->source->names;
	const struct str name = str_head(str_of(key->text, key->len), NAME_MAX_LEN);
	bool fresh;
	struct key_memo *memo = key_memo_find(run->parser->keys, key, &fresh);

	if (!looked || !memo || fresh) {
		*ret_hash = hash_str(name);
		return names_find(names, name, *ret_hash);
	}
	if (memo->names != names) {
		memo->names = names;
		memo->name = names_find(names, name, memo->hash);
	}
	*ret_hash = memo->hash;
	return memo->name;
}

static bool is_verbatim(const struct flattening *f, const struct json_node *key)
{
	const struct str_list *names = &f->options->verbatim;

	for (size_t i = 0; i < names->count; i++)
		if (str_eq(names->items[i], str_of(key->text, key->len)))
			return true;
	return false;
}

static void add_verbatim(struct flattening *f, const struct json_node *key)
{
	struct event *event = f->run->event;
	struct str name = str_head(keep(f, key), NAME_MAX_LEN);

	run_add(f->run, name, hash_str(name), value_of(f, key + 1));
	event->attrs[event->attr_count - 1].flags |= ATTR_DERIVED;
}

/* looked: root is what the source was recognised by. */
static void flatten_root(struct flattening *f, const struct json_node *root, bool looked)
{
	for (const struct json_node *key = json_first(root); key; key = json_next(root, key + 1)) {
		const struct name *known;
		uint64_t hash;
		struct value value;

		if (f->run->event->attr_count == EVENT_ATTRS_MAX) {
			f->run->event->attrs_dropped++;
			continue;
		}
		if (f->options->verbatim.count && is_verbatim(f, key)) {
			add_verbatim(f, key);
			continue;
		}
		if (key[1].type >= JSON_ARRAY) {
			flatten_value(f, key + 1, str_head(keep(f, key), NAME_MAX_LEN));
			continue;
		}
		known = find_name(f->run, key, looked, &hash);
		value = value_of(f, key + 1);
		if (known)
			run_add_name(f->run, known, value);
		else
			event_add_attr(f->run->event, str_head(keep(f, key), NAME_MAX_LEN), hash, value, 0);
		if (known && known->own && f->options->own_word)
			decide_sigma(f->run, known->own, value);
		note(f, key + 1, known, known && f->options->own_word ? known->own : 0);
	}
}

/* -- by its shape ---------------------------------------------------------------------------------------- */

static void do_task(struct run *run, const struct shape_task *task, struct attr *attr)
{
	const struct shape_match *match = &run->parser->match;
	const struct shape_leaf *leaf = &match->shape->leaves[task->leaf];

	switch ((enum leaf_task)task->task) {
	case LEAF_KEY_RECORD:
		attr->key.ptr = match->text.ptr + match->places[leaf->entry] + leaf->quote - task->argument;
		break;
	case LEAF_KEY_COPY:
		attr->key = arena_copy(run->event->arena, attr->key);
		break;
	case LEAF_OWN:
		decide_sigma(run, (uint8_t)task->argument, attr->value);
		break;
	}
}

static void fill_slots(struct run *run, const struct plan_slot *slots, size_t count, uint32_t first)
{
	const struct attr *const attrs = run->event->attrs + first;

	for (size_t i = 0; i < count; i++) {
		const struct plan_slot *from = &slots[i];
		struct slot *slot = &run->parser->slots[from->number];

		value_move(&slot->value, &attrs[from->leaf].value);
		slot->stamp = run->parser->stamp;
		slot->attr = (uint16_t)(first + from->leaf + 1);
		slot->repeated = from->repeated;
	}
}

/* What flatten_root() would make of a record that follows the shape; no slot is filled yet. By a plan, those
   that are read alone. */
static void add_leaves(struct run *run, const struct shape *shape)
{
	struct event *event = run->event;
	struct attr *const attrs = run->parser->match.attrs;
	const uint32_t first = event->attr_count;

	event->attr_count = first + shape->leaf_count;
	if (shape->plans && !run->depth && !event->field_count)
		run->plan = plans_find(shape->plans, (struct plan_values){&attrs->value, sizeof(*attrs)});
	run->first_leaf = first;
	if (run->plan)
		fill_slots(run, run->plan->slots, run->plan->slot_count, first);
	else
		fill_slots(run, shape->slots, shape->slot_count, first);
	for (uint32_t i = 0; i < shape->filled_words; i++)
		run->parser->filled[i] |= shape->filled[i];
	for (uint32_t i = 0; i < shape->task_count; i++)
		do_task(run, &shape->tasks[i], &attrs[shape->tasks[i].leaf]);
}

/* -- the step -------------------------------------------------------------------------------------------- */

/* Whether this is what the shape was found for, and nobody has added attributes since. */
static bool can_follow(const struct run *run, const struct json_options *options, struct str text)
{
	return run->shape && run->shape->options == options && text.ptr == run->raw.ptr &&
	       run->parser->match.attrs == run->event->attrs + run->event->attr_count;
}

/* Flattens root, which the source was recognised by, and takes its shape down where it should. */
static void flatten_looked(struct flattening *f, const struct json_node *root)
{
	struct run *run = f->run;
	const uint32_t before = run->event->attr_count;

	if (run->index) {
		f->notes = run->parser->notes;
		f->notes->count = 0;
	}
	flatten_root(f, root, true);
	if (f->notes && !run->event->attrs_dropped && run->event->attr_count - before == f->notes->count)
		shapes_keep(run->parser->shapes, &run->parser->set->recognisers, run->look, run->source,
			    f->options, str_trim(f->input), run->index, root, f->notes);
}

static int run(struct run *run, const void *options, struct str text)
{
	struct flattening f = {run, options, text, NULL};
	const struct json_node *root = run->json;
	const struct shape *shape = can_follow(run, options, text) ? run->shape : NULL;
	const bool looked = root && text.ptr == run->raw.ptr;
	int r = 0;

	if (!looked && !shape) {
		text = str_trim(text);
		if (str_starts(text, STR("@cee:")))
			text = str_from_offset(text, 5);
		r = json_parse(run->parser->json, text, &root, NULL);
	}
	run->json = NULL;
	run->shape = NULL;
	if (r < 0)
		return r;
	if (shape) {
		add_leaves(run, shape);
		return 0;
	}
	if (root->type != JSON_OBJECT)
		return ERR_SYNTAX;
	event_reserve_attrs(run->event, root->skip / 2);
	if (looked)
		flatten_looked(&f, root);
	else
		flatten_root(&f, root, false);
	return 0;
}

const struct step_kind step_json = {"json", compile, run};
