/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TLS_ACCEPTOR_H
#define TLS_ACCEPTOR_H
/*
 * The server's side of TLS (1.2 and later): what new connections are met with. The
 * files may change while it runs: tls_acceptor_refresh() reads them again, and
 * connections made before live on with what they were made with.
 *
 * Where clients names a file of CA certificates, a peer must show a certificate
 * that one of them signed; whose it is, is not asked.
 *
 * No sessions are kept and no tickets given: senders of logs stay connected, and a
 * ticket sent to one that never reads would break its connection. Renegotiation is
 * refused. Any thread.
 */
#include "tls/certificate.h"

struct tls_files {
	const char *certificate, *key; /* the operator's; NULL or "": our own */
	const char *own;               /* where our own is kept */
	const char *clients;           /* CA certificates; NULL or "": no client certificate is asked for */
};

struct tls_acceptor;

/* Copies the names. 0, or a negative code with *ret_err filled. */
int tls_acceptor_new(const struct tls_files *files, struct tls_acceptor **ret_acceptor, struct err *ret_err);
/* Streams made by it go on. NULL is fine. */
void tls_acceptor_free(struct tls_acceptor *acceptor);

/* Reads the files again where one of them changed, or our own certificate nears its end. 1 where new ones are
   in use now, 0 where nothing changed, or a negative code with *ret_err filled: then the old ones stay, and
   nothing more is said until the files change again. */
int tls_acceptor_refresh(struct tls_acceptor *acceptor, struct err *ret_err);

/* SHA-256 of the certificate in use. */
void tls_acceptor_fingerprint(struct tls_acceptor *acceptor, char ret_text[TLS_FINGERPRINT_SIZE]);

/* Inside tls/: an SSL for a new connection, NULL without memory. */
struct ssl_st;
struct ssl_st *tls_acceptor_ssl(struct tls_acceptor *acceptor);

#endif
