/* SPDX-License-Identifier: Apache-2.0 */
/* The server's side against a client whose bytes the test carries over, as many at a time as it likes. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "pki.h"
#include "tls/stream.h"

static char folder[] = "/tmp/wanglou-tls-XXXXXX";
static char server_file[64], clients_file[64], own_file[64];
static struct identity ca, stranger;

static int make_folder(void **state)
{
	struct identity server;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_non_null(mkdtemp(folder));
	snprintf(server_file, sizeof(server_file), "%s/server.pem", folder);
	snprintf(clients_file, sizeof(clients_file), "%s/clients.pem", folder);
	snprintf(own_file, sizeof(own_file), "%s/own.pem", folder);
	ca = identity_make("a CA", NULL, true);
	stranger = identity_make("another CA", NULL, true);
	server = identity_make("server", &ca, false);
	identity_write(&server, server_file, true);
	identity_write(&ca, clients_file, false);
	identity_free(&server);
	return 0;
}

static int remove_folder(void **state)
{
	char command[64];

	(void)state;
	identity_free(&ca);
	identity_free(&stranger);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* A client without a socket, and the server's stream on one. */
struct pair {
	struct tls_acceptor *acceptor;
	struct tls_stream *stream;
	SSL_CTX *context;
	SSL *client;
	BIO *in, *out; /* the client's */
	int fds[2];    /* ours, the server's */
	struct err err;
};

static struct tls_acceptor *new_acceptor(bool clients)
{
	const struct tls_files files = {
		.certificate = server_file, .key = server_file, .clients = clients ? clients_file : NULL};
	struct tls_acceptor *acceptor;

	assert_int_equal(tls_acceptor_new(&files, &acceptor, NULL), 0);
	return acceptor;
}

static void pair_open(struct pair *pair, struct tls_acceptor *acceptor, const struct identity *mine)
{
	*pair = (struct pair){.acceptor = acceptor};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair->fds), 0);
	assert_int_equal(tls_stream_new(acceptor, pair->fds[1], &pair->stream), 0);
	pair->context = client_context(mine);
	pair->client = SSL_new(pair->context);
	pair->in = BIO_new(BIO_s_mem());
	pair->out = BIO_new(BIO_s_mem());
	SSL_set_bio(pair->client, pair->in, pair->out);
	SSL_set_connect_state(pair->client);
}

static void pair_close(struct pair *pair)
{
	tls_stream_free(pair->stream);
	SSL_free(pair->client);
	SSL_CTX_free(pair->context);
	close(pair->fds[0]);
	close(pair->fds[1]);
}

/* What the client has to say, at most limit bytes of it; the count. */
static int carry(struct pair *pair, int limit)
{
	char bytes[32768];
	int n = BIO_read(pair->out, bytes, limit < (int)sizeof(bytes) ? limit : (int)sizeof(bytes));

	if (n > 0)
		assert_int_equal(write(pair->fds[0], bytes, (size_t)n), n);
	return n > 0 ? n : 0;
}

static void carry_back(struct pair *pair)
{
	char bytes[32768];
	ssize_t n;

	while ((n = read(pair->fds[0], bytes, sizeof(bytes))) > 0)
		assert_int_equal(BIO_write(pair->in, bytes, (int)n), n);
}

/* Until the server has decided, with as many bytes at a time. Its result. */
static int shake(struct pair *pair, int at_once)
{
	int r = -EAGAIN;

	for (int i = 0; i < 100000 && r == -EAGAIN; i++) {
		SSL_do_handshake(pair->client);
		if (!carry(pair, at_once))
			return -EAGAIN;
		r = tls_stream_handshake(pair->stream, &pair->err);
		if (r == -EAGAIN)
			assert_int_equal(tls_stream_events(pair->stream), EPOLLIN);
		carry_back(pair);
	}
	return r;
}

