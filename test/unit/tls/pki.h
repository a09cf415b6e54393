/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_PKI_H
#define TEST_PKI_H
/* Certificates for tests, and a client's side of TLS that may trust and show some of them. */
#include <openssl/ssl.h>
#include <stdbool.h>

/* A certificate with its key; free with identity_free(). */
struct identity {
	X509 *certificate;
	EVP_PKEY *key;
};

/* Signed by issuer, or by itself where issuer is NULL. A CA signs, others are for servers and clients. */
struct identity identity_make(const char *name, const struct identity *issuer, bool ca);
void identity_free(struct identity *identity);

/* PEM: the certificate, and behind it the key where with_key. */
void identity_write(const struct identity *identity, const char *path, bool with_key);

/* Shows mine (NULL: nothing). The server's certificate is not looked at. */
SSL_CTX *client_context(const struct identity *mine);

#endif
