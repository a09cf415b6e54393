/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_SPOOL_H
#define AUDIT_SPOOL_H
/*
 * A temporary file without a name: written from front to back and hashed on the
 * way, then read once, whole or by lines. What grows beyond memory waits there.
 */
#include <sys/types.h>

#include "base/buf.h"
#include "base/hash.h"

struct audit_spool {
	int fd; /* -1: not open */
	uint64_t bytes;
	uint8_t sha256[SHA256_SIZE]; /* once finished */
	struct buf pending;
	struct evp_md_ctx_st *hash;
	size_t taken; /* bytes of pending that lines have been read from */
};

/* folder: where there is room. 0 or -errno. */
int audit_spool_open(const char *folder, struct audit_spool *spool);
void audit_spool_close(struct audit_spool *spool);

int audit_spool_add(struct audit_spool *spool, struct str bytes);

/* No more is added; reading begins at the front. */
int audit_spool_finish(struct audit_spool *spool);

/* Up to size bytes; 0 at the end, or -errno. */
ssize_t audit_spool_read(struct audit_spool *spool, void *out, size_t size);

/* The next line without its end, valid until the next call. ERR_END; ERR_LIMIT where it has more than max
   bytes; ERR_SYNTAX where the last one has no end. */
int audit_spool_line(struct audit_spool *spool, size_t max, struct str *ret_line);

/* Of a file that is open already. 0 or -errno. */
int audit_hash_file(int fd, uint64_t *ret_bytes, uint8_t ret_sha256[SHA256_SIZE]);

#endif
