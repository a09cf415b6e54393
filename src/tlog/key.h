/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TLOG_KEY_H
#define TLOG_KEY_H
/*
 * Keys that sign tree heads: Ed25519 (RFC 8032), or SM2 with SM3 (GB/T 32918.2,
 * with the default identity of GM/T 0009) for those who must. Private keys are
 * PKCS #8 PEM files of mode 0600, public keys SubjectPublicKeyInfo PEM, so that
 * openssl(1) reads both. Any thread may use a key.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"

enum tlog_algorithm { TLOG_ED25519, TLOG_SM2 };
#define TLOG_SIGNATURE_MAX 80 /* Ed25519: 64; SM2: DER of two 32-byte numbers */
#define TLOG_KEY_ID_SIZE 4

struct tlog_key;

const char *tlog_algorithm_name(enum tlog_algorithm algorithm); /* "ed25519", "sm2" */
int tlog_algorithm_parse(struct str name, enum tlog_algorithm *ret_algorithm);

int tlog_key_generate(enum tlog_algorithm algorithm, struct tlog_key **ret_key);
void tlog_key_free(struct tlog_key *key); /* NULL is fine */

/* ret_err says what is wrong: not there, no key, another kind of key. The text of a private key is wiped. */
int tlog_key_load_private(const char *path, struct tlog_key **ret_key, struct err *ret_err);
int tlog_key_load_public(const char *path, struct tlog_key **ret_key, struct err *ret_err);
int tlog_key_parse_public(struct str pem, struct tlog_key **ret_key, struct err *ret_err);

/* Writes a new file, never over one that is there (-EEXIST); durable when it returns 0. */
int tlog_key_save_private(const struct tlog_key *key, const char *path);
int tlog_key_public_pem(const struct tlog_key *key, struct buf *pem);

/* SHA-256 of the SubjectPublicKeyInfo in DER: what people compare over the telephone. */
void tlog_key_fingerprint(const struct tlog_key *key, uint8_t ret_digest[SHA256_SIZE]);

enum tlog_algorithm tlog_key_algorithm(const struct tlog_key *key);

/* The key's id under a name, as signed notes have it (C2SP signed-note): the first four bytes of
   SHA-256(name || "\n" || algorithm || public key). */
void tlog_key_id(const struct tlog_key *key, struct str name, uint8_t ret_id[TLOG_KEY_ID_SIZE]);

/* ERR_DENIED where key is a public one. */
int tlog_key_sign(const struct tlog_key *key, const void *bytes, size_t len,
		  uint8_t ret_signature[TLOG_SIGNATURE_MAX], size_t *ret_len);
bool tlog_key_verify(const struct tlog_key *key, const void *bytes, size_t len, const uint8_t *signature,
		     size_t signature_len);

#endif
