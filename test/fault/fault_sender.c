/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A numbered sender: fault_sender bulk|tcp|tls PORT NAME LEDGER RATE
 *
 * Sends RATE numbered records a second to 127.0.0.1:PORT until SIGTERM, comes back whenever the connection is
 * lost, and keeps in the ledger what became of each number. By _bulk what was not acknowledged is sent again
 * until it is, also after SIGTERM; syslog has no acknowledgement, so there nothing is sent twice, and at
 * SIGTERM the connection is closed in order and its end waited for.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ledger.h"

#define BATCHES_PER_SECOND 50
#define BATCH_MAX 1000
#define OUT_MAX (BATCH_MAX * (LEDGER_TEXT_MAX + 128))
#define ANSWER_MAX (1024 * 1024)
#define PATIENCE 60 /* seconds a socket may be silent */
#define AGAIN 20000 /* µs until the next try */
#define GAP 300000

struct sender {
	struct ledger *ledger;
	int port, fd;
	SSL_CTX *context;
	SSL *ssl;                  /* NULL: plain */
	int64_t heard;             /* when the last answer came or a connection stood */
	uint64_t batch[BATCH_MAX]; /* numbers */
	size_t count;
	char out[OUT_MAX], answer[ANSWER_MAX];
};

static volatile sig_atomic_t stopping;

