/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A value of the format begins with a byte of three bits type and five bits size. Type 0: the type is 7 + the
 * next byte. Size 29, 30, 31: 29 + one byte, 285 + two, 65821 + three. A map of n is followed by n pairs of
 * name and value, a list by n values. A pointer (type 1) has in its five bits SSVVV the number of its bytes
 * less one and the first bits of an offset.
 *
 * libmaxminddb checks each step it takes, but steps into maps and lists by recursion, without a limit. So a
 * file is gone through once without recursion, and a value that holds more than VALUES_MAX others is refused:
 * nothing is then nested deeper than that.
 */
#include <string.h>

#include "base/vec.h"
#include "enrich/private.h"

#define VALUES_MAX 4096           /* in one value, what pointers lead to not counted */
#define METADATA_VALUES_MAX 4096  /* in the description, what pointers lead to counted each time */
#define METADATA_MAX (128 * 1024) /* where the format says it must lie */
#define METADATA_MARK "\xab\xcd\xefMaxMind.com"

enum { TYPE_EXTENDED = 0, TYPE_POINTER = 1, TYPE_MAP = 7, TYPE_LIST = 11, TYPE_BOOL = 14, TYPE_LAST = 15 };

struct offsets {
	VEC_OF(size_t)
};

struct head {
	unsigned type;
	size_t size;   /* of a pointer: where it leads */
	size_t behind; /* the offset behind the head */
};

static const unsigned pointer_base[4] = {0, 2048, 526336, 0};

static bool read_number(const struct address_check *check, size_t at, unsigned bytes, size_t *ret_number)
{
	size_t number = 0;

	if (at > check->size || check->size - at < bytes)
		return false;
	for (unsigned i = 0; i < bytes; i++)
		number = number << 8 | check->bytes[at + i];
	*ret_number = number;
	return true;
}

static bool read_pointer(const struct address_check *check, unsigned bits, size_t at, struct head *head)
{
	unsigned bytes = (bits >> 3) + 1;
	size_t number;

	if (!read_number(check, at, bytes, &number))
		return false;
	if (bytes < 4)
		number |= (size_t)(bits & 7) << bytes * 8;
	head->size = number + pointer_base[bytes - 1];
	head->behind = at + bytes;
	return head->size < check->size;
}

static bool read_head(const struct address_check *check, size_t at, struct head *head)
{
	static const size_t size_base[3] = {29, 285, 65821};
	size_t byte, more;

	if (!read_number(check, at++, 1, &byte))
		return false;
	head->type = (unsigned)byte >> 5;
	if (head->type == TYPE_POINTER)
		return read_pointer(check, byte & 31, at, head);
	if (head->type == TYPE_EXTENDED) {
		if (!read_number(check, at++, 1, &more))
			return false;
		head->type = 7 + (unsigned)more;
		if (head->type <= TYPE_MAP || head->type > TYPE_LAST)
			return false;
	}
	head->size = byte & 31;
	if (head->size >= 29) {
		unsigned bytes = (unsigned)head->size - 28;

		if (!read_number(check, at, bytes, &more))
			return false;
		head->size = size_base[bytes - 1] + more;
		at += bytes;
	}
	head->behind = at;
	return true;
}

/* True where it was not there before. */
static bool note(const struct address_check *check, size_t offset)
{
	uint8_t bit = (uint8_t)(1u << offset % 8);

	if (!check->seen)
		return true;
	if (check->seen[offset / 8] & bit)
		return false;
	check->seen[offset / 8] |= bit;
	return true;
}

/* One value with all that stands in it; where its pointers lead is added to targets. */
static int check_one(struct address_check *check, size_t at, struct offsets *targets)
{
	uint64_t expected = 1, looked = 0;

	for (; expected; expected--) {
		struct head head;

		if (!read_head(check, at, &head))
			return ERR_CORRUPT;
		if (++looked > VALUES_MAX || check->left-- == 0)
			return ERR_LIMIT;
		at = head.behind;
		if (head.type == TYPE_POINTER) {
			if (note(check, head.size))
				vec_push(targets, head.size);
		} else if (head.type == TYPE_MAP || head.type == TYPE_LIST) {
			expected += head.type == TYPE_MAP ? 2 * head.size : head.size;
		} else if (head.type != TYPE_BOOL) {
			if (head.size > check->size - at)
				return ERR_CORRUPT;
			at += head.size;
		}
	}
	return 0;
}

int address_check_value(struct address_check *check, size_t offset)
{
	struct offsets targets = {0};
	int r = 0;

	if (offset >= check->size)
		return ERR_CORRUPT;
	if (note(check, offset))
		vec_push(&targets, offset);
	while (r == 0 && targets.len)
		r = check_one(check, targets.items[--targets.len], &targets);
	vec_done(&targets);
	return r;
}

int address_check_metadata(const uint8_t *bytes, size_t size)
{
	static const size_t mark = sizeof(METADATA_MARK) - 1;
	size_t from = size > METADATA_MAX ? size - METADATA_MAX : 0;

	for (size_t at = size; at-- > from;) {
		struct address_check check = {.left = METADATA_VALUES_MAX};

		if (size - at < mark || memcmp(bytes + at, METADATA_MARK, mark) != 0)
			continue;
		check.bytes = bytes + at + mark;
		check.size = size - at - mark;
		return address_check_value(&check, 0);
	}
	return ERR_UNKNOWN;
}
