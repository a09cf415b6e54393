/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "collect/private.h"

#define MESSAGE_DEFAULT (64 * 1024)
#define CONNECTIONS_DEFAULT 1024
#define IDLE_DEFAULT 3600
#define HANDSHAKES_DEFAULT 128
#define HANDSHAKE_DEFAULT 10
#define HTTP_MEMORY_MAX (1024u * 1024 * 1024) /* of request bodies at once */
#define ELASTIC_VERSION "8.19.0"
#define STOP_PATIENCE (2 * CLOCK_SECOND)

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

/* Takes the socket out of *fd so that whoever fails later does not close it twice. */
static int start_tcp(struct collect *collect, int *fd, const struct syslog_tcp_options *tcp,
		     enum listener_id listener, struct syslog_tcp **ret_tcp)
{
	struct feed feed = feed_of(collect, listener);
	int socket = *fd;

	*fd = -1;
	return socket < 0 ? 0 : syslog_tcp_new(collect->loop, socket, tcp, &feed, ret_tcp);
}

static int start_tls(struct collect *collect, struct collect_options *options, struct syslog_tcp_options *tcp,
		     struct err *ret_err)
{
	int r;

	if (options->syslog_tls < 0)
		return 0;
	r = tls_acceptor_new(&options->syslog_tls_files, &collect->acceptor, ret_err);
	if (r < 0)
		return r;
	tcp->tls = collect->acceptor;
	tcp->handshakes = options->syslog_handshakes ? options->syslog_handshakes : HANDSHAKES_DEFAULT;
	tcp->handshake =
		(options->syslog_handshake ? options->syslog_handshake : HANDSHAKE_DEFAULT) * CLOCK_SECOND;
	tcp->notice = options->notice;
	tcp->notice_context = options->notice_context;
	return start_tcp(collect, &options->syslog_tls, tcp, LISTENER_SYSLOG_TLS, &collect->tls);
}

/* Shares the loop of syslog. */
static int start_flow(struct collect *collect, struct collect_options *options)
{
	struct feed feed = feed_of(collect, LISTENER_FLOW);
	int *sockets[] = {&options->flow, &options->sflow};
	int r = 0;

	if (options->flow < 0 && options->sflow < 0)
		return 0;
	collect->flow = flow_listener_new(collect->loop, &feed);
	if (options->flow_state) {
		collect->flow_state = strdup(options->flow_state);
		must(collect->flow_state);
		r = flow_listener_load(collect->flow, collect->flow_state);
		if (r < 0 && options->flow_notice)
			options->flow_notice(options->notice_context, collect->flow_state, r);
		r = 0;
	}
	for (size_t i = 0; i < sizeof(sockets) / sizeof(sockets[0]) && r == 0; i++) {
		if (*sockets[i] >= 0)
			r = flow_listener_add(collect->flow, *sockets[i]);
		*sockets[i] = -1;
	}
	return r;
}

static int start_snmp(struct collect *collect, struct collect_options *options, struct err *ret_err)
{
	const struct snmp_options access = {
		.communities = options->snmp_communities,
		.users = options->snmp_users,
		.any_community = options->snmp_any_community,
		.engine = options->snmp_engine,
		.now = clock_now(),
	};
	struct feed feed = feed_of(collect, LISTENER_SNMP_TRAP);
	struct snmp *snmp;
	struct str id;
	int fd = options->snmp_trap, r;

	if (fd < 0)
		return 0;
	r = snmp_new(&access, &snmp, ret_err);
	if (r < 0)
		return r;
	id = snmp_engine_id(snmp);
	memcpy(collect->engine_id, id.ptr, id.len);
	collect->engine_id_len = id.len;
	options->snmp_trap = -1;
	return trap_new(collect->loop, fd, snmp, &feed, &collect->trap);
}

static int start_syslog(struct collect *collect, struct collect_options *options, struct err *ret_err)
{
	size_t cap = options->syslog_message_max ? options->syslog_message_max : MESSAGE_DEFAULT;
	struct syslog_tcp_options tcp = {
		.message_max = cap < COLLECT_RECORD_MAX ? cap : COLLECT_RECORD_MAX,
		.idle = (options->syslog_idle ? options->syslog_idle : IDLE_DEFAULT) * CLOCK_SECOND,
		.room = &collect->room,
	};
	struct feed udp = feed_of(collect, LISTENER_SYSLOG_UDP);
	int r = loop_new(&collect->loop);

	collect->room.max = options->syslog_connections ? options->syslog_connections : CONNECTIONS_DEFAULT;
	if (r == 0 && options->syslog_udp >= 0) {
		r = syslog_udp_new(collect->loop, options->syslog_udp, tcp.message_max, &udp, &collect->udp);
		options->syslog_udp = -1;
	}
	if (r == 0)
		r = start_tcp(collect, &options->syslog_tcp, &tcp, LISTENER_SYSLOG_TCP, &collect->tcp);
	if (r == 0)
		r = start_tls(collect, options, &tcp, ret_err);
	if (r == 0)
		r = start_flow(collect, options);
	if (r == 0)
		r = start_snmp(collect, options, ret_err);
	if (r == 0)
		r = -pthread_create(&collect->thread, NULL, run_loop, collect);
	collect->thread_started = r == 0;
	return r;
}

