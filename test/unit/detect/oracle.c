/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/regex.h"

#define TOKENS_MAX 512
#define TEXTS_MAX 2048

/* -- values with wildcards ----------------------------------------------------------------------------- */

struct token {
	enum { CHARACTER, STAR, QUESTION, DASH } type;
	char c;
};

struct tokens {
	struct token items[TOKENS_MAX];
	size_t count;
};

static void put(struct tokens *tokens, int type, char c)
{
	must(tokens->count < TOKENS_MAX);
	tokens->items[tokens->count++] = (struct token){type, c};
}

static void put_value(struct tokens *tokens, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i], next = i + 1 < text.len ? text.ptr[i + 1] : 0;

		if (c == '\\' && (next == '*' || next == '?' || next == '\\'))
			put(tokens, CHARACTER, text.ptr[++i]);
		else
			put(tokens, c == '*' ? STAR : c == '?' ? QUESTION : CHARACTER, c);
	}
}

static bool is_word(const struct tokens *tokens, size_t at)
{
	const struct token *token = &tokens->items[at];

	return at < tokens->count && token->type == CHARACTER &&
	       ((isalnum((unsigned char)token->c) && (unsigned char)token->c < 128) || token->c == '_');
}

static void apply_windash(struct tokens *tokens)
{
	for (size_t i = 0; i < tokens->count; i++) {
		struct token *token = &tokens->items[i];

		if (token->type == CHARACTER && (token->c == '-' || token->c == '/') &&
		    !(i > 0 && is_word(tokens, i - 1)) && is_word(tokens, i + 1))
			token->type = DASH;
	}
}

static const char *const dashes[] = {"-", "/", "–", "—", "―"};

static char fold(char c, bool cased)
{
	return !cased && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static size_t character_length(struct str text)
{
	size_t len = 1;

	while (len < text.len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
		len++;
	return len;
}

/* Plain backtracking; tokens and texts are short. */
static bool match(const struct token *token, size_t count, struct str text, bool cased)
{
	if (count == 0)
		return text.len == 0;
	switch (token->type) {
	case STAR:
		for (;;) {
			if (match(token + 1, count - 1, text, cased))
				return true;
			if (text.len == 0)
				return false;
			text = str_from_offset(text, character_length(text));
		}
	case QUESTION:
		return text.len &&
		       match(token + 1, count - 1, str_from_offset(text, character_length(text)), cased);
	case DASH:
		for (size_t i = 0; i < 5; i++)
			if (str_starts(text, str_from(dashes[i])) &&
			    match(token + 1, count - 1, str_from_offset(text, strlen(dashes[i])), cased))
				return true;
		return false;
	case CHARACTER:
		break;
	}
	return text.len && fold(text.ptr[0], cased) == fold(token->c, cased) &&
	       match(token + 1, count - 1, str_from_offset(text, 1), cased);
}

/* -- encodings ----------------------------------------------------------------------------------------- */

struct str oracle_base64(struct str bytes, struct arena *arena)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = arena_zalloc(arena, bytes.len * 2 + 8);
	unsigned bits = 0, held = 0;
	size_t len = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		bits = bits << 8 | (unsigned char)bytes.ptr[i];
		for (held += 8; held >= 6; held -= 6)
			out[len++] = digits[bits >> (held - 6) & 63];
	}
	if (held)
		out[len++] = digits[bits << (6 - held) & 63];
	while (len % 4)
		out[len++] = '=';
	return str_of(out, len);
}

struct str oracle_utf16(struct str utf8, const char *modifier, struct arena *arena)
{
	char *out = arena_zalloc(arena, utf8.len * 2 + 8);
	bool big = strcmp(modifier, "utf16be") == 0;
	size_t len = 0;

