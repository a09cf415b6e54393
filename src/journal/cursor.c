/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "journal/journal.h"

/*
 * A cursor file is two slots of 4096 bytes, so that they share no sector; each holds, little-endian, the rest
 * zero:
 *
 *	 0 8 magic "WLJCUR" and two zeros    24 8 next
 *	 8 8 version                         32 8 intent_end
 *	16 8 count of saves                  40 8 XXH3-64 of bytes 0 to 39
 *
 * The whole slot with the higher count is the cursor; a save overwrites the other one. So one sync suffices,
 * a torn save leaves the one before it, and nothing is allocated, which lets it work on a full disk.
 */
#define CURSOR_VERSION 1
#define SLOT_SIZE 4096
#define SLOT_WORDS 6
#define CHECKED_WORDS 5

static const char cursor_magic[8] = "WLJCUR";

enum { WORD_MAGIC, WORD_VERSION, WORD_SAVES, WORD_NEXT, WORD_INTENT_END, WORD_CHECKSUM };

struct slot {
	uint64_t saves;
	struct journal_cursor cursor;
};

static void slot_encode(const struct slot *slot, uint64_t words[SLOT_WORDS])
{
	memcpy(&words[WORD_MAGIC], cursor_magic, sizeof(cursor_magic));
	words[WORD_VERSION] = htole64(CURSOR_VERSION);
	words[WORD_SAVES] = htole64(slot->saves);
	words[WORD_NEXT] = htole64(slot->cursor.next);
	words[WORD_INTENT_END] = htole64(slot->cursor.intent_end);
	words[WORD_CHECKSUM] = htole64(hash_bytes(words, CHECKED_WORDS * sizeof(words[0])));
}

static int slot_decode(const uint64_t words[SLOT_WORDS], struct slot *ret_slot)
{
	if (memcmp(&words[WORD_MAGIC], cursor_magic, sizeof(cursor_magic)) != 0 ||
	    le64toh(words[WORD_CHECKSUM]) != hash_bytes(words, CHECKED_WORDS * sizeof(words[0])))
		return ERR_CORRUPT;
	if (le64toh(words[WORD_VERSION]) != CURSOR_VERSION)
		return ERR_VERSION;
	ret_slot->saves = le64toh(words[WORD_SAVES]);
	ret_slot->cursor.next = le64toh(words[WORD_NEXT]);
	ret_slot->cursor.intent_end = le64toh(words[WORD_INTENT_END]);
	return 0;
}

/* The newer whole slot and where it is. */
static int slot_find(int fd, struct slot *ret_slot, unsigned *ret_at)
{
	int result = ERR_CORRUPT;

	for (unsigned i = 0; i < 2; i++) {
		uint64_t words[SLOT_WORDS];
		struct slot slot = {0};
		ssize_t n = pread(fd, words, sizeof(words), (off_t)i * SLOT_SIZE);
		int r = n < 0 ? -errno : n < (ssize_t)sizeof(words) ? ERR_CORRUPT : slot_decode(words, &slot);

		if (r == ERR_VERSION || (r < 0 && r != ERR_CORRUPT))
			return r;
		if (r == ERR_CORRUPT || (result == 0 && slot.saves < ret_slot->saves))
			continue;
		*ret_slot = slot;
		*ret_at = i;
		result = 0;
	}
	return result;
}

int journal_cursor_load(const char *path, struct journal_cursor *ret_cursor)
{
	struct slot slot = {0};
	unsigned at;
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0 && errno == ENOENT) {
		*ret_cursor = (struct journal_cursor){.next = 1};
		return 0;
	}
	if (fd < 0)
		return -errno;
	r = slot_find(fd, &slot, &at);
	close(fd);
	if (r == 0)
		*ret_cursor = slot.cursor;
	return r;
}

static int cursor_create(const char *path, const struct journal_cursor *cursor)
{
	uint64_t file[2 * SLOT_SIZE / sizeof(uint64_t)] = {0};
	const struct slot slot = {.saves = 1, .cursor = *cursor};

	slot_encode(&slot, file);
	return io_replace_file(path, file, sizeof(file), 0640);
}

int journal_cursor_save(const char *path, const struct journal_cursor *cursor)
{
	uint64_t words[SLOT_WORDS];
	struct slot slot = {0};
	unsigned at;
	int fd = open(path, O_RDWR | O_CLOEXEC), r;

	if (fd < 0)
		return errno == ENOENT ? cursor_create(path, cursor) : -errno;
	r = slot_find(fd, &slot, &at);
	if (r == 0) {
		slot.saves++;
		slot.cursor = *cursor;
		slot_encode(&slot, words);
		if (pwrite(fd, words, sizeof(words), (off_t)(1 - at) * SLOT_SIZE) != sizeof(words) ||
		    fdatasync(fd) < 0)
			r = errno ? -errno : -EIO;
	}
	close(fd);
	return r == ERR_CORRUPT ? cursor_create(path, cursor) : r;
}
