/* SPDX-License-Identifier: Apache-2.0 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/private.h"
#include "base/clock.h"
#include "base/io.h"

#define FILES_MAX (4 + AUDIT_KEYS_MAX)
#define CHUNK (256 * 1024)

/* A member: a text in memory, or a spool. */
struct member {
	struct audit_package_file file;
	struct buf text;
	struct audit_spool *spool;
};

struct writer {
	struct archive *archive;
	int64_t created;
	struct member members[FILES_MAX];
	size_t count;
	struct err *err;
};

static struct member *add_member(struct writer *writer, const char *name)
{
	struct member *member = &writer->members[writer->count++];

	must(writer->count <= FILES_MAX);
	snprintf(member->file.name, sizeof(member->file.name), "%s", name);
	return member;
}

static void seal_member(struct member *member)
{
	member->file.bytes = member->text.len;
	sha256(member->text.ptr, member->text.len, member->file.sha256);
}

/* In the order in which one who checks them needs them. */
static int collect(struct writer *writer, const struct audit_export *export, struct parts *parts)
{
	const struct audit_heads *heads = export->heads;
	struct member *member = add_member(writer, MEMBER_INDEX);
	char node[2 * TLOG_NODE_SIZE + 1], origin[sizeof(node) + 8];

	audit_index(&parts->info, buf_str(&parts->preview), &member->text);
	seal_member(member);
	hex_encode(parts->info.node, TLOG_NODE_SIZE, node);
	snprintf(origin, sizeof(origin), "wanglou/%s", node);
	for (size_t i = 0; i < heads->key_count; i++) {
		uint8_t id[TLOG_KEY_ID_SIZE];
		char hex[2 * TLOG_KEY_ID_SIZE + 1], name[32];

		tlog_key_id(heads->keys[i].key, str_from(origin), id);
		hex_encode(id, sizeof(id), hex);
		snprintf(name, sizeof(name), "key-%s.pem", hex);
		for (size_t k = 0; k < writer->count && name[0]; k++)
			if (strcmp(writer->members[k].file.name, name) == 0)
				name[0] = 0; /* given, and beside the archive, too */
		if (!name[0])
			continue;
		member = add_member(writer, name);
		if (tlog_key_public_pem(heads->keys[i].key, &member->text) < 0)
			return -ENOMEM;
		seal_member(member);
	}
	member = add_member(writer, MEMBER_HEADS);
	buf_add_str(&member->text, buf_str(&parts->heads));
	seal_member(member);
	for (int i = 0; i < 2; i++) {
		member = add_member(writer, i ? MEMBER_RECORDS : MEMBER_PROOFS);
		member->spool = i ? &parts->records : &parts->proofs;
		member->file.bytes = member->spool->bytes;
		memcpy(member->file.sha256, member->spool->sha256, SHA256_SIZE);
	}
	return 0;
}

static int archive_failed(struct writer *writer)
{
	int code = archive_errno(writer->archive);
	const char *why = archive_error_string(writer->archive);

	return err_set(writer->err, code > 0 ? -code : -EIO, 0, 0, "cannot write the package: %s",
		       why ? why : "unknown error");
}

static int write_header(struct writer *writer, const char *name, uint64_t bytes)
{
	struct archive_entry *entry = archive_entry_new();
	int r;

	must(entry);
	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (int64_t)bytes);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_mtime(entry, writer->created / CLOCK_SECOND, 0);
	r = archive_write_header(writer->archive, entry) == ARCHIVE_OK ? 0 : archive_failed(writer);
	archive_entry_free(entry);
	return r;
}

static int write_bytes(struct writer *writer, const void *bytes, size_t len)
{
	return archive_write_data(writer->archive, bytes, len) == (ssize_t)len ? 0 : archive_failed(writer);
}

static int write_text(struct writer *writer, const char *name, struct str text)
{
	int r = write_header(writer, name, text.len);

	return r == 0 && text.len ? write_bytes(writer, text.ptr, text.len) : r;
}

static int write_spool(struct writer *writer, const struct member *member)
{
	struct buf chunk = {0};
	int r = write_header(writer, member->file.name, member->file.bytes);

	buf_reserve(&chunk, CHUNK);
	while (r == 0) {
		ssize_t n = audit_spool_read(member->spool, chunk.ptr, CHUNK);

		if (n <= 0) {
			r = (int)n;
			if (r < 0)
				err_set(writer->err, r, 0, 0, "cannot read back: %s", err_text(r));
			break;
		}
		r = write_bytes(writer, chunk.ptr, (size_t)n);
	}
	buf_done(&chunk);
	return r;
}

static int write_all(struct writer *writer, const struct parts *parts)
{
	struct audit_package_file files[FILES_MAX];
	struct buf manifest = {0};
	int r;

	for (size_t i = 0; i < writer->count; i++)
		files[i] = writer->members[i].file;
	audit_manifest(&parts->info, files, writer->count, &manifest);
	r = write_text(writer, MEMBER_MANIFEST, buf_str(&manifest));
	buf_done(&manifest);
	for (size_t i = 0; r == 0 && i < writer->count; i++) {
		const struct member *member = &writer->members[i];

		if (member->spool)
			r = write_spool(writer, member);
		else
			r = write_text(writer, member->file.name, buf_str(&member->text));
	}
	if (r == 0 && archive_write_close(writer->archive) != ARCHIVE_OK)
		r = archive_failed(writer);
	return r;
}

static int open_archive(struct writer *writer, int fd)
{
	writer->archive = archive_write_new();
	must(writer->archive);
	if (archive_write_set_format_pax_restricted(writer->archive) != ARCHIVE_OK ||
	    archive_write_add_filter_zstd(writer->archive) != ARCHIVE_OK ||
	    archive_write_set_filter_option(writer->archive, "zstd", "compression-level", "9") !=
		    ARCHIVE_OK ||
	    archive_write_open_fd(writer->archive, fd) != ARCHIVE_OK)
		return archive_failed(writer);
	return 0;
}

int package_write(const struct audit_export *export, struct parts *parts,
		  struct audit_export_summary *summary, struct err *ret_err)
{
	struct writer writer = {.created = parts->info.created, .err = ret_err};
	char temporary[PATH_MAX];
	int fd, r;

	if (snprintf(temporary, sizeof(temporary), "%s.new", export->out) >= (int)sizeof(temporary))
		return err_set(ret_err, -ENAMETOOLONG, 0, 0, "%s: the path is too long", export->out);
	unlink(temporary);
	fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(ret_err, -errno, 0, 0, "%s: %s", temporary, strerror(errno));
	r = collect(&writer, export, parts);
	if (r == 0)
		r = open_archive(&writer, fd);
	if (r == 0)
		r = write_all(&writer, parts);
	archive_write_free(writer.archive);
	if (r == 0)
		r = audit_hash_file(fd, &summary->bytes, summary->sha256);
	if (r == 0 && (fsync(fd) < 0 || link(temporary, export->out) < 0))
		r = err_set(ret_err, -errno, 0, 0, "%s: %s", export->out, strerror(errno));
	unlink(temporary);
	close(fd);
	for (size_t i = 0; i < writer.count; i++)
		buf_done(&writer.members[i].text);
	return r;
}
