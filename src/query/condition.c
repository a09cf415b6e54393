/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a comparison becomes. Case is ignored (ASCII), since lower() over a LowCardinality column looks only
 * at its dictionary; LIKE on lower() instead of ILIKE, and substring search instead of hasToken(), because
 * old servers lack the first and words in logs are seldom separated by blanks alone. Absent values are '', 0
 * and ::, so nothing is ever NULL and NOT means what it says.
 */
#include "base/clock.h"
#include "base/words.h"
#include "event/ip.h"
#include "query/private.h"
#include "query/time.h"

#define FREE_TEXT_ADDRESSES 4

/* Prose: words are looked for in it. Every other text is one value, compared as a whole. */
static const enum field_id prose[] = {FIELD_ID_MESSAGE, FIELD_ID_ERROR_MESSAGE, FIELD_ID_EVENT_REASON,
				      FIELD_ID_EMAIL_SUBJECT};

static const enum field_id free_text[] = {FIELD_ID_MESSAGE,
					  FIELD_ID_HOST_NAME,
					  FIELD_ID_USER_NAME,
					  FIELD_ID_PROCESS_EXECUTABLE,
					  FIELD_ID_PROCESS_NAME,
					  FIELD_ID_PROCESS_COMMAND_LINE,
					  FIELD_ID_FILE_PATH,
					  FIELD_ID_REGISTRY_PATH,
					  FIELD_ID_URL_ORIGINAL,
					  FIELD_ID_URL_DOMAIN,
					  FIELD_ID_URL_PATH,
					  FIELD_ID_DNS_QUESTION_NAME,
					  FIELD_ID_USER_AGENT_ORIGINAL,
					  FIELD_ID_RULE_NAME,
					  FIELD_ID_EVENT_ACTION};

static const enum field_id free_text_addresses[FREE_TEXT_ADDRESSES] = {
	FIELD_ID_SOURCE_IP, FIELD_ID_DESTINATION_IP, FIELD_ID_HOST_IP, FIELD_ID_OBSERVER_IP};

/* Columns that are not fields. */
static const struct target own[] = {
	{TARGET_COLUMN, {"seq", 3}, {"seq", 3}, FIELD_LONG, false},
	{TARGET_COLUMN, {"received", 8}, {"received", 8}, FIELD_DATE, false},
	{TARGET_COLUMN, {"peer", 4}, {"peer", 4}, FIELD_IP, false},
	{TARGET_COLUMN, {"listener", 8}, {"listener", 8}, FIELD_LONG, false},
	{TARGET_COLUMN, {"product", 7}, {"product", 7}, FIELD_KEYWORD, false},
	{TARGET_COLUMN, {"category", 8}, {"category", 8}, FIELD_KEYWORD, false},
	{TARGET_COLUMN, {"service", 7}, {"service", 7}, FIELD_KEYWORD, false},
};

static const char *const operators[] = {[COMPARE_EQUAL] = "=",
					[COMPARE_LT] = "<",
					[COMPARE_LE] = "<=",
					[COMPARE_GT] = ">",
					[COMPARE_GE] = ">="};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct target field_target(enum field_id id)
{
	const struct field_info *info = field_info(id);
	struct target target = {TARGET_COLUMN, info->name, info->column, info->type, false};

	for (size_t i = 0; i < COUNT(prose); i++)
		target.prose = target.prose || prose[i] == id;
	return target;
}

bool target_at(size_t index, struct target *ret_target)
{
	if (index >= FIELD_COUNT)
		return false;
	*ret_target = field_target((enum field_id)index);
	return true;
}

struct target target_of(struct str name)
{
	enum field_id id = field_by_name(name);

	if (id != FIELD_NONE)
		return field_target(id);
	for (size_t i = 0; i < COUNT(own); i++)
		if (str_eq(own[i].name, name))
			return own[i];
	return (struct target){TARGET_ATTRIBUTE, name, {0}, FIELD_TEXT, false};
}

static void add(struct sql_query *query, const char *text)
{
	buf_add_str(&query->sql, str_from(text));
}

/* --- text ------------------------------------------------------------------------------------------- */

static void add_contains(struct sql_query *query, struct str expression, const struct value_pattern *value,
			 struct arena *arena)
{
	if (value->wildcard) {
		buf_printf(&query->sql, "lower(%.*s) LIKE ", STR_FMT(expression));
		sql_bind_text(query, arena_printf(arena, "%%%.*s%%", STR_FMT(value->like)));
	} else {
		buf_printf(&query->sql, "positionCaseInsensitive(%.*s, ", STR_FMT(expression));
		sql_bind_text(query, value->plain);
		add(query, ") > 0");
	}
}