static void on_signal(int signal)
{
	(void)signal;
	stopping = 1;
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static void note_answer(struct sender *sender)
{
	struct ledger *ledger = sender->ledger;
	int64_t now = now_us();
	uint64_t gap = (uint64_t)(now - sender->heard);

	if (gap > atomic_load(&ledger->worst_gap))
		atomic_store(&ledger->worst_gap, gap);
	ledger->gaps += gap > GAP;
	sender->heard = now;
}

/* --- connections ---------------------------------------------------------------------------------- */

static void disconnect(struct sender *sender)
{
	SSL_free(sender->ssl);
	sender->ssl = NULL;
	if (sender->fd >= 0)
		close(sender->fd);
	sender->fd = -1;
}

static bool try_connect(struct sender *sender)
{
	const struct timeval patience = {.tv_sec = PATIENCE};
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)sender->port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	sender->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(sender->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(sender->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(sender->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return false;
	if (!sender->context)
		return true;
	sender->ssl = SSL_new(sender->context);
	SSL_set_fd(sender->ssl, sender->fd);
	return SSL_connect(sender->ssl) == 1;
}

static void connect_at_last(struct sender *sender)
{
	while (!try_connect(sender)) {
		disconnect(sender);
		usleep(AGAIN);
	}
	sender->ledger->connections++;
}

static bool send_all(struct sender *sender, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = sender->ssl ? SSL_write(sender->ssl, bytes, (int)len)
					: send(sender->fd, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* --- numbers -------------------------------------------------------------------------------------- */

static void mark_sent(struct sender *sender)
{
	for (size_t i = 0; i < sender->count; i++) {
		_Atomic uint8_t *entry = &sender->ledger->numbers[sender->batch[i]];

		sender->ledger->repeated += (*entry & LEDGER_SENDS) > 0;
		if ((*entry & LEDGER_SENDS) < LEDGER_SENDS)
			++*entry;
	}
}

/* Fills the batch up with new numbers. */
static void take_new(struct sender *sender, size_t count)
{
	while (sender->count < count && sender->ledger->next < LEDGER_MAX)
		sender->batch[sender->count++] = sender->ledger->next++;
}

/* --- _bulk ---------------------------------------------------------------------------------------- */

static bool send_bulk(struct sender *sender)
{
	char head[256], text[LEDGER_TEXT_MAX];
	size_t len = 0;

	for (size_t i = 0; i < sender->count; i++) {
		ledger_text(sender->ledger->sender, sender->batch[i], text);
		len += (size_t)sprintf(sender->out + len, "{\"create\":{}}\n{\"message\":\"%s\"}\n", text);
	}
	snprintf(head, sizeof(head),
		 "POST /wanglou-fault/_bulk HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
		 "application/x-ndjson\r\n"
		 "Content-Length: %zu\r\n\r\n",
		 len);
	mark_sent(sender);
	return send_all(sender, head, strlen(head)) && send_all(sender, sender->out, len);
}

/* A whole answer with a Content-Length. Its body, NULL where none came. */
static const char *receive_answer(struct sender *sender)
{
	size_t len = 0, want = 0;
	char *end = NULL, *length;

	while (!end || len < want) {
		ssize_t n = recv(sender->fd, sender->answer + len, ANSWER_MAX - 1 - len, 0);

		if (n <= 0)
			return NULL;
		len += (size_t)n;
		sender->answer[len] = 0;
		if (end || !(end = strstr(sender->answer, "\r\n\r\n")))
			continue;
		length = strcasestr(sender->answer, "content-length:");
		if (!length)
			return NULL;
		want = (size_t)(end + 4 - sender->answer) + (size_t)atoll(length + 15);
		if (want >= ANSWER_MAX)
			return NULL;
	}
	return end + 4;
}

/* Takes what is acknowledged out of the batch: the items' statuses stand in the order of the numbers. */
static void note_items(struct sender *sender, const char *body)
{
	struct ledger *ledger = sender->ledger;
	size_t left = 0;

	for (size_t i = 0; i < sender->count; i++) {
		body = body ? strstr(body, "\"status\":") : NULL;
		if (body && strncmp(body + 9, "201", 3) == 0) {
			ledger->numbers[sender->batch[i]] |= LEDGER_ACKNOWLEDGED;
			ledger->acknowledged++;
		} else {
			ledger->refused++;
			sender->batch[left++] = sender->batch[i];
		}
		body = body ? body + 9 : NULL;
	}
	if (left < sender->count)
		note_answer(sender);
	sender->count = left;
}

static void run_bulk(struct sender *sender, size_t at_once)
{
	while (!stopping || sender->count) {
		const char *body = NULL;

		if (!stopping)
			take_new(sender, at_once);
		if (send_bulk(sender))
			body = receive_answer(sender);
		if (!body) {
			disconnect(sender);
			connect_at_last(sender);
			continue;
		}
		if (strncmp(sender->answer, "HTTP/1.1 200", 12) == 0)
			note_items(sender, body);
		else
			sender->ledger->refused += sender->count;
		usleep(1000000 / BATCHES_PER_SECOND);
	}
}

/* --- syslog --------------------------------------------------------------------------------------- */

static bool send_syslog(struct sender *sender)
{
	char text[LEDGER_TEXT_MAX], message[LEDGER_TEXT_MAX + 64];
	size_t len = 0;

	for (size_t i = 0; i < sender->count; i++) {
		int n;

		ledger_text(sender->ledger->sender, sender->batch[i], text);
		n = snprintf(message, sizeof(message), "<134>1 2026-03-01T08:00:00Z gate fault - - - %s",
			     text);
		len += (size_t)sprintf(sender->out + len, "%d %s", n, message);
	}
	mark_sent(sender);
	return send_all(sender, sender->out, len);
}

/* What is lost with a connection is what was on its way: nobody knows, so nothing is sent again. */
static void run_syslog(struct sender *sender, size_t at_once)
{
	while (!stopping) {
		sender->count = 0;
		take_new(sender, at_once);
		if (!send_syslog(sender)) {
			int64_t lost = now_us();

			disconnect(sender);
			sender->heard = lost;
			connect_at_last(sender);
			note_answer(sender);
		}
		usleep(1000000 / BATCHES_PER_SECOND);
	}
	if (sender->ssl)
		SSL_shutdown(sender->ssl);
	shutdown(sender->fd, SHUT_WR);
	while (recv(sender->fd, sender->answer, ANSWER_MAX, 0) > 0)
		;
}

int main(int argc, char **argv)
{
	static struct sender sender;
	struct sigaction action = {.sa_handler = on_signal};
	size_t at_once;

	if (argc != 6)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGTERM, &action, NULL);
	sender.ledger = ledger_open(argv[4], argv[3]);
	sender.port = atoi(argv[2]);
	sender.fd = -1;
	at_once = (size_t)(atoi(argv[5]) / BATCHES_PER_SECOND);
	at_once = at_once < 1 ? 1 : at_once > BATCH_MAX ? BATCH_MAX : at_once;
	if (strcmp(argv[1], "tls") == 0)
		sender.context = SSL_CTX_new(TLS_client_method());
	connect_at_last(&sender);
	sender.heard = now_us();
	if (strcmp(argv[1], "bulk") == 0)
		run_bulk(&sender, at_once);
	else
		run_syslog(&sender, at_once);
	disconnect(&sender);
	SSL_CTX_free(sender.context);
	return 0;
}