static void test_handshake_and_records_byte_by_byte(void **state)
{
	struct tls_acceptor *acceptor = new_acceptor(false);
	char out[TLS_RECORD_MAX];
	struct pair pair;
	bool ended = false;

	(void)state;
	pair_open(&pair, acceptor, NULL);
	assert_int_equal(shake(&pair, 1), 0);
	SSL_do_handshake(pair.client);
	assert_int_equal(SSL_write(pair.client, "one", 3), 3);
	while (BIO_ctrl_pending(pair.out) > 1) {
		carry(&pair, 1);
		assert_int_equal(tls_stream_read(pair.stream, out, sizeof(out), &ended), -EAGAIN);
	}
	carry(&pair, 1);
	assert_int_equal(tls_stream_read(pair.stream, out, sizeof(out), &ended), 3);
	assert_memory_equal(out, "one", 3);
	assert_false(ended);
	assert_int_equal(SSL_version(pair.client), TLS1_3_VERSION);
	pair_close(&pair);
	tls_acceptor_free(acceptor);
}

/* All that fits is read, and nothing of a record stays behind where epoll would not know of it. */
static void test_many_records_at_once(void **state)
{
	struct tls_acceptor *acceptor = new_acceptor(false);
	char message[TLS_RECORD_MAX], out[4 * TLS_RECORD_MAX];
	struct pair pair;
	size_t total = 0;
	bool ended = false;
	ssize_t n;

	(void)state;
	memset(message, 'x', sizeof(message));
	pair_open(&pair, acceptor, NULL);
	assert_int_equal(shake(&pair, 100000), 0);
	SSL_do_handshake(pair.client);
	for (int i = 0; i < 6; i++)
		assert_int_equal(SSL_write(pair.client, message, sizeof(message)), sizeof(message));
	while (carry(&pair, 100000))
		;
	while ((n = tls_stream_read(pair.stream, out, sizeof(out), &ended)) > 0)
		total += (size_t)n;
	assert_int_equal(n, -EAGAIN);
	assert_int_equal(total, 6 * sizeof(message));
	assert_int_equal(recv(pair.fds[1], out, 1, MSG_PEEK), -1);
	pair_close(&pair);
	tls_acceptor_free(acceptor);
}

static void test_ends(void **state)
{
	struct tls_acceptor *acceptor = new_acceptor(false);
	char out[TLS_RECORD_MAX];
	struct pair pair;
	bool ended;

	(void)state;
	for (int how = 0; how < 3; how++) {
		pair_open(&pair, acceptor, NULL);
		assert_int_equal(shake(&pair, 100000), 0);
		SSL_do_handshake(pair.client);
		SSL_write(pair.client, "last", 4);
		if (how == 0)
			SSL_shutdown(pair.client);
		carry(&pair, 100000);
		if (how == 1) /* no record, and none will come */
			assert_int_equal(write(pair.fds[0], "GET / HTTP/1.1\r\n", 16), 16);
		if (how == 2)
			shutdown(pair.fds[0], SHUT_WR);
		ended = false;
		assert_int_equal(tls_stream_read(pair.stream, out, sizeof(out), &ended), 4);
		if (!ended)
			assert_int_equal(tls_stream_read(pair.stream, out, sizeof(out), &ended), 0);
		assert_true(ended);
		pair_close(&pair);
	}
	tls_acceptor_free(acceptor);
}

static void test_no_handshake(void **state)
{
	struct tls_acceptor *acceptor = new_acceptor(false);
	struct pair pair;

	(void)state;
	pair_open(&pair, acceptor, NULL);
	assert_int_equal(write(pair.fds[0], "<13>Mar  1 08:00:00 plain\n", 26), 26);
	assert_int_equal(tls_stream_handshake(pair.stream, &pair.err), ERR_PROTOCOL);
	assert_true(pair.err.message[0]);
	pair_close(&pair);
	pair_open(&pair, acceptor, NULL);
	shutdown(pair.fds[0], SHUT_WR);
	assert_int_equal(tls_stream_handshake(pair.stream, &pair.err), ERR_PROTOCOL);
	assert_non_null(strstr(pair.err.message, "went away"));
	pair_close(&pair);
	pair_open(&pair, acceptor, NULL);
	SSL_set_max_proto_version(pair.client, TLS1_1_VERSION);
	SSL_set_security_level(pair.client, 0);
	assert_int_equal(shake(&pair, 100000), ERR_PROTOCOL);
	pair_close(&pair);
	tls_acceptor_free(acceptor);
}

