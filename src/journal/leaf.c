/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/leaf.h"

#include <endian.h>

#include "base/buf.h"
#include "journal/archive.h"
#include "tlog/leaves.h"

/* Of an encoded record, what is not part of its leaf: the length of its content (format.c). */
#define LEAF_SKIP 4
#define LEAF_PREFIX_MAX (sizeof(uint64_t) + JOURNAL_RECORD_HEADER_SIZE - LEAF_SKIP + JOURNAL_HINT_MAX)
#define AT_ONCE 32 /* records */

static void leaf_of(uint64_t seq, const uint8_t *encoded, size_t len, struct tlog_hash *ret_hash)
{
	uint64_t prefix = htole64(seq);

	tlog_leaf(&prefix, sizeof(prefix), encoded + LEAF_SKIP, len - LEAF_SKIP, ret_hash);
}

void journal_leaf_encoded(uint64_t seq, const uint8_t *encoded, struct tlog_hash *ret_hash)
{
	leaf_of(seq, encoded, journal_record_len(encoded), ret_hash);
}

/* Of the next count records, which are taken away from the front. */
static int hash_some(const uint8_t **records, size_t *len, uint64_t seq, uint32_t count,
		     struct tlog_hash ret_leaves[AT_ONCE])
{
	struct tlog_entry entries[AT_ONCE];
	uint64_t prefixes[AT_ONCE];

	for (uint32_t i = 0; i < count; i++) {
		struct journal_record record;
		size_t size;

		if (journal_record_decode(*records, *len, &record, &size) < 0)
			return ERR_CORRUPT;
		prefixes[i] = htole64(seq + i);
		entries[i] = (struct tlog_entry){&prefixes[i], sizeof(prefixes[i]), *records + LEAF_SKIP,
						 journal_record_len(*records) - LEAF_SKIP};
		*records += size;
		*len -= size;
	}
	tlog_leaves(entries, count, ret_leaves);
	return 0;
}

int journal_leaves_append(const uint8_t *records, size_t len, uint64_t first_seq, uint32_t count,
			  struct tlog_range *range, struct tlog_hash *ret_leaves)
{
	struct tlog_hash leaves[AT_ONCE];

	for (uint32_t done = 0, some; done < count; done += some) {
		some = count - done < AT_ONCE ? count - done : AT_ONCE;
		if (hash_some(&records, &len, first_seq + done, some, leaves) < 0)
			return ERR_CORRUPT;
		for (uint32_t i = 0; i < some; i++)
			tlog_range_append(range, &leaves[i]);
		if (ret_leaves)
			memcpy(ret_leaves + done, leaves, some * sizeof(leaves[0]));
	}
	return len ? ERR_CORRUPT : 0;
}

/* Everything but the content, which may be a mebibyte and is not copied. */
static size_t prefix_of(const struct journal_record *record, uint8_t out[LEAF_PREFIX_MAX])
{
	uint8_t encoded[JOURNAL_RECORD_HEADER_SIZE + JOURNAL_HINT_MAX + JOURNAL_ALIGN];
	struct journal_record front = *record;
	uint64_t seq = htole64(record->seq);
	size_t len = JOURNAL_RECORD_HEADER_SIZE + record->hint.len - LEAF_SKIP;

	must(record->hint.len <= JOURNAL_HINT_MAX);
	front.bytes = STR("");
	journal_record_encode(&front, encoded);
	memcpy(out, &seq, sizeof(seq));
	memcpy(out + sizeof(seq), encoded + LEAF_SKIP, len);
	return sizeof(seq) + len;
}

void journal_leaf(const struct journal_record *record, struct tlog_hash *ret_hash)
{
	uint8_t prefix[LEAF_PREFIX_MAX];
	size_t len = prefix_of(record, prefix);

	tlog_leaf(prefix, len, record->bytes.ptr, record->bytes.len, ret_hash);
}

void journal_leaf_bytes(const struct journal_record *record, struct buf *out)
{
	uint8_t prefix[LEAF_PREFIX_MAX];

	buf_add(out, prefix, prefix_of(record, prefix));
	buf_add_str(out, record->bytes);
}

void journal_leaves(const struct journal_record *records, size_t count, struct tlog_hash *ret_hashes)
{
	uint8_t prefixes[AT_ONCE][LEAF_PREFIX_MAX];
	struct tlog_entry entries[AT_ONCE];

	for (size_t done = 0, some; done < count; done += some) {
		some = count - done < AT_ONCE ? count - done : AT_ONCE;
		for (size_t i = 0; i < some; i++) {
			const struct journal_record *record = &records[done + i];

			entries[i] = (struct tlog_entry){prefixes[i], prefix_of(record, prefixes[i]),
							 record->bytes.ptr, record->bytes.len};
		}
		tlog_leaves(entries, some, ret_hashes + done);
	}
}
