/* SPDX-License-Identifier: Apache-2.0 */
#include "generate.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "event/put.h"

#define count_of(array) (sizeof(array) / sizeof((array)[0]))

const struct oracle_placeholder generate_placeholders[] = {
	{{"p", 1}, {"one", 3}},
	{{"q", 1}, {"a*c", 3}},
	{{"p", 1}, {"two?", 4}},
};
const size_t generate_placeholder_count = count_of(generate_placeholders);

struct random random_from(uint64_t seed)
{
	return (struct random){(seed + 1) * UINT64_C(0x9e3779b97f4a7c15)};
}

uint32_t random_below(struct random *random, uint32_t limit)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return (uint32_t)(random->state >> 33) % limit;
}

static bool chance(struct random *random, uint32_t one_in)
{
	return random_below(random, one_in) == 0;
}

/* user.name is an ECS field, too; SourceName may stand there as Source Name. */
static const char *const fields[] = {"F", "G", "Image", "CommandLine", "SourceName", "user.name"};
static const char *const words[] = {"a",       "ab",
				    "b",       "x.exe",
				    "\\x.exe", "C:\\Windows\\",
				    "/c",      "-enc",
				    " -e",     "é",
				    "日本",    "Ünï",
				    "needle",  "hay",
				    "stack",   "4688",
				    "\\",      "/",
				    "--",      "one",
				    "two!",    "abc",
				    "%p%",     "_",
				    "aaaa",    "aab",
				    "a b",     "\xf0\x9f\x90\x8d",
				    "svchost", "cmd",
				    "0",       "=",
				    "'",       "\"",
				    "SYSTEM32"};
static const char *const numbers[] = {
	"0", "1", "-1", "16", "0x10", "4688", "4688.0", "1.5", "007", "100", "9007199254740993"};
static const char *const regexes[] = {
	"a.b",     "^a",       "b$",       "(?:a|b)+c", "\\d{2,}",    "[a-c]{3}",  "need(le)?",
	"^C:\\\\", "x\\.exe$", "(a)\\1",   "é",         "(?<!x)ab",   "hay|stack", "\\bone\\b",
	"^$",      "A{2,3}b?", "needx?le", "hax*y",     "st[a]ck|zz", "svc{0,1}",  "(?i)NEEDLE"};
static const char *const networks[] = {"10.0.0.0/8",    "10.1.2.3", "192.168.4.0/22",
				       "2001:db8::/32", "::1",      "0.0.0.0/0"};
static const char *const addresses[] = {
	"10.1.2.3",    "10.255.255.255", "11.0.0.0", "192.168.7.255", "192.168.8.0",
	"2001:db8::1", "2001:db9::",     "::1",      "10.1.2",        "x"};
static const char *const times[] = {"2026-11-22T08:00:00Z",
				    "2026-01-01T00:59:59.5Z",
				    "2027-01-03T23:59:59Z",
				    "2026-11-22T23:30:00-01:00",
				    "2026-12-31T23:00:00+08:00",
				    "2024-02-29T12:08:00Z",
				    "yesterday"};

#define pick(random, array) ((array)[random_below((random), count_of(array))])

/* -- rules --------------------------------------------------------------------------------------------- */

enum { PLAIN, PART, REGEX, CIDR, ORDER, TIME, EXISTS, FIELDREF, ENCODED, EXPAND, CLASSES };

static void add_word(struct random *random, char *text, bool wildcards)
{
	static const char *const special[] = {"*", "?", "\\*", "\\?", "\\\\", "*?", "??"};
	const char *word = wildcards && chance(random, 4) ? pick(random, special) : pick(random, words);

	if (strlen(text) + strlen(word) + 1 < GENERATE_TEXT / 2)
		strcat(text, word);
}

static void make_text(struct random *random, struct generate_value *value, bool wildcards)
{
	for (unsigned i = random_below(random, 4) + (chance(random, 12) ? 0 : 1); i > 0; i--)
		add_word(random, value->text, wildcards);
}