static void test_client_certificates(void **state)
{
	struct tls_acceptor *acceptor = new_acceptor(true);
	struct identity good = identity_make("gate", &ca, false);
	struct identity bad = identity_make("gate", &stranger, false);
	struct pair pair;

	(void)state;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		pair_open(&pair, acceptor, NULL);
		SSL_set_max_proto_version(pair.client, version);
		assert_int_equal(shake(&pair, 100000), ERR_DENIED);
		assert_non_null(strstr(pair.err.message, "no certificate"));
		pair_close(&pair);
		pair_open(&pair, acceptor, &bad);
		SSL_set_max_proto_version(pair.client, version);
		assert_int_equal(shake(&pair, 100000), ERR_DENIED);
		pair_close(&pair);
		pair_open(&pair, acceptor, &good);
		SSL_set_max_proto_version(pair.client, version);
		assert_int_equal(shake(&pair, 100000), 0);
		pair_close(&pair);
	}
	identity_free(&good);
	identity_free(&bad);
	tls_acceptor_free(acceptor);
}

static void test_changed_files(void **state)
{
	struct tls_acceptor *acceptor = new_acceptor(false);
	char first[TLS_FINGERPRINT_SIZE], now[TLS_FINGERPRINT_SIZE];
	struct identity next = identity_make("next", &ca, false);
	struct err err = {0};
	struct pair old;
	char out[TLS_RECORD_MAX];
	bool ended = false;

	(void)state;
	tls_acceptor_fingerprint(acceptor, first);
	pair_open(&old, acceptor, NULL);
	assert_int_equal(shake(&old, 100000), 0);
	assert_int_equal(tls_acceptor_refresh(acceptor, &err), 0);
	assert_int_equal(io_replace_file(server_file, "broken", 6, 0600), 0);
	assert_int_equal(tls_acceptor_refresh(acceptor, &err), ERR_SYNTAX);
	assert_non_null(strstr(err.message, server_file));
	assert_int_equal(tls_acceptor_refresh(acceptor, &err), 0); /* said once */
	tls_acceptor_fingerprint(acceptor, now);
	assert_string_equal(first, now);
	identity_write(&next, server_file, true);
	assert_int_equal(tls_acceptor_refresh(acceptor, &err), 1);
	tls_acceptor_fingerprint(acceptor, now);
	assert_string_not_equal(first, now);
	SSL_do_handshake(old.client);
	SSL_write(old.client, "still", 5);
	carry(&old, 100000);
	assert_int_equal(tls_stream_read(old.stream, out, sizeof(out), &ended), 5);
	tls_acceptor_free(acceptor); /* a stream outlives it */
	SSL_write(old.client, "after", 5);
	carry(&old, 100000);
	assert_int_equal(tls_stream_read(old.stream, out, sizeof(out), &ended), 5);
	pair_close(&old);
	identity_free(&next);
}

static void test_own_certificate(void **state)
{
	const struct tls_files files = {.own = own_file};
	char first[TLS_FINGERPRINT_SIZE], second[TLS_FINGERPRINT_SIZE];
	struct tls_acceptor *acceptor;
	struct err err = {0};

	(void)state;
	assert_int_equal(tls_acceptor_new(&files, &acceptor, &err), 0);
	tls_acceptor_fingerprint(acceptor, first);
	assert_int_equal(tls_acceptor_refresh(acceptor, &err), 0);
	tls_acceptor_free(acceptor);
	assert_int_equal(tls_acceptor_new(&files, &acceptor, &err), 0);
	tls_acceptor_fingerprint(acceptor, second);
	assert_string_equal(first, second);
	tls_acceptor_free(acceptor);
}

static void test_files_that_do_not_work(void **state)
{
	struct tls_files files = {.certificate = server_file, .key = "/nonexistent", .clients = ""};
	struct tls_acceptor *acceptor;
	struct err err = {0};

	(void)state;
	assert_int_equal(tls_acceptor_new(&files, &acceptor, &err), -ENOENT);
	assert_non_null(strstr(err.message, "/nonexistent"));
	files.key = server_file;
	files.clients = "/dev/null";
	assert_int_equal(tls_acceptor_new(&files, &acceptor, &err), ERR_SYNTAX);
	assert_non_null(strstr(err.message, "/dev/null"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handshake_and_records_byte_by_byte),
		cmocka_unit_test(test_many_records_at_once),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_no_handshake),
		cmocka_unit_test(test_client_certificates),
		cmocka_unit_test(test_changed_files),
		cmocka_unit_test(test_own_certificate),
		cmocka_unit_test(test_files_that_do_not_work),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