	if (strcmp(modifier, "utf16") == 0 && utf8.len) {
		out[len++] = (char)0xff;
		out[len++] = (char)0xfe;
	}
	for (size_t i = 0; i < utf8.len;) {
		size_t n = character_length(str_from_offset(utf8, i));
		unsigned code = (unsigned char)utf8.ptr[i], units[2], count = 1;

		code = n == 1 ? code : code & (0xff >> (n + 1));
		for (size_t k = 1; k < n; k++)
			code = code << 6 | ((unsigned char)utf8.ptr[i + k] & 63);
		units[0] = code;
		if (code > 0xffff) {
			units[0] = 0xd7c0 + (code >> 10);
			units[1] = 0xdc00 + (code & 0x3ff);
			count = 2;
		}
		for (unsigned k = 0; k < count; k++) {
			out[len++] = (char)(big ? units[k] >> 8 : units[k]);
			out[len++] = (char)(big ? units[k] : units[k] >> 8);
		}
		i += n;
	}
	return str_of(out, len);
}

/* As the specification's reference does it: encode with so many bytes before, cut what they reach into. */
static struct str base64_inside(struct str bytes, size_t offset, struct arena *arena)
{
	static const size_t start[] = {0, 2, 3}, end[] = {0, 3, 2};
	char *shifted = arena_alloc(arena, bytes.len + 3);
	size_t last = end[(bytes.len + offset) % 3];
	struct str text;

	memcpy(shifted, "  ", 2);
	memcpy(shifted + offset, bytes.ptr, bytes.len);
	text = oracle_base64(str_of(shifted, bytes.len + offset), arena);
	return str_of(text.ptr + start[offset],
		      text.len > start[offset] + last ? text.len - start[offset] - last : 0);
}

/* -- an item ------------------------------------------------------------------------------------------- */

struct context {
	const struct oracle_event *event;
	const struct oracle_placeholder *placeholders;
	size_t placeholder_count;
	const struct yaml_node *detection;
	struct arena *arena;
};

struct item {
	struct str field;
	const char *modifiers[17];
	unsigned modifier_count;
	bool keyword, all, cased, neq, contains, startswith, endswith;
};

static bool has(const struct item *item, const char *name)
{
	for (unsigned i = 0; i < item->modifier_count; i++)
		if (strcmp(item->modifiers[i], name) == 0)
			return true;
	return false;
}

static struct item read_item(const struct yaml_node *key, struct arena *arena)
{
	struct str rest = key ? key->text : (struct str){0}, part;
	struct item item = {0};

	if (rest.len && rest.ptr[0] == '|')
		rest = str_from_offset(rest, 1);
	else
		str_split(&rest, '|', &item.field);
	while (str_split(&rest, '|', &part))
		item.modifiers[item.modifier_count++] = arena_copy(arena, part).ptr;
	item.keyword = item.field.len == 0;
	item.all = has(&item, "all");
	item.cased = has(&item, "cased");
	item.neq = has(&item, "neq");
	item.contains = has(&item, "contains");
	item.startswith = has(&item, "startswith");
	item.endswith = has(&item, "endswith");
	if (item.keyword && !item.contains && !item.startswith && !item.endswith)
		item.contains = true;
	return item;
}

/* "SourceName" as "Source Name". */
static struct str words_of(struct str name, struct arena *arena)
{
	char *out = arena_alloc(arena, 2 * name.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (i && isupper((unsigned char)name.ptr[i]) && islower((unsigned char)name.ptr[i - 1]))
			out[len++] = ' ';
		out[len++] = name.ptr[i];
	}
	return str_of(out, len);
}

static size_t collect(const struct oracle_event *event, struct str name, bool ecs,
		      const struct oracle_value **out)
{
	size_t count = 0;

	for (size_t i = 0; i < event->count; i++)
		if (event->values[i].ecs == ecs && str_eq(event->values[i].key, name))
			out[count++] = &event->values[i];
	return count;
}

static size_t values_of(const struct context *context, struct str name, const struct oracle_value **out)
{
	size_t count = collect(context->event, name, false, out);

	if (count == 0)
		count = collect(context->event, name, true, out);
	if (count == 0)
		count = collect(context->event, words_of(name, context->arena), false, out);
	return count;
}

