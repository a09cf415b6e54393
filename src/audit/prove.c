/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/prove.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/base64.h"
#include "tlog/proof.h"

static void add_hash(struct buf *json, const char *name, const struct tlog_hash *hash)
{
	buf_printf(json, ",\"%s\":\"", name);
	buf_add_base64(json, hash->bytes, sizeof(hash->bytes));
	buf_add_char(json, '"');
}

static void add_path(struct buf *json, const struct tlog_proof *proof)
{
	buf_add_str(json, STR(",\"path\":["));
	for (unsigned i = 0; i < proof->count; i++) {
		buf_add_str(json, i ? STR(",\"") : STR("\""));
		buf_add_base64(json, proof->hashes[i].bytes, sizeof(proof->hashes[i].bytes));
		buf_add_char(json, '"');
	}
	buf_add_char(json, ']');
}

static void add_kind(const struct audit_archive *archive, const char *kind, struct buf *json)
{
	char node[2 * TLOG_NODE_SIZE + 1];

	hex_encode(archive->node, TLOG_NODE_SIZE, node);
	buf_printf(json, "{\"proof\":\"%s\",\"origin\":\"wanglou/%s\"", kind, node);
}

/* The signed head of exactly that size. */
static const struct audit_head *head_of(const struct audit_archive *archive, uint64_t size)
{
	const struct audit_head *head = audit_heads_covering(archive->heads, size);

	return head && head->head.size == size ? head : NULL;
}

/* Its text, or null. */
static int add_head(const struct audit_archive *archive, const struct audit_head *head, struct buf *json)
{
	struct buf text = {0};
	int r = head ? audit_heads_text(archive->heads, head, &text) : 0;

	buf_add_str(json, STR(",\"head\":"));
	if (head && r == 0)
		buf_add_json_string(json, buf_str(&text));
	else
		buf_add_str(json, STR("null"));
	buf_done(&text);
	return r;
}

/* The root of the first size leaves, which must be the one that was signed. */
static int root_of(const struct audit_archive *archive, uint64_t size, const struct audit_head *head,
		   struct tlog_hash *ret_root, struct err *ret_err)
{
	struct tlog_range range;
	int r = tlog_range_fetch(0, size, journal_tree_fetch, archive->tree, &range);

	if (r == ERR_END)
		return err_set(ret_err, ERR_RANGE, 0, 0,
			       "the tree of %" PRIu64
			       " leaves cannot be made any more: it ends within records "
			       "that are deleted or damaged",
			       size);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "cannot read the tree: %s", err_text(r));
	tlog_range_root(&range, ret_root);
	if (head && memcmp(&head->head.root, ret_root, sizeof(*ret_root)) != 0)
		return err_set(ret_err, ERR_CORRUPT, 0, 0,
			       "the archive does not have the root that was signed at %" PRIu64
			       " leaves; run 'wanglou audit verify'",
			       size);
	return 0;
}

static int prove_error(int r, struct err *ret_err)
{
	if (r == ERR_END)
		return err_set(ret_err, ERR_RANGE, 0, 0,
			       "the proof needs hashes of records that are deleted or damaged; take another "
			       "size");
	return err_set(ret_err, r, 0, 0, "cannot make the proof: %s", err_text(r));
}

/* The leaf's bytes where the record is still there; its hash always. */
static int add_leaf(const struct audit_archive *archive, uint64_t seq, uint64_t leaf,
		    struct tlog_hash *ret_hash, struct buf *json, struct err *ret_err)
{
	struct arena *arena = arena_new(0);
	struct journal_record record;
	struct buf bytes = {0};
	int r = journal_get(archive->folder, archive->key, seq, arena, &record, ret_err);

	if (r == 0) {
		journal_leaf_bytes(&record, &bytes);
		tlog_leaf("", 0, bytes.ptr, bytes.len, ret_hash);
		buf_add_str(json, STR(",\"leaf\":\""));
		buf_add_base64(json, bytes.ptr, bytes.len);
		buf_add_char(json, '"');
	} else if (r == ERR_END || r == ERR_CORRUPT) {
		r = journal_tree_fetch(archive->tree, 0, leaf, ret_hash);
		buf_add_str(json, STR(",\"leaf\":null"));
		if (r < 0)
			err_set(ret_err, r, 0, 0, "record %" PRIu64 " is deleted, and its hash, too", seq);
	}
	if (r == 0)
		add_hash(json, "leaf_hash", ret_hash);
	buf_done(&bytes);
	arena_free(arena);
	return r;
}

