/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml: elements' texts and attributes as attributes of the event, names of nested
 * elements joined with dots, an XML attribute joined to its element with _:
 * <Provider Name="x"/> → Provider_Name.
 *
 *   strip   prefixes of names to take off, as for json
 *   named   element: attribute pairs: such an element is called what that attribute
 *           says: {Data: Name}: <Data Name="Image">x</Data> → Image
 *
 * A scanner, not a validator: no DTD, no entities but the five of XML and numeric
 * ones, name-space prefixes stay. The document must be closed properly.
 */
#include "parse/steps.h"

#define XML_DEPTH_MAX 64
#define XML_ATTRIBUTES_MAX 64

struct xml_options {
	struct str_list strips;
	const struct yaml_node *named;
};

struct xml_attribute {
	struct str name, value;
};

struct xml_element {
	struct str tag, path; /* path is empty below a stripped prefix */
	struct str prefix;    /* of its children */
	bool had_children;
};

struct xml_scan {
	struct run *run;
	const struct xml_options *options;
	struct str rest;
	struct xml_element stack[XML_DEPTH_MAX];
	unsigned depth;
	struct xml_attribute attributes[XML_ATTRIBUTES_MAX];
	unsigned attribute_count;
};

static int compile(struct compiler *c, const struct yaml_node *node, const void **ret_options)
{
	static const char *const keys[] = {STEP_KEYS, "strip", "named", NULL};
	struct xml_options *options = arena_struct(c->arena, struct xml_options);
	const struct yaml_node *option;
	int r = compile_keys(c, node, keys);

	if (r == 0 && (option = yaml_get(node, "strip")))
		r = compile_list(c, option, "strip", STRIPS_MAX, &options->strips);
	for (size_t i = 0; r == 0 && i < options->strips.count; i++)
		if (!str_ends(options->strips.items[i], STR(".")))
			r = compile_error(c, node, "a prefix to strip ends with a dot");
	options->named = yaml_get(node, "named");
	if (r == 0 && options->named && options->named->type != YAML_MAPPING)
		r = compile_error(c, options->named, "named is a mapping from an element to its attribute");
	for (uint32_t i = 0; r == 0 && options->named && i < options->named->count; i++)
		if (options->named->values[i]->type != YAML_SCALAR)
			r = compile_error(c, options->named->values[i], "an attribute's name is a text");
	*ret_options = options;
	return r;
}

static size_t put_utf8(uint32_t code, char *out)
{
	if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
		code = 0xFFFD;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 63));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 63));
		out[2] = (char)(0x80 | (code & 63));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 63));
	out[2] = (char)(0x80 | (code >> 6 & 63));
	out[3] = (char)(0x80 | (code & 63));
	return 4;
}

/* The code of an entity between & and ;, 0 where it is none. */
static uint32_t entity_code(struct str name)
{
	static const struct {
		const char *name;
		char c;
	} entities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
	char hex[16] = "0x";
	uint64_t code;

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (str_eq(name, str_from(entities[i].name)))
			return (uint32_t)entities[i].c;
	if (name.len < 2 || name.len > 10 || name.ptr[0] != '#')
		return 0;
	name = str_from_offset(name, 1);
	if (name.ptr[0] == 'x' && name.len > 1) {
		memcpy(hex + 2, name.ptr + 1, name.len - 1);
		name = str_of(hex, name.len + 1);
	}
	return str_to_u64(name, &code) == 0 && code && code <= 0x10FFFF ? (uint32_t)code : 0;
}

/* An entity is never shorter than the character it stands for, so the text does not grow. */
static struct str decode(struct arena *arena, struct str text)
{
	char *out;
	size_t len = 0;

	if (str_find_char(text, '&') == STR_NOT_FOUND)
		return text;
	out = arena_alloc(arena, text.len + 4);
	for (size_t i = 0; i < text.len; i++) {
		struct str name = str_from_offset(text, i + 1);
		size_t end = text.ptr[i] == '&' ? str_find_char(str_head(name, 12), ';') : STR_NOT_FOUND;
		uint32_t code = end == STR_NOT_FOUND ? 0 : entity_code(str_head(name, end));

		if (code) {
			len += put_utf8(code, out + len);
			i += end + 1;
		} else {
			out[len++] = text.ptr[i];
		}
	}
	return str_of(out, len);
}

static bool is_name_char(char c)
{
	return (unsigned char)c > ' ' && !memchr("/>=\"'<", c, 6);
}

static struct str take_name(struct str *s)
{
	size_t i = 0;
	struct str name;

	while (i < s->len && is_name_char(s->ptr[i]))
		i++;
	name = str_head(*s, i);
	*s = str_from_offset(*s, i);
	return name;
}

static void skip_spaces(struct str *s)
{
	while (s->len && char_is_space(s->ptr[0]))
		*s = str_from_offset(*s, 1);
}

/* The attributes of a start tag, up to > or />. */
static int take_attributes(struct xml_scan *scan, struct str *s)
{
	scan->attribute_count = 0;
	for (skip_spaces(s); s->len && s->ptr[0] != '>' && s->ptr[0] != '/'; skip_spaces(s)) {
		struct str name = take_name(s);
		size_t end;
		char quote;

		skip_spaces(s);
		if (!name.len || !s->len || s->ptr[0] != '=')
			return ERR_SYNTAX;
		*s = str_from_offset(*s, 1);
		skip_spaces(s);
		quote = s->len ? s->ptr[0] : 0;
		if (quote != '"' && quote != '\'')
			return ERR_SYNTAX;
		*s = str_from_offset(*s, 1);
		end = str_find_char(*s, quote);
		if (end == STR_NOT_FOUND)
			return ERR_SYNTAX;
		if (scan->attribute_count < XML_ATTRIBUTES_MAX)
			scan->attributes[scan->attribute_count++] = (struct xml_attribute){
				name, decode(scan->run->event->arena, str_head(*s, end))};
		*s = str_from_offset(*s, end + 1);
	}
	return 0;
}

