/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/sealed_write.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"

#define TEMPORARY_SUFFIX ".new"
#define INDEX_LEVEL 9

static void remove_temporary(const char *folder)
{
	DIR *dir = opendir(folder);

	for (struct dirent *each; dir && (each = readdir(dir));)
		if (str_ends(str_from(each->d_name), STR(SEALED_SUFFIX TEMPORARY_SUFFIX)))
			unlinkat(dirfd(dir), each->d_name, 0);
	if (dir)
		closedir(dir);
}

static int make_folder(const char *folder, const char *parent)
{
	if (mkdir(folder, 0750) == 0)
		return io_sync_folder(parent);
	return errno == EEXIST ? 0 : -errno;
}

int sealed_writer_open(struct sealed_writer *writer, const char *folder, const struct sealed_header *header,
		       const struct journal_key *key, struct err *ret_err)
{
	int r;

	*writer = (struct sealed_writer){.fd = -1, .offset = SEALED_HEADER_SIZE, .salt = header->salt};
	r = sealed_path(folder, 0, writer->folder);
	if (r == 0)
		r = sealed_path(folder, header->first_seq, writer->path);
	if (r == 0 && snprintf(writer->temporary, PATH_MAX, "%s" TEMPORARY_SUFFIX, writer->path) >= PATH_MAX)
		r = -ENAMETOOLONG;
	if (r == 0)
		r = make_folder(writer->folder, folder);
	if (r == 0) {
		remove_temporary(writer->folder);
		writer->fd = open(writer->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
		r = writer->fd < 0 ? -errno : 0;
	}
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s: %s", folder, err_text(r));
	writer->keyed = key && header->flags & SEALED_ENCRYPTED;
	if (writer->keyed)
		sealed_segment_key(header, key, &writer->key);
	writer->packer = ZSTD_createCCtx();
	must(writer->packer);
	return 0;
}

static void write_at(struct sealed_writer *writer, uint64_t offset, const void *bytes, size_t len)
{
	for (size_t done = 0; done < len && writer->error == 0;) {
		ssize_t n =
			pwrite(writer->fd, (const char *)bytes + done, len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			writer->error = n < 0 ? -errno : -EIO;
		else
			done += (size_t)n;
	}
}

static uint64_t append(struct sealed_writer *writer, struct str bytes)
{
	uint64_t offset = writer->offset;

	write_at(writer, offset, bytes.ptr, bytes.len);
	writer->offset += bytes.len;
	return offset;
}

/* copy is counted from the start of the copies, as in the file. */
static struct sealed_part put(struct sealed_writer *writer, struct str stored, size_t plain, bool twice)
{
	struct sealed_part part = {.stored = (uint32_t)stored.len,
				   .plain = (uint32_t)plain,
				   .checksum = hash_bytes_seeded(stored.ptr, stored.len, writer->salt)};

	part.offset = append(writer, stored);
	part.copy = twice ? writer->copies.len : 0;
	if (twice)
		buf_add_str(&writer->copies, stored);
	return part;
}

static void pack(struct sealed_writer *writer, struct str plain, int level, const ZSTD_CDict *dictionary,
		 struct buf *out)
{
	size_t room = ZSTD_compressBound(plain.len), n;
	char *at = buf_reserve(out, room);

	n = dictionary ? ZSTD_compress_usingCDict(writer->packer, at, room, plain.ptr, plain.len, dictionary)
		       : ZSTD_compressCCtx(writer->packer, at, room, plain.ptr, plain.len, level);
	must(!ZSTD_isError(n));
	out->len += n;
}

struct sealed_part sealed_writer_add(struct sealed_writer *writer, enum sealed_part_kind kind,
				     uint32_t stream, uint32_t first, struct str plain, int level,
				     const ZSTD_CDict *dictionary, bool twice)
{
	const struct sealed_aad aad = sealed_aad_of(kind, stream, first);
	size_t front = writer->keyed ? JOURNAL_NONCE_SIZE + JOURNAL_TAG_SIZE : 0;
	uint8_t *at;

	buf_clear(&writer->packed);
	buf_reserve(&writer->packed, front);
	writer->packed.len = front;
	pack(writer, plain, level, dictionary, &writer->packed);
	if (writer->keyed) {
		at = (uint8_t *)writer->packed.ptr;
		random_bytes(at, JOURNAL_NONCE_SIZE);
		journal_crypt_seal(&writer->key, at, str_of((const char *)aad.bytes, sizeof(aad.bytes)),
				   at + front, writer->packed.len - front, at + front,
				   at + JOURNAL_NONCE_SIZE);
	}
	return put(writer, buf_str(&writer->packed), plain.len, twice);
}

struct sealed_part sealed_writer_move(struct sealed_writer *writer, const struct sealed_part *part,
				      struct str stored, bool twice)
{
	return put(writer, stored, part->plain, twice);
}

void sealed_writer_reserve(struct sealed_writer *writer, size_t len)
{
	writer->index = writer->offset;
	writer->index_room = len;
	writer->offset += len;
}

void sealed_writer_tiles(struct sealed_writer *writer, struct sealed_header *header, struct str tiles)
{
	header->tiles = append(writer, tiles);
	header->tiles_checksum = hash_bytes_seeded(tiles.ptr, tiles.len, writer->salt);
}

/* Writes the packed index, in the room kept for it where it fits. */
static uint64_t put_index(struct sealed_writer *writer)
{
	if (writer->packed.len > writer->index_room)
		return append(writer, buf_str(&writer->packed));
	write_at(writer, writer->index, writer->packed.ptr, writer->packed.len);
	return writer->index;
}

int sealed_writer_finish(struct sealed_writer *writer, struct sealed_header *header,
			 const struct sealed_index *index, struct err *ret_err)
{
	uint8_t bytes[SEALED_HEADER_SIZE];
	struct buf plain = {0};

	if (!(header->flags & SEALED_DELETED)) {
		sealed_index_encode(index, &plain);
		if (plain.len > SEALED_INDEX_MAX)
			writer->error = ERR_LIMIT;
		buf_clear(&writer->packed);
		pack(writer, buf_str(&plain), INDEX_LEVEL, NULL, &writer->packed);
		header->index_stored = (uint32_t)writer->packed.len;
		header->index_plain = (uint32_t)plain.len;
		header->index_checksum =
			hash_bytes_seeded(writer->packed.ptr, writer->packed.len, writer->salt);
		header->index = put_index(writer);
		header->copies = append(writer, buf_str(&writer->copies));
		header->index_copy = append(writer, buf_str(&writer->packed));
		buf_done(&plain);
	}
	header->file_size = writer->offset + SEALED_HEADER_SIZE;
	sealed_header_encode(header, bytes);
	write_at(writer, writer->offset, bytes, sizeof(bytes));
	write_at(writer, 0, bytes, sizeof(bytes));
	if (writer->error == 0 && fsync(writer->fd) < 0)
		writer->error = -errno;
	if (writer->error < 0)
		return err_set(ret_err, writer->error, 0, 0, "%s: %s", writer->temporary,
			       err_text(writer->error));
	return 0;
}

int sealed_writer_publish(struct sealed_writer *writer, struct err *ret_err)
{
	int r = rename(writer->temporary, writer->path) < 0 ? -errno : 0;

	if (r == 0) {
		writer->temporary[0] = 0;
		r = io_sync_folder(writer->folder);
	}
	return r < 0 ? err_set(ret_err, r, 0, 0, "%s: %s", writer->path, err_text(r)) : 0;
}

void sealed_writer_close(struct sealed_writer *writer)
{
	if (writer->fd >= 0)
		close(writer->fd);
	if (writer->fd >= 0 && writer->temporary[0])
		unlink(writer->temporary);
	ZSTD_freeCCtx(writer->packer);
	explicit_bzero(&writer->key, sizeof(writer->key));
	buf_done(&writer->packed);
	buf_done(&writer->copies);
	writer->fd = -1;
}
