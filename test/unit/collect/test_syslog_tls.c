/* SPDX-License-Identifier: Apache-2.0 */
/* Syslog over TLS from real sockets to the sink. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "collect/collect.h"
#include "http/server.h"
#include "memory_sink.h"
#include "pki.h"

static char folder[] = "/tmp/wanglou-syslog-tls-XXXXXX";
static char server_file[64], clients_file[64];
static struct identity ca, stranger;

static void write_server(void)
{
	struct identity server = identity_make("server", &ca, false);

	identity_write(&server, server_file, true);
	identity_free(&server);
}

static int make_folder(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_non_null(mkdtemp(folder));
	snprintf(server_file, sizeof(server_file), "%s/server.pem", folder);
	snprintf(clients_file, sizeof(clients_file), "%s/clients.pem", folder);
	ca = identity_make("a CA", NULL, true);
	stranger = identity_make("another CA", NULL, true);
	write_server();
	identity_write(&ca, clients_file, false);
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

struct bench {
	struct memory_sink sink;
	struct collect *collect;
	struct sockaddr_storage tls, tcp;
	_Atomic unsigned notices;
};

static struct sockaddr_storage address_of(int fd)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	return address;
}

static void on_notice(void *context, const char *text)
{
	struct bench *bench = context;

	assert_non_null(strstr(text, "127.0.0.1: "));
	bench->notices++;
}

static void setup(struct bench *bench, struct collect_options options)
{
	struct collect_sink sink;

	*bench = (struct bench){0};
	memory_sink_init(&bench->sink);
	options.http = options.http_unix = options.syslog_udp = options.snmp_trap = options.flow =
		options.sflow = -1;
	options.syslog_tcp = http_listen("127.0.0.1:0", NULL);
	options.syslog_tls = http_listen("127.0.0.1:0", NULL);
	options.syslog_tls_files.certificate = options.syslog_tls_files.key = server_file;
	options.notice = on_notice;
	options.notice_context = bench;
	bench->tcp = address_of(options.syslog_tcp);
	bench->tls = address_of(options.syslog_tls);
	sink = memory_sink_interface(&bench->sink);
	assert_int_equal(collect_start(&options, &sink, &bench->collect, NULL), 0);
}

static void teardown(struct bench *bench)
{
	collect_stop(bench->collect, NULL);
	memory_sink_done(&bench->sink);
}

static int connect_to(const struct sockaddr_storage *address)
{
	const struct timeval patience = {.tv_sec = 20};
	int fd = socket(address->ss_family, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(connect(fd, (const struct sockaddr *)address, sizeof(*address)), 0);
	return fd;
}

struct client {
	SSL_CTX *context;
	SSL *ssl;
	int fd;
};

/* What SSL_connect() says: with TLS 1.3 the client is content before the server has looked at its
 * certificate. */
static int client_open(struct client *client, struct bench *bench, const struct identity *mine)
{
	client->context = client_context(mine);
	client->ssl = SSL_new(client->context);
	client->fd = connect_to(&bench->tls);
	SSL_set_fd(client->ssl, client->fd);
	return SSL_connect(client->ssl);
}

static void client_send(struct client *client, struct str bytes)
{
	assert_int_equal(SSL_write(client->ssl, bytes.ptr, (int)bytes.len), bytes.len);
}

static void client_close(struct client *client)
{
	SSL_shutdown(client->ssl);
	SSL_free(client->ssl);
	SSL_CTX_free(client->context);
	close(client->fd);
}

/* True once the far end has closed; its alerts and goodbye may come before. */
static bool is_closed(int fd)
{
	char bytes[256];
	ssize_t n;

	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		;
	return n == 0 || errno == ECONNRESET;
}

static void assert_record(struct bench *bench, size_t index, struct str bytes, unsigned flags)
{
	struct collect_record record = memory_sink_record(&bench->sink, index);

	assert_true(str_eq(record.bytes, bytes));
	assert_int_equal(record.flags, flags);
	assert_int_equal(record.listener, LISTENER_SYSLOG_TLS);
	assert_int_equal(record.peer[15], 1);
}