static void fill_door(struct collect *collect, struct door *door, bool local)
{
	door->sink = &collect->sink;
	door->counters = collect->counters;
	door->submissions = &collect->submissions;
	door->elastic_version = collect->elastic_version;
	door->local = local;
}

static int start_http(struct collect *collect, struct collect_options *options, struct err *ret_err)
{
	struct http_options http = {
		.threads = options->http_threads,
		.connections = options->http_connections,
		.body_max = COLLECT_BODY_MAX,
		.memory_max = HTTP_MEMORY_MAX,
		.admit = door_admit,
		.refuse = door_refuse,
	};
	int r = 0;

	if (options->http_unix >= 0) {
		http.listen_fd = options->http_unix;
		r = http_server_start(&http, door_handle, &collect->local_door, &collect->http_unix, ret_err);
		options->http_unix = r == 0 ? -1 : options->http_unix;
	}
	if (r == 0 && options->http >= 0) {
		http.listen_fd = options->http;
		http.tls_certificate = options->tls_certificate;
		http.tls_key = options->tls_key;
		r = http_server_start(&http, door_handle, &collect->door, &collect->http, ret_err);
		options->http = r == 0 ? -1 : options->http;
	}
	return r;
}

/* What starts no thread and opens nothing. */
static int prepare(struct collect *collect, const struct collect_options *options,
		   const struct collect_sink *sink, struct err *ret_err)
{
	const char *version = options->elastic_version ? options->elastic_version : ELASTIC_VERSION;

	collect->sink = *sink;
	snprintf(collect->elastic_version, sizeof(collect->elastic_version), "%s", version);
	submissions_init(&collect->submissions);
	fill_door(collect, &collect->door, false);
	fill_door(collect, &collect->local_door, true);
	if (auth_init(&collect->door.auth, options->tokens, options->token_count) < 0)
		return err_set(ret_err, ERR_RANGE, 0, 0,
			       "at most %d ingest tokens, each of at least %d characters", COLLECT_TOKENS_MAX,
			       COLLECT_TOKEN_MIN);
	return 0;
}

static void close_sockets(const struct collect_options *options)
{
	const int fds[] = {options->syslog_udp, options->syslog_tcp, options->syslog_tls, options->http,
			   options->http_unix,  options->snmp_trap,  options->flow,       options->sflow};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

int collect_start(const struct collect_options *options, const struct collect_sink *sink,
		  struct collect **ret_collect, struct err *ret_err)
{
	struct collect_options left = *options;
	struct collect *collect = calloc(1, sizeof(*collect));
	struct err err = {0};
	int r = -ENOMEM;

	if (collect)
		r = prepare(collect, options, sink, &err);
	if (r == 0)
		r = start_syslog(collect, &left, &err);
	if (r == 0)
		r = start_http(collect, &left, &err);
	if (r < 0) {
		close_sockets(&left);
		collect_stop(collect, NULL);
		return err_set(ret_err, r, 0, 0, "the collectors do not start: %s",
			       err.message[0] ? err.message : err_text(r));
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
	syslog_tcp_free(collect->tls);
	tls_acceptor_free(collect->acceptor);
	flow_listener_stop(collect->flow);
	collect_save_flows(collect);
	flow_listener_free(collect->flow);
	free(collect->flow_state);
	trap_stop(collect->trap);
	loop_free(collect->loop);
	submissions_close(&collect->submissions, STOP_PATIENCE);
	http_server_stop(collect->http);
	http_server_stop(collect->http_unix);
	submissions_done(&collect->submissions);
	trap_free(collect->trap);
	if (ret_stats)
		collect_stats(collect, ret_stats);
	free(collect);
}

int collect_save_flows(struct collect *collect)
{
	return collect->flow && collect->flow_state ? flow_listener_save(collect->flow, collect->flow_state)
						    : 0;
}

int collect_refresh_tls(struct collect *collect, struct err *ret_err)
{
	return collect->acceptor ? tls_acceptor_refresh(collect->acceptor, ret_err) : 0;
}

bool collect_tls_fingerprint(struct collect *collect, char ret_text[TLS_FINGERPRINT_SIZE])
{
	if (collect->acceptor)
		tls_acceptor_fingerprint(collect->acceptor, ret_text);
	return collect->acceptor != NULL;
}

struct str collect_engine_id(const struct collect *collect)
{
	return str_of((const char *)collect->engine_id, collect->engine_id_len);
}

void collect_durable(struct collect *collect, uint64_t seq, int status)
{
	submissions_report(&collect->submissions, seq, status);
	trap_durable(collect->trap, seq);
}

void collect_stats(const struct collect *collect, struct collect_stats *ret_stats)
{
	for (size_t i = 0; i < LISTENER_COUNT; i++)
		for (size_t j = 0; j < COLLECT_COUNTER_COUNT; j++)
			ret_stats->values[i][j] =
				atomic_load_explicit(&collect->counters[i].values[j], memory_order_relaxed);
}