/* The attribute that names elements of this tag; NULL where none does or it is absent. */
static const struct xml_attribute *naming(const struct xml_scan *scan, struct str tag)
{
	const struct yaml_node *named = scan->options->named;

	for (uint32_t i = 0; named && i < named->count; i++)
		if (str_eq(named->keys[i]->text, tag))
			for (unsigned k = 0; k < scan->attribute_count; k++)
				if (str_eq(scan->attributes[k].name, named->values[i]->text))
					return &scan->attributes[k];
	return NULL;
}

static void add(struct xml_scan *scan, struct str name, struct str value)
{
	run_add(scan->run, name, hash_str(name), value_string(value));
}

static int open_element(struct xml_scan *scan, struct str tag)
{
	struct arena *arena = scan->run->event->arena;
	struct str prefix = scan->depth ? scan->stack[scan->depth - 1].prefix : (struct str){0};
	const struct xml_attribute *name = naming(scan, tag);
	struct xml_element *element;

	if (scan->depth == XML_DEPTH_MAX)
		return ERR_LIMIT;
	if (scan->depth)
		scan->stack[scan->depth - 1].had_children = true;
	element = &scan->stack[scan->depth++];
	*element = (struct xml_element){.tag = tag};
	element->path = name_join(arena, prefix, '.', name ? name->value : tag);
	element->prefix =
		name_is_stripped(&scan->options->strips, element->path) ? (struct str){0} : element->path;
	for (unsigned i = 0; i < scan->attribute_count; i++)
		if (&scan->attributes[i] != name && !str_starts(scan->attributes[i].name, STR("xmlns")))
			add(scan, name_join(arena, element->path, '_', scan->attributes[i].name),
			    scan->attributes[i].value);
	return 0;
}

/* The end tag's name must be that of the open element. Containers have no value of their own. */
static int close_element(struct xml_scan *scan, struct str tag, struct str text)
{
	struct xml_element *element;

	if (!scan->depth || !str_eq(scan->stack[scan->depth - 1].tag, tag))
		return ERR_SYNTAX;
	element = &scan->stack[--scan->depth];
	if (text.len || !element->had_children)
		add(scan, element->path, text);
	return 0;
}

/* Behind "<": one tag. */
static int take_tag(struct xml_scan *scan, struct str text)
{
	struct str s = str_from_offset(scan->rest, 1), tag;
	bool closing = s.len && s.ptr[0] == '/';
	int r;

	if (closing)
		s = str_from_offset(s, 1);
	tag = take_name(&s);
	if (!tag.len)
		return ERR_SYNTAX;
	r = take_attributes(scan, &s);
	if (r < 0)
		return r;
	if (closing)
		r = close_element(scan, tag, text);
	else
		r = open_element(scan, tag);
	if (r == 0 && s.len && s.ptr[0] == '/') {
		s = str_from_offset(s, 1);
		r = closing ? ERR_SYNTAX : close_element(scan, tag, (struct str){0});
	}
	if (r == 0 && (!s.len || s.ptr[0] != '>'))
		r = ERR_SYNTAX;
	scan->rest = str_from_offset(s, 1);
	return r;
}

/* Comments and instructions: passes over one; false where there is none. */
static bool skip_other(struct str *s)
{
	static const struct {
		const char *open, *close;
	} others[] = {{"<!--", "-->"}, {"<?", "?>"}, {"<!", ">"}};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct str close = str_from(others[i].close);
		size_t end;

		if (!str_starts(*s, str_from(others[i].open)))
			continue;
		end = str_find(*s, close);
		*s = str_from_offset(*s, end == STR_NOT_FOUND ? s->len : end + close.len);
		return true;
	}
	return false;
}

static int run(struct run *run, const void *options, struct str text)
{
	struct xml_scan scan = {.run = run, .options = options, .rest = str_trim(text)};
	struct str content = {0};
	int r = 0;

	while (r == 0 && scan.rest.len) {
		size_t end;

		if (run->event->attr_count == EVENT_ATTRS_MAX)
			return 0;
		if (str_starts(scan.rest, STR("<![CDATA["))) {
			end = str_find(scan.rest, STR("]]>"));
			if (end == STR_NOT_FOUND)
				return ERR_SYNTAX;
			content = str_of(scan.rest.ptr + 9, end - 9);
			scan.rest = str_from_offset(scan.rest, end + 3);
		} else if (skip_other(&scan.rest)) {
			continue;
		} else if (scan.rest.ptr[0] == '<') {
			r = take_tag(&scan, content);
			content = (struct str){0};
			if (r == 0 && !scan.depth)
				return 0;
		} else {
			end = str_find_char(scan.rest, '<');
			content = decode(run->event->arena, str_trim(str_head(scan.rest, end)));
			scan.rest = str_from_offset(scan.rest, end);
		}
	}
	return r < 0 ? r : ERR_SYNTAX;
}

const struct step_kind step_xml = {"xml", compile, run};
