/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TLS_STREAM_H
#define TLS_STREAM_H
/*
 * One connection over a non-blocking socket, for a server that reads. Nothing here
 * waits: -EAGAIN means to come back when the socket has what tls_stream_events()
 * names. The socket is the caller's. SIGPIPE must be ignored: a handshake, an
 * alert and a goodbye write to peers that may be gone. One thread at a time.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tls/acceptor.h"

#define TLS_RECORD_MAX 16384 /* bytes of content in one record of TLS */

struct tls_stream;

/* 0 or -ENOMEM. */
int tls_stream_new(struct tls_acceptor *acceptor, int fd, struct tls_stream **ret_stream);

/* 0 once both sides agree; -EAGAIN; ERR_DENIED where the peer's certificate is missing or not good enough;
   ERR_PROTOCOL for everything else, with the reason in *ret_err. */
int tls_stream_handshake(struct tls_stream *stream, struct err *ret_err);

/* Up to size bytes, which is at least TLS_RECORD_MAX, so that what was decrypted is never kept here and epoll
   knows of everything that is left. The count, also 0 where *ret_ended: the peer said goodbye, went away or
   broke the protocol, and no more will come. -EAGAIN. */
ssize_t tls_stream_read(struct tls_stream *stream, void *out, size_t size, bool *ret_ended);

/* EPOLLIN or EPOLLOUT, after -EAGAIN. */
uint32_t tls_stream_events(const struct tls_stream *stream);

/* Says goodbye where that is possible without waiting. NULL is fine. */
void tls_stream_free(struct tls_stream *stream);

#endif