static uint64_t counted(struct bench *bench, enum collect_counter counter)
{
	struct collect_stats stats;

	collect_stats(bench->collect, &stats);
	return stats.values[LISTENER_SYSLOG_TLS][counter];
}

static void assert_counted(struct bench *bench, enum collect_counter counter, uint64_t expected)
{
	for (int i = 0; i < 10000 && counted(bench, counter) != expected; i++)
		usleep(1000);
	assert_int_equal(counted(bench, counter), expected);
}

static void test_octet_counted_messages(void **state)
{
	struct client client;
	struct bench bench;

	(void)state;
	setup(&bench, (struct collect_options){0});
	assert_int_equal(client_open(&client, &bench, NULL), 1);
	client_send(&client, STR("7 <13>one12 <13>two\n"));
	client_send(&client, STR("....10 <13>thr"));
	client_send(&client, STR("ee."));
	assert_record(&bench, 0, STR("<13>one"), 0);
	assert_record(&bench, 1, STR("<13>two\n...."), 0);
	assert_record(&bench, 2, STR("<13>three."), 0);
	client_send(&client, STR("<13>unfinished"));
	client_close(&client);
	assert_record(&bench, 3, STR("<13>unfinished"), 0);
	assert_counted(&bench, COLLECT_CONNECTIONS, 1);
	assert_counted(&bench, COLLECT_OPEN, 0);
	assert_counted(&bench, COLLECT_HANDSHAKE_FAILED, 0);
	teardown(&bench);
}

/* A message in two records of TLS, cut wherever it can be. */
static void test_messages_cut_at_every_byte(void **state)
{
	const struct str message = STR("12 <13>whatever");
	struct client client;
	struct bench bench;

	(void)state;
	setup(&bench, (struct collect_options){0});
	assert_int_equal(client_open(&client, &bench, NULL), 1);
	for (size_t cut = 1; cut < message.len; cut++) {
		client_send(&client, str_head(message, cut));
		client_send(&client, str_from_offset(message, cut));
		assert_record(&bench, cut - 1, STR("<13>whatever"), 0);
	}
	client_close(&client);
	teardown(&bench);
}

static void test_large_messages(void **state)
{
	struct buf message = {0};
	struct client client;
	struct bench bench;

	(void)state;
	setup(&bench, (struct collect_options){.syslog_message_max = COLLECT_RECORD_MAX});
	assert_int_equal(client_open(&client, &bench, NULL), 1);
	for (int i = 0; i < 3; i++) {
		buf_clear(&message);
		buf_printf(&message, "%d ", COLLECT_RECORD_MAX + i);
		memset(buf_reserve(&message, COLLECT_RECORD_MAX + 2), '<', COLLECT_RECORD_MAX + 2);
		message.len += (size_t)(COLLECT_RECORD_MAX + i);
		client_send(&client, buf_str(&message));
		assert_record(&bench, (size_t)i, str_of(message.ptr + 8, COLLECT_RECORD_MAX),
			      i ? COLLECT_TRUNCATED : 0);
	}
	buf_done(&message);
	client_close(&client);
	teardown(&bench);
}

static void test_client_certificates(void **state)
{
	struct identity good = identity_make("gate", &ca, false),
			bad = identity_make("gate", &stranger, false);
	struct client client;
	struct bench bench;

	(void)state;
	setup(&bench, (struct collect_options){.syslog_tls_files.clients = clients_file});
	client_open(&client, &bench, NULL);
	assert_true(is_closed(client.fd));
	client_close(&client);
	assert_counted(&bench, COLLECT_HANDSHAKE_FAILED, 1);
	client_open(&client, &bench, &bad);
	SSL_write(client.ssl, "7 <13>bad", 9);
	assert_true(is_closed(client.fd));
	client_close(&client);
	assert_counted(&bench, COLLECT_HANDSHAKE_FAILED, 2);
	assert_int_equal(client_open(&client, &bench, &good), 1);
	client_send(&client, STR("8 <13>good"));
	assert_record(&bench, 0, STR("<13>good"), 0);
	client_close(&client);
	assert_int_equal(bench.notices, 1); /* the first; then once a minute */
	identity_free(&good);
	identity_free(&bad);
	teardown(&bench);
}

