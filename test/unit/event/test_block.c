/* SPDX-License-Identifier: Apache-2.0 */
#include "event/block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"

/* --- a decoder of its own, by ClickHouse's description of the format ------------------------------- */

#define ROWS_MAX 2048
#define CELLS_MAX 8192

struct cells {
	struct str name, type;
	size_t count;
	uint64_t ends[ROWS_MAX]; /* of arrays */
	struct str items[CELLS_MAX];
};

static uint64_t take_varint(struct str *in)
{
	uint64_t value = 0;
	unsigned shift = 0;
	uint8_t byte;

	do {
		assert_true(in->len > 0);
		byte = (uint8_t)in->ptr[0];
		*in = str_from_offset(*in, 1);
		value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return value;
}

static struct str take(struct str *in, size_t len)
{
	struct str taken = str_head(*in, len);

	assert_int_equal(taken.len, len);
	*in = str_from_offset(*in, len);
	return taken;
}

static uint64_t take_number(struct str *in, size_t width)
{
	uint64_t value = 0;

	memcpy(&value, take(in, width).ptr, width);
	return value;
}

static struct str take_string(struct str *in)
{
	size_t len = take_varint(in);

	return take(in, len);
}

static void take_low_cardinality(struct str *in, struct cells *cells)
{
	static struct str keys[CELLS_MAX];
	uint64_t flags, count;

	if (!cells->count)
		return;
	flags = take_number(in, 8);
	count = take_number(in, 8);
	assert_true(flags & 0x200);
	assert_true(count <= CELLS_MAX);
	for (uint64_t i = 0; i < count; i++)
		keys[i] = take_string(in);
	assert_int_equal(take_number(in, 8), cells->count);
	for (size_t i = 0; i < cells->count; i++) {
		uint64_t index = take_number(in, (size_t)1 << (flags & 0xff));

		assert_true(index < count);
		cells->items[i] = keys[index];
	}
}

static size_t fixed_width(struct str type)
{
	if (str_eq(type, STR("UInt8")))
		return 1;
	if (str_eq(type, STR("UInt16")))
		return 2;
	return str_eq(type, STR("FixedString(16)")) ? 16 : 8;
}

static void take_values(struct str *in, struct str type, struct cells *cells)
{
	if (str_eq(type, STR("LowCardinality(String)")))
		take_low_cardinality(in, cells);
	else
		for (size_t i = 0; i < cells->count; i++)
			cells->items[i] =
				str_eq(type, STR("String")) ? take_string(in) : take(in, fixed_width(type));
}

static void take_column(struct str *in, size_t rows, struct cells *cells)
{
	struct str type;

	cells->name = take_string(in);
	cells->type = type = take_string(in);
	cells->count = rows;
	if (str_find(type, STR("LowCardinality")) != STR_NOT_FOUND)
		assert_int_equal(take_number(in, 8), 1);
	if (str_starts(type, STR("Array("))) {
		for (size_t i = 0; i < rows; i++)
			cells->ends[i] = take_number(in, 8);
		cells->count = cells->ends[rows - 1];
		type = str_of(type.ptr + 6, type.len - 7);
	}
	assert_true(cells->count <= CELLS_MAX);
	take_values(in, type, cells);
}

/* The column of that name, or false where the block does not have it. Reads the block to its last byte. */
static bool find_column(const struct buf *encoded, const char *name, struct cells *ret_cells)
{
	static struct cells cells;
	struct str in = buf_str(encoded);
	uint64_t columns = take_varint(&in), rows = take_varint(&in);
	bool found = false;

	assert_true(rows <= ROWS_MAX);
	for (uint64_t i = 0; i < columns; i++) {
		take_column(&in, rows, &cells);
		if (str_eq(cells.name, str_from(name))) {
			*ret_cells = cells;
			found = true;
		}
	}
	assert_int_equal(in.len, 0);
	return found;
}

static int64_t integer_at(const struct cells *cells, size_t row)
{
	int64_t value;

	memcpy(&value, cells->items[row].ptr, sizeof(value));
	return value;
}

static void assert_text_at(const struct cells *cells, size_t row, struct str expected)
{
	assert_true(row < cells->count);
	assert_int_equal(cells->items[row].len, expected.len);
	assert_true(str_eq(cells->items[row], expected));
}

/* --- tests ------------------------------------------------------------------------------------------ */

static struct cells cells;

struct fixture {
	struct arena *arena;
	struct block *block;
	struct buf out;
	struct event event;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new(0);
	f->block = block_new();
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	buf_done(&f->out);
	block_free(f->block);
	arena_free(f->arena);
	free(f);
	return 0;
}

static struct event *next_event(struct fixture *f, uint64_t seq)
{
	event_init(&f->event, f->arena);
	f->event.seq = seq;
	f->event.received = 1000 + (int64_t)seq;
	return &f->event;
}

static void add_attr(struct event *event, struct str key, struct str value, uint8_t flags)
{
	event_add_attr(event, key, hash_str(key), value_string(value), flags);
}

/* Short and long columns, with rows that set them and rows that do not, a second time in the same pieces. */
static void test_pieces_are_the_block(void **state)
{
	struct fixture *f = *state;
	struct block_pieces pieces = {0};

	for (unsigned rows = 1; rows <= 4001; rows += 2000) {
		struct buf joined = {0};

		block_clear(f->block);
		buf_clear(&f->out);
		for (unsigned i = 0; i < rows; i++) {
			struct event *event = next_event(f, i + 1);

			if (i % 3 == 1)
				event_set_text(event, FIELD_ID_MESSAGE,
					       arena_printf(f->arena, "the line of number %u", i));
			if (i < rows / 2)
				event_set_text(event, FIELD_ID_USER_NAME,
					       arena_printf(f->arena, "user %u", i));
			event_add_attr(event, STR("Id"), 1, value_string(arena_printf(f->arena, "0x%x", i)),
				       0);
			block_add(f->block, event);
		}
		block_encode(f->block, &f->out);
		block_finish(f->block, &pieces);
		for (size_t i = 0; i < pieces.list.len; i++)
			buf_add_str(&joined, pieces.list.items[i]);
		assert_int_equal(joined.len, f->out.len);
		assert_memory_equal(joined.ptr, f->out.ptr, joined.len);
		if (rows > 4000)
			assert_true(pieces.list.len > 4);
		buf_done(&joined);
	}
	block_pieces_done(&pieces);
}

static void test_values_come_back(void **state)
{
	struct fixture *f = *state;
	struct event *event;

	next_event(f, 1);
	block_add(f->block, &f->event);
	event = next_event(f, 2);
	event->listener = 514;
	event->logsource.product = STR("linux");
	event_set_integer(event, FIELD_ID_TIMESTAMP, -5);
	event_set_text(event, FIELD_ID_USER_NAME, STR("zhang\xff\0san"));
	event_set_text(event, FIELD_ID_MESSAGE, STR("第一行\n'x'"));
	event_set_text(event, FIELD_ID_SOURCE_IP, STR("192.0.2.7"));
	event_set_text(event, FIELD_ID_EVENT_RISK_SCORE, STR("2.5"));
	block_add(f->block, event);
	next_event(f, 3);
	block_add(f->block, &f->event);
	block_encode(f->block, &f->out);

	assert_true(find_column(&f->out, "seq", &cells));
	assert_int_equal(cells.count, 3);
	assert_int_equal(integer_at(&cells, 2), 3);
	assert_true(find_column(&f->out, "time", &cells));
	assert_int_equal(integer_at(&cells, 0), 1001);
	assert_int_equal(integer_at(&cells, 1), -5);
	assert_true(find_column(&f->out, "user_name", &cells));
	assert_text_at(&cells, 0, STR(""));
	assert_text_at(&cells, 1, STR("zhang\xff\0san"));
	assert_text_at(&cells, 2, STR(""));
	assert_true(find_column(&f->out, "message", &cells));
	assert_text_at(&cells, 1, STR("第一行\n'x'"));
	assert_text_at(&cells, 2, STR(""));
	assert_true(find_column(&f->out, "source_ip", &cells));
	assert_text_at(&cells, 1, STR("\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\7"));
	assert_true(find_column(&f->out, "event_risk_score", &cells));
	assert_memory_equal(cells.items[1].ptr, &(double){2.5}, 8);
	assert_true(find_column(&f->out, "listener", &cells));
	assert_text_at(&cells, 1, STR("\2\2"));
	assert_true(find_column(&f->out, "product", &cells));
	assert_text_at(&cells, 1, STR("linux"));
}

static void test_unset_columns_are_left_out(void **state)
{
	struct fixture *f = *state;
	struct buf names = {0};

	event_set_text(next_event(f, 1), FIELD_ID_USER_NAME, STR(""));
	block_add(f->block, &f->event);
	block_encode(f->block, &f->out);
	assert_false(find_column(&f->out, "user_name", &cells));
	assert_false(find_column(&f->out, "attr_keys", &cells));
	block_names(f->block, &names);
	assert_string_equal(buf_cstr(&names), "seq,received,peer,listener,time");
	buf_done(&names);
}

static void test_attributes_are_parallel_arrays(void **state)
{
	struct fixture *f = *state;
	struct event *event = next_event(f, 1);
	struct cells keys;

	block_add(f->block, event);
	event = next_event(f, 2);
	add_attr(event, STR("Image"), STR("C:\\x.exe"), ATTR_DERIVED);
	add_attr(event, STR("Hashes"), STR("MD5=1"), 0);
	add_attr(event, STR("Hashes"), STR(""), 0);
	add_attr(event, STR("EventID"), STR("1"), 0);
	block_add(f->block, event);
	block_add(f->block, next_event(f, 3));
	block_encode(f->block, &f->out);
	assert_true(find_column(&f->out, "attr_keys", &keys));
	assert_true(find_column(&f->out, "attr_values", &cells));
	assert_int_equal(keys.ends[0], 0);
	assert_int_equal(keys.ends[1], 3);
	assert_int_equal(keys.ends[2], 3);
	assert_memory_equal(keys.ends, cells.ends, 3 * sizeof(keys.ends[0]));
	assert_text_at(&keys, 0, STR("Hashes"));
	assert_text_at(&keys, 1, STR("Hashes"));
	assert_text_at(&keys, 2, STR("EventID"));
	assert_text_at(&cells, 0, STR("MD5=1"));
	assert_text_at(&cells, 1, STR(""));
	assert_text_at(&cells, 2, STR("1"));
}

static void test_dictionaries_grow_past_a_byte(void **state)
{
	struct fixture *f = *state;
	const size_t rows = 1000, distinct = 700;

	for (size_t i = 0; i < rows; i++) {
		struct event *event = next_event(f, i);

		event_set_text(event, FIELD_ID_HOST_NAME, arena_printf(f->arena, "host-%zu", i % distinct));
		event_set_text(event, FIELD_ID_EVENT_OUTCOME, i % 2 ? STR("success") : STR("failure"));
		block_add(f->block, event);
	}
	assert_int_equal(block_rows(f->block), rows);
	block_encode(f->block, &f->out);
	assert_true(find_column(&f->out, "host_name", &cells));
	for (size_t i = 0; i < rows; i++)
		assert_text_at(&cells, i, arena_printf(f->arena, "host-%zu", i % distinct));
	assert_true(find_column(&f->out, "event_outcome", &cells));
	assert_text_at(&cells, 0, STR("failure"));
	assert_text_at(&cells, 999, STR("success"));
}

static void test_cleared_block_forgets(void **state)
{
	struct fixture *f = *state;
	struct event *event = next_event(f, 1);

	event_set_text(event, FIELD_ID_HOST_NAME, STR("old"));
	event_set_text(event, FIELD_ID_MESSAGE, STR("old"));
	add_attr(event, STR("k"), STR("old"), 0);
	block_add(f->block, event);
	block_clear(f->block);
	assert_int_equal(block_rows(f->block), 0);
	event = next_event(f, 2);
	event_set_text(event, FIELD_ID_HOST_NAME, STR("new"));
	block_add(f->block, event);
	block_encode(f->block, &f->out);
	assert_true(find_column(&f->out, "host_name", &cells));
	assert_int_equal(cells.count, 1);
	assert_text_at(&cells, 0, STR("new"));
	assert_false(find_column(&f->out, "message", &cells));
	assert_false(find_column(&f->out, "attr_keys", &cells));
}

static void test_columns_for_ddl(void **state)
{
	struct str name;
	const char *type;
	size_t count = 0;

	(void)state;
	while (block_column(count, &name, &type))
		count++;
	assert_int_equal(count, FIELD_COUNT + 9);
	assert_true(block_column(0, &name, &type));
	assert_true(str_eq(name, STR("seq")));
	assert_true(block_column(7, &name, &type));
	assert_true(str_eq(name, STR("time")));
	assert_string_equal(type, "Int64");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_pieces_are_the_block),
		TEST(test_values_come_back),
		TEST(test_unset_columns_are_left_out),
		TEST(test_attributes_are_parallel_arrays),
		TEST(test_dictionaries_grow_past_a_byte),
		TEST(test_cleared_block_forgets),
		TEST(test_columns_for_ddl),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