/* The expression is a String; it may stand for a column or for the value of an attribute. */
static void add_text(struct sql_query *query, struct str expression, enum comparison comparison,
		     const struct value_pattern *value)
{
	double number;

	if (comparison == COMPARE_EQUAL && value->wildcard) {
		buf_printf(&query->sql, "lower(%.*s) LIKE ", STR_FMT(expression));
		sql_bind_text(query, value->like);
	} else if (comparison == COMPARE_EQUAL) {
		buf_printf(&query->sql, "lower(%.*s) = ", STR_FMT(expression));
		sql_bind_text(query, value->lower);
	} else if (str_to_double(value->plain, &number) == 0) {
		buf_printf(&query->sql, "ifNull(toFloat64OrNull(toString(%.*s)) %s ", STR_FMT(expression),
			   operators[comparison]);
		sql_bind_double(query, number);
		add(query, ", 0)");
	} else {
		buf_printf(&query->sql, "lower(%.*s) %s ", STR_FMT(expression), operators[comparison]);
		sql_bind_text(query, value->lower);
	}
}

static void add_prose(struct sql_query *query, struct str expression, const struct value_pattern *value)
{
	struct arena *arena = arena_new(1024);

	must(arena);
	add_contains(query, expression, value, arena);
	arena_free(arena);
}

/* --- numbers, dates, addresses ---------------------------------------------------------------------- */

static int not_a(const struct target *target, const struct value_pattern *value, const char *what,
		 struct err *ret_err)
{
	return err_set(ret_err, ERR_SYNTAX, 1, value->column, "%.*s takes %s, not '%.*s'",
		       STR_FMT(target->name), words_of(what),
		       (int)(value->plain.len < 64 ? value->plain.len : 64), value->plain.ptr);
}

static int add_long(struct sql_query *query, const struct target *target, enum comparison comparison,
		    const struct value_pattern *value, struct err *ret_err)
{
	int64_t integer;

	if (str_to_i64(value->plain, &integer) < 0)
		return not_a(target, value, "a whole number", ret_err);
	buf_printf(&query->sql, "%.*s %s ", STR_FMT(target->column), operators[comparison]);
	sql_bind_integer(query, integer);
	return 0;
}

static int add_double(struct sql_query *query, const struct target *target, enum comparison comparison,
		      const struct value_pattern *value, struct err *ret_err)
{
	double number;

	if (str_to_double(value->plain, &number) < 0)
		return not_a(target, value, "a number", ret_err);
	buf_printf(&query->sql, "%.*s %s ", STR_FMT(target->column), operators[comparison]);
	sql_bind_double(query, number);
	return 0;
}

static int add_bool(struct sql_query *query, const struct target *target, const struct value_pattern *value,
		    struct err *ret_err)
{
	bool is_true = str_eq(value->lower, STR("true"));

	if (!is_true && !str_eq(value->lower, STR("false")))
		return not_a(target, value, "true or false", ret_err);
	buf_printf(&query->sql, "%.*s = %d", STR_FMT(target->column), is_true);
	return 0;
}

static void add_bound(struct sql_query *query, struct str column, const char *operator, int64_t time)
{
	buf_printf(&query->sql, "%.*s %s ", STR_FMT(column), operator);
	sql_bind_integer(query, time);
}

/* A text covers a span: a day is later than another where it begins after that has ended. */
static int add_date(struct sql_query *query, const struct target *target, enum comparison comparison,
		    const struct value_pattern *value, int64_t now, struct err *ret_err)
{
	int64_t begin, end;

	if (time_read(value->plain, now, &begin, &end) < 0)
		return not_a(target, value, "a time such as 2026-01-01, \"2026-01-01T08:30:00Z\" or now-1h",
			     ret_err);
	switch (comparison) {
	case COMPARE_EQUAL:
		add_bound(query, target->column, ">=", begin);
		add(query, " AND ");
		add_bound(query, target->column, "<", end);
		break;
	case COMPARE_LT:
		add_bound(query, target->column, "<", begin);
		break;
	case COMPARE_LE:
		add_bound(query, target->column, "<", end);
		break;
	case COMPARE_GT:
		add_bound(query, target->column, ">=", end);
		break;
	case COMPARE_GE:
		add_bound(query, target->column, ">=", begin);
		break;
	}
	return 0;
}

static void add_net(struct sql_query *query, struct str column, const struct ip_net *net)
{
	uint8_t last[16];

	for (unsigned i = 0; i < 16; i++) {
		unsigned fixed = net->bits > i * 8 ? net->bits - i * 8 : 0;

		last[i] = net->ip[i] | (fixed >= 8 ? 0 : (uint8_t)(0xff >> fixed));
	}
	buf_printf(&query->sql, "%.*s >= ", STR_FMT(column));
	sql_bind_ip(query, net->ip);
	buf_printf(&query->sql, " AND %.*s <= ", STR_FMT(column));
	sql_bind_ip(query, last);
}