/* All values, and the record where it is not JSON. */
static size_t all_values(const struct context *context, const struct oracle_value **out)
{
	struct oracle_value *raw = arena_struct(context->arena, struct oracle_value);
	size_t count = 0;

	for (size_t i = 0; i < context->event->count; i++)
		out[count++] = &context->event->values[i];
	raw->text = context->event->raw;
	if (raw->text.len && raw->text.ptr[0] != '{' && raw->text.ptr[0] != '[')
		out[count++] = raw;
	return count;
}

static bool to_number(struct str text, bool hexadecimal, double *ret_number)
{
	char copy[64], *end;
	bool hex = text.len > 2 && text.ptr[0] == '0' && (text.ptr[1] | 32) == 'x';

	if (text.len == 0 || text.len >= sizeof(copy) || (hex && !hexadecimal))
		return false;
	for (size_t i = hex ? 2 : 0; i < text.len; i++)
		if (!isxdigit((unsigned char)text.ptr[i]) && !strchr("+-.", text.ptr[i]))
			return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = 0;
	*ret_number = hex ? (double)strtoull(copy, &end, 16) : strtod(copy, &end);
	return *end == 0;
}

static bool is_plain_number(const struct yaml_node *node, double *ret_number)
{
	return node->plain && to_number(node->text, true, ret_number);
}

static bool compare(double left, const struct item *item, double right)
{
	return has(item, "lt")    ? left < right
	       : has(item, "lte") ? left <= right
	       : has(item, "gt")  ? left > right
	       : has(item, "gte") ? left >= right
				  : left == right;
}

static bool time_part(struct str text, const char *part, double *ret_part)
{
	static const struct {
		const char *name, *format;
	} formats[] = {{"minute", "%M"}, {"hour", "%H"},  {"day", "%d"},
		       {"week", "%V"},   {"month", "%m"}, {"year", "%Y"}};
	struct tm tm = {0};
	char copy[64], out[16], *rest;
	int sign, hours, minutes;
	time_t seconds;

	if (text.len < 20 || text.len >= sizeof(copy))
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = 0;
	rest = strptime(copy, "%Y-%m-%dT%H:%M:%S", &tm);
	if (!rest)
		return false;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	seconds = timegm(&tm);
	if (strcmp(rest, "Z") != 0) {
		if (sscanf(rest + 1, "%2d:%2d", &hours, &minutes) != 2)
			return false;
		sign = *rest == '-' ? 1 : -1;
		seconds += sign * (hours * 3600 + minutes * 60);
	}
	gmtime_r(&seconds, &tm);
	for (size_t i = 0; i < 6; i++)
		if (strcmp(part, formats[i].name) == 0)
			strftime(out, sizeof(out), formats[i].format, &tm);
	*ret_part = atof(out);
	return true;
}

static bool to_address(struct str text, unsigned char out[16], int *ret_family)
{
	char copy[64];

	if (text.len >= sizeof(copy))
		return false;
	snprintf(copy, sizeof(copy), "%.*s", STR_FMT(text));
	*ret_family = AF_INET;
	if (inet_pton(AF_INET, copy, out) == 1)
		return true;
	*ret_family = AF_INET6;
	return inet_pton(AF_INET6, copy, out) == 1;
}

