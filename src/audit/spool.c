/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"

#define CHUNK (256 * 1024)

/* File systems without O_TMPFILE get a name that is taken away at once. */
static int open_unnamed(const char *folder)
{
	char path[PATH_MAX];
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	if (snprintf(path, sizeof(path), "%s/wanglou-XXXXXX", folder) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

int audit_spool_open(const char *folder, struct audit_spool *spool)
{
	int fd = open_unnamed(folder);

	*spool = (struct audit_spool){.fd = -1};
	if (fd < 0)
		return fd;
	spool->fd = fd;
	spool->hash = EVP_MD_CTX_new();
	must(spool->hash && EVP_DigestInit_ex(spool->hash, EVP_sha256(), NULL) == 1);
	return 0;
}

void audit_spool_close(struct audit_spool *spool)
{
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = -1;
	EVP_MD_CTX_free(spool->hash);
	spool->hash = NULL;
	buf_done(&spool->pending);
}

static int flush(struct audit_spool *spool)
{
	int r = io_write(spool->fd, spool->pending.ptr, spool->pending.len);

	must(EVP_DigestUpdate(spool->hash, spool->pending.len ? spool->pending.ptr : "",
			      spool->pending.len) == 1);
	spool->bytes += spool->pending.len;
	buf_clear(&spool->pending);
	return r;
}

int audit_spool_add(struct audit_spool *spool, struct str bytes)
{
	buf_add_str(&spool->pending, bytes);
	return spool->pending.len >= CHUNK ? flush(spool) : 0;
}

int audit_spool_finish(struct audit_spool *spool)
{
	int r = flush(spool);

	must(EVP_DigestFinal_ex(spool->hash, spool->sha256, NULL) == 1);
	if (r == 0 && lseek(spool->fd, 0, SEEK_SET) < 0)
		r = -errno;
	return r;
}

ssize_t audit_spool_read(struct audit_spool *spool, void *out, size_t size)
{
	return io_read(spool->fd, out, size);
}

int audit_spool_line(struct audit_spool *spool, size_t max, struct str *ret_line)
{
	struct buf *pending = &spool->pending;
	size_t looked = spool->taken;

	for (;;) {
		struct str rest = str_of(pending->ptr + looked, pending->len - looked);
		size_t end = rest.len ? str_find_char(rest, '\n') : STR_NOT_FOUND;
		ssize_t n;

		if (end != STR_NOT_FOUND) {
			*ret_line = str_of(pending->ptr + spool->taken, looked + end - spool->taken);
			spool->taken = looked + end + 1;
			return ret_line->len > max ? ERR_LIMIT : 0;
		}
		if (pending->len - spool->taken > max)
			return ERR_LIMIT;
		memmove(pending->ptr, pending->ptr + spool->taken, pending->len - spool->taken);
		pending->len -= spool->taken;
		spool->taken = 0;
		looked = pending->len;
		n = io_read(spool->fd, buf_reserve(pending, CHUNK), CHUNK);
		if (n <= 0)
			return n < 0 ? (int)n : pending->len ? ERR_SYNTAX : ERR_END;
		pending->len += (size_t)n;
	}
}

int audit_hash_file(int fd, uint64_t *ret_bytes, uint8_t ret_sha256[SHA256_SIZE])
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	struct buf chunk = {0};
	uint64_t bytes = 0;
	ssize_t n;

	must(hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1);
	buf_reserve(&chunk, CHUNK);
	while ((n = pread(fd, chunk.ptr, CHUNK, (off_t)bytes)) > 0) {
		must(EVP_DigestUpdate(hash, chunk.ptr, (size_t)n) == 1);
		bytes += (uint64_t)n;
	}
	must(EVP_DigestFinal_ex(hash, ret_sha256, NULL) == 1);
	EVP_MD_CTX_free(hash);
	buf_done(&chunk);
	*ret_bytes = bytes;
	return n < 0 ? -errno : 0;
}