static void make_plain(struct random *random, struct generate_value *value)
{
	switch (random_below(random, 12)) {
	case 0:
	case 1:
		value->kind = GENERATE_PLAIN;
		strcpy(value->text, pick(random, numbers));
		break;
	case 2:
		value->kind = GENERATE_PLAIN;
		strcpy(value->text, chance(random, 2) ? "null" : "true");
		break;
	default:
		make_text(random, value, true);
	}
}

static void make_encoded(struct random *random, struct generate_value *value)
{
	static const char *const texts[] = {"foo bar", "needle",  "a",       "日本 é",
					    " -enc x", "http://", "a -b /c", "\xf0\x9f\x90\x8d!"};

	strcpy(value->text, pick(random, texts));
}

static void make_value(struct random *random, const struct generate_item *item, struct generate_value *value)
{
	memset(value, 0, sizeof(*value));
	switch (item->class) {
	case PLAIN:
		make_plain(random, value);
		break;
	case PART:
		make_text(random, value, true);
		break;
	case REGEX:
		strcpy(value->text, pick(random, regexes));
		break;
	case CIDR:
		strcpy(value->text, pick(random, networks));
		break;
	case ORDER:
		value->kind = GENERATE_PLAIN;
		strcpy(value->text, pick(random, numbers));
		break;
	case TIME:
		value->kind = GENERATE_PLAIN;
		sprintf(value->text, "%u", chance(random, 5) ? 2026 : random_below(random, 60));
		break;
	case EXISTS:
		value->kind = GENERATE_PLAIN;
		strcpy(value->text, chance(random, 2) ? "true" : "false");
		break;
	case FIELDREF:
		strcpy(value->text, pick(random, fields));
		break;
	case ENCODED:
		make_encoded(random, value);
		break;
	case EXPAND:
		make_text(random, value, true);
		strcat(value->text, chance(random, 2) ? "%p%" : "%q%");
		if (chance(random, 2))
			add_word(random, value->text, false);
	}
}

/* What may stand behind a field name, by class; chosen by the dice. */
static void make_modifiers(struct random *random, struct generate_item *item)
{
	static const char *const anchors[] = {"|contains", "|startswith", "|endswith"};
	static const char *const flags[] = {"", "|i", "|m", "|s", "|i|m"};
	static const char *const orders[] = {"|lt", "|lte", "|gt", "|gte"};
	static const char *const parts[] = {"|minute", "|hour", "|day", "|week", "|month", "|year"};
	static const char *const encodings[] = {"|base64",
						"|base64offset|contains",
						"|wide|base64offset|contains",
						"|utf16be|base64offset|contains",
						"|utf16|base64offset|contains",
						"|utf16le",
						"|windash|base64offset|contains",
						"|windash|wide|base64"};
	char *out = item->modifiers;

	switch (item->class) {
	case PART:
		strcat(out, chance(random, 4) ? "|windash" : "");
		strcat(out, pick(random, anchors));
		break;
	case REGEX:
		strcat(out, "|re");
		strcat(out, pick(random, flags));
		strcat(out, chance(random, 3) ? pick(random, anchors) : "");
		break;
	case CIDR:
		strcat(out, "|cidr");
		break;
	case TIME:
		strcat(out, pick(random, parts));
		strcat(out, chance(random, 2) ? pick(random, orders) : "");
		break;
	case ORDER:
		strcat(out, pick(random, orders));
		break;
	case EXISTS:
		strcat(out, "|exists");
		break;
	case FIELDREF:
		strcat(out, "|fieldref");
		strcat(out, chance(random, 2) ? pick(random, anchors) : "");
		break;
	case ENCODED:
		strcat(out, pick(random, encodings));
		break;
	case EXPAND:
		strcat(out, "|expand");
		strcat(out, chance(random, 2) ? pick(random, anchors) : "");
	}
	strcat(out, item->class != EXISTS && chance(random, 5) ? "|all" : "");
	strcat(out, chance(random, 5) ? "|cased" : "");
	strcat(out, item->field[0] && chance(random, 8) ? "|neq" : "");
}

