/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cef: ArcSight Common Event Format, "CEF:Version|Device Vendor|Device Product|
 * Device Version|Device Event Class ID|Name|Severity|Extension"; \| and \\ in the
 * header, \= \\ \n \r in the extension, whose values may hold spaces: a value ends
 * where the next key= begins. Custom fields are also given under their label
 * (cs1Label=… cs1=…).
 *
 * leef: IBM Log Event Extended Format, "LEEF:1.0|Vendor|Product|Version|EventID|"
 * with pairs between tabs, and LEEF:2.0 with one more part, the delimiter: itself or
 * its code as x09 or 0x09.
 */
#include "parse/steps.h"

#define HEADER_PARTS 7

struct header_options {
	struct column columns[HEADER_PARTS];
};

static const char *const cef_names[HEADER_PARTS] = {"cefVersion",    "deviceVendor",       "deviceProduct",
						    "deviceVersion", "deviceEventClassId", "name",
						    "severity"};
static const char *const leef_names[HEADER_PARTS] = {"leefVersion", "vendor",    "product", "version",
						     "eventID",     "delimiter", NULL};

static int compile_header(struct compiler *c, const struct yaml_node *node, const char *const *names,
			  const void **ret_options)
{
	static const char *const keys[] = {STEP_KEYS, NULL};
	struct header_options *options = arena_struct(c->arena, struct header_options);
	int r = compile_keys(c, node, keys);

	for (size_t i = 0; i < HEADER_PARTS && names[i] && r == 0; i++)
		r = compile_column(c, node, str_from(names[i]), &options->columns[i]);
	*ret_options = options;
	return r;
}

static int compile_cef(struct compiler *c, const struct yaml_node *node, const void **ret_options)
{
	origins_note_any(c); /* labels */
	return compile_header(c, node, cef_names, ret_options);
}

static int compile_leef(struct compiler *c, const struct yaml_node *node, const void **ret_options)
{
	return compile_header(c, node, leef_names, ret_options);
}

static struct str unescape(struct arena *arena, struct str text)
{
	char *out;
	size_t len = 0;

	if (str_find_char(text, '\\') == STR_NOT_FOUND)
		return text;
	out = arena_alloc(arena, text.len);
	for (size_t i = 0; i < text.len; i++) {
		char next = i + 1 < text.len ? text.ptr[i + 1] : 0;

		if (text.ptr[i] == '\\' && next && strchr("|=\\nr", next)) {
			out[len++] = next == 'n' ? '\n' : next == 'r' ? '\r' : next;
			i++;
		} else {
			out[len++] = text.ptr[i];
		}
	}
	return str_of(out, len);
}

/* Takes a part of the header; false where no | ends it. */
static bool take_part(struct str *text, struct str *ret_part)
{
	size_t i = 0;

	while (i < text->len && text->ptr[i] != '|')
		i += text->ptr[i] == '\\' ? 2 : 1;
	if (i >= text->len)
		return false;
	*ret_part = str_head(*text, i);
	*text = str_from_offset(*text, i + 1);
	return true;
}

static bool is_key_char(char c)
{
	return char_is_digit(c) || (char_lower(c) >= 'a' && char_lower(c) <= 'z') || c == '_' || c == '.' ||
	       c == '[' || c == ']' || c == '-';
}

/* Where the next "key=" begins behind a space; text.len where there is none. */
static size_t next_key(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		size_t start = i;

		if (text.ptr[i] == '\\') {
			i++;
			continue;
		}
		if (text.ptr[i] != '=')
			continue;
		while (start && is_key_char(text.ptr[start - 1]))
			start--;
		if (start < i && start && text.ptr[start - 1] == ' ')
			return start;
	}
	return text.len;
}

