/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine writes Native blocks as of protocol revision 0. Clients that name a client_protocol_version
 * (Go's, and so Grafana's) expect a later one: block info before each block and, from 54454 on, a byte behind
 * each column's type that says how it is serialised. To put it there one must know where columns end, which
 * their types tell.
 */
#include "store/private.h"

#define REVISION_CUSTOM_SERIALIZATION 54454
#define TYPE_DEPTH_MAX 16
#define FIXED_MAX (1u << 24)

struct reader {
	struct str rest;
	bool failed; /* too short, or a type that is not known here */
};

static void skip_values(struct reader *reader, struct str type, uint64_t rows, unsigned depth);

static struct str take(struct reader *reader, uint64_t len)
{
	struct str taken = str_head(reader->rest, len);

	if (taken.len < len)
		reader->failed = true;
	reader->rest = str_from_offset(reader->rest, taken.len);
	return taken;
}

static uint64_t take_u64(struct reader *reader)
{
	struct str bytes = take(reader, sizeof(uint64_t));
	uint64_t value = 0;

	if (!reader->failed)
		memcpy(&value, bytes.ptr, sizeof(value));
	return value;
}

static uint64_t take_varint(struct reader *reader)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		struct str byte = take(reader, 1);

		if (reader->failed)
			return 0;
		value |= (uint64_t)(byte.ptr[0] & 0x7f) << shift;
		if (!(byte.ptr[0] & 0x80))
			return value;
	}
	reader->failed = true;
	return 0;
}

static void skip_fixed(struct reader *reader, uint64_t rows, uint64_t width)
{
	if (width > FIXED_MAX || rows > reader->rest.len)
		reader->failed = true;
	else
		take(reader, rows * width);
}

static void skip_strings(struct reader *reader, uint64_t rows)
{
	for (uint64_t i = 0; i < rows && !reader->failed; i++)
		take(reader, take_varint(reader));
}

/* What stands in the parentheses of "Name(…)"; empty where the type is another. */
static struct str inner(struct str type, struct str name)
{
	if (!str_starts(type, name) || type.len < name.len + 2 || type.ptr[name.len] != '(' ||
	    type.ptr[type.len - 1] != ')')
		return (struct str){0};
	return str_of(type.ptr + name.len + 1, type.len - name.len - 2);
}

/* The next of "A, name B, C(…)", without a name. */
static bool next_part(struct str *rest, struct str *ret_part)
{
	size_t i = 0, begin = 0;
	int depth = 0;

	*rest = str_trim(*rest);
	if (!rest->len)
		return false;
	for (; i < rest->len && (depth || rest->ptr[i] != ','); i++) {
		char c = rest->ptr[i];

		depth += c == '(' ? 1 : c == ')' ? -1 : 0;
		if (c == ' ' && !depth)
			begin = i + 1;
	}
	*ret_part = str_of(rest->ptr + begin, i - begin);
	*rest = str_from_offset(*rest, i + 1);
	return true;
}

/* What stands before the values of all columns of the type: a version for each LowCardinality in it. */
static void skip_prefix(struct reader *reader, struct str type, unsigned depth)
{
	static const struct str wrappers[] = {{"Array", 5}, {"Nullable", 8}, {"Tuple", 5}, {"Map", 3}};
	struct str parts, part;

	if (inner(type, STR("LowCardinality")).len)
		take(reader, sizeof(uint64_t));
	for (size_t i = 0; i < sizeof(wrappers) / sizeof(wrappers[0]) && depth < TYPE_DEPTH_MAX; i++)
		for (parts = inner(type, wrappers[i]); next_part(&parts, &part);)
			skip_prefix(reader, part, depth + 1);
}

static void skip_low_cardinality(struct reader *reader, struct str type, uint64_t rows, unsigned depth)
{
	struct str nullable = inner(type, STR("Nullable"));
	uint64_t flags, keys;

	if (!rows)
		return;
	flags = take_u64(reader);
	keys = take_u64(reader);
	skip_values(reader, nullable.len ? nullable : type, keys, depth + 1);
	if (take_u64(reader) != rows || (flags & 0xff) > 3)
		reader->failed = true;
	else
		skip_fixed(reader, rows, UINT64_C(1) << (flags & 0xff));
}

/* Array and Map: where each row ends, then all elements. */
static void skip_elements(struct reader *reader, struct str types, uint64_t rows, unsigned depth)
{
	struct str offsets = take(reader, rows > reader->rest.len / 8 ? UINT64_MAX : rows * 8), part;
	uint64_t count = 0;

	if (rows && !reader->failed)
		memcpy(&count, offsets.ptr + offsets.len - 8, 8);
	while (!reader->failed && next_part(&types, &part))
		skip_values(reader, part, count, depth + 1);
}

