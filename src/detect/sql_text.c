/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/sql_text.h"

#include "detect/witness.h"
#include "detect/probe.h"

#define EXACT_MAX 9007199254740992.0 /* whole numbers past it are not told apart */
#define VALUE_OVERHEAD 16
#define LIST_MAX 256 /* texts of one list; past it nothing is said */

static void add(struct sql_query *query, const char *text)
{
	buf_add_str(&query->sql, str_from(text));
}

static bool list_fits(const struct predicate *predicate)
{
	return predicate->type == PREDICATE_SET        ? map_len(predicate->set) <= LIST_MAX
	       : predicate->type == PREDICATE_LITERALS ? predicate->literals->count <= LIST_MAX
						       : true;
}

/* What one value must be. */
static const struct {
	bool bounded, exact;
	const char *function; /* FUNCTION(value, text) … */
	const char *behind;
} shapes[PREDICATE_TYPES] = {
	[PREDICATE_EXACT] = {true, true, "equals", ""},
	[PREDICATE_PREFIX] = {true, true, "startsWith", ""},
	[PREDICATE_SUFFIX] = {true, true, "endsWith", ""},
	[PREDICATE_CONTAINS] = {true, true, "position", " > 0"},
	[PREDICATE_LITERALS] = {true, true, "position", " > 0"},
	[PREDICATE_SET] = {true, true, "equals", ""},
	[PREDICATE_GLOB] = {true, false, "position", " > 0"},
	[PREDICATE_REGEX] = {true, false, "position", " > 0"},
	[PREDICATE_ANY] = {true, true, NULL, NULL},
	[PREDICATE_EXISTS] = {true, true, NULL, NULL},
	[PREDICATE_NULL] = {true, true, NULL, NULL},
	[PREDICATE_NUMBER] = {true, false, NULL, NULL},
	[PREDICATE_COMPARE] = {true, false, NULL, NULL},
	[PREDICATE_CIDR] = {true, false, NULL, NULL},
};

bool sql_is_bounded(const struct predicate *predicate)
{
	return shapes[predicate->type].bounded && list_fits(predicate);
}

/* The store has bytes where the matcher has bytes; but a null and an empty value look alike there. */
bool sql_is_exact(const struct predicate *predicate)
{
	return shapes[predicate->type].exact && list_fits(predicate) && predicate->type != PREDICATE_ANY &&
	       predicate->type != PREDICATE_EXISTS && predicate->type != PREDICATE_NULL;
}

/* Places follow one another with the same texts in the same order. */
static void begin(struct sql_values *values)
{
	values->again = values->used;
	values->used = true;
	if (!values->again)
		values->first = values->query->len;
	values->next = values->first;
}

static void add_value(struct sql_values *values, struct str text)
{
	if (values->again)
		buf_printf(&values->query->sql, "{p%zu:String}", values->next++);
	else
		sql_bind_text(values->query, text);
}

static size_t text_size(struct str text)
{
	return VALUE_OVERHEAD + 2 * text.len; /* some letters take three bytes in a URL */
}

size_t sql_size(const struct predicate *predicate)
{
	size_t cursor = 0, size = 0;
	uint64_t value;
	struct str text;

	if (predicate->type == PREDICATE_SET)
		while (map_next(predicate->set, &cursor, &text, &value))
			size += text_size(text);
	else if (predicate->type == PREDICATE_LITERALS)
		for (uint32_t i = 0; i < predicate->literals->count; i++)
			size += text_size(predicate->literals->texts[i]);
	else
		size = text_size(witness_literal(predicate));
	return size;
}

static void add_one(struct sql_values *values, const struct predicate *predicate, struct str expression,
		    struct str text)
{
	/* The literal of a regular expression is in lower case whatever its flags. */
	bool cased = predicate->cased && predicate->type != PREDICATE_REGEX;

	buf_printf(&values->query->sql, cased ? "%s(%.*s, " : "%s(lower(%.*s), ",
		   shapes[predicate->type].function, STR_FMT(expression));
	add_value(values, text);
	buf_printf(&values->query->sql, ")%s", shapes[predicate->type].behind);
}

static void add_set(struct sql_values *values, const struct predicate *predicate, struct str expression)
{
	size_t cursor = 0;
	const char *between = "";
	uint64_t value;
	struct str text;

	for (; map_next(predicate->set, &cursor, &text, &value); between = " OR ") {
		add(values->query, between);
		add_one(values, predicate, expression, text);
	}
}

static void add_literals(struct sql_values *values, const struct predicate *predicate, struct str expression)
{
	for (uint32_t i = 0; i < predicate->literals->count; i++) {
		add(values->query, i ? " OR " : "");
		add_one(values, predicate, expression, predicate->literals->texts[i]);
	}
}

