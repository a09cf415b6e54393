/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/hash.h"
#include "base/io.h"
#include "journal/little.h"

enum { NOT_YET = 1 };

struct sealed_store {
	int fd;
	uint64_t size;          /* of the file as it is */
	bool keyed;             /* and it is the right one */
	struct journal_key key; /* of this segment */
	ZSTD_DCtx *unpacker;
	ZSTD_DDict *dictionaries[SEALED_STREAMS_MAX];
	int index_status, tiles_status, chunk_status;
	int dictionary_status[SEALED_STREAMS_MAX]; /* NOT_YET, 0, or why it cannot be had */
	struct sealed_chunk chunk;                 /* the last one read */
	struct buf stored;                         /* scratch */
	struct tlog_hash *tiles;
};

int sealed_path(const char *folder, uint64_t name, char out[PATH_MAX])
{
	int len =
		name ? snprintf(out, PATH_MAX, "%s/" SEALED_FOLDER "/%020" PRIu64 SEALED_SUFFIX, folder, name)
		     : snprintf(out, PATH_MAX, "%s/" SEALED_FOLDER, folder);

	return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* Exactly len bytes at offset. ERR_CORRUPT where they are not there or the disk cannot read them. */
static int read_at(const struct sealed_store *store, uint64_t offset, void *out, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pread(store->fd, (char *)out + done, len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ERR_CORRUPT;
		done += (size_t)n;
	}
	return 0;
}

/* The header, or its copy at the end. */
static int read_header(struct sealed *sealed)
{
	uint8_t bytes[SEALED_HEADER_SIZE];
	struct sealed_store *store = sealed->store;
	int first = read_at(store, 0, bytes, sizeof(bytes)), copy;

	if (first == 0)
		first = sealed_header_decode(bytes, &sealed->header);
	if (first == 0)
		return 0;
	copy = store->size < SEALED_HEADER_SIZE
		       ? ERR_CORRUPT
		       : read_at(store, store->size - SEALED_HEADER_SIZE, bytes, sizeof(bytes));
	if (copy == 0)
		copy = sealed_header_decode(bytes, &sealed->header);
	return copy == 0 ? 0 : first == ERR_VERSION || copy == ERR_VERSION ? ERR_VERSION : ERR_CORRUPT;
}

static int open_error(const char *path, int code, struct err *ret_err)
{
	if (code == ERR_VERSION)
		return err_set(
			ret_err, code, 0, 0,
			"%s was written by a later version of this program; use that version to read it",
			path);
	return err_set(ret_err, code, 0, 0, "%s: %s", path,
		       code == ERR_CORRUPT ? "the header of this sealed segment is damaged" : err_text(code));
}

void sealed_segment_key(const struct sealed_header *header, const struct journal_key *key,
			struct journal_key *ret_key)
{
	struct journal_segment_header segment = {.first_seq = header->first_seq, .salt = header->salt};

	memcpy(segment.node, header->node, sizeof(segment.node));
	journal_key_segment(key, &segment, ret_key);
}

int sealed_open_path(const char *path, const struct journal_key *key, struct sealed **ret_sealed,
		     struct err *ret_err)
{
	struct sealed *sealed = NULL;
	struct stat status;
	int r, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return open_error(path, -errno, ret_err);
	sealed = calloc(1, sizeof(*sealed));
	must(sealed);
	sealed->store = calloc(1, sizeof(*sealed->store));
	must(sealed->store);
	sealed->path = strdup(path);
	must(sealed->path);
	sealed->store->fd = fd;
	sealed->store->index_status = sealed->store->tiles_status = sealed->store->chunk_status = NOT_YET;
	for (unsigned i = 0; i < SEALED_STREAMS_MAX; i++)
		sealed->store->dictionary_status[i] = NOT_YET;
	r = fstat(fd, &status) < 0 ? -errno : 0;
	if (r == 0) {
		sealed->store->size = (uint64_t)status.st_size;
		r = read_header(sealed);
	}
	if (r < 0) {
		sealed_close(sealed);
		return open_error(path, r, ret_err);
	}
	if (key && sealed->header.flags & SEALED_ENCRYPTED) {
		uint8_t check[JOURNAL_KEY_CHECK_SIZE];

		sealed_segment_key(&sealed->header, key, &sealed->store->key);
		journal_key_check(&sealed->store->key, check);
		sealed->store->keyed = memcmp(check, sealed->header.key_check, sizeof(check)) == 0;
	}
	*ret_sealed = sealed;
	return 0;
}

int sealed_open(const char *folder, uint64_t name, const struct journal_key *key, struct sealed **ret_sealed,
		struct err *ret_err)
{
	char path[PATH_MAX];
	struct sealed *sealed = NULL;
	int r = sealed_path(folder, name, path);

	if (r == 0)
		r = sealed_open_path(path, key, &sealed, ret_err);
	if (r < 0)
		return r;
	must(sealed);
	if (sealed->header.first_seq != name) {
		r = err_set(ret_err, ERR_CORRUPT, 0, 0, "%s holds the segment %020" PRIu64, path,
			    sealed->header.first_seq);
		sealed_close(sealed);
		return r;
	}
	*ret_sealed = sealed;
	return 0;
}

void sealed_close(struct sealed *sealed)
{
	struct sealed_store *store;

	if (!sealed)
		return;
	store = sealed->store;
	for (unsigned i = 0; i < SEALED_STREAMS_MAX; i++)
		ZSTD_freeDDict(store->dictionaries[i]);
	ZSTD_freeDCtx(store->unpacker);
	explicit_bzero(&store->key, sizeof(store->key));
	buf_done(&store->stored);
	close(store->fd);
	free(store->tiles);
	free(store);
	sealed_index_done(&sealed->index);
	free(sealed->path);
	free(sealed);
}

uint64_t sealed_bytes(const struct sealed *sealed)
{
	return sealed->store->size;
}

void sealed_forget(const struct sealed *sealed)
{
	posix_fadvise(sealed->store->fd, 0, 0, POSIX_FADV_DONTNEED);
}

/* Reads into buf what is at offset and has the checksum. */
static int read_checked(struct sealed *sealed, uint64_t offset, size_t len, uint64_t checksum,
			struct buf *out)
{
	struct sealed_store *store = sealed->store;
	char *at;
	int r;

	if (offset < SEALED_HEADER_SIZE || offset > store->size || len > store->size - offset)
		return ERR_CORRUPT;
	at = buf_reserve(out, len);
	r = read_at(store, offset, at, len);
	if (r == 0 && hash_bytes_seeded(at, len, sealed->header.salt) != checksum)
		r = ERR_CORRUPT;
	if (r == 0)
		out->len += len;
	return r;
}

int sealed_read_stored(struct sealed *sealed, const struct sealed_part *part, struct buf *out)
{
	int r = read_checked(sealed, part->offset, part->stored, part->checksum, out);

	if (r == ERR_CORRUPT && part->copy)
		r = read_checked(sealed, part->copy, part->stored, part->checksum, out);
	return r;
}

/* A part that has no bytes is none, or was lost before. */
static int check_places(struct sealed *sealed, const struct sealed_part *part)
{
	struct buf *scratch = &sealed->store->stored;
	int r = 0;

	buf_clear(scratch);
	if (part->stored)
		r = read_checked(sealed, part->offset, part->stored, part->checksum, scratch);
	if (r == 0 && part->stored && part->copy)
		r = read_checked(sealed, part->copy, part->stored, part->checksum, scratch);
	return r;
}

static int check_headers(const struct sealed *sealed)
{
	uint8_t first[SEALED_HEADER_SIZE], copy[SEALED_HEADER_SIZE];
	const struct sealed_store *store = sealed->store;
	struct sealed_header header;
	int r = store->size == sealed->header.file_size ? read_at(store, 0, first, sizeof(first))
							: ERR_CORRUPT;

	if (r == 0)
		r = read_at(store, store->size - sizeof(copy), copy, sizeof(copy));
	if (r == 0 && memcmp(first, copy, sizeof(copy)) != 0)
		r = ERR_CORRUPT;
	return r == 0 ? sealed_header_decode(first, &header) : r;
}

int sealed_check_places(struct sealed *sealed)
{
	const struct sealed_header *header = &sealed->header;
	const struct sealed_part part = {header->index, header->index_copy, header->index_stored,
					 header->index_plain, header->index_checksum};
	const struct sealed_index *index = &sealed->index;
	const struct tlog_hash *tiles;
	int r = check_headers(sealed);

	if (r < 0 || header->flags & SEALED_DELETED)
		return r;
	r = check_places(sealed, &part);
	if (r == 0)
		r = sealed_load(sealed);
	if (r == 0)
		r = sealed_tiles(sealed, &tiles);
	for (size_t i = 0; r == 0 && i < index->streams.len; i++)
		r = check_places(sealed, &index->streams.items[i].dictionary);
	for (size_t i = 0; r == 0 && i < index->chunks.len; i++)
		r = check_places(sealed, &index->chunks.items[i]);
	for (size_t i = 0; r == 0 && i < index->blocks.len; i++)
		r = check_places(sealed, &index->blocks.items[i].part);
	return r;
}

struct sealed_aad sealed_aad_of(enum sealed_part_kind kind, uint32_t stream, uint32_t first)
{
	struct sealed_aad aad;

	put32(aad.bytes, kind);
	put32(aad.bytes + 4, stream);
	put32(aad.bytes + 8, first);
	return aad;
}

/* Decrypts stored in place and returns what it is then. A part begins with its nonce and tag. */
static int decrypt(struct sealed *sealed, const struct sealed_aad *aad, struct str *bytes)
{
	struct sealed_store *store = sealed->store;
	char *start = store->stored.ptr, *at = start + JOURNAL_NONCE_SIZE + JOURNAL_TAG_SIZE;
	size_t len;

	if (!(sealed->header.flags & SEALED_ENCRYPTED))
		return 0;
	if (!store->keyed)
		return ERR_DENIED;
	if (bytes->len < JOURNAL_NONCE_SIZE + JOURNAL_TAG_SIZE)
		return ERR_CORRUPT;
	len = bytes->len - JOURNAL_NONCE_SIZE - JOURNAL_TAG_SIZE;
	*bytes = str_of(at, len);
	/* The key is right: whoever made the checksum right has changed the bytes. */
	return journal_crypt_open(&store->key, (uint8_t *)start,
				  str_of((const char *)aad->bytes, sizeof(aad->bytes)), at, len,
				  (uint8_t *)start + JOURNAL_NONCE_SIZE, at) < 0
		       ? ERR_CORRUPT
		       : 0;
}

static int unpack(struct sealed_store *store, struct str bytes, size_t plain, const ZSTD_DDict *dictionary,
		  struct buf *out)
{
	char *at = buf_reserve(out, plain + 1);
	size_t n;

	if (!store->unpacker)
		store->unpacker = ZSTD_createDCtx();
	must(store->unpacker);
	n = dictionary
		    ? ZSTD_decompress_usingDDict(store->unpacker, at, plain, bytes.ptr, bytes.len, dictionary)
		    : ZSTD_decompressDCtx(store->unpacker, at, plain, bytes.ptr, bytes.len);
	if (ZSTD_isError(n) || n != plain)
		return ERR_CORRUPT;
	out->len += plain;
	return 0;
}

/* The stream's dictionary: NULL where it has none. */
static int get_dictionary(struct sealed *sealed, uint32_t stream, const ZSTD_DDict **ret_dictionary)
{
	struct sealed_store *store = sealed->store;
	const struct sealed_part *part = &sealed->index.streams.items[stream].dictionary;
	int *status = &store->dictionary_status[stream];

	if (*status == NOT_YET && !part->stored)
		*status = 0;
	if (*status == NOT_YET) {
		struct buf plain = {0};

		*status = sealed_read_part(sealed, part, SEALED_PART_DICTIONARY, stream, 0, &plain);
		if (*status == 0)
			store->dictionaries[stream] = ZSTD_createDDict(plain.ptr, plain.len);
		if (*status == 0 && !store->dictionaries[stream])
			*status = ERR_CORRUPT;
		buf_done(&plain);
	}
	if (*status == 0)
		*ret_dictionary = store->dictionaries[stream];
	return *status;
}

int sealed_read_part(struct sealed *sealed, const struct sealed_part *part, enum sealed_part_kind kind,
		     uint32_t stream, uint32_t first, struct buf *out)
{
	struct sealed_store *store = sealed->store;
	const struct sealed_aad aad = sealed_aad_of(kind, stream, first);
	const ZSTD_DDict *dictionary = NULL;
	struct str bytes;
	int r = kind == SEALED_PART_BLOCK ? get_dictionary(sealed, stream, &dictionary) : 0;

	buf_clear(&store->stored);
	if (r == 0)
		r = sealed_read_stored(sealed, part, &store->stored);
	if (r < 0)
		return r;
	bytes = buf_str(&store->stored);
	r = decrypt(sealed, &aad, &bytes);
	return r < 0 ? r : unpack(store, bytes, part->plain, dictionary, out);
}

int sealed_read_block(struct sealed *sealed, const struct sealed_entry *entry, struct buf *out)
{
	if (entry->kind == SEALED_NOTHING)
		return ERR_CORRUPT;
	return sealed_read_part(sealed, &entry->part,
				entry->kind == SEALED_HASHES ? SEALED_PART_HASHES : SEALED_PART_BLOCK,
				entry->stream, entry->first, out);
}

static int load_index(struct sealed *sealed)
{
	struct sealed_store *store = sealed->store;
	const struct sealed_header *header = &sealed->header;
	const struct sealed_part part = {header->index, header->index_copy, header->index_stored,
					 header->index_plain, header->index_checksum};
	struct buf plain = {0};
	int r;

	buf_clear(&store->stored);
	r = sealed_read_stored(sealed, &part, &store->stored);
	if (r == 0)
		r = unpack(store, buf_str(&store->stored), part.plain, NULL, &plain);
	if (r == 0)
		r = sealed_index_decode(plain.ptr, plain.len, header, &sealed->index);
	buf_done(&plain);
	if (r < 0)
		return r;
	for (uint32_t i = 0, stream = 0; stream <= SEALED_STREAMS_MAX; stream++) {
		while (i < sealed->index.blocks.len && sealed->index.blocks.items[i].stream < stream)
			i++;
		sealed->first_block[stream] = i;
	}
	return 0;
}

int sealed_load(struct sealed *sealed)
{
	if (sealed->header.flags & SEALED_DELETED)
		return ERR_END;
	if (sealed->store->index_status == NOT_YET)
		sealed->store->index_status = load_index(sealed);
	return sealed->store->index_status;
}

/* A chunk, unpacked: for each stream 4 bytes, its records before; for each leaf a byte, its stream. */
static int decode_chunk(const struct sealed *sealed, struct str bytes, struct sealed_chunk *chunk)
{
	size_t streams = sealed->index.streams.len;

	if (bytes.len != 4 * streams + chunk->leaves)
		return ERR_CORRUPT;
	for (size_t i = 0; i < streams; i++)
		chunk->before[i] = get32((const uint8_t *)bytes.ptr + 4 * i);
	memcpy(chunk->streams, bytes.ptr + 4 * streams, chunk->leaves);
	for (uint32_t i = 0; i < chunk->leaves; i++)
		if (chunk->streams[i] >= streams && chunk->streams[i] != SEALED_LOST)
			return ERR_CORRUPT;
	return 0;
}

int sealed_read_chunk(struct sealed *sealed, uint64_t leaf, const struct sealed_chunk **ret_chunk)
{
	struct sealed_store *store = sealed->store;
	struct sealed_chunk *chunk = &store->chunk;
	uint64_t begin = sealed->header.before.end, leaves = sealed->header.after.end - begin;
	uint32_t number = (uint32_t)((leaf - begin) / SEALED_CHUNK);

	must(leaf >= begin && leaf - begin < leaves);
	if (store->chunk_status == NOT_YET || chunk->number != number) {
		struct buf plain = {0};
		uint64_t left = leaves - (uint64_t)number * SEALED_CHUNK;

		chunk->number = number;
		chunk->leaves = left < SEALED_CHUNK ? (uint32_t)left : SEALED_CHUNK;
		store->chunk_status = sealed_read_part(sealed, &sealed->index.chunks.items[number],
						       SEALED_PART_CHUNK, 0, number, &plain);
		if (store->chunk_status == 0)
			store->chunk_status = decode_chunk(sealed, buf_str(&plain), chunk);
		buf_done(&plain);
	}
	if (store->chunk_status == 0)
		*ret_chunk = chunk;
	return store->chunk_status;
}

int sealed_tiles(struct sealed *sealed, const struct tlog_hash **ret_tiles)
{
	struct sealed_store *store = sealed->store;
	size_t len = sealed_tile_count(&sealed->header) * TLOG_HASH_SIZE;

	if (store->tiles_status == NOT_YET) {
		struct buf bytes = {0};

		store->tiles_status = len ? read_checked(sealed, sealed->header.tiles, len,
							 sealed->header.tiles_checksum, &bytes)
					  : 0;
		store->tiles = (struct tlog_hash *)bytes.ptr;
	}
	if (store->tiles_status == 0)
		*ret_tiles = store->tiles;
	return store->tiles_status;
}