int audit_prove_inclusion(const struct audit_archive *archive, uint64_t seq, uint64_t size, struct buf *json,
			  struct err *ret_err)
{
	const struct audit_head *head;
	struct tlog_proof proof;
	struct tlog_hash root, hash;
	uint64_t leaf;
	int r = journal_tree_leaf(archive->tree, seq, &leaf);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "there is no record %" PRIu64 " in this archive", seq);
	head = size ? head_of(archive, size) : audit_heads_covering(archive->heads, leaf + 1);
	if (!size && !head)
		return err_set(ret_err, ERR_RANGE, 0, 0,
			       "no signed head covers record %" PRIu64 " yet; one is made every minute, or "
			       "give --size",
			       seq);
	size = size ? size : head->head.size;
	if (leaf >= size)
		return err_set(ret_err, ERR_RANGE, 0, 0,
			       "record %" PRIu64 " is leaf %" PRIu64 ", not in a tree of %" PRIu64, seq, leaf,
			       size);
	r = root_of(archive, size, head, &root, ret_err);
	if (r < 0)
		return r;
	r = tlog_prove_inclusion(leaf, size, journal_tree_fetch, archive->tree, &proof);
	if (r < 0)
		return prove_error(r, ret_err);
	add_kind(archive, "inclusion", json);
	buf_printf(json, ",\"seq\":%" PRIu64 ",\"leaf_index\":%" PRIu64, seq, leaf);
	r = add_leaf(archive, seq, leaf, &hash, json, ret_err);
	if (r < 0)
		return r;
	if (!tlog_check_inclusion(leaf, size, &hash, &proof, &root))
		return err_set(
			ret_err, ERR_CORRUPT, 0, 0,
			"record %" PRIu64 " is not the one that was signed; run 'wanglou audit verify'", seq);
	buf_printf(json, ",\"tree_size\":%" PRIu64, size);
	add_hash(json, "root", &root);
	add_path(json, &proof);
	r = add_head(archive, head, json);
	buf_add_char(json, '}');
	return r;
}

static int add_tree(const struct audit_archive *archive, const char *name, uint64_t size,
		    const struct tlog_hash *root, struct buf *json)
{
	int r;

	buf_printf(json, ",\"%s\":{\"tree_size\":%" PRIu64, name, size);
	add_hash(json, "root", root);
	r = add_head(archive, head_of(archive, size), json);
	buf_add_char(json, '}');
	return r;
}

int audit_prove_consistency(const struct audit_archive *archive, uint64_t first, uint64_t second,
			    struct buf *json, struct err *ret_err)
{
	struct tlog_hash roots[2];
	struct tlog_proof proof;
	int r;

	if (!first || first > second || second > journal_tree_size(archive->tree))
		return err_set(ret_err, ERR_RANGE, 0, 0,
			       "give two sizes, the smaller one first, at least 1 and at most %" PRIu64,
			       journal_tree_size(archive->tree));
	r = root_of(archive, first, head_of(archive, first), &roots[0], ret_err);
	if (r == 0)
		r = root_of(archive, second, head_of(archive, second), &roots[1], ret_err);
	if (r < 0)
		return r;
	r = tlog_prove_consistency(first, second, journal_tree_fetch, archive->tree, &proof);
	if (r < 0)
		return prove_error(r, ret_err);
	if (!tlog_check_consistency(first, &roots[0], second, &roots[1], &proof))
		return err_set(ret_err, ERR_CORRUPT, 0, 0,
			       "the tree of %" PRIu64 " leaves is not the beginning of that of %" PRIu64
			       "; run 'wanglou audit verify'",
			       first, second);
	add_kind(archive, "consistency", json);
	r = add_tree(archive, "first", first, &roots[0], json);
	if (r == 0)
		r = add_tree(archive, "second", second, &roots[1], json);
	add_path(json, &proof);
	buf_add_char(json, '}');
	return r;
}
