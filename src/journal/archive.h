/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_ARCHIVE_H
#define JOURNAL_ARCHIVE_H
/*
 * The archive: what becomes of live segments once they are complete. Sealing writes
 * a segment again, compressed, with the hashes that proofs need, into the folder
 * sealed/, which the collectors cannot write; retention later takes classes of
 * records out of it (their leaf hashes stay) and at last all of them (what is then
 * left is the range of nodes that cover the segment, so that proofs about other
 * segments still work). A sealed segment is
 * never changed but replaced as a whole: written beside it, synced, renamed.
 *
 * One process does this, at a time when nobody else does; readers may be in the
 * middle of any of it and see the old file or the new one.
 */
#include "journal/crypt.h"
#include "journal/journal.h"
#include "tlog/tree.h"

enum journal_segment_state {
	JOURNAL_LIVE,    /* as the collectors wrote it; the last one may still grow */
	JOURNAL_SEALED,  /* all or some of its records are there */
	JOURNAL_DELETED, /* only the cover is left */
	JOURNAL_DAMAGED, /* cannot be opened; only name and bytes are known */
};

/* What retention goes by: at most this many classes, 0 the one for all that no rule names. */
#define JOURNAL_CLASSES_MAX 16

struct journal_segment_info {
	uint64_t first_seq; /* its name */
	uint64_t last_seq;
	uint64_t leaf_begin, leaf_end;      /* which leaves of the tree; lost ones are counted */
	uint64_t lost;                      /* leaves that had been damaged before the sealing */
	int64_t received_min, received_max; /* of its records */
	int64_t sealed;                     /* when, or when it was deleted; 0: live */
	uint64_t bytes;                     /* of the file */
	uint64_t class_records[JOURNAL_CLASSES_MAX], class_bytes[JOURNAL_CLASSES_MAX]; /* still there */
	enum journal_segment_state state;
	bool complete; /* live: a later segment has begun, it can be sealed */
};

/* Calls visit for each segment in order, a damaged one included; a sealed one hides its live original. Only
   headers and indexes are read. Stops at a visit that returns non-zero and returns that. */
int journal_segments(const char *folder, const struct journal_key *key,
		     int (*visit)(void *context, const struct journal_segment_info *info), void *context,
		     struct err *ret_err);

struct journal_seal_options {
	const struct journal_key *key; /* NULL: not encrypted */
	int level;                     /* of zstd; 0: 6 */
	/* The class of a record, below JOURNAL_CLASSES_MAX; NULL: all are of class 0. */
	unsigned (*class_of)(void *context, const struct journal_record *record);
	void *context;
};

/* Seals the complete live segment with that name. The live file stays; its owner removes it
   (journal_remove_sealed). A damaged frame is left out, its leaves count as lost; a segment that somebody
   altered is not sealed: ERR_CORRUPT. ERR_END: there is no such segment, or it is not complete;
   ERR_DUPLICATE: it is sealed. */
int journal_seal(const char *folder, uint64_t name, const struct journal_seal_options *options,
		 struct journal_segment_info *ret_info, struct err *ret_err);

/* Takes the records of the classes in mask (bit 1 << class) out of a sealed segment; of all of them: leaves
   only the cover. reason is kept in the file (at most 255 bytes): under which rule, or by whom. ERR_BUSY
   while the live one is still there; ERR_CORRUPT where the records are not those of the tree. The key is
   needed where something stays of an encrypted segment. */
int journal_prune(const char *folder, const struct journal_key *key, uint64_t name, uint32_t mask,
		  const char *reason, struct err *ret_err);

/* For the process that writes: removes live segments whose sealed form is there and whole and stands for the
   same leaves. The one being written, or written last, stays, for it has the state of the tree: a writer
   finds it there after any crash. Returns how many in *ret_count, also with an error, which is the first
   one's; the segment it is about stays. */
int journal_remove_sealed(const char *folder, unsigned *ret_count, struct err *ret_err);

/* --- the tree over all segments -------------------------------------------------------------------- */

struct journal_tree;

/* Reads headers and indexes of all segments; records only when a hash needs them. ERR_CORRUPT where the
   segments do not belong together, and says which. */
int journal_tree_open(const char *folder, const struct journal_key *key, struct journal_tree **ret_tree,
		      struct err *ret_err);
void journal_tree_close(struct journal_tree *tree); /* NULL is fine */

uint64_t journal_tree_size(const struct journal_tree *tree); /* durable leaves when it was opened */

/* A tlog_fetch whose context is the tree. ERR_END: the leaves are deleted or lost and no kept node covers
   it. */
int journal_tree_fetch(void *tree, unsigned level, uint64_t index, struct tlog_hash *ret_hash);

/* From a sequence number to its leaf and back. ERR_END where there is no such record or leaf. */
int journal_tree_leaf(struct journal_tree *tree, uint64_t seq, uint64_t *ret_leaf);
int journal_tree_seq(struct journal_tree *tree, uint64_t leaf, uint64_t *ret_seq);

/* The leaf of a record: the RFC 9162 hash of its canonical bytes (doc/formats/journal.md, "Leaf"). */
void journal_leaf(const struct journal_record *record, struct tlog_hash *ret_hash);
/* … and of many, for much less. */
void journal_leaves(const struct journal_record *records, size_t count, struct tlog_hash *ret_hashes);

/* Those bytes, for people who check with other tools. */
struct buf;
void journal_leaf_bytes(const struct journal_record *record, struct buf *out);

/* --- checking what the files say --------------------------------------------------------------------- */

/* What one walk over a segment found, in order of the numbers. */
enum journal_finding {
	JOURNAL_WHOLE,     /* the records of this span are there and have the leaves that the tree has */
	JOURNAL_PRUNED,    /* removed by retention; their leaves are there */
	JOURNAL_GONE,      /* deleted by retention; the cover is there */
	JOURNAL_LOST,      /* damaged or missing: no leaf is known */
	JOURNAL_ALTERED,   /* records are there, but they are not those of the tree */
	JOURNAL_MISPLACED, /* the segment does not follow on the one before: swapped, dropped, reordered */
	JOURNAL_WORN,      /* beside another finding: one of two copies of something in the file is damaged */
};

struct journal_span {
	enum journal_finding finding;
	uint64_t segment, first_seq, last_seq, leaf_begin, leaf_end;
	char reason[128];
};

/* Walks the segments that hold [first_seq, last_seq], hashes every record again and compares with what is
   kept: frame by frame in live segments, 256 leaves by 256 in sealed ones, segment on segment by the range
   each begins with. Calls visit for each span (adjacent spans of one kind in a segment are joined) and each
   (every_leaf, may be NULL) for each leaf whose hash is known, in order. Memory does not grow with the
   archive. */
int journal_check(const char *folder, const struct journal_key *key, uint64_t first_seq, uint64_t last_seq,
		  int (*visit)(void *context, const struct journal_span *span),
		  int (*every_leaf)(void *context, uint64_t leaf, uint64_t seq, const struct tlog_hash *hash),
		  void *context, struct err *ret_err);

#endif