/* Without wildcards: such lists are looked up as a whole. */
static void make_pure(struct random *random, struct generate_value *value)
{
	do {
		memset(value, 0, sizeof(*value));
		make_text(random, value, false);
	} while (!value->text[0] || strchr(value->text, '\\'));
}

static void make_item(struct random *random, struct generate_item *item, bool keyword)
{
	static const unsigned classes[] = {PLAIN, PLAIN,  PLAIN,    PLAIN,   PART,  PART,
					   PART,  PART,   REGEX,    REGEX,   CIDR,  ORDER,
					   TIME,  EXISTS, FIELDREF, ENCODED, EXPAND};

	bool pure;

	memset(item, 0, sizeof(*item));
	item->field = keyword ? "" : pick(random, fields);
	do
		item->class = pick(random, classes);
	while (keyword && (item->class == EXISTS || item->class == FIELDREF));
	make_modifiers(random, item);
	item->count = chance(random, 2) ? 1 : 1 + random_below(random, 4);
	if (item->class <= PART && chance(random, 5))
		item->count = 8 + random_below(random, GENERATE_VALUES - 7);
	pure = item->count >= 8 && !chance(random, 3);
	for (unsigned i = 0; i < item->count; i++)
		do {
			make_value(random, item, &item->values[i]);
			if (pure)
				make_pure(random, &item->values[i]);
		} while (keyword && strcmp(item->values[i].text, "null") == 0);
}

static void make_selection(struct random *random, struct generate_selection *selection, unsigned number)
{
	static const char *const names[] = {"sel", "selection_a", "_hidden", "filter"};

	memset(selection, 0, sizeof(*selection));
	sprintf(selection->name, "%s%u", pick(random, names), number);
	selection->keywords = chance(random, 6);
	selection->map_count =
		!selection->keywords && chance(random, 4) ? 2 + random_below(random, GENERATE_MAPS - 1) : 1;
	for (unsigned i = 0; i < selection->map_count; i++) {
		selection->maps[i].count = selection->keywords ? 1 : 1 + random_below(random, GENERATE_ITEMS);
		for (unsigned k = 0; k < selection->maps[i].count; k++)
			make_item(random, &selection->maps[i].items[k],
				  selection->keywords || chance(random, 12));
	}
	/* A list of texts has no place for modifiers; half of the keywords are written so. */
	if (selection->keywords && chance(random, 2)) {
		selection->maps[0].items[0].class = PLAIN;
		selection->maps[0].items[0].modifiers[0] = 0;
		for (unsigned i = 0; i < selection->maps[0].items[0].count; i++) {
			memset(&selection->maps[0].items[0].values[i], 0, sizeof(struct generate_value));
			make_text(random, &selection->maps[0].items[0].values[i], true);
		}
	}
}

static void make_condition(struct random *random, const struct generate_rule *rule, char *out, int depth)
{
	static const char *const quantified[] = {"1 of them",   "all of them", "1 of sel*",
						 "all of sel*", "any of *1",   "1 of ?ilter*"};
	const char *name = rule->selections[random_below(random, rule->count)].name;

	switch (depth > 2 ? 6 : random_below(random, 7)) {
	case 0:
	case 1:
		strcat(out, depth ? "(" : "");
		make_condition(random, rule, out, depth + 1);
		strcat(out, chance(random, 2) ? " and " : " or ");
		make_condition(random, rule, out, depth + 1);
		strcat(out, depth ? ")" : "");
		break;
	case 2:
		strcat(out, "not ");
		make_condition(random, rule, out, depth + 1);
		break;
	case 3:
		strcat(out, pick(random, quantified));
		break;
	default:
		strcat(out, name);
	}
}

void generate_rule(struct random *random, struct generate_rule *rule)
{
	memset(rule, 0, sizeof(*rule));
	rule->count = 1 + random_below(random, GENERATE_SELECTIONS);
	for (unsigned i = 0; i < rule->count; i++)
		make_selection(random, &rule->selections[i], i);
	make_condition(random, rule, rule->condition, 0);
}

/* -- as YAML ------------------------------------------------------------------------------------------- */