static void test_garbage_for_a_handshake(void **state)
{
	struct bench bench;
	int fd;

	(void)state;
	setup(&bench, (struct collect_options){0});
	fd = connect_to(&bench.tls);
	assert_int_equal(send(fd, "7 <13>one", 9, 0), 9);
	assert_true(is_closed(fd));
	close(fd);
	assert_counted(&bench, COLLECT_HANDSHAKE_FAILED, 1);
	assert_counted(&bench, COLLECT_OPEN, 0);
	assert_int_equal(counted(&bench, COLLECT_RECEIVED), 0);
	teardown(&bench);
}

/* Those who say nothing hold all places; who comes is served once they are closed. */
static void test_slow_handshakes(void **state)
{
	struct client client;
	struct bench bench;
	int silent[2];

	(void)state;
	setup(&bench, (struct collect_options){.syslog_handshakes = 2, .syslog_handshake = 1});
	silent[0] = connect_to(&bench.tls);
	silent[1] = connect_to(&bench.tls);
	assert_int_equal(send(silent[1], "\x16\x03\x01", 3, 0), 3);
	assert_counted(&bench, COLLECT_CONNECTIONS, 2);
	assert_int_equal(client_open(&client, &bench, NULL), 1);
	client_send(&client, STR("7 <13>one"));
	assert_record(&bench, 0, STR("<13>one"), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(is_closed(silent[i]));
		close(silent[i]);
	}
	assert_counted(&bench, COLLECT_HANDSHAKE_FAILED, 2);
	client_close(&client);
	teardown(&bench);
}

/* As soon as one is done, not at the next tick or limit, the next is met. */
static void test_handshakes_one_after_the_other(void **state)
{
	struct client clients[20];
	struct bench bench;

	(void)state;
	setup(&bench, (struct collect_options){.syslog_handshakes = 1, .syslog_handshake = 3600});
	for (int i = 0; i < 20; i++) {
		assert_int_equal(client_open(&clients[i], &bench, NULL), 1);
		client_send(&clients[i], STR("7 <13>one"));
	}
	assert_true(memory_sink_wait(&bench.sink, 20));
	for (int i = 0; i < 20; i++)
		client_close(&clients[i]);
	teardown(&bench);
}

static void test_one_room_for_tcp_and_tls(void **state)
{
	struct client client;
	struct bench bench;
	int plain, fd;

	(void)state;
	setup(&bench, (struct collect_options){.syslog_connections = 2});
	plain = connect_to(&bench.tcp);
	assert_int_equal(client_open(&client, &bench, NULL), 1);
	client_send(&client, STR("7 <13>one"));
	assert_record(&bench, 0, STR("<13>one"), 0);
	fd = connect_to(&bench.tls);
	assert_true(is_closed(fd));
	close(fd);
	fd = connect_to(&bench.tcp);
	assert_true(is_closed(fd));
	close(fd);
	assert_counted(&bench, COLLECT_TURNED_AWAY, 1);
	client_close(&client);
	close(plain);
	teardown(&bench);
}

static void test_a_silent_connection_is_closed(void **state)
{
	struct client client;
	struct bench bench;

	(void)state;
	setup(&bench, (struct collect_options){.syslog_idle = 1});
	assert_int_equal(client_open(&client, &bench, NULL), 1);
	assert_true(is_closed(client.fd));
	client_close(&client);
	assert_counted(&bench, COLLECT_CLOSED_IDLE, 1);
	teardown(&bench);
}

#define STREAM_LINES 200000

struct sender {
	struct client *client;
	struct buf stream;
	_Atomic size_t sent;
};

static void *send_stream(void *context)
{
	struct sender *sender = context;

	while (sender->sent < sender->stream.len) {
		size_t left = sender->stream.len - sender->sent;
		int n = SSL_write(sender->client->ssl, sender->stream.ptr + sender->sent,
				  left < 10000 ? (int)left : 10000);

		if (n <= 0)
			break;
		sender->sent += (size_t)n;
	}
	return NULL;
}