/* cs1=x with cs1Label=Policy is known as Policy too. */
static void add_labels(struct run *run, uint32_t first)
{
	struct event *event = run->event;
	uint32_t count = event->attr_count;

	for (uint32_t i = first; i < count && event->attr_count < EVENT_ATTRS_MAX; i++) {
		struct str key = event->attrs[i].key, label = value_str(event->attrs[i].value);
		uint32_t at;

		if (!str_ends(key, STR("Label")) || !label.len)
			continue;
		key = str_head(key, key.len - 5);
		at = event_find_attr(event, key, hash_str(key), first);
		if (at < count)
			event_add_attr(event, label, hash_str(label), event->attrs[at].value, ATTR_DERIVED);
	}
}

static void add_pair(struct run *run, struct str key, struct str value)
{
	key = str_head(str_trim(key), NAME_MAX_LEN);
	if (key.len)
		run_add(run, key, hash_str(key), value_string(value));
}

static void run_extension(struct run *run, struct str text)
{
	uint32_t first = run->event->attr_count;
	size_t equals, end;

	while (run->event->attr_count < EVENT_ATTRS_MAX && (text = str_trim(text)).len) {
		struct str value;

		equals = str_find_char(text, '=');
		if (equals == STR_NOT_FOUND)
			break;
		value = str_from_offset(text, equals + 1);
		end = next_key(value);
		add_pair(run, str_head(text, equals),
			 unescape(run->event->arena, str_trim(str_head(value, end))));
		text = str_from_offset(value, end);
	}
	add_labels(run, first);
}

/* "CEF:0" may have a tag or a header of some relay before it. */
static int take_magic(struct str *text, struct str magic)
{
	size_t at = str_find(*text, magic);

	if (at == STR_NOT_FOUND)
		return ERR_SYNTAX;
	*text = str_from_offset(*text, at + magic.len);
	return 0;
}

static int run_cef(struct run *run, const void *opaque, struct str text)
{
	const struct header_options *options = opaque;
	struct str part;

	if (take_magic(&text, STR("CEF:")) < 0)
		return ERR_SYNTAX;
	for (size_t i = 0; i < HEADER_PARTS; i++) {
		if (!take_part(&text, &part)) {
			if (i + 1 < HEADER_PARTS)
				return ERR_SYNTAX;
			part = text; /* the last part, without an extension */
			text = (struct str){0};
		}
		run_emit(run, &options->columns[i], value_string(unescape(run->event->arena, part)));
	}
	run_extension(run, text);
	return 0;
}

static char leef_delimiter(struct str text)
{
	uint64_t code;
	char hex[8] = "0x";

	if (text.len == 1)
		return text.ptr[0];
	if (str_starts(text, STR("0x")))
		text = str_from_offset(text, 2);
	else if (str_starts(text, STR("x")))
		text = str_from_offset(text, 1);
	if (!text.len || text.len > 4)
		return '\t';
	memcpy(hex + 2, text.ptr, text.len);
	return str_to_u64(str_of(hex, text.len + 2), &code) == 0 && code && code < 128 ? (char)code : '\t';
}

static int run_leef(struct run *run, const void *opaque, struct str text)
{
	const struct header_options *options = opaque;
	struct str part, pair;
	size_t parts = 5, equals;
	char delimiter = '\t';

	if (take_magic(&text, STR("LEEF:")) < 0)
		return ERR_SYNTAX;
	for (size_t i = 0; i < parts; i++) {
		if (!take_part(&text, &part))
			return ERR_SYNTAX;
		if (i == 0 && str_starts(part, STR("2")))
			parts = 6;
		if (i == 5)
			delimiter = leef_delimiter(part);
		run_emit(run, &options->columns[i], value_string(part));
	}
	while (run->event->attr_count < EVENT_ATTRS_MAX && str_split(&text, delimiter, &pair)) {
		equals = str_find_char(pair, '=');
		if (equals != STR_NOT_FOUND)
			add_pair(run, str_head(pair, equals), str_from_offset(pair, equals + 1));
	}
	return 0;
}

const struct step_kind step_cef = {"cef", compile_cef, run_cef};
const struct step_kind step_leef = {"leef", compile_leef, run_leef};
