/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_TLS_H
#define SENSOR_TLS_H
/*
 * What a TLS handshake (RFC 5246, 8446) shows to somebody who has no key: both hellos, the JA4 of the client,
 * the server's certificate up to TLS 1.2, an alert that ends it. Told once, when the server begins to speak
 * encrypted, or says an alert, or the connection ends.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sensor/pool.h"

#define TLS_ALPN_MAX 32

struct tls_session {
	uint8_t len, bytes[32];
};

struct tls {
	struct held message[2]; /* of the handshake, not whole */
	struct held client;     /* members of the record, from the client's hello */
	struct held server;     /* the same, of the certificate */
	struct tls_session session;
	int64_t time;     /* of the first hello; 0: none yet */
	uint16_t version; /* that the server chose; 0: no hello of its yet */
	uint16_t cipher, alert;
	bool has_client, has_alert, has_certificate, same_session, from_ticket, retried, encrypted, told;
	uint8_t client_side;
	char alpn[TLS_ALPN_MAX];
};

/* The members of a ClientHello's body. False where it is none. */
bool tls_client_hello(const uint8_t *bytes, size_t len, struct tls_session *ret_session, struct buf *out);

/* Fills what the server chose; of a HelloRetryRequest only retried. False where it is no hello. */
bool tls_server_hello(const uint8_t *bytes, size_t len, struct tls *tls);

/* subject, issuer, validity and SHA-256 of a certificate in DER as members. False where it is none.
 * Allocates. */
bool tls_certificate(const uint8_t *bytes, size_t len, struct buf *out);

/* "1.3"; "0x7f1c" where it is no version we know. */
const char *tls_version_name(uint16_t version, char out[8]);
/* IANA's name, or "0x1305". */
const char *tls_cipher_name(uint16_t cipher, char out[8]);

#endif