/* While the sink refuses, the sender's window closes; then all arrives, in order. */
static void test_a_refusing_sink_stalls_the_stream(void **state)
{
	struct sender sender = {0};
	struct client client;
	struct bench bench;
	pthread_t thread;
	size_t before;

	(void)state;
	setup(&bench, (struct collect_options){0});
	for (int i = 0; i < STREAM_LINES; i++)
		buf_printf(&sender.stream,
			   "<13>message number %d, made long so that socket buffers fill up\n", i);
	memory_sink_refuse(&bench.sink, -ENOSPC);
	assert_int_equal(client_open(&client, &bench, NULL), 1);
	sender.client = &client;
	pthread_create(&thread, NULL, send_stream, &sender);
	assert_true(memory_sink_wait_refused(&bench.sink, 5));
	do {
		before = sender.sent;
		usleep(200000);
	} while (sender.sent != before);
	assert_true(sender.sent < sender.stream.len);
	assert_int_equal(bench.sink.records.len, 0);
	memory_sink_refuse(&bench.sink, 0);
	pthread_join(thread, NULL);
	client_close(&client);
	assert_true(memory_sink_wait(&bench.sink, STREAM_LINES));
	for (size_t i = 0, at = 0; i < STREAM_LINES; i++) {
		struct str line = bench.sink.records.items[i].bytes;

		assert_memory_equal(line.ptr, sender.stream.ptr + at, line.len);
		at += line.len + 1;
	}
	buf_done(&sender.stream);
	teardown(&bench);
}

/* The sender believes delivered what the kernel took; a stop reads it. */
static void test_a_stop_reads_what_the_kernel_has(void **state)
{
	struct collect_stats stats;
	struct client client;
	struct bench bench;

	(void)state;
	setup(&bench, (struct collect_options){0});
	assert_int_equal(client_open(&client, &bench, NULL), 1);
	client_send(&client, STR("7 <13>one"));
	assert_record(&bench, 0, STR("<13>one"), 0);
	memory_sink_refuse(&bench.sink, -ENOSPC);
	client_send(&client, STR("7 <13>two"));
	assert_true(memory_sink_wait_refused(&bench.sink, 1));
	for (int i = 0; i < 1000; i++)
		client_send(&client, STR("9 <13>three"));
	memory_sink_refuse(&bench.sink, 0);
	collect_stop(bench.collect, &stats);
	bench.collect = NULL;
	assert_int_equal(stats.values[LISTENER_SYSLOG_TLS][COLLECT_ACCEPTED], 1002);
	client_close(&client);
	teardown(&bench);
}

static void test_certificates_are_replaced(void **state)
{
	char first[TLS_FINGERPRINT_SIZE], second[TLS_FINGERPRINT_SIZE];
	struct client old, new;
	struct bench bench;

	(void)state;
	setup(&bench, (struct collect_options){0});
	assert_int_equal(client_open(&old, &bench, NULL), 1);
	assert_true(collect_tls_fingerprint(bench.collect, first));
	write_server();
	assert_int_equal(collect_refresh_tls(bench.collect, NULL), 1);
	assert_true(collect_tls_fingerprint(bench.collect, second));
	assert_string_not_equal(first, second);
	assert_int_equal(client_open(&new, &bench, NULL), 1);
	assert_int_not_equal(X509_cmp(SSL_get0_peer_certificate(old.ssl), SSL_get0_peer_certificate(new.ssl)),
			     0);
	client_send(&old, STR("7 <13>old"));
	assert_record(&bench, 0, STR("<13>old"), 0);
	client_close(&old);
	client_close(&new);
	teardown(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_octet_counted_messages),
		cmocka_unit_test(test_messages_cut_at_every_byte),
		cmocka_unit_test(test_large_messages),
		cmocka_unit_test(test_client_certificates),
		cmocka_unit_test(test_garbage_for_a_handshake),
		cmocka_unit_test(test_slow_handshakes),
		cmocka_unit_test(test_handshakes_one_after_the_other),
		cmocka_unit_test(test_one_room_for_tcp_and_tls),
		cmocka_unit_test(test_a_silent_connection_is_closed),
		cmocka_unit_test(test_a_refusing_sink_stalls_the_stream),
		cmocka_unit_test(test_a_stop_reads_what_the_kernel_has),
		cmocka_unit_test(test_certificates_are_replaced),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
