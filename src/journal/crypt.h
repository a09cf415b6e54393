/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_CRYPT_H
#define JOURNAL_CRYPT_H
/*
 * Encryption of the journal at rest: AES-256-GCM (NIST SP 800-38D). A journal has
 * one key, 32 random bytes from a file or made from a passphrase with scrypt (RFC
 * 7914) and a salt in the journal's folder. Each segment, live or sealed, is
 * encrypted under a key of its own, derived with HKDF-SHA-256 (RFC 5869) from the
 * journal's key and the segment's node id, first number and salt; each frame or block
 * under a nonce of its own. Leaves of the Merkle tree are hashes of the plain record,
 * so that proofs need the key only for the content.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define JOURNAL_KEY_SIZE 32
#define JOURNAL_NONCE_SIZE 12
#define JOURNAL_TAG_SIZE 16
#define JOURNAL_KEY_CHECK_SIZE 16

struct journal_key {
	uint8_t bytes[JOURNAL_KEY_SIZE];
};

/* From text as a key file has it: 64 hex digits. ERR_SYNTAX says how to make one. */
int journal_key_parse(struct str text, struct journal_key *ret_key, struct err *ret_err);

/* From a passphrase; the salt is the file "salt" in the journal's live folder, made where it is missing and
   make is true. */
int journal_key_derive(const char *folder, struct str passphrase, bool make, struct journal_key *ret_key,
		       struct err *ret_err);

/* The key of one segment. */
struct journal_segment_header;
void journal_key_segment(const struct journal_key *key, const struct journal_segment_header *header,
			 struct journal_key *ret_key);

/* What a segment's header says about its key, so that a wrong one is told from damage: derived from the key,
   of no use to find it. */
void journal_key_check(const struct journal_key *segment_key, uint8_t ret_check[JOURNAL_KEY_CHECK_SIZE]);

/* Encrypts or decrypts len bytes; in and out may be the same. aad is authenticated, not encrypted. open:
   ERR_DENIED where the key or the bytes are not the ones. */
void journal_crypt_seal(const struct journal_key *key, const uint8_t nonce[JOURNAL_NONCE_SIZE],
			struct str aad, const void *in, size_t len, void *out,
			uint8_t ret_tag[JOURNAL_TAG_SIZE]);
int journal_crypt_open(const struct journal_key *key, const uint8_t nonce[JOURNAL_NONCE_SIZE], struct str aad,
		       const void *in, size_t len, const uint8_t tag[JOURNAL_TAG_SIZE], void *out);

#endif
