/* SPDX-License-Identifier: Apache-2.0 */
#include "tls/stream.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>

struct tls_stream {
	SSL *ssl;
	uint32_t events;
	bool open; /* agreed upon, and nothing went wrong since */
};

int tls_stream_new(struct tls_acceptor *acceptor, int fd, struct tls_stream **ret_stream)
{
	struct tls_stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return -ENOMEM;
	stream->events = EPOLLIN;
	stream->ssl = tls_acceptor_ssl(acceptor);
	if (!stream->ssl || SSL_set_fd(stream->ssl, fd) != 1) {
		tls_stream_free(stream);
		return -ENOMEM;
	}
	SSL_set_accept_state(stream->ssl);
	*ret_stream = stream;
	return 0;
}

/* What a call that gave no bytes means: -EAGAIN, ERR_END for the peer's goodbye, -ECONNRESET, ERR_PROTOCOL.
 */
static int result_of(struct tls_stream *stream, int returned)
{
	switch (SSL_get_error(stream->ssl, returned)) {
	case SSL_ERROR_WANT_READ:
		stream->events = EPOLLIN;
		return -EAGAIN;
	case SSL_ERROR_WANT_WRITE:
		stream->events = EPOLLOUT;
		return -EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return ERR_END;
	case SSL_ERROR_SYSCALL:
		stream->open = false;
		return -ECONNRESET;
	default:
		stream->open = false;
		return ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? -ECONNRESET
											      : ERR_PROTOCOL;
	}
}

static int fill_reason(const struct tls_stream *stream, int code, struct err *ret_err)
{
	unsigned long error = ERR_peek_error();
	const char *reason = ERR_reason_error_string(error);
	long verified = SSL_get_verify_result(stream->ssl);

	if (verified != X509_V_OK)
		return err_set(ret_err, ERR_DENIED, 0, 0, "the client's certificate: %s",
			       X509_verify_cert_error_string(verified));
	if (ERR_GET_REASON(error) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
		return err_set(ret_err, ERR_DENIED, 0, 0, "the client shows no certificate");
	return err_set(ret_err, ERR_PROTOCOL, 0, 0, "%s",
		       code != ERR_PROTOCOL ? "the client went away"
		       : reason             ? reason
					    : "no TLS");
}

int tls_stream_handshake(struct tls_stream *stream, struct err *ret_err)
{
	int returned, r;

	ERR_clear_error();
	returned = SSL_do_handshake(stream->ssl);
	stream->open = returned == 1;
	if (stream->open) {
		stream->events = EPOLLIN;
		return 0;
	}
	r = result_of(stream, returned);
	if (r != -EAGAIN)
		r = fill_reason(stream, r, ret_err);
	ERR_clear_error();
	return r;
}

ssize_t tls_stream_read(struct tls_stream *stream, void *out, size_t size, bool *ret_ended)
{
	size_t len = 0, n;
	int r = 0;

	must(size >= TLS_RECORD_MAX);
	stream->events = EPOLLIN;
	while (r == 0 && size - len >= TLS_RECORD_MAX) {
		int returned;

		ERR_clear_error();
		returned = SSL_read_ex(stream->ssl, (char *)out + len, TLS_RECORD_MAX, &n);
		if (returned == 1)
			len += n;
		else
			r = result_of(stream, returned);
	}
	ERR_clear_error();
	if (r == -EAGAIN && !len)
		return -EAGAIN;
	*ret_ended = r < 0 && r != -EAGAIN;
	return (ssize_t)len;
}

uint32_t tls_stream_events(const struct tls_stream *stream)
{
	return stream->events;
}

void tls_stream_free(struct tls_stream *stream)
{
	if (!stream)
		return;
	if (stream->open)
		SSL_shutdown(stream->ssl);
	ERR_clear_error();
	SSL_free(stream->ssl);
	free(stream);
}
