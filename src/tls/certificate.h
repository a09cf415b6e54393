/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TLS_CERTIFICATE_H
#define TLS_CERTIFICATE_H
/*
 * A server's certificate and key as PEM text: the operator's, or one of our own.
 *
 * Our own is made where there is none yet: EC P-256, for this host's name and
 * addresses, signed by itself, 825 days (the longest that browsers take), kept
 * with its key in one file of mode 0600. It is made anew 30 days before its end.
 * The operator's files are only read; their key must have no passphrase.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define TLS_FINGERPRINT_SIZE 96  /* SHA-256 as "AB:CD:…" */
#define TLS_PEM_MAX (256 * 1024) /* bytes of a file */

/* Belongs to the caller; tls_pair_done() wipes the key. Empty after a failure. */
struct tls_pair {
	struct buf certificate, key; /* the certificate's file may hold the chain behind it */
	char fingerprint[TLS_FINGERPRINT_SIZE];
	bool ours;
	bool stale;    /* ours, and near its end */
	int64_t until; /* µs since 1970: its end */
};

/* The operator's files. 0, or a negative code with *ret_err filled: not readable, no PEM, or a key that is
   another certificate's. */
int tls_pair_read(const char *certificate, const char *key, struct tls_pair *ret_pair, struct err *ret_err);

/* Our own, made or made anew where need be. */
int tls_pair_own(const char *path, struct tls_pair *ret_pair, struct err *ret_err);

void tls_pair_done(struct tls_pair *pair);

#endif