static void write_quoted(struct buf *out, const char *text)
{
	buf_add_char(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_add_char(out, '\'');
		buf_add_char(out, *text);
	}
	buf_add_char(out, '\'');
}

static void write_values(struct buf *out, const struct generate_item *item)
{
	if (item->count != 1)
		buf_add_char(out, '[');
	for (unsigned i = 0; i < item->count; i++) {
		buf_add_str(out, i ? STR(", ") : STR(""));
		if (item->values[i].kind == GENERATE_PLAIN)
			buf_printf(out, "%s", item->values[i].text);
		else
			write_quoted(out, item->values[i].text);
	}
	if (item->count != 1)
		buf_add_char(out, ']');
}

static void write_selection(struct buf *out, const struct generate_selection *selection)
{
	const struct generate_item *first = &selection->maps[0].items[0];

	buf_printf(out, "  %s:", selection->name);
	if (selection->keywords && !first->modifiers[0]) {
		buf_add_char(out, ' ');
		write_values(out, first);
		buf_add_char(out, '\n');
		return;
	}
	buf_add_char(out, '\n');
	for (unsigned i = 0; i < selection->map_count; i++)
		for (unsigned k = 0; k < selection->maps[i].count; k++) {
			const struct generate_item *item = &selection->maps[i].items[k];

			buf_printf(out, "    %s", selection->map_count == 1 ? "" : k == 0 ? "- " : "  ");
			buf_printf(out, "'%s%s': ", item->field, item->modifiers);
			write_values(out, item);
			buf_add_char(out, '\n');
		}
}

void generate_write(const struct generate_rule *rule, struct buf *out)
{
	buf_printf(out, "title: t\nlogsource: {product: p}\ndetection:\n");
	for (unsigned i = 0; i < rule->count; i++)
		write_selection(out, &rule->selections[i]);
	buf_printf(out, rule->count % 4 == 3 ? "  condition: ['%s', all of them]\n" : "  condition: '%s'\n",
		   rule->condition);
}

/* -- events -------------------------------------------------------------------------------------------- */

struct maker {
	struct random *random;
	struct arena *arena;
	struct oracle_event *event;
	struct buf text;
};

static const struct generate_item *any_item(struct maker *maker, const struct generate_rule *rules,
					    size_t count)
{
	const struct generate_rule *rule = &rules[random_below(maker->random, (uint32_t)count)];
	const struct generate_selection *selection =
		&rule->selections[random_below(maker->random, rule->count)];
	uint32_t map = random_below(maker->random, selection->map_count);

	return &selection->maps[map].items[random_below(maker->random, selection->maps[map].count)];
}

static void add_any_dash(struct maker *maker)
{
	static const char *const dashes[] = {"-", "/", "–", "—", "―"};

	buf_printf(&maker->text, "%s", pick(maker->random, dashes));
}

/* A text that the pattern fits, more or less. */
static void add_fitting(struct maker *maker, const struct generate_item *item, const char *pattern)
{
	static const char *const characters[] = {"x", "é", "日", "\xf0\x9f\x90\x8d", "", "/"};
	bool windash = strstr(item->modifiers, "windash") != NULL;

	for (; *pattern; pattern++) {
		bool escape = *pattern == '\\' && pattern[1] && strchr("*?\\", pattern[1]);

		if (escape)
			pattern++;
		if (!escape && *pattern == '*')
			buf_printf(&maker->text, "%s",
				   chance(maker->random, 2) ? "" : pick(maker->random, words));
		else if (!escape && *pattern == '?')
			buf_printf(&maker->text, "%s", pick(maker->random, characters));
		else if (windash && (*pattern == '-' || *pattern == '/') && chance(maker->random, 2))
			add_any_dash(maker);
		else if (strncmp(pattern, "%p%", 3) == 0 && strstr(item->modifiers, "expand"))
			buf_printf(&maker->text, "%s", chance(maker->random, 2) ? "one" : "twos"),
				pattern += 2;
		else if (strncmp(pattern, "%q%", 3) == 0)
			buf_printf(&maker->text, "aXc"), pattern += 2;
		else
			buf_add_char(&maker->text,
				     chance(maker->random, 8)
					     ? (char)(*pattern >= 'a' && *pattern <= 'z' ? *pattern - 32
											 : *pattern)
					     : *pattern);
	}
}

