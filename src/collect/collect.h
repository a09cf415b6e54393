/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_COLLECT_H
#define COLLECT_COLLECT_H
/*
 * The collectors as one thing: syslog over UDP, TCP and TLS, flows and SNMP
 * notifications on one thread of their own, HTTP (line ingest, the Elasticsearch bulk interface,
 * Splunk's HEC, OTLP; doc/formats/ingest.md) on a pool. What comes in goes to the sink; a request is answered
 * once its last record is durable, which the owner reports through collect_durable().
 *
 * Sockets come ready from outside, since ports below 1024 are opened by another
 * process: collect_bind_udp() and http_listen() make them. They belong to the
 * collector from collect_start() on, also where it fails.
 */
#include "base/err.h"
#include "collect/counters.h"
#include "collect/sink.h"
#include "tls/acceptor.h"

#define COLLECT_TOKEN_MIN 8 /* bytes of a token */
#define COLLECT_TOKENS_MAX 64
#define COLLECT_BODY_MAX (100u * 1024 * 1024) /* of a request, also after decoding */

struct collect_options {
	int syslog_udp, syslog_tcp, syslog_tls, http, http_unix; /* sockets; -1: not wanted */
	int flow, sflow;                                         /* UDP; both take every flow protocol */

	size_t syslog_message_max;   /* longer ones are cut; 0: 64 KiB; at most COLLECT_RECORD_MAX */
	unsigned syslog_connections; /* TCP and TLS connections at once; 0: 1024 */
	unsigned syslog_idle;        /* seconds until a silent one is closed; 0: an hour */
	unsigned syslog_handshakes;  /* of TLS at once; 0: 128 */
	unsigned syslog_handshake;   /* seconds one may take; 0: 10 */
	struct tls_files syslog_tls_files;
	/* Told, on the syslog thread, why a TLS handshake failed: once a minute at most. NULL is fine. */
	void (*notice)(void *context, const char *text);
	void *notice_context;

	const char *flow_state; /* file of the templates met; NULL: they are not kept */
	/* Told at the start that it could not be used, and why; then there are no templates yet. NULL is
	 * fine. */
	void (*flow_notice)(void *context, const char *path, int code);
	int snmp_trap;                           /* a UDP socket; -1: not wanted */
	struct str snmp_communities, snmp_users; /* as struct snmp_options has them, as the next two */
	bool snmp_any_community;
	struct str snmp_engine;

	unsigned http_threads;       /* 0: 2 */
	unsigned http_connections;   /* 0: 1000 */
	const char *tls_certificate; /* PEM text, for http only; both or neither */
	const char *tls_key;
	const char *const *tokens;   /* who may send over http; http_unix is open to who can connect */
	size_t token_count;          /* 0: everybody */
	const char *elastic_version; /* what bulk clients are told; NULL: "8.19.0" */
};

struct collect;

/* 0, or a negative code with *ret_err filled. options and its texts may go afterwards; sink is copied. */
int collect_start(const struct collect_options *options, const struct collect_sink *sink,
		  struct collect **ret_collect, struct err *ret_err);

struct collect_stats {
	uint64_t values[LISTENER_COUNT][COLLECT_COUNTER_COUNT];
};

/* Stops reading, waits a moment for requests on their way (so the sink must still work and collect_durable()
   still be called), offers what the sink refused once more, then closes everything. ret_stats, if not NULL,
   gets the last figures. A collect of NULL is fine. */
void collect_stop(struct collect *collect, struct collect_stats *ret_stats);

/* Keeps what exporters have told, where it has changed; collect_stop() does it too. By one thread. 0 or
 * -errno. */
int collect_save_flows(struct collect *collect);

/* Looks whether the files of syslog over TLS have changed: tls_acceptor_refresh(). By one thread. */
int collect_refresh_tls(struct collect *collect, struct err *ret_err);
/* SHA-256 of the certificate in use; false where there is no TLS. */
bool collect_tls_fingerprint(struct collect *collect, char ret_text[TLS_FINGERPRINT_SIZE]);

/* The engine's id that this receiver of SNMP notifications has; empty where there is none. */
struct str collect_engine_id(const struct collect *collect);

/* Everything up to seq is durable; a status below 0 says that nothing more becomes durable for now, and
   fails the requests that wait. From any thread; the journal's notify calls it. */
void collect_durable(struct collect *collect, uint64_t seq, int status);

void collect_stats(const struct collect *collect, struct collect_stats *ret_stats);

/* A bound UDP socket with a receive buffer as large as the kernel gives (64 MiB wanted). Addresses as
   http_listen() takes them, without unix:. The descriptor, or a negative code with *ret_err filled. */
int collect_bind_udp(const char *address, struct err *ret_err);

#endif
