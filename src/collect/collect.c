/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "collect/private.h"

#define MESSAGE_DEFAULT (64 * 1024)
#define CONNECTIONS_DEFAULT 1024
#define IDLE_DEFAULT 3600

static struct feed feed_of(struct collect *collect, enum listener_id listener)
{
	return (struct feed){&collect->sink, &collect->counters[listener], (uint16_t)listener};
}

static void *run_loop(void *context)
{
	struct collect *collect = context;
	int r;

	pthread_setname_np(pthread_self(), "syslog");
	r = loop_run(collect->loop);
	must(r == 0); /* epoll_wait fails on wrong arguments only */
	return NULL;
}

/* Takes the sockets out of options so that whoever fails later does not close them twice. */
static int start_syslog(struct collect *collect, struct collect_options *options)
{
	size_t cap = options->syslog_message_max ? options->syslog_message_max : MESSAGE_DEFAULT;
	struct syslog_tcp_limits limits = {
		.message_max = cap < COLLECT_RECORD_MAX ? cap : COLLECT_RECORD_MAX,
		.connections =
			options->syslog_connections ? options->syslog_connections : CONNECTIONS_DEFAULT,
		.idle = (options->syslog_idle ? options->syslog_idle : IDLE_DEFAULT) * CLOCK_SECOND,
	};
	struct feed udp = feed_of(collect, LISTENER_SYSLOG_UDP), tcp = feed_of(collect, LISTENER_SYSLOG_TCP);
	int r = loop_new(&collect->loop);

	if (r == 0 && options->syslog_udp >= 0) {
		r = syslog_udp_new(collect->loop, options->syslog_udp, limits.message_max, &udp,
				   &collect->udp);
		options->syslog_udp = -1;
	}
	if (r == 0 && options->syslog_tcp >= 0) {
		r = syslog_tcp_new(collect->loop, options->syslog_tcp, &limits, &tcp, &collect->tcp);
		options->syslog_tcp = -1;
	}
	if (r == 0)
		r = -pthread_create(&collect->thread, NULL, run_loop, collect);
	collect->thread_started = r == 0;
	return r;
}

static void close_sockets(const struct collect_options *options)
{
	const int fds[] = {options->syslog_udp, options->syslog_tcp, options->http, options->http_unix};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

int collect_start(const struct collect_options *options, const struct collect_sink *sink,
		  struct collect **ret_collect, struct err *ret_err)
{
	struct collect_options left = *options;
	struct collect *collect = calloc(1, sizeof(*collect));
	int r = -ENOMEM;

	if (collect) {
		collect->sink = *sink;
		r = start_syslog(collect, &left);
	}
	if (r < 0) {
		close_sockets(&left);
		collect_stop(collect, NULL);
		return err_set(ret_err, r, 0, 0, "the collectors do not start: %s", err_text(r));
	}
	*ret_collect = collect;
	return 0;
}

void collect_stop(struct collect *collect, struct collect_stats *ret_stats)
{
	if (!collect)
		return;
	if (collect->thread_started) {
		loop_stop(collect->loop);
		pthread_join(collect->thread, NULL);
	}
	syslog_udp_free(collect->udp);
	syslog_tcp_free(collect->tcp);
	loop_free(collect->loop);
	if (ret_stats)
		collect_stats(collect, ret_stats);
	free(collect);
}

void collect_stats(const struct collect *collect, struct collect_stats *ret_stats)
{
	for (size_t i = 0; i < LISTENER_COUNT; i++)
		for (size_t j = 0; j < COLLECT_COUNTER_COUNT; j++)
			ret_stats->values[i][j] =
				atomic_load_explicit(&collect->counters[i].values[j], memory_order_relaxed);
}

static const struct {
	const char *name, *text;
} counter_texts[COLLECT_COUNTER_COUNT] = {
#define X(name, text, description) [name] = {text, description},
	COLLECT_COUNTERS(X)
#undef X
};

const char *collect_counter_name(enum collect_counter counter)
{
	return counter_texts[counter].name;
}

const char *collect_counter_text(enum collect_counter counter)
{
	return counter_texts[counter].text;
}