static uint64_t fixed_width(struct str type)
{
	static const struct {
		struct str name;
		unsigned width;
	} widths[] = {
		{{"UInt8", 5}, 1},        {{"Int8", 4}, 1},      {{"Bool", 4}, 1},     {{"Nothing", 7}, 1},
		{{"UInt16", 6}, 2},       {{"Int16", 5}, 2},     {{"Date", 4}, 2},     {{"UInt32", 6}, 4},
		{{"Int32", 5}, 4},        {{"Float32", 7}, 4},   {{"Date32", 6}, 4},   {{"DateTime", 8}, 4},
		{{"IPv4", 4}, 4},         {{"UInt64", 6}, 8},    {{"Int64", 5}, 8},    {{"Float64", 7}, 8},
		{{"UUID", 4}, 16},        {{"IPv6", 4}, 16},     {{"UInt128", 7}, 16}, {{"Int128", 6}, 16},
		{{"UInt256", 7}, 32},     {{"Int256", 6}, 32},   {{"Enum8(", 6}, 1},   {{"Enum16(", 7}, 2},
		{{"DateTime64(", 11}, 8}, {{"DateTime(", 9}, 4}, {{"Interval", 8}, 8},
	};

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (str_eq(type, widths[i].name) ||
		    (str_starts(type, widths[i].name) &&
		     (str_ends(widths[i].name, STR("(")) || str_eq(widths[i].name, STR("Interval")))))
			return widths[i].width;
	return 0;
}

/* FixedString(N), Decimal(P, S): the number that begins the parentheses. */
static int64_t argument_of(struct str type, struct str name)
{
	struct str arguments = inner(type, name);
	int64_t value;

	return str_to_i64(str_head(arguments, str_find_char(arguments, ',')), &value) == 0 ? value : 0;
}

static uint64_t width_of(struct str type)
{
	int64_t precision = argument_of(type, STR("Decimal")), size = argument_of(type, STR("FixedString"));

	if (precision > 0)
		return precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32;
	return size > 0 ? (uint64_t)size : fixed_width(type);
}

static void skip_values(struct reader *reader, struct str type, uint64_t rows, unsigned depth)
{
	struct str part, parts;
	uint64_t width = width_of(type);

	if (depth > TYPE_DEPTH_MAX || reader->failed) {
		reader->failed = true;
	} else if (width) {
		skip_fixed(reader, rows, width);
	} else if (str_eq(type, STR("String"))) {
		skip_strings(reader, rows);
	} else if ((part = inner(type, STR("Nullable"))).len) {
		skip_fixed(reader, rows, 1);
		skip_values(reader, part, rows, depth + 1);
	} else if ((part = inner(type, STR("LowCardinality"))).len) {
		skip_low_cardinality(reader, part, rows, depth);
	} else if ((parts = inner(type, STR("Array"))).len || (parts = inner(type, STR("Map"))).len) {
		skip_elements(reader, parts, rows, depth);
	} else if ((parts = inner(type, STR("Tuple"))).len) {
		while (next_part(&parts, &part))
			skip_values(reader, part, rows, depth + 1);
	} else {
		reader->failed = true;
	}
}

static void add_string(struct buf *out, struct str s)
{
	buf_add_varint(out, s.len);
	buf_add_str(out, s);
}

static void convert_block(struct reader *reader, unsigned revision, struct buf *out)
{
	/* Field 1 "is_overflows" 0, field 2 "bucket_num" -1, 0 the end. */
	static const uint8_t info[] = {1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0};
	uint64_t columns = take_varint(reader), rows = take_varint(reader);

	buf_add(out, info, sizeof(info));
	buf_add_varint(out, columns);
	buf_add_varint(out, rows);
	for (uint64_t i = 0; i < columns && !reader->failed; i++) {
		struct str name = take(reader, take_varint(reader)), type = take(reader, take_varint(reader));
		const char *begin = reader->rest.ptr;

		if (rows) {
			skip_prefix(reader, type, 0);
			skip_values(reader, type, rows, 0);
		}
		if (reader->failed)
			return;
		add_string(out, name);
		add_string(out, type);
		if (revision >= REVISION_CUSTOM_SERIALIZATION)
			buf_add_char(out, 0);
		buf_add(out, begin, (size_t)(reader->rest.ptr - begin));
	}
}

bool native_convert(struct str piece, unsigned revision, struct buf *out)
{
	struct reader reader = {piece, false};

	while (reader.rest.len && !reader.failed)
		convert_block(&reader, revision, out);
	return !reader.failed;
}
