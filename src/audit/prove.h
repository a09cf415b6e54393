/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_PROVE_H
#define AUDIT_PROVE_H
/*
 * Proofs as JSON, for people who check with tools of their own
 * (doc/formats/evidence.md; tools/verify-proof.mjs). A proof is checked here before
 * it is handed out.
 */
#include "audit/heads.h"
#include "journal/archive.h"

struct audit_archive {
	const char *folder; /* of the journal */
	const struct journal_key *key;
	struct journal_tree *tree;
	const struct audit_heads *heads; /* sorted */
	const uint8_t *node;
};

/* That a record is in the tree of size leaves; 0: of the smallest signed head that covers it. One JSON object
   without a line end. ERR_END: no such record; ERR_RANGE: it is not in that tree, or no head covers it;
   ERR_CORRUPT: the archive has not the root that was signed. */
int audit_prove_inclusion(const struct audit_archive *archive, uint64_t seq, uint64_t size, struct buf *json,
			  struct err *ret_err);

/* That the tree of first leaves is the beginning of that of second. ERR_RANGE, ERR_CORRUPT. */
int audit_prove_consistency(const struct audit_archive *archive, uint64_t first, uint64_t second,
			    struct buf *json, struct err *ret_err);

#endif
