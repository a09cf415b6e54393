/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CUSTODY_SIGNER_H
#define CUSTODY_SIGNER_H
/*
 * Signs tree heads of what the journal says: reads every new record, hashes it
 * itself, and never takes the writer's word for a leaf. Where a record is lost its
 * leaf is known to nobody but the writer; then the range behind it comes from the
 * journal, and that is reported.
 *
 * When it starts, the tree of the last head it signed is looked for in the journal.
 * If it is there, hashing goes on behind it. If not, the journal was rolled back or
 * rewritten: that is reported, and the new history is signed from the newest head
 * that it still continues, so that whoever compares the heads sees the break.
 *
 * One thread. Its cost is one SHA-256 over each record, beside reading it.
 */
#include <stdbool.h>

#include "custody/heads.h"
#include "journal/archive.h"

enum signer_finding {
	SIGNER_ROLLED_BACK, /* the journal ends before what was signed */
	SIGNER_REWRITTEN,   /* it is as long, but not the same */
	SIGNER_DAMAGED, /* records between two that are there cannot be read, and nobody kept their leaves */
};

/* [leaf_begin, leaf_end) and the records after_seq < seq <= last_seq are not, or not any more, what was
   signed. */
struct signer_break {
	enum signer_finding finding;
	uint64_t leaf_begin, leaf_end, after_seq, last_seq;
};

struct signer_options {
	const char *journal; /* folder */
	const struct journal_key *journal_key;
	const char *heads;  /* folder */
	const char *recent; /* file */
	const struct tlog_key *key;
	void (*report)(void *context, const struct signer_break *found);
	void *context;
};

struct signer;

/* Opens nothing yet; the texts and keys must outlive it. */
struct signer *signer_new(const struct signer_options *options);
void signer_free(struct signer *signer); /* NULL is fine */

/* Finds the place to go on from. 0, or a code with *ret_err filled: nothing is signed until a later call
   succeeds. Also after each break that signer_read() meets. */
int signer_restore(struct signer *signer, struct err *ret_err);

/* Hashes at most so many bytes of new records. ERR_END where there are no more for now. ERR_BUSY: the journal
   is not what was read before; call signer_restore() again, when its writer serves. */
int signer_read(struct signer *signer, uint64_t bytes_max, struct err *ret_err);

/* Signs what has been hashed. ERR_END where there is nothing yet; ERR_BUSY as above. */
int signer_sign(struct signer *signer, int64_t now, struct err *ret_err);

uint64_t signer_size(const struct signer *signer); /* leaves hashed so far */

const char *signer_finding_name(enum signer_finding finding); /* "rolled-back", "rewritten", "damaged" */

#endif