static bool in_network(struct str network, struct str address)
{
	unsigned char net[16], ip[16];
	size_t slash = str_find_char(network, '/');
	int net_family, family, bits;

	if (!to_address(str_head(network, slash), net, &net_family) || !to_address(address, ip, &family) ||
	    family != net_family)
		return false;
	bits = slash == STR_NOT_FOUND ? (family == AF_INET ? 32 : 128) : atoi(network.ptr + slash + 1);
	for (int i = 0; i < bits; i++)
		if ((net[i / 8] ^ ip[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

static bool search(const struct item *item, struct str pattern, struct str text, struct arena *arena)
{
	uint32_t flags = (has(item, "i") || has(item, "ignorecase") ? REGEX_CASELESS : 0) |
			 (has(item, "m") || has(item, "multiline") ? REGEX_MULTILINE : 0) |
			 (has(item, "s") || has(item, "dotall") ? REGEX_DOTALL : 0);
	struct regex_scratch *scratch = regex_scratch_new(0);
	struct regex *regex;
	bool found;

	if (item->startswith && !item->endswith && !item->contains)
		pattern = arena_printf(arena, "^(?:%.*s)", STR_FMT(pattern));
	if (item->endswith && !item->startswith && !item->contains)
		pattern = arena_printf(arena, "(?:%.*s)$", STR_FMT(pattern));
	must(regex_compile(pattern, flags, &regex, NULL) == 0);
	found = regex_search(regex, text, scratch) == REGEX_MATCH;
	regex_free(regex);
	regex_scratch_free(scratch);
	return found;
}

static bool text_in(const struct item *item, const struct token *tokens, size_t count, struct str text)
{
	static const struct token star = {STAR, '*'};
	struct tokens open = {0};

	if (item->contains || item->endswith)
		open.items[open.count++] = star;
	memcpy(open.items + open.count, tokens, count * sizeof(*tokens));
	open.count += count;
	if (item->contains || item->startswith)
		open.items[open.count++] = star;
	return match(open.items, open.count, text, item->cased);
}

/* All that a text of dashes may be. */
static size_t spell_out(const struct tokens *tokens, size_t at, struct str head, struct str *out,
			size_t count, struct arena *arena)
{
	if (at == tokens->count) {
		must(count < TEXTS_MAX);
		out[count] = head;
		return count + 1;
	}
	if (tokens->items[at].type == DASH) {
		for (size_t i = 0; i < 5; i++)
			count = spell_out(tokens, at + 1,
					  arena_printf(arena, "%.*s%s", STR_FMT(head), dashes[i]), out, count,
					  arena);
		return count;
	}
	return spell_out(tokens, at + 1, arena_printf(arena, "%.*s%c", STR_FMT(head), tokens->items[at].c),
			 out, count, arena);
}

static bool encoded_in(const struct item *item, const struct tokens *tokens, struct str text,
		       struct arena *arena)
{
	struct str *texts = arena_array(arena, struct str, TEXTS_MAX), *next;
	size_t count = spell_out(tokens, 0, (struct str){"", 0}, texts, 0, arena);

	for (unsigned m = 0; m < item->modifier_count; m++) {
		const char *name = item->modifiers[m];
		size_t made = 0;

		next = arena_array(arena, struct str, TEXTS_MAX);
		for (size_t i = 0; i < count; i++) {
			if (strncmp(name, "utf16", 5) == 0 || strcmp(name, "wide") == 0)
				next[made++] = oracle_utf16(texts[i], name, arena);
			else if (strcmp(name, "base64") == 0)
				next[made++] = oracle_base64(texts[i], arena);
			else if (strcmp(name, "base64offset") == 0)
				for (size_t offset = 0; offset < 3; offset++)
					next[made++] = base64_inside(texts[i], offset, arena);
			else
				next[made++] = texts[i];
		}
		texts = next;
		count = made;
	}
	for (size_t i = 0; i < count; i++) {
		struct tokens plain = {0};

		for (size_t k = 0; k < texts[i].len; k++)
			put(&plain, CHARACTER, texts[i].ptr[k]);
		if (text_in(item, plain.items, plain.count, text))
			return true;
	}
	return false;
}

/* A text with placeholders, of which each stands for all its values. */
static bool expanded_in(const struct context *context, const struct item *item, struct tokens head,
			struct str rest, struct str text)
{
	for (size_t i = 0; i < rest.len; i++)
		for (size_t p = 0; p < context->placeholder_count && rest.ptr[i] == '%'; p++) {
			struct str name = context->placeholders[p].name;
			struct str behind = str_from_offset(rest, i + 1);
			bool found = false;

			if (!str_starts(behind, name) || behind.len == name.len ||
			    behind.ptr[name.len] != '%')
				continue;
			put_value(&head, str_head(rest, i));
			for (size_t k = p; k < context->placeholder_count; k++) {
				struct tokens longer = head;

				if (!str_eq(context->placeholders[k].name, name))
					continue;
				put_value(&longer, context->placeholders[k].value);
				found |= expanded_in(context, item, longer,
						     str_from_offset(behind, name.len + 1), text);
			}
			return found;
		}
	put_value(&head, rest);
	return text_in(item, head.items, head.count, text);
}

static bool refers(const struct context *context, const struct item *item, struct str field, struct str left)
{
	const struct oracle_value *others[65];
	size_t count = values_of(context, field, others);

	for (size_t i = 0; i < count; i++) {
		struct tokens tokens = {0};

		if (others[i]->null)
			continue;
		for (size_t k = 0; k < others[i]->text.len; k++)
			put(&tokens, CHARACTER, others[i]->text.ptr[k]);
		if (text_in(item, tokens.items, tokens.count, left))
			return true;
	}
	return false;
}

static bool same_number(struct str text, const struct yaml_node *node, double number)
{
	double other;

	if (text.len == node->text.len && strncasecmp(text.ptr, node->text.ptr, text.len) == 0)
		return true;
	return to_number(text, true, &other) && other == number;
}

/* Whether one value of the rule fits one value of the event. */
static bool fits(const struct context *context, const struct item *item, const struct yaml_node *node,
		 struct str text)
{
	static const char *const parts[] = {"minute", "hour", "day", "week", "month", "year"};
	bool ordered = has(item, "lt") || has(item, "lte") || has(item, "gt") || has(item, "gte");
	bool anchored = item->contains || item->startswith || item->endswith;
	struct tokens tokens = {0};
	double number, part;

	for (size_t i = 0; i < 6; i++)
		if (has(item, parts[i]))
			return to_number(node->text, true, &number) && time_part(text, parts[i], &part) &&
			       compare(part, item, number);
	if (ordered)
		return to_number(node->text, true, &number) && to_number(text, true, &part) &&
		       compare(part, item, number);
	if (has(item, "re"))
		return search(item, node->text, text, context->arena);
	if (has(item, "cidr"))
		return in_network(node->text, text);
	if (has(item, "fieldref"))
		return refers(context, item, node->text, text);
	if (has(item, "expand"))
		return expanded_in(context, item, tokens, node->text, text);
	if (is_plain_number(node, &number) && !anchored && !has(item, "windash"))
		return same_number(text, node, number);
	put_value(&tokens, node->text);
	if (has(item, "windash"))
		apply_windash(&tokens);
	if (has(item, "wide") || has(item, "utf16") || has(item, "utf16le") || has(item, "utf16be") ||
	    has(item, "base64") || has(item, "base64offset"))
		return encoded_in(item, &tokens, text, context->arena);
	return text_in(item, tokens.items, tokens.count, text);
}

static bool value_holds(const struct context *context, const struct item *item, const struct yaml_node *node)
{
	const struct oracle_value *values[66];
	size_t count = item->keyword ? all_values(context, values) : values_of(context, item->field, values);
	bool any = false;

	for (size_t i = 0; i < count; i++)
		any |= !values[i]->null;
	if (has(item, "exists"))
		return any == (node->text.ptr[0] == 't');
	if (yaml_is_null(node))
		return !any;
	for (size_t i = 0; i < count; i++)
		if (!values[i]->null && fits(context, item, node, values[i]->text))
			return true;
	return false;
}

static bool item_holds(const struct context *context, const struct yaml_node *key,
		       const struct yaml_node *value)
{
	struct item item = read_item(key, context->arena);
	const struct yaml_node *one[] = {value};
	const struct yaml_node *const *nodes = one;
	uint32_t count = 1;
	bool result;

	if (value->type == YAML_SEQUENCE) {
		nodes = (const struct yaml_node *const *)value->items;
		count = value->count;
	}
	result = item.all;
	for (uint32_t i = 0; i < count; i++) {
		bool holds = value_holds(context, &item, nodes[i]);

		result = item.all ? result && holds : result || holds;
	}
	return result != item.neq;
}

static bool selection_holds(const struct context *context, const struct yaml_node *node)
{
	bool scalars = true;

	if (node->type == YAML_SCALAR)
		return item_holds(context, NULL, node);
	if (node->type == YAML_MAPPING) {
		for (uint32_t i = 0; i < node->count; i++)
			if (!item_holds(context, node->keys[i], node->values[i]))
				return false;
		return true;
	}
	for (uint32_t i = 0; i < node->count; i++)
		scalars &= node->items[i]->type == YAML_SCALAR;
	if (scalars)
		return item_holds(context, NULL, node);
	for (uint32_t i = 0; i < node->count; i++)
		if (selection_holds(context, node->items[i]))
			return true;
	return false;
}

/* -- conditions ---------------------------------------------------------------------------------------- */

struct parser {
	const struct context *context;
	struct str rest;
};

static struct str next_word(struct parser *parser, bool take)
{
	struct str rest = str_trim(parser->rest);
	size_t len = 0;

	if (rest.len && (rest.ptr[0] == '(' || rest.ptr[0] == ')'))
		len = 1;
	else
		while (len < rest.len && !isspace((unsigned char)rest.ptr[len]) &&
		       !strchr("()", rest.ptr[len]))
			len++;
	if (take)
		parser->rest = str_from_offset(rest, len);
	return str_head(rest, len);
}

static bool or_holds(struct parser *parser);

static bool quantified(struct parser *parser, bool all)
{
	const struct yaml_node *section = parser->context->detection;
	struct str names;
	bool result = all;

	next_word(parser, true); /* of */
	names = next_word(parser, true);
	for (uint32_t i = 0; i < section->count; i++) {
		struct str name = section->keys[i]->text;
		struct tokens tokens = {0};
		bool holds;

		put_value(&tokens, names);
		if (str_eq(name, STR("condition")) ||
		    (str_eq(names, STR("them")) ? name.ptr[0] == '_'
						: !match(tokens.items, tokens.count, name, true)))
			continue;
		holds = selection_holds(parser->context, section->values[i]);
		result = all ? result && holds : result || holds;
	}
	return result;
}

static bool term_holds(struct parser *parser)
{
	struct str word = next_word(parser, true);
	char name[64];
	bool result;

	if (str_eq(word, STR("not")))
		return !term_holds(parser);
	if (str_eq(word, STR("("))) {
		result = or_holds(parser);
		next_word(parser, true);
		return result;
	}
	if (str_eq(next_word(parser, false), STR("of")))
		return quantified(parser, str_eq(word, STR("all")));
	snprintf(name, sizeof(name), "%.*s", STR_FMT(word));
	return selection_holds(parser->context, yaml_get(parser->context->detection, name));
}

static bool and_holds(struct parser *parser)
{
	bool result = term_holds(parser);

	while (str_eq(next_word(parser, false), STR("and"))) {
		next_word(parser, true);
		result &= term_holds(parser);
	}
	return result;
}

static bool or_holds(struct parser *parser)
{
	bool result = and_holds(parser);

	while (str_eq(next_word(parser, false), STR("or"))) {
		next_word(parser, true);
		result |= and_holds(parser);
	}
	return result;
}

bool oracle_matches(const struct yaml_node *rule, const struct oracle_event *event,
		    const struct oracle_placeholder *placeholders, size_t placeholder_count)
{
	struct context context = {.event = event,
				  .placeholders = placeholders,
				  .placeholder_count = placeholder_count,
				  .detection = yaml_get(rule, "detection"),
				  .arena = arena_new(0)};
	const struct yaml_node *condition = yaml_get(context.detection, "condition");
	bool result = false;

	for (uint32_t i = 0; i < (condition->type == YAML_SEQUENCE ? condition->count : 1); i++) {
		struct parser parser = {&context, condition->type == YAML_SEQUENCE ? condition->items[i]->text
										   : condition->text};

		result |= or_holds(&parser);
	}
	arena_free(context.arena);
	return result;
}