static int add_ip(struct sql_query *query, const struct target *target, enum comparison comparison,
		  const struct value_pattern *value, struct err *ret_err)
{
	struct ip_net net;

	if (value->wildcard && comparison == COMPARE_EQUAL) {
		buf_printf(&query->sql, "replaceOne(IPv6NumToString(%.*s), '::ffff:', '') LIKE ",
			   STR_FMT(target->column));
		sql_bind_text(query, value->like);
		return 0;
	}
	if (ip_net_parse(value->plain, &net) < 0)
		return not_a(target, value, "an address, a network such as 10.0.0.0/8, or 10.1.*", ret_err);
	if (comparison == COMPARE_EQUAL && net.bits < 128) {
		add_net(query, target->column, &net);
		return 0;
	}
	buf_printf(&query->sql, "%.*s %s ", STR_FMT(target->column), operators[comparison]);
	sql_bind_ip(query, net.ip);
	return 0;
}

/* --- targets ---------------------------------------------------------------------------------------- */

static int add_column(struct sql_query *query, const struct target *target, enum comparison comparison,
		      const struct value_pattern *value, int64_t now, struct err *ret_err)
{
	switch (target->type) {
	case FIELD_KEYWORD:
	case FIELD_TEXT:
		if (target->prose && comparison == COMPARE_EQUAL)
			add_prose(query, target->column, value);
		else
			add_text(query, target->column, comparison, value);
		return 0;
	case FIELD_LONG:
		return add_long(query, target, comparison, value, ret_err);
	case FIELD_DOUBLE:
		return add_double(query, target, comparison, value, ret_err);
	case FIELD_BOOL:
		return add_bool(query, target, value, ret_err);
	case FIELD_DATE:
		return add_date(query, target, comparison, value, now, ret_err);
	case FIELD_IP:
		return add_ip(query, target, comparison, value, ret_err);
	}
	return 0;
}

int condition_add(struct sql_query *query, const struct target *target, enum comparison comparison,
		  const struct value_pattern *value, int64_t now, struct err *ret_err)
{
	int r = 0;

	add(query, "(");
	if (target->kind == TARGET_COLUMN) {
		r = add_column(query, target, comparison, value, now, ret_err);
	} else {
		add(query, "arrayExists((k, v) -> k = ");
		sql_bind_text(query, target->name);
		add(query, " AND ");
		add_text(query, STR("v"), comparison, value);
		add(query, ", attr_keys, attr_values)");
	}
	add(query, ")");
	return r;
}

void condition_exists(struct sql_query *query, const struct target *target)
{
	if (target->kind == TARGET_ATTRIBUTE) {
		add(query, "has(attr_keys, ");
		sql_bind_text(query, target->name);
		add(query, ")");
		return;
	}
	buf_printf(&query->sql, "(%.*s != ", STR_FMT(target->column));
	switch (target->type) {
	case FIELD_KEYWORD:
	case FIELD_TEXT:
		add(query, "'')");
		break;
	case FIELD_IP:
		add(query, "toFixedString('', 16))");
		break;
	default:
		add(query, "0)");
	}
}

void condition_attributes_like(struct sql_query *query, const struct value_pattern *name,
			       const struct value_pattern *value)
{
	add(query, "arrayExists((k, v) -> lower(k) LIKE ");
	sql_bind_text(query, name->like);
	if (!value->everything) {
		add(query, " AND ");
		add_text(query, STR("v"), COMPARE_EQUAL, value);
	}
	add(query, ", attr_keys, attr_values)");
}

void condition_free_text(struct sql_query *query, const struct value_pattern *value)
{
	struct arena *arena = arena_new(1024);
	struct ip_net net;

	must(arena);
	add(query, "(");
	for (size_t i = 0; i < COUNT(free_text); i++) {
		add_contains(query, field_info(free_text[i])->column, value, arena);
		add(query, " OR ");
	}
	if (!value->wildcard && ip_net_parse(value->plain, &net) == 0)
		for (size_t i = 0; i < FREE_TEXT_ADDRESSES; i++) {
			add(query, "(");
			add_net(query, field_info(free_text_addresses[i])->column, &net);
			add(query, ") OR ");
		}
	add(query, "arrayExists(v -> ");
	add_contains(query, STR("v"), value, arena);
	add(query, ", attr_values))");
	arena_free(arena);
}