static void add_encoded(struct maker *maker, const struct generate_item *item, const char *value)
{
	static const char *const wides[] = {"utf16be", "utf16le", "utf16",
					    "wide"}; /* the longer names first */
	struct str text = str_from(value);
	struct buf whole = {0};

	for (size_t i = 0; i < count_of(wides); i++)
		if (strstr(item->modifiers, wides[i])) {
			text = oracle_utf16(text, wides[i], maker->arena);
			break;
		}
	if (strstr(item->modifiers, "base64offset")) {
		buf_add(&whole, "xyz", random_below(maker->random, 4));
		buf_add_str(&whole, text);
		buf_add(&whole, "uvw", random_below(maker->random, 4));
		text = arena_copy(maker->arena, buf_str(&whole));
		buf_done(&whole);
	}
	if (strstr(item->modifiers, "base64"))
		text = oracle_base64(text, maker->arena);
	buf_add_str(&maker->text, text);
}

/* What another field holds, in another case perhaps, and perhaps not all of it. */
static void add_other(struct maker *maker)
{
	const struct oracle_event *event = maker->event;
	struct str text = event->count
				  ? event->values[random_below(maker->random, (uint32_t)event->count)].text
				  : STR("a");
	bool other_case = chance(maker->random, 2);

	if (text.len && (unsigned char)text.ptr[text.len - 1] < 0x80 && chance(maker->random, 4))
		text.len--;
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(&maker->text, other_case && text.ptr[i] >= 'a' && text.ptr[i] <= 'z'
						   ? (char)(text.ptr[i] - 32)
						   : text.ptr[i]);
}

static void add_sample(struct maker *maker, const struct generate_item *item)
{
	static const char *const forms[] = {"4688.0", "0x1250", "16",  "1.50",  "0x10", "7",
					    "+1",     "-1",     "1e2", "100.5", "abc",  ""};
	const char *value = item->values[random_below(maker->random, item->count)].text;

	switch (item->class) {
	case REGEX:
		buf_printf(&maker->text, "%s", pick(maker->random, words));
		break;
	case CIDR:
		buf_printf(&maker->text, "%s", pick(maker->random, addresses));
		return;
	case TIME:
		buf_printf(&maker->text, "%s", pick(maker->random, times));
		return;
	case ENCODED:
		add_encoded(maker, item, value);
		return;
	case ORDER:
		buf_printf(&maker->text, "%s", chance(maker->random, 2) ? value : pick(maker->random, forms));
		return;
	case FIELDREF:
		add_other(maker);
		return;
	case EXISTS:
		buf_printf(&maker->text, "%s", pick(maker->random, words));
		return;
	case PLAIN:
		if (item->values[0].kind == GENERATE_PLAIN && chance(maker->random, 3)) {
			buf_printf(&maker->text, "%s", pick(maker->random, forms));
			return;
		}
	}
	add_fitting(maker, item, value);
}

static void add_value(struct maker *maker, const char *key, const struct generate_item *item, bool ecs)
{
	struct oracle_value *value = &maker->event->values[maker->event->count];
	struct random *random = maker->random;

	if (maker->event->count == count_of(maker->event->values))
		return;
	buf_clear(&maker->text);
	if (!chance(random, 20)) {
		if (strstr(item->modifiers, "contains") || strstr(item->modifiers, "endswith") ||
		    chance(random, 6))
			buf_printf(&maker->text, "%s", pick(random, words));
		add_sample(maker, item);
		if (strstr(item->modifiers, "contains") || strstr(item->modifiers, "startswith") ||
		    chance(random, 6))
			buf_printf(&maker->text, "%s", pick(random, words));
	}
	if (item->class == CIDR || item->class == TIME || item->class == ORDER ||
	    (item->class == ENCODED && chance(random, 2))) {
		buf_clear(&maker->text);
		add_sample(maker, item);
	}
	*value = (struct oracle_value){.key = str_from(key),
				       .text = arena_copy(maker->arena, buf_str(&maker->text)),
				       .null = !ecs && chance(random, 20),
				       .ecs = ecs};
	if (value->null)
		value->text = (struct str){"null", 4};
	if (ecs && value->text.len == 0)
		return;
	maker->event->count++;
}

