/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_PACKAGE_H
#define AUDIT_PACKAGE_H
/*
 * Evidence packages (doc/formats/evidence.md): a tar file, compressed with zstd,
 * that proves the records in it against signed heads without the archive.
 *
 *	manifest.json    what, by whom, when; SHA-256 of all that follows
 *	index.html       the same for people who read no JSON
 *	heads.txt        signed heads, and key-….pem, the public keys
 *	proofs.ndjson    {"begin":0,"end":9,"nodes":[…]}: leaves that are not in the package
 *	                 {"head":12}: here the root is that of the head of this size
 *	records.ndjson   the records, in the order of their leaves
 *
 * A package is checked in one pass; proofs are spooled to a temporary file. Memory: a
 * record and a compact range.
 */
#include "audit/heads.h"
#include "journal/journal.h"
#include "tlog/tree.h"

#define AUDIT_PACKAGE_VERSION 1
#define AUDIT_RECORD_LINE_MAX (8u * 1024 * 1024)
#define AUDIT_PROOF_LINE_MAX (16u * 1024)
#define AUDIT_PROOFS_MAX (UINT64_C(8) << 30) /* of proofs.ndjson, which is spooled when it is read */
#define AUDIT_MANIFEST_MAX (1024 * 1024)
#define AUDIT_HEADS_TEXT_MAX (64u * 1024 * 1024)

struct arena;

/* --- lines ------------------------------------------------------------------------------------------ */

/* Appends a record's line, without its end. */
void audit_record_line(const struct journal_record *record, uint64_t leaf, struct buf *line);

/* A line that is exactly what audit_record_line() writes for what is in it, so that nothing is shown to
   people but what is proven. The record's texts are in arena. ERR_SYNTAX. */
struct json_parser;
int audit_record_read(struct json_parser *parser, struct str line, struct arena *arena,
		      struct journal_record *ret_record, uint64_t *ret_leaf);

struct audit_proof_line {
	uint64_t head;           /* of this size; 0: a gap */
	struct tlog_range nodes; /* that cover the gap */
};
void audit_proof_line(const struct audit_proof_line *proof, struct buf *line);
int audit_proof_read(struct json_parser *parser, struct str line, struct audit_proof_line *ret_proof);

/* --- what a package says about itself ------------------------------------------------------------------ */

struct audit_package_info {
	uint8_t node[TLOG_NODE_SIZE];
	const char *program;             /* "wanglou 0.1.0" */
	const char *by;                  /* who exported it, as the system knows them */
	const char *from, *to, *sources; /* as asked for; "" */
	int64_t created;
	uint64_t records, unproven, first_seq, last_seq;
	int64_t received_from, received_to;
	uint64_t heads;
	int64_t first_head, last_head; /* their times; 0: none */
};

struct audit_package_file {
	char name[64];
	uint64_t bytes;
	uint8_t sha256[SHA256_SIZE];
};

/* manifest.json, and index.html with preview (lines of records.ndjson, with their ends) as a table. */
void audit_manifest(const struct audit_package_info *info, const struct audit_package_file *files,
		    size_t count, struct buf *out);
void audit_index(const struct audit_package_info *info, struct str preview, struct buf *out);

/* --- checking ------------------------------------------------------------------------------------------ */

struct audit_package_summary {
	uint64_t records, proven, first_seq, last_seq;
	int64_t from, to;       /* of receipt */
	uint64_t heads_checked; /* whose roots fit */
	uint64_t given_checked; /* of those kept elsewhere */
	int64_t signed_time;    /* of the last that fits */
	uint64_t problems;
};

/* heads holds the keys and heads kept elsewhere; the package's are added, and count as the archive's own do.
   0 also where problems were told; negative where path could not be read at all. */
int audit_package_verify(const char *path, struct audit_heads *heads, const struct audit_report *report,
			 struct audit_package_summary *ret_summary, struct err *ret_err);

#endif