/* Decimal numbers are compared; of what else a number may look like (0x10) nothing is said. */
static void add_number(struct sql_values *values, const struct predicate *predicate, struct str expression)
{
	static const char *const operators[] = {[COMPARE_EQ] = "=",
						[COMPARE_LT] = "<",
						[COMPARE_LTE] = "<=",
						[COMPARE_GT] = ">",
						[COMPARE_GTE] = ">="};
	enum compare compare = predicate->type == PREDICATE_NUMBER ? COMPARE_EQ : predicate->compare;

	buf_printf(&values->query->sql, "ifNull(toFloat64OrNull(%.*s) %s ", STR_FMT(expression),
		   operators[compare]);
	sql_bind_double(values->query, predicate->number);
	add(values->query, ", 1)");
}

void sql_of_text(struct sql_values *values, const struct predicate *predicate, struct str expression)
{
	struct str literal;

	begin(values);
	add(values->query, "(");
	if (predicate->type == PREDICATE_SET) {
		add_set(values, predicate, expression);
	} else if (predicate->type == PREDICATE_LITERALS) {
		add_literals(values, predicate, expression);
	} else if (predicate->type == PREDICATE_NUMBER || predicate->type == PREDICATE_COMPARE) {
		add_number(values, predicate, expression);
	} else if (shapes[predicate->type].function) {
		literal = witness_literal(predicate);
		if (literal.len || predicate->type == PREDICATE_EXACT)
			add_one(values, predicate, expression, literal);
		else
			add(values->query, "1");
	} else {
		add(values->query, "1");
	}
	add(values->query, ")");
}

/* --- columns ------------------------------------------------------------------------------------------ */

/* Numbers keep no text: only equality says something. */
static void add_number_column(struct sql_values *values, const struct predicate *predicate, struct str column)
{
	double number = predicate->number;
	bool equal = predicate->type == PREDICATE_NUMBER ||
		     (predicate->type == PREDICATE_EXACT && text_number(predicate->text, &number));

	if (equal && (number > EXACT_MAX || number < -EXACT_MAX)) {
		add(values->query, "1");
	} else if (predicate->type == PREDICATE_EXACT && !equal) {
		add(values->query, "0");
	} else if (equal) {
		buf_printf(&values->query->sql, "%.*s = ", STR_FMT(column));
		sql_bind_double(values->query, number);
	} else {
		add(values->query, "1");
	}
}

static void add_ip_column(struct sql_values *values, const struct predicate *predicate, struct str column)
{
	char text[80]; /* the column as people write it */
	uint8_t ip[16];

	if (predicate->type == PREDICATE_EXACT && ip_parse(predicate->text, ip) == 0) {
		buf_printf(&values->query->sql, "%.*s = ", STR_FMT(column));
		sql_bind_ip(values->query, ip);
	} else if (predicate->type == PREDICATE_CIDR) {
		uint8_t last[16];

		for (unsigned i = 0; i < 16; i++) {
			unsigned bits = predicate->net.bits > i * 8 ? predicate->net.bits - i * 8 : 0;

			last[i] = predicate->net.ip[i] | (uint8_t)(bits >= 8 ? 0 : 0xff >> bits);
		}
		buf_printf(&values->query->sql, "%.*s >= ", STR_FMT(column));
		sql_bind_ip(values->query, predicate->net.ip);
		buf_printf(&values->query->sql, " AND %.*s <= ", STR_FMT(column));
		sql_bind_ip(values->query, last);
	} else if (shapes[predicate->type].function) { /* IPv6 has many spellings */
		snprintf(text, sizeof(text), "%.*s_text", STR_FMT(column));
		buf_printf(&values->query->sql, "position(%s, ':') > 0 OR ", text);
		sql_of_text(values, predicate, str_from(text));
	} else {
		add(values->query, "1");
	}
}

void sql_of_column(struct sql_values *values, const struct predicate *predicate, enum field_id field)
{
	const struct field_info *info = field_info(field);

	add(values->query, "(");
	if (info->type == FIELD_KEYWORD || info->type == FIELD_TEXT) {
		buf_printf(&values->query->sql, "%.*s != '' AND ", STR_FMT(info->column));
		sql_of_text(values, predicate, info->column);
	} else if (info->type == FIELD_IP) {
		add_ip_column(values, predicate, info->column);
	} else if (info->type == FIELD_LONG || info->type == FIELD_DOUBLE) {
		add_number_column(values, predicate, info->column);
	} else {
		add(values->query, "1");
	}
	add(values->query, ")");
}
