/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_AUDIT_HELPER_H
#define TEST_AUDIT_HELPER_H
/* A tree of numbered leaves, heads of it, and a report that remembers what it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "audit/heads.h"
#include "base/clock.h"
#include "base/io.h"

struct told {
	struct audit_problem problems[64];
	size_t count;
};

static inline void tell(void *context, const struct audit_problem *problem)
{
	struct told *told = context;

	assert_true(told->count < 64);
	told->problems[told->count++] = *problem;
}

static inline size_t told_of(const struct told *told, enum audit_problem_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < told->count; i++)
		count += told->problems[i].kind == kind;
	return count;
}

static inline const struct audit_problem *told_first(const struct told *told, enum audit_problem_kind kind)
{
	for (size_t i = 0; i < told->count; i++)
		if (told->problems[i].kind == kind)
			return &told->problems[i];
	fail_msg("nothing was told of %s", audit_problem_id(kind));
	return NULL;
}

/* Leaf n of a tree; from changed on they are others. Sequence numbers are leaf + 1. */
static inline struct tlog_hash test_leaf(uint64_t n, uint64_t changed)
{
	struct tlog_hash hash;

	tlog_leaf(&n, sizeof(n), "x", n >= changed, &hash);
	return hash;
}

static inline struct tlog_head test_head(uint64_t size, uint64_t changed)
{
	struct tlog_head head = {.node = {1}, .size = size, .seq = size};
	struct tlog_range range;

	tlog_range_init(&range, 0);
	for (uint64_t n = 0; n < size; n++) {
		struct tlog_hash leaf = test_leaf(n, changed);

		tlog_range_append(&range, &leaf);
	}
	tlog_range_root(&range, &head.root);
	head.time = INT64_C(1700000000000000) + (int64_t)size * CLOCK_MINUTE;
	return head;
}

static inline void add_signed(struct buf *text, const struct tlog_head *head, const struct tlog_key *key)
{
	assert_int_equal(tlog_head_sign(head, key, text), 0);
}

/* Makes key a public one that the heads are checked with. */
static inline void add_key(struct audit_heads *heads, const struct tlog_key *key, bool given)
{
	char path[] = "/tmp/wanglou-audit-XXXXXX";
	struct buf pem = {0};
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	tlog_key_public_pem(key, &pem);
	assert_int_equal(io_replace_file(path, pem.ptr, pem.len, 0600), 0);
	assert_int_equal(audit_heads_add_key(heads, path, given, NULL), 0);
	unlink(path);
	buf_done(&pem);
}

#endif