/* A field with the text of the attribute before it. */
static void add_copy(struct oracle_event *event)
{
	struct oracle_value *last = &event->values[event->count - 1];

	if (!event->count || event->count == count_of(event->values) || last->ecs || last->null ||
	    !last->text.len)
		return;
	last[1] =
		(struct oracle_value){.key = STR("host.name"), .text = last->text, .ecs = true, .copy = true};
	event->count++;
}

/* Fields that sources state, or copy from an attribute. */
static void add_fields(struct maker *maker, const struct generate_rule *rules, size_t count)
{
	static const char *const names[] = {"event.module", "event.action", "observer.vendor",
					    "event.category"};

	add_copy(maker->event);
	for (size_t i = 0; i < count_of(names); i++) {
		size_t first = maker->event->count;

		if (!chance(maker->random, 2))
			continue;
		add_value(maker, names[i], any_item(maker, rules, count), true);
		if (maker->event->count > first)
			maker->event->values[first].constant = !chance(maker->random, 4);
	}
}

void generate_event(struct random *random, const struct generate_rule *rules, size_t count,
		    struct arena *arena, struct oracle_event *event)
{
	struct maker maker = {random, arena, event, {0}};

	event->count = 0;
	for (size_t i = 0, first = random_below(random, count_of(fields)); i < count_of(fields); i++) {
		size_t f = (first + i) % count_of(fields);
		const char *key = fields[f];

		if (strcmp(key, "SourceName") == 0 && chance(random, 2))
			key = "Source Name";
		for (uint32_t values = chance(random, 4) ? random_below(random, 4) : 1; values; values--) {
			const struct generate_item *item = any_item(&maker, rules, count);

			/* Rather what is looked for in this field. */
			for (int tries = 0; tries < 30 && strcmp(item->field, fields[f]) != 0; tries++)
				item = any_item(&maker, rules, count);
			add_value(&maker, key, item, false);
		}
	}
	if (chance(random, 2))
		add_value(&maker, "user.name", any_item(&maker, rules, count), true);
	add_fields(&maker, rules, count);
	buf_clear(&maker.text);
	if (chance(random, 3))
		buf_printf(&maker.text, "%s",
			   chance(random, 2) ? "{\"needle\":1}" : "<13>needle in hay aab C:\\Windows\\x.exe");
	event->raw = arena_copy(arena, buf_str(&maker.text));
	buf_done(&maker.text);
}

/* Some are something else before, which must leave nothing behind. */
static void set_field(struct event *event, const struct oracle_value *from, struct arena *arena)
{
	enum field_id id = field_by_name(from->key);
	struct field constant;

	if (from->text.len % 3 == 0) {
		must(event_make_constant(id, STR("needle"), &constant) == 0);
		event_set_constant(event, &constant);
	}
	event_set_text(event, id, from->text);
	if (from->copy && event->attr_count && /* which may have been taken away to make the event small */
	    event->attrs[event->attr_count - 1].value.text == from->text.ptr)
		event_put(event, id)->origin = FIELD_COPY;
	if (!from->constant)
		return;
	/* At addresses where other events have had others. */
	must(event_make_constant(id, arena_copy(arena, from->text), &constant) == 0);
	event_set_constant(event, &constant);
}

void generate_convert(const struct oracle_event *from, struct arena *arena, struct event *event)
{
	event_init(event, arena);
	event->logsource.product = STR("p");
	event->raw = from->raw;
	for (size_t i = 0; i < from->count; i++) {
		struct value value = value_string(from->values[i].text);

		if (from->values[i].null)
			value.type = VALUE_NULL;
		if (from->values[i].ecs)
			set_field(event, &from->values[i], arena);
		else
			event_add_attr(event, from->values[i].key, hash_str(from->values[i].key), value, 0);
	}
}
