/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collectors alone, for tests with real senders: listens on loopback ports of
 * the kernel's choice, tells them on the first line of standard output, prints
 * every record as a line of JSON, and the counters at the end.
 *
 *   collect_probe [TOKEN …]
 *
 * SIGUSR1 makes the sink refuse, SIGUSR2 take again (both are confirmed by a line),
 * SIGTERM or SIGINT end it.
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "collect/collect.h"
#include "event/ip.h"
#include "http/server.h"

#define COMMIT_DELAY (5 * CLOCK_MILLISECOND)

struct probe {
	pthread_mutex_t lock;
	struct collect *collect;
	struct buf line;
	uint64_t seq, durable;
	int refusal;
	bool ending;
};

static void print_record(struct probe *probe, const struct collect_record *record)
{
	struct buf *line = &probe->line;
	char peer[IP_TEXT_SIZE];

	buf_clear(line);
	ip_format(record->peer, peer);
	buf_printf(line, "{\"seq\":%" PRIu64 ",\"listener\":\"%s\",\"peer\":\"%s\",\"flags\":%u,\"hint\":",
		   record->seq, listener_name(record->listener), peer, record->flags);
	buf_add_json_string(line, record->hint);
	buf_add_str(line, STR(",\"bytes\":"));
	buf_add_json_string(line, record->bytes);
	buf_add_str(line, STR("}\n"));
	fwrite(line->ptr, 1, line->len, stdout);
}

static int append(void *context, struct collect_record *records, size_t count)
{
	struct probe *probe = context;
	int r;

	pthread_mutex_lock(&probe->lock);
	r = probe->refusal;
	for (size_t i = 0; i < count && r == 0; i++) {
		records[i].seq = ++probe->seq;
		print_record(probe, &records[i]);
	}
	fflush(stdout);
	pthread_mutex_unlock(&probe->lock);
	return r;
}

static uint64_t durable(void *context)
{
	struct probe *probe = context;
	uint64_t seq;

	pthread_mutex_lock(&probe->lock);
	seq = probe->durable;
	pthread_mutex_unlock(&probe->lock);
	return seq;
}

static int status(void *context)
{
	(void)context;
	return 0;
}

/* Makes everything durable every few milliseconds, as the journal's group commit does. */
static void *commit(void *context)
{
	struct probe *probe = context;
	uint64_t seq;
	bool ending;

	do {
		usleep(COMMIT_DELAY);
		pthread_mutex_lock(&probe->lock);
		seq = probe->durable = probe->seq;
		ending = probe->ending;
		pthread_mutex_unlock(&probe->lock);
		collect_durable(probe->collect, seq, 0);
	} while (!ending);
	return NULL;
}

static unsigned port_of(int fd)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);

	must(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
	return ntohs(address.sin_port);
}

static void print_stats(const struct collect_stats *stats)
{
	for (unsigned i = 0; i < LISTENER_COUNT; i++) {
		printf("{\"stats\":\"%s\"", listener_name((uint16_t)i));
		for (unsigned j = 0; j < COLLECT_COUNTER_COUNT; j++)
			printf(",\"%s\":%" PRIu64, collect_counter_name(j), stats->values[i][j]);
		printf("}\n");
	}
}

static void obey_signals(struct probe *probe, const sigset_t *signals)
{
	int signal = 0;

	while (sigwait(signals, &signal) == 0 && (signal == SIGUSR1 || signal == SIGUSR2)) {
		pthread_mutex_lock(&probe->lock);
		probe->refusal = signal == SIGUSR1 ? -ENOSPC : 0;
		printf("{\"refusing\":%s}\n", probe->refusal ? "true" : "false");
		fflush(stdout);
		pthread_mutex_unlock(&probe->lock);
	}
}

static void start(struct probe *probe, struct collect_options *options)
{
	struct collect_sink sink = {append, durable, status, probe};
	struct err err = {0};

	options->syslog_udp = collect_bind_udp("127.0.0.1:0", &err);
	options->syslog_tcp = http_listen("127.0.0.1:0", &err);
	options->http = http_listen("127.0.0.1:0", &err);
	if (options->syslog_udp < 0 || options->syslog_tcp < 0 || options->http < 0) {
		fprintf(stderr, "collect_probe: %s\n", err.message);
		exit(1);
	}
	printf("{\"udp\":%u,\"tcp\":%u,\"http\":%u}\n", port_of(options->syslog_udp),
	       port_of(options->syslog_tcp), port_of(options->http));
	fflush(stdout);
	if (collect_start(options, &sink, &probe->collect, &err) < 0) {
		fprintf(stderr, "collect_probe: %s\n", err.message);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct collect_options options = {.http_unix = -1};
	struct probe probe = {.lock = PTHREAD_MUTEX_INITIALIZER};
	struct collect_stats stats;
	pthread_t committer;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGUSR2);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	options.tokens = (const char *const *)argv + 1;
	options.token_count = (size_t)argc - 1;
	start(&probe, &options);
	must(pthread_create(&committer, NULL, commit, &probe) == 0);
	obey_signals(&probe, &signals);
	pthread_mutex_lock(&probe.lock);
	probe.ending = true;
	pthread_mutex_unlock(&probe.lock);
	pthread_join(committer, NULL);
	collect_stop(probe.collect, &stats);
	print_stats(&stats);
	buf_done(&probe.line);
	return 0;
}
