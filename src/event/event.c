/* SPDX-License-Identifier: Apache-2.0 */
#include "event/event.h"

#include "base/clock.h"
#include "base/err.h"
#include "event/ip.h"
#include "event/put.h"

#define ATTRS_FIRST 32
#define ATTRS_SPARE 16 /* room for aliases */
#define FIELDS_FIRST 24

void event_init(struct event *event, struct arena *arena)
{
	memset(event, 0, sizeof(*event));
	event->sequence = -1;
	event->arena = arena;
}

/* A larger copy of an array in the arena; the old one stays behind until the batch is reset. */
static void *grow(struct arena *arena, const void *items, uint32_t count, size_t size, uint32_t first,
		  uint32_t *capacity)
{
	void *grown;

	*capacity = *capacity ? *capacity * 2 : first;
	grown = arena_alloc(arena, *capacity * size);
	if (count)
		memcpy(grown, items, count * size);
	return grown;
}

void event_grow_attrs(struct event *event)
{
	event->attrs = grow(event->arena, event->attrs, event->attr_count, sizeof(*event->attrs), ATTRS_FIRST,
			    &event->attr_capacity);
}

void event_reserve_attrs(struct event *event, uint32_t more)
{
	const uint32_t want = event->attr_count + more + ATTRS_SPARE;

	if (!event->attrs) {
		event->attr_capacity = want < EVENT_ATTRS_MAX ? want : EVENT_ATTRS_MAX;
		event->attrs = arena_array(event->arena, struct attr, event->attr_capacity);
	}
	while (event->attr_capacity < EVENT_ATTRS_MAX && event->attr_capacity < event->attr_count + more)
		event_grow_attrs(event);
}

void event_grow_fields(struct event *event)
{
	event->fields = grow(event->arena, event->fields, event->field_count, sizeof(*event->fields),
			     FIELDS_FIRST, &event->field_capacity);
}

static int to_bool(struct str text, int64_t *ret_value)
{
	if (str_ieq(text, STR("true")) || str_eq(text, STR("1")))
		*ret_value = 1;
	else if (str_ieq(text, STR("false")) || str_eq(text, STR("0")))
		*ret_value = 0;
	else
		return ERR_SYNTAX;
	return 0;
}

/* Whole numbers as sources write them: decimal, 0x…, or a fraction of zeros as JSON encoders leave it. */
static int to_long(struct str text, int64_t *ret_value)
{
	double number;
	uint64_t magnitude;

	if (text.len == 1 && char_is_digit(text.ptr[0])) {
		*ret_value = text.ptr[0] - '0';
		return 0;
	}
	if (str_to_i64(text, ret_value) == 0)
		return 0;
	if (str_to_u64(text, &magnitude) == 0 && magnitude <= INT64_MAX) {
		*ret_value = (int64_t)magnitude;
		return 0;
	}
	if (str_to_double(text, &number) < 0 || !(number > -9e15 && number < 9e15))
		return ERR_SYNTAX;
	*ret_value = (int64_t)number;
	return 0;
}

/* Numbers, addresses, times: the text must be of that type. */
static int convert(enum field_type type, struct str text, struct field *typed)
{
	switch (type) {
	case FIELD_KEYWORD:
	case FIELD_TEXT:
		return 0;
	case FIELD_LONG:
		return to_long(text, &typed->integer);
	case FIELD_DOUBLE:
		return str_to_double(text, &typed->number);
	case FIELD_IP:
		return ip_parse(text, typed->ip);
	case FIELD_DATE:
		return clock_parse(text, 0, &typed->integer);
	case FIELD_BOOL:
		return to_bool(text, &typed->integer);
	}
	return 0;
}

int event_set_value(struct event *event, enum field_id id, const struct value *value)
{
	enum field_type type = field_info(id)->type;
	struct field typed = {0}, *field;
	int r;

	if (type == FIELD_KEYWORD || type == FIELD_TEXT) {
		event_set_keyword(event, id, value);
		return 0;
	}
	r = convert(type, value_str(*value), &typed);
	if (r < 0)
		return r;
	field = event_set_keyword(event, id, value);
	memcpy(field->ip, typed.ip, sizeof(field->ip));
	return 0;
}

int event_make_constant(enum field_id id, struct str text, struct field *ret_constant)
{
	const enum field_type type = field_info(id)->type;
	struct field made = {.id = id, .value = value_string(text)};
	const int r = convert(type, text, &made);

	if (r < 0)
		return r;
	if (type == FIELD_KEYWORD || type == FIELD_TEXT) {
		made.origin = FIELD_CONSTANT;
		made.hash = hash_bytes_wide(text.ptr, text.len);
	}
	*ret_constant = made;
	return 0;
}

int event_set_text(struct event *event, enum field_id id, struct str text)
{
	return event_set(event, id, value_string(text));
}

const char event_small_numbers[] = "0001020304050607080910111213141516171819"
				   "2021222324252627282930313233343536373839"
				   "4041424344454647484950515253545556575859"
				   "6061626364656667686970717273747576777879"
				   "8081828384858687888990919293949596979899";

static struct value number_value(struct arena *arena, int64_t integer)
{
	char *text;

	if (integer >= 0 && integer < SMALL_NUMBERS)
		return event_small_value((unsigned)integer);
	text = arena_alloc(arena, CLOCK_TEXT_SIZE);
	return (struct value){text, (uint32_t)str_format_i64(integer, text), VALUE_NUMBER};
}

void event_set_integer(struct event *event, enum field_id id, int64_t integer)
{
	struct value value;
	char *text;

	if (field_info(id)->type == FIELD_DATE) {
		text = arena_alloc(event->arena, CLOCK_TEXT_SIZE);
		clock_format(integer, text);
		value = (struct value){text, CLOCK_TEXT_SIZE - 1, VALUE_STRING};
	} else {
		value = number_value(event->arena, integer);
	}
	event_set_keyword(event, id, &value)->integer = integer;
}

void event_set_ip(struct event *event, enum field_id id, const uint8_t ip[16])
{
	char *text = arena_alloc(event->arena, IP_TEXT_SIZE);
	struct value value;

	ip_format(ip, text);
	value = value_string(str_from(text));
	memcpy(event_set_keyword(event, id, &value)->ip, ip, 16);
}

struct str event_text(const struct event *event, enum field_id id)
{
	const struct field *field = event_get(event, id);

	return field ? value_str(field->value) : (struct str){0};
}

uint32_t event_find_attr(const struct event *event, struct str key, uint64_t hash, uint32_t from)
{
	for (uint32_t i = from; i < event->attr_count; i++)
		if (event->attrs[i].hash == hash && str_eq(event->attrs[i].key, key))
			return i;
	return event->attr_count;
}
